-- Where a marketplace wants to be told that something happened, and what it was told. `types`: empty means all. `sealed` holds the
-- secrets of the endpoint, under a key of its own. `start_position` is where the series begins: its facts come after it.
-- `reached`: how far the log was read for an endpoint that begins in the past; NULL once it has caught up. `version` counts what
-- people changed. `made_under` and `made_as` are HMACs of the key and the request that made it, `rotated_under` and `rotated_as` of
-- those that last changed its secret.
CREATE TABLE webhook_endpoint (
  id uuid PRIMARY KEY,
  marketplace text NOT NULL,
  url text NOT NULL,
  description text NOT NULL,
  types text[] NOT NULL,
  in_order boolean NOT NULL,
  version int NOT NULL DEFAULT 1,
  series int NOT NULL DEFAULT 1,
  start_position bigint NOT NULL,
  reached bigint,
  key_id uuid NOT NULL,
  sealed bytea NOT NULL,
  previous_until timestamptz,
  disabled_why text CHECK (disabled_why IN ('asked', 'gone', 'failing')),
  disabled_since timestamptz CHECK ((disabled_since IS NULL) = (disabled_why IS NULL)),
  failing_since timestamptz,
  warned_at timestamptz,
  last_success_at timestamptz,
  paused_until timestamptz NOT NULL DEFAULT 'epoch',
  created_at timestamptz NOT NULL,
  made_under bytea NOT NULL,
  made_as bytea NOT NULL,
  rotated_under bytea,
  rotated_as bytea,
  UNIQUE (marketplace, made_under)
);
CREATE INDEX webhook_endpoint_of ON webhook_endpoint (marketplace, created_at, id);

-- The last number of each dispute in each series of an endpoint.
CREATE TABLE webhook_sequence (
  endpoint_id uuid NOT NULL REFERENCES webhook_endpoint ON DELETE CASCADE,
  series int NOT NULL,
  dispute_id uuid NOT NULL,
  last int NOT NULL,
  PRIMARY KEY (endpoint_id, series, dispute_id)
);

-- One row for each fact that an endpoint is told. It is kept, because a replay sends what is on record. `body` is what was sent:
-- it is written before the first attempt, and names no person. `next_at` is by the clock of the marketplace, which may be
-- turned; `claimed_until` is by the clock of the database.
CREATE TABLE webhook_delivery (
  id uuid PRIMARY KEY,
  endpoint_id uuid NOT NULL REFERENCES webhook_endpoint ON DELETE CASCADE,
  series int NOT NULL,
  dispute_id uuid NOT NULL,
  sequence int NOT NULL,
  position bigint NOT NULL,
  type text NOT NULL,
  recorded_at timestamptz NOT NULL,
  body text,
  attempts int NOT NULL DEFAULT 0,
  next_at timestamptz NOT NULL DEFAULT 'epoch',
  claimed_until timestamptz NOT NULL DEFAULT 'epoch',
  outcome text CHECK (outcome IN ('delivered', 'failed')),
  ended_at timestamptz CHECK ((ended_at IS NULL) = (outcome IS NULL)),
  UNIQUE (endpoint_id, position),
  UNIQUE (endpoint_id, series, dispute_id, sequence)
);
CREATE INDEX webhook_delivery_next ON webhook_delivery (endpoint_id, next_at, position) WHERE outcome IS NULL;
CREATE INDEX webhook_delivery_before ON webhook_delivery (endpoint_id, dispute_id, position) WHERE outcome IS NULL;
CREATE INDEX webhook_delivery_failed ON webhook_delivery (endpoint_id, position) WHERE outcome = 'failed';

-- Each attempt, for 30 days. Never what the receiver answered.
CREATE TABLE webhook_attempt (
  delivery_id uuid NOT NULL REFERENCES webhook_delivery ON DELETE CASCADE,
  at timestamptz NOT NULL,
  status int,
  why text,
  milliseconds int NOT NULL
);
CREATE INDEX webhook_attempt_of ON webhook_attempt (delivery_id, at);
CREATE INDEX webhook_attempt_at ON webhook_attempt (at);
