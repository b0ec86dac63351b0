"""Whether a dispute is heard at all, whoever is right in it.

At filing the policy decides by itself, on what the marketplace states, and on how much the claimant has claimed. An
inadmissible claim is still recorded. It is closed at once with the ground and the clause, because a claimant has a right
to a reasoned answer, and may ask for a person to look at it (`domain.filing.review`). Where a person must judge, the
neutral or a supervisor declares a running dispute inadmissible, with reasons. That is possible until something in it is
ruled or paid. Nothing is decided about the money.

    Forbidden
    └── MayNotDeclareInadmissible
    Conflict
    └── TooLateForAdmissibility
    Malformed
    ├── GroundOutOfPlace
    └── NotContactedYet
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.filing import claims, machine_decisions
from domain.filing.admissibility_facts import DeclaredInadmissible, Ground, GroundOfPerson
from domain.filing.claim_facts import ClaimRecord
from domain.filing.file_dispute import FileDispute
from domain.filing.review_facts import MachineDecided
from domain.filing.vexatious import granted_in_part
from domain.filing.vexatious_facts import ClaimFoundVexatious
from domain.kernel.base import Actor, Event, Instant, OnDispute, Role
from domain.kernel.people import Outcome, Side, Words
from domain.kernel.refusals import Conflict, DisputeIsClosed, Forbidden, Malformed
from domain.neutral import independence
from domain.neutral.escalation import is_neutral
from domain.payments.transaction_facts import ClaimBarred, ClaimMayReturn, Transaction
from domain.policy.policy import Policy
from domain.settlement.caucus import check_consented

# --- types ---


class DeclareInadmissible(OnDispute, recorded_as=DeclaredInadmissible):
    ground: GroundOfPerson
    reasons: Words


AdmissibilityCommand = DeclareInadmissible


class MayNotDeclareInadmissible(Forbidden):
    """Your role cannot declare this dispute inadmissible. Its neutral or a supervisor can.

    Why: Whether a claim is heard is for those who answer for the dispute: its neutral, or a supervisor.

    What to do: Say in a message why the claim should not be heard. The neutral or a supervisor can then declare it.

    Example: {"role": "buyer"}
    """


class TooLateForAdmissibility(Conflict):
    """The dispute cannot become inadmissible: something in it is already ruled, agreed, granted or paid.

    Why: Whether a claim is heard at all is decided before it is decided on its merits. What was already granted or paid
    cannot be unheard.

    What to do: Rule on the claim, or let the parties settle it.

    Example: {"stage": "appeal"}
    """


class GroundOutOfPlace(Malformed):
    """`ground` is that the seller was not contacted, and the claimant is the seller.

    Why: The ground protects a seller who was never asked to put things right. A seller who claims cannot rely on it
    against themselves.

    What to do: Use another `ground`, or let the claim be heard.

    Example: {"claimant": "seller"}
    """

    pointer = "/ground"


class NotContactedYet(Malformed):
    """`seller_contacted_at` lies in the future.

    Why: The instant says when the buyer told the seller of the problem. What is still to come did not happen.

    What to do: Correct `seller_contacted_at`, or leave it out if the seller was not contacted.

    Example: {"now": "2026-11-02T10:00:00+00:00"}
    """

    pointer = "/seller_contacted_at"


# --- decisions ---


def decide(basis: Basis, command: AdmissibilityCommand) -> Sequence[Event]:
    return declare(basis.dispute, basis.policy, basis.case.transaction, command)


NotHeard = tuple[DeclaredInadmissible, MachineDecided]
"""The policy's own decision, and what it rests on."""


def at_filing(policy: Policy, command: FileDispute) -> NotHeard | None:
    """The policy's own decision at filing; None if the claim is heard. An imported past case is always heard.

    Raises NotContactedYet, BeyondCalendar.
    """
    told_at = command.seller_contacted_at
    if told_at is not None and told_at > command.now:
        raise NotContactedYet(now=command.now.isoformat())
    if command.imported:
        return None
    terms = policy.reasons.get(command.claim.reason)
    if terms is None:
        return _by_policy(policy, command, Ground.OUT_OF_SCOPE)
    if command.other_forum in policy.excluded_forums:
        return _by_policy(policy, command, Ground.OTHER_FORUM)
    if terms.contact_first is None or command.claimant is Side.SELLER:
        return None
    if told_at is None:
        return _by_policy(policy, command, Ground.SELLER_NOT_CONTACTED)
    seller = command.seller.member(Side.SELLER)
    had_time_at, _ = policy.due("admissibility", seller, told_at, window=terms.contact_first, stops=False)
    if command.now >= had_time_at:
        return None
    return _by_policy(policy, command, Ground.SELLER_NOT_CONTACTED, had_time_at)


