-- Checkpoints that were signed and given out, and that the database has no longer: a standby without the last facts was
-- promoted. A worker that remembers one keeps it here. log_ended_at is the last position that was left then.
CREATE TABLE proof.lost_checkpoint (
  note text PRIMARY KEY,
  size bigint NOT NULL,
  log_ended_at bigint NOT NULL,
  found_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TRIGGER lost_checkpoint_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON proof.lost_checkpoint
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
