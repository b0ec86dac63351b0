"""Law reports on which neutral may be assigned to which dispute."""

from typing import Any

import pytest

from domain.kernel.base import Role
from domain.neutral.eligibility import HasAnInterest, HoldsTooMany, LanguageNotRead, TierNotServed
from domain.neutral.mandate_facts import MandateGranted
from domain.policy.book import UnknownTier
from domain.policy.policy import NeutralReads, Policy
from tests.domain.law.acts import SECOND
from tests.domain.law.cast import Person, administrator, another_neutral, buyer, neutral, seller, supervisor
from tests.domain.law.filings import filing
from tests.domain.law.reports import AMPLE, Report, day, given

FILED = (filing(), day(3), buyer.escalates())


def granted(**terms: Any) -> Report:
    """An escalated dispute of an Italian buyer and a Chinese seller, and a neutral with these terms."""
    return given(*FILED, administrator.grants_mandate(neutral, *AMPLE, **terms))


# --- load ---


def test_as_many_as_the_mandate_allows() -> None:
    """The limit counts disputes held at once. One that is handed over or closed makes room."""
    first = filing("99.90 EUR", paid="129.90 EUR", order_lines={"1": "99.90 EUR", "2": "30.00 EUR"})
    second = first.as_second(SECOND, claim="30.00 EUR", about_lines=("2",))
    one_at_a_time = administrator.grants_mandate(neutral, *AMPLE, most_cases=1)
    two = (first, second, day(3), buyer.escalates(), buyer.escalates().about(SECOND), one_at_a_time)
    report = given(*two, neutral.takes_case()).when(neutral.takes_case().about(SECOND))
    report.refused(HoldsTooMany, held=1, most=1)
    report.when(supervisor.reassigns(another_neutral), neutral.takes_case().about(SECOND))
    assert report.world.dispute(SECOND).escalation.neutral == neutral.subject
    granted(most_cases=0).when(neutral.takes_case()).refused(HoldsTooMany)


# --- tiers ---


def test_the_buyers_tier() -> None:
    """A mandate may be limited to some tiers of buyers. Without tiers it is for all."""
    granted(tiers=("gold",)).when(supervisor.assigns(neutral)).refused(TierNotServed, tier="standard", tiers=["gold"])
    granted(tiers=("silver", "standard")).when(supervisor.assigns(neutral)).leaves("mediation", "neutral")


def test_an_unknown_tier_is_refused() -> None:
    """A mandate names tiers of the marketplace's policies."""
    given().when(administrator.grants_mandate(neutral, tiers=("platinum",))).refused(UnknownTier, unknown=["platinum"])
    newer = administrator.publishes(Policy(version="metals", tiers=("standard", "platinum")))
    given(newer).when(administrator.grants_mandate(neutral, tiers=("platinum", "gold"))).then(MandateGranted)


# --- interests ---


def test_known_interests() -> None:
    """Nobody gets the dispute of a party in whom they have an interest, or their own dispute."""
    for party in (buyer, seller):
        report = granted(conflicts=(party.subject,)).when(neutral.takes_case())
        report.refused(HasAnInterest, parties=[party.role.value])
    own = Person(Role.NEUTRAL, seller.subject)
    given(*FILED, administrator.grants_mandate(own, *AMPLE)).when(own.takes_case()).refused(HasAnInterest)
    moved = given(
        *FILED, neutral.takes_case(), administrator.grants_mandate(another_neutral, conflicts=(buyer.subject,))
    )
    moved.when(supervisor.reassigns(another_neutral)).refused(HasAnInterest)


# --- languages ---


@pytest.mark.parametrize(
    ("reads", "languages", "may"),
    [
        ("translations", ("en",), True),
        ("either_side", ("en",), False),
        ("either_side", ("en", "it-CH"), True),
        ("either_side", ("zh",), True),
        ("either_side", ("zh-Hant",), False),
        ("both_sides", ("it",), False),
        ("both_sides", ("zh-Hans", "it"), True),
    ],
)
def test_whose_language(reads: NeutralReads, languages: tuple[str, ...], may: bool) -> None:
    """The policy says whether a neutral must read both sides' languages, one side's, or only translations."""
    policy = administrator.publishes(Policy(version="reading", neutral_reads=reads))
    report = given(policy, *FILED, administrator.grants_mandate(neutral, *AMPLE, languages=languages))
    report.when(neutral.takes_case())
    if may:
        report.leaves("mediation", "neutral")
    else:
        report.refused(LanguageNotRead, wanted=["it", "zh-Hans"], neutral_reads=reads)
