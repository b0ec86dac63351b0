"""Law reports on silence: its effect at the end of a window, at the exact instant."""

from datetime import timedelta

import pytest

from domain.clocks.deadline_facts import DeadlineLapsed
from domain.commitments.events import CommitmentBreached, CommitmentDischarged, CommitmentPassed
from domain.filing.response_facts import DefaultDeclined, DefaultGranted
from domain.filing.review_facts import MachineDecided
from domain.kernel.base import Role
from domain.kernel.people import Side
from domain.kernel.refusals import DeadlineHasLapsed, NotYourMove
from domain.neutral.escalation_facts import Escalated, NeutralReleased, Referred
from domain.neutral.mandate_facts import CaseHandedOver
from domain.policy.book import FIRST_POLICY
from domain.policy.policy import Silence
from domain.remedies.goods_facts import GoodsAwaited
from domain.ruling.ruling_facts import AppealWindowLapsed, RulingBecameFinal
from domain.settlement.conversation_facts import MessagePosted
from domain.settlement.negotiation import OfferNotOpen
from domain.settlement.negotiation_facts import OfferAccepted, OfferExpired, SettlementReached
from domain.settlement.proposal import ProposalNotOpen
from domain.settlement.proposal_facts import ProposalLapsed
from domain.silence import next_due
from tests.domain.law.acts import FIRST, Act, commitment, money
from tests.domain.law.cast import administrator, back, buyer, engine, marketplace, neutral, seller, supervisor
from tests.domain.law.filings import Filing, filing
from tests.domain.law.reports import (
    day,
    deadline,
    due_date,
    follows,
    given,
    just_before,
    lapsed,
    later,
    moot,
    neutral_owed,
    of_ruling,
    owes,
    passes_to,
    sets,
    some,
)

CONTESTED = (filing(), day(1), seller.contests())
MEDIATED = (*CONTESTED, day(3), buyer.escalates(), supervisor.assigns(neutral))
RULED = (*MEDIATED, neutral.declares_impasse(), neutral.rules("100.00 EUR", "29.90 EUR"))


# --- the response ---


def test_silence_concedes() -> None:
    """If the respondent is silent for the whole window, a default is granted. It takes effect at the end of the
    window."""
    given(filing()).when(day(9), engine.ticks()).then(
        lapsed("response"),
        DefaultGranted(claimant_receives=money("129.90 EUR")),
        MachineDecided,
        owes("seller", "buyer", "129.90 EUR", arises_from="default"),
        sets("set_aside", "seller", due_at="2026-11-16T10:00+00:00"),
        moot("negotiation"),
        passes_to("marketplace", "execution"),
    ).at("2026-11-09T10:00+00:00", DeadlineLapsed, DefaultGranted).leaves(outcome="granted_by_default")


def test_the_last_instant() -> None:
    """One microsecond before the end an answer is in time. At the exact end it is too late."""
    given(filing(), just_before("response")).when(seller.contests()).leaves("negotiation", "both")
    given(filing(), deadline("response")).when(seller.contests()).refused(NotYourMove, stage="execution")


def test_a_late_act_does_not_undo_a_lapse() -> None:
    """Whoever acts first after a lapse, the lapse is recorded before the act, at its due instant."""
    given(filing()).when(day(9), buyer.writes()).then(
        lapsed("response"),
        DefaultGranted,
        MachineDecided,
        owes("seller", "buyer", "129.90 EUR"),
        sets("set_aside", "seller"),
        moot("negotiation"),
        passes_to("marketplace", "execution"),
        MessagePosted,
    ).at("2026-11-09T10:00+00:00", DeadlineLapsed).at("2026-11-11T10:00+00:00", MessagePosted)


def test_tracked_as_delivered() -> None:
    """The claim is not received, but the parcel is tracked as delivered: silence alone does not decide, and a neutral
    looks at it."""
    claim = filing(reason="item_not_received", delivered_days_ago=None, tracking="delivered")
    given(claim).when(deadline("response"), engine.ticks()).then(
        lapsed("response"),
        DefaultDeclined(reason="tracked_as_delivered"),
        some(Escalated, by="silence"),
        moot("negotiation"),
        neutral_owed(),
        passes_to("supervisor", "mediation"),
    )


