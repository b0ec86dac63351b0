"""What follows from a broken promise: another one, by policy, of somebody who looks at it or enforces it.

The broken promise stays open, overdue. What follows from it is a service: it keeps nothing open, nothing further follows from
its own breach, and it is over as soon as the broken promise has ended, in whatever way.
"""

from domain.commitments import events as commitment_events
from domain.commitments import making
from domain.commitments.events import CommitmentEvent
from domain.commitments.state import Commitment
from domain.dispute.state import Dispute
from domain.policy.breach_rules import Consequence
from domain.policy.policy import Policy

_UNTOLD = (commitment_events.Origin.RECOMMENDATION, commitment_events.Origin.ERASURE)

# --- decisions ---


def followed(dispute: Dispute, policy: Policy, broken: Commitment) -> list[CommitmentEvent]:
    """What policy says first about such a breach, owed to whom the broken promise is owed, from the instant it was due.

    Nobody owes anything to themselves. No party is told of a recommendation, nor the other one of an erasure that is owed, so
    nothing follows from silence on these.
    """
    ended = dispute.commitments.get(broken.id) is None  # as a step of goods does, where silence means something
    if ended or broken.because_of is not None or broken.arises_from in _UNTOLD:
        return []
    for rule in policy.on_breach:
        theirs = rule.owed_by is None or broken.owed_by.value in rule.owed_by
        if (
            rule.commitment_class == broken.commitment_class.value
            and theirs
            and rule.then_owed_by != broken.owed_to.value
        ):
            return [_consequence(dispute, policy, broken, rule)]
    return []


def discharge_consequences(dispute: Dispute) -> list[CommitmentEvent]:
    """What followed from promises that have ended meanwhile."""
    open_ones = dispute.commitments.open
    return [
        commitment_events.CommitmentDischarged(commitment_id=c.id, reason="breach_over")
        for c in open_ones.values()
        if c.because_of is not None and c.because_of not in open_ones
    ]


def _consequence(
    dispute: Dispute, policy: Policy, broken: Commitment, rule: Consequence
) -> commitment_events.CommitmentMade:
    due_at, proof = policy.due("breach", None, broken.due_at, window=rule.window)
    promise = commitment_events.Promise(
        kind=commitment_events.CommitmentKind(rule.kind),
        owed_by=commitment_events.Participant(rule.then_owed_by),
        owed_to=broken.owed_to,
        due_at=due_at,
        proof=proof,
    )
    service = commitment_events.CommitmentClass.SERVICE
    made = making.make_commitment(dispute, promise, commitment_events.Origin.BREACH, as_class=service)
    return made.model_copy(update={"because_of": broken.id})
