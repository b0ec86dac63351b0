"""Decides a stored dispute again, as if another policy had been in force. Acts keep their instants; lapses are new.

A confirmed refund stays confirmed if it is still owed. What other disputes of the same order or neutral did stays as it
was. So does when a party was told: a window that waited for a notice begins at the same instant. One that never was set
waits for none.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import TypeVar
from uuid import UUID

from domain.clocks import notice
from domain.clocks.deadline_facts import DeadlineLapsed, DeadlineSet
from domain.commands import AnyCommand
from domain.commitments import making
from domain.commitments.events import (
    UNTRANSLATED,
    CommitmentBreached,
    CommitmentDischarged,
    CommitmentMade,
    CommitmentReplaced,
    CommitmentWaived,
    Origin,
    refund_id_of,
)
from domain.course import Fact
from domain.decide import decide
from domain.dispute.case import EMPTY, Case
from domain.evidence.machine_reading_facts import MachineReadingEvent
from domain.filing.fast_lane_facts import FastLaneGranted
from domain.filing.filing_facts import DisputeFiled
from domain.filing.resolution_facts import ResolutionGranted
from domain.filing.review_facts import MachineDecided
from domain.incidents.membership_facts import MembershipEvent
from domain.kernel.base import OF_DISPUTE, Actor, Event, Instant, Role
from domain.kernel.frozen import frozen, replace
from domain.kernel.money import Money
from domain.kernel.refusals import Refusal
from domain.notices.notices_facts import NoticeEvent
from domain.payments.refund_facts import Refund
from domain.policy.book import PolicyBook
from domain.policy.outage_facts import Outage
from domain.policy.policy import Policy
from domain.settlement.notes_facts import NoteWritten
from domain.settlement.replies_facts import MessageSeen
from domain.settlement.translation_facts import LanguageDetected, TextRepeated, TextSent
from domain.silence import RecordLapses
from domain.simulation.reconstruction import Act, Happened, reconstruct_command
from domain.streams import CLAIMS, MANDATE, PREDECESSOR, REFUND, TRANSACTION, StreamFold, after, streams

S = TypeVar("S")

ENGINE = Actor(subject=UUID(int=0), role=Role.ENGINE)

_NONE = UUID(int=0)
NOT_FILED = "not_filed"
OPEN = "open"


@frozen
class Stored:
    """A stored dispute: its facts in order; and, by stream, the facts of its order and of its neutrals' mandates."""

    marketplace: str
    dispute_id: UUID
    acts: Sequence[Act]
    beside: Mapping[UUID, Sequence[Happened]]
    outages: tuple[Outage, ...] = ()


@frozen
class Came:
    """The outcome (`open` if none yet, `not_filed` if the filing is refused), and what the claimant is to receive."""

    outcome: str
    to_claimant: Money


@frozen
class Impossible:
    """An act that the other policy would have refused, and why."""

    kind: str
    role: str
    at: Instant
    why: str


@frozen
class Comparison:
    """`clause` is the first that made a difference: a window ended differently, or the clause refused an act.

    If no clause did, `clause` is the name of the first refusal.
    """

    dispute_id: UUID
    before: Came
    after: Came
    clause: str | None
    impossible: Sequence[Impossible]

    @property
    def differs(self) -> bool:
        return self.before != self.after


def compare(stored: Stored, policy: Policy, own: Policy, until: Instant) -> Comparison:
    """The dispute under its `own` policy and under `policy`, both as they stand at `until`."""
    was, would = Course(stored, own), Course(stored, policy.model_copy(update={"notices": own.notices}))
    for act in stored.acts:
        was.remember(act)
    would.replay()
    for course in (was, would):
        course.pass_time(until)
    before, afterwards = was.came(), would.came()
    return Comparison(stored.dispute_id, before, afterwards, _first_clause(was, would), would.impossible)