@pytest.mark.parametrize("tracking", [None, "in_transit", "exception"])
def test_not_tracked_as_delivered(tracking: str | None) -> None:
    """Unless a carrier reports the arrival, the record does not contradict the claim."""
    claim = filing(reason="item_not_received", delivered_days_ago=None, tracking=tracking)
    given(claim).when(deadline("response"), engine.ticks()).leaves("execution", outcome="granted_by_default")


def test_tracking_speaks_against_no_other_claim() -> None:
    """The delivery of a damaged vase contradicts nothing."""
    given(filing(reason="damaged", tracking="delivered")).when(deadline("response"), engine.ticks()).leaves("execution")


def silence_means(response: str) -> Act:
    silence = Silence.model_validate({"response": response})
    return administrator.publishes(FIRST_POLICY.model_copy(update={"version": "quiet", "silence": silence}))


def test_delivered_goods_go_back_first() -> None:
    """The claim is granted, and the money waits for the goods."""
    given(silence_means("return_first"), filing()).when(deadline("response"), engine.ticks()).then(
        lapsed("response"),
        DefaultGranted(claimant_receives=money("129.90 EUR"), goods=back(None, freight="seller")),
        MachineDecided,
        some(GoodsAwaited, step="dispatch", at_stake=money("129.90 EUR"), arises_from="default"),
        owes("buyer", "seller", None, "return", arises_from="default"),
        sets("set_aside", "seller"),
        moot("negotiation"),
        passes_to("claimant", "execution"),
    )


def test_goods_that_wait_when_the_default_is_set_aside() -> None:
    """Nothing has to be sent back any more, whether the goods are on their way or not."""
    for sent in ((), (buyer.sends_goods(1),)):
        report = given(silence_means("return_first"), filing(), deadline("response"), engine.ticks(), *sent)
        report.when(seller.asks_to_set_aside(), supervisor.sets_aside())
        assert report.leaves("mediation", outcome=None).dispute.goods is None
        assert not report.dispute.commitments.open_remedies()


def test_delivered_goods_to_a_neutral() -> None:
    given(silence_means("delivered_to_a_neutral"), filing()).when(deadline("response"), engine.ticks()).then(
        lapsed("response"),
        DefaultDeclined(reason="policy"),
        some(Escalated, by="silence"),
        moot("negotiation"),
        neutral_owed(),
        passes_to("supervisor", "mediation"),
    )


@pytest.mark.parametrize("response", ["return_first", "delivered_to_a_neutral"])
@pytest.mark.parametrize(
    "claim",
    [
        filing(delivered_days_ago=None, tracking="in_transit"),
        filing(delivered_days_ago=None, reason="item_not_received"),
        filing(reason="duplicate_charge"),
    ],
    ids=["nothing on record", "nothing came", "no fault of the goods"],
)
def test_what_else_is_granted_without_a_return(response: str, claim: Filing) -> None:
    given(silence_means(response), claim).when(deadline("response"), engine.ticks()).leaves("execution", "marketplace")


def test_a_buyer_who_wants_to_keep_the_goods() -> None:
    """Nothing goes back for a partial refund. A neutral may look at it all the same."""
    partial = filing("20.00 EUR", paid="129.90 EUR", relief="partial_refund")
    kept = given(silence_means("return_first"), partial).when(deadline("response"), engine.ticks())
    kept.leaves("execution", "marketplace", "granted_by_default")
    looked_at = given(silence_means("delivered_to_a_neutral"), partial).when(deadline("response"), engine.ticks())
    looked_at.leaves("mediation", "supervisor")


def test_a_delivery_that_is_reported_after_the_filing() -> None:
    claim = filing(delivered_days_ago=None, tracking="in_transit")
    report = given(
        silence_means("return_first"), claim, day(1), marketplace.reports_delivery(arrived=timedelta(hours=3))
    )
    report.when(deadline("response"), engine.ticks()).leaves("execution", "claimant", "granted_by_default")


