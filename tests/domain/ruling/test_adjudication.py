"""Law reports on the ruling, and on how it becomes final."""

from dataclasses import replace
from datetime import date

import pytest

from domain.commitments.events import CommitmentKept
from domain.evidence.exhibits import ExhibitNotCitable
from domain.kernel.people import NotAParty, Side
from domain.kernel.refusals import DisputeIsClosed, NotYourMove
from domain.neutral.escalation import NotTheNeutral
from domain.neutral.mandate_facts import AuthoritySpent
from domain.remedies.division_facts import Division
from domain.ruling.ruling_facts import AppealWaived, RulingBecameFinal, RulingIssued
from domain.ruling.rulings import AlreadyRuled, NothingToAppeal, ResponseStillDue, UnknownClause
from domain.settlement.proposal import DoesNotAddUp
from tests.domain.law.acts import FIRST, money
from tests.domain.law.cast import administrator, buyer, neutral, seller, supervisor
from tests.domain.law.filings import Filing, filing
from tests.domain.law.reports import Report, day, deadline, given, met, moot, of_ruling, owes, passes_to, sets, some

ESCROW = filing("0.06240000 XBT", paid="0.06240000 XBT", held=("0.07176000 XBT", "0.00936000 XBT"))


def adjudicated(claim: Filing | None = None) -> Report:
    """A contested claim that the neutral must rule on, four days after filing. The buyer added exhibits 1 and 2."""
    claim = claim or filing()
    claimant, respondent = (buyer, seller) if claim.claimant == "buyer" else (seller, buyer)
    contested = (claim, claimant.adds_exhibit(), claimant.adds_exhibit(), day(1), respondent.contests())
    return given(*contested, day(4), claimant.escalates(), neutral.takes_case(), neutral.declares_impasse())


def test_nobody_is_ruled_against_unheard() -> None:
    """While the respondent can still answer, there is no ruling. A ruling is possible after the answer, or after the
    window."""
    unheard = (
        filing(),
        day(3),
        buyer.escalates(),
        neutral.takes_case(),
        neutral.declares_impasse(),
        seller.adds_exhibit(),
    )
    ruling = neutral.rules("129.90 EUR", "0.00 EUR")
    given(*unheard).when(ruling).refused(ResponseStillDue, until="2026-11-09T10:00:00+00:00")
    given(*unheard, seller.contests()).when(ruling).leaves("appeal")
    given(*unheard, deadline("response")).when(ruling).leaves("appeal")


def test_a_past_case_waits_for_nobody() -> None:
    """An imported ruling was made at its own instant."""
    acts = (
        buyer.escalates(),
        neutral.takes_case(),
        neutral.declares_impasse(),
        neutral.rules("129.90 EUR", "0.00 EUR"),
    )
    given(filing(imported=True), day(3)).when(*(replace(act, imported=True) for act in acts)).leaves("appeal")


def test_a_ruling() -> None:
    """A ruling divides the amount in dispute and cites the record and the policy. A side that lost something can
    appeal."""
    ruling = neutral.rules("100.00 EUR", "29.90 EUR", exhibits=(2, 1, 2), clauses=("conformity", "evidence"))
    adjudicated().when(ruling).then(
        some(
            RulingIssued,
            number=1,
            neutral=neutral.subject,
            award=Division(claimant=money("100.00 EUR"), respondent=money("29.90 EUR")),
            outcome="ruled_split",
            cites_exhibits=(1, 2),
            cites_clauses=("conformity", "evidence"),
            appealable_by=(Side.BUYER, Side.SELLER),
        ),
        sets("appeal-1-buyer", "buyer", due_at="2026-11-16T11:00+01:00"),
        sets("appeal-1-seller", "seller", due_at="2026-11-16T18:00+08:00"),
        AuthoritySpent(dispute_id=FIRST, ruling=1, amount=money("129.90 EUR"), day=date(2026, 11, 6)),
        of_ruling(CommitmentKept, late=False),
        met("ruling"),
        passes_to("both", "appeal"),
    )


