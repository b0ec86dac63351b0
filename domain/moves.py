"""What somebody may do now, and until when: the acts that the deciders would grant, asked beforehand.

Built on the predicates that the deciders check. Limits on number and the neutral's mandate are theirs alone, and what the
marketplace reports from elsewhere it may always report.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from domain import handover, stay
from domain.adjudication import response_still_due
from domain.base import Actor, Instant, Role
from domain.conversation import may_write
from domain.dispute import Dispute, evolve
from domain.escalation import escalation_opens_at, is_neutral
from domain.evidence import may_submit
from domain.people import Outcome, Side, Stage
from domain.policy import Policy
from domain.promises import is_owed_to, may_keep, may_promise, may_waive
from domain.refund import may_report
from domain.silence import lapses
from domain.stay import HALTED

# --- types ---


@dataclass(frozen=True, slots=True)
class Move:
    """One act, by name. `until` is when the deadline on it that is running ends the right to it, where there is one.

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
        for event in events:
            dispute = evolve(dispute, event)
    offered = _moves(dispute, policy, actor, now)
    return [move for move in offered if dispute.stay.since is None or move.name not in HALTED]


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
    yield from _of_goods(dispute, actor)
    if dispute.closed and actor.role is Role.SUPERVISOR and dispute.outcome is not Outcome.RESOLVED_ELSEWHERE:
        yield Move("reopen")
    if not dispute.closed:
        yield from _of_clocks(dispute, policy, actor)
    yield from _of_anybody(dispute, actor.role)


def _of_party(dispute: Dispute, policy: Policy, side: Side, now: Instant) -> Iterator[Move]:
    if dispute.undecided:
        yield from _bargaining(dispute, side)
        if side is dispute.claimant:
            yield Move("withdraw")
        elif dispute.response is None and dispute.deadlines.get("response"):
            yield Move("respond", _until(dispute, "response"))
    if dispute.stage is Stage.NEGOTIATION and now >= escalation_opens_at(dispute, policy):
        yield Move("escalate", _until(dispute, "negotiation"))
    if dispute.closed and side not in dispute.rated:
        yield Move("rate_handling")
    ruling = dispute.adjudication.ruling
    if ruling is not None and side in ruling.appealable_by:
        yield Move("waive_appeal", _until(dispute, f"appeal-{ruling.number}-{side}"))


def _bargaining(dispute: Dispute, side: Side) -> Iterator[Move]:
    yield Move("make_offer")
    for offer in dispute.offers.open(by=side.other):
        until = _until(dispute, f"offer-{offer.number}")
        yield Move("accept_offer", until, offer.number)
        yield Move("reject_offer", until, offer.number)
    if (proposal := dispute.proposals.open) is not None:
        until = _until(dispute, *(f"proposal-{proposal.number}-{side}" for side in Side))
        if side not in proposal.accepted_by:
            yield Move("accept_proposal", until, proposal.number)
        yield Move("refuse_proposal", until, proposal.number)


def _of_neutral(dispute: Dispute) -> Iterator[Move]:
    if dispute.stage is Stage.MEDIATION and dispute.proposals.open is None:
        yield Move("make_proposal")
        yield Move("declare_impasse")
    if dispute.stage is Stage.ADJUDICATION and response_still_due(dispute) is None:
        yield Move("issue_ruling")


def _of_anybody(dispute: Dispute, role: Role) -> Iterator[Move]:
    if dispute.takes_evidence and may_submit(role):
        yield Move("add_exhibit")
    for number, owner in dispute.exhibits.by.items():
        if dispute.takes_evidence and owner is role and dispute.exhibits.citable(number):
            yield Move("withdraw_exhibit", number=number)
    if may_write(role):
        yield Move("post_message")
    if may_promise(role):
        yield Move("make_commitment")
    for commitment in dispute.commitments.open.values():
        if may_keep(dispute, commitment, role) and not commitment.by_refund:
            yield Move("keep_commitment", target=commitment.id)
        if may_waive(dispute, commitment, role) and not commitment.underway:
            yield Move("waive_commitment", target=commitment.id)
        if is_owed_to(commitment, role) and not commitment.underway:
            yield Move("replace_commitment", target=commitment.id)
        if may_report(role) and commitment.refund_id is not None:
            yield Move("confirm_refund", target=commitment.refund_id)
            if commitment.underway:
                yield Move("fail_refund", target=commitment.refund_id)


def _of_goods(dispute: Dispute, actor: Actor) -> Iterator[Move]:
    handling = dispute.goods
    if handling is None or handling.ended:
        return
    awaited = handling.commitment_id
    until = None if dispute.imported else dispute.commitments.open[awaited].due_at
    if handover.sendable(handling, awaited) and handover.may_send(handling, actor.role):
        yield Move("send_goods", until, target=awaited)
    if handover.contestable(handling, awaited) and handover.may_contest(handling, actor.role):
        yield Move("contest_goods", until, target=awaited)
    if handling.step == "decision" and (actor.role is Role.SUPERVISOR or is_neutral(dispute, actor)):
        yield Move("decide_goods")


def _of_clocks(dispute: Dispute, policy: Policy, actor: Actor) -> Iterator[Move]:
    if stay.may_order(dispute, actor) and not dispute.stay.ordered:
        yield Move("order_stay")
    if stay.may_lift(dispute, actor):
        yield Move("lift_stay")
    if stay.extendable(dispute, policy, actor):
        yield Move("extend_deadline")
    if stay.may_record(actor.role):
        yield Move("record_parallel_proceeding")
        for number in sorted(dispute.stay.proceedings):
            yield Move("end_parallel_proceeding", number=number)


def _unassigned(dispute: Dispute) -> bool:
    return dispute.stage in (Stage.MEDIATION, Stage.ADJUDICATION) and dispute.escalation.neutral is None


def _until(dispute: Dispute, *names: str) -> Instant | None:
    """The first of these deadlines that is running. In a past case that was imported none of them ends anything."""
    running = [d.due_at for name in names if (d := dispute.deadlines.get(name)) is not None]
    return None if dispute.imported else min(running, default=None)
