"""The people's places, the marketplace's policy, and the provider that pays."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from domain.kernel.money import Money
from domain.notices.notices_facts import Way
from domain.policy.book import FIRST_POLICY
from domain.policy.notice_rules import NoticeRules
from domain.policy.policy import Closure, Desk, Policy, RegionalHolidays
from domain.policy.reminder_rules import Reminder
from mediation.gateways.payments import Declined, MarketplaceGateway, NoAnswer, Payment, Wanted
from tests.harness.year.oracle import Place, Unit

YEAR: Final = 2025
DESK = Place("DE", "Europe/Berlin", part="BE")

Home = tuple[str, str, str, str | None]
"""Country, time zone, currency, and the region if it is known."""

PLACES: Sequence[Home] = (
    ("CN", "Asia/Shanghai", "CNY", "CN-JX"),
    ("IT", "Europe/Rome", "EUR", None),
    ("DE", "Europe/Berlin", "EUR", "DE-BY"),
    ("US", "America/New_York", "USD", None),
    ("BR", "America/Sao_Paulo", "BRL", "BR-SP"),
    ("IN", "Asia/Kolkata", "INR", None),
    ("JP", "Asia/Tokyo", "JPY", None),
    ("SA", "Asia/Riyadh", "SAR", None),
    ("AU", "Australia/Lord_Howe", "AUD", "AU-NSW"),
    ("NZ", "Pacific/Auckland", "NZD", None),
    ("GB", "Europe/London", "GBP", None),
    ("GB", "Europe/London", "GBP", "GB-SCT"),
    ("CH", "Europe/Zurich", "CHF", None),
    ("CA", "America/Toronto", "CAD", None),
    ("MX", "America/Mexico_City", "MXN", None),
    ("EG", "Africa/Cairo", "EGP", None),
)
"""Among them are weekends on Friday and Saturday, clocks that jump by half an hour, at midnight, or in southern summer,
and countries whose parts have holidays of their own."""

BY_POLICY: Mapping[str, str] = {"US": "US-CA", "IN": "national_only", "DE": "DE-BE"}
"""Which holidays count there for those whose region is not known. The desk is one of them."""

SHUT: Mapping[str, tuple[str, date, date]] = {
    "CN": ("Chinese New Year", date(YEAR, 1, 26), date(YEAR, 2, 9)),
    "JP": ("Golden Week", date(YEAR, 4, 29), date(YEAR, 5, 6)),
    "EG": ("A change of clocks", date(YEAR, 4, 21), date(YEAR, 4, 24)),
}
"""Periods that stop sellers' windows. In Egypt, the day after the last one begins at one o'clock."""

Reminds = Literal["deadline", "remedy", "service"]

REMINDED: Mapping[Reminds, timedelta] = {
    "deadline": timedelta(hours=24),
    "remedy": timedelta(hours=48),
    "service": timedelta(hours=6),
}
"""How long before the instant the person who must act is reminded."""

_POLICY = FIRST_POLICY.model_copy(
    update={
        "reminders": tuple(
            Reminder(of=what, hours_before=int(before.total_seconds()) // 3600) for what, before in REMINDED.items()
        ),
        "desk": Desk(country=DESK.country, time_zone=DESK.zone),
        "closed_periods": tuple(
            Closure(name=name, first=first, last=last, countries=(country,))
            for country, (name, first, last) in SHUT.items()
        ),
        "regional_holidays": RegionalHolidays(by_country=dict(BY_POLICY)),
    }
)


_WAYS: Sequence[Way | None] = (None, "marketplace", "mail")


def way_at(filed_at: datetime) -> Way | None:
    """By which way parties are told under the policy of this month, which asks for notice. None: it assumes notice."""
    return _WAYS[filed_at.month % 3]


def policies() -> Iterator[tuple[datetime, Policy]]:
    """One for each month of the year, and from when it applies."""
    for month in range(1, 13):
        since = datetime(YEAR, month, 1, tzinfo=UTC)
        way = way_at(since)
        notices = None if way is None else NoticeRules(way=way, notice="required")
        yield since, _POLICY.model_copy(update={"version": f"of-{YEAR}-{month:02}", "notices": notices})


WINDOWS: Mapping[str, tuple[int, Unit]] = {
    "response": (5, "calendar_days"),
    "negotiation": (10, "calendar_days"),
    "offer_reply": (3, "business_days"),
    "proposal_reply": (3, "business_days"),
    "first_act": (24, "hours"),
    "ruling": (14, "calendar_days"),
    "longest": (90, "calendar_days"),
    "appeal": (10, "calendar_days"),
    "remedy": (5, "business_days"),
    "assignment": (2, "business_days"),
    "breach": (2, "business_days"),
    "challenge": (2, "business_days"),
    "set_aside": (7, "calendar_days"),
    "answers": (5, "calendar_days"),
    "reach": (2, "business_days"),
    "goods_dispatch": (10, "calendar_days"),
    "goods_proof": (10, "calendar_days"),
    "goods_collection": (10, "calendar_days"),
    "goods_carriage": (30, "calendar_days"),
    "goods_repair": (21, "calendar_days"),
    "goods_carriage_back": (30, "calendar_days"),
    "goods_receipt": (7, "calendar_days"),
    "goods_decision": (14, "calendar_days"),
}
"""The windows by clause, as in DESIGN.md, written down a second time."""


def place(home: Home, side: str) -> Place:
    country, zone, _, region = home
    shut = [SHUT[country][1:]] if side == "seller" and country in SHUT else []
    said = region or BY_POLICY.get(country, "most_people")
    part = said.partition("-")[2] if said[:3] == f"{country}-" and country != "CN" else None
    return Place(country, zone, shut, part, most=said == "most_people")


@dataclass
class Provider(MarketplaceGateway):
    """Pays each request every time it is asked. For some refunds it first gives no answer, or declines."""

    paid: list[Payment] = field(default_factory=list)
    asks: dict[UUID, int] = field(default_factory=dict)
    now: datetime | None = None
    asked = True

    async def find(self, wanted: Wanted) -> Sequence[Payment]:
        return [payment for payment in self.paid if payment.refund_id == wanted.refund_id]

    async def pay(self, wanted: Wanted) -> Payment:
        nth = self.asks[wanted.refund_id] = self.asks.get(wanted.refund_id, 0) + 1
        whim = wanted.refund_id.int % 10
        if whim == 0 and nth < 3:
            raise NoAnswer
        if whim == 1 and nth < 2:
            raise Declined("insufficient_funds")
        assert self.now is not None
        made = Payment(f"re_{len(self.paid)}", wanted.refund_id, "paid", wanted.amount, self.now, wanted.attempt)
        self.paid.append(made)
        if whim == 2 and nth == 1:
            raise NoAnswer
        return made

    async def payments(self, since: datetime) -> AsyncIterator[Payment]:
        for payment in self.paid:
            yield payment

    def total(self, currency: str) -> Money:
        return Money.total((p.amount for p in self.paid if p.amount.currency == currency), currency)
