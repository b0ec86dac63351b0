"""Faults of clocks: the clock of one worker jumps, the machines are suspended, the marketplace's clock is turned."""

import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from time import monotonic, sleep
from typing import Any

import psutil
import psycopg

from tests.harness.soak import turned
from tests.harness.soak.cases import MARKETPLACE
from tests.harness.soak.crew import Crew
from tests.harness.soak.plan import Plan
from tests.harness.soak.turned import FURTHEST, TurnedClocks

_TELL = 30.0
"""A worker must record an outage within so many seconds after the machines wake."""

_NOW = "SELECT clock_timestamp()"
_SET_BACK = "UPDATE views.heartbeat SET at = at - make_interval(secs => %s)"
_AHEAD = "SELECT coalesce(max(ahead), interval '0') FROM views.clock_turn WHERE marketplace = %s"
_TURN = "INSERT INTO views.clock_turn (marketplace, ahead) VALUES (%s, %s)"
_OUTAGES = "SELECT count(*) FROM event WHERE kind = 'OutageRecorded'"


@dataclass
class ClockFaults:
    """`meanwhile` does what goes on while a fault waits. `wrong` is what no rule over the log could say."""

    plan: Plan
    crew: Crew
    random: Random
    meanwhile: Callable[[], int | None]
    connect: Callable[[], psycopg.Connection[Any]]
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._clocks = TurnedClocks(self.plan)

    def jump_ahead(self) -> str:
        """One worker's clock is hours or days ahead for a while. The others' and the database's are right."""
        return self._jump(3600 * self.random.choice((1, 5, 30, 24 * 6)))

    def jump_back(self) -> str:
        """One worker's clock is set back, as a time server would. Less than half a second is no fault."""
        return self._jump(-self.random.choice((0.4, 2, 30, 600)))

    def _jump(self, seconds: float) -> str:
        number = self.random.randrange(self.plan.workers)
        self._clocks.jump(number, seconds)
        try:
            self._wait(self.random.uniform(0.5, 3))
        finally:
            self._clocks.jump(number, 0)
        return f"worker {number}, by {seconds:g} s"

    def suspend(self) -> str:
        """The machines of all workers and of the database stand still, and wake hours or days later."""
        slept = timedelta(hours=self.random.choice((1, 7, 25, 24 * 4)))
        if timedelta(seconds=self._clocks.slept) + slept > FURTHEST:
            return "not any more"
        if not self._somebody_is_there():
            return "not now"
        with self.connect() as connection:
            connection.execute("SET lock_timeout = '2s'")
            before, turned_ahead = _one(connection, _OUTAGES), _one(connection, _AHEAD, MARKETPLACE)
            workers = [psutil.Process(self.crew.pid(number)) for number in range(self.plan.workers)]
            self._signal(workers, signal.SIGSTOP)
            try:
                connection.execute(_SET_BACK, [slept.total_seconds()])
                self._note(connection, slept + turned_ahead)
                self._clocks.sleep(slept.total_seconds())
            except psycopg.errors.LockNotAvailable:  # a worker was stopped while it held the heartbeat
                return "not now"
            finally:
                self._signal(workers, signal.SIGCONT)
        until = monotonic() + _TELL
        while self._outages() in (None, before) and monotonic() < until:
            self.meanwhile()
        if self._outages() == before:
            self.wrong.append(f"nobody recorded that the machines were suspended for {slept}")
        return f"for {slept}"

    def turn(self) -> str:
        """The clock of the test marketplace is turned ahead. What was due by then lapses."""
        further = timedelta(hours=self.random.choice((1, 12, 49, 24 * 6)))
        with self.connect() as connection:
            ahead = _one(connection, _AHEAD, MARKETPLACE) + further
            if ahead > FURTHEST:
                return "not any more"
            self._note(connection, ahead)
            connection.execute(_TURN, [MARKETPLACE, ahead])
        return f"by {further}"

    def _somebody_is_there(self) -> bool:
        """Waits until something is stored. Before, no marketplace is known in which an outage could be recorded."""
        until = monotonic() + _TELL
        while not (stored := self.meanwhile()) and monotonic() < until:
            pass
        return bool(stored)

    def _note(self, connection: psycopg.Connection[Any], ahead: timedelta) -> None:
        at: datetime = _one(connection, _NOW)
        turned.note(self.plan, at=at, ahead=self._clocks.slept + ahead.total_seconds())

    def _wait(self, seconds: float) -> None:
        until = monotonic() + seconds
        while monotonic() < until:
            self.meanwhile()

    def _outages(self) -> int | None:
        with suppress(psycopg.OperationalError), self.connect() as connection:
            return int(_one(connection, _OUTAGES))
        return None

    def _signal(self, workers: list[psutil.Process], number: int) -> None:
        for worker in workers:
            with suppress(psutil.NoSuchProcess):
                worker.send_signal(number)
        sleep(0.05)


def _one(connection: psycopg.Connection[Any], query: str, *parameters: object) -> Any:
    row = connection.execute(query.encode(), parameters).fetchone()
    assert row is not None
    return row[0]
