-- With which identity provider somebody signed in (the `key` of its setting), and the ID token that it gave. Who signs out here is
-- led there to sign out too, and shows this token. It is sealed under the person's key.
ALTER TABLE console_session
  ADD COLUMN provider text,
  ADD COLUMN sealed_token bytea;
