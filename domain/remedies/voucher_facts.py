"""Facts about vouchers: what is promised in terms, that one is owed, and that it was issued.

A voucher is no money: it is beside what is divided, and no ledger counts it.
"""

from typing import Annotated, Literal, TypeAlias, assert_never
from uuid import UUID

from pydantic import Field

from domain.commitments.events import Matter, Origin
from domain.kernel.base import Event, Instant, Role, Value
from domain.kernel.disclosure import Audience, Tell, Told
from domain.kernel.frozen import frozen, replace
from domain.kernel.money import Money
from domain.kernel.personal import PersonalOfSubject
from domain.kernel.refusals import Unknown

# --- types ---

Issuer: TypeAlias = Literal[Role.SELLER, Role.MARKETPLACE]


class Voucher(Value):
    """A voucher for the buyer. `valid_days` is how long it is valid from its issue, in calendar days. None: the policy's
    least time, and only in terms that are not recorded yet.
    """

    amount: Told[Money]
    issued_by: Told[Issuer]
    valid_days: Told[Annotated[int, Field(ge=1, le=36_600)] | None] = None


class VoucherOwed(Event, kind="VoucherOwed", stream="dispute", told_to=Audience.ALL, consequence=True):
    """The buyer is to have a voucher. The commitment about the voucher with this number says until when."""

    number: Told[int]
    voucher: Told[Voucher]
    arises_from: Told[Literal[Origin.SETTLEMENT, Origin.RULING]]


class VoucherIssued(Event, kind="VoucherIssued", stream="dispute", told_to=Audience.ALL):
    """The issuer gave the buyer, who is the `subject`, the `code`. Nobody else is told it: it is as good as cash."""

    number: Told[int]
    by: Told[Issuer]
    subject: UUID
    code: Annotated[PersonalOfSubject, Tell(Audience.VOUCHER)]
    expires_at: Told[Instant]


VoucherEvent = VoucherOwed | VoucherIssued


class UnknownVoucher(Unknown):
    """There is no voucher with this number in this dispute.

    Why: Vouchers are numbered in each dispute from 1, when they become owed.

    What to do: Take the number from `vouchers` of the case file.

    Example: {"number": 2}
    """


# --- state ---


@frozen
class OwedVoucher:
    number: int
    voucher: Voucher
    issued: bool = False

    @property
    def matter(self) -> Matter:
        """What the commitment to issue it is about."""
        return Matter(what="voucher", number=self.number)


@frozen
class Vouchers:
    """The vouchers that ever became owed, in that order."""

    owed: tuple[OwedVoucher, ...] = ()

    def get(self, number: int) -> OwedVoucher:
        """Raises UnknownVoucher."""
        if not 1 <= number <= len(self.owed):
            raise UnknownVoucher(number=number)
        return self.owed[number - 1]


# --- evolve ---


def evolve(vouchers: Vouchers, event: VoucherEvent) -> Vouchers:
    match event:
        case VoucherOwed(number=number, voucher=voucher):
            return Vouchers((*vouchers.owed, OwedVoucher(number, voucher)))
        case VoucherIssued(number=number):
            return Vouchers(tuple(replace(v, issued=True) if v.number == number else v for v in vouchers.owed))
        case _:
            assert_never(event)
