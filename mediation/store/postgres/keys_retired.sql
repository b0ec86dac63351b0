-- A key that has retired still opens, and nothing new is sealed under it: whoever writes of that person gets another one. An
-- erasure retires the key first and destroys it when no worker can remember it any more.
ALTER TABLE keys.data_key ADD COLUMN retired_at timestamptz;
DROP INDEX keys.data_key_living;
CREATE UNIQUE INDEX data_key_living ON keys.data_key (subject) WHERE destroyed_at IS NULL AND retired_at IS NULL;
CREATE INDEX data_key_retired ON keys.data_key (retired_at) WHERE retired_at IS NOT NULL;
CREATE INDEX data_key_of ON keys.data_key (subject) WHERE destroyed_at IS NULL;

-- Which keys an erasure destroys: those that were made until then. Who comes back before it was carried out has another one.
ALTER TABLE keys.erasure ADD COLUMN up_to timestamptz;
