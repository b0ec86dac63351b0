"""Whole disputes, played by two parties, two neutrals, a supervisor, a marketplace, the engine's processes and a clock.

Whatever they do and whenever: the offered moves agree with the rules, the invariants of `tests.domain.machine.invariants` hold,
every dispute can still end, and the log alone reproduces each state.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.clocks.deadline_facts import DeadlineLapsed
from domain.clocks.notice import waiting
from domain.clocks.stay import DisputeIsStayed
from domain.commitments.events import CommitmentBreached
from domain.dispute.state import Dispute
from domain.incidents.incident_facts import Incident
from domain.kernel.base import Instant
from domain.kernel.money import Money
from domain.kernel.people import Outcome, Side
from domain.kernel.refusals import DisputeIsClosed, Refusal
from domain.moves import Move
from domain.neutral.mandate_facts import MandateClosed
from domain.notices.otherwise import NotTriedEnough
from domain.payments.transaction import RefundExceedsPaid, TakenMeanwhile
from domain.policy.policy import Policy
from domain.settlement.translation import OriginalErased
from domain.silence import next_due
from domain.stream_ids import mandate_id
from tests.domain.law.acts import FIRST, MARKETPLACE, SECOND, Act
from tests.domain.law.cast import (
    NEUTRALS,
    Person,
    administrator,
    another_neutral,
    buyer,
    engine,
    marketplace,
    neutral,
    seller,
    supervisor,
)
from tests.domain.law.filings import Filing
from tests.domain.law.grouping import (
    INCIDENT,
    carries,
    closes,
    joins,
    leaves,
    misses,
    offers_to_all,
    opens,
    proposes_to_all,
    shares_exhibit,
    shares_finding,
)
from tests.domain.law.reports import AMPLE
from tests.domain.law.rules import ASKING, HASTY, LENIENT, NOTICED, SWIFT, TRANSLATED
from tests.domain.machine import forgetting, invariants, reading, reminding, replies, standing, telling
from tests.domain.machine.ending import end
from tests.domain.machine.openings import OPENINGS, opening, opening_at_once, opening_withdrawn
from tests.domain.machine.table import EVERYBODY, Table, clear_cases, filings

STEPS = (timedelta(minutes=1), timedelta(hours=5), timedelta(days=1))

MEDIATING = (
    "take_case",
    "assign_neutral",
    "reassign_neutral",
    "recuse",
    "make_proposal",
    "accept_proposal",
    "refuse_proposal",
    "declare_impasse",
)
RULING = (
    "issue_ruling",
    "co_sign_ruling",
    "refuse_co_signature",
    "appeal",
    "send_back",
    "waive_appeal",
    "withdraw_appeal",
)
DOUBTING = ("declare_interests", "challenge_neutral", "decide_challenge")
SILENT = ("request_set_aside", "set_default_aside", "refuse_set_aside")
MODEST = ("100.00 EUR",)
"""With this, most rulings need a co-signature."""
CLOCKS = ("order_stay", "lift_stay", "extend_deadline", "record_parallel_proceeding", "end_parallel_proceeding")
CONFIDING = ("post_in_caucus", "consent_to_neutral")
PLEADING = ("request_evidence", "rebut", "raise_counterclaim", "answer_key_questions")
GOODS = (
    "give_return_details",
    "add_return_label",
    "send_goods",
    "inspect_goods",
    "contest_goods",
    "decide_goods",
    "issue_voucher",
)
TALKING = (
    "name_representative",
    "end_representation",
    "add_exhibit",
    "withdraw_exhibit",
    "answer_exhibit",
    "answer_shared",
    "post_message",
    "no_reply_needed",
    "make_party_request",
    "answer_party_request",
    "decline_party_request",
    "withdraw_party_request",
    "write_note",
    "make_commitment",
    "keep_commitment",
)


def offered(*names: str) -> Callable[["Disputes"], bool]:
    return lambda disputes: bool(disputes.could(*names))


class Disputes(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.table = Table()
        self.turn = 0
        self.told = 0
        self.open_now: list[tuple[UUID, Person, Move]] | None = None

    # --- filing ---

    @initialize(
        first=st.one_of(filings(), clear_cases()),
        policy=st.sampled_from((None, HASTY, SWIFT, LENIENT, ASKING, TRANSLATED, NOTICED)),
        ample=st.booleans(),
        start=st.sampled_from(OPENINGS),
        share=st.sampled_from((None, 1, 3333)),
    )
    def file(self, first: Filing, policy: Policy | None, ample: bool, start: str, share: int | None) -> None:
        """The dispute is filed, and some acts follow at once."""
        table = self.table
        for somebody in NEUTRALS:
            table.world.do(administrator.grants_mandate(somebody, *(AMPLE if ample else MODEST)).command(table.now))
        if policy is not None:
            table.world.do(administrator.publishes(policy).command(table.now))
        self.first = first
        table.world.do(first.command(table.now))
        table.filed = [FIRST]
        assert table.world.do(first.command(table.now)) == []
        # the negotiation window has ended by then, and a neutral is owed; or the parties are to be reached
        owed = table.world.dispute(FIRST).commitments.made + 1 + (policy is HASTY and not first.imported)
        granted = table.world.dispute(FIRST).fast_lane
        if table.world.dispute(FIRST).contract_withdrawn:
            acts = opening_withdrawn(start, first)
        else:
            acts = opening_at_once(start, first) if granted else opening(start, first, owed=owed)
        table.now += timedelta(days=3 if acts else 0)
        if start == "by machine":
            self._answer_by_machine(share, of_claim=12)
        if start in ("silent", "set aside"):
            self._tell(FIRST, arrives=True)
        if start == "silent" or (start == "set aside" and not granted):
            table.now = table.world.dispute(FIRST).deadlines.running["response"].due_at
        for step in acts:
            table.do(step)

    @precondition(lambda self: self.table.filed == [FIRST])
    @rule(
        share=st.integers(0, 10),
        line=st.sampled_from("12"),
        part=st.sampled_from((None, "0.2", "1")),
        forum=st.sampled_from((None, None, "court")),
    )
    def file_another(self, share: int, line: str, part: str | None, forum: str | None) -> None:
        """Another dispute on the same order may be refused, or be inadmissible at once. Together they pay out no more
        than was paid."""
        whole = self.first.command(self.table.now).claim.amount
        claim = Money(max(1, whole.minor * share // 10), whole.currency)
        parts = {} if part is None else {line: part}
        more = {"other_forum": forum}
        second = self.first.as_second(SECOND, claim=str(claim), about_lines=(line,), parts=parts, more=more)
        try:
            self.table.world.do(second.command(self.table.now))
        except Refusal:
            return
        assert line == "2" or self.table.world.dispute(FIRST).closed
        self.table.filed.append(SECOND)

    @precondition(lambda self: self.table.filed == [FIRST] and self.table.world.dispute(FIRST).closed)
    @rule(share=st.integers(1, 11), turned_up=st.booleans())
    def file_what_follows(self, share: int, turned_up: bool) -> None:
        """A closed dispute can be continued by one other dispute: the parcel turned up, for no more than the refund; or
        the same claim again, for what is left."""
        order = self.table.world.transaction(FIRST)
        whole = order.refunded(FIRST) if turned_up else self.first.command(self.table.now).claim.amount
        claim = Money(max(1, whole.minor * share // 10), whole.currency)
        terms = {"claimant": "seller", "reason": "parcel_turned_up"} if turned_up else {}
        second = self.first.as_second(SECOND, claim=str(claim), more={"follows": FIRST}, **terms)
        try:
            self.table.world.do(second.command(self.table.now))
        except Refusal:
            return
        assert not turned_up or claim <= whole
        heard = self.table.world.dispute(SECOND).outcome is not Outcome.INADMISSIBLE
        assert (FIRST in self.table.world.transaction(SECOND).followed) is heard, "what was not heard follows nothing"
        self.table.filed.append(SECOND)

    # --- notices ---

    @precondition(lambda self: any(self._untold()))
    @rule(arrives=st.booleans())
    def the_marketplace_tells_them(self, arrives: bool) -> None:
        for dispute, _ in [*self._untold()]:
            self._tell(dispute.id, arrives=arrives)

    @precondition(lambda self: any(self._untold()))
    @rule(in_vain=st.booleans())
    def somebody_calls_them(self, in_vain: bool) -> None:
        dispute, side = next(self._untold())
        self.table.do(telling.reached(side, in_vain=in_vain).about(dispute.id))

    @precondition(lambda self: any(self._untold()))
    @rule()
    def they_count_as_told(self) -> None:
        dispute, side = next(self._untold())
        try:
            self.table.do(telling.deemed(side).about(dispute.id))
        except NotTriedEnough:
            return

    # --- people ---

    @precondition(offered("respond", "escalate"))
    @rule(data=st.data())
    def a_party_answers(self, data: st.DataObject) -> None:
        self._move(data, "respond", "escalate")

    @precondition(lambda self: self.turn > 12 and self.could("withdraw"))
    @rule(data=st.data())
    def the_claim_is_withdrawn(self, data: st.DataObject) -> None:
        self._move(data, "withdraw")

    @precondition(lambda self: self.turn > 12 and self.could("cancel_dispute"))
    @rule(data=st.data())
    def the_marketplace_cancels_it(self, data: st.DataObject) -> None:
        self._move(data, "cancel_dispute")

    @precondition(lambda self: self.turn > 12 and self.could("declare_inadmissible"))
    @rule(data=st.data())
    def it_is_not_to_be_heard(self, data: st.DataObject) -> None:
        self._move(data, "declare_inadmissible")

    @precondition(offered("make_offer"))
    @rule(data=st.data())
    def the_parties_bargain(self, data: st.DataObject) -> None:
        self._move(data, "make_offer", "accept_offer", "reject_offer")

    @precondition(offered(*MEDIATING))
    @rule(data=st.data())
    def a_neutral_mediates(self, data: st.DataObject) -> None:
        self._move(data, *MEDIATING)

    @precondition(offered(*RULING))
    @rule(data=st.data())
    def a_ruling_is_made(self, data: st.DataObject) -> None:
        self._move(data, *RULING)

    @precondition(offered(*DOUBTING))
    @rule(data=st.data())
    def a_neutral_is_doubted(self, data: st.DataObject) -> None:
        self._move(data, *DOUBTING)

    @precondition(offered(*CONFIDING))
    @rule(data=st.data())
    def somebody_confides_in_the_neutral(self, data: st.DataObject) -> None:
        self._move(data, *CONFIDING)

    @precondition(offered(*PLEADING))
    @rule(data=st.data())
    def the_parties_plead(self, data: st.DataObject) -> None:
        self._move(data, *PLEADING)

    @precondition(offered(*SILENT))
    @rule(data=st.data())
    def who_was_silent_wants_to_be_heard(self, data: st.DataObject) -> None:
        self._move(data, *SILENT)

    @precondition(offered("replace_commitment"))
    @rule(data=st.data())
    def what_is_owed_is_let_go_or_replaced(self, data: st.DataObject) -> None:
        self._move(data, "waive_commitment", "replace_commitment")

    @rule(data=st.data())
    def somebody_writes_or_promises(self, data: st.DataObject) -> None:
        self._move(data, *TALKING)

    @precondition(lambda self: self.table.filed)
    @rule(who=st.sampled_from((buyer, seller, supervisor, marketplace)), up_to=st.integers(1, 9), first=st.booleans())
    def somebody_reads(self, who: Person, up_to: int, first: bool) -> None:
        self.table.do(who.reads(up_to).about(self.table.filed[0 if first else -1]))

    @precondition(offered("confirm_refund"))
    @rule(data=st.data())
    def the_marketplace_reports(self, data: st.DataObject) -> None:
        self._move(data, "confirm_refund", "fail_refund")

    @precondition(offered("retry_refund", "settle_refund_otherwise"))
    @rule(data=st.data())
    def somebody_decides_about_a_refund(self, data: st.DataObject) -> None:
        self._move(data, "retry_refund", "settle_refund_otherwise")

    @precondition(lambda self: self.turn % 5 == 0)
    @rule(who=st.sampled_from((neutral, another_neutral)))
    def a_neutral_leaves(self, who: Person) -> None:
        """The neutral returns at once, without cases: every case is handed over, with its commitments."""
        table = self.table
        (closed,) = table.world.do(administrator.closes_mandate(who).command(table.now))
        assert isinstance(closed.event, MandateClosed)
        for dispute_id in closed.event.cases:
            table.do(engine.hands_over(who).about(dispute_id))
        assert not table.world.states[mandate_id(MARKETPLACE, who.subject)].cases
        table.world.do(administrator.grants_mandate(who, *AMPLE).command(table.now))

    @precondition(offered("order_stay", "lift_stay", "extend_deadline", "record_parallel_proceeding"))
    @rule(data=st.data())
    def clocks_are_moved(self, data: st.DataObject) -> None:
        self._move(data, *CLOCKS)

    @precondition(offered(*GOODS))
    @rule(data=st.data())
    def goods_are_on_their_way(self, data: st.DataObject) -> None:
        self._move(data, *GOODS)

    @precondition(lambda self: self.turn > 8)
    @rule(share=st.integers(1, 15), second=st.booleans())
    def money_moves_elsewhere(self, share: int, second: bool) -> None:
        """It is recorded, even if it is more than is left."""
        dispute = self.table.dispute(self.table.filed[-1 if second else 0])
        left = self.table.world.transaction(dispute.id).left_for(dispute.id)
        left = dispute.in_dispute if left.is_zero else left  # all of it may be set aside for refunds that failed
        paid = Money(max(1, left.minor * share // 10), left.currency)
        try:
            self.table.do(marketplace.refunds_elsewhere(str(paid), reference=str(self.turn)).about(dispute.id))
        except Refusal:
            return

    @precondition(lambda self: self.turn > 2)
    @rule(arrived=st.booleans(), second=st.booleans())
    def a_delivery_becomes_known(self, arrived: bool, second: bool) -> None:
        """Then silence no longer grants a claim that nothing came."""
        dispute_id = self.table.filed[-1 if second else 0]
        hour = timedelta(hours=1) if arrived else None
        try:
            self.table.do(marketplace.reports_delivery(arrived=hour, tracking=str(self.turn)).about(dispute_id))
        except DisputeIsClosed:
            return
        dispute = self.table.dispute(dispute_id)
        assert dispute.contradicted_by_record or not (arrived and dispute.reason == "item_not_received")

    @precondition(lambda self: self.turn > 5 and any(self._paid()))
    @rule()
    def a_refund_comes_back(self) -> None:
        """In a closed dispute the supervisor owes it to reopen. Another dispute that took up the lines keeps them."""
        dispute, number = next(self._paid())
        was_closed = self.table.dispute(dispute.id).closed
        try:
            self.table.do(marketplace.fails_refund(number, "bounced").about(dispute.id))
            if was_closed:
                self.table.do(supervisor.reopens("bounced_refund", bounced=number).about(dispute.id))
        except (TakenMeanwhile, RefundExceedsPaid):
            return

    @precondition(lambda self: self.turn > 10 and self.could("reopen", "rate_handling"))
    @rule(data=st.data())
    def something_comes_after_closure(self, data: st.DataObject) -> None:
        try:
            self._move(data, "reopen", "rate_handling")
        except TakenMeanwhile:
            return

    # --- many at once ---

    @precondition(lambda self: self.incident is None)
    @rule(who=st.sampled_from((neutral, supervisor, marketplace)))
    def an_incident_is_opened(self, who: Person) -> None:
        """It contains every open dispute."""
        self.table.world.do(opens(who).command(self.table.now))
        for dispute_id in self.table.filed:
            if not self.table.dispute(dispute_id).closed:
                self.table.do(joins(supervisor).about(dispute_id))

    @precondition(lambda self: self.incident is not None)
    @rule(act=st.sampled_from((joins, leaves)), second=st.booleans())
    def a_dispute_joins_or_leaves(self, act: Callable[[Person], Act], second: bool) -> None:
        try:
            self.table.do(act(supervisor).about(self.table.filed[-1 if second else 0]))
        except Refusal:  # closed, cited
            return

    @precondition(lambda self: self.incident is not None and not self.incident.closed)
    @rule(act=st.sampled_from((shares_exhibit, shares_finding)), who=st.sampled_from((neutral, supervisor)))
    def something_is_shared(self, act: Callable[[Person], Act], who: Person) -> None:
        self.table.world.do(act(who).command(self.table.now))

    @precondition(lambda self: self.incident is not None and not self.incident.closed)
    @rule(share=st.sampled_from((0, 3333, 10_000)), who=st.sampled_from((neutral, another_neutral, seller)))
    def something_is_said_to_all(self, share: int, who: Person) -> None:
        """Each member is reached, or records the reason why not; as the process does it."""
        table = self.table
        said = offers_to_all(who, share or 1) if who is seller else proposes_to_all(who, share)
        table.world.do(said.command(table.now))
        assert self.incident is not None
        number = len(self.incident.acts)
        for dispute_id in table.filed:
            if table.dispute(dispute_id).membership.incident != INCIDENT:
                continue
            try:
                table.do(carries(who, number).about(dispute_id))
            except Refusal as refusal:
                table.do(misses(number, refusal.code).about(dispute_id))
            assert (INCIDENT, number) in table.world.dispute(dispute_id).membership.carried

    @precondition(lambda self: self.turn > 25 and self.incident is not None)
    @rule()
    def the_incident_is_closed(self) -> None:
        self.table.world.do(closes(supervisor).command(self.table.now))

    # --- processes and time ---

    @precondition(lambda self: any(self._unanswered()))
    @rule(
        share=st.sampled_from((None, 1, 3333, 10_000)),
        of_claim=st.integers(5, 15),
        freight=st.sampled_from((None, None, 0, 1_000)),
    )
    def the_seller_has_standing_rules(self, share: int | None, of_claim: int, freight: int | None) -> None:
        """What the process does after a filing, as late as it may come. A repeated look changes nothing."""
        self._answer_by_machine(share, of_claim, freight)

    @precondition(lambda self: any(self.table.refund_work()))
    @rule()
    def the_refund_process_works(self) -> None:
        """Everything owed out of the order can be paid: the outcome, and voluntary commitments beside it."""
        for work in [*self.table.refund_work()]:
            self.table.do(work)

    @precondition(lambda self: any(self._to_count()))
    @rule()
    def what_is_final_is_counted(self) -> None:
        """The marketplace learns who was ruled against. A repeated count changes nothing."""
        for dispute_id in self._to_count():
            for side in Side:
                self.table.do(engine.counts(side).about(dispute_id))

    @precondition(offered("answer_recommendation"))
    @rule(data=st.data())
    def the_marketplace_answers(self, data: st.DataObject) -> None:
        self._move(data, "answer_recommendation")

    @precondition(lambda self: self.table.filed and self.turn > 3)
    @rule(side=st.sampled_from(Side), held=st.booleans())
    def somebody_asks_to_be_forgotten(self, side: Side, held: bool) -> None:
        """At any moment. It is deferred while a dispute is open or a legal hold is in force."""
        world, now = self.table.world, self.table.now
        if held and forgetting.person(world, side).pending is None:
            world.do(forgetting.holds(administrator, side).command(now))
        part = forgetting.took_part(world, self.table.filed, side)
        pending = forgetting.person(world, side).pending
        dispute_id = forgetting.last_dispute(part, pending.dispute_id if pending else None)
        self.table.do(forgetting.asks(marketplace, side, part, dispute_id))

    @precondition(lambda self: any(forgetting.person(self.table.world, side).pending for side in Side))
    @rule(lifted=st.booleans())
    def the_erasures_are_pursued(self, lifted: bool) -> None:
        """By the engine, when something may have changed. An erasure is done as soon as nothing stands against it."""
        world, now = self.table.world, self.table.now
        for side in Side:
            for number in [*forgetting.person(world, side).holds.standing][: 1 if lifted else 0]:
                world.do(forgetting.lifts(supervisor, side, number).command(now))
            if (pending := forgetting.person(world, side).pending) is not None:
                part = forgetting.took_part(world, self.table.filed, side)
                self.table.do(forgetting.pursues(side, part, forgetting.last_dispute(part, pending.dispute_id)))
                world.do(forgetting.records(side, pending.number, now, pending.dispute_id).command(now))

    @precondition(lambda self: any(self._translating()))
    @rule(data=st.data(), text=st.sampled_from(reading.TEXTS), how=st.sampled_from(("given up", "unsafe", "safe")))
    def a_text_is_looked_at(self, data: st.DataObject, text: str, how: str) -> None:
        """By the process, for whoever cannot read it. A repeated look changes nothing."""
        dispute_id = data.draw(st.sampled_from(self._translating()))
        if (act := reading.looks_at(self.table.world.dispute(dispute_id), text, how)) is not None:
            self.table.do(act)
            assert self.table.would(act) == []

    @precondition(lambda self: any(self._translating()))
    @rule(data=st.data(), text=st.sampled_from(reading.TEXTS))
    def a_person_translates(self, data: st.DataObject, text: str) -> None:
        dispute = self.table.world.dispute(data.draw(st.sampled_from(self._translating())))
        for act in reading.translates(self.table.world, dispute, text):
            with suppress(OriginalErased):  # nothing is written anew for somebody who is forgotten
                self.table.do(act)

    @precondition(lambda self: any(self._translating()))
    @rule()
    def texts_are_looked_at_again(self) -> None:
        """After a neutral came, or a dispute was reopened: whatever somebody needs is owed then."""
        for dispute_id in self._translating():
            reading.process(self.table.world, dispute_id, self.table.now)

    @rule(step=st.sampled_from(STEPS))
    def time_passes(self, step: timedelta) -> None:
        self.table.now += step

    @precondition(lambda self: self.turn > 4 and len(self.table.outages) < 3)
    @rule(hours=st.integers(1, 30), seen=st.booleans())
    def we_are_away(self, hours: int, seen: bool) -> None:
        """Everything that was due in the outage moves. Nothing lapses at an instant at which nobody could act."""
        began_at = self.table.now
        self.table.now += timedelta(hours=hours)
        outage = engine.records_outage(began_at, self.table.now).command(self.table.now)
        self.table.world.do(outage)
        assert self.table.world.would(outage) == []
        for dispute_id in self.table.filed if seen else ():
            for fact in self.table.would(engine.ticks().about(dispute_id)):
                over = isinstance(fact.event, DeadlineLapsed) and fact.event.name != "stay"
                missed = over or isinstance(fact.event, CommitmentBreached)
                assert not (missed and began_at < fact.occurred_at <= self.table.now)
            self.table.do(engine.ticks().about(dispute_id))

    @precondition(lambda self: any(self._dues()))
    @rule(off=st.sampled_from((-1, 0, 1)), ticks=st.booleans())
    def something_falls_due(self, off: int, ticks: bool) -> None:
        """To the microsecond, or just missed, whether or not the clock runs before somebody acts."""
        due_at, dispute_id = min(self._dues())
        self.table.now = max(self.table.now, due_at + timedelta(microseconds=off))
        if ticks:
            self.table.do(engine.ticks().about(dispute_id))

    # --- what holds ---

    @precondition(lambda self: self.table.filed)
    @invariant()
    def moves_agree_with_the_rules(self) -> None:
        """Every offered move is granted. Every other imaginable move is refused or changes nothing.

        In each state this checks one person, and a third of the moves that are not offered. Over many states it covers
        all of them.
        """
        self.turn, self.open_now = self.turn + 1, None
        rounds, seat = divmod(self.turn, len(EVERYBODY))
        filed = self.table.filed
        self.table.check_moves(filed[rounds % len(filed)], EVERYBODY[seat], nth=rounds % 3, of=3)

    @precondition(lambda self: self.table.filed)
    @invariant()
    def every_dispute_is_in_order(self) -> None:
        for dispute_id in self.table.filed:
            invariants.of_standing(self.table.world.dispute(dispute_id))
            invariants.of_order(self.table.world.transaction(dispute_id))
            invariants.of_membership(self.table.world, dispute_id)
            reading.check(self.table.world, self.table.world.dispute(dispute_id))
        invariants.of_mandates(self.table.world, self.table.filed)
        invariants.of_recommendations(self.table.world, self.table.filed)
        forgetting.check(self.table.world, self.table.filed)

    def teardown(self) -> None:
        """Every dispute can still end, and the log alone reproduces how each one went."""
        world = self.table.world
        for dispute_id in self.table.filed:
            end(world, dispute_id, self.table.now)
            invariants.closed(world, dispute_id)
            invariants.of_ledger(world, dispute_id)
            invariants.of_fast_lane(world, dispute_id)
            standing.of_rules(world, dispute_id)
            replies.of_messages(world, dispute_id)
            replies.of_answers(world, dispute_id)
            reading.of_texts(world, dispute_id)
            reminding.of_reminders(world, dispute_id)
            telling.of_notices(world, dispute_id)
        if self.table.filed:
            forgetting.finish(world, self.table.filed, self.table.now + timedelta(days=3650))
            invariants.of_money_moved(world, self.table.filed)
            assert world.replayed().states == world.states

    def _untold(self) -> Iterator[tuple[Dispute, Side]]:
        """The parties with a window that waits for a notice."""
        for dispute_id in self.table.filed:
            dispute = self.table.dispute(dispute_id)
            yield from ((dispute, side) for side in Side if waiting(dispute, side))

    def _answer_by_machine(self, share: int | None, of_claim: int, freight: int | None = None) -> None:
        for dispute in [*self._unanswered()]:
            rules = standing.rules_for(dispute, share, of_claim, freight)
            self.table.world.do(seller.sets_standing_rules(*rules, of=seller.subject).command(self.table.now))
            with suppress(DisputeIsStayed):
                self.table.do(standing.applied(self.table.world).about(dispute.id))

    def _unanswered(self) -> Iterator[Dispute]:
        """The buyers' claims that the seller may still answer."""
        disputes = map(self.table.world.dispute, self.table.filed)
        open_yet = (one for one in disputes if one.deadlines.get("response") and one.undecided)
        return (one for one in open_yet if one.claimant is Side.BUYER and one.response is None)

    def _tell(self, dispute_id: UUID, *, arrives: bool) -> None:
        self.told += 1
        for act in telling.notices_of(self.table.dispute(dispute_id), self.told, arrives=arrives):
            self.table.do(act)

    def could(self, *names: str) -> list[tuple[UUID, Person, Move]]:
        """The people who may make one of these moves now, and the disputes."""
        if self.open_now is None:
            self.open_now = self.table.all_moves()
        return [(dispute_id, who, move) for dispute_id, who, move in self.open_now if move.name in names]

    def _move(self, data: st.DataObject, *names: str) -> None:
        def choose(upto: int) -> int:
            return data.draw(st.integers(0, upto))

        could = self.could(*names)
        name = data.draw(st.sampled_from(sorted({move.name for _, _, move in could})), "what")
        dispute_id, who, move = data.draw(st.sampled_from([c for c in could if c[2].name == name]), "who")
        self.table.do(self.table.made(move, who, self.table.dispute(dispute_id), choose))

    @property
    def incident(self) -> Incident | None:
        found = self.table.world.states.get(INCIDENT)
        assert found is None or isinstance(found, Incident)
        return found

    def _translating(self) -> list[UUID]:
        """The disputes under a policy that has texts translated."""
        disputes = map(self.table.world.dispute, self.table.filed)
        return [dispute.id for dispute in disputes if dispute.policy_version == TRANSLATED.version]

    def _to_count(self) -> list[UUID]:
        disputes = map(self.table.dispute, self.table.filed)
        return [d.id for d in disputes if d.vexatious or any(r.final for r in d.adjudication.rulings)]

    def _paid(self) -> Iterator[tuple[Dispute, int]]:
        """The commitments paid by a refund, the last one first."""
        for dispute in map(self.table.world.dispute, self.table.filed):
            yield from ((dispute, c.number) for c in reversed(dispute.commitments.paid) if c.refund_id is not None)

    def _dues(self) -> list[tuple[Instant, UUID]]:
        dues = ((next_due(self.table.world.dispute(dispute_id)), dispute_id) for dispute_id in self.table.filed)
        return [(due_at, dispute_id) for due_at, dispute_id in dues if due_at is not None]


TestDisputes = pytest.mark.timeout(3600)(Disputes.TestCase)  # the long profile takes minutes
TestDisputes.settings = settings.get_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
