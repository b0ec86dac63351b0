"""The way to the end of every dispute: nobody negotiates, the neutral rules, the marketplace pays, the clock runs."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from domain.clocks.notice import waiting
from domain.commitments.events import CommitmentKind
from domain.dispute.state import Dispute
from domain.filing.pleading_facts import OnCounterclaim
from domain.kernel.base import Instant
from domain.kernel.people import Side, Stage
from domain.neutral import independence
from domain.neutral.assignment import may_hear, waits_for_a_ruling
from domain.payments.refund_facts import Refund
from domain.ruling import co_signature
from domain.ruling.rulings import still_due
from domain.silence import next_due
from tests.domain.law.acts import Act, refund
from tests.domain.law.cast import NEUTRALS, Person, buyer, deputy, engine, marketplace, seller, supervisor
from tests.domain.law.world import World
from tests.domain.machine import telling


def refund_work(world: World, dispute: Dispute, now: Instant) -> Iterator[Act]:
    """The next work of the refund process: release what will not be paid, then instruct what is owed."""
    for number in range(1, dispute.commitments.made + 1):
        moved, over = world.states.get(refund(number, dispute.id)), dispute.commitments.ended
        if isinstance(moved, Refund) and moved.status == "failed" and moved.commitment_id in over:
            yield engine.releases_refund(number).about(dispute.id)
        due = isinstance(moved, Refund) and moved.next_at is not None and moved.next_at <= now
        if isinstance(moved, Refund) and due and moved.commitment_id not in over and dispute.stay.since is None:
            yield engine.retries_refund(number, moved.attempts + 1).about(dispute.id)
    for owed in dispute.commitments.open.values():
        waits = owed.owed_from is not None and owed.owed_from > now
        if owed.by_refund and owed.refund_id is None and not waits and dispute.stay.since is None:
            yield engine.instructs_refund(owed.number).about(dispute.id)


def end(world: World, dispute_id: UUID, now: Instant) -> None:
    """Brings the dispute to its closure in few steps, silence first. Fails if it cannot be closed."""
    for _ in range(40):
        dispute = world.dispute(dispute_id)
        if dispute.closed:
            return
        due_at = next_due(dispute)
        now = max(now, due_at) if due_at else now + timedelta(days=4)
        world.do(engine.ticks().about(dispute_id).command(now))
        for step in _steps(world.dispute(dispute_id)):
            world.do(step.about(dispute_id).command(now))
        for work in [*refund_work(world, world.dispute(dispute_id), now)]:
            world.do(work.command(now))
    raise AssertionError(f"it never ends: {world.dispute(dispute_id)}")


def _steps(dispute: Dispute) -> Iterator[Act]:  # noqa: C901 - one arm a place to be stuck in
    if dispute.stay.since is not None:
        yield supervisor.lifts_stay()
        return
    yield from (telling.reached(side) for side in Side if waiting(dispute, side))
    if waits_for_a_ruling(dispute) and dispute.escalation.neutral is None:
        able = next(somebody for somebody in (deputy, *NEUTRALS) if may_hear(dispute, somebody.subject))
        yield supervisor.assigns(able)
        yield able.writes()  # so that the commitment of a first act is kept before time goes on
        return
    for challenge in independence.open_challenges(dispute):
        yield supervisor.decides_challenge(challenge.number, granted=False)
    assigned = next((n for n in NEUTRALS if n.subject == dispute.escalation.neutral), None)
    unsigned = dispute.adjudication.unsigned
    match dispute.stage:
        case Stage.NEGOTIATION if dispute.imported:
            yield buyer.escalates()
        case Stage.ADJUDICATION | Stage.APPEAL if unsigned is not None:
            stands = co_signature.may_stand(dispute, unsigned)
            yield supervisor.co_signs(unsigned.number) if stands else supervisor.refuses_co_signature(unsigned.number)
        case Stage.MEDIATION if (proposal := dispute.proposals.open) is not None:
            yield seller.refuses_proposal(proposal.number)
        case Stage.MEDIATION if assigned is not None:
            yield assigned.declares_impasse()
        case Stage.ADJUDICATION if without := dispute.caucus.without_consent(dispute.escalation.neutral):
            yield from (party.consents() for party in (buyer, seller) if party.role.value in without)
        case Stage.ADJUDICATION if assigned is not None and still_due(dispute) is None:
            yield _for_the_claimant(assigned, dispute)
        case Stage.APPEAL if assigned and dispute.adjudication.appeal and still_due(dispute) is None:
            yield _for_the_claimant(assigned, dispute)
        case Stage.APPEAL if dispute.imported:
            yield from (party.waives_appeal() for party in (buyer, seller))
        case Stage.EXECUTION if dispute.set_aside.pending:
            yield supervisor.refuses_to_set_aside()
        case Stage.EXECUTION:
            yield from _carried_out(dispute)
        case _:
            return


def _for_the_claimant(by: Person, dispute: Dispute) -> Act:
    inferences = tuple(sorted(dispute.evidence_requests.inferred))
    decided = OnCounterclaim(granted=False) if dispute.pleadings.counterclaim else None
    nothing = str(dispute.in_dispute - dispute.in_dispute)
    return by.rules(str(dispute.in_dispute), nothing, inferences=inferences, counterclaim=decided)


def _carried_out(dispute: Dispute) -> Iterator[Act]:
    if dispute.goods_contested and dispute.goods is not None:
        yield supervisor.decides_goods(str(dispute.goods.at_stake))
    for owed in dispute.commitments.open_remedies():
        if owed.refund_id is not None:
            yield marketplace.confirms_refund(owed.number)
        elif not owed.by_refund and owed.kind is not CommitmentKind.DECIDE:
            yield marketplace.confirms_promise(owed.number)
