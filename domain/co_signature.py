"""The co-signature: a ruling above the neutral's authority takes effect when a supervisor signs it too.

That is promised by a time, and may be refused with a reason; the neutral then rules anew. Until the ruling is in effect the
parties may still settle, and do not see it.
"""

from typing import TYPE_CHECKING
from uuid import UUID

from domain import adjudication, commitments, deadlines
from domain.adjudication import AdjudicationEvent, CoSignatureRefused, Ruling, RulingCoSigned, taking_effect
from domain.base import Actor, Command, Role
from domain.commitments import CommitmentEvent, CommitmentKind
from domain.deadlines import DeadlineEvent
from domain.people import Words
from domain.policy import Policy
from domain.refusals import Conflict, DisputeIsClosed, Forbidden

if TYPE_CHECKING:
    from domain.dispute import Dispute

# --- types ---


class CoSignRuling(Command):
    dispute_id: UUID
    number: int


class RefuseCoSignature(Command):
    dispute_id: UUID
    number: int
    reasons: Words


class NothingToCoSign(Conflict):
    """No ruling with this number awaits a co-signature."""


class MayNotCoSign(Forbidden):
    """A supervisor co-signs, and nobody a ruling of their own."""


# --- decisions ---


def co_sign(
    dispute: "Dispute", policy: Policy, command: CoSignRuling
) -> list[AdjudicationEvent | DeadlineEvent | CommitmentEvent]:
    ruling = _ruling(dispute, command.actor, command.number)
    if ruling.co_signed:
        return []
    _check_awaits(dispute, ruling)
    signed = RulingCoSigned(number=ruling.number, supervisor=command.actor.subject)
    after = adjudication.evolve(dispute.adjudication, signed)
    return [signed, *_kept(dispute, command), *taking_effect(dispute, policy, after, command.now)]


def refuse(
    dispute: "Dispute", policy: Policy, command: RefuseCoSignature
) -> list[AdjudicationEvent | DeadlineEvent | CommitmentEvent]:
    ruling = _ruling(dispute, command.actor, command.number)
    if ruling.status == "refused":
        return []
    _check_awaits(dispute, ruling)
    reasons = dispute.text(command.reasons, command.actor)
    return [
        CoSignatureRefused(number=ruling.number, supervisor=command.actor.subject, reasons=reasons),
        *_kept(dispute, command),
        deadlines.for_desk("ruling", policy.windows.ruling, policy, "ruling", command.now),
    ]


def may_co_sign(dispute: "Dispute", actor: Actor) -> Ruling | None:
    """The ruling that this actor may sign now, where there is one."""
    unsigned = dispute.adjudication.unsigned
    if actor.role is not Role.SUPERVISOR or dispute.outcome is not None or unsigned is None:
        return None
    return unsigned if unsigned.neutral != actor.subject else None


def _ruling(dispute: "Dispute", actor: Actor, number: int) -> Ruling:
    if actor.role is not Role.SUPERVISOR:
        raise MayNotCoSign(role=actor.role.value)
    ruling = next((r for r in dispute.adjudication.rulings if r.number == number), None)
    if ruling is None:
        raise NothingToCoSign(number=number)
    if ruling.neutral == actor.subject:
        raise MayNotCoSign(role="neutral")
    return ruling


def _check_awaits(dispute: "Dispute", ruling: Ruling) -> None:
    if dispute.closed:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    if ruling.status != "awaits_co_signature" or dispute.outcome is not None:
        raise NothingToCoSign(number=ruling.number, status=ruling.status)


def _kept(dispute: "Dispute", command: CoSignRuling | RefuseCoSignature) -> list[CommitmentEvent]:
    return commitments.kept_by_policy(dispute, CommitmentKind.CO_SIGN, command.now, command.actor.role)
