"""What one run is. A JSON file in the run's folder tells every process of it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

Arm = Literal["engine", "unlocked", "library", "library-locked"]
"""What is written to: the engine as it is; the same without the lock of its append; the `eventsourcing` library in its
stored-function mode, and as it is by default, with a lock on the whole table. `unlocked` and `library` lose events, and the
checks must find out."""

COLD = 1000
"""What is added to a view's version for the twin that is built from position 0 afterwards."""

WAIT = 10.0
"""Seconds that a writer waits for a view to show what it wrote."""

LIBRARY_CONSUMER, LIBRARY_TABLES = -1, -2
"""Numbers of the library's processes that write nothing: the one that subscribes, and the one that creates the tables."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`lease` is in seconds; `ahead` is how many events the writers may be ahead of the slowest consumer; `burst` is how many
    facts an append adds to one stream at most."""

    arm: Arm
    folder: str
    conninfo: str
    seed: int
    workers: int = 4
    writers: int = 32
    lease: float = 2.0
    ahead: int = 5_000
    burst: int = 6

    @property
    def ours(self) -> bool:
        return self.arm in ("engine", "unlocked")

    @property
    def path(self) -> Path:
        return Path(self.folder)

    @property
    def quiet(self) -> Path:
        """Where workers say that their writers have ended."""
        return self.path / "quiet"

    def writers_of(self, worker: int) -> range:
        """Writers 2g and 2g + 1, who play the same disputes, are in different workers."""
        return range(worker, self.writers, self.workers)

    def save(self) -> Path:
        file = self.path / "plan.json"
        file.write_text(json.dumps(asdict(self)))
        return file

    @classmethod
    def load(cls, file: str) -> "Plan":
        return cls(**json.loads(Path(file).read_text()))
