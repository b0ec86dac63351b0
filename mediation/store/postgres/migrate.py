"""Brings databases to the schema that this release needs."""

from collections.abc import Sequence
from importlib.resources import files

from mediation.store.postgres.pool import connect

RESTORING = "restoring"
"""This schema exists in a database from the start of a restore until the restore is done."""

_LOCK = 7302
"""Advisory lock: when several processes start at once, one migrates and the others find it done."""

STEPS = (
    "schema.sql",
    "library.sql",
    "proof.sql",
    "news.sql",
    "library_own.sql",
    "trail.sql",
    "secrets.sql",
    "revocations.sql",
    "lost.sql",
    "evidence.sql",
    "read_marks.sql",
    "ruling_drafts.sql",
    "console_sessions.sql",
    "snoozes.sql",
    "read_marks_of_facts.sql",
    "console_sessions_of_providers.sql",
    "presences.sql",
    "own_desks.sql",
    "mail_in.sql",
    "notice_in.sql",
    "webhooks.sql",
)
"""In order, for ever: the n-th file is schema version n. A released file never changes."""

_KEYS_STEPS = ("keys.sql", "keys_retired.sql", "keys_of_purposes.sql")
"""The same for the key store, which may be in another database."""


async def migrate(conninfo: str, keys: str | None = None) -> None:
    """Applies what is missing, in one transaction for each database, and grants the roles their rights.

    Harmless when repeated. `keys` is the database of the key store, if it is another one. Raises `psycopg.Error` if a
    server is absent or refuses; then nothing was changed in its database.
    """
    await _apply(conninfo, "schema_version", STEPS, "roles.sql")
    await _apply(keys or conninfo, "keys_version", _KEYS_STEPS, "keys_roles.sql")


async def _apply(conninfo: str, versions: str, steps: Sequence[str], roles: str) -> None:
    async with await connect(conninfo) as connection:
        await connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        await connection.execute(
            f"CREATE TABLE IF NOT EXISTS {versions} ("
            "version int PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT clock_timestamp())".encode()
        )
        reached = await connection.execute(f"SELECT coalesce(max(version), 0) FROM {versions}".encode())
        (version,) = await reached.fetchone() or (0,)
        for number, step in enumerate(steps[version:], start=version + 1):
            await connection.execute(_sql(step))
            await connection.execute(f"INSERT INTO {versions} (version) VALUES (%s)".encode(), (number,))
        await connection.execute(_sql(roles))


def _sql(name: str) -> bytes:
    return files(__package__).joinpath(name).read_bytes()


async def is_being_restored(conninfo: str) -> bool:
    async with await connect(conninfo) as connection:
        row = await (await connection.execute("SELECT to_regnamespace(%s)", (RESTORING,))).fetchone()
        return row is not None and row[0] is not None
