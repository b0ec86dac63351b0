"""Which roles act for the participant that owes something, or to whom it is owed."""

from domain.commitments.events import Participant
from domain.commitments.state import Commitment
from domain.kernel.base import Role

# --- types ---

THIRD_PARTIES = frozenset({Participant.CARRIER, Participant.WAREHOUSE, Participant.BANK, Participant.INSURER})


# --- decisions ---


def roles_of(participant: Participant) -> set[Role]:
    """The roles that act for this participant. The marketplace acts for third parties."""
    return {Role.MARKETPLACE} if participant in THIRD_PARTIES else {Role(participant.value)}


def is_owed_to(commitment: Commitment, role: Role) -> bool:
    return role in roles_of(commitment.owed_to) and not commitment.on_refund
