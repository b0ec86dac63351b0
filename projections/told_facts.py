"""The facts of one dispute as a party is told them: none that is hidden from it, and no number that shows a hidden one.

The version of a fact is the number of facts told up to it. Rulings and commitments have the numbers that they have among
those told. A ruling that awaited a co-signature is told of with `RulingCoSigned`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from domain.clocks import names
from domain.clocks.deadline_facts import DeadlineEnded, DeadlineLapsed, DeadlineMoved, DeadlineSet
from domain.commitments.events import CommitmentKept, CommitmentMade
from domain.commitments.reminder_facts import Reminded
from domain.dispute import telling
from domain.dispute.events import MovePassed
from domain.dispute.telling import Telling
from domain.filing.vexatious_facts import ClaimFoundVexatious
from domain.incidents.membership_facts import SharedCited
from domain.kernel.base import Event
from domain.kernel.people import Side
from domain.remedies.recovery_facts import RulingExecuted
from domain.ruling.ruling_facts import (
    AppealWithdrawn,
    CoSignatureRefused,
    RulingCoSigned,
    RulingEvent,
    RulingIssued,
    TranslationUnderRulingCorrected,
    UnsignedRulingEnded,
)
from mediation.store.log.recorded import Recorded


def told_to(side: Side, facts: Iterable[Recorded]) -> Iterator[Recorded]:
    """The facts that a side was told, in their order."""
    return (fact for fact, late in _Teller(side).tell(facts) if not late)


def with_late(side: Side, facts: Iterable[Recorded]) -> Iterator[Recorded]:
    """The same facts. Before `RulingCoSigned` come those that show the ruling, which the side learns only then."""
    return (fact for fact, _ in _Teller(side).tell(facts))


@dataclass(slots=True)
class _Teller:
    """`rulings` are the numbers of the rulings told, by their own numbers; `commitments` how many were told. `draft` are
    the facts about a ruling that awaits its co-signature.
    """

    side: Side
    telling: Telling = Telling()
    rulings: dict[int, int] = field(default_factory=dict)
    commitments: dict[UUID, int] = field(default_factory=dict)
    draft: list[Recorded] = field(default_factory=list)

    def tell(self, facts: Iterable[Recorded]) -> Iterator[tuple[Recorded, bool]]:
        """Each fact told, and whether it is told late."""
        for recorded in facts:
            if recorded.event.stream == "dispute":
                yield from self._of_dispute(recorded)
            elif self.telling.tells(recorded.event, self.side):
                yield recorded, False

    def _of_dispute(self, recorded: Recorded) -> Iterator[tuple[Recorded, bool]]:
        event, told = recorded.event, self.telling.tells(recorded.event, self.side)
        before, self.telling = self.telling, telling.evolve(self.telling, event)
        if told:
            for late in self._learnt(event):
                yield self._as_told(late, before), True
            yield self._as_told(recorded, before), False
        elif _is_of_draft(event):
            self.draft.append(recorded)
        if isinstance(event, CoSignatureRefused | UnsignedRulingEnded | AppealWithdrawn):
            self.draft = []

    def _learnt(self, event: Event) -> Sequence[Recorded]:
        if not isinstance(event, RulingCoSigned):
            return ()
        learnt, self.draft = self.draft, []
        return learnt

    def _as_told(self, recorded: Recorded, before: Telling) -> Recorded:
        event = recorded.event
        if isinstance(event, RulingIssued):
            self.rulings[event.number] = len(self.rulings) + 1
        if isinstance(event, CommitmentMade):
            self.commitments[event.commitment_id] = len(self.commitments) + 1
        if changes := self._changes(event, before):
            event = event.model_copy(update=changes)
        return recorded._replace(event=event, version=self.telling.count(self.side))

    def _changes(self, event: Event, before: Telling) -> Mapping[str, Any]:
        """What a side is told otherwise than it is recorded."""
        match event:
            case MovePassed(stage=stage, awaiting=awaiting):
                return {"awaiting": telling.as_shown(stage, awaiting, before.has_neutral)}
            case CommitmentMade(commitment_id=commitment_id):
                return {"number": self.commitments[commitment_id]}
            case CommitmentKept(kept_by=fact) if fact is not None and _names_ruling(fact.fact):
                return {"kept_by": fact.model_copy(update={"number": self._ruling(fact.number)})}
            case ClaimFoundVexatious(ruling=number) | SharedCited(ruling=number):
                return {"ruling": self._ruling(number)}
            case DeadlineSet(deadline=deadline):
                return {"deadline": deadline.model_copy(update={"name": self._deadline(deadline.name)})}
            case DeadlineEnded(name=name) | DeadlineLapsed(name=name) | DeadlineMoved(name=name) | Reminded(name=name):
                return {"name": name and self._deadline(name)}
            case _ if isinstance(event, RulingEvent | RulingExecuted):
                return {"number": self._ruling(event.number)}
            case _:
                return {}

    def _ruling(self, number: int | None) -> int | None:
        """A ruling whose issue is not among the facts keeps its number."""
        return None if number is None else self.rulings.get(number, number)

    def _deadline(self, name: str) -> str:
        match names.named(name):
            case names.Appeal(number=number, side=side) if number in self.rulings:
                return names.Appeal(self.rulings[number], side)
            case _:
                return name


def _is_of_draft(event: Event) -> bool:
    """Whether a fact that is not told belongs to a ruling that awaits its co-signature. In an earlier release such a ruling
    ended the time to rule.
    """
    return isinstance(
        event, RulingIssued | ClaimFoundVexatious | SharedCited | TranslationUnderRulingCorrected | DeadlineEnded
    )


def _names_ruling(kind: str) -> bool:
    event = Event.registry.get(kind)
    return event is not None and issubclass(event, RulingEvent)
