"""Law reports on the legal basis of a claim: who has it, until when, and the least that a ruling gives."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from domain.filing.filing import FilingWindowClosed
from domain.filing.filing_facts import DisputeFiled
from domain.filing.legal_basis import LegalBasisOutOfPlace
from domain.filing.legal_basis_facts import StatutoryClock
from domain.kernel.money import Money
from domain.kernel.windows import Period
from domain.policy.book import FIRST_POLICY
from domain.policy.legal_basis_rules import BasisTerms
from domain.policy.policy import Policy
from domain.policy.validation import LegalBasisStatedTwice
from domain.ruling.rulings import AwardBelowFloor
from tests.domain.law.acts import FILED_AT, money
from tests.domain.law.cast import administrator, buyer, marketplace, neutral, seller
from tests.domain.law.filings import Filing, filing
from tests.domain.law.reports import Report, at, day, given

TWO_YEARS = {"basis": "legal_guarantee", "countries": ("IT", "DE"), "period": {"amount": 24, "unit": "months"}}


def of_law(*bases: dict[str, Any], **changes: Any) -> Policy:
    terms = tuple(BasisTerms.model_validate(one) for one in bases or (TWO_YEARS,))
    return FIRST_POLICY.model_copy(update={"version": "law", "legal_bases": terms} | changes)


def under(policy: Policy, *items: Any) -> Report:
    return given(administrator.publishes(policy), *items)


def faulty(claim: str = "100.00 EUR", basis: str = "legal_guarantee", **rest: Any) -> Filing:
    return filing(claim, legal_basis=basis, **rest)


def filed(report: Report) -> DisputeFiled:
    return next(fact.event for fact in report.facts if isinstance(fact.event, DisputeFiled))


def clock_of(report: Report) -> StatutoryClock:
    clock = filed(report).statutory
    assert clock is not None
    return clock


def ends(clock: StatutoryClock) -> str:
    return clock.ends_at.isoformat() if clock.ends_at else "never"


def test_the_clock_of_the_law_stands_beside_the_marketplaces() -> None:
    """Two years from the delivery on 28 October 2026 end with 30 October 2028: the 28th is a Saturday."""
    clock = clock_of(under(of_law()).when(faulty()).leaves("negotiation", "respondent"))
    assert (clock.rule, str(clock.period), clock.time_zone) == ("law/legal_bases", "24 months", "Europe/Rome")
    assert clock.begins_at == FILED_AT - timedelta(days=5)
    assert ends(clock) == "2028-10-30T23:00:00+00:00"
    assert clock.platform_ends_at.isoformat() == "2026-12-28T10:00:00+00:00"
    assert clock.floor is None


def test_a_delivery_that_only_the_carrier_reports() -> None:
    clock = clock_of(under(of_law()).when(faulty(delivered_days_ago=None, tracking="delivered")))
    assert clock.begins_at == FILED_AT - timedelta(days=1)


def test_without_a_delivery_the_period_has_not_begun() -> None:
    clock = clock_of(under(of_law()).when(faulty(delivered_days_ago=None)))
    assert (clock.begins_at, clock.ends_at) == (None, None)


def test_a_claim_within_the_period_is_filed_after_the_marketplaces_window() -> None:
    """Unless the policy says otherwise. Without a legal basis nothing changes."""
    late: dict[str, Any] = {"delivered_days_ago": 400, "paid_days_ago": 420}
    under(of_law()).when(faulty(**late)).leaves("negotiation", "respondent")
    under(of_law()).when(filing("100.00 EUR", **late)).refused(FilingWindowClosed, clause="law/filing")
    strict = of_law(TWO_YEARS | {"admits_late": False})
    under(strict).when(faulty(**late)).refused(FilingWindowClosed)


def test_a_claim_after_the_period() -> None:
    """The last instant of the last day is in time; the next one is not."""
    month = of_law(TWO_YEARS | {"period": {"amount": 2, "unit": "months"}})
    due = under(month, at("2027-01-29T22:59:59+00:00"))  # Friday; delivered on 29 November 2026
    due.when(faulty(delivered_days_ago=61)).leaves("negotiation", "respondent")
    over = under(month, at("2027-01-29T23:00:00+00:00"))
    over.when(faulty(delivered_days_ago=61.5)).refused(FilingWindowClosed, clause="law/filing")


@pytest.mark.parametrize(
    ("changed", "clock"),
    [
        ({"buyer_country": ("FR", "Europe/Paris")}, False),
        ({"more": {"buyer_kind": "business"}}, False),
        ({"basis": "guarantee"}, False),
        ({"more": {"buyer_kind": "consumer"}}, True),
    ],
    ids=["another country", "a business", "another basis", "a consumer"],
)
def test_whom_the_law_protects(changed: dict[str, Any], clock: bool) -> None:
    """The terms are for the buyer's country, and those of the legal guarantee for consumers. The basis is on record anyway."""
    report = under(of_law()).when(faulty(**changed)).leaves("negotiation", "respondent")
    assert (filed(report).statutory is not None) is clock
    assert report.dispute.legal_basis == changed.get("basis", "legal_guarantee")


def test_terms_for_all_other_countries() -> None:
    elsewhere = {"basis": "legal_guarantee", "period": {"amount": 6, "unit": "months"}}
    policy = of_law(elsewhere, TWO_YEARS)
    for country, period in ((("FR", "Europe/Paris"), "6 months"), (("IT", "Europe/Rome"), "24 months")):
        clock = clock_of(under(policy).when(faulty(buyer_country=country)))
        assert str(clock.period) == period


def test_a_guarantee_is_for_every_buyer() -> None:
    promised = of_law({"basis": "guarantee", "period": {"amount": 36, "unit": "months"}, "floor_percent": 50})
    clock = clock_of(under(promised).when(faulty(basis="guarantee", more={"buyer_kind": "business"})))
    assert clock.floor is None, "the floor protects consumers"


