"""Law reports on standing rules: a machine answers for the seller what the seller said beforehand, once, and never more."""

from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from domain.clocks.stay import DisputeIsStayed
from domain.filing.response import ResponseAlreadyGiven
from domain.filing.response_facts import DefaultDeclined, DefaultGranted, ResponseGiven
from domain.filing.standing_rules import NotYourStandingRules, StandingRulesHaveChanged
from domain.filing.standing_rules_facts import (
    StandingRule,
    StandingRulesSet,
    StandingRulesWithdrawn,
    StandingRuleUsed,
)
from domain.kernel.base import Role
from domain.policy.book import FIRST_POLICY
from domain.policy.claim_limits import AbuseRules, ClaimLimit
from domain.remedies.goods_facts import GoodsAwaited
from domain.settlement.negotiation_facts import OfferExpired, OfferMade
from tests.domain.filing.test_fast_lane import OVERDUE, lane
from tests.domain.law.acts import SECOND, division, money
from tests.domain.law.cast import administrator, back, buyer, engine, marketplace, neutral, seller, supervisor
from tests.domain.law.filings import Filing, filing
from tests.domain.law.reports import Report, day, deadline, given, met, moot, owes, passes_to, sets, some

SMALL = filing("19.99 EUR")
APPLIED = engine.applies_standing_rules()


def rule(up_to: str = "20.00 EUR", answer: str = "concede", **more: Any) -> StandingRule:
    terms = {"reasons": ("not_as_described",), "up_to": money(up_to), "answer": answer, **more}
    return StandingRule.model_validate(terms)


def offering(share: int, up_to: str = "20.00 EUR", **more: Any) -> StandingRule:
    return rule(up_to, "offer", share=share, **more)


def under(*rules: StandingRule, claim: Filing = SMALL) -> Report:
    """The seller's rules, and then a claim."""
    return given(seller.sets_standing_rules(*rules, of=seller.subject), claim)


def untouched(report: Report) -> None:
    report.when(APPLIED).then_nothing()


# --- set, replaced, withdrawn ---


def test_each_change_is_a_version() -> None:
    of = seller.subject
    report = given().when(seller.sets_standing_rules(rule(), of=of))
    report.then(StandingRulesSet(version=1, seller=of, rules=(rule(),), by=Role.SELLER))
    report.when(marketplace.sets_standing_rules(offering(3000), of=of)).then(
        some(StandingRulesSet, version=2, rules=(offering(3000),), by=Role.MARKETPLACE)
    )
    report.when(seller.withdraws_standing_rules(of=of)).then(
        StandingRulesWithdrawn(version=3, seller=of, by=Role.SELLER)
    )
    report.when(seller.sets_standing_rules(rule(), of=of)).then(some(StandingRulesSet, version=4))


def test_what_is_so_already_is_no_version() -> None:
    of = seller.subject
    given(seller.sets_standing_rules(rule(), of=of)).when(marketplace.sets_standing_rules(rule(), of=of)).then_nothing()
    given().when(seller.withdraws_standing_rules(of=of)).then_nothing()


def test_a_change_on_an_old_version_is_refused() -> None:
    of = seller.subject
    report = given(seller.sets_standing_rules(rule(), of=of, expected=(0,)))
    report.when(seller.sets_standing_rules(offering(1), of=of, expected=(0,)))
    report.refused(StandingRulesHaveChanged, version=1, expected=0)
    report.when(seller.withdraws_standing_rules(of=of, expected=(0, 1))).then(StandingRulesWithdrawn)


@pytest.mark.parametrize("somebody", [buyer, neutral, supervisor, administrator, engine])
def test_only_the_seller_or_the_marketplace_sets_them(somebody: Any) -> None:
    given().when(somebody.sets_standing_rules(rule(), of=seller.subject)).refused(NotYourStandingRules)
    given().when(somebody.withdraws_standing_rules(of=seller.subject)).refused(NotYourStandingRules)


