"""Law reports on policies: published in versions, and pinned to the dispute at filing."""

from typing import Any

import pytest
from pydantic import ValidationError

from domain.filing.filing_facts import DisputeFiled
from domain.filing.response_facts import DefaultDeclined
from domain.kernel.refusals import Refusal
from domain.kernel.windows import Window
from domain.neutral.escalation_facts import Escalated
from domain.payments.transaction_facts import ClaimOpened, TransactionRecorded
from domain.policy.book import (
    FIRST_POLICY,
    NotAnAdministrator,
    PolicyBook,
    PolicyPublished,
    VersionAlreadyPublished,
    faults,
)
from domain.policy.comparison import Change, compare
from domain.policy.policy import CLAUSES, Closure, Desk, DeskAuthority, Policy, Silence, Windows
from domain.policy.validation import (
    AuthorityStatedTwice,
    ClosedTooLong,
    EscalationOpensTooLate,
    RulingTooShort,
    WindowBeyondLongest,
)
from tests.domain.law.acts import FILED_AT, FIRST, SECOND, money
from tests.domain.law.cast import administrator, auditor, buyer, engine, marketplace, neutral, seller, supervisor
from tests.domain.law.filings import filing
from tests.domain.law.reports import day, deadline, given, lapsed, moot, neutral_owed, passes_to, sets, some

STRICT = Policy(
    version="strict-2027",
    windows=Windows(response=Window(amount=1, unit="business_days"), escalation_opens_after_hours=0),
    clauses={"strictness": "Be strict."},
    desk=Desk(country="IT", time_zone="Europe/Rome"),
)


CLOSED = {"name": "Spring", "first": "2027-01-15", "last": "2027-03-01"}
CLOSED_ON = {"name": "Summer", "first": "2027-03-01", "last": "2027-04-20"}
EUR = {"amount": "1.00", "currency": "EUR"}


def days(amount: int) -> dict[str, object]:
    return {"amount": amount, "unit": "calendar_days"}


def test_the_first_policy() -> None:
    """The windows of the first policy."""
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
    """Nobody else can. The same version again is harmless, and never changes."""
    report = (
        given()
        .when(administrator.publishes(STRICT))
        .then(some(PolicyPublished, policy=STRICT, by=administrator.subject))
    )
    report.when(administrator.publishes(STRICT)).then_nothing()
    changed = STRICT.model_copy(update={"tiers": ("standard",)})
    report.when(administrator.publishes(changed)).refused(VersionAlreadyPublished, version="strict-2027")
    for somebody in (supervisor, marketplace, auditor, buyer):
        report.when(somebody.publishes(STRICT)).refused(NotAnAdministrator, role=somebody.role.value)
    other = FIRST_POLICY.model_copy(update={"desk": STRICT.desk})
    report.when(administrator.publishes(other)).refused(VersionAlreadyPublished, version="first-2026")


def test_a_dispute_keeps_the_rules_it_began_under() -> None:
    """A later version applies to later disputes: their windows, their clauses and the effect of silence."""
    first = filing("100.00 EUR", paid="129.90 EUR", order_lines={"1": "100.00 EUR", "2": "29.90 EUR"})
    second = first.as_second(SECOND, claim="29.90 EUR", about_lines=("2",))
    report = given(first, administrator.publishes(STRICT), second)
    versions = [report.world.dispute(d).policy_version for d in (FIRST, SECOND)]
    assert versions == ["first-2026", "strict-2027"]
    report.when(day(2), engine.ticks(), engine.ticks().about(SECOND))
    report.leaves("negotiation", "respondent").leaves("execution", "marketplace", "granted_by_default", of=SECOND)


def test_a_ruling_cites_the_clauses_of_its_own_policy() -> None:
    """It cannot cite clauses that were published later."""
    adjudicated = (seller.contests(), buyer.escalates(), neutral.takes_case(), neutral.declares_impasse())
    report = given(filing(), administrator.publishes(STRICT), day(3), *adjudicated)
    report.when(neutral.rules("129.90 EUR", "0.00 EUR", clauses=("conformity",))).leaves("appeal")
    given(administrator.publishes(STRICT), filing(), *adjudicated).when(
        neutral.rules("129.90 EUR", "0.00 EUR", clauses=("strictness",))
    ).leaves("appeal")


