-- What a neutral has written of a ruling that is not issued yet, sealed under the neutral's key. It has no history and is no
-- fact. It is not in the log, so a backup of the log holds it. It is deleted when the ruling is issued, when the dispute is closed
-- or leaves the neutral, and when the neutral is erased.
CREATE TABLE ruling_draft (
  dispute_id uuid NOT NULL,
  subject uuid NOT NULL,
  marketplace text NOT NULL,
  tag text NOT NULL,
  key_id uuid NOT NULL,
  sealed bytea NOT NULL CHECK (octet_length(sealed) <= 1000000),
  saved_at timestamptz NOT NULL,
  stored_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (dispute_id, subject)
);
