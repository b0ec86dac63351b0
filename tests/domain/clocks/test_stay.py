"""Law reports on clocks: stopped by an order or by proceedings elsewhere, and extended."""

from datetime import timedelta
from typing import get_args

from domain.clocks.deadline_facts import DeadlineLapsed, DeadlineMoved
from domain.clocks.extensions import DeadlineNotRunning, ExtensionTooLong
from domain.clocks.proceedings import MayNotRecordProceeding, TooManyProceedings, UnknownProceeding
from domain.clocks.stay import AlreadyStayed, DisputeIsStayed, MayNotStay, OthersProceed, StayTooLong
from domain.clocks.stay_facts import (
    DisputeResumed,
    DisputeStayed,
    ParallelProceedingEnded,
    ParallelProceedingRecorded,
    StayLifted,
    StayOrdered,
)
from domain.commands import AnyCommand, DisputeCommand
from domain.commitments.events import CommitmentDeferred
from domain.kernel.base import Role, act_name
from domain.kernel.refusals import DisputeIsClosed
from domain.neutral.escalation import NotTheNeutral
from tests.domain.law.acts import commitment, refund
from tests.domain.law.cast import (
    administrator,
    another_neutral,
    buyer,
    engine,
    marketplace,
    neutral,
    seller,
    supervisor,
)
from tests.domain.law.filings import filing
from tests.domain.law.reports import day, deadline, given, later, moot, of_ruling, sets, some
from tests.domain.test_moves import may

MEDIATED = (filing(), seller.contests(), day(3), buyer.escalates(), neutral.takes_case())


def test_a_stay_by_order() -> None:
    """What would have been due in the stay does not lapse. After it, everything moves by the length of the stay."""
    report = given(filing(), day(1)).when(supervisor.orders_stay(timedelta(days=10)))
    report.then(some(StayOrdered, by="supervisor"), sets("stay", "neutral"), DisputeStayed(since=report.now))
    response = report.dispute.deadlines.running["response"].due_at
    report.when(day(8), engine.ticks()).then_nothing()
    report.when(day(9), supervisor.lifts_stay()).then(
        StayLifted(by=Role.SUPERVISOR),
        some(DisputeResumed),
        some(DeadlineMoved, name="response", why="stay"),
        some(DeadlineMoved, name="negotiation", why="stay"),
        some(DeadlineMoved, name="answers-buyer", why="stay"),
        some(DeadlineMoved, name="answers-seller", why="stay"),
        moot("stay"),
    )
    moved = report.dispute.deadlines.running["response"].due_at
    assert moved >= response + timedelta(days=8)
    assert moved.astimezone().weekday() < 5
    report.when(seller.contests()).leaves("negotiation")
    report.when(supervisor.lifts_stay()).then_nothing()


def test_a_stay_ends_by_itself() -> None:
    """At the stated instant. What would have lapsed in the stay has its time again."""
    report = given(filing(), day(1), supervisor.orders_stay(timedelta(days=10)), day(30), engine.ticks())
    lapsed = [(f.event.name, f.occurred_at) for f in report.facts if isinstance(f.event, DeadlineLapsed)]
    assert [name for name, _ in lapsed][:2] == ["stay", "response"]
    assert lapsed[1][1] - lapsed[0][1] >= timedelta(days=4)


def test_what_waits_while_it_is_stayed() -> None:
    """Nothing is decided and nothing is paid. People can write, add evidence and withdraw."""
    report = given(*MEDIATED, neutral.orders_stay())
    for act in (seller.offers("1.00 EUR"), neutral.proposes("1.00 EUR", "128.90 EUR"), neutral.declares_impasse()):
        report.when(act).refused(DisputeIsStayed)
    report.when(buyer.writes(), buyer.adds_exhibit(), seller.promises("reply", "buyer"))
    assert not {"make_offer", "make_proposal"} & may(report, neutral).keys() | may(report, buyer).keys() & {
        "make_offer"
    }
    report.when(buyer.withdraws()).leaves("closed", "none", "withdrawn")
    assert report.dispute.stay.since is None


