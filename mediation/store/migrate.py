"""Bringing a database to the shape this release needs."""

from importlib.resources import files

from psycopg import AsyncConnection

_LOCK = 7302
"""Advisory lock: when several processes start at once, one migrates and the others find it done."""

_STEPS = ("schema.sql", "library.sql", "proof.sql")
"""In order, for ever: the n-th file is schema version n. A released file never changes."""


async def migrate(conninfo: str) -> None:
    """Applies what is missing, in one transaction, and grants the application role its rights. Repeating it is harmless.

    Raises `psycopg.Error` when the server is absent or refuses; then nothing was changed.
    """
    async with await AsyncConnection.connect(conninfo) as connection:
        await connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS schema_version ("
            "version int PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT clock_timestamp())"
        )
        reached = await connection.execute("SELECT coalesce(max(version), 0) FROM schema_version")
        (version,) = await reached.fetchone() or (0,)
        for number, step in enumerate(_STEPS[version:], start=version + 1):
            await connection.execute(_sql(step))
            await connection.execute("INSERT INTO schema_version (version) VALUES (%s)", (number,))
        await connection.execute(_sql("roles.sql"))


def _sql(name: str) -> bytes:
    return files(__package__).joinpath(name).read_bytes()
