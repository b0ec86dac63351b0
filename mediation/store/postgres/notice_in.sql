-- Notices of payment providers, as they arrived: the bytes and headers are sealed, under a key of the item until it is known
-- whose payment they are about, then under the buyer's key. `reader` is the version of the program that read it last.
-- `own_key`: the key of the item was not destroyed yet. It has no history and is no fact: what follows from a notice is.
CREATE TABLE notice_in (
  id uuid PRIMARY KEY,
  marketplace text NOT NULL,
  provider text NOT NULL,
  key_id uuid NOT NULL,
  sealed bytea,
  size int NOT NULL,
  status text NOT NULL DEFAULT 'unverified' CHECK (status IN
    ('unverified', 'refused', 'new', 'unknown', 'unmatched', 'matched', 'noted')),
  why text,
  reader int NOT NULL DEFAULT 0,
  subject uuid,
  own_key boolean NOT NULL DEFAULT true,
  received_at timestamptz NOT NULL,
  claimed_until timestamptz NOT NULL DEFAULT 'epoch',
  failures int NOT NULL DEFAULT 0
);
CREATE INDEX notice_in_new ON notice_in (received_at) WHERE status IN ('unverified', 'new', 'unknown');
CREATE INDEX notice_in_listed ON notice_in (marketplace, status, received_at, id);
CREATE INDEX notice_in_subject ON notice_in (subject) WHERE subject IS NOT NULL;
CREATE INDEX notice_in_own_key ON notice_in (received_at) WHERE own_key;

-- A dispute at a provider, and what was done because of it. `id` is a keyed hash of the provider's own id. `proceeding` is the
-- number of the proceeding that was recorded in the dispute, and has not ended; `recorded` says how often one was, `begun` that
-- one is being recorded. `paid` is the sum on record that the buyer has because of it; `payments` counts how often that changed,
-- and `moved` says that money moved after the dispute was closed, and it was not reopened. `quiet_since` is when something new
-- was told, by the clock of the marketplace. `changes` counts what may change what is to be done, and `seen` how much of that
-- was looked at. `settles`: its outcome has not taken effect yet.
CREATE TABLE provider_dispute (
  id uuid PRIMARY KEY,
  marketplace text NOT NULL,
  provider text NOT NULL,
  dispute_id uuid,
  proceeding int,
  recorded int NOT NULL DEFAULT 0,
  begun boolean NOT NULL DEFAULT false,
  paid text,
  payments int NOT NULL DEFAULT 0,
  moved boolean NOT NULL DEFAULT false,
  why text,
  contradiction text,
  quiet_since timestamptz NOT NULL,
  settles boolean NOT NULL DEFAULT true,
  changes int NOT NULL DEFAULT 1,
  seen int NOT NULL DEFAULT 0,
  not_before timestamptz NOT NULL DEFAULT 'epoch'
);
CREATE INDEX provider_dispute_changed ON provider_dispute (not_before) WHERE changes > seen;
CREATE INDEX provider_dispute_settles ON provider_dispute (quiet_since) WHERE settles;
CREATE INDEX provider_dispute_contradiction ON provider_dispute (marketplace) WHERE contradiction IS NOT NULL;

-- What a notice says about a dispute at the provider: codes, sums and instants, and keyed hashes of the payment's names.
CREATE TABLE notice_item (
  notice_id uuid NOT NULL REFERENCES notice_in ON DELETE CASCADE,
  number int NOT NULL,
  provider_dispute uuid NOT NULL REFERENCES provider_dispute,
  payments uuid[] NOT NULL,
  says jsonb NOT NULL,
  PRIMARY KEY (notice_id, number)
);
CREATE INDEX notice_item_dispute ON notice_item (provider_dispute);
CREATE INDEX notice_item_payments ON notice_item USING gin (payments);
