"""Everything that happened in a case, by what somebody did: each deed with all that followed from it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from api.disputes.history_schemas import HistoryEntry
from api.words import facts
from domain.kernel.base import Event
from domain.kernel.frozen import frozen

_KINDS: Mapping[str, str] = {
    "filing": "claim",
    "evidence": "evidence",
    "settlement": "talk",
    "neutral": "ruling",
    "ruling": "ruling",
    "clocks": "promise",
    "commitments": "promise",
    "remedies": "money",
    "payments": "money",
}
"""Of a fact, by the room of `domain` that its event lies in."""


@frozen
class Deed:
    """What was recorded together, and the bookkeeping after it."""

    at: datetime
    facts: Sequence[HistoryEntry]

    @property
    def kind(self) -> str:
        """That of its first fact. The story is filtered by it."""
        return _KINDS.get(Event.registry[self.facts[0].kind].__module__.split(".")[1], "other")


def deeds(told: Iterable[HistoryEntry]) -> list[Deed]:
    """From facts in their order, the latest deed first. What is bookkeeping alone stands with the deed before it."""
    groups: list[list[HistoryEntry]] = []
    for fact in told:
        if groups and (_together(groups[-1][-1], fact) or facts.is_quiet(fact.kind)):
            groups[-1].append(fact)
        else:
            groups.append([fact])
    return [Deed(group[0].occurred_at, group) for group in reversed(groups)]


def _together(one: HistoryEntry, other: HistoryEntry) -> bool:
    """Whether one act led to both. A mediator is not shown which one, but both happened at one instant then."""
    if one.causation_id is not None:
        return one.causation_id == other.causation_id
    return one.occurred_at == other.occurred_at
