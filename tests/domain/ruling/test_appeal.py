"""Law reports on the appeal."""

import pytest

from domain.commitments.events import CommitmentBreached, CommitmentDischarged, CommitmentKept, CommitmentPassed
from domain.evidence.exhibit_facts import ExhibitAdded
from domain.kernel.people import NotAParty, Side
from domain.kernel.refusals import NotYourMove
from domain.neutral.assignment import TookPart
from domain.neutral.escalation import NotTheNeutral
from domain.neutral.escalation_facts import NeutralReleased, Referred
from domain.neutral.mandate_facts import CaseHandedOver
from domain.ruling.appeal import AppealedBefore, NoAppealOfYours
from domain.ruling.co_signature import UnsignedRulingHasEnded
from domain.ruling.ruling_facts import (
    AppealLodged,
    AppealSentBack,
    AppealWithdrawn,
    RulingBecameFinal,
    RulingIssued,
    UnsignedRulingEnded,
)
from domain.ruling.rulings import AlreadyRuled, NothingToAppeal
from tests.domain.law.acts import FIRST, commitment
from tests.domain.law.cast import administrator, another_neutral, buyer, neutral, seller, supervisor, third_neutral
from tests.domain.law.filings import filing
from tests.domain.law.reports import (
    Report,
    day,
    deadline,
    due_date,
    given,
    just_before,
    met,
    moot,
    neutral_owed,
    of_ruling,
    owes,
    passes_to,
    ruling_owed,
    some,
)
from tests.domain.test_moves import may

SPLIT = neutral.rules("100.00 EUR", "29.90 EUR")


def ruled(*ruling: object) -> Report:
    """A contested claim on which the neutral ruled, four days after filing."""
    contested = (filing(), day(1), seller.contests(), day(4), buyer.escalates(), neutral.takes_case())
    return given(*contested, neutral.declares_impasse(), *(ruling or (SPLIT,)))  # type: ignore[arg-type]


def appealed() -> Report:
    """The seller appeals, and another neutral is assigned."""
    return ruled().when(day(5), seller.appeals(), another_neutral.takes_case())


def test_an_appeal() -> None:
    """A side that did not get everything can appeal. The first neutral is finished, and a supervisor finds another in
    time."""
    report = ruled().when(day(5), seller.appeals("new_evidence"))
    report.then(
        some(AppealLodged, number=1, by="seller", ground="new_evidence"),
        some(NeutralReleased, neutral=neutral.subject, why="appealed"),
        CaseHandedOver(dispute_id=FIRST),
        moot("appeal-1-buyer"),
        moot("appeal-1-seller"),
        neutral_owed(to="seller"),
        passes_to("supervisor", "appeal"),
    )
    report.when(seller.appeals()).then_nothing()
    report.when(neutral.writes()).refused(NotTheNeutral)


def test_who_appeals_and_until_when() -> None:
    """Not the winner, not before a ruling, not after a waiver, and not a microsecond late."""
    won = ruled(neutral.rules("129.90 EUR", "0.00 EUR"))
    won.when(buyer.appeals()).refused(NothingToAppeal)
    won.when(neutral.appeals()).refused(NotAParty)
    given(filing()).when(buyer.appeals()).refused(NothingToAppeal, stage="negotiation")
    ruled().when(buyer.waives_appeal()).when(buyer.appeals()).refused(NothingToAppeal)
    ruled().when(just_before("appeal-1-seller"), seller.appeals()).leaves("appeal", "supervisor")
    ruled().when(deadline("appeal-1-seller"), seller.appeals()).refused(NothingToAppeal)


def test_who_hears_it() -> None:
    """A neutral who neither proposed, ruled nor co-signed."""
    report = ruled().when(seller.appeals())
    report.when(neutral.takes_case()).refused(TookPart, neutral=str(neutral.subject))
    report.when(supervisor.assigns(neutral)).refused(TookPart)
    report.when(supervisor.assigns(another_neutral)).leaves("appeal", "neutral")
    kept = [f.event for f in report.facts if isinstance(f.event, CommitmentKept)]
    assert [k.commitment_id for k in kept] == [commitment(4)]


def test_the_record_is_open_again() -> None:
    """New evidence is accepted while the appeal is heard, and is answered like any other."""
    report = appealed().when(seller.adds_exhibit("The courier's receipt.")).then(some(ExhibitAdded, number=1))
    report.when(buyer.answers_exhibit(1))
    report.when(another_neutral.rules("10.00 EUR", "119.90 EUR", exhibits=(1,))).leaves("execution")


