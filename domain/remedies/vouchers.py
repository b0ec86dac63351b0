"""Vouchers: what terms may say about one, how it becomes owed, and how its issuer gives it to the buyer.

A voucher is a remedy: the dispute stays open until the issuer has recorded its code, or the buyer waives it. It is no
money: the order's sums and the refunds do not count it. Nobody has to take one who did not agree to it, unless the policy
lets a ruling award it.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Literal

from domain.commitments import making
from domain.commitments.events import (
    CommitmentClass,
    CommitmentEvent,
    CommitmentKind,
    Origin,
    Participant,
    Promise,
)
from domain.commitments.state import Commitment
from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.kernel.base import Event, Instant, OnDispute, Role
from domain.kernel.money import CurrencyMismatch, Money
from domain.kernel.people import Side
from domain.kernel.refusals import Conflict, Forbidden, Malformed
from domain.policy.policy import Policy
from domain.remedies.voucher_facts import OwedVoucher, Voucher, VoucherEvent, VoucherIssued, VoucherOwed

# --- types ---


class IssueVoucher(OnDispute, halted_by_stay=True, recorded_as=VoucherIssued):
    """Gives the buyer the code of a voucher that is owed. `expires_at` is the instant from which it is worth nothing."""

    number: int
    code: str
    expires_at: Instant


VoucherCommand = IssueVoucher


class VoucherNotConsented(Malformed):
    """`voucher` is awarded without the buyer's consent, and the policy does not allow that.

    Why: A voucher ties the buyer to one shop. Whoever paid with money gets something else only by agreeing to it, or where
    the marketplace's rules say so beforehand.

    What to do: Leave out `voucher`, or propose it: the buyer can accept a proposal or an offer with one. A policy allows
    such rulings with `by_ruling` in its `vouchers`.
    """

    pointer = "/voucher"


class VoucherNotOfMarketplace(Malformed):
    """`issued_by` is the marketplace, but by the policy the marketplace issues no vouchers.

    Why: Nobody makes the marketplace owe something that it has not said it will give.

    What to do: Use `seller` in `issued_by`. A policy allows vouchers of the marketplace with `marketplace_issues` in its
    `vouchers`.
    """

    pointer = "/voucher/issued_by"


class VoucherWithoutValue(Malformed):
    """`amount` of the `voucher` is zero.

    Why: A voucher for nothing would be a remedy that gives nothing.

    What to do: Send an `amount` above zero, or leave out `voucher`.
    """

    pointer = "/voucher/amount"


class VoucherExceedsClaim(Malformed):
    """`amount` of the `voucher` and the buyer's part of the money are together more than is in dispute.

    Why: A ruling divides what is in dispute, and gives nobody more than that. The parties can agree on more.

    What to do: Send an `amount` of at most `left`.

    Example: {"left": "69.90 EUR", "voucher": "100.00 EUR"}
    """

    pointer = "/voucher/amount"


class VoucherValidTooShortly(Malformed):
    """`valid_days` of the `voucher` are fewer than the policy's least time.

    Why: A voucher that expires soon is worth less than it says.

    What to do: Send `valid_days` of at least `least_days`, or leave them out.

    Example: {"least_days": 365, "valid_days": 30}
    """

    pointer = "/voucher/valid_days"


class VoucherExpiresTooSoon(Malformed):
    """`expires_at` is earlier than the voucher's terms say.

    Why: The time for which the voucher is valid was agreed or ruled, and counts from its issue.

    What to do: Issue a voucher that is valid at least until `earliest`.

    Example: {"earliest": "2027-11-02T10:00:00+00:00"}
    """

    pointer = "/expires_at"


class VoucherNotOwed(Conflict):
    """The voucher is no longer owed: it was issued, waived, or the outcome behind it was overturned.

    Why: A voucher is issued once. A second code would be a second voucher.

    What to do: Read `status` of the voucher in the case file. If the code was wrong, agree on a new voucher.

    Example: {"number": 1, "issued": true}
    """


class NotYoursToIssue(Forbidden):
    """You do not act for the one who is to issue this voucher.

    Why: Only the issuer can say which code is good at its own shop. `issued_by` says who that is.

    What to do: Wait for the issuer, who owes the voucher until the commitment's `due_at`.

    Example: {"issued_by": "marketplace", "role": "seller"}
    """


# --- decisions ---


def stated(policy: Policy, voucher: Voucher) -> Voucher:
    """The terms as recorded: the policy says how long the voucher is valid if they don't."""
    if voucher.valid_days is not None:
        return voucher
    return voucher.model_copy(update={"valid_days": policy.vouchers.least_days})


