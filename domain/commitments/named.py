"""The commitment that a command names: whoever sends the command knows of it, and it has not ended."""

from uuid import UUID

from domain.commitments.state import Commitment
from domain.dispute.state import Dispute
from domain.kernel.base import Actor, Role
from domain.kernel.people import Side
from domain.kernel.refusals import Conflict, Unknown

# --- types ---


class UnknownCommitment(Unknown):
    """There is no such commitment in this dispute.

    Why: Each commitment has an id in its own dispute.

    What to do: Take the id from `commitments` of the case file or from `GET /v1/commitments`, and use the dispute that
    is named there.

    Example: {"commitment_id": "61e1c337-7ccb-5701-81b8-5243eed4597f"}
    """


class CommitmentEnded(Conflict):
    """The commitment has already ended in another way.

    Why: A commitment ends once. What ended it is on record, and others may rely on that.

    What to do: Read `how` it ended. If something is still owed, the debtor can make a new commitment.

    Example: {"commitment_id": "61e1c337-7ccb-5701-81b8-5243eed4597f", "how": "kept"}
    """


# --- decisions ---


def check_known(dispute: Dispute, commitment_id: UUID, actor: Actor) -> None:
    """A commitment that the parties don't see does not exist for them. Raises UnknownCommitment."""
    if actor.role in (Role.BUYER, Role.SELLER) and (commitment_id, Side(actor.role.value)) in dispute.telling.hidden:
        raise UnknownCommitment(commitment_id=str(commitment_id))


def open_commitment(dispute: Dispute, commitment_id: UUID) -> Commitment:
    if (how := dispute.commitments.ended.get(commitment_id)) is not None:
        raise CommitmentEnded(commitment_id=str(commitment_id), how=how)
    if (commitment := dispute.commitments.get(commitment_id)) is None:
        raise UnknownCommitment(commitment_id=str(commitment_id))
    return commitment
