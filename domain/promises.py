"""Acts on what is owed: making a promise, showing that it was kept, waiving it, replacing it.

Nobody promises in another's name, and whoever owes a promise is not the one who says that it was kept. Only whom it is owed
to may waive or replace it.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from domain.base import Actor, Command, Instant, Role
from domain.commitments import (
    MONEY_KINDS,
    Bearer,
    Commitment,
    CommitmentClass,
    CommitmentEvent,
    CommitmentKind,
    CommitmentReplaced,
    CommitmentWaived,
    Promise,
    kept,
    made,
)
from domain.money import CurrencyMismatch, Money
from domain.people import Words
from domain.refusals import Conflict, DisputeIsClosed, Forbidden, Malformed, Unknown

if TYPE_CHECKING:
    from domain.dispute import Dispute

# --- types ---


class MakeCommitment(Command):
    """`due_at` must lie ahead. Text without an author yet: the decider fills in the party it speaks for."""

    dispute_id: UUID
    kind: CommitmentKind
    owed_by: Bearer
    owed_to: Bearer
    amount: Money | None = None
    due_at: Instant
    note: Words | None = None


class KeepCommitment(Command):
    dispute_id: UUID
    commitment_id: UUID
    note: Words | None = None


class WaiveCommitment(Command):
    dispute_id: UUID
    commitment_id: UUID
    note: Words | None = None


class ReplaceCommitment(Command):
    """By whom it is owed to, which is their consent. The new one takes over class, debtor and creditor."""

    dispute_id: UUID
    commitment_id: UUID
    kind: CommitmentKind
    amount: Money | None = None
    due_at: Instant
    note: Words | None = None


class UnknownCommitment(Unknown):
    """There is no such commitment in this dispute."""


class CommitmentEnded(Conflict):
    """This commitment has already ended in another way."""


class DueInThePast(Malformed):
    """A promise is due at an instant that lies ahead."""

    pointer = "/due_at"


class AmountMissing(Malformed):
    """A promise of money names the amount."""

    pointer = "/amount"


class AmountOutOfPlace(Malformed):
    """Only a promise of money has an amount."""

    pointer = "/amount"


class RefundOutOfPlace(Malformed):
    """A refund is owed to the buyer, by the seller or the marketplace; any other money is a payment."""

    pointer = "/kind"


class NotYoursToPromise(Forbidden):
    """Nobody can promise in somebody else's name."""


class NotYoursToConfirm(Forbidden):
    """Who owes a promise cannot be the one who says that it was kept."""


class NotYoursToWaive(Forbidden):
    """Only whom it is owed to may waive or replace a promise."""


class RefundDecides(Conflict):
    """A refund is kept by its own confirmation, and by nothing else."""


class RefundUnderway(Conflict):
    """The money is on its way; wait until that refund is confirmed or has failed."""


class ReplacementTooLarge(Malformed):
    """Only a promise of money is replaced by one of money, and by no more than what was promised."""

    pointer = "/amount"


# --- decisions ---


def make(dispute: "Dispute", command: MakeCommitment) -> list[CommitmentEvent]:
    if not may_promise(command.actor.role, (command.owed_by,)):
        raise NotYoursToPromise(owed_by=command.owed_by.value, role=command.actor.role.value)
    promise = Promise(
        kind=command.kind,
        owed_by=command.owed_by,
        owed_to=command.owed_to,
        subject=dispute.subject_of(command.actor),
        amount=command.amount,
        due_at=command.due_at,
        note=dispute.text(command.note, command.actor),
    )
    _check_terms(dispute, promise, command.now)
    new = made(dispute, promise, "promise")
    if dispute.closed and new.commitment_class is CommitmentClass.REMEDY:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    return [new]


def keep(dispute: "Dispute", command: KeepCommitment) -> list[CommitmentEvent]:
    if dispute.commitments.ended.get(command.commitment_id, "").startswith("kept"):
        return []
    commitment = _open(dispute, command.commitment_id)
    if commitment.by_refund:
        raise RefundDecides(commitment_id=str(commitment.id))
    if not may_confirm(commitment, command.actor.role):
        raise NotYoursToConfirm(owed_by=commitment.owed_by.value, role=command.actor.role.value)
    return [kept(commitment, command.now, command.actor.role, note=dispute.text(command.note, command.actor))]


