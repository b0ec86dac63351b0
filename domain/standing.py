"""Where a dispute stands: its stage, whose move it is, and what is moot (nobody needs it any more).

`aftermath` runs after each act and after each lapse. It compares the dispute with these rules and gives the events that
are missing. Only `aftermath` passes the move, ends a deadline before it is due, or closes a dispute.
"""

from functools import reduce

from domain.clocks import ends, names, stay
from domain.clocks.deadline_facts import DeadlineEnded
from domain.commitments import breaches, making, reach, translate
from domain.commitments.events import CommitmentDischarged, CommitmentKind, Participant
from domain.dispute.events import DisputeEvent, MovePassed
from domain.dispute.evolve import evolve
from domain.dispute.state import Dispute
from domain.filing import fast_lane
from domain.kernel.base import Instant
from domain.kernel.frozen import replace
from domain.kernel.people import Awaiting, Side, Stage
from domain.neutral import assignment, independence
from domain.payments import referral as refund_referral
from domain.policy.policy import Policy
from domain.remedies import recourse, remedy
from domain.remedies.closure import closing
from domain.remedies.division_facts import Division
from domain.ruling import co_signature, ruling_owed
from domain.settlement import party_requests, replies
from domain.settlement.negotiation_facts import OfferExpired
from domain.settlement.proposal_facts import ProposalLapsed


def aftermath(dispute: Dispute, policy: Policy, at: Instant, *, of_lapse: bool = False) -> list[DisputeEvent]:
    """The events that follow from where the dispute stands now.

    They come in this order: what goods make due, what a funder gets back, an unsigned ruling without ground, moot
    offers, closure, answers that nobody owes and translations that nobody needs any more, consequences of breaches that are
    over, the end of a stay, ended deadlines, the commitment to rule, those to reach the parties, that to assign a neutral,
    the move.
    """
    events: list[DisputeEvent] = []
    for step in (
        lambda d: remedy.follow(d, policy, at),
        lambda d: [] if fast_lane.may_be_contested(d) else recourse.follow(d, policy, at),
        lambda d: co_signature.end_without_ground(d, policy, at),
        _moot,
        closing,
        replies.over,
        party_requests.over,
        translate.over,
        breaches.discharge_consequences,
        lambda d: stay.follow(d, policy, at),
    ):
        for decided in step(dispute):
            event = making.numbered(dispute, decided)
            events.append(event)
            dispute = evolve(dispute, event)
    ended = ((name, ends.over(dispute, name)) for name in dispute.deadlines.running)
    over = [DeadlineEnded(name=name, how=how) for name, how in ended if how is not None]
    standing = reduce(evolve, over, dispute)
    owed = ruling_owed.follow(standing, policy, at, begins=not of_lapse)
    events += [*over, *owed, *reach.follow(standing, policy, at)]
    stage = stage_of(dispute)
    events += assignment.promised(replace(dispute, stage=stage), policy, at)
    awaiting = _awaiting(reduce(evolve, owed, dispute), stage, at)
    if (stage, awaiting) != (dispute.stage, dispute.awaiting) or not dispute.telling.shows(stage, awaiting):
        events.append(MovePassed(stage=stage, awaiting=awaiting))
    return events


def stage_of(dispute: Dispute) -> Stage:
    if dispute.closed:
        return Stage.CLOSED
    if dispute.outcome is not None:
        return Stage.EXECUTION
    if dispute.adjudication.ruling is not None:
        return Stage.APPEAL
    if dispute.proposals.impasse:
        return Stage.ADJUDICATION
    return Stage.MEDIATION if dispute.escalation.escalated else Stage.NEGOTIATION


