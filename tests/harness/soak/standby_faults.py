"""Faults of a standby: it is killed, or it is promoted, with all facts or without the last ones."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from time import monotonic, monotonic_ns, sleep

from tests.harness.soak import journal
from tests.harness.soak.crew import Crew
from tests.harness.soak.plan import Plan
from tests.standby import Pair, kill, processes_of

_LOSES = 100
"""How many facts at least are stored while a standby that is going to be promoted gets nothing."""

_TELL = 30.0
"""A worker must say within so many seconds after a promotion that facts are lost."""


@dataclass
class StandbyFaults:
    """`meanwhile` does what goes on while a fault waits, and returns the last position. `lost` counts the lost facts."""

    plan: Plan
    pair: Pair
    crew: Crew
    random: Random
    meanwhile: Callable[[], int | None]
    wrong: list[str] = field(default_factory=list)
    lost: int = 0

    def kill(self) -> str:
        """The primary goes on alone, and then has a new standby."""
        kill(processes_of(self.pair.standby))
        sleep(self.random.uniform(0, 0.5))
        self.pair.renew()
        return ""

    def promote(self) -> str:
        """Nothing that was acknowledged may be missing."""
        self.pair.synchronise()
        sleep(self.random.uniform(0.2, 1.0))
        self.pair.kill()
        self.pair.promote()
        self.pair.renew()
        return ""

    def promote_lagging(self) -> str:
        """What was stored since the standby got nothing more is lost. The writers learn it before the standby is promoted,
        as callers learn it from the operator; the workers have to find it out."""
        since, logs = monotonic_ns(), {file: file.stat().st_size for file in self._logs() if file.exists()}
        self.pair.lag()
        end = seen = self.pair.last_of_standby()
        until = monotonic() + self.random.uniform(1.0, 6.0)
        while monotonic() < until or seen < end + _LOSES:
            seen = self.meanwhile() or seen
        self.pair.kill()
        with self.plan.promotions.open("a") as file:
            file.write(f"{since}\n")
        self.pair.promote()
        self.lost += seen - end
        self._hear_of_loss(since, end, logs)
        self.pair.renew()
        return f"at {end} of {seen}"

    def _logs(self) -> list[Path]:
        return [self.plan.path / f"worker-{number}.log" for number in range(self.plan.workers)]

    def _hear_of_loss(self, since: int, end: int, sizes: dict[Path, int]) -> None:
        """Each worker that got an answer for lost facts has to say, once it is connected again, that facts are lost."""
        patient = monotonic() + _TELL
        for number, log in enumerate(self._logs()):
            pid = self.crew.pid(number)
            while self._was_told(number, since, end) and self.crew.pid(number) == pid:
                if b"facts_lost" in log.read_bytes()[sizes.get(log, 0) :]:
                    break
                if monotonic() > patient:
                    self.wrong.append(f"worker {number} does not say that facts after {end} are lost")
                    break
                self.meanwhile()

    def _was_told(self, number: int, since: int, end: int) -> bool:
        """Whether this life of a worker had an answer whose facts are lost."""
        lines = journal.lines(journal.files(self.plan.path, number)[-1:])
        return any(line["t"] == "end" and line["at"] >= since and (line.get("last") or 0) > end for line in lines)
