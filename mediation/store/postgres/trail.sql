-- What auditors search the log by. Building these indexes takes about a second for each million facts; meanwhile appends wait.
CREATE INDEX event_actor ON event (actor, position);
CREATE INDEX event_kind ON event (kind, position);
CREATE INDEX event_correlation ON event (correlation_id, position);
CREATE INDEX event_occurred ON event USING brin (occurred_at);
