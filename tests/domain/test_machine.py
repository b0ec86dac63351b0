"""Whole disputes, played by two parties, two neutrals, a supervisor, a marketplace, the engine's processes and a clock.

Whatever they do, and whenever they do it, the invariants at the end of this module hold.
"""

import os
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

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
STEPS = (timedelta(minutes=1), timedelta(hours=5), timedelta(days=1), timedelta(days=4), timedelta(days=30))


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


class Disputes(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.now = FILED_AT
        self.filed: list[UUID] = []
        self.turn = 0

    @initialize(first=filings(), hasty=st.booleans())
    def file(self, first: Filing, hasty: bool) -> None:
        for somebody in (neutral, another_neutral):
            self.world.do(administrator.grants_mandate(somebody, *AMPLE).command(self.now))
        if hasty:
            self.world.do(administrator.publishes(HASTY).command(self.now))
        self.first = first
        self.world.do(first.command(self.now))
        self.filed = [FIRST]
        assert self.world.do(first.command(self.now)) == []

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

    @rule(data=st.data())
    def somebody_makes_a_move(self, data: st.DataObject) -> None:
        dispute = self._dispute(data)
        who = data.draw(st.sampled_from(PLAYERS), "who")
        offered = self._moves(dispute, who)
        if offered:
            move = data.draw(st.sampled_from(offered), "move")
            self._do(act(move, who, dispute, lambda n: data.draw(st.integers(0, n))))

    @rule(data=st.data())
    def whoever_it_waits_for_decides(self, data: st.DataObject) -> None:
        """Chance alone would mostly chat; this brings disputes to their later stages."""
        weighty = ("respond", "accept", "refuse", "escalate", "take", "assign", "make_p", "declare", "issue", "waive_a")
        dispute = self._dispute(data)
        could = [(who, m) for who in PLAYERS for m in self._moves(dispute, who) if m.name.startswith(weighty)]
        if could:
            who, move = data.draw(st.sampled_from(could), "move")
            self._do(act(move, who, dispute, lambda n: data.draw(st.integers(0, n))))

    @rule(data=st.data())
    def the_marketplace_reports(self, data: st.DataObject) -> None:
        dispute = self._dispute(data)
        refunds = [m for m in self._moves(dispute, marketplace) if m.name.endswith("_refund")]
        if refunds:
            self._do(act(data.draw(st.sampled_from(refunds), "report"), marketplace, dispute, lambda n: n))

    @rule()
    def the_refund_process_works(self) -> None:
        for dispute_id in self.filed:
            for work in [*refund_work(self.world, self.world.dispute(dispute_id))]:
                try:
                    self._do(work)
                except RefundExceedsPaid:
                    assert any(promised_freely(self.world)), "an outcome cannot be paid"

    @rule(step=st.sampled_from(STEPS))
    def time_passes(self, step: timedelta) -> None:
        self.now += step

    @rule(data=st.data(), off=st.sampled_from((timedelta(0), timedelta(microseconds=-1), timedelta(microseconds=1))))
    def something_falls_due(self, data: st.DataObject, off: timedelta) -> None:
        due_at = next_due(self._dispute(data))
        if due_at is not None:
            self.now = max(self.now, due_at + off)

    @rule(data=st.data())
    def the_clock_ticks(self, data: st.DataObject) -> None:
        self._do(engine.ticks().about(self._dispute(data).id))

    @precondition(lambda self: self.filed)
    @invariant()
    def moves_agree_with_the_rules(self) -> None:
        """Every move offered is granted, and every other imaginable one is refused or changes nothing."""
        who = EVERYBODY[self.turn % len(EVERYBODY)]
        dispute = self._now_of(self.filed[self.turn // len(EVERYBODY) % len(self.filed)])
        self.turn += 1
        offered = self._moves(dispute, who)
        for move in offered:
            assert self._would(act(move, who, dispute, _middling)), f"{who.role} was offered {move}, which does nothing"
            if move.until is not None:
                assert move.until > self.now
                later = moves(dispute, self._policy(dispute), who.actor, move.until)
                assert _about(move) not in map(_about, later), f"{move} outlives its deadline"
        granted = {_about(move) for move in offered}
        for move in imaginable(dispute):
            if _about(move) not in granted:
                try:
                    happens = self._would(act(move, who, dispute, _middling))
                except Refusal:
                    continue
                assert not happens, f"{who.role} was not offered {move}, which does {happens}"

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

    def _dispute(self, data: st.DataObject) -> Dispute:
        return self._now_of(data.draw(st.sampled_from(self.filed), "dispute"))

    def _now_of(self, dispute_id: UUID) -> Dispute:
        """As it is by now, whatever of it is on record yet."""
        dispute = self.world.dispute(dispute_id)
        for _, events in lapses(dispute, self._policy(dispute), self.now):
            for event in events:
                dispute = evolve(dispute, event)
        return dispute

    def _policy(self, dispute: Dispute) -> Policy:
        return HASTY if dispute.policy_version == HASTY.version else FIRST_POLICY

    def _moves(self, dispute: Dispute, who: Person) -> list[Move]:
        return moves(dispute, self._policy(dispute), who.actor, self.now)

    def _would(self, deed: Act) -> list[Fact]:
        """What it would make happen beside what lapsed before. Raises its refusal."""
        silence = self.world.would(replace(engine.ticks(), dispute=deed.dispute).command(self.now))
        happens = self.world.would(deed.command(self.now))
        assert happens[: len(silence)] == silence
        return happens[len(silence) :]

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
