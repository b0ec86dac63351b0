"""Law reports on rulings, appeals and defaults in disputes that pass from one neutral to another."""

from domain.commitments.events import CommitmentDischarged
from domain.evidence.requests import InferenceNotAddressed
from domain.kernel.refusals import DisputeIsClosed
from domain.neutral.assignment import HasSteppedDown, TookPart
from domain.neutral.escalation_facts import NeutralReleased
from domain.neutral.independence import ChallengeIsOpen
from domain.ruling.co_signature import RuledByOneWhoSteppedDown
from domain.ruling.ruling_facts import AppealLodged
from domain.ruling.rulings import EvidenceStillDue
from domain.settlement.caucus import HeardInCaucus
from tests.domain.law.acts import commitment
from tests.domain.law.cast import (
    administrator,
    another_neutral,
    buyer,
    engine,
    neutral,
    seller,
    supervisor,
    third_neutral,
)
from tests.domain.law.filings import filing
from tests.domain.law.reports import Report, day, deadline, due_date, given, later, owes, passes_to, sets, some

CONTESTED = (filing(), day(1), seller.contests(), day(4), buyer.escalates())
RULED = (neutral.takes_case(), neutral.declares_impasse(), neutral.rules("100.00 EUR", "29.90 EUR"))


def unsigned() -> Report:
    """A ruling above the neutral's authority that no supervisor has co-signed yet."""
    return given(*CONTESTED, administrator.grants_mandate(neutral, "1.00 EUR"), *RULED)


def events(report: Report) -> list[object]:
    return [fact.event for fact in report.facts]


# --- a ruling that waits for its co-signature ---


def test_it_outlives_a_neutral_who_leaves() -> None:
    """After a reassignment or a departure the ruling stays valid, and the supervisor can sign it."""
    report = unsigned().when(supervisor.reassigns(another_neutral), supervisor.co_signs())
    report.leaves("appeal", "both")
    report = unsigned().when(administrator.closes_mandate(neutral), engine.hands_over(neutral))
    report.leaves("adjudication", "supervisor").when(supervisor.co_signs()).leaves("appeal", "both")


def test_it_does_not_outlive_one_who_steps_down() -> None:
    """After a recusal it can only be refused; then the next neutral rules."""
    report = unsigned().when(neutral.recuses())
    report.when(supervisor.co_signs()).refused(RuledByOneWhoSteppedDown, number=1)
    report.when(supervisor.refuses_co_signature()).leaves("adjudication", "supervisor")
    report.when(another_neutral.takes_case(), another_neutral.rules("100.00 EUR", "29.90 EUR")).leaves("appeal", "both")


def test_nobody_signs_while_the_neutral_is_challenged() -> None:
    """If the challenge is refused, signing is possible again. If it is granted, the ruling cannot be signed any
    more."""
    report = unsigned().when(seller.challenges())
    report.when(supervisor.co_signs()).refused(ChallengeIsOpen)
    report.when(supervisor.decides_challenge(1, granted=False), supervisor.co_signs()).leaves("appeal", "both")
    report = unsigned().when(seller.challenges(), supervisor.decides_challenge(1, granted=True))
    report.when(supervisor.co_signs()).refused(RuledByOneWhoSteppedDown)


# --- an appeal ---


def test_a_former_neutral_on_appeal() -> None:
    """A neutral who proposed took part, even if another one ruled. One who only had the dispute may hear the appeal;
    one who stepped down may not."""
    report = given(*CONTESTED, another_neutral.takes_case(), another_neutral.proposes("60.00 EUR", "69.90 EUR"))
    report.when(supervisor.reassigns(third_neutral), supervisor.reassigns(neutral), *RULED[1:], seller.appeals())
    for who in (neutral, another_neutral):
        report.when(who.takes_case()).refused(TookPart, at="/neutral")
    report.when(third_neutral.takes_case()).leaves("appeal", "neutral")
    report.when(supervisor.reassigns(another_neutral)).refused(TookPart)
    report.when(third_neutral.recuses()).leaves("appeal", "supervisor")
    report.when(supervisor.assigns(third_neutral)).refused(HasSteppedDown)


def test_an_appeal_where_the_neutral_has_left() -> None:
    """The window for the appeal runs on. No neutral is released, because there is none."""
    report = given(*CONTESTED, *RULED, administrator.closes_mandate(neutral), engine.hands_over(neutral))
    report.leaves("appeal", "both").when(seller.appeals()).leaves("appeal", "supervisor")
    assert any(isinstance(e, AppealLodged) for e in events(report))
    assert not any(isinstance(e, NeutralReleased) for e in events(report))
    report.when(another_neutral.takes_case(), another_neutral.rules("100.00 EUR", "29.90 EUR")).leaves("execution")


def test_the_appeal_has_its_own_time() -> None:
    """The time of the first ruling does not count towards the limit in all."""
    report = given(*CONTESTED, neutral.takes_case(), neutral.declares_impasse(), deadline("ruling"), engine.ticks())
    report.when(later(days=60), RULED[2], seller.appeals(), later(days=1), another_neutral.takes_case())
    assert (report.dispute.deadlines.running["ruling"].due_at - report.now).days >= 14


