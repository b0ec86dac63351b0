"""The co-signature: a ruling above the neutral's authority takes effect only when a supervisor signs it too.

The supervisor owes the signature by an instant, and may refuse it with a reason; a neutral then rules anew. Until it is
signed, the ruling is a draft: it forbids the parties nothing, cites nothing and moves nothing, and they do not see it.
So the time to rule runs on, also after a refusal. An act that removes the ground of the draft ends it: the dispute is
decided otherwise, the appeal is withdrawn, a cited exhibit is withdrawn, a counterclaim is raised that it does not
decide, or another amount is in dispute. Then nobody can sign it any more, and a neutral rules anew if a ruling is still
needed.

The ruling stays valid if its neutral leaves the dispute. If the neutral had to step down, the supervisor can only refuse
it.
"""

from collections.abc import Sequence
from typing import assert_never

from domain.clocks import deadlines, names
from domain.clocks.deadline_facts import DeadlineEvent
from domain.commitments.events import CommitmentDischarged, CommitmentEvent, CommitmentKind
from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.kernel.base import Actor, Event, Instant, OnDispute, Role
from domain.kernel.people import Words
from domain.kernel.refusals import Conflict, DisputeIsClosed, Forbidden
from domain.neutral import independence
from domain.policy.policy import Policy
from domain.remedies.division_facts import RemedyEvent
from domain.remedies.recovery_facts import RecoveryEvent
from domain.ruling import ruling_facts
from domain.ruling.ruling_facts import (
    CoSignatureRefused,
    Ruling,
    RulingCoSigned,
    RulingEvent,
    UnsignedRulingEnded,
    WhyEnded,
)
from domain.ruling.rulings import taking_effect

# --- types ---


class CoSignRuling(OnDispute, halted_by_stay=True, recorded_as=RulingCoSigned, given_by=Role.SUPERVISOR):
    number: int


class RefuseCoSignature(OnDispute, halted_by_stay=True, recorded_as=CoSignatureRefused, given_by=Role.SUPERVISOR):
    number: int
    reasons: Words


CoSignatureCommand = CoSignRuling | RefuseCoSignature


class NothingToCoSign(Conflict):
    """There is no ruling with this number that awaits a co-signature.

    Why: Only a ruling above the neutral's authority waits for a second signature. It stops waiting when it is signed or
    refused, or when the dispute ends in another way.

    What to do: Look at `status` of the ruling in the case file. `GET /v1/commitments?kind=co_sign` lists what is to be
    signed.

    Example: {"number": 2, "status": "refused"}
    """


class UnsignedRulingHasEnded(Conflict):
    """The ruling cannot be co-signed any more: an act removed its ground; `why` says which.

    Why: Until it is signed, a ruling is a draft. It falls when the dispute is decided in another way, or when what it
    rests on changes.

    What to do: If a ruling is still needed, the neutral rules again.

    Example: {"number": 1, "why": "exhibit_withdrawn"}
    """


class RuledByOneWhoSteppedDown(Conflict):
    """The ruling cannot be co-signed: its neutral has stepped down, or was challenged with success.

    Why: A neutral who stepped down, or was challenged with success, was perhaps not independent when ruling. A
    signature cannot mend that.

    What to do: Refuse the co-signature. Another neutral then rules anew.

    Example: {"number": 1}
    """


class MayNotCoSign(Forbidden):
    """You cannot decide on this co-signature: you are not a supervisor, or you issued the ruling.

    Why: A second signature means that a second person looked at the ruling. So the person who ruled cannot give it, and
    a supervisor answers for it.

    What to do: Let a supervisor sign or refuse who is not the neutral of this ruling.

    Example: {"role": "buyer"}
    """


# --- decisions ---


def decide(basis: Basis, command: CoSignatureCommand) -> Sequence[Event]:
    match command:
        case CoSignRuling():
            return co_sign(basis.dispute, basis.policy, command)
        case RefuseCoSignature():
            return refuse(basis.dispute, basis.policy, command)
        case _:
            assert_never(command)


