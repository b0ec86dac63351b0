"""What a policy as a whole must fulfil before it is published. Every fault names its field.

Malformed
├── WindowBeyondLongest      /windows/…
├── EscalationOpensTooLate   /windows/escalation_opens_after_hours
├── RulingTooShort           /windows/ruling
├── ClosedTooLong            /closed_periods/…
├── AuthorityStatedTwice     /authority/…
├── NoSuchClause             /fast_lane/…
└── RepeatClaimantsUnlimited /abuse/limits
"""

from collections.abc import Iterator
from datetime import date, timedelta

from domain.kernel.people import Side
from domain.kernel.refusals import Malformed
from domain.kernel.windows import Window
from domain.policy.policy import Closure, Policy

# --- types ---

MOST_CLOSED = 90
"""The most days of a year on which closed periods may stop the windows of one country."""


class WindowBeyondLongest(Malformed):
    """The window is longer than `longest`, the most to which a window can be extended."""


class EscalationOpensTooLate(Malformed):
    """`escalation_opens_after_hours` is not shorter than the window of `negotiation`."""

    pointer = "/windows/escalation_opens_after_hours"


class RulingTooShort(Malformed):
    """`ruling` is not longer than the windows of `evidence` and `disclosure` together."""

    pointer = "/windows/ruling"


class ClosedTooLong(Malformed):
    """The closed periods of a country stop windows for more than `days` days of the `year`."""


class AuthorityStatedTwice(Malformed):
    """The `desk` has two authorities, or one authority has two amounts in the same currency."""


class NoSuchClause(Malformed):
    """The `clause` or the `reason` of this fast lane is not one of the policy."""


class RepeatClaimantsUnlimited(Malformed):
    """`limits` has no limit on the number of a buyer's claims, but the policy has a fast lane."""

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
    yield from _closed_too_long(policy.closed_periods)
    yield from _stated_twice(policy)
    yield from _in_fast_lane(policy)


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


def _in_fast_lane(policy: Policy) -> Iterator[Malformed]:
    for number, granted in enumerate(policy.fast_lane):
        if granted.clause not in policy.clauses:
            yield NoSuchClause(at=f"/fast_lane/{number}/clause", clause=granted.clause, known=sorted(policy.clauses))
        if granted.reason not in policy.reasons:
            yield NoSuchClause(at=f"/fast_lane/{number}/reason", reason=granted.reason.value)
    if policy.fast_lane and not any(limit.claims for limit in policy.abuse.limits_on(Side.BUYER)):
        yield RepeatClaimantsUnlimited()
