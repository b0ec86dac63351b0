-- The store: the event log, what commands have answered, how far its consumers are, and the data keys. PostgreSQL 15 to 18.

-- One row per fact, for ever. Positions are gapless and given out under the lock of append_events. The body is bytes and not
-- jsonb, which would rewrite what was hashed.
CREATE TABLE event (
  position bigint PRIMARY KEY,
  recorded_at timestamptz NOT NULL,
  occurred_at timestamptz NOT NULL,
  stream_id uuid NOT NULL,
  dispute_id uuid,
  correlation_id uuid,
  causation_id uuid,
  actor uuid,
  version int NOT NULL,
  schema_version smallint NOT NULL DEFAULT 1,
  marketplace text NOT NULL,
  kind text NOT NULL,
  body bytea NOT NULL,
  UNIQUE (stream_id, version)
);
CREATE INDEX event_dispute ON event (dispute_id, position) WHERE dispute_id IS NOT NULL;
CREATE INDEX event_marketplace ON event (marketplace, position);
CREATE INDEX event_recorded ON event USING brin (recorded_at);

-- The grants already keep the application to INSERT and SELECT; this binds the owner of the table too.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the log is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What a command with an idempotency key has stored; key and request are HMACs, never what was sent.
CREATE TABLE command_result (
  marketplace text NOT NULL,
  key bytea NOT NULL,
  request bytea NOT NULL,
  first_position bigint NOT NULL,
  events int NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (marketplace, key)
);

-- One row per consumer of the log. The epoch fences (whoever took over has a higher one); the lease is for liveness only.
CREATE TABLE progress (
  name text PRIMARY KEY,
  position bigint NOT NULL DEFAULT 0,
  epoch bigint NOT NULL DEFAULT 0,
  holder text,
  lease_until timestamptz
);

-- Events a consumer could not take, and those of the same subject behind them, which carry no error of their own.
CREATE TABLE parked (
  consumer text NOT NULL,
  subject uuid NOT NULL,
  position bigint NOT NULL,
  error text,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (consumer, subject, position)
);

-- Data keys, wrapped by a master key that is not here. A destroyed key keeps its row, without the key.
CREATE SCHEMA keys;
CREATE TABLE keys.data_key (
  id uuid PRIMARY KEY,
  subject uuid NOT NULL,
  wrapped bytea,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  destroyed_at timestamptz,
  CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
);
CREATE UNIQUE INDEX data_key_living ON keys.data_key (subject) WHERE destroyed_at IS NULL;

-- Whatever is derived from the log and can be built again.
CREATE SCHEMA views;

-- Appends one batch, called in autocommit at READ COMMITTED: the first statement takes the lock, and each later one gets a
-- snapshot that shows every earlier batch. All or nothing per request; one verdict each: stored, repeated (with the first
-- result) or stale. r_* are the requests, g_* the streams they build upon with the versions these must have (a stream that
-- does not exist has 0, or -1 for one that will start at 0), e_* what they append, each request's events side by side.
-- Every probe is a scalar subquery: an EXISTS over unnest is planned as a semi-join and halves the speed. Plans don't depend on
-- the arrays, and making one anew for their length in each call takes longer than carrying it out.
CREATE FUNCTION append_events(
  r_marketplace text[], r_actor uuid[], r_correlation uuid[], r_causation uuid[], r_key bytea[], r_request bytea[],
  g_request int[], g_stream uuid[], g_version int[],
  e_request int[], e_stream uuid[], e_version int[], e_dispute uuid[], e_occurred timestamptz[],
  e_kind text[], e_schema smallint[], e_body bytea[])
RETURNS TABLE (
  request int, outcome text, first_position bigint, events int, prior_request bytea, recorded_at timestamptz, clock timestamptz)
LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
  last bigint;
  stamp timestamptz;
  known int[];
  stale int[];
BEGIN
  PERFORM pg_advisory_xact_lock(7301);
  clock := clock_timestamp();
  SELECT e.position, e.recorded_at INTO last, stamp FROM event e ORDER BY e.position DESC LIMIT 1;
  last := coalesce(last, 0);
  stamp := greatest(clock, stamp);
  SELECT coalesce(array_agg(r.n), '{}') INTO known
    FROM unnest(r_marketplace, r_key) WITH ORDINALITY r (m, k, n)
   WHERE r.k IS NOT NULL
     AND (SELECT c.events FROM command_result c WHERE c.marketplace = r.m AND c.key = r.k) IS NOT NULL;
  SELECT coalesce(array_agg(DISTINCT g.r), '{}') INTO stale
    FROM unnest(g_request, g_stream, g_version) g (r, s, v)
   WHERE g.v <> coalesce(
     (SELECT e.version FROM event e WHERE e.stream_id = g.s ORDER BY e.version DESC LIMIT 1), least(g.v, 0));
  RETURN QUERY
  WITH good AS MATERIALIZED (
    SELECT t.*, last + row_number() OVER (ORDER BY t.n) AS at
      FROM unnest(e_request, e_stream, e_version, e_dispute, e_occurred, e_kind, e_schema, e_body)
           WITH ORDINALITY t (r, s, v, d, o, k, x, b, n)
     WHERE NOT t.r = ANY (known) AND NOT t.r = ANY (stale)),
  facts AS (
    INSERT INTO event (position, recorded_at, occurred_at, stream_id, dispute_id, correlation_id, causation_id, actor,
                       version, schema_version, marketplace, kind, body)
    SELECT at, stamp, o, s, d, r_correlation[r], r_causation[r], r_actor[r], v, x, r_marketplace[r], k, b FROM good),
  stored AS MATERIALIZED (SELECT r, min(at) AS first, count(*)::int AS n FROM good GROUP BY r),
  results AS (
    INSERT INTO command_result (marketplace, key, request, first_position, events, at)
    SELECT r_marketplace[r], r_key[r], r_request[r], first, n, stamp FROM stored WHERE r_key[r] IS NOT NULL)
  SELECT r, 'stored', first, n, NULL::bytea, stamp, clock FROM stored;
  IF cardinality(known) > 0 THEN
    RETURN QUERY SELECT k, 'repeated', c.first_position, c.events, c.request, c.at, clock
      FROM unnest(known) k JOIN command_result c ON c.marketplace = r_marketplace[k] AND c.key = r_key[k];
  END IF;
  IF cardinality(stale) > 0 THEN
    RETURN QUERY SELECT s, 'stale', NULL::bigint, NULL::int, NULL::bytea, NULL::timestamptz, clock
      FROM unnest(stale) s WHERE NOT s = ANY (known);
  END IF;
END $$;