def test_who_stays() -> None:
    """The neutral of the dispute or a supervisor, once, for at most a year; not a closed dispute."""
    report = given(*MEDIATED)
    for nobody in (buyer, marketplace, administrator):
        report.when(nobody.orders_stay()).refused(MayNotStay, role=nobody.role.value)
    report.when(neutral.orders_stay(timedelta(days=366, microseconds=1))).refused(StayTooLong)
    report.when(neutral.orders_stay(timedelta(0))).refused(StayTooLong)
    report.when(neutral.orders_stay(), supervisor.orders_stay(timedelta(days=3))).refused(AlreadyStayed)
    report.when(supervisor.orders_stay()).then_nothing()
    report.when(supervisor.extends("stay")).refused(DeadlineNotRunning, name="stay")
    report.when(neutral.lifts_stay(), neutral.orders_stay(timedelta(days=366)))
    proof = report.dispute.deadlines.running["stay"].proof
    assert (proof.calendar, proof.window.amount, proof.window.unit) == ("by order", 366 * 24, "hours")
    given(filing(), buyer.withdraws()).when(supervisor.orders_stay()).refused(DisputeIsClosed)


def test_what_was_promised_while_it_was_stayed() -> None:
    """It is due later, by the rest of the stay. A window that began in the stay also moves."""
    report = given(filing(), day(1), seller.promises("reply", "buyer"), supervisor.orders_stay())
    report.when(day(7), seller.promises("call_back", "buyer"))
    before = [report.dispute.commitments.open[commitment(n)].due_at for n in (1, 2)]
    report.when(day(9), supervisor.lifts_stay())
    after = [report.dispute.commitments.open[commitment(n)].due_at for n in (1, 2)]
    assert [late - due for late, due in zip(after, before, strict=True)] == [timedelta(days=8), timedelta(days=2)]


# --- what goes on elsewhere ---


def test_a_chargeback_stays_the_dispute() -> None:
    """Until the last proceeding has ended. Refunds that have not begun are held; those under way continue."""
    report = given(filing(), day(1), seller.concedes()).when(marketplace.records_proceeding("chargeback"))
    report.then(
        some(ParallelProceedingRecorded, number=1, what="chargeback", by="marketplace"), DisputeStayed(since=report.now)
    )
    report.when(engine.instructs_refund(1)).refused(DisputeIsStayed)
    report.when(marketplace.records_proceeding("court"), marketplace.ends_proceeding(1)).leaves("execution")
    report.when(engine.instructs_refund(1)).refused(DisputeIsStayed)
    report.when(later(days=30), marketplace.ends_proceeding(2)).then(
        some(ParallelProceedingEnded, number=2),
        some(DisputeResumed),
        some(CommitmentDeferred, commitment_id=commitment(1)),
    )
    assert not report.dispute.commitments.open[commitment(1)].overdue
    report.when(marketplace.ends_proceeding(2)).then_nothing()
    report.when(engine.instructs_refund(1), marketplace.confirms_refund(1)).leaves("closed")


def test_a_refund_under_way_is_not_held() -> None:
    """Its result is reported whenever it comes."""
    report = given(filing(), day(1), seller.concedes(), engine.instructs_refund(1), marketplace.records_proceeding())
    report.when(marketplace.confirms_refund(1)).leaves("closed", "none", "conceded")
    assert report.transaction.movements[refund(1)].settled


def test_who_says_what_goes_on_elsewhere() -> None:
    """The marketplace or a supervisor. Only a supervisor can lift the stay before they have ended."""
    report = given(*MEDIATED)
    report.when(buyer.records_proceeding()).refused(MayNotRecordProceeding)
    report.when(marketplace.ends_proceeding(1)).refused(UnknownProceeding)
    report.when(marketplace.records_proceeding(), neutral.lifts_stay()).refused(OthersProceed, proceedings=[1])
    report.when(supervisor.lifts_stay()).leaves("mediation", "neutral")
    assert report.dispute.stay.since is None
    given(filing(), buyer.withdraws()).when(marketplace.records_proceeding()).refused(DisputeIsClosed)


def test_the_number_of_proceedings_is_bounded() -> None:
    """The limit is fifty in one dispute, ended ones included."""
    many = [step for n in range(1, 51) for step in (marketplace.records_proceeding(), marketplace.ends_proceeding(n))]
    given(*MEDIATED, *many).when(marketplace.records_proceeding()).refused(TooManyProceedings, limit=50)


# --- more time ---


