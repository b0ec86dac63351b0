"""Law reports on escalation to a neutral, and on the neutral's first commitment."""

from datetime import timedelta

import pytest

from domain.clocks.deadline_facts import DeadlineSet
from domain.commitments.events import CommitmentDischarged, CommitmentKept
from domain.kernel.people import NotAParty, Side
from domain.kernel.refusals import DisputeIsClosed, NotYourMove
from domain.neutral.escalation import AlreadyAssigned, EscalationNotOpenYet, MayNotAssign, NotTheNeutral
from domain.neutral.escalation_facts import Escalated, EscalationJoined, NeutralAssigned
from domain.neutral.mandate import NoMandate
from domain.neutral.mandate_facts import CaseDone, CaseTaken
from domain.payments.transaction_facts import ClaimEnded
from domain.settlement.conversation_facts import MessagePosted
from tests.domain.law.acts import Act, commitment
from tests.domain.law.cast import (
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
from tests.domain.law.filings import filing
from tests.domain.law.reports import day, given, later, moot, neutral_owed, owes, passes_to, ruling_owed, sets, some

CONTESTED = (filing(), day(1), seller.contests())
ESCALATED = (*CONTESTED, day(3), buyer.escalates())
ASSIGNED = (*ESCALATED, supervisor.assigns(neutral))


# --- escalation ---


def test_from_the_third_day() -> None:
    """Either party may escalate from 72 hours after the filing: at that instant, not a microsecond earlier."""
    for party in (buyer, seller):
        early = given(*CONTESTED, day(3), later(microseconds=-1))
        early.when(party.escalates()).refused(
            EscalationNotOpenYet, opens_at="2026-11-05T10:00:00+00:00", clause="first-2026/escalation"
        )
        given(*CONTESTED, day(3)).when(party.escalates()).then(
            some(Escalated, by=party.role.value),
            moot("negotiation"),
            neutral_owed(),
            passes_to("supervisor", "mediation"),
        )


def test_escalating_twice_is_harmless() -> None:
    """The second request changes nothing."""
    given(*ESCALATED).when(buyer.escalates()).then_nothing()


def test_the_second_joins() -> None:
    """The other side gives its own reason, and nothing else changes. It may join an escalation by silence too, once,
    until the ruling."""
    report = given(*ESCALATED).when(seller.escalates()).then(some(EscalationJoined, by="seller"))
    report.when(seller.escalates(), buyer.escalates()).then_nothing()
    report = given(*CONTESTED, day(10)).when(seller.escalates())
    assert EscalationJoined(by=Side.SELLER) in [f.event for f in report.facts]
    report.when(buyer.escalates()).then(some(EscalationJoined, by="buyer"))
    ruled = (*ASSIGNED, neutral.declares_impasse(), neutral.rules("129.90 EUR", "0.00 EUR"))
    given(*ruled).when(seller.escalates()).refused(NotYourMove, stage="appeal")


def test_the_response_window_goes_on() -> None:
    """Escalation ends the negotiation window and leaves the response window running."""
    report = given(filing(), day(3), buyer.escalates()).leaves("mediation", "supervisor")
    assert set(report.dispute.deadlines.running) == {"response"}


def test_only_parties_escalate() -> None:
    """Nobody else can, and nobody at all in a settled or closed dispute."""
    given(*CONTESTED, day(3)).when(marketplace.escalates()).refused(NotAParty)
    given(filing(), day(3), seller.concedes()).when(buyer.escalates()).refused(NotYourMove, stage="execution")
    given(filing(), day(3), buyer.withdraws()).when(seller.escalates()).refused(DisputeIsClosed)


# --- assignment ---


def test_a_supervisor_assigns() -> None:
    """The neutral has 24 hours for a first act and 14 days for the ruling, and holds one more dispute."""
    given(*ESCALATED).when(supervisor.assigns(neutral)).then(
        some(NeutralAssigned, neutral=neutral.subject, by="supervisor"),
        owes("neutral", "buyer", None, kind="review", arises_from="policy", commitment_class="service"),
        sets("ruling", "neutral", due_at="2026-11-19T10:00+00:00"),
        some(CommitmentKept, commitment_id=commitment(1), late=False, by="supervisor"),
        CaseTaken(dispute_id=given(*ESCALATED).dispute.id),
        ruling_owed(),
        passes_to("neutral", "mediation"),
    )


def test_who_assigns() -> None:
    """A supervisor or an administrator assigns. A neutral can only assign themselves."""
    for somebody in (supervisor, administrator):
        given(*ESCALATED).when(somebody.assigns(neutral)).leaves("mediation", "neutral")
    given(*ESCALATED).when(neutral.takes_case()).leaves("mediation", "neutral")
    for somebody in (buyer, seller, marketplace, auditor, engine, another_neutral):
        given(*ESCALATED).when(somebody.assigns(neutral)).refused(MayNotAssign, role=somebody.role.value)


def test_one_neutral_a_dispute() -> None:
    """Assigning the same neutral again is harmless. Another one is refused."""
    report = given(*ASSIGNED).when(supervisor.assigns(neutral), neutral.takes_case()).then_nothing()
    report.when(another_neutral.takes_case()).refused(AlreadyAssigned)


def test_a_neutral_needs_a_mandate() -> None:
    """A neutral without a mandate in this marketplace is not assigned."""
    given(*ESCALATED).when(supervisor.assigns(supervisor)).refused(NoMandate, neutral=str(supervisor.subject))


def test_a_neutral_may_mediate_above_their_authority() -> None:
    """A settlement spends no authority. Only a ruling above it needs a co-signature."""
    report = given(*ESCALATED, administrator.grants_mandate(neutral, "0.01 EUR"))
    report.when(neutral.takes_case()).leaves("mediation", "neutral")


def test_no_neutral_before_escalation() -> None:
    """The parties negotiate first. A dispute that is over needs no neutral."""
    given(*CONTESTED).when(neutral.takes_case()).refused(NotYourMove, stage="negotiation")
    given(*ESCALATED, seller.offers("1.00 EUR"), buyer.accepts_offer(1)).when(neutral.takes_case()).refused(NotYourMove)
    given(*ESCALATED, buyer.withdraws()).when(neutral.takes_case()).refused(DisputeIsClosed)


# --- the first act ---


@pytest.mark.parametrize(
    ("buyer_tier", "seller_tier", "hours"),
    [("standard", "standard", 24), ("silver", "silver", 24), ("gold", "standard", 4), ("standard", "gold", 24)],
)
def test_how_soon(buyer_tier: str, seller_tier: str, hours: int) -> None:
    """24 hours after assignment, 4 for a buyer of the top tier: exact hours, on any day."""
    report = given(
        filing(buyer_tier=buyer_tier, seller_tier=seller_tier), day(5), buyer.escalates(), neutral.takes_case()
    )
    promise, _ = report.dispute.commitments.open.values()
    assert promise.due_at == report.now + timedelta(hours=hours)


FIRST_ACTS = (
    neutral.writes(),
    neutral.adds_exhibit(),
    neutral.proposes("1.00 EUR", "128.90 EUR"),
    neutral.declares_impasse(),
)


@pytest.mark.parametrize("act", FIRST_ACTS, ids=lambda act: act.kind.__name__)
def test_any_act_keeps_the_promise(act: Act) -> None:
    """Any first act of the neutral in the dispute keeps the commitment, once."""
    report = given(*ASSIGNED, later(hours=4)).when(act)
    assert [f.event.late for f in report.facts if isinstance(f.event, CommitmentKept)] == [False]
    report.when(neutral.writes()).then(MessagePosted)


def test_a_message_keeps_the_promise() -> None:
    """Messages are apart from the dispute, but a first message to the parties counts."""
    kept = some(CommitmentKept, by="neutral", late=False)
    given(*ASSIGNED).when(neutral.writes()).then(some(MessagePosted, by="neutral"), kept)


def test_taking_a_case_is_no_act_in_it() -> None:
    """A neutral who assigns themselves owes a first act, and has not kept it by that."""
    given(*ESCALATED).when(neutral.takes_case()).then(
        NeutralAssigned,
        owes("neutral", "buyer", None, kind="review"),
        DeadlineSet,
        some(CommitmentKept, commitment_id=commitment(1)),
        CaseTaken,
        ruling_owed(),
        passes_to("neutral", "mediation"),
    )


def test_four_hours_missed() -> None:
    """For the top tier the commitment is broken after exactly four hours, and the neutral loses the dispute."""
    assigned = (filing(buyer_tier="gold"), day(3), buyer.escalates(), neutral.takes_case())
    given(*assigned, later(hours=4)).when(neutral.declares_impasse()).refused(NotTheNeutral)
    given(*assigned, later(hours=4, microseconds=-1)).when(neutral.declares_impasse()).leaves("adjudication", "neutral")


def test_the_promise_ends_with_the_dispute() -> None:
    """If the parties settle before the first act, nobody owes it any more, nor a ruling."""
    report = given(*ASSIGNED, seller.offers("1.00 EUR")).when(buyer.accepts_offer(1))
    assert [f.event.reason for f in report.facts if isinstance(f.event, CommitmentDischarged)] == ["dispute_over"] * 2


# --- strangers ---

ACTS = (
    *FIRST_ACTS,
    neutral.rules("0.00 EUR", "129.90 EUR"),
    neutral.promises("reply", "buyer"),
    neutral.confirms_promise(1),
)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.kind.__name__)
def test_a_neutral_acts_in_their_own_disputes_only(act: Act) -> None:
    """Another neutral can do nothing here: not write, and not keep the commitment of the assigned one."""
    given(*ESCALATED, another_neutral.takes_case()).when(act).refused(NotTheNeutral)
    given(*ESCALATED).when(act).refused(NotTheNeutral)


def test_a_case_done() -> None:
    """When the dispute closes, its neutral holds one dispute less."""
    nothing = (*ASSIGNED, neutral.declares_impasse(), neutral.rules("0.00 EUR", "129.90 EUR"))
    report = given(*nothing).when(buyer.waives_appeal()).leaves("closed", "none", "ruled_for_respondent")
    assert [type(f.event) for f in report.facts][-2:] == [ClaimEnded, CaseDone]
