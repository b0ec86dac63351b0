"""When a notice leaves: grouped with what happens soon after, and not in the night of whoever is told."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from domain.policy.notice_rules import NoticeRules

_SHORTLY = timedelta(hours=2)
"""Who is told in the morning of what ends before has not been told in time."""


def leaves_at(rules: NoticeRules, zone: str, first: datetime, now: datetime, due: Iterable[datetime]) -> datetime:
    """The instant at which a notice leaves whose first cause happened at `first`; `now` or earlier: at once. `due` are the
    ends of what it tells.
    """
    ends = min(due, default=None)
    grouped = first + timedelta(minutes=rules.grouping_minutes)
    if ends is not None and ends <= grouped + _SHORTLY:
        return now
    at = max(grouped, now)
    morning = morning_after(rules, zone, at)
    return at if ends is not None and ends <= morning + _SHORTLY else morning


def morning_after(rules: NoticeRules, zone: str, at: datetime) -> datetime:
    """The end of the quiet hours in which this instant lies; the instant itself, if it lies in none."""
    begins, ends = rules.quiet_from, rules.quiet_until
    local = at.astimezone(ZoneInfo(zone))
    if not (begins <= local.hour < ends if begins < ends else begins != ends and not ends <= local.hour < begins):
        return at
    day = local.date() if local.hour < ends else local.date() + timedelta(days=1)
    return datetime(day.year, day.month, day.day, ends, tzinfo=ZoneInfo(zone)).astimezone(at.tzinfo)
