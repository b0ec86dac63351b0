"""What a policy as a whole must fulfil before it is published. Every fault names its field.

Malformed
├── WindowBeyondLongest      /windows/…
├── EscalationOpensTooLate   /windows/escalation_opens_after_hours
├── RulingTooShort           /windows/ruling
├── ClosedTooLong            /closed_periods/…
├── AuthorityStatedTwice     /authority/…
├── NoSuchClause             /fast_lane/…, /resolutions/…
├── UnknownRegion            /desk/region, /regional_holidays/by_country/…
├── RegionOfAnotherCountry   /desk/region, /regional_holidays/by_country/…
└── RepeatClaimantsUnlimited /abuse/limits

`domain.policy.languages` has those of the texts in several languages.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import get_args

from domain.kernel.calendars import Otherwise
from domain.kernel.people import Side
from domain.kernel.refusals import Malformed
from domain.kernel.regions import faults as faults_of_region
from domain.kernel.windows import Window
from domain.policy import languages
from domain.policy.policy import Closure, Policy

# --- types ---

MOST_CLOSED = 90
"""The most days of a year on which closed periods may stop the windows of one country."""


class WindowBeyondLongest(Malformed):
    """The window is longer than `longest`, the most to which a window can be extended.

    Why: No extension may make a window longer than `longest`. A window that begins longer would contradict that.

    What to do: Shorten the window, or raise `longest`.

    Example: {"window": "91 calendar days", "longest": "90 calendar days"}
    """


class EscalationOpensTooLate(Malformed):
    """`escalation_opens_after_hours` is not shorter than the window of `negotiation`.

    Why: At the end of the negotiation the engine calls a neutral by itself. If the parties could call one only later,
    they never could.

    What to do: Lower `escalation_opens_after_hours`, or lengthen the window of `negotiation`.

    Example: {"negotiation": "3 calendar days"}
    """

    pointer = "/windows/escalation_opens_after_hours"


class RulingTooShort(Malformed):
    """`ruling` is not longer than the windows of `evidence` and `disclosure` together.

    Why: A ruling waits for evidence that was asked for, and then for the time to answer it. In a shorter window the
    neutral would always be late.

    What to do: Lengthen `ruling` beyond `waits_for_hours` hours, or shorten `evidence` or `disclosure`.

    Example: {"ruling": "5 calendar days", "waits_for_hours": 120}
    """

    pointer = "/windows/ruling"


class ClosedTooLong(Malformed):
    """The closed periods of a country stop windows for more than `days` days of the `year`.

    Why: Closed periods stop the sellers' windows. In a year with more closed days, buyers would wait too long for an
    answer.

    What to do: Shorten the closed periods for that country, to at most `days` days of the `year`.

    Example: {"year": 2027, "days": 90}
    """


class AuthorityStatedTwice(Malformed):
    """The `desk` has two authorities, or one authority has two amounts in the same currency.

    Why: With two limits for the same desk and currency nobody could say which one applies.

    What to do: State each desk once, and each currency once in `per_ruling` and in `per_day`.

    Example: {"desk": "returns"}
    """


class NoSuchClause(Malformed):
    """The `clause` or the `reason` by which claims are granted at filing is not one of the policy.

    Why: Such a grant names the clause and the reason under which it was made. Both must be in the same policy.

    What to do: Add the clause or the reason to the policy, or name one of those in `known`.

    Example: {"clause": "evidence", "known": ["good_faith"]}
    """


class RepeatClaimantsUnlimited(Malformed):
    """`limits` has no limit on the number of a buyer's claims, but the policy has a fast lane.

    Why: The fast lane pays without a person looking. Without a limit on the number of claims, one buyer could use it
    without end.

    What to do: Add a limit with `claims` for buyers to `abuse.limits`, or remove the fast lane.
    """

    pointer = "/abuse/limits"


_NEVER_EXTENDED = frozenset({"filing", "refiling", "turned_up", "review", "longest"})


# --- decisions ---


def faults(policy: Policy) -> Iterator[Malformed]:
    """Every fault of the policy, in the order of its fields."""
    windows = policy.windows
    for name, window in windows:
        if isinstance(window, Window) and name not in _NEVER_EXTENDED and _lasts(window) > _lasts(windows.longest):
            yield WindowBeyondLongest(at=f"/windows/{name}", window=str(window), longest=str(windows.longest))
    opens = timedelta(hours=windows.escalation_opens_after_hours)
    if opens >= _lasts(windows.negotiation):
        yield EscalationOpensTooLate(negotiation=str(windows.negotiation))
    if _lasts(windows.ruling) <= (waits := _lasts(windows.evidence) + _lasts(windows.disclosure)):
        yield RulingTooShort(ruling=str(windows.ruling), waits_for_hours=int(waits / timedelta(hours=1)))
    yield from languages.faults(policy)
    yield from _closed_too_long(policy.closed_periods)
    yield from _stated_twice(policy)
    yield from _granting(policy)
    yield from _elsewhere(policy)


def _lasts(window: Window) -> timedelta:
    """Its length, approximately: five business days make a week."""
    match window.unit:
        case "hours":
            return timedelta(hours=window.amount)
        case "calendar_days":
            return timedelta(days=window.amount)
        case "business_days":
            return timedelta(days=window.amount) * 7 / 5


def _closed_too_long(closures: tuple[Closure, ...]) -> Iterator[Malformed]:
    """Reports the first period that exceeds the limit. What is closed everywhere is closed in each country."""
    for country in sorted({country for closure in closures for country in closure.countries} | {"*"}):
        closed: dict[int, set[int]] = {}
        for number, closure in enumerate(closures):
            if closure.countries and country not in closure.countries:
                continue
            for day in range(closure.first.toordinal(), closure.last.toordinal() + 1):
                closed.setdefault(date.fromordinal(day).year, set()).add(day)
            if longest := next((year for year, days in closed.items() if len(days) > MOST_CLOSED), None):
                yield ClosedTooLong(at=f"/closed_periods/{number}", year=longest, days=MOST_CLOSED)
                break


def _stated_twice(policy: Policy) -> Iterator[Malformed]:
    desks: set[str | None] = set()
    for number, authority in enumerate(policy.authority):
        if authority.desk in desks:
            yield AuthorityStatedTwice(at=f"/authority/{number}/desk", desk=authority.desk)
        desks.add(authority.desk)
        for name, limits in (("per_ruling", authority.per_ruling), ("per_day", authority.per_day)):
            currencies = [money.currency for money in limits]
            if len(set(currencies)) < len(currencies):
                yield AuthorityStatedTwice(at=f"/authority/{number}/{name}", desk=authority.desk)


def _granting(policy: Policy) -> Iterator[Malformed]:
    for number, granted in enumerate(policy.fast_lane):
        if granted.clause not in policy.clauses:
            yield NoSuchClause(at=f"/fast_lane/{number}/clause", clause=granted.clause, known=sorted(policy.clauses))
        if granted.reason not in policy.reasons:
            yield NoSuchClause(at=f"/fast_lane/{number}/reason", reason=granted.reason.value)
    for number, resolved in enumerate(policy.resolutions):
        if resolved.clause not in policy.clauses:
            yield NoSuchClause(at=f"/resolutions/{number}/clause", clause=resolved.clause, known=sorted(policy.clauses))
        if unknown := next((reason for reason in resolved.reasons if reason not in policy.reasons), None):
            yield NoSuchClause(at=f"/resolutions/{number}/reasons", reason=unknown.value)
    if policy.fast_lane and not any(limit.claims for limit in policy.abuse.limits_on(Side.BUYER)):
        yield RepeatClaimantsUnlimited()


def _elsewhere(policy: Policy) -> Iterator[Malformed]:
    """Regions that do not exist, or lie in another country."""
    if policy.desk.region is not None:
        yield from faults_of_region(policy.desk.region, policy.desk.country, at="/desk/region")
    for country, counted in policy.regional_holidays.by_country.items():
        if counted not in get_args(Otherwise):
            yield from faults_of_region(counted, country, at=f"/regional_holidays/by_country/{country}")
