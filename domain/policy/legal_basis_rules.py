"""What the law gives a buyer on each legal basis of a claim, as policy states it. The first policy states nothing."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from domain.kernel.base import Value
from domain.kernel.money import Money
from domain.kernel.places import Country
from domain.kernel.windows import Period, Window

# --- types ---

BuyerKind = Literal["consumer", "business"]


class LegalBasis(StrEnum):
    """The right on which a buyer rests a claim.

    `GUARANTEE`: what the seller or the maker promised beside the law. `LEGAL_GUARANTEE`: the seller's liability for goods
    that are not as agreed, in some countries called warranty. `WITHDRAWAL`: a consumer withdraws from the contract without
    giving a reason.
    """

    GUARANTEE = "guarantee"
    LEGAL_GUARANTEE = "legal_guarantee"
    WITHDRAWAL = "withdrawal"


class BasisTerms(Value):
    """What a `basis` gives to buyers who live in one of the `countries`. Without countries, to all others.

    `period` begins with the delivery. If it `admits_late` filings, a claim within it is filed even if the marketplace's
    window for filing is over. A ruling gives a consumer at least `floor_percent` of the price of the goods, or nothing. After
    a withdrawal, the money is due `refund` after it was declared, or as soon as the goods are back if that is later.

    The right of withdrawal and the legal guarantee are for consumers. A guarantee is for every buyer.
    """

    basis: LegalBasis
    countries: Annotated[tuple[Country, ...], Field(max_length=60)] = ()
    period: Period
    admits_late: Annotated[bool, Field(strict=True)] = True
    floor_percent: Annotated[int | None, Field(ge=1, le=100, strict=True)] = None
    refund: Window = Window(amount=14, unit="calendar_days")

    def floor(self, price: Money) -> Money | None:
        """The least that a ruling may give of this price, rounded up to a whole minor unit. None if it may give anything."""
        if self.floor_percent is None:
            return None
        return Money(-(-price.minor * self.floor_percent // 100), price.currency)
