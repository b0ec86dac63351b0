"""What anybody may ask for: the unions of all commands."""

from domain.admissibility import DeclareInadmissible
from domain.appeal import Appeal, SendBack, WithdrawAppeal
from domain.assignment import HandOver, ReassignNeutral, Recuse
from domain.caucus import ConsentToNeutral, PostInCaucus
from domain.closure import CancelDispute, Withdraw
from domain.co_signature import CoSignRuling, RefuseCoSignature
from domain.conversation import PostMessage
from domain.elsewhere import RecordRefundElsewhere
from domain.erasure import PersonCommand, PursueErasure, RecordErased, RequestErasure
from domain.escalation import AssignNeutral, Escalate
from domain.evidence import AddExhibit, AnswerExhibit, WithdrawExhibit
from domain.evidence_requests import RequestEvidence
from domain.filing import FileDispute
from domain.handover import ContestGoods, DecideGoods, SendGoods
from domain.incident import IncidentCommand
from domain.independence import ChallengeNeutral, DecideChallenge, DeclareInterests
from domain.key_questions import AnswerKeyQuestions
from domain.mandate import MandateCommand
from domain.membership import AnswerShared, CarryBulkAct, JoinIncident, LeaveIncident, RecordNotReached
from domain.negotiation import AcceptOffer, MakeOffer, RejectOffer
from domain.outage import RecordOutage
from domain.pleadings import RaiseCounterclaim, Rebut
from domain.policy import PublishPolicy
from domain.promises import KeepCommitment, MakeCommitment, ReplaceCommitment, WaiveCommitment
from domain.proposal import AcceptProposal, DeclareImpasse, MakeProposal, RefuseProposal
from domain.recommendations import AnswerRecommendation, CountCase
from domain.reconciliation import ReconciliationCommand
from domain.refund_execution import ConfirmRefund, InstructRefund, ReleaseRefund
from domain.refund_failure import FailRefund
from domain.refund_referral import ReferRefund, RetryRefund, SettleRefundOtherwise
from domain.reopening import RateHandling, Reopen
from domain.representation import EndRepresentation, NameRepresentative
from domain.response import Respond
from domain.rulings import IssueRuling, WaiveAppeal
from domain.set_aside import RefuseSetAside, RequestSetAside, SetDefaultAside
from domain.silence import RecordLapses
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
    | CancelDispute
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
    | RequestErasure
    | PursueErasure
    | RecordErased
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
    | PersonCommand
)
