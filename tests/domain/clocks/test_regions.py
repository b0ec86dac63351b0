"""Law reports on holidays of a part of a country: whose count, and what the deadline's proof says about it."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import holidays
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from domain.clocks.deadline_facts import DeadlineMoved
from domain.commitments.events import CommitmentMade
from domain.filing.admissibility_facts import DeclaredInadmissible
from domain.kernel import windows
from domain.kernel.calendars import calendar, calendar_of, days_off
from domain.kernel.people import Outcome
from domain.kernel.places import COUNTRIES
from domain.kernel.populations import POPULATIONS
from domain.kernel.regions import RegionOfAnotherCountry, UnknownRegion, part_with_holidays
from domain.kernel.windows import Deadline, DeadlineProof, Window
from domain.policy.policy import Desk, Policy, RegionalHolidays
from domain.policy.reasons import ClaimReason, ReasonTerms
from tests.domain.law.cast import administrator, engine, seller, supervisor
from tests.domain.law.filings import filing
from tests.domain.law.reports import Report, at, given, later, some

LONDON = ("GB", "Europe/London")
EASTER = at("2027-03-24T09:00+00:00")
"""Wednesday before Easter 2027. Five days later is Easter Monday, when the clocks have changed."""


def due(report: Report, name: str = "response") -> Deadline:
    return report.dispute.deadlines.running[name]


def filed(region: str | None = None, policy: Policy | None = None, **changes: Any) -> Report:
    begun = [administrator.publishes(policy)] if policy else []
    return given(*begun, EASTER, filing(**{"seller_country": LONDON, "seller_region": region, **changes}))


def test_easter_monday_in_britain() -> None:
    """A holiday where most people of the country live, but none in Scotland. The proof says which rule applied."""
    unsaid, scottish, welsh = due(filed()), due(filed("GB-SCT")), due(filed("GB-WLS"))
    assert unsaid.due_at.isoformat() == welsh.due_at.isoformat() == "2027-03-30T08:00:00+00:00"
    assert scottish.due_at.isoformat() == "2027-03-29T08:00:00+00:00"
    package = unsaid.proof.calendar.removesuffix(" GB")
    assert _told(unsaid.proof) == (f"{package} GB", None, "most_people", "Office for National Statistics, mid-2023")
    assert _told(scottish.proof) == (f"{package} GB-SCT", "GB-SCT", "own_region", None)


def test_a_silent_seller_has_not_conceded_on_easter_monday() -> None:
    """Granted by default on the next day, at the same local time, and not before."""
    report = filed().when(at("2027-03-30T07:59+00:00"), engine.ticks())
    assert report.dispute.outcome is None
    assert report.when(at("2027-03-30T08:00+00:00"), engine.ticks()).dispute.outcome is Outcome.GRANTED_BY_DEFAULT
    scottish = filed("GB-SCT").when(at("2027-03-29T08:00+00:00"), engine.ticks())
    assert scottish.dispute.outcome is Outcome.GRANTED_BY_DEFAULT


def _told(proof: DeadlineProof) -> tuple[str, str | None, str | None, str | None]:
    return proof.calendar, proof.region, proof.counted_by, proof.population


@pytest.mark.parametrize(
    ("otherwise", "by_country", "day", "counted_by"),
    [
        ("most_people", {}, 30, "most_people"),
        ("national_only", {}, 29, "policy_national"),
        ("most_people", {"GB": "GB-SCT"}, 29, "policy_region"),
        ("national_only", {"GB": "GB-ENG"}, 30, "policy_region"),
        ("national_only", {"GB": "most_people"}, 30, "most_people"),
        ("most_people", {"GB": "national_only"}, 29, "policy_national"),
        ("most_people", {"CH": "national_only"}, 30, "most_people"),
    ],
)
def test_policy_says_which_holidays_count_where_no_region_is_known(
    otherwise: Any, by_country: dict[str, str], day: int, counted_by: str
) -> None:
    policy = Policy(version="v", regional_holidays=RegionalHolidays(otherwise=otherwise, by_country=by_country))
    response = due(filed(policy=policy))
    assert (response.due_at.day, response.proof.counted_by) == (day, counted_by)
    assert due(filed("GB-WLS", policy)).due_at.day == 30, "a region that is known goes first"


def test_the_desk_may_be_in_a_region() -> None:
    """Ten days to settle, on the desk's calendar, end on Easter Monday."""
    begins = at("2027-03-19T09:00+00:00")
    for region, day in (("GB-SCT", 29), ("GB-ENG", 30)):
        rules = Policy(version="v", desk=Desk(country="GB", time_zone="Europe/London", region=region))
        report = given(administrator.publishes(rules), begins, filing())
        assert due(report, "negotiation").due_at.day == day
        assert due(report, "negotiation").proof.region == region


