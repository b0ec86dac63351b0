"""The present of the tests: that of the machine, or of another day.

    TEST_DATE=2027-03-28T00:30Z make tests

The engine's clock is set to that instant when the tests begin, and goes on from there; so are the engines that tests start as
programs of their own. Tests take `now()` from here. The machine's own clock stays as it is, and with it `recorded_at`, leases
and tokens.
"""

import os
from datetime import UTC, datetime, timedelta

_SETTING = "MEDIATION_MINUTES_AHEAD"


def _minutes_ahead(date: str | None) -> int:
    """Rounded up: nothing happens before the instant that is asked for."""
    if date is None:
        return 0
    then = datetime.fromisoformat(date)
    if then.tzinfo is None:
        raise ValueError(f"TEST_DATE is an instant with its offset from UTC, such as 2027-03-28T00:30Z, and not {date}")
    return -((datetime.now(UTC) - then) // timedelta(minutes=1))


# Whoever is started by a test goes by the same clock as the test, however long that has run.
MINUTES_AHEAD = int(os.environ.setdefault(_SETTING, str(_minutes_ahead(os.environ.get("TEST_DATE")))))
AHEAD = timedelta(minutes=MINUTES_AHEAD)
SETTING = {_SETTING: str(MINUTES_AHEAD)}
"""For the environment of a program whose environment is made anew."""


def now() -> datetime:
    """The instant that the engine's clock shows."""
    return datetime.now(UTC) + AHEAD
