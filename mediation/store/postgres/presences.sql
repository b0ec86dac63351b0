-- Who looks at a dispute now, and what they write there: a row for each open page. It has no history and is no fact. A page renews
-- its row. A row that is not renewed is deleted within a minute. No backup holds these rows, and a crash empties the table.
CREATE UNLOGGED TABLE presence (
  dispute_id uuid NOT NULL,
  subject uuid NOT NULL,
  page uuid NOT NULL,
  marketplace text NOT NULL,
  role text NOT NULL,
  writing text,
  until timestamptz NOT NULL,
  PRIMARY KEY (dispute_id, subject, page)
);
