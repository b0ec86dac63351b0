"""The steps of a dispute's trail, one for each fact: who, what, under which clause, caused by what. For terminals
and auditors.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Literal
from uuid import UUID

from api.audit.story.story import Story, StoryEvent
from api.audit.trail_schemas import ErasedPerson
from domain.clocks.deadline_facts import DeadlineEnded, DeadlineLapsed, DeadlineMoved, DeadlineSet
from domain.commitments.events import CommitmentBreached, CommitmentMade
from domain.commitments.reminder_facts import Reminded
from domain.evidence.exhibit_facts import ExhibitAdded
from domain.filing.filing_facts import DisputeFiled
from domain.filing.representation_facts import RepresentativeNamed
from domain.kernel.base import Event
from domain.kernel.people import Side
from domain.kernel.places import TimeZone
from domain.ruling.ruling_facts import RulingIssued
from mediation.engine import Engine
from mediation.processes import ENGINE
from mediation.store.log.codec import Codec
from mediation.store.log.recorded import Recorded
from projections.lives import Asked

ENVELOPE = (
    "position", "kind", "marketplace", "dispute_id", "stream_id", "version", "schema_version", "occurred_at", "recorded_at",
    "actor", "correlation_id", "causation_id",
)  # fmt: skip
"""The fields shown of a fact beside its body."""

DONE_BY = {
    "ProposalMade": "neutral",
    "ImpasseDeclared": "neutral",
    "RulingIssued": "neutral",
    "AppealSentBack": "neutral",
    "RulingCoSigned": "supervisor",
    "CoSignatureRefused": "supervisor",
    "DeliveryReported": "marketplace",
}
"""The role that does an act, where the fact does not say it."""

By = Literal["happening", "knowledge"]
"""The clock of an instant: when things happened, or when the engine learned of them."""


def asked_by(by: By, instant: datetime) -> Asked:
    return Asked(as_of=instant) if by == "happening" else Asked(known_at=instant)


def when(recorded: Recorded, by: By) -> datetime:
    return recorded.occurred_at if by == "happening" else recorded.recorded_at


@dataclass(frozen=True, slots=True)
class Step:
    """One fact. `act` numbers the acts; one act is what one command caused at one instant. `cause` is the act that
    began the chain.

    `clauses` name the rules that apply: policy version and clause. Where the fact names none, the clause is that of
    its deadline or commitment, or of the deadline that lapsed in the same act.
    """

    act: int
    cause: int | None
    who: str
    what: str
    clauses: tuple[str, ...]
    recorded: Recorded


def enveloped(recorded: Recorded) -> dict[str, Any]:
    """The fields of one line of JSON."""
    return {**{name: getattr(recorded, name) for name in ENVELOPE}, "body": recorded.event.model_dump(mode="json")}


async def opened(codec: Codec, facts: Iterable[Recorded]) -> list[Recorded]:
    """The same facts with readable personal texts; "[erased]" for an erased person."""
    return [recorded._replace(event=await _opened(codec, recorded)) for recorded in facts]


async def erased_of(engine: Engine, facts: Iterable[Recorded]) -> list[ErasedPerson]:
    """The people of a dispute who are erased by now, whatever instant is asked about: when last, and on what ground."""
    found: list[ErasedPerson] = []
    for recorded in facts:
        match recorded.event:
            case DisputeFiled(buyer=buyer, seller=seller):
                people = [(buyer.subject, Side.BUYER.value), (seller.subject, Side.SELLER.value)]
            case RepresentativeNamed(subject=subject, capacity=capacity, side=side):
                people = [(subject, f"{capacity} of the {side}")]
            case _:
                continue
        for subject, who in people:
            person = await engine.person(subject, recorded.marketplace)
            if person.erased:
                last = person.erased[max(person.erased)]
                told = {"who": who, "subject": subject, "ground": last.asked.ground, "erased_at": last.erased_at}
                found.append(ErasedPerson.model_validate(told))
    return found


async def _opened(codec: Codec, recorded: Recorded) -> Event:
    body = await codec.open(recorded.event.model_dump(mode="json"), recorded.marketplace)
    return type(recorded.event).model_validate(body)


def trail(facts: Sequence[Recorded], zone: TimeZone | None = None) -> tuple[Story, list[Step]]:
    """The steps of one dispute. `facts` are unsealed, in order of position, and include the filing."""
    filed = next(recorded.event for recorded in facts if isinstance(recorded.event, DisputeFiled))
    story, clauses = Story(filed, zone), _Clauses(filed.policy_version)
    acts = groupby(facts, key=lambda recorded: (recorded.causation_id, recorded.occurred_at))
    numbers: dict[UUID | None, int] = {}
    steps: list[Step] = []
    for number, (_, group) in enumerate(acts, start=1):
        act = list(group)
        cause = numbers.setdefault(act[0].correlation_id, number)
        who, lapsed = _who(story, act), tuple[str, ...]()
        for recorded in act:
            own = clauses.of(recorded.event)
            lapsed = own if isinstance(recorded.event, DeadlineLapsed) else lapsed
            what = story.tell(_told(recorded))
            steps.append(Step(number, cause if cause != number else None, who, what, own or lapsed, recorded))
    return story, steps


class _Clauses:
    """Finds the clause of each fact from the facts before it."""

    def __init__(self, policy_version: str) -> None:
        self._policy = policy_version
        self._of: dict[object, str] = {}

    def of(self, event: Event) -> tuple[str, ...]:
        """A deadline is known by its name, a commitment by its id."""
        match event:
            case DisputeFiled():
                return (f"{self._policy}/filing",)
            case RulingIssued(cites_clauses=cited):
                return tuple(f"{self._policy}/{clause}" for clause in cited)
            case DeadlineSet(deadline=deadline):
                self._of[deadline.name] = deadline.proof.rule
                about: object = deadline.name
            case DeadlineEnded(name=name) | DeadlineLapsed(name=name) | DeadlineMoved(name=name):
                about = name
            case Reminded(name=name, commitment_id=promise_id):
                about = name or promise_id
            case CommitmentMade(commitment_id=about, promise=promise):
                if promise.proof is not None:
                    self._of[about] = promise.proof.rule
            case _:
                about = getattr(event, "commitment_id", None)
        return (self._of[about],) if about in self._of else ()


def _told(recorded: Recorded) -> StoryEvent:
    event = recorded.event
    assert isinstance(event, StoryEvent), "one of a dispute's events"
    return event


def _who(story: Story, act: Sequence[Recorded]) -> str:
    """Who did the act. A lapse belongs to nobody, even if somebody's command found it."""
    first = act[0]
    if isinstance(first.event, DeadlineLapsed | CommitmentBreached | Reminded):
        return "time passed"
    if first.actor == ENGINE.subject:
        return "engine"
    for recorded in act:
        if (role := _role(recorded.event)) is not None:
            return role
    for side, party in story.parties.items():
        if first.actor == party.subject:
            return side.value
    return "marketplace"


def _role(event: Event) -> str | None:
    """The role that did it, where the event says so."""
    if isinstance(event, DisputeFiled):
        return event.claimant.value
    if isinstance(event, ExhibitAdded) and event.filed_from is not None:
        return event.filed_from.by.value
    by = getattr(event, "by", None)
    if by is not None and event.kind != "SettlementReached":
        return str(by)
    return DONE_BY.get(event.kind)
