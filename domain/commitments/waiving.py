"""The participant to which a commitment is owed gives it up, or accepts another one instead. Nobody else may."""

from uuid import UUID

from domain.commitments.events import (
    CommitmentEvent,
    CommitmentKind,
    CommitmentReplaced,
    CommitmentWaived,
    Promise,
)
from domain.commitments.making import make_commitment
from domain.commitments.money_aside import given_back, set_aside
from domain.commitments.named import check_known, open_commitment
from domain.commitments.own_acts import ActDecides, check_not_by_its_own_act, is_answer_of_supervisor
from domain.commitments.participants import is_owed_to
from domain.commitments.state import Commitment
from domain.commitments.terms import check_terms
from domain.dispute.state import Dispute
from domain.kernel.base import Actor, Instant, OnDispute, Role
from domain.kernel.money import Money
from domain.kernel.people import Words
from domain.kernel.refusals import Conflict, Forbidden, Malformed
from domain.payments import transaction_facts
from domain.payments.transaction_facts import Transaction, TransactionEvent
from domain.remedies import handover

# --- types ---


class WaiveCommitment(OnDispute, recorded_as=CommitmentWaived):
    commitment_id: UUID
    note: Words | None = None


class ReplaceCommitment(OnDispute):
    """Replaces a commitment. Only the participant to which it is owed can do so.

    The new one has the same kind, class, debtor and creditor. It asks for no more, and is due no sooner.
    """

    commitment_id: UUID
    kind: CommitmentKind
    amount: Money | None = None
    due_at: Instant
    note: Words | None = None


class NotYoursToWaive(Forbidden):
    """Your role cannot waive or replace this commitment.

    Why: A commitment belongs to its creditor. Nobody else can give it up. A step with goods can be waived only by a
    side that loses something by that.

    What to do: Ask the one to whom it is owed to waive or replace it.

    Example: {"owed_to": "buyer", "role": "seller"}
    """


class MoneyOnItsWay(Conflict):
    """The money for this commitment is on its way: its refund is not confirmed and has not failed yet.

    Why: The provider may pay at any moment. If the commitment were waived or replaced now, the buyer could be paid
    twice or for nothing.

    What to do: Wait until the refund is confirmed or fails. After a failure you can waive or replace the commitment.

    Example: {"refund_id": "d1d0c07b-d3d6-5023-993e-bd5e7d5b9ad2"}
    """


class ReplacementTooLarge(Malformed):
    """`amount` is more than that of the commitment which is replaced.

    Why: A replacement is what the creditor accepts instead, without asking the debtor. It can make a commitment
    lighter, and never heavier.

    What to do: Send an `amount` of at most what was `promised`. For more money, the debtor makes a new commitment.

    Example: {"promised": "20.00 EUR", "replacement": "20.01 EUR"}
    """

    pointer = "/amount"


class ReplacementAsksMore(Malformed):
    """`kind` is not that of the commitment which is replaced, or `due_at` is earlier.

    Why: The creditor replaces a commitment alone, so the debtor must not be worse off: the `kind` stays the same, and
    the time may only become longer.

    What to do: Keep the `kind`, and send a `due_at` that is not before the present one. For anything else, agree on a
    new commitment.

    Example: {"kind": "ship", "due_at": "2026-11-04T10:00:00+00:00"}
    """


# --- decisions ---


def waive(dispute: Dispute, command: WaiveCommitment) -> list[CommitmentEvent | TransactionEvent]:
    check_known(dispute, command.commitment_id, command.actor)
    if dispute.commitments.ended.get(command.commitment_id) == "waived":
        return []
    commitment = _owed_to_actor(dispute, command.commitment_id, command.actor)
    if is_answer_of_supervisor(commitment):
        raise ActDecides(commitment_id=str(commitment.id), about=commitment.waits_for)
    if not may_waive(dispute, commitment, command.actor.role):
        raise NotYoursToWaive(owed_to=commitment.owed_to.value, role=command.actor.role.value)
    return [
        CommitmentWaived(
            commitment_id=commitment.id, by=command.actor.role, note=dispute.text(command.note, command.actor)
        ),
        *given_back(commitment),
    ]


def replace_with(
    dispute: Dispute, tx: Transaction, command: ReplaceCommitment
) -> list[CommitmentEvent | TransactionEvent]:
    check_known(dispute, command.commitment_id, command.actor)
    commitment = _owed_to_actor(dispute, command.commitment_id, command.actor)
    promise = Promise(
        kind=command.kind,
        owed_by=commitment.owed_by,
        owed_to=commitment.owed_to,
        subject=dispute.subject_of_participant(commitment.owed_by),
        amount=command.amount,
        due_at=command.due_at,
        made_at=command.now,
        note=dispute.text(command.note, command.actor),
        about=commitment.about,
    )
    check_terms(dispute, promise, command.now)
    if promise.kind is not commitment.kind or promise.due_at < commitment.due_at:
        raise ReplacementAsksMore(kind=commitment.kind.value, due_at=commitment.due_at.isoformat())
    if promise.amount is not None and commitment.amount is not None and promise.amount > commitment.amount:
        raise ReplacementTooLarge(promised=str(commitment.amount), replacement=str(promise.amount))
    new = make_commitment(dispute, promise, commitment.arises_from, as_class=commitment.commitment_class)
    old = CommitmentReplaced(commitment_id=commitment.id, replaced_by=new.commitment_id, by=command.actor.role)
    freed = given_back(commitment)
    for event in freed:
        tx = transaction_facts.evolve(tx, event)
    return [old, *freed, new, *set_aside(dispute, tx, new)]


def may_waive(dispute: Dispute, commitment: Commitment, role: Role) -> bool:
    step = dispute.goods is not None and dispute.goods.waits_for(commitment.id)
    if is_answer_of_supervisor(commitment):
        return False
    return is_owed_to(commitment, role) and not (step and dispute.goods and not handover.may_waive(dispute.goods))


def _owed_to_actor(dispute: Dispute, commitment_id: UUID, actor: Actor) -> Commitment:
    commitment = open_commitment(dispute, commitment_id)
    if not is_owed_to(commitment, actor.role):
        raise NotYoursToWaive(owed_to=commitment.owed_to.value, role=actor.role.value)
    check_not_by_its_own_act(commitment)
    if commitment.underway:
        raise MoneyOnItsWay(refund_id=str(commitment.refund_id))
    return commitment
