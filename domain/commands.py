"""What anybody may ask for: the unions of all commands."""

from domain.clocks.stay import EndParallelProceeding, ExtendDeadline, LiftStay, OrderStay, RecordParallelProceeding
from domain.commitments.acts import KeepCommitment, MakeCommitment, ReplaceCommitment, WaiveCommitment
from domain.evidence.exhibits import AddExhibit, AnswerExhibit, WithdrawExhibit
from domain.evidence.requests import RequestEvidence
from domain.filing.admissibility import DeclareInadmissible
from domain.filing.file_dispute import FileDispute
from domain.filing.key_questions import AnswerKeyQuestions
from domain.filing.pleadings import RaiseCounterclaim, Rebut
from domain.filing.recommendations import AnswerRecommendation, CountCase
from domain.filing.representation import EndRepresentation, NameRepresentative
from domain.filing.response import Respond
from domain.filing.set_aside import RefuseSetAside, RequestSetAside, SetDefaultAside
from domain.incidents.incident import IncidentCommand
from domain.incidents.membership import AnswerShared, CarryBulkAct, JoinIncident, LeaveIncident, RecordNotReached
from domain.neutral.assignment import HandOver, ReassignNeutral, Recuse
from domain.neutral.escalation import AssignNeutral, Escalate
from domain.neutral.independence import ChallengeNeutral, DecideChallenge, DeclareInterests
from domain.neutral.mandate import MandateCommand
from domain.payments.execution import ConfirmRefund, InstructRefund, ReleaseRefund
from domain.payments.failure import FailRefund
from domain.payments.reconciliation import ReconciliationCommand
from domain.payments.referral import ReferRefund, RetryRefund, SettleRefundOtherwise
from domain.policy.book import PublishPolicy
from domain.policy.outages import RecordOutage
from domain.privacy.erasure import PersonCommand, PursueErasure, RecordErased, RequestErasure
from domain.remedies.closure import CancelDispute, Withdraw
from domain.remedies.elsewhere import RecordRefundElsewhere
from domain.remedies.handover import ContestGoods, DecideGoods, SendGoods
from domain.remedies.reopening import RateHandling, Reopen
from domain.ruling.appeal import Appeal, SendBack, WithdrawAppeal
from domain.ruling.co_signature import CoSignRuling, RefuseCoSignature
from domain.ruling.issue import IssueRuling, WaiveAppeal
from domain.settlement.caucus import ConsentToNeutral, PostInCaucus
from domain.settlement.conversation import PostMessage
from domain.settlement.negotiation import AcceptOffer, MakeOffer, RejectOffer
from domain.settlement.proposal import AcceptProposal, DeclareImpasse, MakeProposal, RefuseProposal
from domain.silence import RecordLapses

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
