"""After closure, a supervisor can reopen a dispute, and each party can rate once how it was handled.

If a translation was corrected on which the ruling rests, a party whom the ruling burdens can reopen it too: that a person
corrected it is the check of the ground (`domain.ruling.resting`).

A parcel that arrived late, fraud, or a later refund elsewhere (for example by a chargeback) overturns the outcome: a
neutral rules anew, and what was paid counts against that (`domain.remedies.recovery`). A refund that bounced overturns
nothing: it is owed again. Where policy says so, the engine reopens after a chargeback that its payment provider reports.
"""

from collections.abc import Sequence
from typing import assert_never
from uuid import UUID

from domain.commitments import making, money_aside
from domain.commitments.state import Commitment
from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.kernel.base import Actor, Event, Instant, OnDispute, Role
from domain.kernel.people import Outcome, Side, Words, side_of
from domain.kernel.refusals import Conflict, Forbidden, Malformed, Unknown
from domain.neutral import assignment
from domain.neutral.assignment import Released
from domain.payments import refund_facts, refunds, transaction, transaction_facts
from domain.payments.refund_facts import RefundEvent
from domain.payments.transaction_facts import TransactionEvent
from domain.policy.outages import across
from domain.policy.policy import Policy
from domain.remedies import recovery
from domain.remedies.division_facts import RemedyEvent
from domain.remedies.recovery_facts import RecoveryEvent
from domain.remedies.reopening_facts import DisputeReopened, HandlingRated, Rating, ReopeningEvent, ReopeningGround
from domain.ruling import rulings

# --- types ---

_NOT_DECIDED_HERE = frozenset({Outcome.RESOLVED_ELSEWHERE, Outcome.INADMISSIBLE})


class Reopen(OnDispute):
    """Reopens a closed dispute. `commitment_id` is the commitment whose refund bounced; for that ground only."""

    ground: ReopeningGround
    reasons: Words
    commitment_id: UUID | None = None


class RateHandling(OnDispute, recorded_as=HandlingRated):
    rating: Rating
    text: Words | None = None


ReopeningCommand = Reopen | RateHandling


class MayNotReopen(Forbidden):
    """Your role cannot reopen a dispute on this ground. A supervisor can.

    Why: Reopening takes back an outcome that people rely on. A supervisor checks the ground first. Only a party whom the
    ruling burdens reopens by itself, if a translation was corrected on which the ruling rests.

    What to do: Write to the supervisor in a message, and say what has come to light.

    Example: {"role": "buyer"}
    """


class NotClosedYet(Conflict):
    """The dispute is not closed yet.

    Why: A dispute is reopened, or its handling rated, when it is over. Before that it can still change.

    What to do: Wait until `stage` is `closed`.

    Example: {"stage": "negotiation"}
    """


class BouncedRefundMissing(Malformed):
    """`commitment_id` is missing for a bounced refund, or is given with another `ground`.

    Why: Reopening because of a bounced refund makes that payment owed again, so the engine has to know which one. Other
    grounds overturn the whole outcome.

    What to do: Send `commitment_id` with the ground `bounced_refund`, and leave it out with any other.

    Example: {"ground": "fraud"}
    """

    pointer = "/commitment_id"


class NoTranslationCorrected(Conflict):
    """No translation on which the ruling rests was corrected after it.

    Why: A ruling stands, unless somebody who decided or answered read something wrong. It rests on what the parties stated
    and answered, and on the exhibits that it cites.

    What to do: Look at `corrected_translations` of the ruling in the case file. A wrong translation can still be reported to
    the neutral or the marketplace, who correct it.

    Example: {"number": 1}
    """


class ReopeningWindowClosed(Conflict):
    """The time to reopen the dispute because of a corrected translation ended at `closed_at`.

    Why: Both sides have to know at some time that the ruling stands. The policy's window `reopening` says when. It begins
    with the correction, or with the closure if that was later.

    What to do: Nothing more can be done about the ruling here. If there is another ground, write to the supervisor.

    Example: {"closed_at": "2026-12-31T20:57:36+00:00"}
    """


class NothingToOverturn(Conflict):
    """The dispute was resolved elsewhere or inadmissible, so there is nothing to overturn.

    Why: The claim was not decided here: it was paid elsewhere, or not heard. So there is no outcome of this dispute to
    take back.

    What to do: File the claim again, if that is still possible. For money that bounced, use the ground
    `bounced_refund`.
    """


class NotPaidByRefund(Unknown):
    """`commitment_id` is not a commitment that a refund has paid.

    Why: Only money that was paid through the engine can come back to it and be owed again.

    What to do: Take the id from `commitments` of the case file: one with a `refund_id` that was kept.

    Example: {"commitment_id": "55f156a5-c83c-55ef-9369-35e30d0dab80"}
    """


class AlreadyRated(Conflict):
    """Your side has already rated how this dispute was handled.

    Why: One rating from each side keeps the ratings comparable. `rating` is the one on record.

    What to do: Nothing needs to be done. Write a message, if you want to add something.

    Example: {"rating": 5}
    """


# --- decisions ---


def decide(basis: Basis, command: ReopeningCommand) -> Sequence[Event]:
    match command:
        case Reopen():
            return reopen(basis, command)
        case RateHandling():
            return rate(basis.dispute, command)
        case _:
            assert_never(command)


