"""How many mails went to mail servers, by what became of them, and how long they took."""

from mediation.counts import DURATIONS, Cells, note_duration

OUTCOMES = ("taken", "refused", "not_now", "given_up")
"""`given_up`: the engine stopped waiting for the server's answer."""


class MailCounts:
    """The numbers of one worker: one for each of `OUTCOMES`, then the durations."""

    SIZE = len(OUTCOMES) + DURATIONS

    def __init__(self, cells: Cells | None = None) -> None:
        self._cells: Cells = cells if cells is not None else [0.0] * self.SIZE

    def note(self, outcome: str, seconds: float) -> None:
        self._cells[OUTCOMES.index(outcome)] += 1
        note_duration(self._cells, len(OUTCOMES), seconds)
