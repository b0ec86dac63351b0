"""The time in each marketplace: the engine's clock, or the clock of a test marketplace that somebody has turned.

A clock is only turned forwards, because time never goes back. It runs on from the time to which it was turned.
`recorded_at` is always the database's own time. `Clock` says what the clock of a marketplace showed then.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from domain.kernel.refusals import Conflict, Forbidden, Malformed

TABLE = """DO $$ BEGIN
  IF to_regclass('clock_turn') IS NULL THEN
    CREATE TABLE clock_turn (marketplace text NOT NULL, ahead interval NOT NULL,
      turned_at timestamptz NOT NULL DEFAULT clock_timestamp(), PRIMARY KEY (marketplace, ahead));
    IF to_regclass('turned_clock') IS NOT NULL THEN
      INSERT INTO clock_turn SELECT marketplace, ahead, 'epoch' FROM turned_clock;
      DROP TABLE turned_clock;
    END IF;
  END IF;
END $$"""
"""One row for each turn: how far ahead the clock is from then on. The table of earlier releases did not say since when."""

FURTHEST = timedelta(days=3650)

_TURNS = "SELECT turned_at, ahead FROM clock_turn WHERE marketplace = %s ORDER BY ahead"
_TURNED = "SELECT marketplace, max(ahead) FROM clock_turn WHERE marketplace = ANY(%s) GROUP BY marketplace"
_TURN = """INSERT INTO clock_turn (marketplace, ahead) SELECT %s, %s
WHERE NOT EXISTS (SELECT FROM clock_turn WHERE marketplace = %s AND ahead > %s)
ON CONFLICT (marketplace, ahead) DO UPDATE SET ahead = excluded.ahead RETURNING ahead"""


class NotATestMarketplace(Forbidden):
    """This marketplace is not a test marketplace, so its clock cannot be turned.

    Why: A turned clock lets real windows lapse and moves real money.

    What to do: Use a marketplace in the setting `MEDIATION_TEST_MARKETPLACES`.

    Example: {"marketplace": "bazaar"}
    """


class ClockGoesBack(Conflict):
    """`now` is earlier than the clock of this marketplace.

    Why: What has lapsed by the clock cannot be taken back. So a clock is only turned forwards.

    What to do: Send a `now` after the one in the facts, or use a new test marketplace.

    Example: {"now": "2026-11-12T10:00:00+00:00"}
    """


class ClockTooFar(Malformed):
    """`now` is more than `at_most_days` days ahead of the real time.

    Why: Holidays are known for some years only. Beyond that no deadline could be calculated.

    What to do: Send a `now` that is at most `at_most_days` days ahead of the real time.

    Example: {"at_most_days": 3650}
    """

    pointer = "/now"


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock of one marketplace.

    `apart` is how far the engine's clock is ahead of the machine's. `turns` are the instants at which the clock was
    turned, by the machine's time, each with how far it was ahead of the engine's clock from then on; the last one last.
    """

    apart: timedelta = timedelta()
    turns: tuple[tuple[datetime, timedelta], ...] = ()

    @property
    def ahead(self) -> timedelta:
        """How far it is ahead of the engine's clock now."""
        return self.turns[-1][1] if self.turns else timedelta()

    def showed(self, recorded_at: datetime) -> datetime:
        """What it showed at an instant of the machine's time."""
        ahead = max((ahead for turned_at, ahead in self.turns if turned_at <= recorded_at), default=timedelta())
        return recorded_at + self.apart + ahead

    def first_showed(self, shown: datetime) -> datetime:
        """The machine's time from which on it showed `shown` or more. `showed` never goes back, so there is one."""
        ahead = timedelta()
        for turned_at, next_ahead in self.turns:
            if (at := shown - self.apart - ahead) < turned_at:
                return at
            if (at := shown - self.apart - next_ahead) <= turned_at:
                return turned_at
            ahead = next_ahead
        return shown - self.apart - ahead


class Clocks:
    """`real` is the engine's clock (`api.settings`), `apart` how far it is ahead of the machine's. The clocks of the
    marketplaces `tests` can be turned ahead of it."""

    def __init__(
        self,
        pool: AsyncConnectionPool[AsyncConnection],
        tests: Collection[str] = (),
        *,
        real: Callable[[], datetime],
        apart: timedelta = timedelta(),
    ) -> None:
        self._pool = pool
        self._unturned = Clock(apart)
        self._tests = frozenset(tests)
        self.real = real

    async def now(self, marketplace: str) -> datetime:
        ahead = await self.ahead(marketplace)
        return self.real() + ahead  # read last: the clock may be set while the database answers

    async def ahead(self, marketplace: str) -> timedelta:
        """By how much it is ahead of the engine's clock."""
        return (await self.of(marketplace)).ahead

    async def of(self, marketplace: str) -> Clock:
        """The clock of a marketplace. Read from the database: another worker may turn it."""
        if marketplace not in self._tests:
            return self._unturned
        async with self._pool.connection() as connection:
            turns = await (await connection.execute(_TURNS, (marketplace,))).fetchall()
        return replace(self._unturned, turns=tuple(turns))

    async def turned(self) -> dict[str, datetime]:
        """The time in each marketplace whose clock was turned."""
        turned_by = await self.turned_by()
        now = self.real()
        return {marketplace: now + ahead for marketplace, ahead in turned_by.items()}

    async def turned_by(self) -> dict[str, timedelta]:
        """How far each turned clock is ahead of the engine's."""
        if not self._tests:
            return {}
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(_TURNED, (list(self._tests),))).fetchall()
        return dict(rows)

    async def turn(self, marketplace: str, now: datetime) -> timedelta:
        """Sets the clock to `now`; returns how far ahead it is. Raises NotATestMarketplace, ClockGoesBack, ClockTooFar."""
        if marketplace not in self._tests:
            raise NotATestMarketplace(marketplace=marketplace)
        ahead = now - self.real()
        if ahead > FURTHEST:
            raise ClockTooFar(at_most_days=FURTHEST.days)
        if ahead >= timedelta():
            async with self._pool.connection() as connection:
                if await (await connection.execute(_TURN, (marketplace, ahead) * 2)).fetchone():
                    return ahead
        raise ClockGoesBack(now=(await self.now(marketplace)).isoformat())
