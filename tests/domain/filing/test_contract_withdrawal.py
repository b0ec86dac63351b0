"""Law reports on withdrawals from the contract: the goods go back, then the money, and nobody has to grant it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.commitments.events import CommitmentDischarged
from domain.filing.admissibility import NotContactedYet
from domain.filing.claim_facts import ClaimCounted
from domain.filing.contract_withdrawal import (
    WithdrawalGroundMissing,
    WithdrawalGroundOutOfPlace,
    WithdrawalNotInParts,
)
from domain.filing.fast_lane_facts import FastLaneContested
from domain.filing.filing_facts import DisputeFiled
from domain.filing.legal_basis_facts import ContractWithdrawn
from domain.filing.response_facts import ResponseGiven
from domain.filing.review_facts import MachineDecided
from domain.filing.set_aside import NothingToSetAside
from domain.kernel.people import Side
from domain.kernel.refusals import NotYourMove
from domain.neutral.escalation_facts import Escalated
from domain.payments.transaction_facts import ClaimOpened, TransactionRecorded
from domain.policy.claim_limits import AbuseRules, ClaimLimit
from domain.policy.policy import Policy
from domain.policy.reasons import ClaimReason
from domain.remedies.goods_facts import GoodsAwaited, GoodsEnded
from domain.remedies.recovery_facts import AwardOverturned
from domain.ruling.rulings import AwardBelowFloor
from tests.domain.filing.test_legal_basis import of_law
from tests.domain.law.acts import FILED_AT, FIRST, commitment, money
from tests.domain.law.cast import administrator, back, buyer, engine, marketplace, neutral, seller
from tests.domain.law.filings import Filing, filing
from tests.domain.law.reports import (
    Report,
    day,
    deadline,
    given,
    lapsed,
    met,
    neutral_owed,
    owes,
    passes_to,
    sets,
    some,
)

FORTNIGHT = {"basis": "withdrawal", "period": {"amount": 14, "unit": "calendar_days"}, "floor_percent": 100}
EU = of_law(FORTNIGHT)
ZERO = money("0.00 EUR")


def withdrawing(claim: str = "100.00 EUR", **rest: Any) -> Filing:
    return filing(claim, legal_basis="withdrawal", reason="other", **rest)


def under(policy: Policy, *items: Any) -> Report:
    return given(administrator.publishes(policy), *items)


def withdrawn(*items: Any, **rest: Any) -> Report:
    return under(EU, withdrawing(**rest), *items)


# --- what follows at filing ---


def test_the_goods_go_back_first() -> None:
    """No negotiation and no ruling: the outcome is on record with the filing. The seller has a window to contest it."""
    under(EU).when(withdrawing()).then(
        DisputeFiled,
        ContractWithdrawn(
            clause="law/legal_bases", claimant_receives=money("100.00 EUR"), goods=back(None, freight="seller")
        ),
        some(MachineDecided, decision="contract_withdrawn", burdens="seller", objection="respond"),
        sets("response", "seller", due_at="2026-11-09T18:00+08:00"),
        TransactionRecorded,
        ClaimOpened,
        some(GoodsAwaited, step="dispatch", at_stake=money("100.00 EUR"), arises_from="default"),
        owes("buyer", "seller", None, "return", commitment_class="remedy", arises_from="default"),
        passes_to("claimant", "execution"),
    ).leaves("execution", "claimant", "granted_by_default")


def test_the_money_is_due_when_the_law_says() -> None:
    """Fourteen days after the withdrawal, on the seller's calendar, when the goods are back before that."""
    report = withdrawn(day(1), buyer.sends_goods(1), day(3), marketplace.confirms_promise(2), day(4))
    report.when(seller.confirms_promise(3))
    refund = report.dispute.commitments.open[commitment(4)]
    assert (refund.amount, refund.due_at.isoformat()) == (money("100.00 EUR"), "2026-11-16T10:00:00+00:00")


def test_goods_that_come_back_after_that() -> None:
    """The seller may wait for them. Then the remedy window of the policy begins."""
    report = withdrawn(day(9), buyer.sends_goods(1), day(20), marketplace.confirms_promise(2), day(21))
    report.when(seller.confirms_promise(3))
    assert report.dispute.commitments.open[commitment(4)].due_at.isoformat() == "2026-11-30T10:00:00+00:00"


def test_when_the_refund_is_paid_the_dispute_closes() -> None:
    paid = (engine.instructs_refund(4), marketplace.confirms_refund(4))
    report = withdrawn(
        day(1), buyer.sends_goods(1), day(3), marketplace.confirms_promise(2), seller.confirms_promise(3), *paid
    )
    report.when(deadline("response"), engine.ticks()).leaves("closed", "none", "granted_by_default")


def test_goods_that_are_never_sent_back() -> None:
    """The withdrawal is given up, as with any return."""
    report = withdrawn(day(40), engine.ticks())
    assert GoodsEnded(how="lapsed", to_buyer=ZERO, to_seller=money("100.00 EUR")) in [f.event for f in report.facts]
    report.leaves("closed", "none", "granted_by_default")


def test_before_the_delivery_nothing_goes_back() -> None:
    """The money is due at once. A parcel that arrives later is claimed by the seller in a dispute that follows."""
    report = under(EU).when(withdrawing(delivered_days_ago=None, tracking="in_transit"))
    assert some(ContractWithdrawn, goods=None) in [fact.event for fact in report.facts]
    report.leaves("execution", "marketplace", "granted_by_default")
    refund = report.dispute.commitments.open[commitment(1)]
    assert refund.due_at.isoformat() == "2026-11-16T10:00:00+00:00"


