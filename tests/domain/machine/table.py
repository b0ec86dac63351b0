"""The table at which disputes are played: who may do what now, and the checks that follow every act."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID

from hypothesis import strategies as st

from domain.commitments.events import CommitmentDischarged, CommitmentKept, CommitmentKind, Origin
from domain.course import Fact
from domain.dispute.evolve import evolve
from domain.dispute.state import Dispute
from domain.duties import duties
from domain.incidents.incident_facts import Incident
from domain.incidents.membership import citable
from domain.kernel.base import Instant
from domain.kernel.money import Money
from domain.kernel.refusals import Refusal
from domain.moves import Move, moves
from domain.notices.notices_facts import Notices
from domain.payments.refund_facts import RefundPaidAgainstRecord
from domain.payments.transaction import TakenMeanwhile
from domain.policy.book import PolicyBook
from domain.policy.outage_facts import Outage
from domain.policy.policy import Policy
from domain.silence import excused, lapses
from domain.stream_ids import notices_id, policies_id
from tests.domain.law.acts import FILED_AT, MARKETPLACE, Act, money
from tests.domain.law.cast import (
    Person,
    administrator,
    another_neutral,
    auditor,
    buyer,
    engine,
    lawyer,
    marketplace,
    neutral,
    seller,
    supervisor,
    third_neutral,
)
from tests.domain.law.filings import Filing
from tests.domain.law.rules import POLICIES
from tests.domain.law.world import World
from tests.domain.machine import invariants
from tests.domain.machine.ending import refund_work
from tests.domain.machine.play import Choose, act, imaginable

PLAYERS = (buyer, seller, neutral, another_neutral, third_neutral, supervisor, marketplace)
_OF_PROVIDERS = frozenset({"record_parallel_proceeding", "end_parallel_proceeding", "reopen"})
"""A payment provider's notice leads the engine to them. Nobody offers them to it."""

EVERYBODY = (*PLAYERS, lawyer, administrator, auditor, engine)

REPEATABLE = frozenset(
    {
        "Respond", "AcceptOffer", "RejectOffer", "Escalate", "AssignNeutral", "ReassignNeutral", "Recuse",
        "DeclareInterests", "ChallengeNeutral", "DecideChallenge", "NameRepresentative", "EndRepresentation", "HandOver",
        "MakeProposal", "AcceptProposal", "RefuseProposal", "DeclareImpasse", "IssueRuling", "CoSignRuling",
        "RefuseCoSignature", "Appeal", "WaiveAppeal", "RequestSetAside", "SetDefaultAside", "RefuseSetAside", "InstructRefund",
        "ConfirmRefund", "FailRefund", "RetryRefund", "SettleRefundOtherwise", "ReleaseRefund",
        "RecordRefundElsewhere", "SendGoods", "ContestGoods", "DecideGoods",
        "EndParallelProceeding", "LiftStay", "OrderStay", "RateHandling", "Withdraw", "WaiveCommitment", "KeepCommitment",
        "WithdrawExhibit", "AnswerExhibit", "Rebut", "ConsentToNeutral", "RecordLapses", "JoinIncident", "LeaveIncident",
        "CountCase", "AnswerRecommendation", "AnswerShared", "CarryBulkAct", "RecordNotReached", "WithdrawAppeal",
        "DeclareInadmissible", "CancelDispute", "RequestErasure", "PursueErasure",
        "RequestReview", "AnswerReview", "RequestAccess", "AnswerPartyRequest", "DeclinePartyRequest", "WithdrawPartyRequest",
        "ApplyStandingRules",
        "InspectGoods",
    }
)  # fmt: skip
"""Commands that report by themselves that nothing is new. The others rely on the caller's idempotency key."""

_CURRENCIES = ("EUR", "JPY", "KWD", "XBT")