@pytest.mark.parametrize(
    ("award", "on_appeal", "outcome"),
    [
        (("100.00 EUR", "29.90 EUR"), "affirms", "ruled_split"),
        (("0.00 EUR", "129.90 EUR"), "replaces", "ruled_for_respondent"),
        (("129.90 EUR", "0.00 EUR"), "replaces", "ruled_for_claimant"),
    ],
)
def test_the_ruling_on_appeal_is_final(award: tuple[str, str], on_appeal: str, outcome: str) -> None:
    """It affirms or replaces the ruling before it, and is executed at once. Both keep their numbers on the record."""
    report = appealed().when(another_neutral.rules(*award)).leaves(outcome=outcome)
    issued = [f.event for f in report.facts if isinstance(f.event, RulingIssued)]
    assert [(r.number, r.on_appeal, r.appealable_by) for r in issued] == [(2, on_appeal, ())]
    assert RulingBecameFinal(number=2) in [f.event for f in report.facts]
    assert [(r.number, r.status) for r in report.dispute.adjudication.rulings] == [(1, "replaced"), (2, "in_effect")]
    report.when(another_neutral.rules(*award)).then_nothing()
    report.when(seller.waives_appeal()).then_nothing()


def test_nothing_is_paid_meanwhile() -> None:
    """While an appeal is open, the ruling makes nobody owe anything."""
    assert not appealed().dispute.commitments.open_remedies()


def test_sent_back() -> None:
    """The ruling is set aside, and another neutral rules again. Only the side that has not appealed yet can appeal
    that."""
    report = appealed().when(another_neutral.sends_back())
    report.then(
        some(AppealSentBack, number=1, neutral=another_neutral.subject),
        some(NeutralReleased, neutral=another_neutral.subject, why="sent_back"),
        CommitmentKept,
        of_ruling(CommitmentKept, 6, late=False),
        CaseHandedOver(dispute_id=FIRST),
        ruling_owed("supervisor"),
        neutral_owed(),
        passes_to("supervisor", "adjudication"),
    )
    again = neutral.rules("129.89 EUR", "0.01 EUR")
    report.when(supervisor.assigns(neutral), again).leaves("appeal", "claimant")
    report.when(seller.appeals()).refused(AppealedBefore, by="seller")
    report.when(buyer.appeals(), third_neutral.takes_case(), third_neutral.rules("129.90 EUR", "0.00 EUR"))
    report.leaves("execution", "marketplace", "ruled_for_claimant")
    assert [r.status for r in report.dispute.adjudication.rulings] == ["sent_back", "replaced", "in_effect"]


def test_sent_back_and_nobody_left_to_appeal() -> None:
    """If only the side that has already appealed lost again, the second ruling is final at once."""
    report = appealed().when(another_neutral.sends_back(), supervisor.assigns(neutral))
    report.when(neutral.rules("129.90 EUR", "0.00 EUR")).leaves("execution", "marketplace", "ruled_for_claimant")


def test_after_sending_back_the_parties_may_settle() -> None:
    """The dispute is undecided again."""
    report = appealed().when(another_neutral.sends_back(), seller.offers("60.00 EUR"), buyer.accepts_offer(1))
    report.leaves("execution", "marketplace", "settled")


def test_a_ruling_on_appeal_above_authority() -> None:
    """It waits for a co-signature like any other ruling, and is final with it."""
    mandate = administrator.grants_mandate(another_neutral, "1.00 EUR")
    report = ruled().when(mandate, seller.appeals(), another_neutral.takes_case())
    report.when(another_neutral.rules("0.00 EUR", "129.90 EUR")).leaves("appeal", "supervisor")
    report.when(another_neutral.sends_back()).refused(AlreadyRuled, number=2)
    report.when(supervisor.refuses_co_signature(2)).leaves("appeal", "neutral")
    report.when(another_neutral.rules("50.00 EUR", "79.90 EUR"), supervisor.co_signs(3)).leaves(outcome="ruled_split")
    assert [r.status for r in report.dispute.adjudication.rulings] == ["replaced", "refused", "in_effect"]