def test_the_desk_has_a_calendar_too() -> None:
    """The desk's windows run on the desk's calendar: ten days end on a holiday of Italy, and roll to the next day."""
    report = given(administrator.publishes(STRICT), day(26)).when(filing(delivered_days_ago=5, paid_days_ago=9))
    proof = report.dispute.deadlines.running["negotiation"].proof
    assert (proof.time_zone, proof.calendar.split()[-1]) == ("Europe/Rome", "IT")
    # filed on Saturday 28 November; the tenth day is the Immaculate Conception, Tuesday 8 December
    response = sets("response", "seller", due_at="2026-11-30T18:00+08:00")
    negotiation = sets("negotiation", "both", due_at="2026-12-09T11:00+01:00")
    report.then(DisputeFiled, response, negotiation, TransactionRecorded, ClaimOpened)


def test_the_rule_in_a_deadlines_proof() -> None:
    """A proof names the version and the clause."""
    proof = given(administrator.publishes(STRICT), filing()).dispute.deadlines.running["response"].proof
    assert (proof.rule, proof.window) == ("strict-2027/response", STRICT.windows.response)


def test_a_running_case_keeps_its_windows() -> None:
    """After another version is published: in memory, and replayed from the log alone."""
    report = given(filing())
    before = report.dispute.deadlines.running
    report.when(administrator.publishes(STRICT), engine.ticks()).then(PolicyPublished)
    again = report.world.replayed().dispute(FIRST)
    assert report.dispute.deadlines.running == again.deadlines.running == before
    assert again.policy_version == "first-2026"
    report.when(day(2), engine.ticks()).then_nothing()


def test_silence_may_mean_that_a_neutral_looks_at_it() -> None:
    """Under a policy without defaults, a missing first response calls a neutral."""
    careful = Policy(version="careful", silence=Silence(response="to_a_neutral"))
    report = given(administrator.publishes(careful), filing()).when(deadline("response"), engine.ticks())
    report.then(
        lapsed("response"),
        DefaultDeclined(reason="policy"),
        some(Escalated, by="silence"),
        moot("negotiation"),
        neutral_owed(),
        passes_to("supervisor", "mediation"),
    )


def test_no_window_is_without_its_silence() -> None:
    """The policy states it under the name of the window, except for the limit in all."""
    windows = set(Windows.model_fields) - {"escalation_opens_after_hours", "longest"}
    assert set(Silence.model_fields) == windows


@pytest.mark.parametrize(
    ("wrong", "refusal", "pointer"),
    [
        ({"windows": {"appeal": days(91)}}, WindowBeyondLongest, "/windows/appeal"),
        ({"windows": {"longest": days(13)}}, WindowBeyondLongest, "/windows/ruling"),
        ({"windows": {"remedy": {"amount": 65, "unit": "business_days"}}}, WindowBeyondLongest, "/windows/remedy"),
        (
            {"windows": {"negotiation": days(3)}},
            EscalationOpensTooLate,
            "/windows/escalation_opens_after_hours",
        ),
        ({"windows": {"ruling": days(5)}}, RulingTooShort, "/windows/ruling"),
        (
            {"closed_periods": [CLOSED, CLOSED | {"first": "2027-03-01", "last": "2027-04-20"}]},
            ClosedTooLong,
            "/closed_periods/1",
        ),
        ({"authority": [{"desk": "returns"}, {}, {"desk": "returns"}]}, AuthorityStatedTwice, "/authority/2/desk"),
        ({"authority": [{"per_day": [EUR, EUR]}]}, AuthorityStatedTwice, "/authority/0/per_day"),
    ],
    ids=str,
)
def test_what_no_policy_may_say(wrong: dict[str, object], refusal: type[Refusal], pointer: str) -> None:
    """Each fault is named with its field, and nothing is published."""
    policy = Policy.model_validate({"version": "v2"} | wrong)
    report = given().when(administrator.publishes(policy)).refused(refusal, at=pointer)
    assert report.world.log == given().world.log


def test_what_a_policy_may_just_say() -> None:
    """At the exact limits. A window before any dispute may be as long as a year."""
    windows = Windows(
        filing=Window(amount=366, unit="calendar_days"),
        appeal=Window(amount=90, unit="calendar_days"),
        ruling=Window(amount=5 * 24 + 1, unit="hours"),
        negotiation=Window(amount=73, unit="hours"),
    )
    year = {"first": "2027-02-01", "last": "2027-03-31"}
    next_year = {"first": "2028-02-01", "last": "2028-03-31"}
    closed = [{"name": "A", **year}, {"name": "B", **year, "countries": ["CN"]}, {"name": "C", **next_year}]
    policy = Policy.model_validate({"version": "v2", "windows": windows, "closed_periods": closed})
    given().when(administrator.publishes(policy)).then(PolicyPublished)


