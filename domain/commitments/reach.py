"""The commitment to reach a party: one for whom a window waits that begins when they are told (`domain.clocks.notice`), or whom
a notice did not reach. The marketplace owes it, in the window `reach` of the policy.

There is one for each party at a time. A notice that is delivered keeps it, and so does a person who records that they
reached the party (`domain.notices.notices`). It ends without that when the dispute closes, when the party is erased, or when
they count as told.

Refusal
└── Conflict
    └── ReachDecides
"""

from uuid import UUID

from domain.clocks.notice import waiting
from domain.commitments import making
from domain.commitments.events import (
    CommitmentDischarged,
    CommitmentEvent,
    CommitmentKind,
    Origin,
    Participant,
    Promise,
)
from domain.commitments.state import Commitment
from domain.dispute.state import Dispute
from domain.kernel.base import Event, Instant, Role
from domain.kernel.people import Side
from domain.kernel.refusals import Conflict
from domain.policy.policy import Policy

# --- types ---


class ReachDecides(Conflict):
    """The commitment is kept when the party is reached, and cannot end in this way.

    Why: The party was not told yet. If the commitment could be waived or reported as kept, nobody would tell them.

    What to do: Reach the party in another way and record it with `POST /v1/disputes/{dispute_id}/reached`. A notice that is
    delivered later keeps it too.

    Example: {"commitment_id": "9bb17ffc-be40-541e-be25-855f9788b6e1"}
    """


# --- decisions ---


def owe(dispute: Dispute, policy: Policy, side: Side, now: Instant) -> list[CommitmentEvent]:
    """The commitment to reach this party, if it is not owed already and somebody still has to be told."""
    if dispute.closed or dispute.imported or find(dispute, side) is not None:
        return []
    due_at, proof = policy.due("reach", None, now)
    promise = Promise(
        kind=CommitmentKind.REACH,
        owed_by=Participant.MARKETPLACE,
        owed_to=making.participant(side),
        due_at=due_at,
        proof=proof,
    )
    return [making.make_commitment(dispute, promise, Origin.NOTICE)]


def keep(dispute: Dispute, side: Side, by: Role, fact: Event, now: Instant) -> list[CommitmentEvent]:
    """The fact shows that the party was reached."""
    owed = find(dispute, side)
    return [] if owed is None else [making.keep_commitment(owed, now, by, fact)]


def given_up(dispute: Dispute, side: Side) -> list[CommitmentEvent]:
    """The party counts as told, although nobody reached them."""
    owed = find(dispute, side)
    return [] if owed is None else [_discharged(owed, "deemed_told")]


def follow(dispute: Dispute, policy: Policy, at: Instant) -> list[CommitmentEvent]:
    """While a window of a party waits, somebody owes it to reach them. When the dispute is over, nobody does. It runs after
    every act, so no act can forget it.
    """
    if dispute.closed:
        return [_discharged(owed, "dispute_over") for owed in _open(dispute)]
    return [owed for side in Side if waiting(dispute, side) for owed in owe(dispute, policy, side, at)]


def ended_by_erasure(dispute: Dispute, subject: UUID) -> list[CommitmentDischarged]:
    """Nobody can reach an erased person."""
    return [
        _discharged(owed, "person_erased")
        for side in Side
        if dispute.party(side).subject == subject and (owed := find(dispute, side)) is not None
    ]


def find(dispute: Dispute, side: Side) -> Commitment | None:
    """The open commitment to reach this party."""
    return next((owed for owed in _open(dispute) if owed.owed_to.value == side.value), None)


def _open(dispute: Dispute) -> list[Commitment]:
    return [owed for owed in dispute.commitments.open.values() if owed.arises_from is Origin.NOTICE]


def _discharged(owed: Commitment, reason: str) -> CommitmentDischarged:
    return CommitmentDischarged.model_validate({"commitment_id": owed.id, "reason": reason})
