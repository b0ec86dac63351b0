"""The clocks of a run, which faults set: all workers read them from one small file, at every look at the time.

Three clocks matter. The database's clock is right. `slept` is how far the machines of all workers are ahead of it, because
they were suspended; the heartbeat in the database was set back by as much. A worker whose clock jumped alone also has an
offset of its own, and its comparison with the database's clock shows that. The clock of the marketplace is turned like
that of any test marketplace.

Each change is noted before it takes effect, with the instant of the database's clock. So the checks know what the clocks
can have shown when something was recorded.
"""

import json
import mmap
import struct
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from time import time
from typing import Any

from mediation.processes import attempts, outages
from mediation.store.keys import keys
from mediation.store.log import append
from tests import today
from tests.harness.soak.plan import Plan

_SECONDS = struct.Struct("d")

FURTHEST = timedelta(days=700)
"""No clock is set further ahead: the calendars of deadlines know some years only."""


class TurnedClocks:
    """`number` is the worker that looks."""

    def __init__(self, plan: Plan, number: int = 0) -> None:
        self._plan, self._number = plan, number
        with _file(plan).open("r+b") as opened:
            self._map = mmap.mmap(opened.fileno(), 0)

    @property
    def slept(self) -> float:
        """In seconds, and in whole minutes, as `Heartbeat` rounds the difference of two clocks."""
        return self._get(0)

    @property
    def own(self) -> float:
        """In seconds."""
        return self._get(1 + self._number)

    def now(self) -> datetime:
        """The engine's clock of this worker."""
        return today.now() + timedelta(seconds=self.slept + self.own)

    def sleep(self, seconds: float) -> None:
        self._set(0, self.slept + seconds)

    def jump(self, number: int, seconds: float) -> None:
        """Sets how far the clock of one worker is from those of the others."""
        self._set(1 + number, seconds)

    def live_by(self) -> None:
        """From now on this process takes the time of day from these clocks."""
        vars(append)["time"] = lambda: time() + self.own
        for module in (outages, keys, attempts):
            vars(module)["time"] = lambda: time() + self.slept + self.own

    def _get(self, place: int) -> float:
        return float(_SECONDS.unpack_from(self._map, place * _SECONDS.size)[0])

    def _set(self, place: int, seconds: float) -> None:
        _SECONDS.pack_into(self._map, place * _SECONDS.size, seconds)


def begin(plan: Plan) -> None:
    """All clocks are right."""
    _file(plan).write_bytes(bytes(_SECONDS.size * (1 + plan.workers)))
    note(plan, at=None, ahead=0.0)


def note(plan: Plan, *, at: datetime | None, ahead: float) -> None:
    """From `at` on, by the database's clock, the clock of the marketplace is at most so many seconds ahead of the tests'."""
    with _notes(plan).open("a") as notes:
        notes.write(json.dumps({"at": at.isoformat() if at else "-infinity", "ahead": ahead}) + "\n")


def noted(plan: Plan) -> Iterator[tuple[Any, float]]:
    if _notes(plan).exists():
        for line in _notes(plan).read_text().splitlines():
            said = json.loads(line)
            yield said["at"], said["ahead"]


def _file(plan: Plan) -> Path:
    return plan.path / "clocks"


def _notes(plan: Plan) -> Path:
    return plan.path / "clocks.jsonl"
