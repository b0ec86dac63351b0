-- How far each person has read the conversation of each dispute: the number of the last message that they were shown. It has
-- no history. It is not in the log, so a backup of the log holds it. The rows of an erased person are deleted.
CREATE TABLE read_mark (
  subject uuid NOT NULL,
  marketplace text NOT NULL,
  dispute_id uuid NOT NULL,
  number int NOT NULL CHECK (number > 0),
  read_at timestamptz NOT NULL,
  PRIMARY KEY (subject, dispute_id)
);
