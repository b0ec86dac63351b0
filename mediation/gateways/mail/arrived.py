"""How many mails arrived, by what became of them."""

from mediation.counts import Cells

OUTCOMES = ("taken", "refused", "posted", "noted", "pile", "capped")
"""`taken` was stored, and `refused` was too large or sent to nobody here. The others say how a stored mail was settled."""


class ArrivedCounts:
    """The numbers of one worker: one for each of `OUTCOMES`."""

    SIZE = len(OUTCOMES)

    def __init__(self, cells: Cells | None = None) -> None:
        self._cells: Cells = cells if cells is not None else [0.0] * self.SIZE

    def note(self, outcome: str) -> None:
        self._cells[OUTCOMES.index(outcome)] += 1
