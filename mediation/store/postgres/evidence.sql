-- The id that the place of the evidence files is marked with. marked_at: when that was done; none: no place is marked yet.
CREATE TABLE evidence_store (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  marked_at timestamptz
);
INSERT INTO evidence_store DEFAULT VALUES;
