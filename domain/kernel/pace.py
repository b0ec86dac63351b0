"""How fast somebody writes, so that a program with a fault can be told to wait."""

from datetime import timedelta
from math import ceil
from typing import Self

from domain.kernel.base import Instant
from domain.kernel.frozen import frozen

MINUTE = timedelta(minutes=1)


@frozen
class Pace:
    """How many times somebody wrote since this instant. What comes a minute later begins anew."""

    since: Instant
    times: int

    def covers(self, at: Instant) -> bool:
        """The clocks of two workers differ a little. A test marketplace's clock may have been turned back."""
        return abs(at - self.since) < MINUTE

    def wait(self, now: Instant) -> int:
        """In how many seconds it begins anew."""
        return ceil((self.since + MINUTE - now).total_seconds())

    @classmethod
    def after(cls, before: Self | None, at: Instant) -> Self:
        """The pace when somebody wrote once more, at this instant."""
        return cls(before.since, before.times + 1) if before is not None and before.covers(at) else cls(at, 1)
