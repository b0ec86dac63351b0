"""From a command to the facts it makes: the one way into the rules.

lapses due before now  →  the decision itself  →  what follows from where the dispute now stands
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import assert_never

from domain import (
    adjudication,
    admissibility,
    appeal,
    assignment,
    caucus,
    closure,
    co_signature,
    conversation,
    elsewhere,
    escalation,
    evidence,
    evidence_requests,
    filing,
    handover,
    incident,
    independence,
    key_questions,
    mandate,
    membership,
    negotiation,
    outage,
    pleadings,
    policy,
    promises,
    proposal,
    recommendations,
    reconciliation,
    remedy,
    reopening,
    representation,
    response,
    set_aside,
    stay,
    transaction,
)
from domain.adjudication import IssueRuling, RulingIssued, WaiveAppeal
from domain.admissibility import DeclaredInadmissible, DeclareInadmissible
from domain.appeal import Appeal, SendBack, WithdrawAppeal
from domain.assignment import HandOver, ReassignNeutral, Recuse
from domain.base import Event, Instant, Stream
from domain.case import Case, after
from domain.caucus import ConsentToNeutral, PostInCaucus
from domain.closure import DisputeClosed, Withdraw
from domain.co_signature import CoSignRuling, RefuseCoSignature
from domain.conversation import PostMessage
from domain.dispute import Dispute
from domain.elsewhere import RecordRefundElsewhere
from domain.escalation import AssignNeutral, Escalate, Escalated
from domain.evidence import AddExhibit, AnswerExhibit, WithdrawExhibit
from domain.evidence_requests import RequestEvidence
from domain.filing import FileDispute
from domain.handover import ContestGoods, DecideGoods, SendGoods
from domain.incident import IncidentCommand
from domain.independence import ChallengeNeutral, DecideChallenge, DeclareInterests
from domain.key_questions import AnswerKeyQuestions
from domain.mandate import BeginLeave, CloseMandate, EndLeave, GrantMandate, MandateCommand
from domain.membership import AnswerShared, CarryBulkAct, JoinIncident, LeaveIncident, RecordNotReached
from domain.negotiation import AcceptOffer, MakeOffer, RejectOffer
from domain.outage import RecordOutage
from domain.pleadings import RaiseCounterclaim, Rebut
from domain.policy import Policy, PublishPolicy
from domain.promises import KeepCommitment, MakeCommitment, ReplaceCommitment, WaiveCommitment
from domain.proposal import AcceptProposal, DeclareImpasse, MakeProposal, RefuseProposal
from domain.recommendations import AnswerRecommendation, CountCase
from domain.reconciliation import ExplainDifference, ReconciliationCommand, RecordComparison
from domain.refusals import UnknownDispute
from domain.remedy import (
    ConfirmRefund,
    Execution,
    FailRefund,
    InstructRefund,
    ReferRefund,
    ReleaseRefund,
    RetryRefund,
    SettleRefundOtherwise,
)
from domain.reopening import RateHandling, Reopen
from domain.representation import EndRepresentation, NameRepresentative
from domain.response import Respond
from domain.set_aside import RefuseSetAside, RequestSetAside, SetDefaultAside
from domain.silence import RecordLapses, lapses
from domain.standing import aftermath
from domain.stay import EndParallelProceeding, ExtendDeadline, LiftStay, OrderStay, RecordParallelProceeding

DisputeCommand = (
    Respond
    | AddExhibit
    | WithdrawExhibit
    | AnswerExhibit
    | RequestEvidence
    | AnswerKeyQuestions
    | PostInCaucus
    | ConsentToNeutral
    | Rebut
    | RaiseCounterclaim
    | PostMessage
    | MakeOffer
    | AcceptOffer
    | RejectOffer
    | Escalate
    | AssignNeutral
    | ReassignNeutral
    | Recuse
    | HandOver
    | DeclareInterests
    | ChallengeNeutral
    | DecideChallenge
    | NameRepresentative
    | EndRepresentation
    | MakeProposal
    | AcceptProposal
    | RefuseProposal
    | DeclareImpasse
    | IssueRuling
    | CoSignRuling
    | RefuseCoSignature
    | Appeal
    | SendBack
    | WaiveAppeal
    | WithdrawAppeal
    | RequestSetAside
    | SetDefaultAside
    | RefuseSetAside
    | SendGoods
    | ContestGoods
    | DecideGoods
    | InstructRefund
    | ConfirmRefund
    | FailRefund
    | RetryRefund
    | ReferRefund
    | SettleRefundOtherwise
    | ReleaseRefund
    | MakeCommitment
    | KeepCommitment
    | WaiveCommitment
    | ReplaceCommitment
    | Withdraw
    | DeclareInadmissible
    | OrderStay
    | LiftStay
    | ExtendDeadline
    | RecordParallelProceeding
    | EndParallelProceeding
    | RecordRefundElsewhere
    | Reopen
    | RateHandling
    | JoinIncident
    | LeaveIncident
    | AnswerShared
    | CarryBulkAct
    | RecordNotReached
    | CountCase
    | AnswerRecommendation
    | RecordLapses
)
AnyCommand = (
    DisputeCommand
    | FileDispute
    | PublishPolicy
    | RecordOutage
    | MandateCommand
    | IncidentCommand
    | ReconciliationCommand
)


@dataclass(frozen=True, slots=True)
class Fact:
    """An event, the instant at which it took effect (that of the command, or for a lapse when it was due), and its stream."""

    event: Event
    occurred_at: Instant
    stream: Stream


def decide(case: Case, command: AnyCommand) -> list[Fact]:
    """What the command makes happen; nothing, where it already is so.

    Raises:
        Refusal: a rule says no. Lapses that were due are then left to the clock, which records them by itself.
    """
    match command:
        case FileDispute():
            if case.dispute is not None:
                return []
            return _filed(case, command)
        case PublishPolicy():
            events: list[Event] = [*policy.publish(case.policies, command)]
        case RecordOutage():
            events = [*outage.record(case.policies, command)]
        case GrantMandate():
            events = [*mandate.grant(case.mandate, case.policies, command)]
        case BeginLeave():
            events = [*mandate.begin_leave(case.mandate, command)]
        case EndLeave():
            events = [*mandate.end_leave(case.mandate, command)]
        case CloseMandate():
            events = [*mandate.close(case.mandate, command)]
        case RecordComparison():
            events = [*reconciliation.record(case.reconciliation, command)]
        case ExplainDifference():
            events = [*reconciliation.explain(case.reconciliation, command)]
        case _ if isinstance(command, IncidentCommand):
            events = [*incident.decide(case.incident, case.mandate, command)]
        case _:
            return _on_dispute(case, command)
    return [Fact(event, command.now, event.stream) for event in events]


@dataclass(slots=True)
class _Course:
    """What a command has made happen so far, and the case as it then is."""

    case: Case
    facts: list[Fact] = field(default_factory=list)

    @property
    def dispute(self) -> Dispute:
        assert self.case.dispute is not None
        return self.case.dispute

    def happen(self, events: Sequence[Event], at: Instant) -> None:
        """With what the order and the mandates have to be told by it."""
        for event in events:
            self._record(event, at, event.stream)
        if any(isinstance(event, DisputeClosed) for event in events):
            for ended in transaction.end_claim(self.case.transaction, self.dispute.id, at):
                self._record(ended, at, "transaction")
        for told in assignment.held(self.dispute, self.case.predecessor):
            self._record(told, at, "predecessor")
        for told in assignment.held(self.dispute, self.case.mandate):
            self._record(told, at, "mandate")

    def _record(self, event: Event, at: Instant, stream: Stream) -> None:
        self.facts.append(Fact(event, at, stream))
        self.case = after(self.case, event, at, stream)


def _filed(case: Case, command: FileDispute) -> list[Fact]:
    """Nothing follows by itself from a filing, unless the policy does not hear it, or calls a neutral at once."""
    events, now = filing.file(case.transaction, case.policies, case.claims, command), command.now
    if not any(isinstance(event, Escalated | DeclaredInadmissible) for event in events):
        return [Fact(event, now, event.stream) for event in events]
    course = _Course(case)
    course.happen(events, now)
    course.happen(aftermath(course.dispute, case.policies.current, now), now)
    return course.facts


def _on_dispute(case: Case, command: DisputeCommand) -> list[Fact]:
    if case.dispute is None:
        raise UnknownDispute(dispute_id=str(command.dispute_id))
    rules, course, now = case.policies.version(case.dispute.policy_version), _Course(case), command.now
    if command.silence:
        for at, events in lapses(case.dispute, rules, now, case.policies.outages):
            course.happen(events, at)
    _check_may_act(course.case, course.dispute, command)
    # asked before the act: taking a case on is not yet looking at it, nor is giving it up, nor putting it with others
    looks = not isinstance(command, Recuse | DeclareInterests | JoinIncident | LeaveIncident)
    keeping = escalation.kept_by_acting(course.dispute, command.actor, now) if looks else []
    looked = reduce(lambda known, event: after(known, event, now, event.stream), keeping, course.case)
    if act := _act(looked, _dispute(looked), rules, command):
        course.happen([*act, *keeping], now)
        if any(fact.stream == "dispute" for fact in course.facts):
            course.happen(aftermath(course.dispute, rules, now), now)
    return course.facts


def _check_may_act(case: Case, dispute: Dispute, command: DisputeCommand) -> None:
    """What is asked of everybody, whatever the act."""
    if not isinstance(command, AssignNeutral | Recuse):
        escalation.check_not_a_stranger(dispute, command.actor)
        mandate.check_in_office(case.mandate, command.actor)
    if not isinstance(command, EndRepresentation):
        representation.check_may_speak(dispute, command.actor)
    stay.check_not_halted(dispute, command)


def _dispute(case: Case) -> Dispute:
    assert case.dispute is not None
    return case.dispute


def _act(case: Case, dispute: Dispute, rules: Policy, command: DisputeCommand) -> list[Event]:  # noqa: C901, PLR0915 - one arm a command
    execution = Execution(dispute, case.transaction, case.refund)
    match command:
        case Respond():
            return [*response.respond(dispute, rules, command)]
        case AddExhibit():
            return [*evidence.add(dispute, rules, command)]
        case WithdrawExhibit():
            return [*evidence.withdraw(dispute, command)]
        case AnswerExhibit():
            return [*evidence.answer(dispute, command)]
        case PostInCaucus():
            return [*caucus.post(dispute, command)]
        case ConsentToNeutral():
            return [*caucus.consent(dispute, command)]
        case RequestEvidence():
            return [*evidence_requests.request(dispute, rules, command)]
        case AnswerKeyQuestions():
            return [*key_questions.answer(dispute, rules, command)]
        case Rebut():
            return [*pleadings.rebut(dispute, command)]
        case RaiseCounterclaim():
            return [*pleadings.counterclaim(dispute, command)]
        case PostMessage():
            return [*conversation.post(dispute, case.conversation, command)]
        case MakeOffer():
            return [*negotiation.offer(dispute, rules, command)]
        case AcceptOffer():
            return [*negotiation.accept(dispute, rules, command)]
        case RejectOffer():
            return [*negotiation.reject(dispute, command)]
        case Escalate():
            return [*escalation.escalate(dispute, rules, command)]
        case AssignNeutral():
            return [*assignment.assign(dispute, rules, case.mandate, command)]
        case ReassignNeutral():
            return [*assignment.reassign(dispute, rules, case.mandate, command)]
        case HandOver():
            return [*assignment.hand_over(dispute, command)]
        case Recuse():
            return [*assignment.recuse(dispute, command)]
        case DeclareInterests():
            return [*independence.declare(dispute, command)]
        case ChallengeNeutral():
            return [*independence.challenge(dispute, rules, command)]
        case DecideChallenge():
            return [*independence.decide(dispute, command)]
        case NameRepresentative():
            return [*representation.name(dispute, command)]
        case EndRepresentation():
            return [*representation.end(dispute, command)]
        case MakeProposal():
            return [*proposal.propose(dispute, rules, command)]
        case AcceptProposal():
            return [*proposal.accept(dispute, rules, command)]
        case RefuseProposal():
            return [*proposal.refuse(dispute, command)]
        case DeclareImpasse():
            return [*proposal.declare_impasse(dispute, command)]
        case IssueRuling():
            return _ruled(case, dispute, rules, command)
        case CoSignRuling():
            return [*co_signature.co_sign(dispute, rules, command)]
        case RefuseCoSignature():
            return [*co_signature.refuse(dispute, rules, command)]
        case Appeal():
            return [*appeal.appeal(dispute, rules, command)]
        case SendBack():
            return [*appeal.send_back(dispute, rules, command)]
        case WithdrawAppeal():
            return [*appeal.withdraw(dispute, rules, command)]
        case WaiveAppeal():
            return [*adjudication.waive_appeal(dispute, rules, command)]
        case RequestSetAside():
            return [*set_aside.request(dispute, rules, command)]
        case SetDefaultAside():
            return [*set_aside.set_aside(dispute, rules, command)]
        case RefuseSetAside():
            return [*set_aside.refuse(dispute, command)]
        case SendGoods():
            return [*handover.send(dispute, command)]
        case ContestGoods():
            return [*handover.contest(dispute, command)]
        case DecideGoods():
            return [*handover.decide(dispute, command)]
        case InstructRefund():
            return [*remedy.instruct(execution, command)]
        case ConfirmRefund():
            return [*remedy.confirm(execution, command)]
        case FailRefund():
            return [*remedy.fail(execution, rules, command)]
        case RetryRefund():
            return [*remedy.retry(execution, rules, command)]
        case ReferRefund():
            return [*remedy.refer(execution, rules, command)]
        case SettleRefundOtherwise():
            return [*remedy.settle(execution, command)]
        case ReleaseRefund():
            return [*remedy.release(execution, command)]
        case MakeCommitment():
            return [*promises.make(dispute, case.transaction, command)]
        case KeepCommitment():
            return [*promises.keep(dispute, command)]
        case WaiveCommitment():
            return [*promises.waive(dispute, command)]
        case ReplaceCommitment():
            return [*promises.replace_with(dispute, case.transaction, command)]
        case Withdraw():
            return [*closure.withdraw(dispute, rules, command)]
        case DeclareInadmissible():
            return [*admissibility.declare(dispute, rules, case.transaction, command)]
        case OrderStay():
            return [*stay.order(dispute, rules, command)]
        case LiftStay():
            return [*stay.lift(dispute, command)]
        case ExtendDeadline():
            return [*stay.extend(dispute, rules, command)]
        case RecordParallelProceeding():
            return [*stay.record(dispute, command)]
        case EndParallelProceeding():
            return [*stay.end(dispute, command)]
        case RecordRefundElsewhere():
            return [*elsewhere.record(dispute, rules, case.transaction, command)]
        case Reopen():
            return [*reopening.reopen(dispute, rules, case.transaction, case.refund, command)]
        case RateHandling():
            return [*reopening.rate(dispute, command)]
        case JoinIncident():
            return [*membership.join(dispute, case.incident, command)]
        case LeaveIncident():
            return [*membership.leave(dispute, case.incident, command)]
        case AnswerShared():
            return [*membership.answer(dispute, case.incident, command)]
        case CarryBulkAct():
            return membership.carry(dispute, rules, case.incident, command)
        case RecordNotReached():
            return [*membership.not_reached(dispute, command)]
        case CountCase():
            return [*recommendations.count(dispute, rules, case.claims, command)]
        case AnswerRecommendation():
            return [*recommendations.answer(dispute, case.claims, command)]
        case RecordLapses():
            return []
        case _:
            assert_never(command)


def _ruled(case: Case, dispute: Dispute, rules: Policy, command: IssueRuling) -> list[Event]:
    """With what it rests on of what the dispute's incident shared."""
    ruled: list[Event] = [*adjudication.rule(dispute, rules, case.mandate, command)]
    for issued in [event for event in ruled if isinstance(event, RulingIssued)]:
        membership.check_citable(dispute, rules, case.incident, command)
        ruled += membership.cited(dispute, command, issued)
    return ruled
