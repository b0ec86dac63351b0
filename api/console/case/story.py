"""Everything that happened in a case, by what somebody did: each deed with all that followed from it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from starlette.responses import Response

from api.console.acts.desk import read
from api.console.acts.meanwhile import Happened, happened
from api.console.visit import Visit
from api.disputes.history import all_seen
from api.http.reads import Reading
from api.words import facts
from domain.kernel.base import Event
from domain.kernel.frozen import frozen
from projections.audit_trail import Entry

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
    facts: Sequence[Happened]

    @property
    def kind(self) -> str:
        """That of its first fact. The story is filtered by it."""
        return _KINDS.get(Event.registry[self.facts[0].kind].__module__.split(".")[1], "other")


async def story(visit: Visit) -> Response:
    """What was done, the latest first. No text of it is unsealed: each stands where it was written."""
    _, case = await read(visit)
    reading = await visit.reading("get_history", dispute_id=case.id)
    done = deeds(reading, await all_seen(case.id, reading))
    return visit.page("case/deeds.html", case=case, story=done, story_kinds=Counter(deed.kind for deed in done))


def deeds(reading: Reading, seen: Iterable[Entry]) -> list[Deed]:
    """From facts in their order, the latest deed first. What is bookkeeping alone stands with the deed before it."""
    groups: list[list[Entry]] = []
    for fact in seen:
        if groups and (groups[-1][-1].causation_id == fact.causation_id or facts.is_quiet(fact.kind)):
            groups[-1].append(fact)
        else:
            groups.append([fact])
    return [Deed(group[0].occurred_at, [happened(reading, fact) for fact in group]) for group in reversed(groups)]
