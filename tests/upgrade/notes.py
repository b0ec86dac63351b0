"""An application of the eventsourcing library, some of whose events lie in the kept databases."""

from uuid import UUID

from eventsourcing.domain import Aggregate, event


class Note(Aggregate):
    """What somebody noted. The library stores the names of this module and class with the events: they stay."""

    @event("Begun")
    def __init__(self, id: UUID, text: str) -> None:
        self._id = id
        self.texts = [text]

    @event("Added")
    def add(self, text: str) -> None:
        self.texts.append(text)
