"""The time in each marketplace: the engine's clock, or the clock of a test marketplace that somebody has turned.

A clock is only turned forwards, because time never goes back. It runs on from the time to which it was turned.
`recorded_at` is always the database's own time.
"""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from domain.kernel.refusals import Conflict, Forbidden, Malformed

TABLE = "CREATE TABLE IF NOT EXISTS turned_clock (marketplace text PRIMARY KEY, ahead interval NOT NULL)"

FURTHEST = timedelta(days=3650)

_AHEAD = "SELECT ahead FROM turned_clock WHERE marketplace = %s"
_TURNED = "SELECT marketplace, ahead FROM turned_clock WHERE marketplace = ANY(%s)"
_TURN = """INSERT INTO turned_clock (marketplace, ahead) VALUES (%s, %s) ON CONFLICT (marketplace)
DO UPDATE SET ahead = excluded.ahead WHERE turned_clock.ahead <= excluded.ahead RETURNING ahead"""


class NotATestMarketplace(Forbidden):
    """This marketplace is not a test marketplace, so its clock cannot be turned."""


class ClockGoesBack(Conflict):
    """`now` is earlier than the clock of this marketplace."""


class ClockTooFar(Malformed):
    """`now` is more than `at_most_days` days ahead of the real time."""

    pointer = "/now"


class Clocks:
    """`real` is the engine's clock (`api.settings`). The clocks of the marketplaces `tests` can be turned ahead of it."""

    def __init__(
        self,
        pool: AsyncConnectionPool[AsyncConnection],
        tests: Collection[str] = (),
        *,
        real: Callable[[], datetime],
    ) -> None:
        self._pool = pool
        self._tests = frozenset(tests)
        self.real = real

    async def now(self, marketplace: str) -> datetime:
        return self.real() + await self.ahead(marketplace)

    async def ahead(self, marketplace: str) -> timedelta:
        """By how much it is ahead of the engine's clock. Read from the database: another worker may turn it."""
        if marketplace not in self._tests:
            return timedelta()
        async with self._pool.connection() as connection:
            row = await (await connection.execute(_AHEAD, (marketplace,))).fetchone()
        return row[0] if row else timedelta()

    async def turned(self) -> dict[str, datetime]:
        """The time in each marketplace whose clock was turned."""
        if not self._tests:
            return {}
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(_TURNED, (list(self._tests),))).fetchall()
        now = self.real()
        return {marketplace: now + ahead for marketplace, ahead in rows}

    async def turn(self, marketplace: str, now: datetime) -> timedelta:
        """Sets the clock to `now`; returns how far ahead it is. Raises NotATestMarketplace, ClockGoesBack, ClockTooFar."""
        if marketplace not in self._tests:
            raise NotATestMarketplace(marketplace=marketplace)
        ahead = now - self.real()
        if ahead > FURTHEST:
            raise ClockTooFar(at_most_days=FURTHEST.days)
        if ahead >= timedelta():
            async with self._pool.connection() as connection:
                if await (await connection.execute(_TURN, (marketplace, ahead))).fetchone():
                    return ahead
        raise ClockGoesBack(now=(await self.now(marketplace)).isoformat())
