"""Each act to the decision of its stage."""

from typing import assert_never

from domain.case import Case
from domain.clocks import stay
from domain.clocks.stay import EndParallelProceeding, ExtendDeadline, LiftStay, OrderStay, RecordParallelProceeding
from domain.commands import DisputeCommand
from domain.commitments import acts as promises
from domain.commitments.acts import KeepCommitment, MakeCommitment, ReplaceCommitment, WaiveCommitment
from domain.dispute.state import Dispute
from domain.evidence import exhibits as evidence
from domain.evidence import requests as evidence_requests
from domain.evidence.exhibits import AddExhibit, AnswerExhibit, WithdrawExhibit
from domain.evidence.requests import RequestEvidence
from domain.filing import admissibility, key_questions, pleadings, recommendations, representation, response, set_aside
from domain.filing.admissibility import DeclareInadmissible
from domain.filing.key_questions import AnswerKeyQuestions
from domain.filing.pleadings import RaiseCounterclaim, Rebut
from domain.filing.recommendations import AnswerRecommendation, CountCase
from domain.filing.representation import EndRepresentation, NameRepresentative
from domain.filing.response import Respond
from domain.filing.set_aside import RefuseSetAside, RequestSetAside, SetDefaultAside
from domain.incidents import membership
from domain.incidents.membership import AnswerShared, CarryBulkAct, JoinIncident, LeaveIncident, RecordNotReached
from domain.kernel.base import Event
from domain.neutral import assignment, escalation, independence
from domain.neutral.assignment import HandOver, ReassignNeutral, Recuse
from domain.neutral.escalation import AssignNeutral, Escalate
from domain.neutral.independence import ChallengeNeutral, DecideChallenge, DeclareInterests
from domain.payments import execution as refund_execution
from domain.payments import failure as refund_failure
from domain.payments import referral as refund_referral
from domain.payments.execution import ConfirmRefund, Execution, InstructRefund, ReleaseRefund
from domain.payments.failure import FailRefund
from domain.payments.referral import ReferRefund, RetryRefund, SettleRefundOtherwise
from domain.policy.policy import Policy
from domain.privacy import erasure
from domain.privacy.erasure import PursueErasure, RecordErased, RequestErasure
from domain.remedies import closure, elsewhere, handover, reopening
from domain.remedies.closure import CancelDispute, Withdraw
from domain.remedies.elsewhere import RecordRefundElsewhere
from domain.remedies.handover import ContestGoods, DecideGoods, SendGoods
from domain.remedies.reopening import RateHandling, Reopen
from domain.ruling import appeal, co_signature
from domain.ruling import issue as rulings
from domain.ruling.appeal import Appeal, SendBack, WithdrawAppeal
from domain.ruling.co_signature import CoSignRuling, RefuseCoSignature
from domain.ruling.issue import IssueRuling, WaiveAppeal
from domain.ruling.ruling_facts import RulingIssued
from domain.settlement import caucus, conversation, negotiation, proposal
from domain.settlement.caucus import ConsentToNeutral, PostInCaucus
from domain.settlement.conversation import PostMessage
from domain.settlement.negotiation import AcceptOffer, MakeOffer, RejectOffer
from domain.settlement.proposal import AcceptProposal, DeclareImpasse, MakeProposal, RefuseProposal
from domain.silence import RecordLapses


def act(case: Case, dispute: Dispute, rules: Policy, command: DisputeCommand) -> list[Event]:  # noqa: C901, PLR0915 - one arm a command
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
            return [*conversation.post(dispute, rules, case.conversation, command)]
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
            return [*rulings.waive_appeal(dispute, rules, command)]
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
            return [*refund_execution.instruct(execution, command)]
        case ConfirmRefund():
            return [*refund_execution.confirm(execution, command)]
        case FailRefund():
            return [*refund_failure.fail(execution, rules, command)]
        case RetryRefund():
            return [*refund_referral.retry(execution, rules, command)]
        case ReferRefund():
            return [*refund_referral.refer(execution, rules, command)]
        case SettleRefundOtherwise():
            return [*refund_referral.settle(execution, command)]
        case ReleaseRefund():
            return [*refund_execution.release(execution, command)]
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
        case CancelDispute():
            return [*closure.cancel(dispute, rules, command)]
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
        case RequestErasure():
            return [*erasure.request(dispute, case.policies, case.person, command)]
        case PursueErasure():
            return [*erasure.pursue(dispute, case.policies, case.person, command)]
        case RecordErased():
            return [*erasure.record(dispute, case.person, command)]
        case RecordLapses():
            return []
        case _:
            assert_never(command)


def _ruled(case: Case, dispute: Dispute, rules: Policy, command: IssueRuling) -> list[Event]:
    """With what it rests on of what the dispute's incident shared."""
    ruled: list[Event] = [*rulings.rule(dispute, rules, case.mandate, command)]
    for issued in [event for event in ruled if isinstance(event, RulingIssued)]:
        membership.check_citable(dispute, rules, case.incident, command)
        ruled += membership.cited(dispute, command, issued)
    return ruled
