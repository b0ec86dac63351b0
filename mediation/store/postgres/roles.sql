-- The role under which the application works. It belongs to the whole cluster, so that another database may be creating it at
-- this moment; and the owner may lack the right to create or to join it: then connections stay the owner's, and the trigger
-- on event alone keeps the log append-only. Run at every migration, since a restored database may be in another cluster.
DO $$
BEGIN
  IF to_regrole('mediation_app') IS NULL THEN
    CREATE ROLE mediation_app NOLOGIN;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN
  RAISE NOTICE 'mediation_app: %', SQLERRM;
END $$;

-- Whoever created the role on PostgreSQL 16 and later is a member who may not yet SET ROLE; a plain GRANT adds that.
DO $$
BEGIN
  IF to_regrole('mediation_app') IS NOT NULL AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    EXECUTE format('GRANT mediation_app TO %I', current_user);
  END IF;
EXCEPTION WHEN insufficient_privilege OR unique_violation THEN
  RAISE NOTICE 'mediation_app: %', SQLERRM;
END $$;

DO $$
BEGIN
  IF to_regrole('mediation_app') IS NOT NULL THEN
    GRANT USAGE, CREATE ON SCHEMA views TO mediation_app;
    GRANT USAGE ON SCHEMA proof TO mediation_app;
    GRANT SELECT, INSERT, UPDATE ON proof.tile TO mediation_app;
    GRANT SELECT, INSERT ON proof.checkpoint, proof.key, proof.lost_checkpoint TO mediation_app;
    GRANT SELECT, INSERT ON event, command_result TO mediation_app;
    GRANT SELECT ON fact TO mediation_app;
    GRANT SELECT, INSERT, UPDATE ON secret_check TO mediation_app;
    GRANT SELECT, UPDATE ON evidence_store TO mediation_app;
    GRANT SELECT, INSERT, UPDATE, DELETE
      ON read_mark, ruling_draft, console_session, sign_in_link, snooze, presence, own_desk, mail_in, notice_in, notice_item,
        provider_dispute, webhook_endpoint, webhook_sequence, webhook_delivery, webhook_attempt TO mediation_app;
    GRANT SELECT, INSERT, UPDATE, DELETE ON progress, parked TO mediation_app;
  END IF;
END $$;