@pytest.mark.parametrize(
    ("claimant", "respondent", "outcome", "awaiting"),
    [
        ("129.90 EUR", "0.00 EUR", "ruled_for_claimant", "respondent"),
        ("0.00 EUR", "129.90 EUR", "ruled_for_respondent", "claimant"),
        ("129.89 EUR", "0.01 EUR", "ruled_split", "both"),
        ("0.01 EUR", "129.89 EUR", "ruled_split", "both"),
    ],
)
def test_who_won(claimant: str, respondent: str, outcome: str, awaiting: str) -> None:
    """A side that got everything has nothing to appeal. One cent for the other side makes it a split."""
    report = adjudicated().when(neutral.rules(claimant, respondent)).leaves("appeal", awaiting)
    for party in (buyer, seller):
        report.when(party.waives_appeal())
    report.leaves(outcome=outcome)


def test_the_deposit_is_not_won() -> None:
    """With escrow, a claimant wins with the whole claim. Its own deposit comes on top, and the rest goes back."""
    report = adjudicated(ESCROW).when(neutral.rules("0.07176000 XBT", "0.00936000 XBT"))
    report.leaves("appeal", "respondent").when(seller.waives_appeal()).then(
        AppealWaived(number=1, by=Side.SELLER),
        RulingBecameFinal(number=1),
        owes("marketplace", "buyer", "0.07176000 XBT"),
        owes("marketplace", "seller", "0.00936000 XBT", kind="pay"),
        moot("appeal-1-seller"),
        passes_to("marketplace", "execution"),
    ).leaves(outcome="ruled_for_claimant")


def test_a_ruling_for_a_seller_who_seeks_payment() -> None:
    """If nothing is held, the buyer pays, and the marketplace moves no money."""
    report = adjudicated(filing("5800 JPY", claimant="seller"))
    report.when(neutral.rules("5000 JPY", "800 JPY"), buyer.waives_appeal()).when(seller.waives_appeal()).then(
        AppealWaived,
        RulingBecameFinal,
        owes("buyer", "seller", "5000 JPY", kind="pay", arises_from="ruling"),
        moot("appeal-1-seller"),
        passes_to("respondent", "execution"),
    )


@pytest.mark.parametrize(("claimant", "respondent"), [("129.90 EUR", "0.01 EUR"), ("129.89 EUR", "0.00 EUR")])
def test_an_award_adds_up(claimant: str, respondent: str) -> None:
    """An award divides the amount in dispute and adds up to it exactly."""
    adjudicated().when(neutral.rules(claimant, respondent)).refused(DoesNotAddUp, in_dispute="129.90 EUR")


def test_an_award_adds_up_to_the_last_satoshi() -> None:
    """Both deposits included."""
    adjudicated(ESCROW).when(neutral.rules("0.06240000 XBT", "0.00000000 XBT")).refused(
        DoesNotAddUp, in_dispute="0.08112000 XBT", total="0.06240000 XBT"
    )


def test_what_a_ruling_cites() -> None:
    """A ruling can cite exhibits that exist and were not withdrawn, and clauses of the dispute's own policy."""
    adjudicated().when(neutral.rules("0.00 EUR", "129.90 EUR", exhibits=(1, 3))).refused(
        ExhibitNotCitable, exhibits=[3]
    )
    withdrawn = adjudicated().when(buyer.withdraws_exhibit(1))
    withdrawn.when(neutral.rules("0.00 EUR", "129.90 EUR", exhibits=(1, 2))).refused(ExhibitNotCitable, exhibits=[1])
    unknown = neutral.rules("0.00 EUR", "129.90 EUR", clauses=("fairness", "evidence"))
    adjudicated().when(unknown).refused(UnknownClause, unknown=["fairness"])


def test_only_the_assigned_neutral_rules() -> None:
    """Neither the supervisor nor a party can rule."""
    for somebody in (supervisor, buyer):
        adjudicated().when(somebody.rules("0.00 EUR", "129.90 EUR")).refused(NotTheNeutral)