def test_a_silent_buyer() -> None:
    """A buyer never loses money by silence alone: a neutral looks at it."""
    given(filing(claimant="seller")).when(deadline("response"), engine.ticks()).then(
        lapsed("response"),
        DefaultDeclined(reason="silent_buyer"),
        some(Escalated, by="silence"),
        moot("negotiation"),
        neutral_owed(to="seller"),
        passes_to("supervisor", "mediation"),
    )


TAKING_PART = (
    (seller.offers("50.00 EUR"),),
    (buyer.offers("100.00 EUR"), seller.rejects_offer(1)),
    (seller.adds_exhibit(),),
    (seller.adds_exhibit(), seller.withdraws_exhibit(1)),
)


@pytest.mark.parametrize("acts", TAKING_PART, ids=["offers", "rejects", "shows", "shows and takes back"])
def test_a_respondent_who_takes_part_is_not_silent(acts: tuple[Act, ...]) -> None:
    """An offer, an answer to one, or evidence counts as taking part: no default is granted, and no neutral is called
    for that.

    Negotiation continues until its own window ends, and that calls a neutral.
    """
    report = given(filing(), day(1), *acts, deadline("response")).when(engine.ticks())
    assert [f.event for f in report.facts if isinstance(f.event, DefaultDeclined | DefaultGranted | Escalated)] == [
        DefaultDeclined(reason="respondent_takes_part")
    ]
    report.leaves("negotiation").when(seller.contests()).refused(DeadlineHasLapsed, deadline="response")
    report.when(seller.offers("60.00 EUR"), buyer.rejects_offer(len(report.dispute.offers.made) + 1))
    report.when(deadline("negotiation"), engine.ticks())
    assert [f.event.by for f in report.facts if isinstance(f.event, Escalated)] == ["silence"]
    report.leaves("mediation", "supervisor")


def test_who_only_talks_is_silent() -> None:
    """A message or a commitment is no answer. The claimant's acts do not count for the respondent."""
    for act in (seller.writes(), seller.promises("reply", "buyer"), buyer.adds_exhibit(), buyer.offers("100.00 EUR")):
        given(filing(), act, deadline("response")).when(engine.ticks()).leaves(
            "execution", outcome="granted_by_default"
        )


def test_accepting_a_proposal_is_taking_part() -> None:
    """A respondent who accepted the proposal is not in default while the other side still decides."""
    called = (buyer.escalates(), neutral.takes_case(), neutral.writes(), day(4.9))
    proposed = (neutral.proposes("64.95 EUR", "64.95 EUR"), seller.accepts_proposal())
    report = given(filing(), day(3), *called, *proposed).when(deadline("response"), engine.ticks())
    assert DefaultDeclined(reason="respondent_takes_part") in [f.event for f in report.facts]
    report.leaves("mediation", "claimant").when(buyer.accepts_proposal()).leaves("execution", outcome="settled")


def test_the_response_window_lapses_after_escalation() -> None:
    """Escalation leaves the window running: silence leads to a default, whatever the neutral has begun.

    The neutral's first act is then owed no more.
    """
    called = (buyer.escalates(), day(6.9), neutral.takes_case())
    given(filing(), day(3), *called).when(deadline("response"), engine.ticks()).then(
        lapsed("response"),
        DefaultGranted,
        MachineDecided,
        owes("seller", "buyer", "129.90 EUR"),
        sets("set_aside", "seller"),
        some(CommitmentDischarged, reason="dispute_over"),
        of_ruling(CommitmentDischarged, reason="dispute_over"),
        moot("ruling"),
        passes_to("marketplace", "execution"),
    ).at("2026-11-09T10:00+00:00", DefaultGranted, CommitmentDischarged)


def test_a_lapse_after_escalation_is_declined_without_escalating_again() -> None:
    """If silence does not decide and a neutral is already there, only the window ends."""
    silent = (filing(claimant="seller"), day(3), seller.escalates(), neutral.takes_case(), neutral.writes())
    given(*silent).when(deadline("response"), engine.ticks()).then(
        lapsed("response"), DefaultDeclined(reason="silent_buyer")
    ).leaves("mediation", "neutral")


# --- negotiation, offers, proposals ---