@st.composite
def filings(draw: st.DrawFn) -> Filing:
    """Any claim on an order of two lines, in currencies with 0, 2, 3 and 8 decimals, in escrow or not, by either
    side."""
    currency = draw(st.sampled_from(_CURRENCIES))
    paid = draw(st.integers(1, 1_000_000))
    held = draw(st.sampled_from([(), (paid,), (paid, draw(st.integers(0, 100_000)))]))

    claim = draw(st.integers(1, sum(held) or paid))

    def text(minor: int) -> str:
        return str(Money(minor, currency))

    by_buyer = draw(st.booleans())
    return Filing(
        claim=text(claim),
        paid=text(paid),
        claimant="buyer" if by_buyer else "seller",
        legal_basis=draw(st.sampled_from((None, "withdrawal", "legal_guarantee"))) if by_buyer else None,
        reason=draw(st.sampled_from(("not_as_described", "item_not_received"))),
        quantities={"1": "2", "2": "0.5 kg"},
        order_lines=draw(
            st.sampled_from(({"1": text(paid), "2": text(0)}, {"1": text(claim), "2": text(max(1, paid - claim))}))
        ),
        held=tuple(text(minor) for minor in held),
        tracking=draw(st.sampled_from((None, "delivered"))),
        delivered_days_ago=draw(st.sampled_from((None, 5))),
        buyer_tier=draw(st.sampled_from(("standard", "gold"))),
        imported=draw(st.integers(0, 4)) == 0,
    )


@st.composite
def clear_cases(draw: st.DrawFn) -> Filing:
    """Claims that a policy's fast lane grants: a parcel that never arrived, or an order that was paid twice."""
    filing = replace(draw(filings()), claimant="buyer", imported=False, legal_basis=None)
    if draw(st.booleans()):
        late = {"tracking": "in_transit", "delivered_days_ago": None, "latest_delivery_days_ago": 2}
        return replace(filing, reason="item_not_received", **late)  # type: ignore[arg-type]
    lines = {"1": filing.claim, "2": str(Money.zero(money(filing.claim).currency))}
    twice = str(money(filing.claim) + money(filing.claim))
    return replace(filing, reason="duplicate_charge", paid=twice, held=(), order_lines=lines)


