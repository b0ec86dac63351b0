"""What somebody may do now, and until when: the acts that the deciders would grant, asked beforehand.

Built on the predicates that the deciders check. Limits on number and the neutral's mandate are theirs alone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from domain.base import Actor, Instant, Role
from domain.commitments import is_owed_to, may_confirm, may_promise
from domain.conversation import may_write
from domain.dispute import Dispute, DisputeEvent, evolve
from domain.escalation import escalation_opens_at, is_neutral
from domain.evidence import may_submit
from domain.people import Side, Stage
from domain.policy import Policy
from domain.refund import may_report
from domain.silence import lapses

# --- types ---

_END = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Move:
    """One act, by name. `until` is the instant at which silence alone would end the right to it, where it would.

    `number` is that of the exhibit, offer or proposal that it is about, `target` the id of the commitment or refund.
    """

    name: str
    until: Instant | None = None
    number: int | None = None
    target: UUID | None = None


# --- decisions ---


def moves(dispute: Dispute, policy: Policy, actor: Actor, now: Instant) -> list[Move]:
    """What this actor may do now; what lapsed before now counts, whether or not it is on record yet."""
    for _, events in lapses(dispute, policy, now):
        dispute = _after(dispute, events)
    open_now = [*_moves(dispute, policy, actor, now)]
    until: dict[Move, Instant] = {}
    for due_at, events in lapses(dispute, policy, _END):
        dispute = _after(dispute, events)
        still_open = {*_moves(dispute, policy, actor, due_at)}
        until |= {move: due_at for move in open_now if move not in still_open and move not in until}
    return [replace(move, until=until.get(move)) for move in open_now]


def _after(dispute: Dispute, events: Iterable[DisputeEvent]) -> Dispute:
    for event in events:
        dispute = evolve(dispute, event)
    return dispute


def _moves(dispute: Dispute, policy: Policy, actor: Actor, now: Instant) -> Iterator[Move]:
    match actor.role:
        case Role.BUYER | Role.SELLER:
            yield from _of_party(dispute, policy, Side(actor.role.value), now)
        case Role.NEUTRAL:
            if _unassigned(dispute):
                yield Move("take_case")
            if not is_neutral(dispute, actor):
                return
            yield from _of_neutral(dispute)
        case Role.SUPERVISOR | Role.ADMINISTRATOR:
            if _unassigned(dispute):
                yield Move("assign_neutral")
        case _:
            pass
    yield from _of_anybody(dispute, actor.role)


def _of_party(dispute: Dispute, policy: Policy, side: Side, now: Instant) -> Iterator[Move]:
    if dispute.undecided:
        yield from _bargaining(dispute, side)
        if side is dispute.claimant:
            yield Move("withdraw")
        elif dispute.response is None and dispute.deadlines.get("response"):
            yield Move("respond")
    if dispute.stage is Stage.NEGOTIATION and now >= escalation_opens_at(dispute, policy):
        yield Move("escalate")
    ruling = dispute.adjudication.ruling
    if ruling is not None and side in ruling.appealable_by:
        yield Move("waive_appeal")


def _bargaining(dispute: Dispute, side: Side) -> Iterator[Move]:
    yield Move("make_offer")
    for offer in dispute.offers.open(by=side.other):
        yield Move("accept_offer", number=offer.number)
        yield Move("reject_offer", number=offer.number)
    if (proposal := dispute.proposals.open) is not None:
        if side not in proposal.accepted_by:
            yield Move("accept_proposal", number=proposal.number)
        yield Move("refuse_proposal", number=proposal.number)


def _of_neutral(dispute: Dispute) -> Iterator[Move]:
    if dispute.stage is Stage.MEDIATION and dispute.proposals.open is None:
        yield Move("make_proposal")
        yield Move("declare_impasse")
    if dispute.stage is Stage.ADJUDICATION:
        yield Move("issue_ruling")


def _of_anybody(dispute: Dispute, role: Role) -> Iterator[Move]:
    if dispute.undecided and may_submit(role):
        yield Move("add_exhibit")
    for number, owner in dispute.exhibits.by.items():
        if dispute.undecided and owner is role and dispute.exhibits.citable(number):
            yield Move("withdraw_exhibit", number=number)
    if may_write(role):
        yield Move("post_message")
    if may_promise(role):
        yield Move("make_commitment")
    for commitment in dispute.commitments.open.values():
        if may_confirm(commitment, role) and not commitment.by_refund:
            yield Move("keep_commitment", target=commitment.id)
        if is_owed_to(commitment, role) and not commitment.underway:
            yield Move("waive_commitment", target=commitment.id)
            yield Move("replace_commitment", target=commitment.id)
        if may_report(role) and commitment.refund_id is not None:
            yield Move("confirm_refund", target=commitment.refund_id)
            if commitment.underway:
                yield Move("fail_refund", target=commitment.refund_id)


def _unassigned(dispute: Dispute) -> bool:
    return dispute.stage in (Stage.MEDIATION, Stage.ADJUDICATION) and dispute.escalation.neutral is None
