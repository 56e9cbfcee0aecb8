-- What monitors sent, as received.

-- Where a clinic's telemetry stands, and the newest signed checkpoint over
-- its sealed chunks.
CREATE TABLE telemetry_head (
  clinic    TEXT   NOT NULL,
  log       TEXT   NOT NULL,
  cursor    BIGINT NOT NULL, -- of the newest message
  position  BIGINT NOT NULL, -- of the newest chunk
  hash      BLOB   NOT NULL,
  signed_at BIGINT NOT NULL,
  signature BLOB   NOT NULL,
  PRIMARY KEY (clinic)
) STRICT;

-- Messages, durable before they are acknowledged. The bytes go when the rows
-- are sealed, unless something in them was quarantined.
CREATE TABLE inbox (
  clinic      TEXT   NOT NULL,
  cursor      BIGINT NOT NULL,
  device      TEXT   NOT NULL,
  control     TEXT   NOT NULL,
  digest      BLOB   NOT NULL,
  received_at BIGINT NOT NULL,
  raw         BLOB,
  PRIMARY KEY (clinic, cursor),
  UNIQUE (clinic, device, control, digest)
) STRICT;

CREATE INDEX inbox_received ON inbox (clinic, received_at);

-- The rows of one message that no chunk holds yet, in the chunk codec.
CREATE TABLE sample (
  clinic      TEXT   NOT NULL,
  cursor      BIGINT NOT NULL,
  device      TEXT   NOT NULL,
  received_at BIGINT NOT NULL,
  first_at    BIGINT NOT NULL,
  last_at     BIGINT NOT NULL,
  body        BLOB   NOT NULL,
  PRIMARY KEY (clinic, cursor)
) STRICT;

CREATE INDEX sample_device ON sample (clinic, device, cursor);

-- Numerics that were not accepted, each with its reason.
CREATE TABLE quarantine (
  clinic      TEXT   NOT NULL,
  cursor      BIGINT NOT NULL,
  number      BIGINT NOT NULL,
  device      TEXT   NOT NULL,
  received_at BIGINT NOT NULL,
  code        TEXT   NOT NULL,
  name        TEXT   NOT NULL,
  value       TEXT   NOT NULL,
  reason      TEXT   NOT NULL,
  PRIMARY KEY (clinic, cursor, number)
) STRICT;

CREATE INDEX quarantine_received ON quarantine (clinic, received_at);

-- Sealed minutes: one chain per device, and one over all of them in order.
CREATE TABLE chunk (
  clinic   TEXT   NOT NULL,
  position BIGINT NOT NULL,
  device   TEXT   NOT NULL,
  number   BIGINT NOT NULL,
  minute   BIGINT NOT NULL,
  first_at BIGINT NOT NULL,
  last_at  BIGINT NOT NULL,
  body     BLOB   NOT NULL,
  hash     BLOB   NOT NULL,
  PRIMARY KEY (clinic, position),
  UNIQUE (clinic, device, number)
) STRICT;

CREATE INDEX chunk_time ON chunk (clinic, device, last_at);
