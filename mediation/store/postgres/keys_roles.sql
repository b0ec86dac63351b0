-- The role under which the application works on the key store, and on nothing else: the one that works on the log can't read a
-- key. See roles.sql for what is done where the owner may not create roles.
DO $$
BEGIN
  IF to_regrole('mediation_keys') IS NULL THEN
    CREATE ROLE mediation_keys NOLOGIN;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN
  RAISE NOTICE 'mediation_keys: %', SQLERRM;
END $$;

DO $$
BEGIN
  IF to_regrole('mediation_keys') IS NOT NULL AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    EXECUTE format('GRANT mediation_keys TO %I', current_user);
  END IF;
EXCEPTION WHEN insufficient_privilege OR unique_violation THEN
  RAISE NOTICE 'mediation_keys: %', SQLERRM;
END $$;

DO $$
BEGIN
  IF to_regrole('mediation_keys') IS NOT NULL THEN
    GRANT USAGE ON SCHEMA keys TO mediation_keys;
    GRANT SELECT, INSERT, UPDATE ON keys.data_key, keys.master, keys.erasure TO mediation_keys;
    IF to_regrole('mediation_app') IS NOT NULL THEN
      REVOKE ALL ON ALL TABLES IN SCHEMA keys FROM mediation_app;
      REVOKE ALL ON SCHEMA keys FROM mediation_app;
    END IF;
  END IF;
END $$;
