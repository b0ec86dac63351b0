"""What follows from a broken commitment: by policy, somebody else owes to look at it or to enforce it.

The broken commitment stays open and overdue. What follows from it is a service commitment: it does not keep the dispute
open, its own breach has no consequence, and it ends as soon as the broken commitment ends, in any way.
"""

from domain.commitments import events as commitment_events
from domain.commitments import making
from domain.commitments.events import UNTRANSLATED, CommitmentEvent
from domain.commitments.state import Commitment
from domain.dispute.state import Dispute
from domain.policy.breach_rules import FIRST_CONSEQUENCES, Consequence
from domain.policy.policy import Policy

_UNTOLD = frozenset({commitment_events.Origin.RECOMMENDATION, commitment_events.Origin.ERASURE, *UNTRANSLATED})

# --- decisions ---


def followed(dispute: Dispute, policy: Policy, broken: Commitment) -> list[CommitmentEvent]:
    """The consequence in the first rule of the policy that fits this breach. It is owed to the creditor of the broken
    commitment, and its time begins when that one was due.

    A ruling that is overdue refers the dispute to a supervisor. So a supervisor always owes a review of that, also where
    the policy has no rule that fits: the product's own rule holds then.

    Nobody owes anything to themselves. A recommendation is hidden from the parties, and the erasure of one party is
    hidden from the other, and what was said in caucus too. So nothing follows from the breach of these, nor of a commitment to
    translate: a text does not become readable by a decision about it.
    """
    ended = dispute.commitments.get(broken.id) is None  # a step of goods may end by its own breach
    if ended or broken.because_of is not None or broken.arises_from in _UNTOLD:
        return []
    for rule in (*policy.on_breach, *(FIRST_CONSEQUENCES if broken.is_ruling else ())):
        theirs = rule.owed_by is None or broken.owed_by.value in rule.owed_by
        if (
            rule.commitment_class == broken.commitment_class.value
            and theirs
            and rule.then_owed_by != broken.owed_to.value
        ):
            return [_consequence(dispute, policy, broken, rule)]
    return []


def discharge_consequences(dispute: Dispute) -> list[CommitmentEvent]:
    """Ends the consequences of broken commitments that have ended."""
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