def test_negotiation_escalates_by_itself() -> None:
    """After ten days without an agreement, a neutral is called."""
    given(*CONTESTED).when(day(10), engine.ticks()).then(
        lapsed("negotiation"), some(Escalated, by="silence"), neutral_owed(), passes_to("supervisor", "mediation")
    ).at("2026-11-12T10:00+00:00", Escalated)


def test_an_offer_expires() -> None:
    """After three business days of the offeree's country without an answer: Tuesday to Friday."""
    given(*CONTESTED, seller.offers("50.00 EUR")).when(day(4), engine.ticks()).then(
        lapsed("offer-1"), OfferExpired(number=1, why="lapsed"), passes_to("both", "negotiation")
    ).at("2026-11-06T10:00+00:00", OfferExpired)


def test_an_offer_at_its_last_instant() -> None:
    """An acceptance a microsecond earlier binds. At the exact instant there is nothing left to accept."""
    offered = (*CONTESTED, seller.offers("50.00 EUR"))
    given(*offered, just_before("offer-1")).when(buyer.accepts_offer(1)).leaves("execution", outcome="settled")
    given(*offered, deadline("offer-1")).when(buyer.accepts_offer(1)).refused(OfferNotOpen, status="expired")


def test_an_offer_that_outlasts_the_negotiation() -> None:
    """An offer that is open at escalation by silence stays acceptable until the ruling, beyond its own deadline."""
    offered = (*CONTESTED, day(9), seller.offers("50.00 EUR"))
    report = given(*offered).when(day(10), engine.ticks())
    report.then(
        lapsed("negotiation"),
        some(Escalated, by="silence", offers_standing=(1,)),
        moot("offer-1"),
        neutral_owed(),
        passes_to("supervisor", "mediation"),
    )
    report.when(day(30), buyer.accepts_offer(1)).then(
        CommitmentBreached,
        OfferAccepted,
        SettlementReached,
        owes("seller", "buyer", "50.00 EUR"),
        some(CommitmentDischarged, reason="dispute_over"),
        passes_to("marketplace", "execution"),
    )


def test_a_proposal_lapses() -> None:
    """If one side does not answer within three business days, the proposal lapses, and the neutral will rule."""
    proposed = (*MEDIATED, neutral.proposes("100.00 EUR", "29.90 EUR"), buyer.accepts_proposal())
    report = given(*proposed).when(deadline("proposal-1-seller"), engine.ticks())
    report.then(
        lapsed("proposal-1-seller"), ProposalLapsed(number=1, why="lapsed"), passes_to("neutral", "adjudication")
    ).at("2026-11-10T10:00+00:00", ProposalLapsed)
    report.when(seller.accepts_proposal()).refused(ProposalNotOpen, status="lapsed")


def test_a_proposal_lapses_at_the_first_of_its_windows() -> None:
    """When the first window ends, the other side's window is moot."""
    report = given(*MEDIATED, neutral.proposes("100.00 EUR", "29.90 EUR")).when(
        deadline("proposal-1-buyer"), engine.ticks()
    )
    report.then(
        lapsed("proposal-1-buyer"),
        ProposalLapsed(number=1, why="lapsed"),
        moot("proposal-1-seller"),
        passes_to("neutral", "adjudication"),
    )


# --- the neutral, the ruling, what is owed ---


def test_a_first_act_missed() -> None:
    """A neutral who does nothing for 24 hours breaks the commitment and loses the dispute, which waits to be assigned
    again."""
    report = (
        given(*MEDIATED)
        .when(later(hours=24), engine.ticks())
        .then(
            some(CommitmentBreached),
            NeutralReleased(neutral=neutral.subject, why="first_act_missed", by=Role.ENGINE),
            some(CommitmentPassed, commitment_id=commitment(2), owed_by="supervisor"),
            of_ruling(CommitmentPassed, owed_by="supervisor"),
            neutral_owed(),
            passes_to("supervisor", "mediation"),
            follows("supervisor", "buyer", "review", because_of=2, number=5),
            CaseHandedOver(dispute_id=FIRST),
        )
    )
    report.at("2026-11-06T10:00+00:00", CommitmentBreached, NeutralReleased)