def test_a_first_act_missed_on_appeal() -> None:
    """The appeal waits for another neutral, and the supervisor owes the commitment."""
    report = given(*CONTESTED, *RULED, seller.appeals(), another_neutral.takes_case())
    report.when(due_date(5), engine.ticks())
    assert some(NeutralReleased, neutral=another_neutral.subject, why="first_act_missed") in events(report)
    report.leaves("appeal", "supervisor").when(another_neutral.takes_case()).leaves("appeal", "neutral")


def test_a_challenge_on_appeal() -> None:
    """Until the challenge is decided, nobody rules on the appeal or sends the ruling back."""
    report = given(*CONTESTED, *RULED, seller.appeals(), another_neutral.takes_case(), buyer.challenges())
    report.leaves("appeal", "supervisor")
    report.when(another_neutral.rules("100.00 EUR", "29.90 EUR")).refused(ChallengeIsOpen)
    report.when(another_neutral.sends_back()).refused(ChallengeIsOpen)
    report.when(supervisor.decides_challenge(1, granted=True)).leaves("appeal", "supervisor")
    report.when(third_neutral.takes_case(), third_neutral.sends_back()).leaves("adjudication", "supervisor")


def test_reassigned_when_it_had_just_ended() -> None:
    """The lapse closes the dispute before a neutral is named. The mandate that held it is updated, and nobody gets
    it."""
    report = given(*CONTESTED, *RULED[:2], neutral.rules("0.00 EUR", "129.90 EUR"), deadline("appeal-1-buyer"))
    report.when(supervisor.reassigns(another_neutral)).refused(DisputeIsClosed)


# --- a default ---


def test_a_default_while_the_neutral_is_challenged() -> None:
    """The outcome makes the challenge moot. A decision on it is owed again when the default is set aside."""
    report = given(filing(), day(3), buyer.escalates(), neutral.takes_case(), neutral.writes(), buyer.challenges())
    report.when(deadline("response"), engine.ticks(), seller.asks_to_set_aside())
    assert CommitmentDischarged(commitment_id=commitment(3), reason="dispute_over") in [
        stored.event for stored in report.world.log
    ]
    report.when(supervisor.sets_aside()).leaves("mediation", "supervisor")
    assert owes("supervisor", "buyer", None, kind="decide", arises_from="policy") in events(report)
    report.when(supervisor.decides_challenge(1, granted=False)).leaves("mediation", "neutral")


def test_a_default_set_aside_where_the_neutral_has_left() -> None:
    """It waits to be assigned. The time for the ruling begins with the assignment."""
    report = given(filing(), day(3), buyer.escalates(), neutral.takes_case(), neutral.writes())
    report.when(deadline("response"), seller.asks_to_set_aside())
    report.when(administrator.closes_mandate(neutral), engine.hands_over(neutral))
    report.when(supervisor.sets_aside()).leaves("mediation", "supervisor")
    report.when(another_neutral.takes_case())
    assert sets("ruling", "neutral") in events(report)
    assert passes_to("neutral", "mediation") in events(report)


# --- what was asked for, and what was said in confidence ---


def test_what_a_neutral_heard_in_caucus_leaves_with_them() -> None:
    """Without consent, the neutral who heard it cannot rule, and the next one needs no consent. The first one hears no
    appeal."""
    report = given(*CONTESTED, neutral.takes_case(), buyer.confides(), neutral.declares_impasse())
    report.leaves("adjudication", "both").when(RULED[2]).refused(HeardInCaucus)
    report.when(supervisor.reassigns(another_neutral)).leaves("adjudication", "neutral")
    report.when(another_neutral.rules("100.00 EUR", "29.90 EUR"), seller.appeals())
    report.when(neutral.takes_case()).refused(TookPart)


def test_consent_to_a_neutral_who_is_challenged() -> None:
    """The supervisor has the move, whether or not the parties have still to consent."""
    report = given(*CONTESTED, neutral.takes_case(), buyer.confides(), neutral.declares_impasse(), seller.challenges())
    report.leaves("adjudication", "supervisor").when(buyer.consents(), seller.consents())
    report.when(RULED[2]).refused(ChallengeIsOpen)
    report.when(supervisor.decides_challenge(1, granted=False)).leaves("adjudication", "neutral")


def test_evidence_that_a_former_neutral_asked_for() -> None:
    """The request stays open, and silence has the same effect. The next neutral's ruling must address it."""
    report = given(*CONTESTED, neutral.takes_case(), neutral.asks_evidence("seller"), neutral.declares_impasse())
    report.when(neutral.recuses(), another_neutral.takes_case())
    report.when(another_neutral.rules("100.00 EUR", "29.90 EUR")).refused(EvidenceStillDue)
    report.when(another_neutral.writes(), deadline("evidence-1"), engine.ticks())
    report.when(another_neutral.rules("100.00 EUR", "29.90 EUR")).refused(InferenceNotAddressed)
    report.when(another_neutral.rules("100.00 EUR", "29.90 EUR", inferences=(1,))).leaves("appeal", "both")