def beyond_limit(policy: Policy, record: ClaimRecord, command: FileDispute) -> NotHeard | None:
    """The decision on a claim beyond a limit of the policy. Only the claimant and the desk learn which limit it was."""
    reached = claims.refusing(record, policy, command)
    if reached is None:
        return None
    limit, what, most = reached
    again = claims.within_from(record, reached, command.now)
    facts = {"what": what, "most": most, "days": limit.days, "may_file_from": again}
    declared = DeclaredInadmissible(ground=Ground.POLICY, by=Role.ENGINE, clause=policy.rule("admissibility"))
    return declared, _explained(policy, "abuse.limits", command, facts)


def _by_policy(policy: Policy, command: FileDispute, ground: Ground, may_file_from: Instant | None = None) -> NotHeard:
    clause = policy.rule("admissibility")
    declared = DeclaredInadmissible(ground=ground, by=Role.ENGINE, clause=clause, may_file_from=may_file_from)
    facts = {
        "ground": ground.value,
        "reason": command.claim.reason.value,
        "seller_contacted_at": command.seller_contacted_at,
        "other_forum": command.other_forum,
        "may_file_from": may_file_from,
    }
    return declared, _explained(policy, "admissibility", command, facts)


def _explained(policy: Policy, clause: str, command: FileDispute, facts: Mapping[str, object]) -> MachineDecided:
    claimant = (command.buyer if command.claimant is Side.BUYER else command.seller).member(command.claimant)
    return machine_decisions.explained("not_heard", policy, clause, claimant, command.now, facts)


def declare(
    dispute: Dispute, policy: Policy, tx: Transaction, command: DeclareInadmissible
) -> list[DeclaredInadmissible | ClaimFoundVexatious | ClaimBarred | ClaimMayReturn]:
    """A sum conceded before stays owed. A vexatious or out-of-scope claim cannot be filed again; any other can.

    A vexatious claim counts like one that a ruling found vexatious, unless a part of it was conceded.
    """
    if not _is_asked(dispute, command.actor):
        raise MayNotDeclareInadmissible(role=command.actor.role.value)
    if dispute.outcome is Outcome.INADMISSIBLE:
        return []
    if dispute.closed:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    if not _is_open(dispute):
        raise TooLateForAdmissibility(stage=dispute.stage.value)
    if command.ground is Ground.SELLER_NOT_CONTACTED and dispute.claimant is Side.SELLER:
        raise GroundOutOfPlace(claimant=dispute.claimant.value)
    if command.actor.role is Role.NEUTRAL:
        check_consented(dispute)
        independence.check_may_rule(dispute, policy)
    reasons = dispute.text(command.reasons, command.actor)
    declared = DeclaredInadmissible(ground=command.ground, by=command.actor.role, reasons=reasons)
    returns = may_return(command.ground, dispute.id, dispute.claimant)
    vexatious = command.ground is Ground.VEXATIOUS and not granted_in_part(dispute)
    found = [ClaimFoundVexatious(by=command.actor.role, reasons=reasons)] if vexatious else []
    return [declared, *found, *_barred(dispute, tx, command.ground), *returns]


def may_declare(dispute: Dispute, policy: Policy, actor: Actor) -> bool:
    if not (_is_asked(dispute, actor) and _is_open(dispute)):
        return False
    unheard = not dispute.caucus.without_consent(dispute.escalation.neutral)
    return actor.role is Role.SUPERVISOR or (unheard and independence.may_rule(dispute, policy))


def _is_asked(dispute: Dispute, actor: Actor) -> bool:
    return actor.role is Role.SUPERVISOR or is_neutral(dispute, actor)


def _is_open(dispute: Dispute) -> bool:
    """False after a reopening, or a default that was paid and set aside: a ruling must then settle the money."""
    return dispute.undecided and not dispute.adjudication.rulings and not dispute.advance.received


def may_return(ground: Ground, dispute_id: UUID, claimant: Side) -> list[ClaimMayReturn]:
    """A claim may be filed again if its ground can be cured."""
    curable = ground in (Ground.SELLER_NOT_CONTACTED, Ground.OTHER_FORUM, Ground.POLICY)
    return [ClaimMayReturn(dispute_id=dispute_id, claimant=claimant)] if curable else []


def _barred(dispute: Dispute, tx: Transaction, ground: Ground) -> list[ClaimBarred]:
    """Out of scope bars the lines for this reason only. Vexatious bars them for every reason."""
    claim = tx.claims.get(dispute.id)
    if claim is None or ground not in (Ground.OUT_OF_SCOPE, Ground.VEXATIOUS):
        return []
    reason = dispute.reason if ground is Ground.OUT_OF_SCOPE else None
    lines = tuple(sorted(claim.lines))
    barred = ClaimBarred(
        dispute_id=dispute.id, claimant=dispute.claimant, lines=lines, reason=reason, parts=claim.parts
    )
    return [barred]