def reopen(
    basis: Basis, command: Reopen
) -> list[ReopeningEvent | RecoveryEvent | Released | RemedyEvent | TransactionEvent | RefundEvent]:
    """Reopens the dispute and releases its neutral."""
    dispute, policy, tx, refund = basis.dispute, basis.policy, basis.case.transaction, basis.case.refund
    mistranslated = command.ground == "translation_corrected"
    of_party = mistranslated and command.actor.role.value in _burdened(dispute)
    of_provider = command.ground == "refunded_elsewhere" and command.actor.role is Role.ENGINE
    if command.actor.role is not Role.SUPERVISOR and not of_party and not of_provider:
        raise MayNotReopen(role=command.actor.role.value)
    if (command.ground == "bounced_refund") is not (command.commitment_id is not None):
        raise BouncedRefundMissing(ground=command.ground)
    if not dispute.closed:
        raise NotClosedYet(stage=dispute.stage.value)
    if mistranslated:
        _check_translation_corrected(basis, command.now)
    reopened = DisputeReopened(
        ground=command.ground,
        by=command.actor.role,
        reasons=dispute.text(command.reasons, command.actor),
        bounced=command.commitment_id,
    )
    if command.commitment_id is None and not may_overturn(dispute):
        raise NothingToOverturn()
    released = assignment.release(dispute, "reopened", command.actor.role)
    if command.commitment_id is None:
        return [*recovery.overturn(dispute), reopened, *released, *transaction.reopen_claim(tx, dispute.id)]
    paid = next((c for c in paid_by_refund(dispute) if c.id == command.commitment_id), None)
    if paid is None or refund is None or refund.status not in refunds.PAID:
        raise NotPaidByRefund(commitment_id=str(command.commitment_id))
    back = transaction_facts.RefundReleased(refund_id=refund.id)
    again = making.owe_again(dispute, policy, paid, paid.amount, command.now)
    claim = transaction.reopen_claim(transaction_facts.evolve(tx, back), dispute.id)
    after = transaction_facts.evolve(tx, back)
    for event in claim:
        after = transaction_facts.evolve(after, event)
    aside = money_aside.set_aside(dispute, after, again)
    asked = dispute.commitments.get(paid.decision) if paid.decision is not None else None
    kept = [making.keep_commitment(asked, command.now, command.actor.role, reopened)] if asked is not None else []
    return [reopened, *kept, *released, refund_facts.RefundBounced(), back, *claim, again, *aside]


def _check_translation_corrected(basis: Basis, now: Instant) -> None:
    ruling = basis.dispute.adjudication.ruling
    until = _until(basis.dispute, basis.policy)
    if ruling is None or until is None:
        raise NoTranslationCorrected(number=ruling.number if ruling is not None else None)
    outage = across(basis.case.policies.outages, until)
    if now >= (until := outage.due_at if outage else until):
        raise ReopeningWindowClosed(closed_at=until.isoformat())


def may_reopen_ruling(dispute: Dispute, policy: Policy, side: Side, now: Instant) -> Instant | None:
    """Until when this party may reopen the dispute because a translation was corrected. None if it may not now."""
    until = _until(dispute, policy) if dispute.closed and side in _burdened(dispute) else None
    return until if until is not None and now < until else None


def _until(dispute: Dispute, policy: Policy) -> Instant | None:
    """When the right to reopen a closed dispute because of a corrected translation ends. None if none was corrected."""
    ruling = dispute.adjudication.ruling
    if ruling is None or ruling.translation_corrected_at is None or dispute.closed_at is None:
        return None
    until, _ = policy.due("reopening", None, max(ruling.translation_corrected_at, dispute.closed_at))
    return until


def _burdened(dispute: Dispute) -> frozenset[Side]:
    """The sides that the ruling in effect burdens."""
    ruling = dispute.adjudication.ruling
    return rulings.burdened(dispute, ruling) if ruling is not None else frozenset()


def may_reopen(dispute: Dispute, actor: Actor) -> bool:
    """Whether this actor may reopen: something was decided here, or a refund was paid that may have come back."""
    could = may_overturn(dispute) or bool(paid_by_refund(dispute))
    return dispute.closed and actor.role is Role.SUPERVISOR and could


def may_overturn(dispute: Dispute) -> bool:
    """Also a claim that was paid in full elsewhere may be heard, if that payment was taken back."""
    if dispute.outcome is Outcome.RESOLVED_ELSEWHERE:
        return not any(paid.resolves for paid in dispute.elsewhere.values())
    return dispute.outcome not in _NOT_DECIDED_HERE


def paid_by_refund(dispute: Dispute) -> list[Commitment]:
    """The commitments that a refund kept. Such a refund might yet bounce."""
    return [paid for paid in dispute.commitments.paid if paid.refund_id is not None]


def rate(dispute: Dispute, command: RateHandling) -> list[ReopeningEvent]:
    side = side_of(command.actor)
    if not dispute.closed and side not in dispute.rated:
        raise NotClosedYet(stage=dispute.stage.value)
    if (before := dispute.rated.get(side)) is not None:
        if before == command.rating:
            return []
        raise AlreadyRated(rating=before)
    return [HandlingRated(by=side, rating=command.rating, text=dispute.text(command.text, command.actor))]