def test_all_faults_are_told_at_once() -> None:
    """For the caller who validates a policy."""
    windows = Windows(ruling=Window(amount=1, unit="hours"), negotiation=Window(amount=1, unit="hours"))
    found = [*faults(PolicyBook(), Policy(version="first-2026", windows=windows), None, FILED_AT)]
    assert [fault.code for fault in found] == ["VersionAlreadyPublished", "EscalationOpensTooLate", "RulingTooShort"]


def test_two_policies_compared() -> None:
    """Field by field, in words for people. Added and removed items are shown with their list."""
    changed = FIRST_POLICY.model_copy(
        update={
            "version": "v2",
            "windows": Windows(response=Window(amount=1, unit="business_days")),
            "tiers": ("standard", "gold"),
            "clauses": {**CLAUSES, "goods": "Goods go back at once."},
            "desk": Desk(country="IT"),
            "declaration_before_ruling": True,
            "closed_periods": (Closure.model_validate(CLOSED),),
            "authority": (DeskAuthority(desk="returns", per_ruling=(money("200.00 EUR"),)),),
        }
    )
    assert compare(FIRST_POLICY, changed) == [
        Change("/windows/response", "5 calendar days", "1 business day"),
        Change("/tiers", "standard, silver, gold", "standard, gold"),
        Change("/clauses/goods", CLAUSES["goods"], "Goods go back at once."),
        Change("/desk/country", None, "IT"),
        Change("/declaration_before_ruling", "no", "yes"),
        Change("/closed_periods", None, "name: Spring; first: 2027-01-15; last: 2027-03-01; roles: seller"),
        Change("/authority", None, "desk: returns; per ruling: 200.00 EUR"),
    ]
    assert compare(changed, changed) == []
    back = {(c.pointer, c.after, c.before) for c in compare(changed, FIRST_POLICY)}
    assert back == {(c.pointer, c.before, c.after) for c in compare(FIRST_POLICY, changed)}


def test_authority_where_the_mandate_says_nothing() -> None:
    """The default of the neutral's desk, or of every desk, counts. The mandate goes before both."""
    by_default = DeskAuthority(per_ruling=(money("129.90 EUR"),), per_day=(money("200.00 EUR"),))
    strict = DeskAuthority(desk="juniors", per_ruling=(money("10.00 EUR"),))
    policy = Policy(version="v2", authority=(by_default, strict))
    ready = (filing(), seller.contests(), day(4), buyer.escalates())
    ruling = neutral.rules("129.90 EUR", "0.00 EUR")

    def ruled(*authority: str, **terms: Any) -> str:
        mandate = administrator.grants_mandate(neutral, *authority, **terms)
        acts = (mandate, neutral.takes_case(), neutral.declares_impasse(), ruling)
        return str(given(administrator.publishes(policy), *ready, *acts).dispute.stage)

    assert ruled() == "appeal"
    assert ruled("0.00 EUR") == "adjudication"
    assert ruled(desk="juniors") == "adjudication"
    assert ruled("200.00 EUR", desk="juniors") == "appeal"
    assert ruled(daily=("100.00 EUR",)) == "adjudication"


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
        {"silence": {"response": "nothing"}},
        {"silence": {"negotiation": "goes_on"}},
        {"silence": {"longest": "breach"}},
        {"closed_periods": [{"name": "x", "first": "2027-02-05", "last": "2027-02-04"}]},
        {"closed_periods": [{"name": "x", "first": 20270205, "last": "2027-02-04"}]},
        {"closed_periods": [{"name": "x", "first": "9999-12-31", "last": "9999-12-31"}]},
        {"closed_periods": [{"name": "\x00", "first": "2027-02-05", "last": "2027-02-06"}]},
        {"closed_periods": [{"name": "x", "first": "2027-02-05", "last": "2027-02-06", "roles": []}]},
    ],
    ids=lambda wrong: str(wrong)[:40],
)
def test_what_is_no_policy(wrong: dict[str, object]) -> None:
    """Names, windows, tiers and desk are checked before a policy is published."""
    with pytest.raises(ValidationError):
        Policy.model_validate({"version": "v1"} | wrong)


def test_every_first_clause_has_a_text() -> None:
    """Clauses are cited by name, and people read their text."""
    assert FIRST_POLICY.clauses == dict(CLAUSES)
    assert all(text.endswith(".") for text in CLAUSES.values())
