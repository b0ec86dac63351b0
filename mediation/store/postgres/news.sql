-- What is new, in the columns of an event. s_* are streams, each with the version after which it is asked; k_* keys of commands,
-- each with the number of its question. A result kept under a key comes as the first position and the number of its events,
-- without a stream, with the number of the question for its schema version and what was asked for its body.
-- The plans do not depend on the arrays, and are made once a connection: making them anew took ten times as long as carrying
-- them out. Each probe is limited, as a plan made while a table is small would otherwise read it whole when it has grown.
CREATE FUNCTION news(s_stream uuid[], s_version int[], k_question smallint[], k_marketplace text[], k_key bytea[])
RETURNS SETOF event
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  RETURN QUERY SELECT e.* FROM unnest(s_stream, s_version) s (stream_id, version)
  JOIN LATERAL (SELECT * FROM event e WHERE e.stream_id = s.stream_id AND e.version > s.version ORDER BY e.version) e ON true;
  RETURN QUERY SELECT r.first_position, r.at, r.at, NULL::uuid, NULL::uuid, NULL::uuid, NULL::uuid, NULL::uuid,
    r.events, k.question, r.marketplace, '', r.request
  FROM unnest(k_question, k_marketplace, k_key) k (question, marketplace, key)
  JOIN LATERAL (SELECT * FROM command_result r WHERE r.marketplace = k.marketplace AND r.key = k.key LIMIT 1) r ON true;
END $$;
