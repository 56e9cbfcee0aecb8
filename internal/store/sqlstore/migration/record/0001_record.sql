-- The record of a clinic. Written once for both engines: a dialect spells
-- BIGINT, BLOB, TEXT and STRICT its own way. Times are microseconds since
-- 1970, UTC. Files are applied in order of name, each once, and never change.

-- One row per log: where it stands. It is the row every append locks, and
-- the newest signed checkpoint.
CREATE TABLE log_head (
  clinic      TEXT   NOT NULL,
  kind        TEXT   NOT NULL, -- record, audit
  log         TEXT   NOT NULL,
  position    BIGINT NOT NULL,
  hash        BLOB   NOT NULL,
  signed_at   BIGINT NOT NULL, -- when the newest entry was recorded
  signature   BLOB   NOT NULL,
  PRIMARY KEY (clinic, kind)
) STRICT;

-- The one process that may write for a clinic.
CREATE TABLE lease (
  clinic TEXT   NOT NULL,
  holder TEXT   NOT NULL,
  until  BIGINT NOT NULL,
  PRIMARY KEY (clinic)
) STRICT;

-- The record of care.
CREATE TABLE event (
  clinic        TEXT   NOT NULL,
  position      BIGINT NOT NULL,
  stream        TEXT   NOT NULL,
  sequence      BIGINT NOT NULL,
  type          TEXT   NOT NULL,
  version       BIGINT NOT NULL,
  command       TEXT   NOT NULL,
  command_index BIGINT NOT NULL,
  occurred_at   BIGINT NOT NULL,
  effective_at  BIGINT NOT NULL,
  recorded_at   BIGINT NOT NULL,
  actor         BLOB   NOT NULL,
  device        TEXT   NOT NULL,
  payload       BLOB   NOT NULL,
  hash          BLOB   NOT NULL,
  PRIMARY KEY (clinic, position),
  UNIQUE (clinic, stream, sequence)
) STRICT;

-- Who read and who changed what is not in the record: same envelope, own chain.
CREATE TABLE audit (
  clinic        TEXT   NOT NULL,
  position      BIGINT NOT NULL,
  stream        TEXT   NOT NULL,
  sequence      BIGINT NOT NULL,
  type          TEXT   NOT NULL,
  version       BIGINT NOT NULL,
  command       TEXT   NOT NULL,
  command_index BIGINT NOT NULL,
  occurred_at   BIGINT NOT NULL,
  effective_at  BIGINT NOT NULL,
  recorded_at   BIGINT NOT NULL,
  actor         BLOB   NOT NULL,
  device        TEXT   NOT NULL,
  payload       BLOB   NOT NULL,
  hash          BLOB   NOT NULL,
  PRIMARY KEY (clinic, position),
  UNIQUE (clinic, stream, sequence)
) STRICT;

-- What a command left behind, so that sending it again is harmless.
CREATE TABLE command (
  clinic      TEXT   NOT NULL,
  command     TEXT   NOT NULL,
  digest      BLOB   NOT NULL,
  position    BIGINT NOT NULL, -- of its first entry; 0 when it has none
  entries     BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL,
  PRIMARY KEY (clinic, command)
) STRICT;

-- Personal detail. An erased row keeps its id and nothing else.
CREATE TABLE detail (
  clinic TEXT NOT NULL,
  id     TEXT NOT NULL,
  salt   BLOB,
  body   BLOB,
  PRIMARY KEY (clinic, id)
) STRICT;

-- Rows folded from the record; all of them can be thrown away and rebuilt.
CREATE TABLE projection (
  clinic   TEXT   NOT NULL,
  name     TEXT   NOT NULL,
  key      TEXT   NOT NULL,
  row      BLOB   NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (clinic, name, key)
) STRICT;

-- Projections that have been folded from the first entry on.
CREATE TABLE projection_built (
  clinic TEXT NOT NULL,
  name   TEXT NOT NULL,
  PRIMARY KEY (clinic, name)
) STRICT;

-- How far each job has read the record.
CREATE TABLE consumer (
  clinic   TEXT   NOT NULL,
  name     TEXT   NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (clinic, name)
) STRICT;

-- The registers, all of one shape.
CREATE TABLE person (
  clinic     TEXT   NOT NULL,
  id         TEXT   NOT NULL,
  alias      TEXT,
  body       BLOB   NOT NULL,
  revision   BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (clinic, id),
  UNIQUE (clinic, alias)
) STRICT;

CREATE TABLE credential (
  clinic     TEXT   NOT NULL,
  id         TEXT   NOT NULL,
  alias      TEXT,
  body       BLOB   NOT NULL,
  revision   BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (clinic, id),
  UNIQUE (clinic, alias)
) STRICT;

CREATE TABLE patient (
  clinic     TEXT   NOT NULL,
  id         TEXT   NOT NULL,
  alias      TEXT,
  body       BLOB   NOT NULL,
  revision   BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (clinic, id),
  UNIQUE (clinic, alias)
) STRICT;

CREATE TABLE device (
  clinic     TEXT   NOT NULL,
  id         TEXT   NOT NULL,
  alias      TEXT,
  body       BLOB   NOT NULL,
  revision   BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (clinic, id),
  UNIQUE (clinic, alias)
) STRICT;

CREATE TABLE chair (
  clinic     TEXT   NOT NULL,
  id         TEXT   NOT NULL,
  alias      TEXT,
  body       BLOB   NOT NULL,
  revision   BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (clinic, id),
  UNIQUE (clinic, alias)
) STRICT;

CREATE TABLE browser_session (
  clinic     TEXT   NOT NULL,
  id         TEXT   NOT NULL,
  alias      TEXT,
  body       BLOB   NOT NULL,
  revision   BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (clinic, id),
  UNIQUE (clinic, alias)
) STRICT;

CREATE TABLE draft (
  clinic     TEXT   NOT NULL,
  id         TEXT   NOT NULL,
  alias      TEXT,
  body       BLOB   NOT NULL,
  revision   BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (clinic, id),
  UNIQUE (clinic, alias)
) STRICT;

CREATE TABLE setting (
  clinic     TEXT   NOT NULL,
  id         TEXT   NOT NULL,
  alias      TEXT,
  body       BLOB   NOT NULL,
  revision   BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (clinic, id),
  UNIQUE (clinic, alias)
) STRICT;

CREATE TABLE enrolled_device (
  clinic     TEXT   NOT NULL,
  id         TEXT   NOT NULL,
  alias      TEXT,
  body       BLOB   NOT NULL,
  revision   BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (clinic, id),
  UNIQUE (clinic, alias)
) STRICT;

CREATE TABLE enrolment_code (
  clinic     TEXT   NOT NULL,
  id         TEXT   NOT NULL,
  alias      TEXT,
  body       BLOB   NOT NULL,
  revision   BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (clinic, id),
  UNIQUE (clinic, alias)
) STRICT;

CREATE TABLE signin_guard (
  clinic     TEXT   NOT NULL,
  id         TEXT   NOT NULL,
  alias      TEXT,
  body       BLOB   NOT NULL,
  revision   BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (clinic, id),
  UNIQUE (clinic, alias)
) STRICT;

CREATE TABLE signin_proof (
  clinic     TEXT   NOT NULL,
  id         TEXT   NOT NULL,
  alias      TEXT,
  body       BLOB   NOT NULL,
  revision   BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (clinic, id),
  UNIQUE (clinic, alias)
) STRICT;
