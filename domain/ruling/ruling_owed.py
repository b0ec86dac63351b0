"""Who owes the ruling. While the time to rule runs, its neutral owes the ruling; the supervisor, while there is no neutral.

The time to rule is a deadline, because at its end the dispute is referred to the supervisor. The commitment stands
beside it, because a dispute that nobody rules burdens the parties and not the neutral. So it has the due instant and
the proof of that deadline, moves with it, and stays owed after it lapsed.

It is owed to the marketplace, and the parties don't see it: it ends when a ruling is issued, and a ruling that awaits
a co-signature is hidden from them. The deadline tells them until when a ruling is due.
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
from domain.kernel.base import Role
from domain.kernel.windows import Deadline

# --- decisions ---


def follow(dispute: Dispute, *, begins: bool = True) -> list[CommitmentEvent]:
    """Makes the commitment to rule agree with the time to rule. It runs after every act, so no act can forget it.

    A new window, or another neutral in it, begins a new commitment in place of the old one. A lapse `begins` none: where
    one is missing then, the dispute is of an earlier release, and `RecordLapses` makes it.
    """
    owing = [owed for owed in dispute.commitments.open.values() if owed.is_ruling]
    window = _window(dispute)
    if window is None:
        return [CommitmentDischarged(commitment_id=owed.id, reason="dispute_over") for owed in owing]
    if not owing:
        return [_made(dispute, window)] if begins else []
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
        made = _made(dispute, window)
        by = Role.ENGINE
        return [CommitmentReplaced(commitment_id=owed.id, replaced_by=made.commitment_id, by=by), made]
    if with_another and owed.owed_by is Participant.NEUTRAL:
        # no time is left for another neutral to rule in: the supervisor answers for it
        return [CommitmentPassed(commitment_id=owed.id, owed_by=Participant.SUPERVISOR)]
    if runs and owed.due_at != window.due_at:
        return [CommitmentDeferred(commitment_id=owed.id, due_at=window.due_at)]
    return []


def _made(dispute: Dispute, window: Deadline) -> CommitmentMade:
    neutral = dispute.escalation.neutral
    promise = Promise(
        kind=CommitmentKind.DECIDE,
        owed_by=Participant.NEUTRAL if neutral is not None else Participant.SUPERVISOR,
        owed_to=Participant.MARKETPLACE,
        subject=neutral,
        due_at=window.due_at,
        proof=window.proof,
        about=CLAIM,
    )
    return making.make_commitment(dispute, promise, Origin.POLICY)
