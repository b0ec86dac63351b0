"""Law reports on the rules as data: published in versions, pinned to the dispute when it is filed."""

import pytest
from pydantic import ValidationError

from domain.filing import DisputeFiled
from domain.policy import (
    CLAUSES,
    FIRST_POLICY,
    Desk,
    NotAnAdministrator,
    Policy,
    PolicyPublished,
    VersionAlreadyPublished,
    Windows,
)
from domain.transaction import ClaimOpened, TransactionRecorded
from domain.windows import Window
from tests.domain.cast import (
    FIRST,
    SECOND,
    administrator,
    auditor,
    buyer,
    engine,
    marketplace,
    neutral,
    seller,
    supervisor,
)
from tests.domain.filings import filing
from tests.domain.reports import day, given, sets

STRICT = Policy(
    version="strict-2027",
    windows=Windows(response=Window(amount=1, unit="business_days"), escalation_opens_after_hours=0),
    clauses={"strictness": "Be strict."},
    desk=Desk(country="IT", time_zone="Europe/Rome"),
)


def test_the_first_policy() -> None:
    """Its windows, as they were decided."""
    windows = FIRST_POLICY.windows
    assert [(w.amount, w.unit) for w in (windows.filing, windows.response, windows.negotiation)] == [
        (60, "calendar_days"),
        (5, "calendar_days"),
        (10, "calendar_days"),
    ]
    assert windows.escalation_opens_after_hours == 72
    assert (windows.disclosure.amount, windows.disclosure.unit) == (48, "hours")
    assert [(w.amount, w.unit) for w in (windows.offer_reply, windows.proposal_reply, windows.remedy)] == [
        (3, "business_days"),
        (3, "business_days"),
        (5, "business_days"),
    ]
    assert [(w.amount, w.unit) for w in (windows.first_act, windows.first_act_top_tier)] == [
        (24, "hours"),
        (4, "hours"),
    ]
    assert [(w.amount, w.unit) for w in (windows.ruling, windows.appeal)] == [
        (14, "calendar_days"),
        (10, "calendar_days"),
    ]


def test_an_administrator_publishes() -> None:
    """Nobody else does; the same version again is harmless, and never changes."""
    report = (
        given().when(administrator.publishes(STRICT)).then(PolicyPublished(policy=STRICT, by=administrator.subject))
    )
    report.when(administrator.publishes(STRICT)).then_nothing()
    changed = STRICT.model_copy(update={"tiers": ("standard",)})
    report.when(administrator.publishes(changed)).refused(VersionAlreadyPublished, version="strict-2027")
    for somebody in (supervisor, marketplace, auditor, buyer):
        report.when(somebody.publishes(STRICT)).refused(NotAnAdministrator, role=somebody.role.value)
    other = FIRST_POLICY.model_copy(update={"desk": STRICT.desk})
    report.when(administrator.publishes(other)).refused(VersionAlreadyPublished, version="first-2026")


def test_a_dispute_keeps_the_rules_it_began_under() -> None:
    """What is published later applies to later disputes: in their windows, their clauses and their silence."""
    first = filing("100.00 EUR", paid="129.90 EUR", order_lines={"1": "100.00 EUR", "2": "29.90 EUR"})
    second = first.as_second(SECOND, claim="29.90 EUR", about_lines=("2",))
    report = given(first, administrator.publishes(STRICT), second)
    versions = [report.world.dispute(d).policy_version for d in (FIRST, SECOND)]
    assert versions == ["first-2026", "strict-2027"]
    report.when(day(2), engine.ticks(), engine.ticks().about(SECOND))
    report.leaves("negotiation", "respondent").leaves("execution", "marketplace", "granted_by_default", of=SECOND)


def test_a_ruling_cites_the_clauses_of_its_own_policy() -> None:
    """Clauses published meanwhile are not this dispute's."""
    adjudicated = (seller.contests(), buyer.escalates(), neutral.takes_case(), neutral.declares_impasse())
    report = given(filing(), administrator.publishes(STRICT), day(3), *adjudicated)
    report.when(neutral.rules("129.90 EUR", "0.00 EUR", clauses=("conformity",))).leaves("appeal")
    given(administrator.publishes(STRICT), filing(), *adjudicated).when(
        neutral.rules("129.90 EUR", "0.00 EUR", clauses=("strictness",))
    ).leaves("appeal")


def test_the_desk_has_a_calendar_too() -> None:
    """The windows of the desk run on its own calendar: ten days end on a holiday of Italy, so the day after."""
    report = given(administrator.publishes(STRICT), day(26)).when(filing(delivered_days_ago=5, paid_days_ago=9))
    proof = report.dispute.deadlines.running["negotiation"].proof
    assert (proof.time_zone, proof.calendar.split()[-1]) == ("Europe/Rome", "IT")
    # filed on Saturday 28 November; the tenth day is the Immaculate Conception, Tuesday 8 December
    response = sets("response", "seller", due_at="2026-11-30T18:00+08:00")
    negotiation = sets("negotiation", "both", due_at="2026-12-09T11:00+01:00")
    report.then(DisputeFiled, response, negotiation, TransactionRecorded, ClaimOpened)


def test_the_rule_in_a_deadlines_proof() -> None:
    """A deadline names the version and the clause it comes from."""
    proof = given(administrator.publishes(STRICT), filing()).dispute.deadlines.running["response"].proof
    assert (proof.rule, proof.window) == ("strict-2027/response", STRICT.windows.response)


@pytest.mark.parametrize(
    "wrong",
    [
        {"version": "Strict 2027"},
        {"version": ""},
        {"tiers": ()},
        {"tiers": ("gold", "gold")},
        {"tiers": ("Gold",)},
        {"clauses": {}},
        {"clauses": {"Not A Name": "text"}},
        {"clauses": {"empty": ""}},
        {"windows": {"response": {"amount": 0, "unit": "hours"}}},
        {"windows": {"response": {"amount": 1, "unit": "weeks"}}},
        {"windows": {"escalation_opens_after_hours": -1}},
        {"windows": {"breakfast": {"amount": 1, "unit": "hours"}}},
        {"desk": {"time_zone": "Europe/Atlantis"}},
        {"desk": {"country": "XX"}},
    ],
    ids=lambda wrong: str(wrong)[:40],
)
def test_what_is_no_policy(wrong: dict[str, object]) -> None:
    """Names, windows, tiers and desk are checked before anything is published."""
    with pytest.raises(ValidationError):
        Policy.model_validate({"version": "v1"} | wrong)


def test_every_first_clause_has_a_text() -> None:
    """Clauses are cited by name and read by people."""
    assert FIRST_POLICY.clauses == dict(CLAUSES)
    assert all(text.endswith(".") for text in FIRST_POLICY.clauses.values())
