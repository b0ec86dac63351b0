-- The proof: what the log commits to, fact by fact; the tree over it, in tiles; and what was signed.

-- The leaf of a fact, byte for byte as mediation/proof/verify.py takes it apart. Never changes: a new form gets another first byte.
CREATE FUNCTION leaf(e event) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT '\x01'::bytea || int8send(e.position) || timestamptz_send(e.recorded_at) || timestamptz_send(e.occurred_at)
      || uuid_send(e.stream_id) || int4send(e.version) || int2send(e.schema_version)
      || coalesce('\x01'::bytea || uuid_send(e.dispute_id), '\x00')
      || coalesce('\x01'::bytea || uuid_send(e.correlation_id), '\x00')
      || coalesce('\x01'::bytea || uuid_send(e.causation_id), '\x00')
      || coalesce('\x01'::bytea || uuid_send(e.actor), '\x00')
      || int4send(octet_length(e.marketplace)) || convert_to(e.marketplace, 'UTF8')
      || int4send(octet_length(e.kind)) || convert_to(e.kind, 'UTF8')
      || int4send(octet_length(e.body)) || e.body
$$;

CREATE SCHEMA proof;

-- Up to 256 hashes of a level of the tree. Only the last of a level grows.
CREATE TABLE proof.tile (
  level smallint NOT NULL,
  number bigint NOT NULL,
  hashes bytea NOT NULL,
  PRIMARY KEY (level, number)
);
ALTER TABLE proof.tile ALTER hashes SET STORAGE EXTERNAL;

-- The public keys that checkpoints were signed with, for ever, as they are published (C2SP vkeys).
CREATE TABLE proof.key (
  vkey text PRIMARY KEY,
  since timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Signed notes, for ever; size is how many facts they commit to.
CREATE TABLE proof.checkpoint (
  size bigint PRIMARY KEY,
  note text NOT NULL,
  signed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TRIGGER key_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON proof.key
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER checkpoint_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON proof.checkpoint
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