def waive(dispute: "Dispute", command: WaiveCommitment) -> list[CommitmentEvent]:
    if dispute.commitments.ended.get(command.commitment_id) == "waived":
        return []
    commitment = _owed_to_actor(dispute, command.commitment_id, command.actor)
    return [
        CommitmentWaived(
            commitment_id=commitment.id, by=command.actor.role, note=dispute.text(command.note, command.actor)
        )
    ]


def replace_with(dispute: "Dispute", command: ReplaceCommitment) -> list[CommitmentEvent]:
    commitment = _owed_to_actor(dispute, command.commitment_id, command.actor)
    promise = Promise(
        kind=command.kind,
        owed_by=commitment.owed_by,
        owed_to=commitment.owed_to,
        subject=dispute.subject_of_bearer(commitment.owed_by),
        amount=command.amount,
        due_at=command.due_at,
        note=dispute.text(command.note, command.actor),
    )
    _check_terms(dispute, promise, command.now)
    if promise.amount is not None and (commitment.amount is None or promise.amount > commitment.amount):
        promised = str(commitment.amount) if commitment.amount else None
        raise ReplacementTooLarge(promised=promised, replacement=str(promise.amount))
    new = made(dispute, promise, "replacement", as_class=commitment.commitment_class)
    old = CommitmentReplaced(commitment_id=commitment.id, replaced_by=new.commitment_id, by=command.actor.role)
    return [old, new]


def _open(dispute: "Dispute", commitment_id: UUID) -> Commitment:
    if (how := dispute.commitments.ended.get(commitment_id)) is not None:
        raise CommitmentEnded(commitment_id=str(commitment_id), how=how)
    if (commitment := dispute.commitments.get(commitment_id)) is None:
        raise UnknownCommitment(commitment_id=str(commitment_id))
    return commitment


def _owed_to_actor(dispute: "Dispute", commitment_id: UUID, actor: Actor) -> Commitment:
    commitment = _open(dispute, commitment_id)
    if not is_owed_to(commitment, actor.role):
        raise NotYoursToWaive(owed_to=commitment.owed_to.value, role=actor.role.value)
    if commitment.underway:
        raise RefundUnderway(refund_id=str(commitment.refund_id))
    return commitment


THIRD_PARTIES = frozenset({Bearer.CARRIER, Bearer.WAREHOUSE, Bearer.BANK})


def _roles_of(bearer: Bearer) -> set[Role]:
    """In which role somebody speaks for this bearer; third parties speak through the marketplace."""
    return {Role.MARKETPLACE} if bearer in THIRD_PARTIES else {Role(bearer.value)}


def may_promise(role: Role, owed_by: Iterable[Bearer] = Bearer) -> bool:
    """Whether somebody in this role can promise for one of these; nobody can in somebody else's name."""
    return any(role in _roles_of(bearer) for bearer in owed_by)


def may_confirm(commitment: Commitment, role: Role) -> bool:
    """Who may say that it was kept: whom it is owed to, or those above the parties; never who owes it.

    The marketplace alone is believed about itself.
    """
    witnesses = {Role.MARKETPLACE, Role.SUPERVISOR, Role.NEUTRAL, *_roles_of(commitment.owed_to)}
    return role in witnesses - (_roles_of(commitment.owed_by) - {Role.MARKETPLACE})


def is_owed_to(commitment: Commitment, role: Role) -> bool:
    return role in _roles_of(commitment.owed_to)


def _check_terms(dispute: "Dispute", promise: Promise, now: Instant) -> None:
    amount, order_currency = promise.amount, dispute.in_dispute.currency
    if promise.due_at <= now:
        raise DueInThePast(due_at=promise.due_at.isoformat(), now=now.isoformat())
    if promise.kind in MONEY_KINDS and (amount is None or amount.is_zero):
        raise AmountMissing(kind=promise.kind.value)
    if promise.kind not in MONEY_KINDS and amount is not None:
        raise AmountOutOfPlace(kind=promise.kind.value)
    if promise.kind is CommitmentKind.REFUND and not _is_refund(promise):
        raise RefundOutOfPlace(owed_by=promise.owed_by.value, owed_to=promise.owed_to.value)
    if promise.by_refund and amount is not None and amount.currency != order_currency:
        raise CurrencyMismatch(at="/amount", expected=order_currency, got=amount.currency)


def _is_refund(promise: Promise) -> bool:
    return promise.owed_to is Bearer.BUYER and promise.owed_by in (Bearer.SELLER, Bearer.MARKETPLACE)