@dataclass
class Table:
    """`filed` are the disputes on it."""

    world: World = field(default_factory=World)
    now: Instant = FILED_AT
    filed: list[UUID] = field(default_factory=list)

    def do(self, act: Act) -> None:
        """Does the act twice: the repeated command has no second effect. Raises the refusal."""
        assert act.dispute is not None
        before, command = self.world.dispute(act.dispute), act.command(self.now)
        invariants.of_one_command(before, self.world.do(command))
        if type(command).__name__ in REPEATABLE:
            assert self.world.would(command) == []

    def would(self, act: Act) -> list[Fact]:
        return self.world.would(act.command(self.now))

    def dispute(self, dispute_id: UUID) -> Dispute:
        """The dispute as of now, with lapses that are not recorded yet."""
        return self.after_lapses(self.world.dispute(dispute_id), self.now)

    @property
    def outages(self) -> tuple[Outage, ...]:
        book = self.world.states.get(policies_id(MARKETPLACE), PolicyBook())
        assert isinstance(book, PolicyBook)
        return book.outages

    def after_lapses(self, dispute: Dispute, at: Instant) -> Dispute:
        for _, events in lapses(dispute, policy_of(dispute), at, self.outages):
            for event in events:
                dispute = evolve(dispute, event)
        return dispute

    def moves(self, dispute: Dispute, who: Person, at: Instant | None = None) -> list[Move]:
        policy, incident = policy_of(dispute), self.incident(dispute)
        notices = self.world.states.get(notices_id(dispute.id), Notices())
        assert isinstance(notices, Notices)
        return moves(excused(dispute, policy, self.outages), policy, who.actor, at or self.now, incident, notices)

    def incident(self, dispute: Dispute) -> Incident | None:
        """The incident that the dispute is part of."""
        found = self.world.states.get(dispute.membership.incident) if dispute.membership.incident else None
        assert found is None or isinstance(found, Incident)
        return found

    def citable_shared(self, dispute: Dispute) -> tuple[int, ...]:
        """The items shared by the dispute's incident that a ruling may cite."""
        return tuple(citable(dispute, policy_of(dispute), self.incident(dispute), self.now))

    def all_moves(self) -> list[tuple[UUID, Person, Move]]:
        disputes = {dispute_id: self.dispute(dispute_id) for dispute_id in self.filed}
        return [
            (i, who, move) for i, dispute in disputes.items() for who in PLAYERS for move in self.moves(dispute, who)
        ]

    def refund_work(self) -> Iterator[Act]:
        """The work that the refund process has to do."""
        return (work for i in self.filed for work in refund_work(self.world, self.world.dispute(i), self.now))

    def check_moves(self, dispute_id: UUID, who: Person, *, nth: int = 0, of: int = 1) -> None:
        """Every offered move is granted. Every other imaginable move, or the `nth` of so many, is refused or has no
        effect."""
        dispute = self.dispute(dispute_id)
        silence = self.would(engine.ticks().about(dispute.id))
        granted = {about(move): move for move in self.moves(dispute, who)}
        for move in granted.values():
            try:
                happens = self.would(self.made(move, who, dispute, middling))
            except TakenMeanwhile:
                continue
            assert happens != silence, f"{who.role} was offered {move}, which does nothing"
            self.check_ends_in_time(dispute, who, move)
            self.check_mandatory(dispute, who, move, happens)
        for move in list(imaginable(dispute))[nth::of]:
            if about(move) not in granted and not (who is engine and move.name in _OF_PROVIDERS):
                try:
                    happens = self.would(self.made(move, who, dispute, middling))
                except Refusal:
                    continue
                if any(isinstance(fact.event, RefundPaidAgainstRecord) for fact in happens):
                    continue  # a payment for a refund that has ended is recorded, but nobody is asked to report one
                assert happens == silence, f"{who.role} was not offered {move}, which does {happens}"

    def made(self, move: Move, who: Person, dispute: Dispute, choose: Choose) -> Act:
        made = act(move, who, dispute, self.world.transaction(dispute.id).unclaimed(), self.now, choose)
        if move.name == "issue_ruling":
            return replace(made, fields={**made.fields, "cites_shared": self.citable_shared(dispute)})
        return made

    def check_ends_in_time(self, dispute: Dispute, who: Person, move: Move) -> None:
        """The right ends with its deadline, unless something ends that deadline earlier."""
        if move.until is None:
            return
        assert move.until > self.now
        last = self.after_lapses(dispute, move.until - timedelta(microseconds=1))
        if last.escalation.escalated and not dispute.escalation.escalated:
            return  # an offer that was open then stands until the ruling, whatever else ends at its old instant
        standing = (*last.deadlines.running.values(), *last.deadlines.quiet.values())
        # Of two that end at the same instant, the first may end the other: an escalation lets an open offer stand.
        if sum(deadline.due_at == move.until for deadline in standing) == 1:
            later = map(about, self.moves(dispute, who, move.until))
            assert about(move) not in later, f"{move} outlives its deadline"

    def check_mandatory(self, dispute: Dispute, who: Person, move: Move, happens: list[Fact]) -> None:
        """An act that keeps what its actor owes is mandatory. A mandatory act on a commitment keeps it, or ends it.

        To confirm that something came is kept by whatever shows that, and a decision about a refund by what undoes it.
        """
        must = duties(dispute, policy_of(dispute), who.actor, self.now)
        kept = {fact.event.commitment_id for fact in happens if isinstance(fact.event, CommitmentKept)}
        over = {fact.event.commitment_id for fact in happens if isinstance(fact.event, CommitmentDischarged)}
        for duty in must:
            owed = dispute.commitments.open.get(duty.owed) if isinstance(duty.owed, UUID) else None
            if owed is None:
                continue
            done = duty.is_done_by(move.name, move.number, move.target)
            by_one_act = owed.arises_from in (Origin.PROMISE, Origin.POLICY) and owed.kind is not CommitmentKind.CONFIRM
            if duty.owed in kept and by_one_act and not owed.is_first_act:
                assert done, f"{move} is not mandatory for {who.role}, and keeps {owed}"
            if done and move.name not in SAYS_MORE:
                assert duty.owed in kept | over, f"{move} is mandatory for {who.role}, and does not keep {owed}"


SAYS_MORE = frozenset({"post_message", "post_in_caucus", "add_exhibit", "reopen", "issue_ruling"})
"""Their body, or the mandate, decides whom they reach, and what they are about."""


def middling(upto: int) -> int:
    return upto // 2


def about(move: Move) -> tuple[str, int | None, UUID | None]:
    """Tells apart two moves of one person."""
    return move.name, move.number, move.target


def policy_of(dispute: Dispute) -> Policy:
    return POLICIES[dispute.policy_version]
