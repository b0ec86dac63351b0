"""The rules that hold in every dispute, whatever anybody does. They use the log and the state, not the engine's
rules."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from uuid import UUID

from domain.commitments.events import (
    CommitmentClass,
    CommitmentDischarged,
    CommitmentEvent,
    CommitmentKept,
    CommitmentKind,
    CommitmentMade,
    CommitmentReplaced,
    CommitmentWaived,
    Origin,
    Participant,
    refund_id_of,
)
from domain.commitments.reminder_facts import Reminded
from domain.commitments.state import Commitment
from domain.course import Fact
from domain.dispute.events import MovePassed
from domain.dispute.state import Dispute
from domain.filing import vexatious
from domain.filing.admissibility_facts import DeclaredInadmissible
from domain.filing.claim_facts import ClaimRecord
from domain.filing.fast_lane import may_be_contested
from domain.filing.fast_lane_facts import FastLaneContested, FastLaneGranted
from domain.filing.filing_facts import DisputeFiled
from domain.filing.representation_facts import RepresentationEvent
from domain.filing.response_facts import Answer, DefaultGranted, ResponseGiven
from domain.filing.review_facts import ReviewEvent
from domain.filing.set_aside_facts import DefaultSetAside, SetAsideRequested
from domain.incidents.membership_facts import (
    BulkActNotReached,
    BulkActReached,
    IncidentJoined,
    IncidentLeft,
    SharedAnswered,
    SharedCited,
)
from domain.kernel.base import Event
from domain.kernel.money import Money
from domain.kernel.people import Awaiting, Outcome, Side, Stage
from domain.neutral import independence
from domain.neutral.escalation_facts import Referred
from domain.neutral.independence_facts import NeutralChallenged
from domain.neutral.mandate_facts import Mandate
from domain.payments.execution_facts import RefundReferred, RefundReturned
from domain.payments.refund_facts import RefundInstructed
from domain.payments.transaction_facts import Transaction
from domain.privacy.rectification_facts import RecordRectified
from domain.remedies.closure_facts import ClaimWithdrawn, DisputeCancelled, DisputeClosed
from domain.remedies.division_facts import Division
from domain.remedies.elsewhere_facts import RefundedElsewhere
from domain.remedies.goods_facts import GoodsEnded
from domain.remedies.recovery import received
from domain.remedies.recovery_facts import AwardOverturned
from domain.remedies.reopening_facts import DisputeReopened, HandlingRated
from domain.ruling.ruling_facts import NEVER_IN_EFFECT, AppealSentBack, RulingBecameFinal, RulingIssued
from domain.settlement.negotiation_facts import SettlementReached
from tests.domain.law.world import World

_STAGES = list(Stage)
_AFTER_CLOSURE = (
    CommitmentEvent
    | RepresentationEvent
    | HandlingRated
    | IncidentLeft
    | BulkActNotReached
    | RefundedElsewhere
    | RefundReferred
    | Reminded
    | ReviewEvent
    | RecordRectified
)
_BURDEN_WHO_LETS_THEM_PASS = frozenset(
    {"response", "negotiation", "offer", "proposal", "evidence", "set_aside", "appeal", "stay"}
)
"""Deadlines that end a right of whoever has it. The end of a stay burdens nobody."""
_ASKED_OF_SUPERVISOR: Mapping[type[Event], CommitmentKind] = {
    SetAsideRequested: CommitmentKind.REPLY,
    NeutralChallenged: CommitmentKind.DECIDE,
    RulingIssued: CommitmentKind.CO_SIGN,
}
"""For each fact that waits for a supervisor: the kind of commitment that is made with it."""
_BY_OUTCOME = ("settlement", "ruling", "concession", "default", "withdrawal", "cancellation")
_LET_GO = (Outcome.WITHDRAWN, Outcome.CANCELLED, Outcome.INADMISSIBLE)


def of_one_command(before: Dispute, facts: Sequence[Fact]) -> None:
    """The stage only moves forward, except for a ruling sent back, a default set aside or contested, and a reopened
    dispute.

    After closure there are only service commitments, messages, and reports of money moved elsewhere or come back.
    """
    stage, reopened = before.stage, any(isinstance(f.event, DisputeReopened) for f in facts)
    for fact in facts:
        match fact.event:
            case DefaultSetAside() | FastLaneContested():
                assert stage is Stage.EXECUTION
                stage = Stage.MEDIATION
            case AppealSentBack():
                assert stage is Stage.APPEAL
                stage = Stage.ADJUDICATION
            case DisputeReopened():
                stage = Stage.NEGOTIATION
            case MovePassed(stage=entered):
                assert _STAGES.index(entered) >= _STAGES.index(stage)
                stage = entered
            case CommitmentMade(commitment_class=owed):
                assert not before.closed or reopened or owed is CommitmentClass.SERVICE
            case Referred():
                assert _reviews_of_rulings(facts) or _answers_for_ruling(before), "the supervisor owes the next act"
        if (asked := _ASKED_OF_SUPERVISOR.get(type(fact.event))) is not None:
            assert getattr(fact.event, "awaits_co_signature", True) is (asked in _of_supervisor(facts))
        if before.closed and not reopened and fact.event.stream == "dispute":
            assert isinstance(fact.event, _AFTER_CLOSURE), fact.event


def _reviews_of_rulings(facts: Sequence[Fact]) -> list[CommitmentMade]:
    """What a supervisor owes to the marketplace because a commitment was broken."""
    made = [fact.event for fact in facts if isinstance(fact.event, CommitmentMade)]
    by = (Participant.SUPERVISOR, Participant.MARKETPLACE)
    return [m for m in made if m.because_of is not None and (m.promise.owed_by, m.promise.owed_to) == by]


def _answers_for_ruling(before: Dispute) -> bool:
    """Whether a supervisor owes the next act already: the signature under a ruling, while the time to rule runs on, or the
    ruling itself, because there was no neutral.
    """
    by_supervisor = (owed for owed in before.commitments.open.values() if owed.owed_by is Participant.SUPERVISOR)
    return any(owed.kind is CommitmentKind.CO_SIGN or owed.is_ruling for owed in by_supervisor)


def _of_supervisor(facts: Sequence[Fact]) -> set[CommitmentKind]:
    """The kinds of commitments that these facts make a supervisor owe by policy."""
    made = [f.event for f in facts if isinstance(f.event, CommitmentMade) and f.event.arises_from is Origin.POLICY]
    return {one.promise.kind for one in made if one.promise.owed_by is Participant.SUPERVISOR}


def of_standing(dispute: Dispute) -> None:
    """A dispute with an open remedy is not closed. Unless it is closed, it awaits somebody. Only open matters have
    deadlines."""
    assert dispute.closed is (dispute.stage is Stage.CLOSED)
    assert dispute.closed is (dispute.awaiting is Awaiting.NONE)
    over = dispute.outcome is not None and not dispute.commitments.open_remedies()
    still_falls = dispute.set_aside.pending or "set_aside" in dispute.deadlines.running or may_be_contested(dispute)
    assert dispute.closed is (over and not still_falls)
    assert dispute.undecided is (dispute.stage in (Stage.NEGOTIATION, Stage.MEDIATION, Stage.ADJUDICATION))
    for name in dispute.deadlines.running:
        assert _waits_for_something(dispute, name), f"{name} still runs"
    for side in Side:
        assert len(list(dispute.offers.open(by=side))) <= 1
    for offer in dispute.offers.open():
        assert offer.terms.total == dispute.in_dispute
    if dispute.outcome is not None and not dispute.set_aside.pending:
        assert not any(c.ends_with_dispute for c in dispute.commitments.open.values())
    of_vacancy(dispute)
    of_duties(dispute)
    of_rulings(dispute)


def of_vacancy(dispute: Dispute) -> None:
    """If a dispute waits for a neutral, the supervisor owes one. Otherwise nobody does."""
    hearing = dispute.stage in (Stage.MEDIATION, Stage.ADJUDICATION) or dispute.adjudication.appeal is not None
    owing = [
        c for c in dispute.commitments.open.values() if c.kind is CommitmentKind.ASSIGN and c.arises_from == "policy"
    ]
    assert len(owing) == (hearing and dispute.escalation.neutral is None), owing
    assert all(c.owed_by is Participant.SUPERVISOR for c in owing)


def of_duties(dispute: Dispute) -> None:
    """No clock whose silence burdens somebody else than its debtor is missing from the open commitments.

    The window to rule is the only deadline of that sort; whatever else waits for the desk is a commitment alone.
    """
    owed, deadlines = dispute.commitments.open.values(), dispute.deadlines
    for name in deadlines.running:
        assert name.split("-")[0] in _BURDEN_WHO_LETS_THEM_PASS or name == "ruling", name
    window = deadlines.running.get("ruling") or deadlines.lapsed.get("ruling")
    to_rule = [c for c in owed if c.is_ruling]
    if window is None or dispute.outcome is not None or not dispute.adjudication.due:
        assert not to_rule
    else:
        (ruling,) = to_rule
        fell = bool(dispute.adjudication.rulings) and dispute.adjudication.rulings[-1].status in NEVER_IN_EFFECT
        anew = window.name in deadlines.lapsed and fell and ruling.due_at > window.due_at
        assert anew or (ruling.due_at, ruling.since) == (window.due_at, window.proof.starts_at)
        assert ruling.owed_by in (Participant.NEUTRAL, Participant.SUPERVISOR)
        if ruling.owed_by is Participant.NEUTRAL:
            assert ruling.subject == dispute.escalation.neutral is not None
    if dispute.goods_contested:
        assert any(c.kind is CommitmentKind.DECIDE and c.commitment_class is CommitmentClass.REMEDY for c in owed)
    of_whoever_is_awaited(dispute)


def of_whoever_is_awaited(dispute: Dispute) -> None:
    """Nobody of the desk is awaited without owing something: whose move it is, is nobody's guess.

    Of a ruling that is overdue somebody may report that the supervisor reviewed it. Then its neutral alone owes it.
    """
    owing = {c.owed_by for c in dispute.commitments.open.values()}
    if dispute.awaiting is Awaiting.NEUTRAL:
        assert Participant.NEUTRAL in owing, owing
    if dispute.awaiting is Awaiting.SUPERVISOR:
        overdue = any(c.is_ruling and c.overdue for c in dispute.commitments.open.values())
        assert Participant.SUPERVISOR in owing or overdue, owing
    requested = {
        "co_signature": dispute.adjudication.unsigned is not None,
        "default": dispute.set_aside.pending,
        "challenge": any(independence.is_open(dispute, one) for one in dispute.independence.challenges),
    }
    waits = {c.waits_for for c in dispute.commitments.open.values()}
    for about, undecided in requested.items():
        assert undecided is (about in waits), f"{about}: {waits}"


def of_rulings(dispute: Dispute) -> None:
    """At most one ruling is in effect, and at most one awaits a signature. Numbers have no gap. Every appeal is of a
    ruling."""
    rulings, adjudication = dispute.adjudication.rulings, dispute.adjudication
    assert [r.number for r in rulings] == [*range(1, len(rulings) + 1)]
    for status in ("in_effect", "awaits_co_signature"):
        assert sum(r.status == status for r in rulings) <= 1
    for ruling in rulings:
        assert not ruling.final or (ruling.status in ("in_effect", "overturned") and not ruling.appealable_by)
        assert not dispute.caucus.without_consent(ruling.neutral), "nobody who heard a caucus rules without consent"
        if ruling.status == "in_effect":
            assert not ruling.appealable_by & adjudication.appealed_by
    assert adjudication.appeal is None or adjudication.ruling is not None
    if (draft := adjudication.unsigned) is not None:
        assert dispute.outcome is None
        assert draft.award.total == dispute.in_dispute
        assert all(dispute.exhibits.stands(number) for number in draft.cites_exhibits)
        assert (draft.counterclaim is None) is (dispute.pleadings.counterclaim is None)
    promised = [c for c in dispute.commitments.open.values() if c.kind in ("co_sign", "assign") and c.ends_with_dispute]
    assert not promised or adjudication.unsigned is not None or dispute.escalation.neutral is None
    if adjudication.appeal is not None:
        assert dispute.escalation.neutral not in {r.neutral for r in rulings if r.status == "in_effect"}


def _waits_for_something(dispute: Dispute, name: str) -> bool:
    match name.split("-"):
        case ["response"]:
            return dispute.response is None and (dispute.undecided or may_be_contested(dispute))
        case ["negotiation"]:
            return dispute.stage is Stage.NEGOTIATION
        case ["offer", number]:
            standing = int(number) in dispute.escalation.offers_standing
            return dispute.offers.get(int(number)).status == "open" and not standing
        case ["proposal", number, side]:
            proposal = dispute.proposals.get(int(number))
            return proposal.status == "open" and Side(side) not in proposal.accepted_by
        case ["stay"]:
            return dispute.stay.ordered and not dispute.closed
        case ["ruling"]:
            hearing = dispute.stage in (Stage.MEDIATION, Stage.ADJUDICATION) or dispute.adjudication.appeal is not None
            return hearing and dispute.adjudication.awaited
        case ["evidence", number]:
            return dispute.to_be_ruled and dispute.evidence_requests.get(int(number)).status == "open"
        case ["set_aside"]:
            return dispute.outcome is Outcome.GRANTED_BY_DEFAULT and not dispute.set_aside.requested
        case ["appeal", number, side]:
            ruling = dispute.adjudication.ruling
            if dispute.stage is not Stage.APPEAL or ruling is None:
                return False
            return ruling.number == int(number) and Side(side) in ruling.appealable_by
        case _:
            return False


def of_order(transaction: Transaction) -> None:
    """No more leaves an order than was paid or is held, and open claims can always still be paid.

    A refund elsewhere beyond that is recorded as an excess, and counts nowhere.
    """
    limit = transaction.limit
    gone = Money.total((m.amount for m in transaction.movements.values()), limit.currency)
    back = Money.total(transaction.recovered, limit.currency)
    assert gone + _claimable(transaction) <= limit + back
    for key, line in transaction.lines.items():
        assert line.quantity is not None
        claims = [claim for claim in transaction.claims.values() if key in claim.lines]
        taken = sum(Fraction(claim.part(key) or line.quantity) for claim in claims)
        assert taken <= Fraction(line.quantity), "open disputes about more of a line than it has"


def _claimable(transaction: Transaction) -> Money:
    """What the open disputes may still take. Commitments beside them never reduce it."""
    still = Money.zero(transaction.limit.currency)
    for dispute_id, claim in transaction.claims.items():
        theirs = [m for m in transaction.movements.values() if m.dispute_id == dispute_id and not m.beyond_claim]
        taken = Money.total((m.amount for m in theirs), still.currency)
        if not claim.pays_in and taken < claim.amount:
            still += claim.amount - taken
    return still


def of_mandates(world: World, dispute_ids: Iterable[UUID]) -> None:
    """Every mandate lists exactly the open disputes of its neutral, and the closed ones with an open commitment of
    them.

    If there is no neutral, no neutral owes anything.
    """
    disputes = [world.dispute(dispute_id) for dispute_id in dispute_ids]
    for dispute in disputes:
        assert dispute.escalation.neutral is not None or not any(map(_by_neutral, dispute.commitments.open.values()))
    for mandate in (state for state in world.states.values() if isinstance(state, Mandate)):
        theirs = [d for d in disputes if d.escalation.neutral == mandate.neutral]
        busy = {d.id for d in theirs if not d.closed or any(map(_by_neutral, d.commitments.open.values()))}
        assert mandate.cases == busy


def _by_neutral(owed: Commitment) -> bool:
    return owed.owed_by is Participant.NEUTRAL


def of_recommendations(world: World, dispute_ids: Iterable[UUID]) -> None:
    """The marketplace owes an answer to each recommendation that it has not answered, and to no other. No vexatious
    claim is granted."""
    disputes = [world.dispute(dispute_id) for dispute_id in dispute_ids]
    owed = {c.id for d in disputes for c in d.commitments.open.values() if c.arises_from is Origin.RECOMMENDATION}
    records = [state for state in world.states.values() if isinstance(state, ClaimRecord)]
    assert owed == {i for record in records for i, answer in record.recommended.items() if answer is None}
    for dispute in disputes:
        ruling = dispute.adjudication.ruling
        refused = dispute.outcome is Outcome.INADMISSIBLE or (ruling is not None and ruling.award.claimant.is_zero)
        assert not vexatious.stands(dispute) or refused


def of_ledger(world: World, dispute_id: UUID) -> None:
    """The remedies of an outcome add up to its amount, and each is paid at most once."""
    events = list(_events(world, dispute_id))
    filed = next(e for e in events if isinstance(e, DisputeFiled))
    made = {e.commitment_id: e for e in events if isinstance(e, CommitmentMade)}
    dispute = world.dispute(dispute_id)
    _paid_once(events, made, dispute)
    if any(isinstance(e, AwardOverturned) for e in events):
        return _net(dispute, events)
    granted = list(_granted(events))
    elsewhere = [e for e in events if isinstance(e, RefundedElsewhere)]
    without = {*_said_again(events)}
    by_outcome = [e.promise for i, e in made.items() if e.arises_from in _BY_OUTCOME and i not in without]
    zero = Money.zero(filed.in_dispute.currency)

    def owed_to(side: Side) -> Money:
        return sum((p.amount for p in by_outcome if p.owed_to == side.value and p.amount), start=zero)

    to_claimant = sum((d.claimant for d in granted), start=zero)
    to_respondent = sum((d.respondent for d in granted), start=zero)
    owed_less = sum((e.amount - e.off_claim for e in elsewhere), start=zero)
    off_claim = sum((e.off_claim for e in elsewhere), start=zero)
    assert owed_to(filed.claimant) <= to_claimant <= owed_to(filed.claimant) + owed_less
    assert owed_to(filed.claimant.other) == (to_respondent if filed.order.held else zero)
    assert to_claimant + to_respondent + off_claim <= filed.in_dispute
    if dispute.outcome not in (None, *_LET_GO) and dispute.stage is Stage.CLOSED:
        assert to_claimant + to_respondent + off_claim == filed.in_dispute, "an outcome divides all of it"
    return None


def _net(dispute: Dispute, events: Iterable[Event]) -> None:
    """After an outcome was overturned, each side ends with what the last outcome gave it, unless somebody waived
    something."""
    undecided = ClaimWithdrawn | DisputeCancelled | DeclaredInadmissible
    ends = SettlementReached | RulingIssued | undecided
    decided = [e for e in events if isinstance(e, ends)]
    let_go = any(isinstance(e, CommitmentWaived | CommitmentReplaced | RefundedElsewhere) for e in events)
    in_part = dispute.response is not None and dispute.response[1] is not None
    if let_go or in_part or not decided or isinstance(last := decided[-1], undecided):
        return
    terms = last.award if isinstance(last, RulingIssued) else last.terms
    if terms.goods is None:
        assert received(dispute)[dispute.claimant] == terms.claimant


def _granted(events: Sequence[Event]) -> Iterator[Division]:
    """The amounts that each decision gives to each side. What waits for goods counts when their handling has ended."""
    in_dispute: Money | None = None
    claimant, lane = Side.BUYER, any(isinstance(event, FastLaneGranted) for event in events)
    awards: dict[int, Division] = {}
    for event in events:
        match event:
            case DisputeFiled():
                in_dispute, claimant = event.in_dispute, event.claimant
            case RefundedElsewhere(off_claim=part) if in_dispute:
                in_dispute -= part
            case ResponseGiven(answer=Answer.CONCEDE_PART, conceded=part) if part and in_dispute:
                in_dispute -= part
                yield Division(claimant=part, respondent=Money.zero(part.currency))
            case ResponseGiven(answer=Answer.CONCEDE, conceded=all_of_it, goods=goods) if (
                all_of_it and in_dispute and not lane
            ):
                whole = Division(claimant=all_of_it, respondent=in_dispute - all_of_it, goods=goods)
                yield _at_once(whole, claimant)
            case DefaultGranted(claimant_receives=all_of_it) | FastLaneGranted(claimant_receives=all_of_it) if (
                in_dispute
            ):
                yield Division(claimant=all_of_it, respondent=in_dispute - all_of_it)
            case SettlementReached(terms=terms):
                yield _at_once(terms, claimant)
            case ClaimWithdrawn(terms=terms) | DisputeCancelled(terms=terms) if terms:
                yield terms
            case GoodsEnded(to_buyer=to_buyer, to_seller=to_seller):
                first, second = (to_buyer, to_seller) if claimant is Side.BUYER else (to_seller, to_buyer)
                yield Division(claimant=first, respondent=second)
            case RulingIssued():
                awards[event.number] = event.award
            case RulingBecameFinal(number=number):
                yield _at_once(awards[number], claimant)


def _at_once(terms: Division, claimant: Side) -> Division:
    """Without the amounts that wait for goods."""
    if terms.goods is None:
        return terms
    zero = Money.zero(terms.claimant.currency)
    if claimant is Side.BUYER:
        return Division(claimant=zero, respondent=terms.respondent)
    return Division(claimant=terms.claimant, respondent=zero)


def _paid_once(events: Iterable[Event], made: dict[UUID, CommitmentMade], dispute: Dispute) -> None:
    """The refunds paid for a commitment and its replacements are no more than the commitment."""
    replaced = {e.replaced_by: e.commitment_id for e in events if isinstance(e, CommitmentReplaced)}
    refunds = {e.refund_id: e for e in events if isinstance(e, RefundInstructed)}
    paid: dict[UUID, int] = {}
    for event in events:
        if isinstance(event, CommitmentKept) and event.refund_id:
            refund = refunds[event.refund_id]
            root = refund.commitment_id
            while root in replaced:
                root = replaced[root]
            paid[root] = paid.get(root, 0) + refund.amount.minor
    for root, sum_paid in paid.items():
        promised = made[root].promise.amount
        assert promised is not None
        assert sum_paid <= promised.minor


def of_money_moved(world: World, dispute_ids: Iterable[UUID]) -> None:
    """What has left the order equals what the disputes record as paid, refund by refund."""
    kept: set[UUID] = set()
    elsewhere: set[UUID] = set()
    for dispute_id in dispute_ids:
        elsewhere |= {e.payment_key for e in _events(world, dispute_id) if isinstance(e, RefundedElsewhere)}
        kept |= {e.refund_id for e in _events(world, dispute_id) if isinstance(e, CommitmentKept) and e.refund_id}
        kept -= {refund_id_of(commitment_id) for commitment_id in _came_back(_events(world, dispute_id))}
        settled = {refund_id for refund_id, m in world.transaction(dispute_id).movements.items() if m.settled}
    assert settled == kept | elsewhere


def _said_again(events: Iterable[Event]) -> Iterator[UUID]:
    """The commitments that took another one's place: by replacement, after a part was paid elsewhere, or after a refund
    bounced."""
    came_back = less = False
    for event in events:
        match event:
            case CommitmentReplaced(replaced_by=successor):
                yield successor
            case RefundReturned() | DisputeReopened(bounced=UUID()):
                came_back = True
            case CommitmentMade(commitment_id=successor, commitment_class=owed) if (
                came_back and owed is CommitmentClass.REMEDY
            ) or less:
                yield successor
                came_back = False
        less = isinstance(event, CommitmentDischarged) and event.reason == "paid_elsewhere"


def of_membership(world: World, dispute_id: UUID) -> None:
    """A dispute is in one incident at a time. A proposal or offer to all reaches it at most once. It cites only what
    the incident shared."""
    member: UUID | None = None
    answered, carried = set[tuple[UUID, int, Side]](), set[tuple[UUID, int]]()
    for event in _events(world, dispute_id):
        match event:
            case IncidentJoined(incident_id=joined):
                assert member is None
                member = joined
            case IncidentLeft(incident_id=left):
                assert member == left
                member = None
            case SharedAnswered(incident_id=incident_id, number=number, by=side):
                assert member == incident_id
                assert (incident_id, number, side) not in answered
                answered.add((incident_id, number, side))
            case BulkActReached(incident_id=i, number=number) | BulkActNotReached(incident_id=i, number=number):
                assert member == i
                assert (i, number) not in carried
                carried.add((i, number))
            case SharedCited(incident_id=incident_id, numbers=numbers):
                assert member == incident_id
                assert set(numbers) <= set(range(1, len(world.states[incident_id].shared) + 1))
    assert world.dispute(dispute_id).membership.incident == member


def of_fast_lane(world: World, dispute_id: UUID) -> None:
    """Only the first claim on an order is granted at once. It is contested at most once; then a neutral is called."""
    events, dispute = list(_events(world, dispute_id)), world.dispute(dispute_id)
    granted = [e for e in events if isinstance(e, FastLaneGranted)]
    contested = [e for e in events if isinstance(e, FastLaneContested)]
    assert len(contested) <= len(granted) <= (dispute_id == world.on_order(dispute_id)[0])
    assert dispute.escalation.escalated or not contested


def _came_back(events: Iterable[Event]) -> Iterator[UUID]:
    """The commitments whose refund was confirmed and then bounced."""
    for event in events:
        match event:
            case RefundReturned(commitment_id=back) | DisputeReopened(bounced=UUID() as back):
                yield back
            case _:
                pass


def closed(world: World, dispute_id: UUID) -> None:
    """A dispute closes once, and then only services are owed. An inadmissible claim was neither ruled on nor
    granted."""
    events = list(_events(world, dispute_id))
    if any(isinstance(e, DeclaredInadmissible) for e in events):
        assert not any(isinstance(e, RulingIssued | RulingBecameFinal) for e in events)
        assert world.dispute(dispute_id).outcome is Outcome.INADMISSIBLE
    reopened = sum(isinstance(e, DisputeReopened) for e in events)
    assert sum(isinstance(e, DisputeClosed) for e in events) == 1 + reopened
    dispute = world.dispute(dispute_id)
    assert all(c.commitment_class is CommitmentClass.SERVICE for c in dispute.commitments.open.values())
    assert dispute_id not in world.transaction(dispute_id).claims
    of_funder(dispute)


def of_funder(dispute: Dispute) -> None:
    """The funder who paid in the seller's place before the ruling was final has got it back, except for what it
    waived."""
    funder, held = dispute.advance.funded_by, dispute.commitments
    if funder in (None, Participant.SELLER) or any(c.arises_from == "recovery" for c in held.forgone.values()):
        return
    paid = [c for c in held.paid if c.amount and c.arises_from in (*_BY_OUTCOME, "recovery")]
    out = [c.amount for c in paid if c.amount and c.owed_by is funder]
    back = [c.amount for c in paid if c.amount and c.owed_to is funder]
    assert Money.total(out, dispute.in_dispute.currency) == Money.total(back, dispute.in_dispute.currency)


def _events(world: World, dispute_id: UUID) -> Iterator[Event]:
    return (stored.event for stored in world.log if stored.dispute_id == dispute_id)
