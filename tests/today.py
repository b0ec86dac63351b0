"""The present of the tests: the machine's, or another day's.

    TEST_DATE=2027-03-28T00:30Z make tests

The engine's clock is set to that instant when the tests begin, and runs on from there. So are the clocks of engines that tests
start as programs. Tests take `now()` from here. The machine's clock does not change, and with it `recorded_at`, leases and
tokens.
"""

import os
from datetime import UTC, datetime, timedelta

_SETTING = "MEDIATION_MINUTES_AHEAD"


def _minutes_ahead(date: str | None) -> int:
    """Rounded up: nothing happens before the requested instant."""
    if date is None:
        return 0
    then = datetime.fromisoformat(date)
    if then.tzinfo is None:
        raise ValueError(f"TEST_DATE is an instant with its offset from UTC, such as 2027-03-28T00:30Z, and not {date}")
    return -((datetime.now(UTC) - then) // timedelta(minutes=1))


# A program that a test starts has the same clock as the test, however long the test has run.
MINUTES_AHEAD = int(os.environ.setdefault(_SETTING, str(_minutes_ahead(os.environ.get("TEST_DATE")))))
AHEAD = timedelta(minutes=MINUTES_AHEAD)
SETTING = {_SETTING: str(MINUTES_AHEAD)}
"""For programs that get a new environment."""


def now() -> datetime:
    """The instant that the engine's clock shows."""
    return datetime.now(UTC) + AHEAD