def test_out_of_escrow() -> None:
    """What is not claimed goes to the seller at once; the rest waits for the goods."""
    report = under(EU).when(withdrawing("80.00 EUR", paid="100.00 EUR", held=("100.00 EUR",)))
    owed = [(c.owed_to, c.amount) for c in report.dispute.commitments.open.values()]
    assert owed == [("seller", None), ("seller", money("20.00 EUR"))]


@pytest.mark.parametrize(
    "ordinary",
    [
        withdrawing(delivered_days_ago=20),
        withdrawing(imported=True),
        replace(withdrawing(), legal_basis="legal_guarantee"),
        replace(withdrawing(), legal_basis=None),
    ],
    ids=["the period is over", "a past case", "another basis", "no basis"],
)
def test_what_goes_the_ordinary_way(ordinary: Filing) -> None:
    under(EU).when(ordinary).leaves("negotiation", "respondent")


def test_a_country_about_which_policy_says_nothing() -> None:
    german = of_law(FORTNIGHT | {"countries": ("DE",)})
    under(german).when(withdrawing()).leaves("negotiation", "respondent")


def test_another_forum_has_it() -> None:
    under(EU).when(withdrawing(more={"other_forum": "court"})).leaves("closed", "none", "inadmissible")


def test_what_the_marketplace_asks_does_not_limit_a_right_of_the_law() -> None:
    """Neither the reasons in its scope nor its limits on claims. The claim counts all the same."""
    limit = ClaimLimit(days=30, claims=1, beyond="refuse")
    reasons = {r: terms for r, terms in EU.reasons.items() if r is not ClaimReason.OTHER}
    narrow = of_law(FORTNIGHT, reasons=reasons, abuse=AbuseRules(limits=(limit,)))
    before = filing(dispute=FIRST)
    another = withdrawing().as_second(commitment(9), order=commitment(8))
    report = under(narrow, before).when(another)
    assert some(ClaimCounted, dispute_id=another.dispute) in [fact.event for fact in report.facts]
    report.leaves("execution", "claimant", "granted_by_default", of=another.dispute)


def test_a_contact_that_is_still_to_come() -> None:
    told = withdrawing(more={"seller_contacted_at": FILED_AT + timedelta(days=1)})
    under(EU).when(told).refused(NotContactedYet)


# --- contested ---


@pytest.mark.parametrize("ground", ["period_over", "exempt"])
def test_the_seller_contests_it(ground: str) -> None:
    """Nothing goes back any more, and a neutral decides."""
    withdrawn(day(2)).when(seller.contests(ground)).then(
        FastLaneContested(by=Side.SELLER),
        some(CommitmentDischarged, commitment_id=commitment(1), reason="overturned"),
        AwardOverturned(to_buyer=ZERO, to_seller=ZERO),
        Escalated(by="seller"),
        some(ResponseGiven, answer="contest", ground=ground),
        met("response"),
        neutral_owed(),
        passes_to("supervisor", "mediation"),
    )


def test_nothing_but_the_two_grounds_speaks_against_it() -> None:
    report = withdrawn(day(1))
    report.when(seller.contests()).refused(WithdrawalGroundMissing, at="/ground")
    report.when(seller.concedes("10.00 EUR")).refused(WithdrawalNotInParts, at="/answer")
    given(filing(), day(1)).when(seller.contests("exempt")).refused(WithdrawalGroundOutOfPlace, answer="contest")


def test_contested_when_the_goods_are_on_their_way_or_paid_for() -> None:
    """What was paid counts towards the ruling."""
    sent = withdrawn(day(1), buyer.sends_goods(1), day(2), seller.contests("exempt"))
    assert sent.leaves("mediation", "supervisor").dispute.goods is None
    back_again = (buyer.sends_goods(1), marketplace.confirms_promise(2), seller.confirms_promise(3))
    paid = (engine.instructs_refund(4), marketplace.confirms_refund(4))
    refunded = withdrawn(day(1), *back_again, *paid, day(3)).when(seller.contests("period_over"))
    assert AwardOverturned(to_buyer=money("100.00 EUR"), to_seller=ZERO) in [f.event for f in refunded.facts]


MEDIATED = (day(1), seller.contests("exempt"), neutral.takes_case(), neutral.declares_impasse())


def test_a_neutral_rules_that_it_counts() -> None:
    """The ruling can make the money wait for the goods again. It gives all of the price, or nothing."""
    contested = withdrawn(*MEDIATED)
    contested.when(neutral.rules("50.00 EUR", "50.00 EUR")).refused(AwardBelowFloor, floor="100.00 EUR")
    contested.when(neutral.rules("100.00 EUR", "0.00 EUR", goods=back()))
    report = contested.when(seller.waives_appeal()).leaves("execution", "claimant", "ruled_for_claimant")
    assert some(GoodsAwaited, step="dispatch", arises_from="ruling") in [fact.event for fact in report.facts]


def test_a_neutral_rules_that_it_does_not_count() -> None:
    ruled = withdrawn(*MEDIATED, neutral.rules("0.00 EUR", "100.00 EUR"))
    ruled.when(buyer.waives_appeal()).leaves("closed", "none", "ruled_for_respondent")


def test_it_is_no_default_of_a_silent_seller() -> None:
    """So it cannot be set aside. It stands when the window to contest it is over."""
    report = withdrawn(day(1))
    report.when(seller.asks_to_set_aside()).refused(NothingToSetAside)
    report.when(deadline("response"), engine.ticks()).then(lapsed("response"))
    report.leaves("execution", "claimant", "granted_by_default")
    report.when(seller.contests("exempt")).refused(NotYourMove)


def test_the_seller_agrees() -> None:
    withdrawn(day(1)).when(seller.concedes()).leaves("execution", "claimant", "conceded")
