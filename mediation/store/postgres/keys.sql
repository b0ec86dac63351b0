-- The key store: the data keys, the masters that wrap them, and who was erased. It may be in a database of its own
-- (MEDIATION_KEYS_URL), and is in no backup of the log. Where it shares one, schema.sql has made the first table already.
CREATE SCHEMA IF NOT EXISTS keys;
CREATE TABLE IF NOT EXISTS keys.data_key (
  id uuid PRIMARY KEY,
  subject uuid NOT NULL,
  wrapped bytea,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  destroyed_at timestamptz,
  CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
);
CREATE UNIQUE INDEX IF NOT EXISTS data_key_living ON keys.data_key (subject) WHERE destroyed_at IS NULL;

-- By which worker destroyed keys are found that another has in its memory.
CREATE INDEX data_key_destroyed ON keys.data_key (destroyed_at) WHERE destroyed_at IS NOT NULL;

-- The master that a key was wrapped by; none: the first one that there was.
ALTER TABLE keys.data_key ADD COLUMN master text;
CREATE INDEX data_key_master ON keys.data_key (master, id) WHERE wrapped IS NOT NULL;

-- New keys are wrapped by the one that has not retired. A destroyed one is only a name.
CREATE TABLE keys.master (
  id text PRIMARY KEY,
  since timestamptz NOT NULL DEFAULT clock_timestamp(),
  retired_at timestamptz,
  destroyed_at timestamptz
);
CREATE UNIQUE INDEX master_current ON keys.master ((true)) WHERE retired_at IS NULL;

-- Who was erased, for how many times, on what ground: nothing personal. Outlives the log's backups, so that an older log which
-- is restored can be told again. completed_at: when the last master was destroyed that could open a copy of the key;
-- on_record: that the log says so.
CREATE TABLE keys.erasure (
  subject uuid NOT NULL,
  number int NOT NULL,
  marketplace text NOT NULL,
  ground text NOT NULL,
  erased_at timestamptz NOT NULL,
  completed_at timestamptz,
  on_record boolean NOT NULL DEFAULT false,
  PRIMARY KEY (subject, number)
);