@dataclass
class Course:
    """One dispute as it goes on under one policy."""

    stored: Stored
    policy: Policy
    case: Case = EMPTY
    events: list[tuple[Instant, Event]] = field(default_factory=list)
    impossible: list[Impossible] = field(default_factory=list)
    _refunds: dict[UUID, Refund | None] = field(default_factory=dict)
    _made: dict[int, UUID] = field(default_factory=dict)
    _carried: set[UUID] = field(default_factory=set)
    _imported: bool = False

    @cached_property
    def _waited(self) -> frozenset[str]:
        """The windows that waited for a notice in what is stored."""
        events = (one.event for act in self.stored.acts for one in act)
        return frozenset(e.deadline.name for e in events if isinstance(e, DeadlineSet) and e.awaits_notice)

    def remember(self, act: Act) -> None:
        """Takes the stored facts as they are."""
        for one in act:
            self._happen(one.event, one.at, one.stream_id)
        if (dispute := self.case.dispute) is not None:
            order = self._beside(TRANSACTION, dispute.transaction_id, None)
            self.case = replace(self.case, transaction=order)

    def replay(self) -> None:
        stored = dict[UUID, int]()
        for act in self.stored.acts:
            stored |= {
                one.event.commitment_id: one.event.number for one in act if isinstance(one.event, CommitmentMade)
            }
            if isinstance(act[0].event, DisputeFiled):
                self._imported = act[0].event.imported
            dispute = self.case.dispute
            if dispute is None and not isinstance(act[0].event, DisputeFiled):
                continue
            if isinstance(act[0].event, NoticeEvent):
                self._tell(act)
                continue
            if _of_others(act, self._carried):
                self.remember(act)
                continue
            command = reconstruct_command(act, dispute, self.stored.marketplace, imported=self._imported)
            if command is not None:
                self._try(self._with_own_ids(command, stored), act[0])

    def _tell(self, act: Act) -> None:
        """A party was told, or was not. The windows that began or stopped by that do so here too."""
        for one in act:
            if isinstance(one.event, DeadlineSet):
                assert self.case.dispute is not None
                for event in notice.as_before(self.case.dispute, self.policy, one.event):
                    self._happen(event, one.at, one.stream_id)
            else:
                self._happen(one.event, one.at, one.stream_id)

    def pass_time(self, until: Instant) -> None:
        if self.case.dispute is not None and not self._imported and not self.case.dispute.imported:
            now = max([until, *(at for at, _ in self.events)])
            marketplace, dispute_id = self.stored.marketplace, self.stored.dispute_id
            self._decide(RecordLapses(dispute_id=dispute_id, marketplace=marketplace, actor=ENGINE, now=now), None)

    def came(self) -> Came:
        dispute = self.case.dispute
        if dispute is None:
            filed = self.stored.acts[0][0].event
            assert isinstance(filed, DisputeFiled)
            return Came(NOT_FILED, Money.zero(filed.in_dispute.currency))
        owed, claimant = dict[UUID, int](), making.participant(dispute.claimant)
        for _, event in self.events:
            match event:
                case CommitmentMade(commitment_id=id, promise=promise) if event.commitment_class == "remedy":
                    if promise.amount is not None and promise.owed_to is claimant:
                        owed[id] = promise.amount.minor
                    elif (
                        promise.amount is not None
                        and promise.owed_by is claimant
                        and event.arises_from is Origin.RECOVERY
                    ):
                        owed[id] = -promise.amount.minor  # recovered from an earlier payment
                case CommitmentDischarged(commitment_id=id, reason=reason) if reason != "paid_elsewhere":
                    owed.pop(id, None)
                case CommitmentReplaced(commitment_id=id) | CommitmentWaived(commitment_id=id):
                    owed.pop(id, None)
                case _:
                    pass
        outcome = dispute.outcome.value if dispute.outcome is not None else OPEN
        return Came(outcome, Money(max(0, sum(owed.values())), dispute.in_dispute.currency))

    def lapses(self) -> Iterable[tuple[Instant, str]]:
        """The clause and the instant of each window that ended in silence, and of each grant at filing."""
        rules: dict[object, str] = {}
        for at, event in self.events:
            match event:
                case FastLaneGranted(clause=clause) | ResolutionGranted(clause=clause):
                    yield at, clause
                case DeadlineSet(deadline=deadline):
                    rules[deadline.name] = deadline.proof.rule
                case CommitmentMade(commitment_id=id, promise=promise) if promise.proof and not _to_translate(event):
                    rules[id] = promise.proof.rule
                case DeadlineLapsed(name=about) | CommitmentBreached(commitment_id=about) if about in rules:
                    yield at, rules[about].rpartition("/")[2]
                case _:
                    pass

    def _with_own_ids(self, command: AnyCommand, stored: Mapping[UUID, int]) -> AnyCommand:
        """The command about this course's commitment of the same number, and about its refund. An earlier version made
        the stored ids in another way.
        """
        own = {was: self._made[number] for was, number in stored.items() if number in self._made}
        own |= {refund_id_of(was): refund_id_of(made) for was, made in own.items()}
        named = {name: getattr(command, name, None) for name in ("commitment_id", "refund_id")}
        changes = {name: own[id] for name, id in named.items() if id in own}
        return command.model_copy(update=changes) if changes else command

    def _try(self, command: AnyCommand, first: Happened) -> None:
        try:
            self._decide(command, first.position)
        except Refusal as refusal:
            if command.actor.role is not Role.ENGINE and first.event.stream != "refund":
                why = refusal.code
                self.impossible.append(Impossible(type(command).__name__, command.actor.role.value, first.at, why))

    def _decide(self, command: AnyCommand, position: int | None) -> None:
        case = replace(self.case, policies=PolicyBook({self.policy.version: self.policy}, self.stored.outages))
        ids = streams(command, case)
        if case.dispute is None:
            case = replace(case, transaction=self._beside(TRANSACTION, ids["transaction"], position))
            self.case = replace(self.case, transaction=case.transaction)
        case = replace(
            case,
            mandate=self._beside(MANDATE, ids.get("mandate"), position),
            predecessor=self._beside(PREDECESSOR, ids.get("predecessor"), position),
            claims=self._beside(CLAIMS, ids.get("claims"), position),
            refund=self._refunds.get(ids.get("refund", _NONE)),
        )
        for fact in decide(case, command):
            self._take(fact, ids.get(fact.stream))

    def _take(self, fact: Fact, stream_id: UUID | None) -> None:
        if fact.stream in ("mandate", "predecessor", "claims"):
            return  # these streams stay as they were
        self._happen(fact.event, fact.occurred_at, stream_id or _NONE)

    def _happen(self, event: Event, at: Instant, stream_id: UUID) -> None:
        if isinstance(event, DeadlineSet) and event.awaits_notice and event.deadline.name not in self._waited:
            event = event.model_copy(update={"awaits_notice": False})
        if isinstance(event, CommitmentMade):
            self._made[event.number] = event.commitment_id
        if event.stream == "refund":
            self._refunds[stream_id] = REFUND.evolve(self._refunds.get(stream_id), event, at)
        else:
            self.case = after(self.case, event, at, event.stream)
        if event.stream in OF_DISPUTE:
            self.events.append((at, event))

    def _beside(self, decider: StreamFold[S], stream_id: UUID | None, position: int | None) -> S:
        """A stream that this dispute shares with others, as it was before `position`; None means all of it."""
        state = decider.initial
        for one in self.stored.beside.get(stream_id or _NONE, ()):
            if position is None or one.position < position:
                state = decider.evolve(state, one.event, one.at)
        return state


