"""What the clock of a marketplace showed at an instant of the machine's time, and the other way round."""

from datetime import UTC, datetime, timedelta

import pytest

from mediation.store import clocks
from mediation.store.clocks import Clock, ClockGoesBack, Clocks
from projections.table import Pool

_NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
TURNED_TWICE = Clock(turns=((_NOON, _DAY), (_NOON + _HOUR, 5 * _DAY)))


def test_a_clock_that_nobody_turned_shows_the_engine_s_time() -> None:
    assert (Clock().showed(_NOON), Clock(apart=_HOUR).showed(_NOON)) == (_NOON, _NOON + _HOUR)
    assert Clock(apart=_HOUR).first_showed(_NOON) == _NOON - _HOUR


def test_what_was_recorded_before_a_turn_keeps_the_time_that_was_shown_then() -> None:
    clock = TURNED_TWICE
    assert clock.showed(_NOON - _HOUR) == _NOON - _HOUR
    assert clock.showed(_NOON) == _NOON + _DAY
    assert clock.showed(_NOON + 2 * _HOUR) == _NOON + 2 * _HOUR + 5 * _DAY
    assert clock.ahead == 5 * _DAY


@pytest.mark.parametrize(
    ("shown", "first"),
    [
        (_NOON - _HOUR, _NOON - _HOUR),
        (_NOON + _HOUR, _NOON),  # never shown: the clock was turned past it
        (_NOON + _DAY, _NOON),
        (_NOON + _DAY + _HOUR / 2, _NOON + _HOUR / 2),
        (_NOON + 3 * _DAY, _NOON + _HOUR),
        (_NOON + 6 * _DAY, _NOON + _DAY),
    ],
)
def test_when_it_first_showed_an_instant(shown: datetime, first: datetime) -> None:
    assert TURNED_TWICE.first_showed(shown) == first
    assert TURNED_TWICE.showed(first) >= shown
    assert TURNED_TWICE.showed(first - timedelta(microseconds=1)) < shown


async def test_a_clock_that_was_turned_under_an_earlier_release_stays_turned(pool: Pool) -> None:
    """The earlier table did not say since when: it counts for everything that was recorded."""
    async with pool.connection() as connection:
        await connection.execute(
            "CREATE TABLE turned_clock (marketplace text PRIMARY KEY, ahead interval NOT NULL);"
            "INSERT INTO turned_clock VALUES ('playground', '3 days')"
        )
        for _ in range(2):
            await connection.execute(clocks.TABLE)
    held = Clocks(pool, {"playground"}, real=lambda: _NOON)
    clock = await held.of("playground")
    assert (clock.ahead, clock.showed(_NOON - 100 * _DAY)) == (3 * _DAY, _NOON - 97 * _DAY)
    assert await held.turn("playground", _NOON + 4 * _DAY) == 4 * _DAY
    with pytest.raises(ClockGoesBack):
        await held.turn("playground", _NOON + 2 * _DAY)
