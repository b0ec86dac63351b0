-- The disputes that each person has put aside, until when. It has no history and is no fact. It is not in the log, so a backup of
-- the log holds it. The rows of an erased person are deleted.
CREATE TABLE snooze (
  subject uuid NOT NULL,
  marketplace text NOT NULL,
  dispute_id uuid NOT NULL,
  until timestamptz NOT NULL,
  snoozed_at timestamptz NOT NULL,
  PRIMARY KEY (subject, dispute_id)
);
