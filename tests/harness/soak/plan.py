"""The parameters of one run. Every process of the run reads them from a JSON file in its folder."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

Arm = Literal["engine", "unlocked", "library", "library-locked"]
"""The store under test: `engine`; `unlocked`, the engine without the lock of its append; `library`, the `eventsourcing`
library in its stored-function mode; `library-locked`, the library by default, with a lock on the whole table.
`unlocked` and `library` lose events, and the checks must find this."""

COLD = 1000
"""The cold twin of a view, built from position 0 after the run, has the view's version plus this number."""

WAIT = 10.0
"""The seconds that a writer waits for a view to show what it wrote."""

LIBRARY_CONSUMER, LIBRARY_TABLES = -1, -2
"""The numbers of the two library processes that write nothing: the subscriber, and the one that creates the tables."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`lease` is in seconds. `ahead` is how many events the writers may be ahead of the slowest consumer. `burst` is
    the maximum number of facts that an append adds to one stream. `rest` is for how many seconds a writer pauses after
    each act: the suite leaves time for the tests beside it."""

    arm: Arm
    folder: str
    conninfo: str
    seed: int
    workers: int = 4
    writers: int = 32
    lease: float = 2.0
    ahead: int = 5_000
    burst: int = 6
    rest: float = 0.0

    @property
    def ours(self) -> bool:
        return self.arm in ("engine", "unlocked")

    @property
    def path(self) -> Path:
        return Path(self.folder)

    @property
    def promotions(self) -> Path:
        """A line for each promotion that lost facts: since when the standby had got nothing more, on the journals' clock.
        The line is there before the standby takes writes."""
        return self.path / "promotions"

    @property
    def data(self) -> Path:
        """The data folder of an engine over the same database; its `secrets` hold the master key of all workers."""
        return self.path / "data"

    @property
    def quiet(self) -> Path:
        """The folder in which workers report that their writers have ended."""
        return self.path / "quiet"

    def writers_of(self, worker: int) -> range:
        """The numbers of a worker's writers. Writers 2g and 2g + 1 play the same disputes, and run in different
        workers."""
        return range(worker, self.writers, self.workers)

    def save(self) -> Path:
        file = self.path / "plan.json"
        file.write_text(json.dumps(asdict(self)))
        return file

    @classmethod
    def load(cls, file: str) -> "Plan":
        return cls(**json.loads(Path(file).read_text()))