def co_sign(
    dispute: Dispute, policy: Policy, command: CoSignRuling
) -> list[RulingEvent | DeadlineEvent | RecoveryEvent | RemedyEvent]:
    ruling = _ruling(dispute, command.actor, command.number)
    if ruling.co_signed:
        return []
    _check_awaits(dispute, ruling)
    independence.check_not_challenged(dispute)
    if ruling.neutral in dispute.escalation.stepped_down:
        raise RuledByOneWhoSteppedDown(number=ruling.number)
    signed = RulingCoSigned(number=ruling.number, supervisor=command.actor.subject)
    after = ruling_facts.evolve(dispute.adjudication, signed)
    return [signed, *taking_effect(dispute, policy, after, command.now)]


def refuse(dispute: Dispute, policy: Policy, command: RefuseCoSignature) -> list[RulingEvent | DeadlineEvent]:
    """No new time to rule begins: the parties would learn from it that there was a ruling."""
    ruling = _ruling(dispute, command.actor, command.number)
    if ruling.status == "refused":
        return []
    _check_awaits(dispute, ruling)
    reasons = dispute.text(command.reasons, command.actor)
    return [
        CoSignatureRefused(number=ruling.number, supervisor=command.actor.subject, reasons=reasons),
        *_time_begun_again(dispute, policy, command.now),
    ]


def end_without_ground(
    dispute: Dispute, policy: Policy, at: Instant
) -> list[RulingEvent | CommitmentEvent | DeadlineEvent]:
    """Ends an unsigned ruling whose ground is gone. It runs after every act, so no act can forget it."""
    unsigned = dispute.adjudication.unsigned
    if unsigned is None or (why := _without_ground(dispute, unsigned)) is None:
        return []
    return [*end(dispute, unsigned, why), *_time_begun_again(dispute, policy, at)]


def end(dispute: Dispute, unsigned: Ruling, why: WhyEnded) -> list[RulingEvent | CommitmentEvent]:
    """Ends an unsigned ruling, and the commitment to sign it."""
    owing = [c for c in dispute.commitments.open.values() if c.kind is CommitmentKind.CO_SIGN and c.ends_with_dispute]
    return [
        UnsignedRulingEnded(number=unsigned.number, why=why),
        *(CommitmentDischarged(commitment_id=c.id, reason="ruling_ended") for c in owing),
    ]


def _time_begun_again(dispute: Dispute, policy: Policy, at: Instant) -> list[DeadlineEvent]:
    """In an earlier release an unsigned ruling ended the time to rule. Only then it begins again for the next ruling."""
    name = names.Ruling()
    known = name in dispute.deadlines.running or name in dispute.deadlines.lapsed
    return [] if known or dispute.outcome is not None else [deadlines.for_desk(name, policy, "ruling", at)]


def _without_ground(dispute: Dispute, unsigned: Ruling) -> WhyEnded | None:
    if dispute.outcome is not None:
        return "dispute_decided"
    if not all(dispute.exhibits.stands(number) for number in unsigned.cites_exhibits):
        return "exhibit_withdrawn"
    if (dispute.pleadings.counterclaim is None) is not (unsigned.counterclaim is None):
        return "counterclaim_raised"
    return "amount_changed" if unsigned.award.total != dispute.in_dispute else None


def may_stand(dispute: Dispute, ruling: Ruling) -> bool:
    """Whether the ruling may be signed: its neutral has not stepped down, and no challenge is open."""
    return ruling.neutral not in dispute.escalation.stepped_down and not independence.open_challenges(dispute)


def asked_of(dispute: Dispute, actor: Actor) -> Ruling | None:
    """The ruling that this actor can sign or refuse, if there is one."""
    unsigned = dispute.adjudication.unsigned
    if actor.role is not Role.SUPERVISOR or dispute.outcome is not None or unsigned is None:
        return None
    return unsigned if unsigned.neutral != actor.subject else None


def _ruling(dispute: Dispute, actor: Actor, number: int) -> Ruling:
    if actor.role is not Role.SUPERVISOR:
        raise MayNotCoSign(role=actor.role.value)
    ruling = next((r for r in dispute.adjudication.rulings if r.number == number), None)
    if ruling is None:
        raise NothingToCoSign(number=number)
    if ruling.neutral == actor.subject:
        raise MayNotCoSign(role="neutral")
    return ruling


def _check_awaits(dispute: Dispute, ruling: Ruling) -> None:
    if ruling.ended is not None:
        raise UnsignedRulingHasEnded(number=ruling.number, why=ruling.ended)
    if dispute.closed:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    if ruling.status != "awaits_co_signature" or dispute.outcome is not None:
        raise NothingToCoSign(number=ruling.number, status=ruling.status)