def test_as_what_the_buyer_bought() -> None:
    """The filing says it, or else the policy."""
    for buyers, said, kind in (("consumer", None, "consumer"), ("business", None, "business")):
        report = under(of_law(buyers=buyers)).when(faulty(more={"buyer_kind": said}))
        assert report.dispute.buyer_kind == kind
    assert (
        under(of_law(buyers="business")).when(faulty(more={"buyer_kind": "consumer"})).dispute.buyer_kind == "consumer"
    )


def test_rights_that_this_side_or_buyer_does_not_have() -> None:
    sellers = faulty(claimant="seller", reason="payment_not_received")
    under(of_law()).when(sellers).refused(LegalBasisOutOfPlace, legal_basis="legal_guarantee", claimant="seller")
    business = faulty(basis="withdrawal", more={"buyer_kind": "business"})
    under(of_law()).when(business).refused(LegalBasisOutOfPlace, legal_basis="withdrawal", buyer="business")


# --- the floor ---


def to_be_ruled(policy: Policy, *answers: Any, **rest: Any) -> Report:
    mediated = (*(answers or (seller.contests(),)), day(3), buyer.escalates(), neutral.takes_case())
    return under(policy, faulty(**rest), *mediated, neutral.declares_impasse())


HALF = of_law(TWO_YEARS | {"floor_percent": 50})


def test_an_award_below_the_floor() -> None:
    """A consumer is never put off with less."""
    below = neutral.rules("49.99 EUR", "50.01 EUR")
    to_be_ruled(HALF).when(below).refused(AwardBelowFloor, floor="50.00 EUR", award="49.99 EUR")


@pytest.mark.parametrize("award", ["50.00 EUR", "100.00 EUR", "0.00 EUR"], ids=["floor", "all", "nothing"])
def test_an_award_that_the_floor_allows(award: str) -> None:
    """The floor or more; or nothing, because the claim is unfounded."""
    rest = str(money("100.00 EUR") - money(award))
    assert to_be_ruled(HALF).when(neutral.rules(award, rest)).dispute.adjudication.ruling is not None


def test_a_conceded_part_counts_towards_the_floor() -> None:
    report = to_be_ruled(HALF, seller.concedes("30.00 EUR"))
    report.when(neutral.rules("19.99 EUR", "50.01 EUR")).refused(AwardBelowFloor, floor="20.00 EUR")
    report.when(neutral.rules("20.00 EUR", "50.00 EUR"))
    enough = to_be_ruled(HALF, seller.concedes("60.00 EUR"))
    assert enough.when(neutral.rules("0.01 EUR", "39.99 EUR")).dispute.adjudication.ruling is not None


def test_a_refund_elsewhere_counts_towards_the_floor() -> None:
    report = to_be_ruled(HALF, seller.contests(), marketplace.refunds_elsewhere("45.00 EUR"))
    report.when(neutral.rules("4.99 EUR", "50.01 EUR")).refused(AwardBelowFloor, floor="5.00 EUR")


def test_the_floor_is_a_share_of_the_price_of_what_is_claimed() -> None:
    """Of the claimed goods, and never more than the claim."""
    lines = {"1": "60.00 EUR", "2": "40.00 EUR"}
    one = to_be_ruled(HALF, claim="40.00 EUR", paid="100.00 EUR", order_lines=lines, about_lines=("2",))
    one.when(neutral.rules("19.99 EUR", "20.01 EUR")).refused(AwardBelowFloor, floor="20.00 EUR")
    modest = to_be_ruled(HALF, claim="10.00 EUR", paid="100.00 EUR", relief="partial_refund")
    modest.when(neutral.rules("9.99 EUR", "0.01 EUR")).refused(AwardBelowFloor, floor="10.00 EUR")


def test_the_parties_may_agree_on_less() -> None:
    report = under(HALF, faulty(), day(1), seller.offers("10.00 EUR"))
    report.when(buyer.accepts_offer(1)).leaves("execution", outcome="settled")


def test_a_floor_is_rounded_up() -> None:
    terms = BasisTerms.model_validate(TWO_YEARS | {"floor_percent": 33})
    assert terms.floor(Money.of("0.10", "EUR")) == Money.of("0.04", "EUR")


# --- the policy ---


@pytest.mark.parametrize("again", [TWO_YEARS, TWO_YEARS | {"countries": ("FR", "DE")}], ids=["all", "one country"])
def test_a_basis_is_stated_once_for_a_country(again: dict[str, Any]) -> None:
    twice = of_law(TWO_YEARS, again)
    given().when(administrator.publishes(twice)).refused(LegalBasisStatedTwice, at="/legal_bases/1")
    other = of_law(TWO_YEARS, TWO_YEARS | {"countries": ()}, TWO_YEARS | {"basis": "guarantee"})
    given(administrator.publishes(other))


def test_a_period_of_the_law_is_days_or_months() -> None:
    assert str(Period(amount=1, unit="months")) == "1 month"
    for wrong in ({"amount": 0, "unit": "months"}, {"amount": 361, "unit": "months"}, {"amount": 2, "unit": "years"}):
        with pytest.raises(ValidationError):
            Period.model_validate(wrong)


def test_a_month_that_has_no_such_day() -> None:
    """From 31 August, a month ends on 30 September."""
    month = of_law(TWO_YEARS | {"period": {"amount": 1, "unit": "months"}, "admits_late": False})
    report = under(month, at("2026-09-20T10:00:00+00:00")).when(faulty(delivered_days_ago=20))
    clock = clock_of(report)
    assert ends(clock) == "2026-09-30T22:00:00+00:00"
