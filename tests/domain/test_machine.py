"""Whole disputes, played by two parties, two neutrals, a supervisor, a marketplace, the engine's processes and a clock.

Whatever they do, and whenever they do it, the invariants at the end of this module hold.
"""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.base import Instant
from domain.decide import Fact
from domain.dispute import Dispute, evolve
from domain.money import Money
from domain.moves import Move, moves
from domain.policy import FIRST_POLICY, Policy, Windows
from domain.refusals import Refusal
from domain.silence import lapses, next_due
from domain.transaction import RefundExceedsPaid
from domain.windows import Window
from tests.domain import invariants
from tests.domain.cast import (
    FILED_AT,
    FIRST,
    SECOND,
    Act,
    Person,
    administrator,
    another_neutral,
    auditor,
    buyer,
    engine,
    marketplace,
    neutral,
    seller,
    supervisor,
)
from tests.domain.ending import end, promised_freely, refund_work
from tests.domain.filings import Filing
from tests.domain.openings import OPENINGS, opening
from tests.domain.play import act, imaginable
from tests.domain.reports import AMPLE
from tests.domain.world import World

EVERYBODY = (buyer, seller, neutral, another_neutral, supervisor, marketplace, administrator, auditor, engine)
PLAYERS = (buyer, seller, neutral, supervisor, marketplace)

HASTY = Policy(
    version="hasty",
    windows=Windows(
        response=Window(amount=30, unit="calendar_days"),
        negotiation=Window(amount=1, unit="calendar_days"),
        escalation_opens_after_hours=0,
        appeal=Window(amount=1, unit="hours"),
    ),
)
"""Another order of lapses: a neutral may propose and rule while the response window runs."""

REPEATABLE = frozenset(
    {
        "Respond", "AcceptOffer", "RejectOffer", "Escalate", "AssignNeutral", "MakeProposal", "AcceptProposal",
        "RefuseProposal", "DeclareImpasse", "IssueRuling", "WaiveAppeal", "InstructRefund", "ConfirmRefund", "FailRefund",
        "ReleaseRefund", "Withdraw", "WaiveCommitment", "KeepCommitment", "WithdrawExhibit", "FileDispute",
    }
)  # fmt: skip
"""Commands that tell by themselves that it already is so. The others rely on the caller's idempotency key."""

CURRENCIES = ("EUR", "JPY", "KWD", "XBT")
STEPS = (timedelta(minutes=1), timedelta(hours=5), timedelta(days=1))


def money(minor: int, currency: str) -> str:
    return str(Money(minor, currency))


@st.composite
def filings(draw: st.DrawFn) -> Filing:
    """Any claim on an order of two lines, in currencies with 0, 2, 3 and 8 digits, in escrow or not, by either side."""
    currency = draw(st.sampled_from(CURRENCIES))
    claimant = draw(st.sampled_from(("buyer", "seller")))
    paid = draw(st.integers(1, 1_000_000))
    held = draw(st.sampled_from([(), (paid,), (paid, draw(st.integers(0, 100_000)))]))
    limit = sum(held) or paid
    return Filing(
        claim=money(draw(st.integers(1, limit)), currency),
        paid=money(paid, currency),
        claimant=claimant,  # type: ignore[arg-type]
        reason=draw(st.sampled_from(("not_as_described", "item_not_received"))),
        order_lines={"1": money(paid, currency), "2": money(0, currency)},
        held=tuple(money(h, currency) for h in held),
        tracking=draw(st.sampled_from((None, "delivered"))),
        delivered_days_ago=draw(st.sampled_from((None, 5))),
        buyer_tier=draw(st.sampled_from(("standard", "gold"))),
        silence=draw(st.integers(0, 4)) > 0,
    )


_BEFORE_A_NEUTRAL = (
    "take_case", "assign_neutral", "make_proposal", "accept_proposal", "refuse_proposal", "declare_impasse",
)  # fmt: skip
_AT_ANY_TIME = (
    "add_exhibit", "withdraw_exhibit", "post_message",
    "make_commitment", "keep_commitment",
)  # fmt: skip


def offered(*names: str) -> Callable[["Disputes"], bool]:
    return lambda disputes: bool(disputes.could(*names))


