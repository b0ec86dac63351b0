"""Filings for the law reports: one order of two vases, in any state of payment and delivery."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID, uuid5

from domain.evidence.exhibit_facts import NewExhibit
from domain.filing.file_dispute import FileDispute
from domain.filing.filing_facts import Charge, Claim, Line, Order, ReliefSought, Tracking
from domain.kernel.base import Actor, Instant, Role
from domain.kernel.money import Money
from domain.kernel.people import Party, Side, Text
from domain.kernel.quantities import Measure
from domain.payments.transaction_facts import Held, LinePart
from domain.policy.reasons import ClaimReason
from tests.domain.law.acts import FIRST, MARKETPLACE, TRANSACTION, money
from tests.domain.law.cast import buyer, seller

_DAY = timedelta(days=1)


def line(name: str) -> UUID:
    """The stored key of the order line with this name."""
    return uuid5(TRANSACTION, name)


@dataclass(frozen=True)
class Filing:
    """A filing, still without its instant. `delivered` and `paid` are days before it; None: not delivered.

    `parts` is how much of a line is claimed. `quantities` is how much a line has: "5" pieces or "0.5 kg"; else one piece.
    `held` is what the buyer and the seller have in escrow. `more` replaces fields of the command.
    """

    claim: str = "129.90 EUR"
    paid: str = "129.90 EUR"
    claimant: Literal["buyer", "seller"] = "buyer"
    reason: str = "not_as_described"
    relief: str | None = None
    about_lines: tuple[str, ...] = ("1",)
    order_lines: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)
    quantities: Mapping[str, str] = field(default_factory=dict)
    held: tuple[str, ...] = ()
    paid_days_ago: float = 20
    delivered_days_ago: float | None = 5
    latest_delivery_days_ago: float | None = None
    tracking: str | None = None
    charges: tuple[tuple[str, str], ...] = ()
    buyer_tier: str = "standard"
    seller_tier: str = "standard"
    buyer_country: tuple[str, str] = ("IT", "Europe/Rome")
    seller_country: tuple[str, str] = ("CN", "Asia/Shanghai")
    buyer_region: str | None = None
    seller_region: str | None = None
    exhibits: tuple[NewExhibit, ...] = ()
    dispute: UUID = FIRST
    order: UUID = TRANSACTION
    imported: bool = False
    more: Mapping[str, Any] = field(default_factory=dict)

    def as_second(self, dispute: UUID, **changes: Any) -> "Filing":
        """A second dispute on the same order."""
        return replace(self, dispute=dispute, **changes)

    def command(self, now: Instant) -> FileDispute:
        claimant = buyer if self.claimant == "buyer" else seller
        fields: dict[str, Any] = {
            "marketplace": MARKETPLACE,
            "actor": Actor(subject=UUID(int=0xA6), role=Role(self.claimant)),
            "now": now,
            "imported": self.imported,
            "dispute_id": self.dispute,
            "reference": "MP-1",
            "reference_key": uuid5(self.dispute, "reference"),
            "order": self._order(now),
            "buyer": _party(buyer.subject, "it", self.buyer_country, self.buyer_region, self.buyer_tier),
            "seller": _party(seller.subject, "zh-Hans", self.seller_country, self.seller_region, self.seller_tier),
            "claimant": Side(self.claimant),
            "claim": Claim(
                reason=ClaimReason(self.reason),
                lines=tuple(line(name) for name in self.about_lines),
                amount=money(self.claim),
                relief_sought=ReliefSought(self.relief or ("refund" if self.claimant == "buyer" else "payment")),
                statement=Text(text="È rotto.", language="it", author=claimant.subject),
                parts=tuple(LinePart(line=line(name), quantity=part) for name, part in self.parts.items()),
            ),
            "exhibits": self.exhibits,
        }
        return FileDispute.model_validate(fields | dict(self.more))

    def _order(self, now: Instant) -> Order:
        def ago(days: float | None) -> Instant | None:
            return None if days is None else now - days * _DAY

        paid = money(self.paid)
        sides = (Side.BUYER, Side.SELLER)
        tracking = [
            {"subject": buyer.subject, "carrier": "SDA", "number": "1Z", "status": self.tracking, "at": now - _DAY}
        ]
        return Order(
            subject=buyer.subject,
            transaction_id=self.order,
            order_id="O-77",
            payment_reference="pi_123",
            paid=paid,
            paid_at=now - self.paid_days_ago * _DAY,
            delivered_at=ago(self.delivered_days_ago),
            latest_delivery_at=ago(self.latest_delivery_days_ago),
            lines=tuple(
                Line(
                    key=line(name),
                    subject=buyer.subject,
                    id=name,
                    title="Vaso",
                    amount=money(amount),
                    **_quantity(self.quantities.get(name, "1")),
                )
                for name, amount in (self.order_lines or {"1": self.paid}).items()
            ),
            held=tuple(Held(by=by, amount=money(amount)) for by, amount in zip(sides, self.held, strict=False)),
            charges=tuple(
                Charge(subject=buyer.subject, label=label, amount=money(amount), key=uuid5(TRANSACTION, label))
                for label, amount in self.charges or (("shipping", str(Money.zero(paid.currency))),)
            ),
            tracking=tuple(Tracking.model_validate(t) for t in tracking) if self.tracking else (),
        )


def _quantity(text: str) -> dict[str, Any]:
    """ "5" pieces, or a measure such as "0.5 kg"."""
    quantity, _, unit = text.partition(" ")
    if not unit:
        return {"quantity": int(quantity)}
    return {"quantity": 1, "measure": Measure.model_validate({"quantity": quantity, "unit": unit})}


def _party(subject: UUID, language: str, home: tuple[str, str], region: str | None, tier: str) -> Party:
    country, zone = home
    at = {"country": country, "time_zone": zone, "region": region}
    return Party.model_validate({"subject": subject, "id": "b-77", "language": language, "tier": tier, **at})


def filing(claim: str = "129.90 EUR", **rest: Any) -> Filing:
    """A buyer's claim for a vase that arrived five days ago and is not as described. `rest` changes what differs."""
    return Filing(claim, **{"paid": claim} | rest)
