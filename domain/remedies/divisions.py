"""How what is in dispute is divided: at once, with goods, or in instalments; and a voucher beside it."""

from typing import Literal

from domain.dispute.state import Dispute
from domain.kernel.money import CurrencyMismatch, Money
from domain.kernel.people import Side
from domain.kernel.refusals import Conflict, Malformed
from domain.policy.policy import Policy
from domain.remedies import goods_terms, vouchers
from domain.remedies.division_facts import Division

# --- types ---


class InstalmentsDontAddUp(Malformed):
    """The `instalments` do not add up to what the claimant is to receive, or one of them is zero.

    Why: The instalments together are what the claimant receives. A difference would be owed by nobody or paid twice.

    What to do: Correct the parts so that they add up to `claimant`. `total` is what you sent. No part may be zero.

    Example: {"claimant": "100.00 EUR", "total": "129.90 EUR"}
    """

    pointer = "/instalments"


class InstalmentsOutOfPlace(Malformed):
    """`instalments` are given, but the money is held in escrow or waits for goods.

    Why: Money in escrow is there already and is paid at once. Money that waits for goods has no date yet.

    What to do: Leave out `instalments`.

    Example: {"held": false}
    """

    pointer = "/instalments"


class AlreadyPaidOut(Conflict):
    """`goods` or `instalments` are given, but money was already paid on what was overturned.

    Why: Money that was paid under the overturned outcome counts against the new one. An exchange or a plan would start
    from a sum that is no longer there.

    What to do: Divide the money without `goods` and without `instalments`.
    """

    pointer = "/goods"


# --- decisions ---


def stated(dispute: Dispute, policy: Policy, division: Division) -> Division:
    """The division as it is recorded: the policy fills in what its terms leave open."""
    if division.goods is not None:
        division = division.model_copy(update={"goods": goods_terms.stated(policy, division.goods)})
    if division.voucher is not None:
        division = division.model_copy(update={"voucher": vouchers.stated(policy, division.voucher)})
    return division


def check_terms(
    dispute: Dispute, policy: Policy, division: Division, by: Literal["agreement", "concession", "ruling"]
) -> None:
    """Checks the goods, the instalments and the voucher of a division.

    Raises AlreadyPaidOut, InstalmentsOutOfPlace, InstalmentsDontAddUp, CurrencyMismatch, and the refusals of
    `domain.remedies.goods_terms` and `domain.remedies.vouchers`.
    """
    advance = dispute.advance
    if (advance.funded_by or advance.received) and (division.goods or division.instalments):
        raise AlreadyPaidOut()
    if division.goods is not None:
        goods_terms.check(dispute, policy, division.goods, shares_of(dispute, division)[Side.BUYER], by)
    if division.voucher is not None:
        vouchers.check(dispute, policy, division.voucher, shares_of(dispute, division)[Side.BUYER], by)
    if not division.instalments:
        return
    if dispute.held or division.goods is not None:
        raise InstalmentsOutOfPlace(held=dispute.held)
    for part in division.instalments:
        if part.amount.currency != division.claimant.currency:
            raise CurrencyMismatch(at="/instalments", expected=division.claimant.currency, found=part.amount.currency)
    total = Money.total((part.amount for part in division.instalments), division.claimant.currency)
    if total != division.claimant or any(part.amount.is_zero for part in division.instalments):
        raise InstalmentsDontAddUp(claimant=str(division.claimant), total=str(total))


def shares_of(dispute: Dispute, division: Division) -> dict[Side, Money]:
    return {dispute.claimant: division.claimant, dispute.claimant.other: division.respondent}
