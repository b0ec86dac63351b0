"""What the appender counts."""

from mediation.counts import DURATIONS, Cells, note_duration


class AppendCounts:
    """The numbers of one worker's appender. `waiting` is how many requests wait now; the others only grow.

    A duration is that of a batch: from the first attempt to the verdicts, with every repetition after a lost connection.
    """

    BATCHES, EVENTS, FAILURES, WAITING, TOOK = range(5)
    SIZE = TOOK + DURATIONS

    def __init__(self, cells: Cells | None = None) -> None:
        self.cells: Cells = cells if cells is not None else [0.0] * self.SIZE
        self.cells[self.WAITING] = 0.0

    def stored(self, events: int, seconds: float) -> None:
        """A batch got its verdicts. `events` is how many it stored: none where every request was stale or repeated."""
        self.cells[self.BATCHES] += 1
        self.cells[self.EVENTS] += events
        note_duration(self.cells, self.TOOK, seconds)

    def failed(self) -> None:
        """A batch got no verdicts: the database was away for too long, or it refused the batch."""
        self.cells[self.FAILURES] += 1
