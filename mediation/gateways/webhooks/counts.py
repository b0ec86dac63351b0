"""How many attempts were made to deliver, by what became of them, and how long they took."""

from mediation.counts import DURATIONS, Cells, note_duration

OUTCOMES = ("delivered", "status", "redirect", "timeout", "connection", "tls", "address")
"""Why an attempt failed: another status than 2xx, a redirect, no answer in time, no connection, no trusted certificate, an
address to which nothing may be sent."""


class WebhookCounts:
    """The numbers of one worker: one for each of `OUTCOMES`, then the durations."""

    SIZE = len(OUTCOMES) + DURATIONS

    def __init__(self, cells: Cells | None = None) -> None:
        self._cells: Cells = cells if cells is not None else [0.0] * self.SIZE

    def note(self, outcome: str, seconds: float) -> None:
        self._cells[OUTCOMES.index(outcome)] += 1
        note_duration(self._cells, len(OUTCOMES), seconds)
