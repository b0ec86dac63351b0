"""The counts of all workers of one server, in memory that they share: a row for each worker, with the same blocks in each.

A worker writes only its own row, and whoever is asked for metrics adds up all rows. A worker that takes the place of a
dead one goes on with its row, so no count ever goes back. Nothing of it is on the disk.
"""

from collections.abc import Mapping, Sequence
from mmap import mmap
from os import getpid

from api.live.hub import Hub
from api.metrics.pools import PoolCounts
from api.metrics.requests import Place, RequestCounts
from mediation.counts import Cells
from mediation.gateways.counted import GatewayCounts
from mediation.gateways.mail.arrived import ArrivedCounts
from mediation.gateways.mail.counts import MailCounts
from mediation.gateways.webhooks.counts import WebhookCounts
from mediation.store.log.counts import AppendCounts

_BYTES = 8

SIZES: Mapping[str, int] = {
    "append": AppendCounts.SIZE,
    "gateways": GatewayCounts.SIZE,
    "mail": MailCounts.SIZE,
    "mail_in": ArrivedCounts.SIZE,
    "pools": PoolCounts.SIZE,
    "webhooks": WebhookCounts.SIZE,
}
"""The blocks that the services of a worker need."""

PID, STARTS = range(2)
"""The numbers of the block `process`."""


class Sheet:
    """`sizes` are the numbers in each block, by the block's name. Make it before the workers are forked."""

    def __init__(self, sizes: Mapping[str, int], workers: int = 1) -> None:
        self.workers = workers
        width = sum(sizes.values())
        memory = memoryview(mmap(-1, _BYTES * width * workers)).cast("d")
        self._rows = [memory[row * width : (row + 1) * width] for row in range(workers)]
        self._places: dict[str, slice] = {}
        begin = 0
        for name, size in sizes.items():
            self._places[name] = slice(begin, begin + size)
            begin += size

    @classmethod
    def of_server(cls, places: Sequence[Place], workers: int) -> "Sheet":
        """With everything that a server counts; `places` are those of its requests."""
        return cls({**SIZES, "requests": RequestCounts.size(places), "live": Hub.SIZE, "process": 2}, workers)

    def begin(self, worker: int) -> None:
        """Call it in the process that is this worker now."""
        process = self.block("process", worker)
        process[PID] = getpid()
        process[STARTS] += 1

    def blocks(self, worker: int) -> dict[str, Cells]:
        return {name: self.block(name, worker) for name in self._places}

    def block(self, name: str, worker: int) -> Cells:
        return self._rows[worker][self._places[name]]

    def total(self, name: str) -> list[float]:
        """The numbers of a block, added up over all workers."""
        blocks = [row[self._places[name]].tolist() for row in self._rows]
        return [sum(numbers) for numbers in zip(*blocks, strict=True)]
