"""What somebody may do now, and until when: the acts that the deciders would grant, asked beforehand.

Built on the predicates that the deciders check. Limits on number and the neutral's mandate are theirs alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from domain import evidence_requests, set_aside
from domain.adjudication import still_due
from domain.base import Actor, Instant, Role
from domain.caucus import may_consent, may_post
from domain.co_signature import may_co_sign
from domain.conversation import may_write
from domain.dispute import Dispute, evolve
from domain.escalation import escalation_opens_at, is_neutral, may_hear, wants_neutral
from domain.evidence import may_answer, may_submit
from domain.people import Side, Stage
from domain.pleadings import may_plead
from domain.policy import Policy
from domain.promises import is_owed_to, may_confirm, may_promise
from domain.refund import may_report
from domain.silence import lapses

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
    return [*_moves(dispute, policy, actor, now)]


def _moves(dispute: Dispute, policy: Policy, actor: Actor, now: Instant) -> Iterator[Move]:
    match actor.role:
        case Role.BUYER | Role.SELLER:
            yield from _of_party(dispute, policy, Side(actor.role.value), now)
        case Role.NEUTRAL:
            if _unassigned(dispute) and may_hear(dispute, actor.subject):
                yield Move("take_case")
            if not is_neutral(dispute, actor):
                return
            yield from _on_a_default(dispute, actor)
            yield from _of_neutral(dispute)
        case Role.SUPERVISOR | Role.ADMINISTRATOR:
            if _unassigned(dispute):
                yield Move("assign_neutral")
            if (unsigned := may_co_sign(dispute, actor)) is not None:
                yield Move("co_sign_ruling", number=unsigned.number)
                yield Move("refuse_co_signature", number=unsigned.number)
            yield from _on_a_default(dispute, actor)
        case _:
            pass
    if may_post(dispute, actor):
        yield Move("post_in_caucus")
    yield from _of_anybody(dispute, actor.role)


def _on_a_default(dispute: Dispute, actor: Actor) -> Iterator[Move]:
    if set_aside.may_decide(dispute, actor):
        if set_aside.money_on_its_way(dispute) is None:
            yield Move("set_default_aside")
        yield Move("refuse_set_aside")


def _of_party(dispute: Dispute, policy: Policy, side: Side, now: Instant) -> Iterator[Move]:
    if dispute.undecided:
        yield from _bargaining(dispute, side)
        yield from _pleading(dispute, side)
        if side is dispute.claimant:
            yield Move("withdraw")
        elif dispute.response is None and dispute.deadlines.get("response"):
            yield Move("respond", _until(dispute, "response"))
    if dispute.stage is Stage.NEGOTIATION and now >= escalation_opens_at(dispute, policy):
        yield Move("escalate", _until(dispute, "negotiation"))
    if may_consent(dispute, side):
        yield Move("consent_to_neutral")
    if set_aside.may_request(dispute, side):
        yield Move("request_set_aside", _until(dispute, "set_aside"))
    for number in dispute.exhibits.by:
        if may_answer(dispute, number, side):
            yield Move("answer_exhibit", number=number)
    ruling = dispute.adjudication.ruling
    if ruling is not None and side in ruling.appealable_by:
        until = _until(dispute, f"appeal-{ruling.number}-{side}")
        yield Move("appeal", until)
        yield Move("waive_appeal", until)


def _pleading(dispute: Dispute, side: Side) -> Iterator[Move]:
    if not may_plead(dispute):
        return
    if side is not dispute.claimant:
        if dispute.pleadings.counterclaim is None:
            yield Move("raise_counterclaim")
    elif dispute.response is not None and not dispute.pleadings.rebutted:
        yield Move("rebut")


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
    if not dispute.adjudication.due:
        return
    if evidence_requests.may_request(dispute):
        yield Move("request_evidence")
    if dispute.stage is Stage.APPEAL:
        yield Move("send_back")
    consented = not dispute.caucus.without_consent(dispute.escalation.neutral)
    if dispute.stage in (Stage.ADJUDICATION, Stage.APPEAL) and consented and still_due(dispute) is None:
        yield Move("issue_ruling")


def _of_anybody(dispute: Dispute, role: Role) -> Iterator[Move]:
    if dispute.record_open and may_submit(role):
        yield Move("add_exhibit")
    for number, owner in dispute.exhibits.by.items():
        free = dispute.exhibits.stands(number) and number not in dispute.adjudication.cited
        if dispute.record_open and owner is role and free:
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
    return wants_neutral(dispute) and dispute.escalation.neutral is None


def _until(dispute: Dispute, *names: str) -> Instant | None:
    """The first of these deadlines that is running. In a past case that was imported none of them ends anything."""
    running = [d.due_at for name in names if (d := dispute.deadlines.get(name)) is not None]
    return None if dispute.imported else min(running, default=None)