class Disputes(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.now = FILED_AT
        self.filed: list[UUID] = []
        self.turn = 0

    @initialize(first=filings(), hasty=st.booleans(), start=st.sampled_from(OPENINGS))
    def file(self, first: Filing, hasty: bool, start: str) -> None:
        """The dispute is filed, and played some of its way at once."""
        for somebody in (neutral, another_neutral):
            self.world.do(administrator.grants_mandate(somebody, *AMPLE).command(self.now))
        if hasty:
            self.world.do(administrator.publishes(HASTY).command(self.now))
        self.first = first
        self.world.do(first.command(self.now))
        self.filed = [FIRST]
        assert self.world.do(first.command(self.now)) == []
        acts = opening(start, first)
        self.now += timedelta(days=3 if acts else 0)
        for step in acts:
            self._do(step)

    @precondition(lambda self: self.filed == [FIRST])
    @rule(share=st.integers(0, 10), line=st.sampled_from("12"))
    def file_another(self, share: int, line: str) -> None:
        """Another dispute on the same order may be refused; what both could pay out stays within what was paid."""
        whole = self.first.command(self.now).claim.amount
        claim = money(max(1, whole.minor * share // 10), whole.currency)
        second = self.first.as_second(SECOND, claim=claim, about_lines=(line,))
        try:
            self.world.do(second.command(self.now))
        except Refusal:
            return
        assert line == "2" or self.world.dispute(FIRST).closed
        self.filed.append(SECOND)

    @precondition(offered("respond", "escalate"))
    @rule(data=st.data())
    def a_party_answers(self, data: st.DataObject) -> None:
        self._move(data, "respond", "escalate")

    @precondition(lambda self: self.turn > 12 and self.could("withdraw"))
    @rule(data=st.data())
    def the_claim_is_withdrawn(self, data: st.DataObject) -> None:
        self._move(data, "withdraw")

    @precondition(offered("make_offer"))
    @rule(data=st.data())
    def the_parties_bargain(self, data: st.DataObject) -> None:
        self._move(data, "make_offer", "accept_offer", "reject_offer")

    @precondition(offered(*_BEFORE_A_NEUTRAL))
    @rule(data=st.data())
    def a_neutral_mediates(self, data: st.DataObject) -> None:
        self._move(data, *_BEFORE_A_NEUTRAL)

    @precondition(offered("issue_ruling", "waive_appeal"))
    @rule(data=st.data())
    def a_ruling_is_made(self, data: st.DataObject) -> None:
        self._move(data, "issue_ruling", "waive_appeal")

    @precondition(offered("replace_commitment"))
    @rule(data=st.data())
    def what_is_owed_is_let_go_or_replaced(self, data: st.DataObject) -> None:
        self._move(data, "waive_commitment", "replace_commitment")

    @rule(data=st.data())
    def somebody_writes_or_promises(self, data: st.DataObject) -> None:
        self._move(data, *_AT_ANY_TIME)

    @precondition(offered("confirm_refund"))
    @rule(data=st.data())
    def the_marketplace_reports(self, data: st.DataObject) -> None:
        self._move(data, "confirm_refund", "fail_refund")

    @precondition(lambda self: any(self._refund_work()))
    @rule()
    def the_refund_process_works(self) -> None:
        for work in [*self._refund_work()]:
            try:
                self._do(work)
            except RefundExceedsPaid:
                assert any(promised_freely(self.world)), "an outcome cannot be paid"

    @rule(step=st.sampled_from(STEPS))
    def time_passes(self, step: timedelta) -> None:
        self.now += step

    @precondition(lambda self: any(next_due(self.world.dispute(d)) for d in self.filed))
    @rule(off=st.sampled_from((-1, 0, 1)), ticks=st.booleans())
    def something_falls_due(self, off: int, ticks: bool) -> None:
        """To the microsecond, or just missed; whether or not the clock gets to it before somebody acts."""
        dues = [(due, d) for d in self.filed if (due := next_due(self.world.dispute(d)))]
        due_at, dispute_id = min(dues)
        self.now = max(self.now, due_at + timedelta(microseconds=off))
        if ticks:
            self._do(engine.ticks().about(dispute_id))

    @precondition(lambda self: self.filed)
    @invariant()
    def moves_agree_with_the_rules(self) -> None:
        """Every move offered is granted, and every other imaginable one is refused or changes nothing.

        In each state one person is asked, and of what is not theirs a third is tried: over many states, all of it.
        """
        self.turn += 1
        who = EVERYBODY[self.turn % len(EVERYBODY)]
        dispute = self._now_of(self.filed[self.turn % len(self.filed)])
        silence = self._would(engine.ticks().about(dispute.id))
        offered = self._moves(dispute, who)
        for move in offered:
            assert self._would(act(move, who, dispute, _middling)) != silence, f"{who.role} was offered {move}: no effect"
            if move.until is not None:
                self._ends_in_time(dispute, who, move, move.until)
        granted = {_about(move) for move in offered}
        for move in list(imaginable(dispute))[self.turn % 3 :: 3]:
            if _about(move) not in granted:
                try:
                    happens = self._would(act(move, who, dispute, _middling))
                except Refusal:
                    continue
                assert happens == silence, f"{who.role} was not offered {move}, which does {happens}"

    @precondition(lambda self: self.filed)
    @invariant()
    def every_dispute_is_in_order(self) -> None:
        for dispute_id in self.filed:
            invariants.of_standing(self.world.dispute(dispute_id))
            invariants.of_order(self.world.transaction(dispute_id))

    def teardown(self) -> None:
        """Every dispute can still end; and the log alone tells how all of them went."""
        for dispute_id in self.filed:
            end(self.world, dispute_id, self.now)
            invariants.closed(self.world, dispute_id)
            invariants.of_ledger(self.world, dispute_id)
        if self.filed:
            invariants.of_money_moved(self.world, self.filed)
            assert self.world.replayed().states == self.world.states

    def could(self, *names: str) -> list[tuple[UUID, Person, Move]]:
        """Who may make one of these moves now, and in which dispute."""
        now = {dispute_id: self._now_of(dispute_id) for dispute_id in self.filed}
        all_moves = ((i, who, move) for i, d in now.items() for who in PLAYERS for move in self._moves(d, who))
        return [(i, who, move) for i, who, move in all_moves if move.name in names]

    def _move(self, data: st.DataObject, *names: str) -> None:
        could = self.could(*names)
        name = data.draw(st.sampled_from(sorted({move.name for _, _, move in could})), "what")
        dispute_id, who, move = data.draw(st.sampled_from([c for c in could if c[2].name == name]), "who")
        choose = lambda upto: data.draw(st.integers(0, upto))  # noqa: E731
        self._do(act(move, who, self._now_of(dispute_id), choose))

    def _refund_work(self) -> Iterator[Act]:
        return (work for d in self.filed for work in refund_work(self.world, self.world.dispute(d)))

    def _now_of(self, dispute_id: UUID) -> Dispute:
        """As it is by now, whatever of it is on record yet."""
        return self._after_lapses(self.world.dispute(dispute_id), self.now)

    def _after_lapses(self, dispute: Dispute, at: Instant) -> Dispute:
        for _, events in lapses(dispute, self._policy(dispute), at):
            for event in events:
                dispute = evolve(dispute, event)
        return dispute

    def _policy(self, dispute: Dispute) -> Policy:
        return HASTY if dispute.policy_version == HASTY.version else FIRST_POLICY

    def _moves(self, dispute: Dispute, who: Person) -> list[Move]:
        return moves(dispute, self._policy(dispute), who.actor, self.now)

    def _ends_in_time(self, dispute: Dispute, who: Person, move: Move, until: Instant) -> None:
        """The right ends with the deadline, if nothing ends that deadline before."""
        assert until > self.now
        last = self._after_lapses(dispute, until - timedelta(microseconds=1))
        if any(deadline.due_at == until for deadline in last.deadlines.running.values()):
            later = moves(dispute, self._policy(dispute), who.actor, until)
            assert _about(move) not in map(_about, later), f"{move} outlives its deadline"

    def _would(self, deed: Act) -> list[Fact]:
        return self.world.would(deed.command(self.now))

    def _do(self, deed: Act) -> None:
        """Does it, and does it again: the same command has no second effect."""
        assert deed.dispute is not None
        before, command = self.world.dispute(deed.dispute), deed.command(self.now)
        invariants.of_one_command(before, self.world.do(command))
        if type(command).__name__ in REPEATABLE:
            assert self.world.would(command) == []


def _about(move: Move) -> tuple[str, int | None, UUID | None]:
    return move.name, move.number, move.target


def _middling(upto: int) -> int:
    return upto // 2


TestDisputes = Disputes.TestCase
TestDisputes.settings = settings.get_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
