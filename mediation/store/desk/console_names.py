"""What people of the desk are called on screen, as far as the engine knows it: of their sessions and their sign-in links."""

import asyncio
from collections.abc import Collection
from uuid import UUID

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from mediation.store.desk.console_sessions import opened_name
from mediation.store.keys.keys import KeyStore

Pool = AsyncConnectionPool[AsyncConnection]

_LATEST = """SELECT DISTINCT ON (subject) subject, key_id, sealed_name FROM (
  SELECT subject, marketplace, key_id, sealed_name, begun_at AS at FROM console_session
  UNION ALL SELECT subject, marketplace, key_id, sealed_name, made_at FROM sign_in_link
) known WHERE subject = ANY(%s) AND marketplace = %s AND sealed_name IS NOT NULL ORDER BY subject, at DESC"""


async def names(pool: Pool, keys: KeyStore, subjects: Collection[UUID], marketplace: str) -> dict[UUID, str]:
    """What each of these people is called: their latest name. The log holds no names of the desk, so somebody who has none is
    called by the beginning of their id.
    """
    if not subjects:
        return {}
    async with pool.connection() as connection:
        rows = await (await connection.execute(_LATEST, ([*subjects], marketplace))).fetchall()
    opened = await asyncio.gather(*(opened_name(keys, *row) for row in rows))
    known = {row[0]: name for row, name in zip(rows, opened, strict=True) if name is not None}
    return {one: known.get(one, str(one)[:8]) for one in subjects}
