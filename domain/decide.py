"""From a command to the facts it makes: the one way into the rules.

lapses due before now  →  the decision itself  →  what follows from where the dispute now stands
"""

from dataclasses import dataclass
from typing import assert_never

from domain import (
    adjudication,
    appeal,
    caucus,
    closure,
    co_signature,
    conversation,
    escalation,
    evidence,
    evidence_requests,
    filing,
    mandate,
    negotiation,
    pleadings,
    policy,
    promises,
    proposal,
    remedy,
    response,
    set_aside,
    transaction,
)
from domain.adjudication import IssueRuling, WaiveAppeal
from domain.appeal import Appeal, SendBack
from domain.base import Event, Instant
from domain.case import Case, after
from domain.caucus import ConsentToNeutral, PostInCaucus
from domain.closure import DisputeClosed, Withdraw
from domain.co_signature import CoSignRuling, RefuseCoSignature
from domain.conversation import PostMessage
from domain.dispute import Dispute
from domain.escalation import AssignNeutral, Escalate
from domain.evidence import AddExhibit, AnswerExhibit, WithdrawExhibit
from domain.evidence_requests import RequestEvidence
from domain.filing import FileDispute
from domain.mandate import GrantMandate
from domain.negotiation import AcceptOffer, MakeOffer, RejectOffer
from domain.pleadings import RaiseCounterclaim, Rebut
from domain.policy import Policy, PublishPolicy
from domain.promises import KeepCommitment, MakeCommitment, ReplaceCommitment, WaiveCommitment
from domain.proposal import AcceptProposal, DeclareImpasse, MakeProposal, RefuseProposal
from domain.refusals import UnknownDispute
from domain.remedy import ConfirmRefund, Execution, FailRefund, InstructRefund, ReleaseRefund
from domain.response import Respond
from domain.set_aside import RefuseSetAside, RequestSetAside, SetDefaultAside
from domain.silence import RecordLapses, lapses
from domain.standing import aftermath

DisputeCommand = (
    Respond
    | AddExhibit
    | WithdrawExhibit
    | AnswerExhibit
    | RequestEvidence
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
    | RequestSetAside
    | SetDefaultAside
    | RefuseSetAside
    | InstructRefund
    | ConfirmRefund
    | FailRefund
    | ReleaseRefund
    | MakeCommitment
    | KeepCommitment
    | WaiveCommitment
    | ReplaceCommitment
    | Withdraw
    | RecordLapses
)
AnyCommand = DisputeCommand | FileDispute | PublishPolicy | GrantMandate


@dataclass(frozen=True, slots=True)
class Fact:
    """An event and the instant at which it took effect: that of the command, or for a lapse when it was due."""

    event: Event
    occurred_at: Instant


def decide(case: Case, command: AnyCommand) -> list[Fact]:
    """What the command makes happen; nothing, where it already is so.

    Raises:
        Refusal: a rule says no. Lapses that were due are then left to the clock, which records them by itself.
    """
    match command:
        case FileDispute():
            if case.dispute is not None:
                return []
            events: list[Event] = [*filing.file(case.transaction, case.policies, command)]
        case PublishPolicy():
            events = [*policy.publish(case.policies, command)]
        case GrantMandate():
            events = [*mandate.grant(case.mandate, command)]
        case _:
            return _on_dispute(case, command)
    return [Fact(event, command.now) for event in events]


def _on_dispute(case: Case, command: DisputeCommand) -> list[Fact]:
    if case.dispute is None:
        raise UnknownDispute(dispute_id=str(command.dispute_id))
    rules = case.policies.version(case.dispute.policy_version)
    facts: list[Fact] = []

    def happen(events: list[Event], at: Instant) -> None:
        nonlocal case
        for event in events:
            facts.append(Fact(event, at))
            case = after(case, event, at)
        if any(isinstance(event, DisputeClosed) for event in events):
            dispute_id = _dispute(case).id
            happen(
                [*transaction.end_claim(case.transaction, dispute_id), *mandate.give_back(case.mandate, dispute_id)], at
            )

    if command.silence:
        for at, events in lapses(case.dispute, rules, command.now):
            happen([*events], at)
    if not isinstance(command, AssignNeutral):
        escalation.check_not_a_stranger(_dispute(case), command.actor)
    act = _act(case, _dispute(case), rules, command)
    if act:
        # asked before the act: taking a case on is not yet looking at it
        keeping = escalation.kept_by_acting(_dispute(case), command.actor, command.now)
        happen([*act, *keeping], command.now)
        if any(f.event.stream == "dispute" for f in facts):
            happen([*aftermath(_dispute(case))], command.now)
    return facts


def _dispute(case: Case) -> Dispute:
    assert case.dispute is not None
    return case.dispute


def _act(case: Case, dispute: Dispute, rules: Policy, command: DisputeCommand) -> list[Event]:  # noqa: C901 - one arm a command
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
            return [*escalation.assign(dispute, rules, case.mandate, command)]
        case MakeProposal():
            return [*proposal.propose(dispute, rules, command)]
        case AcceptProposal():
            return [*proposal.accept(dispute, rules, command)]
        case RefuseProposal():
            return [*proposal.refuse(dispute, command)]
        case DeclareImpasse():
            return [*proposal.declare_impasse(dispute, command)]
        case IssueRuling():
            return [*adjudication.rule(dispute, rules, case.mandate, command)]
        case CoSignRuling():
            return [*co_signature.co_sign(dispute, rules, command)]
        case RefuseCoSignature():
            return [*co_signature.refuse(dispute, rules, command)]
        case Appeal():
            return [*appeal.appeal(dispute, rules, case.mandate, command)]
        case SendBack():
            return [*appeal.send_back(dispute, rules, case.mandate, command)]
        case WaiveAppeal():
            return [*adjudication.waive_appeal(dispute, rules, command)]
        case RequestSetAside():
            return [*set_aside.request(dispute, rules, command)]
        case SetDefaultAside():
            return [*set_aside.set_aside(dispute, rules, command)]
        case RefuseSetAside():
            return [*set_aside.refuse(dispute, command)]
        case InstructRefund():
            return [*remedy.instruct(execution, command)]
        case ConfirmRefund():
            return [*remedy.confirm(execution, command)]
        case FailRefund():
            return [*remedy.fail(execution, command)]
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
            return [*closure.withdraw(dispute, command)]
        case RecordLapses():
            return []
        case _:
            assert_never(command)
