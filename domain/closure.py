"""How a dispute ends: by the claimant's withdrawal, or because nothing more is owed."""

from typing import TYPE_CHECKING
from uuid import UUID

from domain import fast_lane, pleadings, remedy, set_aside
from domain.base import Command, Event
from domain.commitment_events import CommitmentMade
from domain.division import Division
from domain.money import Money
from domain.people import Outcome, Text, Words, side_of
from domain.policy import Policy
from domain.refusals import Conflict, DisputeIsClosed, Forbidden

if TYPE_CHECKING:
    from domain.commitment_events import CommitmentEvent
    from domain.dispute import Dispute
    from domain.goods import GoodsEvent

# --- types ---


class ClaimWithdrawn(Event, kind="ClaimWithdrawn", stream="dispute"):
    """What the respondent conceded before stays owed. `terms` say what becomes of what is held: the respondent receives it."""

    schema_version = 2

    reason: Text | None = None
    terms: Division | None = None


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


def withdraw(
    dispute: "Dispute", policy: Policy, command: Withdraw
) -> "list[ClosureEvent | CommitmentEvent | GoodsEvent]":
    """Who wants part of what is held back makes an offer instead."""
    if side_of(command.actor) is not dispute.claimant:
        raise OnlyClaimantWithdraws(claimant=dispute.claimant.value)
    if dispute.outcome is Outcome.WITHDRAWN:
        return []
    if dispute.closed:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    if not dispute.undecided:
        raise TooLateToWithdraw(stage=dispute.stage.value)
    reason = dispute.text(command.reason, command.actor)
    nothing = dispute.division(Money.zero(dispute.in_dispute.currency))
    terms = nothing if dispute.held or dispute.advance.received else None
    owed = remedy.owed(dispute, policy, nothing, "withdrawal", command.now) if terms else []
    nth = 1 + sum(isinstance(event, CommitmentMade) for event in owed)
    back = pleadings.owed(dispute, policy, None, nothing, command.now, nth)
    return [ClaimWithdrawn(reason=reason, terms=terms), *owed, *back]


def closing(dispute: "Dispute") -> list[ClosureEvent]:
    """A dispute closes by itself as soon as it has an outcome that can't fall any more and no remedy is owed."""
    may_still_fall = set_aside.may_still_fall(dispute) or fast_lane.may_be_contested(dispute)
    if dispute.outcome is None or dispute.closed or dispute.commitments.open_remedies() or may_still_fall:
        return []
    return [DisputeClosed(outcome=dispute.outcome)]
