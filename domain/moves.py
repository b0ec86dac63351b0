"""What a person may do now, and until when. An API client reads it as `actions`.

The rules ask the same predicates (`may_…`) when the act comes. A listed act can still be refused: only the rules check
how many acts of a kind are allowed, and the neutral's mandate. What somebody may always do is not listed: reports of
what happened elsewhere, and corrections of the record. What is about one message is not listed either: the message shows
it.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from uuid import UUID

from domain.clocks import extensions, names, proceedings, stay
from domain.clocks.names import DeadlineName
from domain.commitments import reach
from domain.commitments.events import Origin
from domain.commitments.keeping import may_keep
from domain.commitments.participants import is_owed_to
from domain.commitments.promising import may_promise
from domain.commitments.state import Commitment
from domain.commitments.waiving import may_waive
from domain.dispute.evolve import evolve
from domain.dispute.state import Dispute
from domain.duties import Duty, duties
from domain.evidence import requests as evidence_requests
from domain.evidence.exhibits import may_answer, may_submit
from domain.filing import admissibility, fast_lane, key_questions, review, set_aside
from domain.filing.pleadings import may_plead
from domain.filing.representation import MAX_REPRESENTATIVES, may_say, may_speak
from domain.incidents import membership
from domain.incidents.incident_facts import Incident
from domain.kernel.base import Actor, Command, Instant, Role
from domain.kernel.frozen import frozen, replace
from domain.kernel.people import Side, Stage
from domain.neutral import independence
from domain.neutral.assignment import may_recuse, may_take, waits_for_a_ruling
from domain.neutral.escalation import AssignNeutral, is_neutral, may_escalate
from domain.notices.notices import may_say_whether_told
from domain.notices.notices_facts import Notices
from domain.notices.otherwise import deemable
from domain.payments.refunds import may_decide, may_report
from domain.policy.policy import Policy
from domain.remedies import closure, handover, inspection, reopening, return_details, vouchers
from domain.ruling import appeal, co_signature
from domain.ruling.rulings import still_due
from domain.settlement.caucus import may_consent, may_post
from domain.settlement.conversation import may_write
from domain.settlement.notes import may_note
from domain.settlement.party_requests import may_make, open_of
from domain.settlement.replies import may_decline
from domain.silence import lapses

# --- types ---

TAKE_CASE = "take_case"
"""The one move that is not an act of its own: a neutral assigns the dispute to themselves."""


@frozen
class Move:
    """One act, by name. `until` is when a running deadline ends the right to it, if there is one.

    `number` is the number of what the act is about: an exhibit, offer, proposal, ruling, challenge, parallel
    proceeding, decision of the machine, or something shared in an incident. `target` is the id of the commitment or
    refund, or the subject of the representative. `mandatory`: it does something that the person must do, at the latest
    at `due_at` (`domain.duties`). Of several acts that do the same, one is enough.
    """

    name: str
    until: Instant | None = None
    number: int | None = None
    target: UUID | None = None
    due_at: Instant | None = None

    @property
    def mandatory(self) -> bool:
        return self.due_at is not None

    @property
    def command(self) -> type[Command]:
        """The command behind this move."""
        return AssignNeutral if self.name == TAKE_CASE else Command.registry[self.name]


# --- decisions ---


def moves(
    dispute: Dispute,
    policy: Policy,
    actor: Actor,
    now: Instant,
    incident: Incident | None = None,
    notices: Notices | None = None,
) -> list[Move]:
    """What this actor may do now. Lapses that are due by now count, recorded or not.

    `incident` is the one that the dispute is part of, `notices` are those of the dispute. A person who no longer represents
    a party may do nothing.
    """
    if not may_speak(dispute, actor):
        return []
    dispute = by_now(dispute, policy, now)
    offered = [
        *_moves(dispute, policy, actor, now),
        *_of_incident(dispute, actor, incident),
        *_of_notices(dispute, actor, notices),
    ]
    must = duties(dispute, policy, actor, now)
    return [_due(move, must) for move in offered if dispute.stay.since is None or not move.command.halted_by_stay]


def _due(move: Move, must: Sequence[Duty]) -> Move:
    due = [duty.due_at for duty in must if duty.is_done_by(move.name, move.number, move.target)]
    return replace(move, due_at=min(due)) if due else move


def by_now(dispute: Dispute, policy: Policy, now: Instant) -> Dispute:
    """The dispute with the lapses that are due by now, recorded or not."""
    for _, events in lapses(dispute, policy, now):
        for event in events:
            dispute = evolve(dispute, event)
    return dispute


def _moves(dispute: Dispute, policy: Policy, actor: Actor, now: Instant) -> Iterable[Move]:
    if actor.role is Role.NEUTRAL and not is_neutral(dispute, actor):
        return [Move(TAKE_CASE)] if may_take(dispute, actor) else []
    return chain(
        _of_role(dispute, policy, actor, now),
        _about_representatives(dispute, actor),
        _of_goods(dispute, actor),
        _of_vouchers(dispute, actor),
        _beginning_and_ending(dispute, policy, actor),
        _of_clocks(dispute, policy, actor),
        _of_anybody(dispute, actor),
    )


def _of_role(dispute: Dispute, policy: Policy, actor: Actor, now: Instant) -> Iterable[Move]:
    match actor.role:
        case Role.BUYER | Role.SELLER:
            return _of_party(dispute, policy, Side(actor.role.value), now)
        case Role.NEUTRAL:
            return _of_neutral(dispute, policy, actor)
        case Role.SUPERVISOR | Role.ADMINISTRATOR:
            return _of_supervisor(dispute, actor)
        case _:
            return []


def _of_supervisor(dispute: Dispute, actor: Actor) -> Iterator[Move]:
    if waits_for_a_ruling(dispute):
        yield Move("assign_neutral" if dispute.escalation.neutral is None else "reassign_neutral")
    for challenge in independence.asked_of(dispute, actor):
        yield Move("decide_challenge", number=challenge.number)
    if (unsigned := co_signature.asked_of(dispute, actor)) is not None:
        if co_signature.may_stand(dispute, unsigned):
            yield Move("co_sign_ruling", number=unsigned.number)
        yield Move("refuse_co_signature", number=unsigned.number)
    if dispute.machine.made:
        for decided in review.may_answer(dispute, actor):
            yield Move("answer_review", number=decided.number)
    yield from _on_a_default(dispute, actor)


def _on_a_default(dispute: Dispute, actor: Actor) -> Iterator[Move]:
    if set_aside.may_decide(dispute, actor):
        yield Move("set_default_aside")
        yield Move("refuse_set_aside")


def _of_party(dispute: Dispute, policy: Policy, side: Side, now: Instant) -> Iterator[Move]:
    if dispute.undecided:
        yield from _bargaining(dispute, side)
        yield from _pleading(dispute, side)
        yield from _telling(dispute, policy, side, now)
        if side is dispute.claimant:
            yield Move("withdraw")
    yield from _requesting(dispute, policy, side)
    yield from _responding(dispute, side)
    yield from _about_the_neutral(dispute, policy, side, now)
    if dispute.machine.made:
        for decided in review.may_request(dispute, side, now):
            yield Move("request_review", decided.until, decided.number)
    if set_aside.may_request(dispute, side):
        yield Move("request_set_aside", _until(dispute, names.SetAside()))
    for number in dispute.exhibits.by:
        if may_answer(dispute, number, side):
            yield Move("answer_exhibit", number=number)
    if dispute.closed and side not in dispute.rated:
        yield Move("rate_handling")
    yield from _appealing(dispute, side)
    if (until := reopening.may_reopen_ruling(dispute, policy, side, now)) is not None:
        yield Move("reopen", until)


def _requesting(dispute: Dispute, policy: Policy, side: Side) -> Iterator[Move]:
    if may_make(dispute, policy, side):
        yield Move("make_party_request")
    for request in open_of(dispute, side):
        yield Move("withdraw_party_request", number=request.number)
    for request in open_of(dispute, side.other):
        yield Move("answer_party_request", number=request.number)
        yield Move("decline_party_request", number=request.number)


def _responding(dispute: Dispute, side: Side) -> Iterator[Move]:
    if side is dispute.claimant:
        return
    awaited = dispute.undecided and dispute.response is None and dispute.deadlines.get(names.Response())
    if awaited or fast_lane.may_be_contested(dispute):
        yield Move("respond", _until(dispute, names.Response()))


def _about_the_neutral(dispute: Dispute, policy: Policy, side: Side, now: Instant) -> Iterator[Move]:
    if may_escalate(dispute, policy, side, now):
        yield Move("escalate")
    if independence.may_challenge(dispute, side):
        yield Move("challenge_neutral")
    if may_consent(dispute, side):
        yield Move("consent_to_neutral")


def _appealing(dispute: Dispute, side: Side) -> Iterator[Move]:
    ruling = dispute.adjudication.ruling
    if ruling is not None and side in ruling.appealable_by:
        until = _until(dispute, names.Appeal(ruling.number, side))
        yield Move("appeal", until)
        yield Move("waive_appeal", until)
    if appeal.may_withdraw(dispute, side):
        yield Move("withdraw_appeal")


def _telling(dispute: Dispute, policy: Policy, side: Side, now: Instant) -> Iterator[Move]:
    """Key questions of the policy to this side. While the dispute is stayed, nobody knows when its window ends."""
    if key_questions.may_answer(dispute, policy, side, now):
        stayed = dispute.stay.since is not None
        yield Move("answer_key_questions", None if stayed else _until(dispute, names.Answers(side)))


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
        until = _until(dispute, names.OfferReply(offer.number))
        yield Move("accept_offer", until, offer.number)
        yield Move("reject_offer", until, offer.number)
    if (proposal := dispute.proposals.open) is not None:
        until = _until(dispute, *(names.ProposalReply(proposal.number, side) for side in Side))
        if side not in proposal.accepted_by:
            yield Move("accept_proposal", until, proposal.number)
        yield Move("refuse_proposal", until, proposal.number)


def _of_neutral(dispute: Dispute, policy: Policy, actor: Actor) -> Iterator[Move]:
    yield from _on_a_default(dispute, actor)
    if may_recuse(dispute):
        yield Move("recuse")
    if waits_for_a_ruling(dispute):
        yield Move("reassign_neutral")
    if waits_for_a_ruling(dispute) and dispute.escalation.neutral not in dispute.independence.declared:
        yield Move("declare_interests")
    if dispute.stage is Stage.MEDIATION and dispute.proposals.open is None:
        yield Move("make_proposal")
        yield Move("declare_impasse")
    if evidence_requests.may_request(dispute):
        yield Move("request_evidence")
    yield from _ruling(dispute, policy)


def _ruling(dispute: Dispute, policy: Policy) -> Iterator[Move]:
    if not (dispute.adjudication.due and independence.may_rule(dispute, policy)):
        return
    if dispute.stage is Stage.APPEAL:
        yield Move("send_back")
    consented = not dispute.caucus.without_consent(dispute.escalation.neutral)
    if dispute.stage in (Stage.ADJUDICATION, Stage.APPEAL) and consented and still_due(dispute) is None:
        yield Move("issue_ruling")


def _about_representatives(dispute: Dispute, actor: Actor) -> Iterator[Move]:
    acting = dispute.representation.acting
    if len(acting) < MAX_REPRESENTATIVES and any(may_say(dispute, actor, side, "representative") for side in Side):
        yield Move("name_representative")
    for subject, who in acting.items():
        if subject == actor.subject or may_say(dispute, actor, who.side, who.capacity):
            yield Move("end_representation", target=subject)


def _beginning_and_ending(dispute: Dispute, policy: Policy, actor: Actor) -> Iterator[Move]:
    if reopening.may_reopen(dispute, actor):
        yield Move("reopen")
    if admissibility.may_declare(dispute, policy, actor):
        yield Move("declare_inadmissible")
    if closure.may_cancel(dispute, actor):
        yield Move("cancel_dispute")


def _of_anybody(dispute: Dispute, actor: Actor) -> Iterator[Move]:
    if may_post(dispute, actor):
        yield Move("post_in_caucus")
    yield from _about_evidence(dispute, actor.role)
    if may_write(actor.role):
        yield Move("post_message")
    if may_note(actor.role):
        yield Move("write_note")
    if may_promise(actor.role):
        yield Move("make_commitment")
    yield from _about_promises(dispute, actor.role)


def _about_evidence(dispute: Dispute, role: Role) -> Iterator[Move]:
    if not dispute.takes_evidence:
        return
    if may_submit(role):
        yield Move("add_exhibit")
    for number, owner in dispute.exhibits.by.items():
        if owner is role and dispute.exhibits.stands(number) and number not in dispute.adjudication.cited:
            yield Move("withdraw_exhibit", number=number)


def _about_promises(dispute: Dispute, role: Role) -> Iterator[Move]:
    for commitment in dispute.commitments.open.values():
        if not commitment.kept_by_its_own_act:
            yield from _about_promise(dispute, commitment, role)
        elif role is Role.MARKETPLACE and commitment.arises_from is Origin.RECOMMENDATION:
            yield Move("answer_recommendation", target=commitment.id)
        elif may_say_whether_told(role) and commitment.arises_from is Origin.NOTICE:
            yield Move("record_reached", target=commitment.id)


def _about_promise(dispute: Dispute, commitment: Commitment, role: Role) -> Iterator[Move]:
    if may_keep(dispute, commitment, role) and not commitment.by_refund:
        yield Move("keep_commitment", target=commitment.id)
    if may_decline(commitment, role):
        yield Move("no_reply_needed", target=commitment.id)
    if may_waive(dispute, commitment, role) and not commitment.underway:
        yield Move("waive_commitment", target=commitment.id)
    if is_owed_to(commitment, role) and not commitment.underway:
        yield Move("replace_commitment", target=commitment.id)
    if commitment.refund_id is not None:
        yield from _of_refund(commitment, commitment.refund_id, role)


def _of_refund(commitment: Commitment, refund_id: UUID, role: Role) -> Iterator[Move]:
    if may_decide(role):
        if commitment.decision is not None or not commitment.underway:
            yield Move("retry_refund", target=refund_id)
        if not commitment.underway:
            yield Move("settle_refund_otherwise", target=refund_id)
    if may_report(role):
        yield Move("confirm_refund", target=refund_id)
        if commitment.underway:
            yield Move("fail_refund", target=refund_id)


def _of_goods(dispute: Dispute, actor: Actor) -> Iterator[Move]:
    handling = dispute.goods
    if handling is None or handling.ended:
        return
    awaited = handling.commitment_id
    until = None if dispute.imported else dispute.commitments.open[awaited].due_at
    if return_details.takes_details(handling) and return_details.may_give(actor.role):
        yield Move("give_return_details", until)
        yield Move("add_return_label", until)
    if handover.sendable(handling, awaited) and handover.may_send(handling, actor.role):
        yield Move("send_goods", until, target=awaited)
    if inspection.inspectable(handling, awaited) and inspection.may_inspect(handling, actor.role):
        yield Move("inspect_goods", until, target=awaited)
    if handover.contestable(handling, awaited) and handover.may_contest(handling, actor.role):
        yield Move("contest_goods", until, target=awaited)
    if handling.step == "decision" and (actor.role is Role.SUPERVISOR or is_neutral(dispute, actor)):
        yield Move("decide_goods")


def _of_vouchers(dispute: Dispute, actor: Actor) -> Iterator[Move]:
    for voucher in vouchers.issuable(dispute, actor.role):
        yield Move("issue_voucher", number=voucher.number)


def _of_clocks(dispute: Dispute, policy: Policy, actor: Actor) -> Iterator[Move]:
    if dispute.closed:
        return
    if stay.may_order(dispute, actor) and not dispute.stay.ordered:
        yield Move("order_stay")
    if stay.may_lift(dispute, actor):
        yield Move("lift_stay")
    if extensions.extendable(dispute, policy, actor):
        yield Move("extend_deadline")
    if proceedings.may_record(actor.role):
        yield Move("record_parallel_proceeding")
        for number in sorted(dispute.stay.proceedings):
            yield Move("end_parallel_proceeding", number=number)


def _of_incident(dispute: Dispute, actor: Actor, incident: Incident | None) -> Iterator[Move]:
    if incident is not None and actor.role in (Role.BUYER, Role.SELLER):
        for number in range(1, len(incident.shared) + 1):
            if membership.may_answer(dispute, incident, number, Side(actor.role.value)):
                yield Move("answer_shared", number=number)


def _of_notices(dispute: Dispute, actor: Actor, notices: Notices | None) -> Iterator[Move]:
    for side in deemable(dispute, notices, actor) if notices is not None else ():
        if (owed := reach.find(dispute, side)) is not None:
            yield Move("deem_told", target=owed.id)


def _until(dispute: Dispute, *of: DeadlineName) -> Instant | None:
    """The end of the first of these deadlines that has begun. In an imported past case none ends anything."""
    running = [d.due_at for name in of if (d := dispute.deadlines.timed(name)) is not None]
    return None if dispute.imported else min(running, default=None)