def test_a_refund_is_owed_on_the_calendar_of_the_payers_region() -> None:
    """Five business days from Wednesday before Easter. Good Friday is a holiday everywhere, Monday not in Scotland."""
    for region, day in (("GB-SCT", "2027-04-01"), ("GB-ENG", "2027-04-02"), (None, "2027-04-02")):
        report = filed(region).when(seller.concedes())
        (owed,) = (fact.event.promise for fact in report.facts if isinstance(fact.event, CommitmentMade))
        assert owed.proof is not None
        assert owed.due_at.date() == date.fromisoformat(day)
        assert owed.proof.region == region


def test_time_to_be_contacted_first_is_on_the_sellers_calendar() -> None:
    """Two business days from Thursday before Easter end on Tuesday in Scotland, on Wednesday in England."""
    rules = Policy(
        version="v",
        reasons={ClaimReason.NOT_AS_DESCRIBED: ReasonTerms(contact_first=Window(amount=2, unit="business_days"))},
    )
    told = {"seller_contacted_at": datetime.fromisoformat("2027-03-25T09:00+00:00")}
    for region, day in (("GB-SCT", 30), ("GB-ENG", 31)):
        case = filing(seller_country=LONDON, seller_region=region, more=told)
        report = given(administrator.publishes(rules), at("2027-03-29T09:00+00:00"), case)
        (found,) = (f.event for f in report.facts if isinstance(f.event, DeclaredInadmissible))
        assert found.may_file_from is not None
        assert found.may_file_from.day == day


def test_a_stay_and_an_extension_keep_to_the_calendar_of_the_proof() -> None:
    """Both would end on Easter Monday."""
    for region, day in (("GB-SCT", 29), ("GB-ENG", 30)):
        begun = given(at("2027-03-15T09:00+00:00"), filing(seller_country=LONDON, seller_region=region))
        assert due(begun).due_at.isoformat() == "2027-03-22T09:00:00+00:00"
        begun.when(supervisor.extends("response", hours=1)).then(some(DeadlineMoved))
        begun.when(later(days=3), supervisor.orders_stay(timedelta(days=30)))
        begun.when(at("2027-03-25T08:00+00:00"), supervisor.lifts_stay())
        assert due(begun).due_at.day == day


def test_a_deadline_of_an_earlier_version_keeps_the_holidays_of_its_proof() -> None:
    """Only holidays of the whole country counted then. What a stay or an extension does to it follows the same rule."""
    proof = due(filed()).proof
    stored = {n: v for n, v in proof.model_dump().items() if n not in ("region", "counted_by", "population")}
    earlier = DeadlineProof.model_validate(stored)
    monday = date(2027, 3, 29)
    assert earlier.days == calendar("GB")
    assert monday not in days_off("GB", None, earlier.days.counted_by, 2027)
    assert monday in days_off("GB", None, proof.days.counted_by, 2027)


@pytest.mark.parametrize("region", [None, "GB-SCT", "GB-LND"])
@pytest.mark.parametrize("otherwise", ["most_people", "national_only", "GB-NIR"])
def test_a_proof_gives_its_calendar_back(region: str | None, otherwise: Any) -> None:
    response = due(filed(region, Policy(version="v", regional_holidays=RegionalHolidays(by_country={"GB": otherwise}))))
    assert response.proof.days == calendar_of("GB", region, otherwise)


@pytest.mark.parametrize(
    ("region", "part"),
    [
        ("GB-LND", "ENG"), ("GB-EDH", "SCT"), ("GB-SCT", "SCT"), ("ES-B", "CT"), ("FR-67", "6AE"), ("FR-IDF", None),
        ("IT-25", None), ("IT-MI", "MI"), ("BQ-BO", "BON"), ("CN-GD", None), ("CH-ZH", "ZH"), ("US-CA", "CA"),
    ],
)  # fmt: skip
def test_a_region_has_the_holidays_of_the_larger_part_that_it_lies_in(region: str, part: str | None) -> None:
    """London's are England's. Where the package knows no part, those of the country."""
    assert part_with_holidays(region) == part
    assert due(filed(region, seller_country=(region[:2], "Europe/London"))).proof.region == region