def check(
    dispute: Dispute,
    policy: Policy,
    voucher: Voucher,
    to_buyer: Money,
    by: Literal["agreement", "concession", "ruling"],
) -> None:
    """Checks the terms as recorded. `to_buyer` is the buyer's part of the money."""
    rules, in_dispute = policy.vouchers, dispute.in_dispute
    if by != "agreement" and not rules.by_ruling:
        raise VoucherNotConsented()
    if voucher.issued_by is Role.MARKETPLACE and not rules.marketplace_issues:
        raise VoucherNotOfMarketplace()
    if voucher.amount.currency != in_dispute.currency:
        raise CurrencyMismatch(at="/voucher/amount", expected=in_dispute.currency, found=voucher.amount.currency)
    if voucher.amount.is_zero:
        raise VoucherWithoutValue()
    if by != "agreement" and voucher.amount > (left := in_dispute - to_buyer):
        raise VoucherExceedsClaim(left=str(left), voucher=str(voucher.amount))
    if voucher.valid_days is not None and voucher.valid_days < rules.least_days:
        raise VoucherValidTooShortly(least_days=rules.least_days, valid_days=voucher.valid_days)


def owe(
    dispute: Dispute, policy: Policy, voucher: Voucher, arises_from: Origin, now: Instant
) -> list[VoucherEvent | CommitmentEvent]:
    """Makes the voucher owed to the buyer, within the remedy window of the issuer."""
    number, issuer = len(dispute.vouchers.owed) + 1, Participant(voucher.issued_by.value)
    owed = VoucherOwed.model_validate({"number": number, "voucher": voucher, "arises_from": arises_from})
    seller = dispute.party(Side.SELLER) if issuer is Participant.SELLER else None
    due_at, proof = policy.due("remedy", seller, now)
    promise = Promise(
        kind=CommitmentKind.ISSUE_VOUCHER,
        owed_by=issuer,
        owed_to=Participant.BUYER,
        subject=dispute.subject_of_participant(issuer),
        due_at=due_at,
        proof=proof,
        about=OwedVoucher(number, voucher).matter,
    )
    return [owed, making.make_commitment(dispute, promise, arises_from, as_class=CommitmentClass.REMEDY)]


def decide(basis: Basis, command: VoucherCommand) -> Sequence[Event]:
    return issue(basis.dispute, command)


def issue(dispute: Dispute, command: IssueVoucher) -> list[VoucherEvent | CommitmentEvent]:
    voucher = dispute.vouchers.get(command.number)
    issuer, role = voucher.voucher.issued_by, command.actor.role
    if role is not issuer:
        raise NotYoursToIssue(issued_by=issuer.value, role=role.value)
    commitment = promise_of(dispute, voucher)
    if commitment is None:
        raise VoucherNotOwed(number=voucher.number, issued=voucher.issued)
    assert voucher.voucher.valid_days is not None, "recorded terms say it"
    earliest = command.now + timedelta(days=voucher.voucher.valid_days)
    if command.expires_at < earliest:
        raise VoucherExpiresTooSoon(earliest=earliest.isoformat())
    issued = VoucherIssued(
        number=voucher.number,
        by=issuer,
        subject=dispute.party(Side.BUYER).subject,
        code=command.code,
        expires_at=command.expires_at,
    )
    return [issued, making.keep_commitment(commitment, command.now, role, issued)]


def promise_of(dispute: Dispute, voucher: OwedVoucher) -> Commitment | None:
    """The open commitment to issue this voucher."""
    return next((owed for owed in dispute.commitments.open.values() if owed.about == voucher.matter), None)


def issuable(dispute: Dispute, role: Role) -> Iterator[OwedVoucher]:
    """The vouchers that this role is to issue."""
    for voucher in dispute.vouchers.owed:
        if role is voucher.voucher.issued_by and promise_of(dispute, voucher) is not None:
            yield voucher
