-- Applications of the eventsourcing library keep their own events in a schema of their own; see recorder.py. Until this step they
-- lay in the log, with no marketplace. They stay there too, since the log's proofs cover them, and "fact" leaves them out.
CREATE SCHEMA library;
CREATE SEQUENCE library.position;
CREATE TABLE library.stored_event (
  originator_id uuid NOT NULL,
  originator_version int NOT NULL,
  topic text NOT NULL,
  state bytea NOT NULL,
  notification_id bigint PRIMARY KEY,
  UNIQUE (originator_id, originator_version)
);
INSERT INTO library.stored_event SELECT stream_id, version, kind, body, position FROM event WHERE marketplace = '';
-- Whoever follows the old order has gone as far as the log's last position.
SELECT setval('library.position', max(position)) FROM event HAVING max(position) IS NOT NULL;

DROP VIEW stored_events;
CREATE VIEW stored_events AS SELECT * FROM library.stored_event;

-- The facts of the engine. Everything that takes the log to be facts reads this.
CREATE VIEW fact AS SELECT * FROM event WHERE marketplace <> '';

-- The same as the library reads it; see library/facts.py. The state is the envelope, as one line of JSON, and the stored body.
CREATE VIEW library_facts AS
SELECT stream_id AS originator_id, version AS originator_version, kind AS topic, position AS notification_id,
  convert_to(jsonb_build_object(
    'position', position, 'recorded_at', recorded_at, 'occurred_at', occurred_at, 'dispute_id', dispute_id,
    'marketplace', marketplace, 'schema_version', schema_version, 'actor', actor, 'correlation_id', correlation_id,
    'causation_id', causation_id)::text || E'\n', 'UTF8') || body AS state
FROM fact;

-- Stores all, or nothing: then it gives no position, because a stream has moved on. The streams g_* are those built upon, with the versions that
-- they must have: a stream that does not exist has 0, or -1 for one that will start at 0. Positions are given out under the lock.
CREATE FUNCTION library.append(g_stream uuid[], g_version int[], e_stream uuid[], e_version int[], e_topic text[], e_state bytea[])
RETURNS SETOF bigint LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7306);
  IF EXISTS (SELECT FROM unnest(g_stream, g_version) g (s, v) WHERE g.v <> coalesce(
    (SELECT max(originator_version) FROM library.stored_event WHERE originator_id = g.s), least(g.v, 0)))
  THEN
    RETURN;
  END IF;
  RETURN QUERY INSERT INTO library.stored_event (originator_id, originator_version, topic, state, notification_id)
    SELECT s, v, t, b, nextval('library.position') FROM (
      SELECT * FROM unnest(e_stream, e_version, e_topic, e_state) WITH ORDINALITY e (s, v, t, b, n) ORDER BY n) e
    RETURNING notification_id;
END $$;
