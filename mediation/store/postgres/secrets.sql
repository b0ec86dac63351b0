-- What each secret is recognised by, so that the engine never starts with another one, or a new one, over stored data. A value
-- reveals nothing about its secret. The masters of the key store have theirs in keys.master: the id is derived from the key.
CREATE TABLE secret_check (
  name text PRIMARY KEY,
  value text NOT NULL,
  since timestamptz NOT NULL DEFAULT clock_timestamp()
);