def test_a_ruling_overdue() -> None:
    """Fourteen days after the assignment it is referred to the supervisor. The neutral can still rule."""
    report = given(*MEDIATED, neutral.declares_impasse()).when(deadline("ruling"), engine.ticks())
    report.then(
        lapsed("ruling"),
        Referred(reason="ruling_overdue"),
        passes_to("supervisor", "adjudication"),
        of_ruling(CommitmentBreached),
        follows("supervisor", "marketplace", "review", 3),
    )
    report.when(neutral.rules("129.90 EUR", "0.00 EUR")).leaves("appeal", "respondent")


def test_a_ruling_becomes_final() -> None:
    """The window of ten calendar days ends on a Sunday, so it rolls to Monday, for both sides. Then the ruling is
    executed, and payment is due in five days."""
    report = given(*RULED).when(day(30), engine.ticks())
    report.then(
        lapsed("appeal-1-buyer"),
        AppealWindowLapsed(number=1, by=Side.BUYER),
        passes_to("respondent", "appeal"),
        lapsed("appeal-1-seller"),
        AppealWindowLapsed(number=1, by=Side.SELLER),
        RulingBecameFinal(number=1),
        owes("seller", "buyer", "100.00 EUR", arises_from="ruling"),
        passes_to("marketplace", "execution"),
        CommitmentBreached(commitment_id=commitment(4)),
        follows("marketplace", "buyer", "decide", because_of=4),
        CommitmentBreached(commitment_id=commitment(5)),
    ).at("2026-11-16T10:00+00:00", RulingBecameFinal)


def test_a_refund_overdue_stays_owed() -> None:
    """A breach is an event, not an end: the refund stays owed until it is paid, and is then kept late."""
    report = given(filing(), seller.concedes()).when(day(30), engine.ticks())
    assert report.dispute.commitments.open_remedies()[0].overdue
    report.when(engine.instructs_refund(1), marketplace.confirms_refund(1)).leaves("closed", "none", "conceded")
    assert report.dispute.commitments.ended == {commitment(1): "kept_late", commitment(2): "discharged"}


def test_payment_at_the_very_instant_it_was_due_is_late() -> None:
    """A commitment is kept before its due instant. At the exact instant the breach comes first."""
    submitted = (filing(), seller.concedes(), engine.instructs_refund(1))
    early = given(*submitted, due_date(1), later(microseconds=-1)).when(marketplace.confirms_refund(1))
    assert [*early.dispute.commitments.ended.values()] == ["kept"]
    punctual = given(*submitted, due_date(1)).when(marketplace.confirms_refund(1))
    assert punctual.dispute.commitments.ended[commitment(1)] == "kept_late"


# --- everything at once, and nothing at all ---


def test_lapses_come_in_the_order_in_which_they_were_due() -> None:
    """Nothing was recorded for a month. The lapses come in order of their due instants, each with its consequences, and
    none twice."""
    report = given(filing(), buyer.offers("100.00 EUR")).when(day(30), engine.ticks())
    report.then(
        lapsed("offer-1"),
        OfferExpired(number=1, why="lapsed"),
        lapsed("response"),
        DefaultGranted,
        MachineDecided,
        owes("seller", "buyer", "129.90 EUR"),
        sets("set_aside", "seller"),
        moot("negotiation"),
        passes_to("marketplace", "execution"),
        lapsed("set_aside"),
        CommitmentBreached(commitment_id=commitment(1)),
        follows("marketplace", "buyer", "decide", because_of=1),
        CommitmentBreached(commitment_id=commitment(2)),
    ).at("2026-11-05T10:00+00:00", OfferExpired)
    report.when(engine.ticks()).then_nothing()


def test_nothing_lapses_in_an_imported_dispute() -> None:
    """A past case is recorded as it was: no window lapses, however long ago it ended, and the clock has nothing to
    do."""
    report = given(filing(imported=True), day(400)).when(engine.ticks()).then_nothing()
    assert next_due(report.dispute) is None
    report.when(seller.contests()).leaves("negotiation", "both")


def test_when_the_clock_looks_again() -> None:
    """The clock gets the first instant at which anything is due."""
    report = given(filing())
    assert next_due(report.dispute) == report.dispute.deadlines.running["response"].due_at
    report.when(buyer.withdraws())
    assert next_due(report.dispute) is None
