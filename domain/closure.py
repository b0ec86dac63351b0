"""How a dispute ends: by the claimant's withdrawal, or because nothing more is owed."""

from typing import TYPE_CHECKING
from uuid import UUID

from domain.base import Command, Event
from domain.people import Outcome, Text, Words, side_of
from domain.refusals import Conflict, DisputeIsClosed, Forbidden
from domain.set_aside import may_still_fall

if TYPE_CHECKING:
    from domain.dispute import Dispute

# --- types ---


class ClaimWithdrawn(Event, kind="ClaimWithdrawn", stream="dispute"):
    """What the respondent conceded before stays owed."""

    reason: Text | None = None


class DisputeClosed(Event, kind="DisputeClosed", stream="dispute"):
    """It has an outcome, and no remedy is owed any more."""

    outcome: Outcome


ClosureEvent = ClaimWithdrawn | DisputeClosed


class Withdraw(Command):
    dispute_id: UUID
    reason: Words | None = None


class OnlyClaimantWithdraws(Forbidden):
    """Only the claimant may withdraw the claim."""


class TooLateToWithdraw(Conflict):
    """The dispute has been settled or ruled; there is nothing left to withdraw."""


# --- decisions ---


def withdraw(dispute: "Dispute", command: Withdraw) -> list[ClosureEvent]:
    if side_of(command.actor) is not dispute.claimant:
        raise OnlyClaimantWithdraws(claimant=dispute.claimant.value)
    if dispute.outcome is Outcome.WITHDRAWN:
        return []
    if dispute.closed:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    if not dispute.undecided:
        raise TooLateToWithdraw(stage=dispute.stage.value)
    return [ClaimWithdrawn(reason=dispute.text(command.reason, command.actor))]


def closing(dispute: "Dispute") -> list[ClosureEvent]:
    """A dispute closes by itself as soon as it has an outcome that can't fall any more and no remedy is owed."""
    if dispute.outcome is None or dispute.closed or dispute.commitments.open_remedies() or may_still_fall(dispute):
        return []
    return [DisputeClosed(outcome=dispute.outcome)]