@pytest.mark.parametrize(
    "terms",
    [
        {"answer": "offer"},
        {"answer": "concede", "share": 3000},
        {"up_to": money("0.00 EUR")},
        {"return_freight": money("9.00 USD")},
        {"reasons": ()},
        {"answer": "offer", "share": 10_001},
        {"answer": "offer", "share": 0},
    ],
)
def test_a_rule_that_makes_no_sense_is_none(terms: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        StandingRule.model_validate(rule().model_dump() | terms)


# --- applied ---


def test_a_small_claim_is_conceded() -> None:
    """As if the seller had conceded; the fact says that a machine did, and under which rule of which version."""
    under(rule()).when(APPLIED).then(
        some(
            ResponseGiven,
            answer="concede",
            by="seller",
            conceded=money("19.99 EUR"),
            standing_rule=StandingRuleUsed(version=1, rule=1),
        ),
        owes("seller", "buyer", "19.99 EUR", arises_from="concession", commitment_class="remedy"),
        met("response"),
        moot("negotiation"),
        passes_to("marketplace", "execution"),
    ).leaves(outcome="conceded")


def test_a_share_is_offered() -> None:
    """The offer has the buyer's usual time. It answers nothing yet: the seller's window runs on."""
    under(offering(3000)).when(APPLIED).then(
        some(
            OfferMade,
            number=1,
            by="seller",
            terms=division("6.00 EUR", "13.99 EUR"),
            standing_rule=StandingRuleUsed(version=1, rule=1),
        ),
        sets("offer-1", "buyer"),
    ).leaves(awaiting="respondent")


@pytest.mark.parametrize(
    ("claim", "share", "offered"),
    [
        ("19.99 EUR", 10_000, "19.99 EUR"),
        ("0.01 EUR", 1, "0.01 EUR"),
        ("20.00 EUR", 3000, "6.00 EUR"),
        ("999 JPY", 5000, "500 JPY"),
        ("1.001 KWD", 3333, "0.334 KWD"),
    ],
)
def test_what_is_less_than_the_smallest_unit_is_the_claimants(claim: str, share: int, offered: str) -> None:
    assert offering(share).offered(money(claim)) == money(offered)


def test_the_first_rule_that_fits_answers() -> None:
    report = under(rule("10.00 EUR"), rule(reasons=("damaged",)), offering(5000), rule()).when(APPLIED)
    (made,) = (fact.event for fact in report.facts if isinstance(fact.event, OfferMade))
    assert made.standing_rule == StandingRuleUsed(version=1, rule=3)


def test_never_above_the_ceiling() -> None:
    """Up to the last cent."""
    untouched(under(rule("19.98 EUR")))
    under(rule("19.99 EUR")).when(APPLIED).leaves(outcome="conceded")


def test_amounts_in_another_currency_never_fit() -> None:
    """Nothing is converted, whatever the rate would be."""
    untouched(under(rule("1000000 JPY")))


@pytest.mark.parametrize("terms", [{"reasons": ("damaged", "wrong_item")}, {"countries": ("FR", "DE")}])
def test_reasons_and_countries_must_fit(terms: dict[str, Any]) -> None:
    untouched(under(rule(**terms)))


def test_the_country_is_the_buyers() -> None:
    under(rule(countries=("FR", "IT"))).when(APPLIED).leaves(outcome="conceded")
    untouched(under(rule(countries=("CN",))))


def test_goods_come_back_where_the_rule_says_so() -> None:
    """The policy says who pays for the return."""
    report = under(rule(return_freight=money("5.00 EUR"))).when(APPLIED)
    assert [fact.event for fact in report.facts if isinstance(fact.event, GoodsAwaited)] == [
        some(GoodsAwaited, goods=back("5.00 EUR", FIRST_POLICY.return_freight.value), at_stake=money("19.99 EUR"))
    ]
    report = under(offering(5000, return_freight=money("5.00 EUR"))).when(APPLIED)
    (made,) = (fact.event for fact in report.facts if isinstance(fact.event, OfferMade))
    assert made.terms.goods == back("5.00 EUR", FIRST_POLICY.return_freight.value)


def test_a_return_that_costs_more_than_the_goods_does_not_fit() -> None:
    """The next rule is tried."""
    report = under(rule(return_freight=money("20.00 EUR")), offering(1000)).when(APPLIED)
    assert some(OfferMade, standing_rule=StandingRuleUsed(version=1, rule=2)) in [fact.event for fact in report.facts]


# --- which version ---


def test_the_version_of_the_filing_counts() -> None:
    """Whatever the seller changed since."""
    report = under(rule())
    report.when(seller.withdraws_standing_rules(of=seller.subject), APPLIED).leaves(outcome="conceded")


def test_a_version_that_does_not_exist_answers_nothing() -> None:
    under(rule()).when(engine.applies_standing_rules(2)).then_nothing()
    under(rule()).when(engine.applies_standing_rules(0)).then_nothing()


def test_only_the_engine_applies_them() -> None:
    under(rule()).when(seller.applies_standing_rules()).refused(NotYourStandingRules)


# --- once, and never against what is so already ---


def test_never_twice() -> None:
    under(rule()).when(APPLIED).when(APPLIED).then_nothing()
    offered = under(offering(3000)).when(APPLIED)
    offered.when(APPLIED).then_nothing()
    offered.when(buyer.rejects_offer(1), APPLIED)
    assert not any(isinstance(fact.event, OfferMade) for fact in offered.facts)


@pytest.mark.parametrize(
    "act",
    [
        seller.contests(),
        seller.concedes("5.00 EUR"),
        seller.offers("1.00 EUR"),
        seller.adds_exhibit(),
        seller.counterclaims("payment", "5.00 EUR"),
    ],
)
def test_never_if_the_seller_took_part(act: Any) -> None:
    """A person looks at it then. What the buyer does meanwhile changes nothing."""
    untouched(under(rule()).when(act))
    under(rule()).when(buyer.adds_exhibit(), buyer.offers("10.00 EUR"), APPLIED).leaves(outcome="conceded")


@pytest.mark.parametrize(
    "item",
    [
        buyer.withdraws(),
        supervisor.declares_inadmissible("vexatious"),
        deadline("response"),
    ],
)
def test_never_if_nothing_is_awaited(item: Any) -> None:
    report = under(rule()).when(item, APPLIED)
    assert not any(isinstance(fact.event, ResponseGiven) for fact in report.facts)


def test_never_against_a_sellers_own_claim() -> None:
    claimed = filing("19.99 EUR", claimant="seller", reason="payment_not_received")
    untouched(under(rule(reasons=("payment_not_received",)), claim=claimed))


def test_never_in_a_past_case() -> None:
    untouched(under(rule(), claim=filing("19.99 EUR", imported=True)))


def test_what_the_fast_lane_granted_is_left_alone() -> None:
    """The seller may still contest the grant. A machine must not give that away."""
    rules = seller.sets_standing_rules(rule("40.00 EUR", reasons=("item_not_received",)), of=seller.subject)
    untouched(given(administrator.publishes(lane()), rules, OVERDUE))


def test_a_claim_that_a_person_is_to_look_at_is_left_alone() -> None:
    """The buyer has reached a limit of the policy."""
    limit = ClaimLimit(days=30, claims=1, beyond="review")
    policy = FIRST_POLICY.model_copy(update={"version": "limits", "abuse": AbuseRules(limits=(limit,))})
    order = {"1": "19.99 EUR", "2": "19.99 EUR"}
    first = filing("19.99 EUR", paid="39.98 EUR", order_lines=order)
    rules = seller.sets_standing_rules(rule(), of=seller.subject)
    report = given(administrator.publishes(policy), rules, first, first.as_second(SECOND, about_lines=("2",)))
    report.when(APPLIED.about(SECOND)).then_nothing()
    report.when(APPLIED).leaves(outcome="conceded")


def test_a_stay_halts_it() -> None:
    ordered = under(rule()).when(marketplace.records_proceeding("court"))
    ordered.when(APPLIED).refused(DisputeIsStayed)


# --- afterwards ---


def test_the_seller_can_still_offer_more() -> None:
    report = under(offering(3000)).when(APPLIED).when(seller.offers("10.00 EUR"))
    report.then(OfferExpired(number=1, why="superseded"), some(OfferMade, number=2, standing_rule=None), *_moved(2))


def test_the_seller_can_make_the_same_offer_their_own() -> None:
    """Then a person has bargained."""
    report = under(offering(3000)).when(APPLIED).when(seller.offers("6.00 EUR"))
    report.then(OfferExpired(number=1, why="superseded"), some(OfferMade, number=2, standing_rule=None), *_moved(2))
    report.when(seller.offers("6.00 EUR")).then_nothing()


def _moved(number: int) -> list[Any]:
    return [sets(f"offer-{number}", "buyer"), moot(f"offer-{number - 1}")]


def test_the_seller_can_still_contest() -> None:
    under(offering(3000)).when(APPLIED).when(seller.contests()).leaves(awaiting="claimant")
    under(rule()).when(APPLIED).when(seller.contests()).refused(ResponseAlreadyGiven)


def test_a_machines_offer_is_no_answer() -> None:
    """Silence still means what the policy says. Otherwise an offer of one percent would keep every default away."""
    silent = under(offering(100)).when(APPLIED).when(deadline("response"), engine.ticks())
    assert some(DefaultGranted, claimant_receives=money("19.99 EUR")) in [fact.event for fact in silent.facts]
    by_hand = given(SMALL).when(seller.offers("0.20 EUR"), deadline("response"), engine.ticks())
    assert some(DefaultDeclined, reason="respondent_takes_part") in [fact.event for fact in by_hand.facts]


def test_who_answers_the_machines_offer_takes_part() -> None:
    rejected = under(offering(100)).when(APPLIED, day(1), buyer.rejects_offer(1))
    assert rejected.dispute.took_part(rejected.dispute.claimant)
    assert not rejected.dispute.took_part(rejected.dispute.claimant.other)


def test_the_rules_are_the_sellers_own() -> None:
    """Another seller's rules answer nothing here."""
    given(seller.sets_standing_rules(rule(), of=UUID(int=0x99)), SMALL).when(APPLIED).then_nothing()
