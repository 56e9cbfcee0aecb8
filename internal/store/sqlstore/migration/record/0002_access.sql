-- Records opened in an emergency by a role that does not read them, each to
-- be reviewed.
CREATE TABLE access (
  clinic     TEXT   NOT NULL,
  id         TEXT   NOT NULL,
  alias      TEXT,
  body       BLOB   NOT NULL,
  revision   BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (clinic, id),
  UNIQUE (clinic, alias)
) STRICT;
