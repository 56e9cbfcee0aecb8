-- Messages to people elsewhere: written with the entry that each is about,
-- kept until they are delivered, or until nobody should be called for them any
-- more. The message itself is made from the entry when it is sent.
CREATE TABLE outbox (
  clinic     TEXT   NOT NULL,
  id         TEXT   NOT NULL, -- what the receiver tells repeats by
  position   BIGINT NOT NULL, -- of the entry
  queued_at  BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  next_at    BIGINT NOT NULL, -- not to be tried before
  attempts   BIGINT NOT NULL,
  expired_at BIGINT NOT NULL, -- 0 while it waits
  PRIMARY KEY (clinic, id)
) STRICT;

CREATE INDEX outbox_due ON outbox (clinic, expired_at, next_at);
