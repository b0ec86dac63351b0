-- How far each person has read what happened in each dispute: the position of a fact, and when they said so. Who has such a
-- mark may have read no message yet: `number` is 0 then.
ALTER TABLE read_mark
  ADD COLUMN position bigint CHECK (position > 0),
  ADD COLUMN position_read_at timestamptz,
  ALTER COLUMN number SET DEFAULT 0,
  ALTER COLUMN read_at DROP NOT NULL,
  DROP CONSTRAINT read_mark_number_check,
  ADD CONSTRAINT read_mark_number_check CHECK (number >= 0);