@pytest.mark.parametrize(
    ("region", "refusal", "facts"),
    [
        ("GB-XYZ", UnknownRegion, {"region": "GB-XYZ", "known": ["GB-ENG", "GB-NIR", "GB-SCT", "GB-WLS"]}),
        ("CH-ZH", RegionOfAnotherCountry, {"region": "CH-ZH", "country": "GB"}),
        ("IE-D", RegionOfAnotherCountry, {"region": "IE-D", "country": "GB"}),
    ],
)
def test_a_region_that_is_not_there_is_refused(region: str, refusal: Any, facts: dict[str, Any]) -> None:
    given(EASTER).when(filing(seller_country=LONDON, seller_region=region)).refused(
        refusal, **facts, at="/seller/region"
    )
    given(EASTER).when(filing(buyer_country=LONDON, buyer_region=region)).refused(refusal, **facts, at="/buyer/region")


def test_a_policy_with_a_region_that_is_not_there_is_refused() -> None:
    desk = Policy(version="v", desk=Desk(country="DE", region="DE-XX"))
    given(EASTER).when(administrator.publishes(desk)).refused(UnknownRegion, at="/desk/region")
    nowhere = Policy(version="v", desk=Desk(region="DE-BY"))
    given(EASTER).when(administrator.publishes(nowhere)).refused(RegionOfAnotherCountry, at="/desk/region")
    abroad = Policy(version="v", regional_holidays=RegionalHolidays(by_country={"GB": "CH-ZH"}))
    pointer = "/regional_holidays/by_country/GB"
    given(EASTER).when(administrator.publishes(abroad)).refused(RegionOfAnotherCountry, at=pointer)


@pytest.mark.parametrize(
    ("country", "day", "counts", "region", "there"),
    [
        ("GB", "2027-03-29", True, "GB-SCT", False),
        ("CH", "2027-03-26", True, "CH-TI", False),  # Good Friday
        ("CH", "2027-03-29", True, "CH-VS", False),
        ("CH", "2027-12-08", False, "CH-LU", True),
        ("CA", "2027-05-24", True, "CA-NS", False),  # Victoria Day
        ("CA", "2027-09-30", False, "CA-BC", True),
        ("DE", "2027-05-27", True, "DE-BE", False),  # Corpus Christi
        ("DE", "2027-01-06", False, "DE-BY", True),
        ("ES", "2027-03-25", True, "ES-CT", False),  # Maundy Thursday
        ("US", "2027-11-26", True, "US-NY", False),  # the day after Thanksgiving
        ("US", "2027-10-11", True, "US-CA", False),  # Columbus Day is one of the whole country
        ("AU", "2027-06-14", True, "AU-QLD", False),  # King's Birthday
        ("IT", "2027-06-29", False, "IT-RM", True),
        ("FR", "2027-03-26", False, "FR-57", True),
        ("PT", "2027-06-24", False, "PT-13", True),
    ],
)
def test_where_most_people_live(country: str, day: str, counts: bool, region: str, there: bool) -> None:
    on = date.fromisoformat(day)
    most, own = calendar_of(country, None), calendar_of(country, region)
    assert (on in days_off(country, None, most.counted_by, on.year)) is counts
    assert (on in days_off(country, own.part, own.counted_by, on.year)) is there


YEARS = range(2024, 2032)
PARTS = holidays.list_supported_countries(include_aliases=False)


def rest(country: str, part: str | None) -> set[date]:
    """Counted anew, on the package alone."""
    known = holidays.country_holidays(country, subdiv=part, years=range(YEARS[0] - 1, YEARS[-1] + 2))
    first, last = date(YEARS[0], 1, 1), date(YEARS[-1], 12, 31)
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return {day for day in days if not known.is_working_day(day)}


CLOSE_CALLS = {
    "CA": "2029-07-02",
    "ES": "2026-11-02 2026-12-07 2030-01-07",
    "FM": "2026-09-25 2026-10-01 2027-09-27 2027-10-01 2028-09-26 2028-10-02 2029-09-26 2029-10-01 2030-09-26 2030-10-01",
    "IN": "2026-11-10 2028-10-18 2029-11-06",
    "MY": "2028-02-14",
    "US": "2026-11-27 2027-11-26 2028-11-24 2029-11-23 2030-11-29",
}


