"""Who owes the ruling. While the time to rule runs, its neutral owes the ruling; the supervisor, while there is no neutral.

The time to rule is a deadline, because at its end the dispute is referred to the supervisor. The commitment stands
beside it, because a dispute that nobody rules burdens the parties and not the neutral. So it has the due instant and
the proof of that deadline, moves with it, and stays owed after it lapsed.

It is owed to the marketplace, and the parties don't see it: it ends when a ruling is issued, and a ruling that awaits
a co-signature is hidden from them. The deadline tells them until when a ruling is due. That deadline runs on until a
ruling takes effect. If a ruling never does, another one is owed by the end of the deadline. After its end the neutral
has a whole window again, of which the parties don't see anything either.
"""

from domain.clocks import names
from domain.commitments import making
from domain.commitments.events import (
    CLAIM,
    CommitmentDeferred,
    CommitmentDischarged,
    CommitmentEvent,
    CommitmentKind,
    CommitmentMade,
    CommitmentPassed,
    CommitmentReplaced,
    Origin,
    Participant,
    Promise,
)
from domain.commitments.state import Commitment
from domain.dispute.state import Dispute
from domain.kernel.base import Instant, Role
from domain.kernel.windows import Deadline, DeadlineProof
from domain.policy.policy import Policy
from domain.ruling.ruling_facts import NEVER_IN_EFFECT

# --- decisions ---


def follow(dispute: Dispute, policy: Policy, at: Instant, *, begins: bool = True) -> list[CommitmentEvent]:
    """Makes the commitment to rule agree with the time to rule. It runs after every act, so no act can forget it.

    A new window, or another neutral in it, begins a new commitment in place of the old one. A lapse `begins` none: where
    one is missing then, the dispute is of an earlier release, and `RecordLapses` makes it.
    """
    owing = [owed for owed in dispute.commitments.open.values() if owed.is_ruling]
    window = _window(dispute)
    if window is None:
        return [CommitmentDischarged(commitment_id=owed.id, reason="dispute_over") for owed in owing]
    if not owing:
        return [_made(dispute, *_term(dispute, policy, window, at))] if begins else []
    return [event for owed in owing for event in _agreeing(dispute, owed, window)]


def _window(dispute: Dispute) -> Deadline | None:
    """The time to rule, running or lapsed, while a ruling is due."""
    if dispute.closed or dispute.outcome is not None or not dispute.adjudication.due:
        return None
    return dispute.deadlines.running.get(names.Ruling()) or dispute.deadlines.lapsed.get(names.Ruling())


def _agreeing(dispute: Dispute, owed: Commitment, window: Deadline) -> list[CommitmentEvent]:
    neutral, runs = dispute.escalation.neutral, window.name in dispute.deadlines.running
    with_another = neutral is not None and owed.subject != neutral
    if runs and (with_another or owed.since != window.proof.starts_at):
        made = _made(dispute, window.due_at, window.proof)
        by = Role.ENGINE
        return [CommitmentReplaced(commitment_id=owed.id, replaced_by=made.commitment_id, by=by), made]
    if with_another and owed.owed_by is Participant.NEUTRAL:
        # no time is left for another neutral to rule in: the supervisor answers for it
        return [CommitmentPassed(commitment_id=owed.id, owed_by=Participant.SUPERVISOR)]
    if runs and owed.due_at != window.due_at:
        return [CommitmentDeferred(commitment_id=owed.id, due_at=window.due_at)]
    return []


def _term(dispute: Dispute, policy: Policy, window: Deadline, at: Instant) -> tuple[Instant, DeadlineProof]:
    """Until when a ruling is owed. If the last ruling never took effect and the time to rule is over, there is a whole
    window again: the neutral did rule.
    """
    rulings = dispute.adjudication.rulings
    if window.name in dispute.deadlines.lapsed and rulings and rulings[-1].status in NEVER_IN_EFFECT:
        return policy.due("ruling", None, at)
    return window.due_at, window.proof


def _made(dispute: Dispute, due_at: Instant, proof: DeadlineProof) -> CommitmentMade:
    neutral = dispute.escalation.neutral
    promise = Promise(
        kind=CommitmentKind.DECIDE,
        owed_by=Participant.NEUTRAL if neutral is not None else Participant.SUPERVISOR,
        owed_to=Participant.MARKETPLACE,
        subject=neutral,
        due_at=due_at,
        proof=proof,
        about=CLAIM,
    )
    return making.make_commitment(dispute, promise, Origin.POLICY)
