"""How a worker counts what it does: as numbers in a block of memory, which are read only when somebody asks.

A block is a list, or memory that the workers of one server share (`api.metrics.sheet`). Only one worker writes to a
block, so counting takes no lock: it costs an addition.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Protocol

BOUNDS: Sequence[float] = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds. A duration counts at the first bound that is not below it."""

DURATIONS = len(BOUNDS) + 2
"""How many numbers tell how long something took: one for each bound, one for what took longer, and the sum in seconds."""


class Cells(Protocol):
    """A block of numbers, all 0 at first."""

    def __getitem__(self, index: int, /) -> float: ...

    def __setitem__(self, index: int, value: float, /) -> None: ...


def note_duration(cells: Cells, at: int, seconds: float) -> None:
    """Counts one duration. `at` is where the numbers of durations begin in the block."""
    cells[at + bisect_left(BOUNDS, seconds)] += 1
    cells[at + DURATIONS - 1] += seconds
