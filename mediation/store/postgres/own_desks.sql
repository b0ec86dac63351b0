-- How each person has arranged their desk: their saved filters, sealed under their key, and how far they are in the tour of the
-- console. It has no history and is no fact. It is not in the log, so a backup of the log holds it. The rows of an erased person
-- are deleted.
CREATE TABLE own_desk (
  subject uuid NOT NULL,
  marketplace text NOT NULL,
  tag text,
  key_id uuid,
  sealed bytea CHECK (octet_length(sealed) <= 100000),
  tour smallint,
  PRIMARY KEY (subject, marketplace)
);