def test_no_ruling_while_there_may_be_an_agreement() -> None:
    """The neutral rules after an impasse, not before. A dispute that is settled or withdrawn is not ruled on."""
    mediated = (filing(), day(4), buyer.escalates(), neutral.takes_case())
    given(*mediated).when(neutral.rules("0.00 EUR", "129.90 EUR")).refused(NotYourMove, stage="mediation")
    settled = adjudicated().when(seller.offers("1.00 EUR"), buyer.accepts_offer(1))
    settled.when(neutral.rules("0.00 EUR", "129.90 EUR")).refused(NotYourMove, stage="execution")
    adjudicated().when(buyer.withdraws()).when(neutral.rules("0.00 EUR", "129.90 EUR")).refused(DisputeIsClosed)


def test_a_ruling_stands() -> None:
    """The same ruling again is harmless; another one is refused."""
    report = adjudicated().when(neutral.rules("100.00 EUR", "29.90 EUR"))
    report.when(neutral.rules("100.00 EUR", "29.90 EUR")).then_nothing()
    report.when(neutral.rules("29.90 EUR", "100.00 EUR")).refused(AlreadyRuled, number=1)


# --- authority ---


def test_authority_is_an_amount_a_currency() -> None:
    """A neutral rules alone on amounts up to the mandate's limit, per currency. For a currency not in the mandate the
    limit is zero."""
    for authority, stage in ((("129.89 EUR", "500.00 USD"), "adjudication"), (("500.00 USD",), "adjudication")):
        report = adjudicated().when(administrator.grants_mandate(neutral, *authority))
        report.when(neutral.rules("129.90 EUR", "0.00 EUR")).leaves(stage, "supervisor")
    report = adjudicated().when(administrator.grants_mandate(neutral, "129.90 EUR"))
    report.when(neutral.rules("129.90 EUR", "0.00 EUR")).leaves("appeal")


def test_authority_is_over_what_is_still_in_dispute() -> None:
    """An amount that was conceded is not divided by the neutral, so it needs no authority."""
    conceded = (filing(), seller.concedes("100.00 EUR"), day(4), buyer.escalates(), neutral.takes_case())
    report = given(*conceded, neutral.declares_impasse(), administrator.grants_mandate(neutral, "29.90 EUR"))
    report.when(neutral.rules("29.90 EUR", "0.00 EUR")).leaves("appeal")


# --- the end of it ---


def test_both_sides_waive() -> None:
    """A ruling is executed as soon as nobody can appeal any more. A repeated waiver is harmless."""
    report = adjudicated().when(neutral.rules("100.00 EUR", "29.90 EUR")).when(seller.waives_appeal())
    report.then(AppealWaived(number=1, by=Side.SELLER), moot("appeal-1-seller"), passes_to("claimant", "appeal"))
    report.when(seller.waives_appeal()).then_nothing()
    report.when(buyer.waives_appeal()).then(
        AppealWaived,
        RulingBecameFinal(number=1),
        owes("seller", "buyer", "100.00 EUR"),
        moot("appeal-1-buyer"),
        passes_to("marketplace", "execution"),
    )
    report.when(buyer.waives_appeal(), seller.waives_appeal()).then_nothing()


def test_one_waives_and_the_other_lapses() -> None:
    """If one side waives and the other lets its window end, the ruling is final at that end."""
    report = adjudicated().when(
        neutral.rules("100.00 EUR", "29.90 EUR"), buyer.waives_appeal(), deadline("appeal-1-seller")
    )
    report.when(seller.waives_appeal()).leaves("execution", "marketplace", "ruled_split").at(
        "2026-11-16T10:00+00:00", RulingBecameFinal
    )


def test_nothing_to_waive() -> None:
    """Before a ruling there is nothing to waive, and only a party can waive."""
    adjudicated().when(buyer.waives_appeal()).refused(NothingToAppeal, stage="adjudication")
    adjudicated().when(neutral.rules("1.00 EUR", "128.90 EUR")).when(neutral.waives_appeal()).refused(NotAParty)


def test_the_winner_has_nothing_to_waive() -> None:
    """A side that got everything cannot appeal, so its waiver changes nothing."""
    report = adjudicated().when(neutral.rules("129.90 EUR", "0.00 EUR"))
    report.when(buyer.waives_appeal()).then_nothing().leaves("appeal", "respondent")
