-- Mails that arrived. The bytes are sealed: under a key of the item until it is known whose mail it is, then under that person's
-- key. `sender` is a keyed hash of the sender's address. `head` is a short reading of the bytes, sealed like them, for lists.
-- `own_key`: the key of the item was not destroyed yet. It has no history and is no fact: the message of a mail is.
CREATE TABLE mail_in (
  id uuid PRIMARY KEY,
  marketplace text NOT NULL,
  sender uuid NOT NULL,
  key_id uuid NOT NULL,
  sealed bytea NOT NULL,
  head bytea,
  size int NOT NULL,
  status text NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'pile', 'noted', 'posted')),
  why text,
  dispute_id uuid,
  side text,
  subject uuid,
  message int,
  own_key boolean NOT NULL DEFAULT true,
  received_at timestamptz NOT NULL,
  claimed_until timestamptz NOT NULL DEFAULT 'epoch',
  failures int NOT NULL DEFAULT 0
);
CREATE INDEX mail_in_new ON mail_in (received_at) WHERE status = 'new';
CREATE INDEX mail_in_listed ON mail_in (marketplace, status, received_at, id);
CREATE INDEX mail_in_thread ON mail_in (dispute_id, side, received_at) WHERE dispute_id IS NOT NULL;
CREATE INDEX mail_in_sender ON mail_in (sender);
CREATE INDEX mail_in_subject ON mail_in (subject) WHERE subject IS NOT NULL;
CREATE INDEX mail_in_own_key ON mail_in (received_at) WHERE own_key;
