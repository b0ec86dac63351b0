-- Who is signed in to the console: a row for each browser. It has no history and is no fact. The cookie's secret is nowhere: `hash`
-- is its SHA-256. A secret is replaced from time to time; the one before it (`former_hash`) is good until the browser has sent the new
-- one (`seen_at`), and a minute longer. The name that the console shows is sealed under the person's key. No backup holds these rows.
CREATE TABLE console_session (
  session_id uuid PRIMARY KEY,
  hash bytea NOT NULL UNIQUE,
  former_hash bytea UNIQUE,
  subject uuid NOT NULL,
  role text NOT NULL,
  marketplace text,
  key_id uuid,
  sealed_name bytea,
  begun_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz NOT NULL,
  rotated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  seen_at timestamptz
);
CREATE INDEX console_session_subject ON console_session (subject);
CREATE INDEX console_session_expires ON console_session (expires_at);

-- Links with which somebody signs in to the console once. `hash` is the SHA-256 of the secret in the link.
CREATE TABLE sign_in_link (
  hash bytea PRIMARY KEY,
  subject uuid NOT NULL,
  role text NOT NULL,
  marketplace text,
  key_id uuid,
  sealed_name bytea,
  made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz NOT NULL,
  used_at timestamptz
);
CREATE INDEX sign_in_link_subject ON sign_in_link (subject);
CREATE INDEX sign_in_link_expires ON sign_in_link (expires_at);
