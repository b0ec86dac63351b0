"""Law reports: the record, an act, and its result.

    given(filing(), day(1)).when(seller.concedes("29.90 EUR")).then(ResponseGiven, owes("seller", "buyer", "29.90 EUR"), …)
    given(filing(), day(1)).when(buyer.contests()).refused(NotYourMove)

Filings, acts and clocks are played in order. All mandates and the first policy exist from the start.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, Self
from uuid import UUID

from domain.clocks.deadline_facts import DeadlineEnded, DeadlineLapsed, DeadlineSet
from domain.commands import AnyCommand
from domain.commitments.events import CommitmentMade, Matter
from domain.contacts.contacts import RecordContact
from domain.course import Fact
from domain.dispute.events import MovePassed
from domain.dispute.state import Dispute
from domain.evidence.exhibit_facts import File
from domain.incidents.membership import CarryBulkAct
from domain.kernel.base import Event, Instant, Role, Value
from domain.kernel.people import Awaiting, Outcome, Stage, Text, Words
from domain.kernel.refusals import Refusal
from domain.payments.transaction_facts import Transaction
from tests.domain import refusals
from tests.domain.law.acts import FILED_AT, FIRST, commitment, money
from tests.domain.law.cast import NEUTRALS, administrator, buyer, seller
from tests.domain.law.world import World
from tests.domain.machine import clocks

AMPLE = ("1000000.00 EUR", "100000000 JPY", "100.00000000 XBT", "100000.000 KWD")


class Played(Protocol):
    """A filing or an act."""

    def command(self, now: Instant) -> AnyCommand: ...


Clock = Callable[[World, Instant], Instant]


def day(number: float) -> Clock:
    """So many times 24 hours after the filing."""
    return lambda _, now: FILED_AT + timedelta(days=number)


def at(text: str) -> Clock:
    return lambda _, now: datetime.fromisoformat(text)


def later(**units: float) -> Clock:
    return lambda _, now: now + timedelta(**units)


def deadline(name: str, *, early: timedelta = timedelta(0)) -> Clock:
    """The instant at which this deadline is due, or so much before it."""

    def clock(world: World, _: Instant) -> Instant:
        set_once = world.dispute(FIRST).deadlines.get(name)
        assert set_once is not None, name
        return set_once.due_at - early

    return clock


def just_before(name: str) -> Clock:
    return deadline(name, early=timedelta(microseconds=1))


def due_date(number: int) -> Clock:
    """The instant at which the commitment with this number is due."""
    return lambda world, _: world.dispute(FIRST).commitments.open[commitment(number)].due_at


@dataclass(frozen=True)
class Some:
    """An event of this kind with these values. A path such as `promise.amount` names an inner field."""

    kind: type[Event]
    values: dict[str, Any]

    def __eq__(self, other: object) -> bool:
        return type(other) is self.kind and all(_inside(other, path) == value for path, value in self.values.items())

    __hash__ = None  # type: ignore[assignment]


def _inside(value: object, path: str) -> object:
    for name in path.split("."):
        value = getattr(value, name)
    return value


def some(kind: type[Event], **values: Any) -> Some:
    return Some(kind, values)


def owes(by: str, to: str, amount: str | None, kind: str = "refund", **values: Any) -> Some:
    """A new commitment."""
    terms = {"owed_by": by, "owed_to": to, "kind": kind, "amount": money(amount) if amount else None}
    return Some(CommitmentMade, {f"promise.{name}": value for name, value in terms.items()} | values)


def neutral_owed(to: str = "buyer") -> Some:
    """The supervisor owes a neutral, whenever a dispute waits for one."""
    return owes("supervisor", to, None, "assign", arises_from="policy", commitment_class="service")


def ruling_owed(by: str = "neutral", due_at: str | None = None) -> Some:
    """The neutral owes the ruling, whenever the time to rule begins; or the supervisor, while there is no neutral."""
    due = {"promise.due_at": datetime.fromisoformat(due_at)} if due_at else {}
    values = {"promise.about": Matter(what="claim"), "arises_from": "policy", "commitment_class": "service"}
    return owes(by, "marketplace", None, "decide", **values, **due)


def of_ruling(kind: type[Event], number: int = 3, **values: Any) -> Some:
    """What becomes of the commitment to rule. It is the third one where only a neutral was assigned before, who owes a
    first act."""
    return some(kind, commitment_id=commitment(number), **values)


def follows(by: str, to: str, kind: str, because_of: int, **values: Any) -> Some:
    """A commitment that follows from the breach of the commitment with this number."""
    return owes(by, to, None, kind, arises_from="breach", because_of=commitment(because_of), **values)


def sets(name: str, whose: str, due_at: str | None = None) -> Some:
    values = {"deadline.name": name, "whose": whose}
    return Some(DeadlineSet, values | ({"deadline.due_at": datetime.fromisoformat(due_at)} if due_at else {}))


def met(name: str) -> DeadlineEnded:
    return DeadlineEnded(name=name, how="met")


def moot(name: str) -> DeadlineEnded:
    return DeadlineEnded(name=name, how="moot")


def lapsed(name: str) -> DeadlineLapsed:
    return DeadlineLapsed(name=name)


def passes_to(awaiting: str, stage: str) -> MovePassed:
    return MovePassed(stage=Stage(stage), awaiting=Awaiting(awaiting))


Expected = type[Event] | Event | Some


class Report:
    """The report so far, and the result of its last part."""

    def __init__(self) -> None:
        self.world = World()
        self.now = FILED_AT
        self.facts: list[Fact] = []
        self.refusal: Refusal | None = None
        for somebody in NEUTRALS:
            self._play(administrator.grants_mandate(somebody, *AMPLE))

    def when(self, *items: Played | Clock) -> Self:
        """The next part. `then` and `refused` are about all of it."""
        assert self.refusal is None, f"refused, and the report did not expect it: {self.refusal!r} {self.refusal.facts}"
        self.facts = []
        for item in items:
            self._play(item)
        return self

    def then(self, *expected: Expected) -> Self:
        """Exactly these events, in this order."""
        assert self.refusal is None, f"refused: {self.refusal!r} {self.refusal.facts}"
        happened = [fact.event for fact in self.facts]
        same = len(happened) == len(expected) and all(_is(e, x) for e, x in zip(happened, expected, strict=True))
        assert same, "\n".join(["it happened:", *map(repr, happened), "expected:", *map(repr, expected)])
        return self

    def then_nothing(self) -> Self:
        return self.then()

    def then_filed(self, dispute: UUID = FIRST) -> Self:
        """The filing is granted, with any other events."""
        assert self.refusal is None, f"refused: {self.refusal!r} {self.refusal.facts}"
        assert dispute in self.world.states
        return self

    def refused(self, refusal: type[Refusal], *, at: str | None = None, **facts: Any) -> Self:
        """Refused under this rule, with this pointer, and with these facts among others. The report continues as if
        nothing was tried."""
        found, self.refusal = self.refusal, None
        assert type(found) is refusal, f"not refused by {refusal.__name__}: {found!r}, {[f.event for f in self.facts]}"
        assert found is not None
        assert at is None or found.at == at, found.at
        refusals.check(found)
        assert {name: found.facts.get(name) for name in facts} == facts, found.facts
        return self

    def at(self, when: str, *kinds: type[Event]) -> Self:
        """These events took effect at this instant, whenever they were recorded."""
        found = {f.event.kind: f.occurred_at.isoformat() for f in self.facts if type(f.event) in kinds}
        assert found == {kind.kind: datetime.fromisoformat(when).isoformat() for kind in kinds}
        return self

    def leaves(
        self, stage: str | None = None, awaiting: str | None = None, outcome: str | None = None, *, of: UUID = FIRST
    ) -> Self:
        """The state of the dispute afterwards."""
        dispute = self.world.dispute(of)
        assert stage is None or dispute.stage is Stage(stage), dispute.stage
        assert awaiting is None or dispute.awaiting is Awaiting(awaiting), dispute.awaiting
        assert outcome is None or dispute.outcome is Outcome(outcome), dispute.outcome
        return self

    @property
    def dispute(self) -> Dispute:
        return self.world.dispute(FIRST)

    @property
    def transaction(self) -> Transaction:
        return self.world.transaction(FIRST)

    def _play(self, item: Played | Clock) -> None:
        assert self.refusal is None, f"refused, and the report did not expect it: {self.refusal!r} {self.refusal.facts}"
        if callable(item):
            self.now = item(self.world, self.now)
            return
        try:
            command = item.command(self.now)
            facts = self.world.do(command)
        except Refusal as refusal:
            self.refusal = refusal
            return
        self.facts += facts
        if isinstance(dispute := self.world.states.get(getattr(command, "dispute_id", UUID(int=0))), Dispute):
            clocks.check(dispute, self.world.case(command)[0].policies.version(dispute.policy_version), facts)
        # otherwise nothing was new; or it was carried to a member, and its text is in the incident; or it tells what was said
        if any(fact.occurred_at == self.now for fact in facts) and not isinstance(
            command, CarryBulkAct | RecordContact
        ):
            kept = [*_said(tuple(fact.event for fact in facts), _speaker(command))]
            assert all(words in kept for words in _said(command, _speaker(command))), f"said, and not kept: {command!r}"


def _speaker(command: AnyCommand) -> UUID:
    """The party for whom somebody acts, if there is one."""
    if (party := getattr(command, "party", None)) is not None:
        return UUID(str(party))
    parties = {Role.BUYER: buyer.subject, Role.SELLER: seller.subject}
    return parties.get(command.actor.role, command.actor.subject)


def _said(value: object, speaker: UUID) -> Iterator[Text | File]:
    """All texts that a person gives in it, as theirs."""
    match value:
        case Text() | File():
            yield value
        case Words():
            yield value.of(speaker)
        case Value():
            for _, inner in value:
                yield from _said(inner, speaker)
        case tuple():
            for inner in value:
                yield from _said(inner, speaker)
        case _:
            pass


def _is(event: Event, expected: Expected) -> bool:
    return type(event) is expected if isinstance(expected, type) else expected == event


def given(*items: Played | Clock) -> Report:
    return Report().when(*items)
