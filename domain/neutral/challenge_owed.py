"""Who owes the decision on a challenge, and when that decision is owed again.

While a challenge is open nobody rules, so somebody always owes the decision. A challenge rests while its neutral does
not have the dispute, or while the dispute is decided, and what was owed ends. If it opens again, it is owed again.
"""

from uuid import UUID

from domain.commitments import making
from domain.commitments.events import CommitmentKind, CommitmentMade, Origin, Participant, Promise
from domain.dispute.state import Dispute
from domain.kernel.base import Instant
from domain.kernel.people import Side
from domain.policy.policy import Policy

# --- decisions ---


def decision_owed(dispute: Dispute, policy: Policy, side: Side, now: Instant) -> CommitmentMade:
    """The supervisor owes it to the side that challenged the neutral."""
    due_at, proof = policy.due("challenge", None, now)
    promise = Promise(
        kind=CommitmentKind.DECIDE,
        owed_by=Participant.SUPERVISOR,
        owed_to=making.participant(side),
        due_at=due_at,
        proof=proof,
    )
    return making.make_commitment(dispute, promise, Origin.POLICY)


def owed_anew(dispute: Dispute, policy: Policy, neutral: UUID | None, now: Instant) -> list[CommitmentMade]:
    """For each undecided challenge of a neutral who gets the dispute again, or whose dispute is undecided again."""
    resting = [c for c in dispute.independence.challenges if c.granted is None and c.neutral == neutral]
    return [decision_owed(dispute, policy, c.by, now) for c in resting]