def test_nobody_is_assigned() -> None:
    """The supervisor's commitment is broken and stays overdue. The appeal waits; any neutral who took no part can be
    assigned."""
    report = ruled().when(seller.appeals()).when(due_date(4), supervisor.ticks())
    report.then(CommitmentBreached(commitment_id=commitment(4))).leaves("appeal", "supervisor")
    report.when(third_neutral.takes_case()).leaves("appeal", "neutral")


def test_nobody_rules_on_it() -> None:
    """After the window for a ruling it is referred to the supervisor. The neutral can still rule."""
    report = appealed().when(another_neutral.writes(), deadline("ruling"), supervisor.ticks())
    assert Referred(reason="ruling_overdue") in [f.event for f in report.facts]
    report.leaves("appeal", "supervisor")
    report.when(another_neutral.rules("0.00 EUR", "129.90 EUR")).leaves(outcome="ruled_for_respondent")


def test_only_on_appeal_is_sent_back() -> None:
    """A neutral who hears the claim itself must rule on it."""
    contested = (
        filing(),
        seller.contests(),
        day(4),
        buyer.escalates(),
        neutral.takes_case(),
        neutral.declares_impasse(),
    )
    given(*contested).when(neutral.sends_back()).refused(NotYourMove)


# --- withdrawn ---


def test_an_appeal_withdrawn() -> None:
    """The side that appealed can withdraw before the decision. The ruling is then final, and is executed."""
    report = ruled().when(buyer.waives_appeal(), seller.appeals(), another_neutral.takes_case())
    report.when(buyer.withdraws_appeal()).refused(NoAppealOfYours)
    report.when(another_neutral.withdraws_appeal()).refused(NotAParty)
    report.when(seller.withdraws_appeal()).then(
        AppealWithdrawn(number=1, by=Side.SELLER),
        some(NeutralReleased, neutral=another_neutral.subject, why="appeal_withdrawn"),
        CommitmentPassed,
        of_ruling(CommitmentPassed, 6, owed_by="supervisor"),
        RulingBecameFinal(number=1),
        owes("seller", "buyer", "100.00 EUR", arises_from="ruling"),
        CaseHandedOver(dispute_id=FIRST),
        some(CommitmentDischarged, reason="dispute_over"),
        of_ruling(CommitmentDischarged, 6, reason="dispute_over"),
        met("ruling"),
        passes_to("marketplace", "execution"),
    )
    report.when(seller.withdraws_appeal()).then_nothing()
    report.when(seller.appeals()).refused(AppealedBefore)


def test_the_other_sides_window_begins_anew() -> None:
    """The other side's window ended when the appeal began. After the withdrawal it runs again. Without another appeal,
    nobody owes a neutral any more."""
    report = ruled().when(day(5), seller.appeals(), seller.withdraws_appeal()).leaves("appeal", "claimant")
    assert not [c for c in report.dispute.commitments.open.values() if c.kind == "assign"]
    assert "withdraw_appeal" not in may(report, seller)
    assert "appeal" in may(report, buyer)
    report.when(deadline("appeal-1-buyer"), buyer.ticks()).leaves("execution", outcome="ruled_split")
    crossed = ruled().when(seller.appeals(), seller.withdraws_appeal(), buyer.appeals(), another_neutral.takes_case())
    crossed.when(another_neutral.rules("129.90 EUR", "0.00 EUR")).leaves(outcome="ruled_for_claimant")
    crossed.when(buyer.withdraws_appeal()).refused(NoAppealOfYours)


def test_an_appeal_withdrawn_before_the_signature() -> None:
    """It ends an unsigned ruling on the appeal, on record."""
    modest = administrator.grants_mandate(another_neutral, "1.00 EUR")
    report = ruled().when(modest, seller.appeals(), another_neutral.takes_case())
    report.when(another_neutral.rules("0.00 EUR", "129.90 EUR"), seller.withdraws_appeal())
    assert UnsignedRulingEnded(number=2, why="appeal_withdrawn") in [f.event for f in report.facts]
    report.when(supervisor.co_signs(2)).refused(UnsignedRulingHasEnded, why="appeal_withdrawn")
    assert [r.status for r in report.dispute.adjudication.rulings] == ["in_effect", "ended"]
    assert not [c for c in report.dispute.commitments.open.values() if c.kind == "co_sign"]
    report.when(buyer.waives_appeal()).leaves("execution", outcome="ruled_split")