def acts_of(facts: Iterable[tuple[object, Happened]]) -> list[Act]:
    """Groups facts in order into acts: the facts of one act have the same command and instant.

    A lapse before a command happened at an instant of its own. It becomes an act that nobody did.
    """
    return [[one for _, one in group] for _, group in groupby(facts, key=lambda fact: (fact[0], fact[1].at))]


_CLAUSES = {"FilingWindowClosed": "filing", "EscalationNotOpenYet": "escalation"}
"""Refusals that come from a window, with its clause."""


def _of_others(act: Act, carried: set[UUID]) -> bool:
    """Acts about several disputes stay as they were: warnings, recommendations and their answers, erasures, access
    requests, acts of an incident. So do internal notes, what was seen, machine readings, what was only noted of a text, and
    what an erasure ended.
    """
    first = act[0].event
    if isinstance(first, TextSent | LanguageDetected | TextRepeated | NoteWritten | MessageSeen | MachineReadingEvent):
        return True
    if isinstance(first, CommitmentDischarged) and first.reason in ("author_erased", "person_erased"):
        return True
    if isinstance(first, MachineDecided) and first.standing is not None:
        return True  # a warning; a recommendation begins with its commitment
    if isinstance(first, CommitmentMade) and first.arises_from in (
        Origin.RECOMMENDATION,
        Origin.ERASURE,
        Origin.ACCESS,
    ):
        carried.add(first.commitment_id)
    grouped = any(isinstance(one.event, MembershipEvent) for one in act)
    return grouped or getattr(first, "commitment_id", None) in carried


def _to_translate(event: Event) -> bool:
    """A translation that was not made in time is no difference between two policies: it decides nothing."""
    return isinstance(event, CommitmentMade) and event.arises_from in UNTRANSLATED


def _first_clause(was: Course, would: Course) -> str | None:
    """The clause of the first window that ended differently or refused an act; or else the first refusal."""
    differing = sorted({*was.lapses()} ^ {*would.lapses()})
    refused = [(one.at, _CLAUSES[one.why]) for one in would.impossible if one.why in _CLAUSES]
    first = min([*differing, *refused], default=None)
    if first is None:
        return would.impossible[0].why if would.impossible else None
    return first[1]
