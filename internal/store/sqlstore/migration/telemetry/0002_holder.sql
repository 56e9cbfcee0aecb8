-- The process that may write here: the one that holds the clinic's lease in the
-- record, which on some engines is another database.
ALTER TABLE telemetry_head ADD COLUMN holder TEXT NOT NULL DEFAULT '';
