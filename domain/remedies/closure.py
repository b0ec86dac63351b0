"""How a dispute ends: the claimant withdraws, the marketplace cancels, or nothing more is owed."""

from collections.abc import Sequence
from typing import assert_never

from domain.commitments.events import Origin
from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.filing import fast_lane, pleadings, set_aside
from domain.kernel.base import Actor, Event, Instant, OnDispute, Role
from domain.kernel.money import Money
from domain.kernel.people import Outcome, Words, side_of
from domain.kernel.refusals import Conflict, DisputeIsClosed, Forbidden
from domain.policy.policy import Policy
from domain.remedies import remedy
from domain.remedies.closure_facts import ClaimWithdrawn, ClosureEvent, DisputeCancelled, DisputeClosed
from domain.remedies.division_facts import Division, RemedyEvent

# --- types ---


class Withdraw(OnDispute, recorded_as=ClaimWithdrawn, given_by="claimant"):
    reason: Words | None = None


class CancelDispute(OnDispute, recorded_as=DisputeCancelled, given_by=Role.MARKETPLACE):
    reason: Words


ClosureCommand = Withdraw | CancelDispute


class OnlyClaimantWithdraws(Forbidden):
    """You do not act for the claimant, so you cannot withdraw the claim.

    Why: A claim belongs to the side that made it.

    What to do: As the respondent, make an offer. If the marketplace opened the dispute by mistake, it can cancel it.

    Example: {"claimant": "buyer"}
    """


class TooLateToWithdraw(Conflict):
    """There is nothing left to withdraw: the dispute is settled, ruled or ended in another way.

    Why: A claim can be given up while it is open. What was settled, ruled or paid binds both sides.

    What to do: If you want to give up what is owed to you, waive the commitment.

    Example: {"stage": "appeal"}
    """


class OnlyMarketplaceCancels(Forbidden):
    """Your role cannot cancel a dispute. The marketplace can.

    Why: A dispute is cancelled when it should not exist, for example because it was opened twice. The marketplace knows
    that.

    What to do: As the claimant, withdraw the claim. Otherwise ask the marketplace.

    Example: {"role": "buyer"}
    """


class TooLateToCancel(Conflict):
    """There is nothing left to cancel: the dispute is settled, ruled or ended in another way.

    Why: The marketplace cancels a dispute that should not exist. What is settled or ruled exists, and somebody relies
    on it.

    What to do: Ask a supervisor to reopen the dispute, if the outcome was wrong.

    Example: {"stage": "appeal"}
    """


# --- decisions ---


def decide(basis: Basis, command: ClosureCommand) -> Sequence[Event]:
    match command:
        case Withdraw():
            return withdraw(basis.dispute, basis.policy, command)
        case CancelDispute():
            return cancel(basis.dispute, basis.policy, command)
        case _:
            assert_never(command)


def withdraw(dispute: Dispute, policy: Policy, command: Withdraw) -> list[ClosureEvent | RemedyEvent]:
    """Withdraws the claim. A claimant who wants part of the money in escrow makes an offer instead."""
    if side_of(command.actor) is not dispute.claimant:
        raise OnlyClaimantWithdraws(claimant=dispute.claimant.value)
    if dispute.outcome is Outcome.WITHDRAWN:
        return []
    _check_undecided(dispute, TooLateToWithdraw)
    terms, owed = _let_go(dispute, policy, Origin.WITHDRAWAL, command.now)
    return [ClaimWithdrawn(reason=dispute.text(command.reason, command.actor), terms=terms), *owed]


def cancel(dispute: Dispute, policy: Policy, command: CancelDispute) -> list[ClosureEvent | RemedyEvent]:
    """Cancels the dispute. Neither side is found right. The claimant may file the claim again, as after a withdrawal."""
    if command.actor.role is not Role.MARKETPLACE:
        raise OnlyMarketplaceCancels(role=command.actor.role.value)
    if dispute.outcome is Outcome.CANCELLED:
        return []
    _check_undecided(dispute, TooLateToCancel)
    terms, owed = _let_go(dispute, policy, Origin.CANCELLATION, command.now)
    return [DisputeCancelled(reason=dispute.text(command.reason, command.actor), terms=terms), *owed]


def may_cancel(dispute: Dispute, actor: Actor) -> bool:
    return actor.role is Role.MARKETPLACE and dispute.undecided


def _check_undecided(dispute: Dispute, too_late: type[TooLateToWithdraw | TooLateToCancel]) -> None:
    """Raises DisputeIsClosed, TooLateToWithdraw, TooLateToCancel."""
    if dispute.closed:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    if not dispute.undecided:
        raise too_late(stage=dispute.stage.value)


def _let_go(dispute: Dispute, policy: Policy, why: Origin, now: Instant) -> tuple[Division | None, list[RemedyEvent]]:
    """The claimant gets nothing more. Money in escrow goes to the respondent. What was received under an overturned
    outcome is owed back.

    The terms are those of what is held or was received; None if there is neither.
    """
    nothing = dispute.division(Money.zero(dispute.in_dispute.currency))
    terms = nothing if dispute.held or dispute.advance.received else None
    owed = remedy.commitments_of(dispute, policy, nothing, why, now) if terms else []
    return terms, [*owed, *pleadings.counterclaim_commitments(dispute, policy, None, nothing, now)]


def closing(dispute: Dispute) -> list[ClosureEvent]:
    """A dispute closes by itself when it has an outcome that can no longer fall, and no remedy is owed."""
    may_still_fall = set_aside.may_still_fall(dispute) or fast_lane.may_be_contested(dispute)
    if dispute.outcome is None or dispute.closed or dispute.commitments.open_remedies() or may_still_fall:
        return []
    return [DisputeClosed(outcome=dispute.outcome)]
