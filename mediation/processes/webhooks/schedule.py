"""When a delivery is tried again, and when an endpoint is warned about and disabled.

The times are those of the specification Standard Webhooks 1.0, with 20 hours more: 75.6 hours in all.
"""

import random
from datetime import datetime, timedelta

WAITS = tuple(
    timedelta(seconds=seconds)
    for seconds in (0, 5, 300, 1800, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
)
"""How long each attempt comes after the one before it. After the last one the delivery has failed."""

_JITTER = 0.1
"""At most this part of a wait is added, so that what failed together does not come back together."""

LONGEST_PAUSE = timedelta(days=1)
"""A receiver that asks to be left alone for longer is asked again after this."""

WARNED_AFTER = timedelta(days=1)
DISABLED_AFTER = timedelta(days=5)
"""Without one success. It is longer than the attempts of one delivery last."""

NOTICE = timedelta(days=1)
"""An endpoint is never disabled sooner after the warning."""


def next_at(attempts: int, now: datetime, pause: timedelta) -> datetime | None:
    """When it is tried again after so many attempts. None: never. `pause` is what the receiver asks for."""
    if attempts >= len(WAITS):
        return None
    wait = WAITS[attempts] * (1 + random.uniform(0, _JITTER))
    return now + max(wait, pause)


def pause_of(seconds: float | None) -> timedelta:
    return min(timedelta(seconds=min(seconds or 0.0, LONGEST_PAUSE.total_seconds())), LONGEST_PAUSE)


def is_to_be_warned_about(failing_since: datetime, warned_at: datetime | None, now: datetime) -> bool:
    return warned_at is None and now - failing_since >= WARNED_AFTER


def disabled_from(failing_since: datetime, warned_at: datetime | None) -> datetime:
    """From when on it is disabled if it still fails. Without a warning it is the earliest such instant."""
    return max(failing_since + DISABLED_AFTER, (warned_at or failing_since + WARNED_AFTER) + NOTICE)


def is_to_be_disabled(failing_since: datetime, warned_at: datetime | None, now: datetime) -> bool:
    return warned_at is not None and now >= disabled_from(failing_since, warned_at)