@pytest.mark.parametrize("country", sorted(POPULATIONS))
def test_close_calls_are_those_that_the_table_names(country: str) -> None:
    """Figures of another year may decide these days otherwise. A new one is for somebody to look at."""
    census, close = POPULATIONS[country], set[str]()
    for year in range(2026, 2031):
        everywhere, resting = days_off(country, None, "national", year), Counter[date]()
        for part, people in census.people.items():
            resting.update(
                dict.fromkeys(days_off(country, part, "own_region", year) - everywhere, round(1000 * people))
            )
        close |= {day.isoformat() for day, people in resting.items() if 450 <= people / census.total <= 550}
    assert sorted(close) == CLOSE_CALLS.get(country, "").split()


@pytest.mark.parametrize("country", sorted(POPULATIONS))
def test_the_table_of_people_is_enough(country: str) -> None:
    """Whatever the parts are that it does not list, and however many of the others they have days in common with: they
    can't make a majority. And the people of the parts are those of the country."""
    census, everywhere = POPULATIONS[country], rest(country, None)
    listed = {part: rest(country, part) - everywhere for part in census.people}
    unlisted = [rest(country, part) - everywhere for part in PARTS[country] if part not in census.people]
    elsewhere = max(0, census.total - sum(census.people.values()))
    assert sum(census.people.values()) < 1.02 * census.total
    for day in set[date]().union(*listed.values(), *unlisted):
        people = sum(census.people[part] for part, days in listed.items() if day in days)
        counts = day in days_off(country, None, "most_people", day.year)
        assert counts is (2 * people > census.total)
        others = elsewhere if any(day in days for days in unlisted) else 0
        assert counts is (2 * (people + others) > census.total), (day, people, others)


def test_every_country_is_in_the_table_whose_parts_have_holidays_of_their_own() -> None:
    own = {
        country for country, parts in PARTS.items() if any(rest(country, part) != rest(country, None) for part in parts)
    }
    assert own == POPULATIONS.keys()


@drawn(st.sampled_from(sorted(COUNTRIES)), st.dates(date(1971, 1, 1), date(2099, 12, 31)), st.data())
def test_a_day_off_for_most_is_one_for_some_and_all_days_off_of_the_country_stay(
    country: str, day: date, data: st.DataObject
) -> None:
    """A region has its own list: it may lack a holiday of the country (Columbus Day in California)."""
    most, all_of_it = (days_off(country, None, counted, day.year) for counted in ("most_people", None))
    assert all_of_it <= most
    if day in most - all_of_it:
        assert any(day in days_off(country, part, "own_region", day.year) for part in POPULATIONS[country].people)
    if parts := PARTS[country]:
        part = data.draw(st.sampled_from(sorted(parts)))
        days = days_off(country, part, "own_region", day.year)
        assert (day in days) is not holidays.country_holidays(country, subdiv=part).is_working_day(day)


@drawn(
    st.sampled_from(sorted(POPULATIONS)),
    st.datetimes(datetime(2024, 1, 1), datetime(2031, 1, 1)),
    st.integers(1, 30),
    st.sampled_from(["calendar_days", "business_days"]),
    st.data(),
)
def test_a_window_ends_on_a_day_on_which_the_person_works(
    country: str, starts: datetime, amount: int, unit: Any, data: st.DataObject
) -> None:
    """In any region, and for those without one. No window becomes shorter because more holidays count."""
    window, starts_at = Window(amount=amount, unit=unit), starts.replace(tzinfo=UTC)
    region = data.draw(st.sampled_from([None, *sorted(f"{country}-{part}" for part in POPULATIONS[country].people)]))

    def ends(otherwise: Any) -> tuple[datetime, DeadlineProof]:
        days = calendar_of(country, region, otherwise)
        return windows.due(window, starts_at=starts_at, days=days, time_zone="UTC", rule="r")

    (end, proof), (national, _) = ends("most_people"), ends("national_only")
    its = proof.days
    assert end.date() not in days_off(its.country, its.part, its.counted_by, end.year)
    assert end == national if region else end >= national