def _moot(dispute: Dispute) -> list[DisputeEvent]:
    """Offers and proposals stand until the dispute is decided, or a conceded part leaves less to divide.

    A commitment of a neutral or supervisor that policy made to bring the dispute on ends once there is an outcome.
    """

    def moot(terms: Division) -> bool:
        return not dispute.undecided or terms.total != dispute.in_dispute

    events: list[DisputeEvent] = [
        OfferExpired(number=o.number, why="moot") for o in dispute.offers.open() if moot(o.terms)
    ]
    if (proposed := dispute.proposals.open) is not None and moot(proposed.terms):
        events.append(ProposalLapsed(number=proposed.number, why="moot"))
    events += refund_referral.undecided_no_more(dispute)
    if dispute.outcome is not None and not dispute.set_aside.pending:
        promised = dispute.commitments.open.values()
        over = (c for c in promised if c.ends_with_dispute)
        events += [CommitmentDischarged(commitment_id=c.id, reason="dispute_over") for c in over]
        return events
    return [*events, *independence.moot(dispute)]


def _awaiting(dispute: Dispute, stage: Stage, at: Instant) -> Awaiting:
    match stage:
        case Stage.CLOSED:
            return Awaiting.NONE
        case Stage.EXECUTION:
            return _debtors(dispute)
        case Stage.APPEAL:
            if dispute.adjudication.appeal is not None:
                return _neutral(dispute, at)
            ruling = dispute.adjudication.ruling
            return _sides(dispute, ruling.appealable_by if ruling else frozenset())
        case Stage.ADJUDICATION:
            asked, whose = dispute.caucus.without_consent(dispute.escalation.neutral), _neutral(dispute, at)
            return _sides(dispute, asked) if asked and whose is Awaiting.NEUTRAL else whose
        case Stage.MEDIATION:
            if (proposal := dispute.proposals.open) is not None:
                return _sides(dispute, frozenset(Side) - proposal.accepted_by)
            return _neutral(dispute, at)
        case Stage.NEGOTIATION:
            if dispute.response is None and dispute.deadlines.get(names.Response()) is not None:
                return Awaiting.RESPONDENT
            asked = frozenset(o.by.other for o in dispute.offers.open())
            return _sides(dispute, asked or frozenset(Side))


def _neutral(dispute: Dispute, at: Instant) -> Awaiting:
    """The supervisor, while no neutral is assigned, the neutral is challenged, or the ruling is unsigned or overdue. It is not
    overdue while its neutral owes another one in time: the time to rule is over, and they did rule.
    """
    in_time = any(
        owed.is_ruling and owed.owed_by is Participant.NEUTRAL and owed.due_at > at
        for owed in dispute.commitments.open.values()
    )
    overdue = dispute.escalation.referred and dispute.deadlines.get(names.Ruling()) is None and not in_time
    unsigned = dispute.adjudication.unsigned is not None
    waiting = dispute.escalation.neutral is None or overdue or unsigned or independence.open_challenges(dispute)
    return Awaiting.SUPERVISOR if waiting else Awaiting.NEUTRAL


def _debtors(dispute: Dispute) -> Awaiting:
    """Who owes a remedy. If the marketplace moves the money, it is the marketplace's move, whoever bears the cost.

    While a default may still be set aside: who decides on that, or could ask for it.
    """
    owed = dispute.commitments.open_remedies()
    if dispute.set_aside.pending:
        return Awaiting.SUPERVISOR
    if (decision := next((c for c in owed if c.kind is CommitmentKind.DECIDE), None)) is not None:
        return Awaiting.NEUTRAL if decision.owed_by is Participant.NEUTRAL else Awaiting.SUPERVISOR
    if not owed:
        return Awaiting.RESPONDENT
    if any(c.by_refund for c in owed):
        return Awaiting.MARKETPLACE
    sides = frozenset(Side(c.owed_by.value) for c in owed if c.owed_by in (Participant.BUYER, Participant.SELLER))
    return _sides(dispute, sides) if sides else Awaiting.MARKETPLACE


def _sides(dispute: Dispute, sides: frozenset[Side]) -> Awaiting:
    if len(sides) == 2:
        return Awaiting.BOTH
    if not sides:
        return Awaiting.NONE
    return Awaiting.CLAIMANT if dispute.claimant in sides else Awaiting.RESPONDENT