def test_an_extension() -> None:
    """More time for the person who must act, on the calendar of the deadline. Only a supervisor extends a neutral's
    own."""
    report = given(*MEDIATED, neutral.proposes("1.00 EUR", "128.90 EUR"))
    before = report.dispute.deadlines.running["proposal-1-buyer"].due_at
    report.when(neutral.extends("proposal-1-buyer", hours=48)).then(
        DeadlineMoved(name="proposal-1-buyer", due_at=before + timedelta(hours=48), why="extension")
    )
    report.when(neutral.extends("ruling")).refused(MayNotStay)
    report.when(supervisor.extends("ruling")).then(some(DeadlineMoved, name="ruling"), of_ruling(CommitmentDeferred))
    report.when(neutral.extends("response")).refused(DeadlineNotRunning, name="response")
    for nobody in (buyer, another_neutral, marketplace):
        given(*MEDIATED).when(nobody.extends("negotiation")).refused(
            MayNotStay if nobody is not another_neutral else NotTheNeutral
        )


def test_no_window_without_end() -> None:
    """At most ninety days from its beginning, under the first policy."""
    report = given(*MEDIATED)
    report.when(supervisor.extends("ruling", hours=24 * 76)).then(
        some(DeadlineMoved, name="ruling"), of_ruling(CommitmentDeferred)
    )
    report.when(supervisor.extends("ruling", hours=48)).refused(ExtensionTooLong)


def test_the_extended_instant_is_what_counts() -> None:
    """Nothing lapses at the old instant. It lapses at the new one."""
    report = given(filing(), day(1), supervisor.extends("response", hours=48))
    report.when(day(7.5), engine.ticks()).then_nothing()
    report.when(deadline("response"), engine.ticks())
    assert any(isinstance(f.event, DeadlineLapsed) for f in report.facts)


NOT_HALTED = {
    "people may write, and bring evidence": {
        "add_exhibit", "withdraw_exhibit", "answer_exhibit", "request_evidence", "answer_key_questions", "rebut",
        "raise_counterclaim", "post_message", "post_mail", "post_in_caucus", "answer_shared", "file_as_exhibit", "write_note",
    },
    "who was asked, and what was read, decides nothing": {"no_reply_needed", "see_messages"},
    "a request of a party may be answered or withdrawn meanwhile": {
        "answer_party_request", "decline_party_request", "withdraw_party_request",
    },
    "what a machine reads decides nothing": {"record_text_found", "record_file_not_read"},
    "a translation decides nothing": {
        "approve_translation", "correct_translation", "record_sent", "record_translation", "give_up_translation",
        "owe_translation", "record_language", "record_repeated",
    },
    "whether somebody was told decides nothing": {
        "make_notice", "record_notice_sent", "record_notice_delivered", "fail_notice", "cancel_notice",
        "acknowledge_notice", "record_bounce", "record_reached", "deem_told",
    },
    "who acts and who the neutral is says nothing about the claim": {
        "assign_neutral", "reassign_neutral", "recuse", "hand_over", "declare_interests", "challenge_neutral",
        "decide_challenge", "consent_to_neutral", "name_representative", "end_representation",
    },
    "people may promise; money that is promised still waits for its instruction, which is halted": {
        "make_commitment", "keep_commitment", "waive_commitment", "replace_commitment",
    },
    "it reports what became of money that had begun to move, or leaves it where it is": {
        "confirm_refund", "fail_refund", "settle_refund_otherwise", "release_refund",
        "record_refund_elsewhere",
        "report_delivery",
    },
    "the claim ends without being decided": {"withdraw", "cancel_dispute", "declare_inadmissible"},
    "it is about the stay and the clocks themselves": {
        "order_stay", "lift_stay", "extend_deadline", "record_parallel_proceeding", "end_parallel_proceeding",
        "record_lapses",
    },
    "a person's review is asked for in a window that goes on during a stay": {"request_review"},
    "people keep their rights to what is kept about them": {"request_access", "answer_access", "rectify_record"},
    "it is for closed disputes, which are not stayed": {"reopen", "rate_handling"},
    "it groups, counts or forgets, and decides nothing in the dispute": {
        "join_incident", "leave_incident", "record_not_reached", "count_case", "answer_recommendation", "request_erasure",
        "pursue_erasure", "record_erased",
    },
}  # fmt: skip
"""The commands that are possible during a stay, by reason."""


def test_a_stay_halts_whatever_moves_money_or_decides() -> None:
    """A command about a dispute is halted unless it is listed with its reason. No other command can be halted."""
    commands = {*get_args(DisputeCommand)}
    free = {act_name(command) for command in commands if not command.halted_by_stay}
    assert free == set().union(*NOT_HALTED.values())
    assert sum(map(len, NOT_HALTED.values())) == len(free), "each is listed once"
    assert not any(command.halted_by_stay for command in {*get_args(AnyCommand)} - commands)
