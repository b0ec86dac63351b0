"""Disputes played through the deciders into a real log, for the views to follow."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID, uuid4

from domain.access.revocation import RevokeToken, RevokeTokensOfSubject
from domain.clocks.proceedings import EndParallelProceeding, RecordParallelProceeding
from domain.clocks.stay import LiftStay, OrderStay
from domain.commands import AnyCommand, DisputeCommand
from domain.commitments.events import CommitmentKind, Participant, refund_id_of
from domain.commitments.keeping import KeepCommitment
from domain.commitments.promising import MakeCommitment
from domain.commitments.state import Commitment
from domain.commitments.waiving import ReplaceCommitment, WaiveCommitment
from domain.contacts.contacts import DestroyContacts, RecordContact
from domain.course import Fact
from domain.decide import decide
from domain.dispute.case import EMPTY, Case
from domain.evidence.attachments import FileAsExhibit
from domain.evidence.exhibit_facts import File, NewExhibit
from domain.evidence.exhibits import AddExhibit, AnswerExhibit, WithdrawExhibit
from domain.evidence.machine_reading import FoundBlock, RecordFileNotRead, RecordTextFound
from domain.evidence.machine_reading_facts import Box, Page
from domain.evidence.requests import RequestEvidence
from domain.filing.admissibility import DeclareInadmissible
from domain.filing.delivery import ReportDelivery
from domain.filing.file_dispute import FileDispute, ResolveClaim
from domain.filing.filing_facts import Claim, Line, Order, ReliefSought, Tracking
from domain.filing.key_question_facts import NewAnswer
from domain.filing.key_questions import AnswerKeyQuestions
from domain.filing.pleading_facts import OnCounterclaim
from domain.filing.pleadings import RaiseCounterclaim, Rebut
from domain.filing.recommendations import AnswerRecommendation, CountCase
from domain.filing.representation import EndRepresentation, NameRepresentative
from domain.filing.response import Respond
from domain.filing.response_facts import Answer, WithdrawalGround
from domain.filing.review import AnswerReview, RequestReview
from domain.filing.set_aside import RefuseSetAside, RequestSetAside, SetDefaultAside
from domain.filing.standing_rules import ApplyStandingRules, SetStandingRules, WithdrawStandingRules
from domain.filing.standing_rules_facts import StandingRule
from domain.incidents.incident import (
    CloseIncident,
    IncidentCommand,
    OfferToAll,
    OpenIncident,
    ProposeToAll,
    ShareExhibit,
    ShareFinding,
)
from domain.incidents.incident_facts import IncidentKind, SameSum, Share
from domain.incidents.membership import AnswerShared, CarryBulkAct, JoinIncident, LeaveIncident, RecordNotReached
from domain.kernel.base import OF_DISPUTE, Actor, Role
from domain.kernel.money import Money
from domain.kernel.people import Party, Side, Text, Words
from domain.kernel.text_places import TextPlace
from domain.kernel.windows import Window
from domain.neutral.assignment import HandOver, ReassignNeutral
from domain.neutral.escalation import AssignNeutral, Escalate
from domain.neutral.independence import ChallengeNeutral, DecideChallenge, DeclareInterests
from domain.neutral.mandate import BeginLeave, CloseMandate, EndLeave, GrantMandate, MandateCommand
from domain.neutral.mandate_facts import Mandate
from domain.notices.notices import CancelNotice, MakeNotice, RecordBounce, RecordNoticeDelivered, RecordNoticeSent
from domain.notices.notices_facts import Cause, ToldDeadline
from domain.notices.otherwise import DeemTold, RecordReached
from domain.payments.execution import ConfirmRefund, InstructRefund, ReleaseRefund
from domain.payments.failure import FailRefund
from domain.payments.reconciliation import ExplainDifference, RecordComparison
from domain.payments.reconciliation_facts import Difference
from domain.payments.referral import RetryRefund, SettleRefundOtherwise
from domain.payments.refund_facts import Refund
from domain.policy.book import FIRST_POLICY, PolicyBook
from domain.policy.claim_limits import AbuseRules
from domain.policy.legal_basis_rules import LegalBasis
from domain.policy.notice_rules import NoticeRules
from domain.policy.party_request_rules import PartyRequestRules
from domain.policy.policy import Policy, Silence, TranslationRules, Windows
from domain.policy.reasons import ClaimReason
from domain.policy.reminder_rules import Reminder
from domain.privacy.access import AnswerAccess, RequestAccess
from domain.privacy.erasure import (
    PursueErasure,
    RecordCompleted,
    RecordErased,
    RequestErasure,
    TookPart,
)
from domain.privacy.legal_hold import LiftLegalHold, PlaceLegalHold
from domain.privacy.reach import GiveMailAddress
from domain.privacy.rectification import RectifyRecord
from domain.remedies.closure import CancelDispute, Withdraw
from domain.remedies.division_facts import Division
from domain.remedies.elsewhere import RecordRefundElsewhere, TakeBackRefundElsewhere
from domain.remedies.goods_facts import Goods, GoodsAct
from domain.remedies.handover import ContestGoods, DecideGoods, SendGoods
from domain.remedies.inspection import InspectGoods
from domain.remedies.inspection_facts import InspectedLine
from domain.remedies.reopening import RateHandling, Reopen
from domain.remedies.return_details import AddReturnLabel, GiveReturnDetails
from domain.remedies.voucher_facts import Voucher
from domain.remedies.vouchers import IssueVoucher
from domain.ruling.appeal import Appeal, SendBack, WithdrawAppeal
from domain.ruling.co_signature import CoSignRuling, RefuseCoSignature
from domain.ruling.rulings import IssueRuling, WaiveAppeal
from domain.settlement.caucus import ConsentToNeutral, PostInCaucus
from domain.settlement.conversation import PostMessage
from domain.settlement.negotiation import AcceptOffer, MakeOffer, RejectOffer
from domain.settlement.notes import WriteNote
from domain.settlement.party_requests import (
    AnswerPartyRequest,
    DeclinePartyRequest,
    MakePartyRequest,
    WithdrawPartyRequest,
)
from domain.settlement.proposal import AcceptProposal, DeclareImpasse, MakeProposal, RefuseProposal
from domain.settlement.replies import NoReplyNeeded, SeeMessages
from domain.settlement.translation import (
    ApproveTranslation,
    CorrectTranslation,
    GiveUpTranslation,
    RecordLanguage,
    RecordRepeated,
    RecordSent,
    RecordTranslation,
    Wanted,
)
from domain.settlement.translation_facts import translation_id_of
from domain.silence import RecordLapses
from domain.streams import after, streams
from mediation.store.log.log import EventLog
from mediation.store.log.requests import Append, Pending, Stored
from tests.domain.law.rules import LENIENT

START = datetime(2026, 11, 2, 10, tzinfo=UTC)
"""A Monday."""

PLAIN = "Klartext"
"""Part of every personal text in these plays, and of nothing else."""


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def eur(amount: str) -> Money:
    return Money.of(amount, "EUR")


def says(text: str) -> Words:
    return Words(text=f"{PLAIN} {text}", language="en")


_MANDATES: tuple[Literal["mandate", "predecessor"], ...] = ("mandate", "predecessor")
_NOBODY = UUID(int=0)


@dataclass
class Play:
    """One dispute. `do` decides, appends and remembers. Times are days after `START`."""

    log: EventLog
    marketplace: str = "alpha"
    claimed: str = "129.90"
    dispute: UUID = field(default_factory=uuid4)
    order: UUID = field(default_factory=uuid4)
    buyer: UUID = field(default_factory=uuid4)
    seller: UUID = field(default_factory=uuid4)
    neutral: UUID = field(default_factory=uuid4)
    incident: UUID = field(default_factory=uuid4)
    line: UUID = field(default_factory=uuid4)
    case: Case = EMPTY
    position: int = 0
    played: list[Fact] = field(default_factory=list)
    _versions: defaultdict[UUID, int] = field(default_factory=lambda: defaultdict(int))
    _refunds: dict[UUID, Refund] = field(default_factory=dict)
    _mandates: dict[UUID, Mandate] = field(default_factory=dict)

    async def do(self, command: AnyCommand) -> "Play":
        ids = streams(command, self.case)
        case = replace(
            self.case,
            refund=self._refunds.get(_refund_of(command)),
            mandate=self._mandates.get(ids.get("mandate", _NOBODY)),
            predecessor=self._mandates.get(ids.get("predecessor", _NOBODY)),
        )
        facts = decide(case, command)
        pending = []
        for fact in facts:
            case = after(case, fact.event, fact.occurred_at, fact.stream)
            stream_id = ids[fact.stream]
            self._versions[stream_id] += 1
            belongs = fact.event.stream in OF_DISPUTE
            dispute_id = self.dispute if belongs else None
            pending.append(Pending(stream_id, self._versions[stream_id], dispute_id, fact.occurred_at, fact.event))
        if case.refund is not None:
            self._refunds[case.refund.id] = case.refund
        self._mandates |= {ids[slot]: held for slot in _MANDATES if (held := getattr(case, slot)) is not None}
        self.case = case
        self.played += facts
        if pending:
            stored = await self.log.append(
                Append(self.marketplace, command.actor.subject, uuid4(), uuid4(), tuple(pending))
            )
            assert isinstance(stored, Stored)
            self.position = stored.last_position
        return self

    def _by(self, role: Role, at: float, **more: Any) -> dict[str, Any]:
        subjects = {Role.BUYER: self.buyer, Role.SELLER: self.seller, Role.NEUTRAL: self.neutral}
        actor = Actor(subject=subjects.get(role) or uuid4(), role=role)
        return {"marketplace": self.marketplace, "actor": actor, "now": day(at), **more}

    def _here(self, role: Role, at: float, **more: Any) -> dict[str, Any]:
        return self._by(role, at, dispute_id=self.dispute, **more)

    def _party(self, subject: UUID, name: str, country: str, zone: str, language: str) -> Party:
        return Party(
            subject=subject,
            id=f"{PLAIN} {name}",
            name=f"{PLAIN} {name}",
            email=f"{PLAIN}@{name}.example",
            country=country,
            time_zone=zone,
            language=language,
            tier="standard",
        )

    async def filed(
        self,
        at: float = 0,
        reason: ClaimReason = ClaimReason.NOT_AS_DESCRIBED,
        *,
        imported: bool = False,
        resolved: bool = False,
        basis: LegalBasis | None = None,
        **transaction: Any,
    ) -> "Play":
        """`transaction` replaces fields of the order. `resolved`: the marketplace grants the claim in the same act."""
        order = Order(
            subject=self.buyer,
            transaction_id=self.order,
            order_id=f"{PLAIN} O-77",
            paid=eur("500.00"),
            paid_at=day(-20),
            delivered_at=day(-5),
            lines=(
                Line(
                    key=self.line,
                    subject=self.buyer,
                    id=f"{PLAIN} 1",
                    title=f"{PLAIN} a lamp",
                    quantity=1,
                    amount=eur("500.00"),
                ),
            ),
        )
        claim = Claim(
            reason=reason,
            lines=(self.line,),
            amount=eur(self.claimed),
            relief_sought=ReliefSought.REFUND,
            statement=Text(text=f"{PLAIN} rotto", language="it", author=self.buyer),
            legal_basis=basis,
        )
        filing: dict[str, Any] = {
            **self._here(Role.MARKETPLACE if resolved else Role.BUYER, at, imported=imported),
            "reference": f"{PLAIN} MP-1",
            "reference_key": uuid4(),
            "order": order.model_copy(update=transaction),
            "buyer": self._party(self.buyer, "bianca", "IT", "Europe/Rome", "it"),
            "seller": self._party(self.seller, "shen", "CN", "Asia/Shanghai", "zh-Hans"),
            "claimant": Side.BUYER,
            "claim": claim,
        }
        if resolved:
            return await self.do(ResolveClaim(**filing, ground="proven", said=says("it is on its way")))
        return await self.do(FileDispute(**filing))

    async def answers(
        self, answer: Answer, at: float, conceded: str | None = None, ground: WithdrawalGround | None = None
    ) -> "Play":
        part, told = eur(conceded) if conceded else None, says("no fault")
        return await self.do(
            Respond(**self._here(Role.SELLER, at), answer=answer, conceded=part, statement=told, ground=ground)
        )

    async def offers(self, by: Role, amount: str, at: float, counters: int | None = None) -> "Play":
        command = MakeOffer(**self._here(by, at), amount=eur(amount), counters=counters, message=says("my offer"))
        return await self.do(command)

    async def accepts(self, by: Role, number: int, at: float) -> "Play":
        return await self.do(AcceptOffer(**self._here(by, at), number=number))

    async def rejects(self, by: Role, number: int, at: float) -> "Play":
        return await self.do(RejectOffer(**self._here(by, at), number=number, message=says("too little")))

    async def exhibits(self, by: Role, at: float) -> "Play":
        exhibit = NewExhibit(description=says("a photograph"), file=self._file(by))
        return await self.do(AddExhibit(**self._here(by, at), exhibit=exhibit))

    def _file(self, by: Role) -> File:
        return File(
            blob_id=uuid4(),
            author=self.buyer if by is Role.BUYER else self.seller,
            name=f"{PLAIN}.jpg",
            media_type="image/jpeg",
            size=9,
            sha256="0" * 64,
            sealed_sha256="1" * 64,
        )

    async def takes_back_exhibit(self, by: Role, number: int, at: float) -> "Play":
        return await self.do(WithdrawExhibit(**self._here(by, at), number=number))

    async def writes(self, by: Role, text: str, at: float, **fields: Any) -> "Play":
        return await self.do(PostMessage(**self._here(by, at), message=says(text), channel="web", **fields))

    async def sends_files(self, by: Role, at: float) -> "Play":
        return await self.writes(by, "see the pictures", at, files=(self._file(by), self._file(by)))

    async def noticed(self, to: Side, at: float, fact: str, template: str, **fields: Any) -> "Play":
        """A notice of one fact is made."""
        subject = self.buyer if to is Side.BUYER else self.seller
        said = {"heading": PLAIN, "text": PLAIN, "language": "it", "time_zone": "Europe/Rome", "written_at": day(at)}
        told = {
            "causes": (Cause(id=uuid4(), fact=fact, template=template),),
            **said,
            "way": "mail",
            "message_id": f"<{uuid4()}@mail.example>",
            **fields,
        }
        deadline = ToldDeadline(name="response", about="response", due_at=day(9))
        return await self.does(MakeNotice, Role.ENGINE, at, to=to, subject=subject, deadlines=(deadline,), **told)

    async def escalates(self, by: Role, at: float) -> "Play":
        return await self.do(Escalate(**self._here(by, at), reason=says("we are stuck")))

    async def is_assigned(self, at: float, authority: str = "500.00") -> "Play":
        granted = GrantMandate(
            **self._by(Role.ADMINISTRATOR, at), neutral=self.neutral, languages=("en",), authority=(eur(authority),)
        )
        await self.do(granted)
        return await self.do(AssignNeutral(**self._here(Role.SUPERVISOR, at), neutral=self.neutral))

    async def does(self, kind: type[DisputeCommand], by: Role, at: float, **fields: Any) -> "Play":
        return await self.do(kind(**self._here(by, at), **fields))

    async def groups(self, kind: type[IncidentCommand], by: Role, at: float, **fields: Any) -> "Play":
        return await self.do(kind(**self._by(by, at), incident_id=self.incident, **fields))

    async def moves(self, kind: type[JoinIncident] | type[LeaveIncident], at: float, **fields: Any) -> "Play":
        return await self.do(kind(**self._here(Role.SUPERVISOR, at), incident_id=self.incident, **fields))

    async def is_reached(self, by: Role, number: int, at: float) -> "Play":
        about: dict[str, Any] = {"incident_id": self.incident, "number": number, "words": says("for all")}
        return await self.do(CarryBulkAct(**self._here(by, at), **about))

    async def about_mandate(self, kind: type[MandateCommand], at: float, **fields: Any) -> "Play":
        return await self.do(kind(**self._by(Role.ADMINISTRATOR, at), neutral=self.neutral, **fields))

    async def proposes(self, to_claimant: str, at: float) -> "Play":
        terms = self._division(to_claimant)
        return await self.do(MakeProposal(**self._here(Role.NEUTRAL, at), terms=terms, reasons=says("fair to both")))

    async def accepts_proposal(self, by: Role, number: int, at: float) -> "Play":
        return await self.do(AcceptProposal(**self._here(by, at), number=number))

    async def refuses_proposal(self, by: Role, number: int, at: float) -> "Play":
        return await self.do(RefuseProposal(**self._here(by, at), number=number, message=says("never")))

    async def sees_no_agreement(self, at: float) -> "Play":
        return await self.do(DeclareImpasse(**self._here(Role.NEUTRAL, at), reasons=says("they will not agree")))

    async def rules(self, to_claimant: str, at: float, inferences: tuple[int, ...] = (), **more: Any) -> "Play":
        return await self.do(
            IssueRuling(
                **self._here(Role.NEUTRAL, at),
                award=self._division(to_claimant),
                cites_clauses=("conformity",),
                addresses_inferences=inferences,
                **more,
                reasons=says("the lamp was broken"),
            )
        )

    def another_neutral(self) -> None:
        """From now on another person is the neutral."""
        self.neutral = uuid4()

    async def waives_appeal(self, by: Role, at: float) -> "Play":
        return await self.do(WaiveAppeal(**self._here(by, at)))

    async def withdraws(self, at: float) -> "Play":
        return await self.do(Withdraw(**self._here(Role.BUYER, at), reason=says("it works now")))

    async def time_passes(self, at: float) -> "Play":
        return await self.do(RecordLapses(**self._here(Role.ENGINE, at)))

    async def promises(self, by: Role, at: float, due: float) -> "Play":
        owed_by, owed_to = Participant(by.value), Participant.BUYER if by is Role.SELLER else Participant.SELLER
        return await self.do(
            MakeCommitment(
                **self._here(by, at),
                kind=CommitmentKind.REPLY,
                owed_by=owed_by,
                owed_to=owed_to,
                due_at=day(due),
                note=says("I shall write"),
            )
        )

    async def is_kept(self, commitment_id: UUID, by: Role, at: float) -> "Play":
        note = says("thank you")
        return await self.do(KeepCommitment(**self._here(by, at), commitment_id=commitment_id, note=note))

    async def is_waived(self, commitment_id: UUID, by: Role, at: float) -> "Play":
        note = says("never mind")
        return await self.do(WaiveCommitment(**self._here(by, at), commitment_id=commitment_id, note=note))

    async def is_replaced(self, commitment_id: UUID, by: Role, at: float, due: float, amount: str) -> "Play":
        return await self.do(
            ReplaceCommitment(
                **self._here(by, at),
                commitment_id=commitment_id,
                kind=CommitmentKind.REFUND,
                amount=eur(amount),
                due_at=day(due),
                note=says("less, and later"),
            )
        )

    async def is_paid_out(self, commitment_id: UUID, at: float) -> "Play":
        return await self.do(InstructRefund(**self._here(Role.ENGINE, at), commitment_id=commitment_id))

    async def is_confirmed(self, commitment_id: UUID, at: float) -> "Play":
        return await self.do(
            ConfirmRefund(
                **self._here(Role.MARKETPLACE, at),
                refund_id=refund_id_of(commitment_id),
                provider_reference=f"{PLAIN} re_1",
            )
        )

    async def fails(self, commitment_id: UUID, at: float) -> "Play":
        refund_id = refund_id_of(commitment_id)
        return await self.do(FailRefund(**self._here(Role.MARKETPLACE, at), refund_id=refund_id, reason="declined"))

    async def is_released(self, commitment_id: UUID, at: float) -> "Play":
        return await self.do(ReleaseRefund(**self._here(Role.ENGINE, at), refund_id=refund_id_of(commitment_id)))

    def owed(self) -> Sequence[Commitment]:
        """The open commitments, in the order in which they were made."""
        assert self.case.dispute is not None
        return list(self.case.dispute.commitments.open.values())

    def _division(self, to_claimant: str) -> Division:
        assert self.case.dispute is not None
        return self.case.dispute.division(eur(to_claimant))


def _refund_of(command: AnyCommand) -> UUID:
    match command:
        case InstructRefund():
            return refund_id_of(command.commitment_id)
        case Reopen(commitment_id=UUID() as commitment_id):
            return refund_id_of(commitment_id)
        case ConfirmRefund() | FailRefund() | ReleaseRefund() | RetryRefund() | SettleRefundOtherwise():
            return command.refund_id
        case _:
            return UUID(int=0)


async def settled_and_paid_late(play: Play) -> Play:
    """An offer is accepted, the refund becomes due, fails once, and is paid late."""
    await play.filed()
    await play.answers(Answer.CONTEST, 0.5)
    await play.offers(Role.SELLER, "20.00", 1)
    await play.offers(Role.BUYER, "60.00", 1.1, counters=1)
    await play.accepts(Role.SELLER, 2, 1.2)
    (owed,) = play.owed()
    await play.is_paid_out(owed.id, 2)
    await play.fails(owed.id, 3)
    await play.time_passes(20)
    return await play.is_confirmed(owed.id, 21)


async def paid_in_two_parts(play: Play) -> Play:
    """The provider reports less than was owed. A supervisor looks, and in the end all of it was paid."""
    await play.filed()
    await play.answers(Answer.CONCEDE, 0.5)
    (owed,) = play.owed()
    await play.is_paid_out(owed.id, 1)
    report: dict[str, Any] = {"refund_id": refund_id_of(owed.id), "provider_reference": f"{PLAIN} re_1"}
    await play.does(ConfirmRefund, Role.MARKETPLACE, 1.1, **report, paid=eur("12.00"))
    return await play.is_confirmed(owed.id, 1.2)


async def refused_and_settled_otherwise(play: Play) -> Play:
    """The provider refuses for good. A supervisor retries without success, and then has it paid in another way. The
    provider says after all that it paid; nobody says yet what became of that money. Its list shows another payment, until
    it is explained.
    """
    await play.filed()
    await play.answers(Answer.CONCEDE, 0.5)
    (owed,) = play.owed()
    refund_id = refund_id_of(owed.id)
    await play.is_paid_out(owed.id, 1)
    await play.does(FailRefund, Role.ENGINE, 1.1, refund_id=refund_id, reason="account_closed")
    await play.does(RetryRefund, Role.SUPERVISOR, 1.2, refund_id=refund_id)
    await play.does(FailRefund, Role.ENGINE, 1.3, refund_id=refund_id, reason="account_closed")
    otherwise: dict[str, Any] = {"how": "bank_transfer", "reference": f"{PLAIN} TRF-1", "reference_key": uuid4()}
    await play.does(SettleRefundOtherwise, Role.SUPERVISOR, 1.4, refund_id=refund_id, **otherwise)
    report: dict[str, Any] = {"provider_reference": f"{PLAIN} re_1", "reference_key": uuid4()}
    await play.does(ConfirmRefund, Role.ENGINE, 1.5, refund_id=refund_id, **report)
    strange = Difference(what="missing_here", payment_key=uuid4(), subject=uuid4(), reference=f"{PLAIN} re_9")
    compared: dict[str, Any] = {"gateway": "sandbox", "since": day(0), "refunds": 1, "payments": 1}
    own = {"marketplace": str(play.order)}  # a marketplace has one comparison, and there are many plays
    await play.do(RecordComparison(**play._by(Role.ENGINE, 2) | own, **compared, found=(strange,)))
    return await play.do(ExplainDifference(**play._by(Role.SUPERVISOR, 3) | own, number=1, note=says("by hand")))


async def ruled_and_paid(play: Play) -> Play:
    """A part is conceded, a proposal refused, the rest ruled. One side waives the appeal, the other lets it lapse."""
    await play.filed()
    await play.exhibits(Role.BUYER, 0.1)
    await play.exhibits(Role.BUYER, 0.2)
    await play.takes_back_exhibit(Role.BUYER, 2, 0.3)
    await play.sends_files(Role.BUYER, 0.4)
    await play.writes(Role.SELLER, "seen", 0.45, in_reply_to=1, machine_written=True)
    await play.does(FileAsExhibit, Role.BUYER, 0.46, message=1, file=2, description=says("the waybill"))
    await play.answers(Answer.CONCEDE_PART, 0.5, "9.90")
    await play.offers(Role.SELLER, "20.00", 1)
    await play.offers(Role.SELLER, "25.00", 2.9)
    await play.escalates(Role.BUYER, 3.1)
    await play.is_assigned(3.5)
    await play.proposes("50.00", 3.7)
    await play.refuses_proposal(Role.SELLER, 1, 3.8)
    await play.writes(Role.NEUTRAL, "I shall rule", 3.85)
    await play.rules("60.00", 3.9)
    await play.waives_appeal(Role.SELLER, 4)
    await play.time_passes(16)
    for owed in [owed for owed in play.owed() if owed.by_refund]:
        await play.is_paid_out(owed.id, 16.5)
        await play.is_confirmed(owed.id, 17)
    return play


async def granted_by_silence(play: Play) -> Play:
    """The seller says nothing. The commitment is replaced, and the new one waived after a failed refund."""
    await play.filed()
    await play.writes(Role.BUYER, "are you there?", 1)
    await play.time_passes(8)
    (owed,) = play.owed()
    await play.is_replaced(owed.id, Role.BUYER, 8.5, 15, "100.00")
    (owed,) = play.owed()
    await play.is_paid_out(owed.id, 9)
    await play.fails(owed.id, 9.5)
    await play.is_waived(owed.id, Role.BUYER, 9.6)
    return await play.is_released(owed.id, 9.7)


async def answered_by_machine(play: Play) -> Play:
    """Under a standing rule a part is offered. The seller withdraws the rules, and stays silent."""
    by_seller = play._by(Role.SELLER, 0, seller=play.seller)
    rule = StandingRule(reasons=(ClaimReason.NOT_AS_DESCRIBED,), up_to=eur("200.00"), answer="offer", share=3000)
    await play.do(SetStandingRules(**by_seller, rules=(rule,)))
    await play.filed()
    await play.do(WithdrawStandingRules(**by_seller))
    await play.does(ApplyStandingRules, Role.ENGINE, 0.1, version=1)
    return await play.time_passes(8)


async def withdrawn_with_promises(play: Play) -> Play:
    """Service commitments, kept, broken and waived, outlive a withdrawn claim."""
    await play.filed()
    await play.promises(Role.SELLER, 0.5, due=2)
    await play.promises(Role.SELLER, 0.6, due=3)
    await play.promises(Role.SELLER, 0.7, due=4)
    first, second, _ = play.owed()
    await play.offers(Role.SELLER, "10.00", 0.8)
    await play.rejects(Role.BUYER, 1, 0.9)
    await play.is_kept(first.id, Role.BUYER, 1)
    await play.is_waived(second.id, Role.BUYER, 1.5)
    await play.withdraws(2)
    return await play.time_passes(5)


async def settled_by_proposal(play: Play) -> Play:
    """Silence escalates, an offer expires, the ruling is overdue, and both sides accept a proposal."""
    await play.filed()
    await play.answers(Answer.CONTEST, 1)
    await play.offers(Role.BUYER, "100.00", 1)
    await play.time_passes(11)
    await play.is_assigned(11.5)
    await play.proposes("70.00", 11.6)
    await play.accepts_proposal(Role.SELLER, 1, 11.7)
    return await play.accepts_proposal(Role.BUYER, 1, 11.8)


async def left_to_supervisor(play: Play) -> Play:
    """A proposal lapses, the neutral declares an impasse, and no ruling comes."""
    await play.filed()
    await play.answers(Answer.CONTEST, 1)
    await play.escalates(Role.SELLER, 4)
    await play.is_assigned(4.5)
    await play.sees_no_agreement(5)
    return await play.time_passes(40)


async def proposal_lapses(play: Play) -> Play:
    await play.filed()
    await play.answers(Answer.CONTEST, 1)
    await play.escalates(Role.SELLER, 4)
    await play.is_assigned(4.5)
    await play.proposes("70.00", 5)
    return await play.time_passes(14)


async def silence_decides_nothing(play: Play) -> Play:
    """The buyer says not received, the carrier says delivered, the seller says nothing. A neutral looks at it."""
    await play.filed(reason=ClaimReason.ITEM_NOT_RECEIVED)
    return await play.time_passes(8)


async def passes_through_many_hands(play: Play) -> Play:
    """Both sides call a neutral, who is challenged without success, and replaced. The successor goes on leave,
    returns, and leaves.
    """
    await play.filed()
    await play.answers(Answer.CONTEST, 1)
    lawyer = uuid4()
    named = {"side": Side.BUYER, "subject": lawyer, "id": f"{PLAIN} law-12", "name": f"{PLAIN} Avv. Rossi"}
    await play.does(NameRepresentative, Role.BUYER, 1.1, **named)
    await play.does(EndRepresentation, Role.BUYER, 1.2, subject=lawyer)
    await play.escalates(Role.SELLER, 4)
    await play.escalates(Role.BUYER, 4.1)
    await play.is_assigned(4.5)
    await play.does(DeclareInterests, Role.NEUTRAL, 4.6, disclosed=says("I bought there once"))
    await play.does(ChallengeNeutral, Role.SELLER, 4.7, ground="bias", reason=says("they like buyers"))
    await play.does(DecideChallenge, Role.SUPERVISOR, 4.8, number=1, granted=False, reasons=says("they do not"))
    await play.promises(Role.NEUTRAL, 4.9, due=9)
    first = play.neutral
    play.another_neutral()
    await play.about_mandate(GrantMandate, 4.9, languages=("it",), authority=(eur("500.00"),))
    await play.does(ReassignNeutral, Role.SUPERVISOR, 5, neutral=play.neutral, reason=says("on a journey"))
    await play.about_mandate(BeginLeave, 5.1)
    await play.about_mandate(EndLeave, 5.2)
    await play.about_mandate(CloseMandate, 5.3, reason=says("has left"))
    await play.does(HandOver, Role.ENGINE, 5.4, neutral=play.neutral)
    play.neutral = first
    return await play.does(AssignNeutral, Role.SUPERVISOR, 5.5, neutral=first)


async def settled_before_the_neutral_looks(play: Play) -> Play:
    """An offer that was open when the neutral was called is accepted. The neutral's first-act commitment ends with it."""
    await play.filed()
    await play.offers(Role.SELLER, "40.00", 2.9)
    await play.escalates(Role.BUYER, 3.1)
    await play.is_assigned(3.2)
    return await play.accepts(Role.BUYER, 1, 3.3)


async def appealed_and_sent_back(play: Play) -> Play:
    """Above the neutral's authority, co-signed at the second try, appealed, sent back, and ruled again by another neutral."""
    await play.filed()
    await play.exhibits(Role.BUYER, 0.1)
    await play.does(AnswerExhibit, Role.SELLER, 0.2, number=1, message=says("not ours"))
    await play.answers(Answer.CONTEST, 0.5)
    await play.does(Rebut, Role.BUYER, 0.6, statement=says("it was broken"))
    await play.does(
        RaiseCounterclaim, Role.SELLER, 0.7, relief="payment", amount=eur("5.00"), statement=says("freight")
    )
    await play.escalates(Role.BUYER, 3.1)
    await play.is_assigned(3.2, authority="1.00")
    await play.sees_no_agreement(3.25)
    await play.does(RequestEvidence, Role.NEUTRAL, 3.3, of="seller", fact=says("it was packed"))
    await play.does(RequestEvidence, Role.NEUTRAL, 3.3, of="seller", fact=says("it was sent"))
    await play.does(AddExhibit, Role.SELLER, 3.35, exhibit=NewExhibit(description=says("a list")), answers_request=1)
    await play.time_passes(7.4)
    await play.rules("60.00", 7.9, inferences=(2,), counterclaim=OnCounterclaim(granted=False))
    await play.does(RefuseCoSignature, Role.SUPERVISOR, 8.0, number=1, reasons=says("look again"))
    await play.rules("70.00", 8.1, inferences=(2,), counterclaim=OnCounterclaim(granted=False))
    await play.does(CoSignRuling, Role.SUPERVISOR, 8.2, number=2)
    await play.does(Appeal, Role.SELLER, 8.3, ground="stated_error", statement=says("wrong date"))
    play.another_neutral()
    await play.is_assigned(8.4)
    await play.does(SendBack, Role.NEUTRAL, 8.5, reasons=says("not heard"))
    play.another_neutral()
    await play.is_assigned(8.6)
    await play.rules("10.00", 8.7, inferences=(2,), counterclaim=OnCounterclaim(granted=False))
    return await play.waives_appeal(Role.BUYER, 8.8)


async def thought_better_of_an_appeal(play: Play) -> Play:
    """The conceded amount is paid, comes back, and is paid again. The appeal is withdrawn, so the ruling is final."""
    await play.filed()
    await play.answers(Answer.CONCEDE_PART, 0.5, "20.00")
    (first,) = play.owed()
    await play.is_paid_out(first.id, 0.6)
    await play.is_confirmed(first.id, 0.7)
    await play.does(FailRefund, Role.MARKETPLACE, 0.8, refund_id=refund_id_of(first.id), reason="bounced")
    (second,) = play.owed()
    await play.is_paid_out(second.id, 0.9)
    await play.is_confirmed(second.id, 1.0)
    await play.escalates(Role.BUYER, 3.1)
    await play.is_assigned(3.2)
    await play.sees_no_agreement(3.3)
    assert play.case.dispute is not None
    left = play.case.dispute.in_dispute
    await play.rules(str(left.amount), 3.4)
    await play.does(Appeal, Role.SELLER, 3.5, ground="stated_error", statement=says("wrong date"))
    return await play.does(WithdrawAppeal, Role.SELLER, 3.6)


async def settled_before_the_signature(play: Play) -> Play:
    """A counterclaim ends one ruling that awaits its co-signature, and a settlement ends the next one."""
    await play.filed()
    await play.answers(Answer.CONTEST, 0.5)
    await play.escalates(Role.BUYER, 3.1)
    await play.is_assigned(3.2, authority="1.00")
    await play.sees_no_agreement(3.3)
    await play.rules("60.00", 3.4)
    await play.does(
        RaiseCounterclaim, Role.SELLER, 3.5, relief="payment", amount=eur("5.00"), statement=says("freight")
    )
    await play.rules("60.00", 3.6, counterclaim=OnCounterclaim(granted=False))
    await play.offers(Role.SELLER, "50.00", 3.7)
    return await play.accepts(Role.BUYER, 1, 3.8)


async def told_in_confidence(play: Play) -> Play:
    """The buyer writes in caucus; one side consents to the neutral's ruling."""
    await play.filed()
    await play.answers(Answer.CONTEST, 0.5)
    await play.escalates(Role.BUYER, 3.1)
    await play.is_assigned(3.2)
    await play.does(PostInCaucus, Role.BUYER, 3.3, message=says("half would do"))
    return await play.does(ConsentToNeutral, Role.SELLER, 3.4)


async def silent_for_a_cause(play: Play) -> Play:
    """The default is set aside, and the seller answers after all."""
    await play.filed()
    await play.time_passes(8)
    await play.does(RequestSetAside, Role.SELLER, 8.1, cause=says("a flood"))
    await play.does(SetDefaultAside, Role.SUPERVISOR, 8.2, reasons=says("on record"))
    return await play.answers(Answer.CONTEST, 8.3)


async def withdrawn_from_the_contract(play: Play) -> Play:
    """The goods are on their way back when the seller contests it. A neutral rules that the withdrawal counts."""
    play.case = replace(EMPTY, policies=PolicyBook({LENIENT.version: LENIENT}))
    await play.filed(basis=LegalBasis.WITHDRAWAL)
    (owed,) = play.owed()
    parcel = {"carrier": f"{PLAIN} carrier", "number": f"{PLAIN} 1Z"}
    await play.does(SendGoods, Role.BUYER, 1, commitment_id=owed.id, **parcel)
    await play.answers(Answer.CONTEST, 2, ground="exempt")
    await play.is_assigned(2.1)
    await play.sees_no_agreement(2.2)
    await play.rules(play.claimed, 2.3)
    await play.waives_appeal(Role.SELLER, 2.4)
    (owed,) = play.owed()
    await play.is_paid_out(owed.id, 2.5)
    return await play.is_confirmed(owed.id, 2.6)


async def silent_about_delivered_goods(play: Play) -> Play:
    """The goods go back first, and come back. Then the money is paid."""
    quiet = FIRST_POLICY.model_copy(update={"version": "quiet", "silence": Silence(response="return_first")})
    play.case = replace(EMPTY, policies=PolicyBook({quiet.version: quiet}))
    await play.filed()
    await play.time_passes(8)
    (owed,) = play.owed()
    await play.is_kept(owed.id, Role.SELLER, 9)
    (owed,) = play.owed()
    await play.is_paid_out(owed.id, 9.5)
    return await play.is_confirmed(owed.id, 17)


async def delivered_after_all(play: Play) -> Play:
    """Nothing came, the buyer says; later the carrier reports the parcel, and that it was delivered."""
    overdue: dict[str, Any] = {"delivered_at": None, "latest_delivery_at": day(-1)}
    await play.filed(0, ClaimReason.ITEM_NOT_RECEIVED, **overdue)
    tracking = {"carrier": f"{PLAIN} carrier", "number": f"{PLAIN} 1Z", "tracking_key": uuid4()}
    await play.does(ReportDelivery, Role.MARKETPLACE, 1, **tracking, latest_delivery_at=day(3))
    await play.does(ReportDelivery, Role.MARKETPLACE, 2, delivered_at=day(1.5))
    return await play.time_passes(8)


async def silent_for_no_cause(play: Play) -> Play:
    """The default stands."""
    await play.filed()
    await play.time_passes(8)
    await play.does(RequestSetAside, Role.SELLER, 8.1, cause=says("a holiday"))
    return await play.does(RefuseSetAside, Role.SUPERVISOR, 8.2, reasons=says("no cause"))


async def executed_early_and_reopened(play: Play) -> Play:
    """A ruling executes before it is final. Its refund bounces, then the outcome is overturned. At the end it is
    paid elsewhere.
    """
    early = FIRST_POLICY.model_copy(update={"version": "early", "early_execution": "seller"})
    play.case = replace(EMPTY, policies=PolicyBook({early.version: early}))
    await play.filed()
    await play.answers(Answer.CONTEST, 1)
    await play.escalates(Role.BUYER, 3.1)
    await play.is_assigned(3.2)
    await play.sees_no_agreement(3.3)
    await play.rules("60.00", 3.4)
    refund = play.owed()[0].id
    await play.is_paid_out(refund, 3.5)
    await play.is_confirmed(refund, 3.6)
    await play.waives_appeal(Role.BUYER, 3.7)
    await play.waives_appeal(Role.SELLER, 3.8)
    await play.does(RateHandling, Role.BUYER, 3.9, rating=2, text=says("slow"))
    bounced = {"ground": "bounced_refund", "reasons": says("it came back"), "commitment_id": refund}
    await play.does(Reopen, Role.SUPERVISOR, 4, **bounced)
    again = play.owed()[0].id
    await play.is_paid_out(again, 4.1)
    await play.is_confirmed(again, 4.2)
    await play.does(Reopen, Role.SUPERVISOR, 4.3, ground="fraud", reasons=says("forged"))
    paid: dict[str, Any] = {"payment_key": uuid4(), "amount": eur("9.90"), "how": "chargeback", "paid_at": day(4)}
    await play.does(RecordRefundElsewhere, Role.MARKETPLACE, 4.4, **paid)
    return await play.does(TakeBackRefundElsewhere, Role.ENGINE, 4.5, payment_key=paid["payment_key"])


async def goods_contested_and_clocks_stopped(play: Play) -> Play:
    """Goods are sent back during a stay for a court, contested, and decided."""
    await play.filed()
    await play.does(OrderStay, Role.SUPERVISOR, 0.1, until=day(9), reasons=says("a laboratory"))
    await play.does(LiftStay, Role.SUPERVISOR, 0.5)
    goods = Goods(act=GoodsAct.RETURN, freight_cost=eur("5.00"))
    await play.does(Respond, Role.SELLER, 1, answer=Answer.CONCEDE, goods=goods)
    await play.does(RecordParallelProceeding, Role.MARKETPLACE, 1.1, what="court", statement=says("a court"))
    await play.does(EndParallelProceeding, Role.MARKETPLACE, 1.2, number=1, statement=says("over"))
    tracking = {"carrier": f"{PLAIN} carrier", "number": f"{PLAIN} 1Z"}
    await play.does(SendGoods, Role.BUYER, 2, commitment_id=play.owed()[0].id, **tracking)
    await play.is_kept(play.owed()[0].id, Role.MARKETPLACE, 3)
    contest = {"commitment_id": play.owed()[0].id, "ground": "empty_box", "statement": says("empty")}
    await play.does(ContestGoods, Role.SELLER, 4, **contest)
    return await play.does(DecideGoods, Role.SUPERVISOR, 5, to_buyer=eur("50.00"), reasons=says("the weight"))


async def grouped_and_ruled(play: Play) -> Play:
    """Part of an incident: a shared item is answered and cited. Of an offer and two proposals to all, one comes too late."""
    await play.filed()
    await play.answers(Answer.CONTEST, 0.5, None)
    await play.groups(
        OpenIncident,
        Role.SUPERVISOR,
        1,
        what=IncidentKind.CUSTOMS_SEIZURE,
        title=says("the batch of 2 May"),
        reason=says("seized at the border"),
    )
    await play.moves(JoinIncident, 1.1)
    await play.moves(LeaveIncident, 1.2, reason=says("another container"))
    await play.moves(JoinIncident, 1.3)
    await play.groups(ShareExhibit, Role.MARKETPLACE, 1.4, exhibit=NewExhibit(description=says("the notice")))
    await play.groups(
        OfferToAll, Role.SELLER, 1.5, party=play.seller, terms=SameSum(amount=eur("5.00")), message=says("sorry")
    )
    await play.is_reached(Role.SELLER, 1, 1.6)
    await play.rejects(Role.BUYER, 1, 1.7)
    await play.does(AnswerShared, Role.BUYER, 1.8, number=1, message=says("not mine"))
    await play.escalates(Role.BUYER, 3.1)
    await play.is_assigned(3.2)
    await play.groups(ShareFinding, Role.NEUTRAL, 3.3, finding=says("all of it was seized"), rests_on=(1,))
    proposal: dict[str, Any] = {"terms": Share(share=5000), "reasons": says("half each")}
    await play.groups(ProposeToAll, Role.NEUTRAL, 3.4, **proposal)
    await play.is_reached(Role.NEUTRAL, 2, 3.5)
    await play.accepts_proposal(Role.BUYER, 1, 3.6)
    await play.refuses_proposal(Role.SELLER, 1, 3.7)
    await play.groups(ProposeToAll, Role.NEUTRAL, 3.8, **proposal)
    about = {"incident_id": play.incident, "number": 3, "code": "NotYourMove"}
    await play.does(RecordNotReached, Role.ENGINE, 3.9, **about)
    await play.groups(CloseIncident, Role.SUPERVISOR, 4, reason=says("all is said"))
    return await play.rules("60.00", 6, cites_shared=(1, 2))


async def claimed_too_often(play: Play) -> Play:
    """Beyond a limit of the policy; found vexatious and final; the marketplace gets a recommendation, and answers."""
    await is_found_vexatious(play)
    assert play.case.dispute is not None
    (owed,) = play.case.dispute.commitments.open
    answer = {"recommendation_id": owed, "side": Side.BUYER, "answer": "declined", "reason": says("not yet")}
    return await play.does(AnswerRecommendation, Role.MARKETPLACE, 2, **answer)


async def reported_without_ground(play: Play) -> Play:
    """A supervisor withdraws the recommendation, because the buyer asks."""
    await is_found_vexatious(play)
    return await is_reviewed(play, "changed")


async def warned_without_ground(play: Play) -> Play:
    """The same with a warning, which policy gives first."""
    await is_found_vexatious(play, warn_first=True)
    return await is_reviewed(play, "changed")


async def is_reviewed(play: Play, answer: str) -> Play:
    await play.does(RequestReview, Role.BUYER, 2, number=1, statement=says("a person should look"))
    return await play.does(AnswerReview, Role.SUPERVISOR, 3, number=1, answer=answer, reasons=says("so it is"))


async def is_found_vexatious(play: Play, **more: Any) -> Play:
    limit, threshold = {"days": 30, "amounts": [eur("1.00")], "beyond": "review"}, {"cases": 1, "days": 30}
    against = {"of": "buyer", "ground": "found_vexatious"} | more
    abuse = AbuseRules.model_validate({"limits": [limit], "thresholds": [threshold | against]})
    watchful = FIRST_POLICY.model_copy(update={"version": "watchful", "abuse": abuse})
    play.case = replace(EMPTY, policies=PolicyBook({watchful.version: watchful}))
    await play.filed()
    await play.answers(Answer.CONTEST, 1)
    await play.is_assigned(1.2)
    await play.sees_no_agreement(1.3)
    nothing = Division(claimant=eur("0.00"), respondent=eur(play.claimed))
    found = {"award": nothing, "cites_clauses": ("evidence",), "reasons": says("no"), "vexatious": says("again")}
    await play.does(IssueRuling, Role.NEUTRAL, 1.4, **found)
    await play.waives_appeal(Role.BUYER, 1.5)
    return await play.does(CountCase, Role.ENGINE, 1.6, side=Side.BUYER, since=day(1.5))


async def granted_at_once(play: Play) -> Play:
    """The parcel never came, and nobody contests it. The funder gets the money back from the seller."""
    await is_overdue(play, SWIFT)
    (owed,) = play.owed()
    await play.is_paid_out(owed.id, 0.1)
    await play.is_confirmed(owed.id, 0.2)
    await play.time_passes(8)
    (back,) = play.owed()
    return await play.is_kept(back.id, Role.MARKETPLACE, 9)


async def granted_at_once_and_contested(play: Play) -> Play:
    """The seller contests what was paid, and a neutral rules that the parcel came: the buyer gives the money back."""
    await is_overdue(play, SWIFT)
    (owed,) = play.owed()
    await play.is_paid_out(owed.id, 0.1)
    await play.is_confirmed(owed.id, 0.2)
    await play.answers(Answer.CONTEST, 1)
    await play.is_assigned(1.2)
    await play.sees_no_agreement(1.3)
    await play.rules("0.00", 1.4)
    await play.waives_appeal(Role.BUYER, 1.5)
    (back,) = play.owed()
    return await play.is_kept(back.id, Role.MARKETPLACE, 2)


async def granted_on_the_phone(play: Play) -> Play:
    """An agent files the claim and grants it. The seller contests that."""
    clause = {
        "clause": "good_faith",
        "by": ["marketplace"],
        "reasons": ["not_as_described"],
        "grounds": ["proven"],
        "up_to": [eur("200.00")],
        "per_buyer": {"days": 30, "grants": 1},
        "charged_to": "seller",
    }
    policy = Policy.model_validate({"version": "phone", "resolutions": [clause]})
    play.case = replace(EMPTY, policies=PolicyBook({policy.version: policy}))
    await play.filed(resolved=True)
    return await play.answers(Answer.CONTEST, 1)


_CLAUSE = {"clause": "evidence", "reason": "item_not_received", "up_to": [eur("200.00")], "funded_by": "marketplace"}
_LIMITS = {"limits": [{"days": 30, "claims": 1, "beyond": "no_fast_lane"}]}
SWIFT = Policy.model_validate({"version": "swift", "fast_lane": [_CLAUSE], "abuse": _LIMITS})


async def reminded_in_time(play: Play) -> Play:
    """Of a deadline and of a commitment. One of them moves, and gets a new reminder."""
    rules = tuple(Reminder(of=what, hours_before=24) for what in ("deadline", "service"))
    mindful = FIRST_POLICY.model_copy(update={"version": "mindful", "reminders": rules})
    play.case = replace(EMPTY, policies=PolicyBook({mindful.version: mindful}))
    await play.filed()
    await play.promises(Role.SELLER, 0.5, due=4)
    await play.time_passes(3.5)
    await play.do(OrderStay(**play._here(Role.SUPERVISOR, 4.5, until=day(5), reasons=says("wait"))))
    await play.time_passes(6)
    return await play.time_passes(8)


async def is_overdue(play: Play, policy: Policy) -> Play:
    """A parcel that a carrier has, and that was due yesterday."""
    play.case = replace(EMPTY, policies=PolicyBook({policy.version: policy}))
    parcel = {"carrier": f"{PLAIN} carrier", "number": f"{PLAIN} 1Z", "status": "in_transit", "at": day(-1)}
    tracking = (Tracking.model_validate(parcel | {"subject": play.buyer}),)
    overdue: dict[str, Any] = {"delivered_at": None, "latest_delivery_at": day(-1), "tracking": tracking}
    return await play.filed(0, ClaimReason.ITEM_NOT_RECEIVED, **overdue)


async def not_heard(play: Play) -> Play:
    """A key question is answered twice. Part is conceded, and stays owed; the rest is inadmissible, for good."""
    await play.filed()
    told = (NewAnswer(question="difference", answer=says("the colour")),)
    await play.does(AnswerKeyQuestions, Role.BUYER, 0.2, answers=told)
    await play.does(AnswerKeyQuestions, Role.BUYER, 0.3, answers=told)
    await play.answers(Answer.CONCEDE_PART, 0.5, "20.00")
    ground = {"ground": "vexatious", "reasons": says("the fifth of its kind")}
    return await play.does(DeclareInadmissible, Role.SUPERVISOR, 1, **ground)


async def not_heard_by_the_machine(play: Play) -> Play:
    """The reason is out of scope. A supervisor looks at it, because the buyer asks, and the claim is heard after all."""
    in_scope = {ClaimReason.DAMAGED: FIRST_POLICY.reasons[ClaimReason.DAMAGED]}
    narrow = FIRST_POLICY.model_copy(update={"version": "narrow", "reasons": in_scope})
    play.case = replace(EMPTY, policies=PolicyBook({narrow.version: narrow}))
    await play.filed()
    await is_reviewed(play, "changed")
    return await play.answers(Answer.CONTEST, 4)


async def opened_by_mistake(play: Play) -> Play:
    """Part is conceded, and stays owed; the marketplace cancels the rest."""
    await play.filed()
    await play.answers(Answer.CONCEDE_PART, 0.5, "20.00")
    return await play.does(CancelDispute, Role.MARKETPLACE, 1, reason=says("opened by mistake"))


async def tells_what_is_kept(play: Play) -> Play:
    """The buyer corrects their name, asks what is kept about them, and gets the answer."""
    await play.filed()
    await play.does(RectifyRecord, Role.BUYER, 0.5, what="name", correction=says("Maria Bianchi"))
    about: dict[str, Any] = {"subject": play.buyer}
    await play.does(RequestAccess, Role.BUYER, 1, side=Side.BUYER, **about)
    return await play.does(AnswerAccess, Role.MARKETPLACE, 2, **about)


async def asked_before_it_was_disputed(play: Play) -> Play:
    """The buyer wants to cancel, in the app and by telephone. What they were told is destroyed when policy keeps it no
    more. Then they ask again."""
    order: dict[str, Any] = {"transaction_id": play.order, "order_id": f"{PLAIN} O-77"}
    for channel, outcome, at in (("app", "refused", -3), ("phone", "failed", -2.5)):
        told = {"channel": channel, "outcome": outcome, "reason_code": "already_packed", "reason": says("too late")}
        about = play._by(Role.MARKETPLACE, at, subject=play.buyer, **order, **told)
        await play.do(RecordContact(**about, side=Side.BUYER, wanted="cancel", happened_at=day(at)))
    await play.filed()
    await play.does(Withdraw, Role.BUYER, 1)
    over = play._by(Role.ENGINE, 400, subject=play.buyer, transaction_id=play.order)
    await play.do(DestroyContacts(**over))
    again = play._by(Role.MARKETPLACE, 401, subject=play.buyer, **order)
    return await play.do(
        RecordContact(**again, side=Side.BUYER, channel="email", wanted="other", outcome="done", happened_at=day(401))
    )


async def forgotten(play: Play) -> Play:
    """The buyer asks for an erasure during the dispute and a legal hold, and is erased when both are over."""
    await play.filed()
    held = play._by(Role.ADMINISTRATOR, 0.5, subject=play.buyer, reason=says("a court"))
    await play.do(PlaceLegalHold(**held))
    about: dict[str, Any] = {"subject": play.buyer, "took_part": TookPart(side=Side.BUYER, open_dispute=play.dispute)}
    await play.does(RequestErasure, Role.MARKETPLACE, 1, ground="person_asked", **about)
    await play.does(Withdraw, Role.BUYER, 2)
    about["took_part"] = TookPart(side=Side.BUYER)
    lifted = play._by(Role.SUPERVISOR, 3, subject=play.buyer, number=1, reason=says("it has ruled"))
    await play.do(LiftLegalHold(**lifted))
    await play.does(PursueErasure, Role.ENGINE, 3.1, **about)
    await play.does(RecordErased, Role.ENGINE, 3.2, subject=play.buyer, number=1, erased_at=day(3.2))
    completed = play._by(Role.ENGINE, 4, subject=play.buyer, number=1, completed_at=day(4))
    return await play.do(RecordCompleted(**completed))


async def put_into_other_words(play: Play) -> Play:
    """What was written is translated, approved, and corrected. Into one language nobody translates it."""
    await play.filed()
    await play.writes(Role.BUYER, "where is it?", 1)
    source = {"subject": play.buyer, "source": "5f" * 32, "written_at": day(1)}
    await play.does(RecordSent, Role.ENGINE, 1.1, **source, engine="libretranslate")
    place = TextPlace(fact="MessagePosted", number=1, field="message")
    needed = {"wanted": Wanted(of=place, by=Participant.SELLER)}
    await play.does(RecordLanguage, Role.ENGINE, 1.1, **source, of=place, declared="it", detected="en")
    made = {"text": PLAIN, "language": "de", "engine": "libretranslate", "engine_version": "1.9.6", **needed}
    await play.does(RecordTranslation, Role.ENGINE, 1.2, **source, **made)
    again = TextPlace(fact="ExhibitAdded", number=1, field="description")
    await play.does(RecordRepeated, Role.ENGINE, 1.25, **source, of=again)
    await play.does(GiveUpTranslation, Role.ENGINE, 1.3, **source, language="ar", **needed)
    here = {"translation_id": translation_id_of(play.dispute, "5f" * 32, "de")}
    await play.does(ApproveTranslation, Role.SUPERVISOR, 2, **here)
    return await play.does(CorrectTranslation, Role.SUPERVISOR, 3, **here, text=PLAIN)


async def asked_and_answered(play: Play) -> Play:
    """Messages wait for answers: one is seen and answered, one needs none, one is left. The desk writes notes for itself."""
    two_days = Windows(message_reply=Window(amount=2, unit="business_days"))
    asking = FIRST_POLICY.model_copy(update={"version": "asking", "windows": two_days})
    play.case = replace(EMPTY, policies=PolicyBook({asking.version: asking}))
    await play.filed()
    await play.does(PostMessage, Role.BUYER, 0.1, message=says("where is it?"), channel="web", to="seller")
    await play.does(SeeMessages, Role.SELLER, 0.2, up_to=1)
    await play.does(PostMessage, Role.SELLER, 0.3, message=says("on its way"), channel="web", to="buyer")
    waits = next(owed.id for owed in play.case.dispute.commitments.open.values()) if play.case.dispute else play.dispute
    await play.does(NoReplyNeeded, Role.BUYER, 0.4, commitment_id=waits)
    await play.does(PostMessage, Role.BUYER, 0.5, message=says("and when?"), channel="web", to="neutral")
    await play.does(WriteNote, Role.SUPERVISOR, 0.6, note=says("ask the carrier"))
    await play.escalates(Role.BUYER, 4)
    await play.is_assigned(4.1)
    return await play.does(WriteNote, Role.NEUTRAL, 4.2, note=says("the carrier lost it"))


async def asked_of_each_other(play: Play) -> Play:
    """The parties ask each other for things. One request is answered, one declined, one withdrawn, one left."""
    asking = FIRST_POLICY.model_copy(update={"version": "asking", "party_requests": PartyRequestRules()})
    play.case = replace(EMPTY, policies=PolicyBook({asking.version: asking}))
    await play.filed()
    for by, what in ((Role.BUYER, "photo"), (Role.SELLER, "address"), (Role.BUYER, "other"), (Role.SELLER, "document")):
        await play.does(MakePartyRequest, by, 0.1, asks_for=what, text=says(f"the {what}"))
    await play.does(AnswerPartyRequest, Role.SELLER, 0.2, number=1, text=says("here"))
    await play.does(DeclinePartyRequest, Role.BUYER, 0.2, number=2)
    await play.does(WithdrawPartyRequest, Role.BUYER, 0.2, number=3)
    return play


async def sent_where_and_inspected(play: Play) -> Play:
    """The seller gives the address and a label; the marketplace corrects them. Of what comes, the seller contests a part."""
    owing = Windows(return_details=Window(amount=2, unit="business_days"))
    asking = FIRST_POLICY.model_copy(update={"version": "sent-where", "windows": owing})
    play.case = replace(EMPTY, policies=PolicyBook({asking.version: asking}))
    await play.filed()
    goods = Goods(act=GoodsAct.RETURN, freight_cost=eur("5.00"))
    await play.does(Respond, Role.SELLER, 1, answer=Answer.CONCEDE, goods=goods)
    where = {"lines": (f"{PLAIN} street", "10115 Berlin"), "country": "DE", "rma": f"{PLAIN} RMA"}
    await play.does(AddReturnLabel, Role.SELLER, 1.1, file=play._file(Role.SELLER))
    await play.does(GiveReturnDetails, Role.SELLER, 1.2, **where)
    await play.does(GiveReturnDetails, Role.MARKETPLACE, 1.3, **where, prepaid=True)
    owed = play.owed()[0].id
    await play.does(SendGoods, Role.BUYER, 2, commitment_id=owed, carrier="DHL", number="JD1")
    line = InspectedLine(line=1, quantity="1", condition="damaged")
    looked = {"commitment_id": play.owed()[0].id, "verdict": "contested", "lines": (line,), "statement": says("broken")}
    await play.does(InspectGoods, Role.SELLER, 3, **looked)
    return await play.does(DecideGoods, Role.SUPERVISOR, 4, to_buyer=eur("50.00"), reasons=says("the weight"))


async def given_a_voucher(play: Play) -> Play:
    """Both agree on a voucher in place of money. The seller issues it."""
    await play.filed()
    terms = {"amount": eur("0.00"), "voucher": Voucher(amount=eur("50.00"), issued_by=Role.SELLER)}
    await play.does(MakeOffer, Role.SELLER, 1, **terms)
    await play.accepts(Role.BUYER, 1, 2)
    return await play.does(IssueVoucher, Role.SELLER, 3, number=1, code=PLAIN, expires_at=day(1000))


async def told_outside(play: Play) -> Play:
    """The seller is told by mail and the mail comes back; somebody calls. The buyer has no address and is told later."""
    told = Policy(version="told", notices=NoticeRules(way="mail"))
    play.case = replace(EMPTY, policies=PolicyBook({told.version: told}))
    given = play._by(Role.MARKETPLACE, 0.1, subject=play.seller, address=PLAIN)
    await play.filed()
    await play.do(GiveMailAddress(**given))
    await play.answers(Answer.CONTEST, 0.5)
    await play.noticed(Side.SELLER, 1, "DisputeFiled", "claim_filed", address=PLAIN)
    first = {"notice_id": next(iter(play.case.notices.by))}
    await play.does(RecordNoticeSent, Role.ENGINE, 1.1, **first)
    await play.does(RecordNoticeDelivered, Role.ENGINE, 1.2, **first)
    await play.does(RecordBounce, Role.MARKETPLACE, 1.3, **first, why="no_mailbox", status="5.1.1")
    await play.does(RecordReached, Role.SUPERVISOR, 1.35, to=Side.SELLER, how="chat", note=says("no"), reached=False)
    await play.does(RecordReached, Role.SUPERVISOR, 1.4, to=Side.SELLER, how="phone", note=says("she knows now"))
    await play.noticed(Side.BUYER, 2, "ResponseGiven", "response_given")
    await play.does(CancelNotice, Role.ENGINE, 2.1, to=Side.BUYER, causes=(uuid4(),), why="moved_on")
    return await play.noticed(Side.BUYER, 3, "Escalated", "mediator_called", way="marketplace")


async def counts_as_told(play: Play) -> Play:
    """No window begins before the seller is told. The mail comes back, and nobody answers the phone."""
    rules = Policy(version="required", notices=NoticeRules(way="mail", notice="required"))
    play.case = replace(EMPTY, policies=PolicyBook({rules.version: rules}))
    await play.filed()
    await play.noticed(Side.SELLER, 1, "DisputeFiled", "claim_filed", address=PLAIN)
    first = {"notice_id": next(iter(play.case.notices.by))}
    await play.does(RecordNoticeSent, Role.ENGINE, 1.1, **first)
    await play.does(RecordBounce, Role.MARKETPLACE, 1.2, **first, why="no_mailbox", status="5.1.1")
    await play.does(RecordReached, Role.SUPERVISOR, 1.3, to=Side.SELLER, how="phone", note=says("no"), reached=False)
    return await play.does(DeemTold, Role.SUPERVISOR, 1.4, to=Side.SELLER, reasons=says("two ways have failed"))


async def ruled_on_wrong_words(play: Play) -> Play:
    """Nobody translates a text for the seller, and nobody one in caucus for the neutral, until a person does. A translation
    is corrected while the ruling awaits its signature; because of that the seller has the dispute reopened.
    """
    rules = Policy(version="translated", translation=TranslationRules())
    play.case = replace(EMPTY, policies=PolicyBook({rules.version: rules}))
    await play.filed()
    await play.answers(Answer.CONTEST, 0.5)
    statement = {"subject": play.buyer, "source": "5f" * 32, "written_at": day(0)}
    seller = Wanted(of=TextPlace(fact="DisputeFiled", field="claim.statement"), by=Participant.SELLER)
    await play.does(GiveUpTranslation, Role.ENGINE, 0.6, **statement, language="zh", wanted=seller)
    await play.escalates(Role.BUYER, 3.1)
    await play.is_assigned(3.2, authority="1.00")
    await play.does(PostInCaucus, Role.BUYER, 3.3, message=says("half would do"))
    confided = TextPlace(fact="CaucusMessagePosted", number=1, field="message", side=Side.BUYER)
    neutral = Wanted(of=confided, by=Participant.NEUTRAL, neutral=play.neutral)
    half = {"subject": play.buyer, "source": "6f" * 32, "written_at": day(3.3)}
    made = {"text": PLAIN, "engine": "local", "engine_version": "1", "faults": ("lost",)}
    await play.does(RecordTranslation, Role.ENGINE, 3.4, **half, **made, language="en", wanted=neutral)
    await play.does(
        ApproveTranslation, Role.NEUTRAL, 3.5, translation_id=translation_id_of(play.dispute, "6f" * 32, "en")
    )
    chinese = {"translation_id": translation_id_of(play.dispute, "5f" * 32, "zh"), "text": PLAIN}
    await play.time_passes(3.55)
    await play.does(CorrectTranslation, Role.MARKETPLACE, 3.6, **chinese)
    for side in (Role.BUYER, Role.SELLER):
        await play.does(ConsentToNeutral, side, 3.65)
    await play.sees_no_agreement(3.7)
    await play.rules("60.00", 3.8)
    await play.does(CorrectTranslation, Role.SUPERVISOR, 3.9, **chinese)
    await play.does(CoSignRuling, Role.SUPERVISOR, 4, number=1)
    await play.waives_appeal(Role.BUYER, 4.1)
    await play.waives_appeal(Role.SELLER, 4.2)
    for owed in [owed for owed in play.owed() if owed.by_refund]:
        await play.is_paid_out(owed.id, 5)
        await play.is_confirmed(owed.id, 5.5)
    return await play.does(Reopen, Role.SELLER, 6, ground="translation_corrected", reasons=says("I read otherwise"))


async def shown_in_pictures(play: Play) -> Play:
    """A machine reads the waybill that the buyer photographed. A second photograph is damaged."""
    await play.filed()
    file = {"subject": play.buyer, "written_at": day(1), "languages": ("it", "zh-Hans", "en")}
    box = Box(left=92, top=140, width=410, height=38)
    block = FoundBlock(page=1, box=box, text=PLAIN, language="zh-Hans", confidence=91)
    page = Page(number=1, width=1600, height=1200, found_by="picture")
    read = {"engine": "tesseract", "engine_version": "5.3.0", "pages": (page,), "pages_in_file": 1, "blocks": (block,)}
    await play.does(RecordTextFound, Role.ENGINE, 1.1, **file, exhibit=1, source="5f" * 32, **read)
    return await play.does(RecordFileNotRead, Role.ENGINE, 1.2, **file, exhibit=2, source="6f" * 32, why="damaged")


async def locked_out(play: Play) -> Play:
    """A token of the neutral leaks. It is revoked, and then everything that the neutral had."""
    await play.filed()
    leaked = play._by(Role.ADMINISTRATOR, 1, reason=says("it leaked"), token_id=str(uuid4()))
    await play.do(RevokeToken(**leaked))
    before = {"issued_before": day(1), "token_clock": day(2)}
    return await play.do(RevokeTokensOfSubject(**play._by(Role.ADMINISTRATOR, 2, subject=play.neutral, **before)))


STORIES = (
    settled_and_paid_late,
    ruled_and_paid,
    granted_by_silence,
    answered_by_machine,
    paid_in_two_parts,
    refused_and_settled_otherwise,
    withdrawn_with_promises,
    settled_by_proposal,
    left_to_supervisor,
    proposal_lapses,
    silence_decides_nothing,
    settled_before_the_neutral_looks,
    appealed_and_sent_back,
    silent_for_a_cause,
    thought_better_of_an_appeal,
    settled_before_the_signature,
    told_in_confidence,
    silent_for_no_cause,
    delivered_after_all,
    passes_through_many_hands,
    executed_early_and_reopened,
    goods_contested_and_clocks_stopped,
    sent_where_and_inspected,
    given_a_voucher,
    grouped_and_ruled,
    not_heard,
    not_heard_by_the_machine,
    opened_by_mistake,
    claimed_too_often,
    reported_without_ground,
    warned_without_ground,
    granted_at_once,
    granted_at_once_and_contested,
    forgotten,
    locked_out,
    put_into_other_words,
    asked_and_answered,
    asked_of_each_other,
    told_outside,
    counts_as_told,
    ruled_on_wrong_words,
    shown_in_pictures,
    tells_what_is_kept,
    granted_on_the_phone,
    withdrawn_from_the_contract,
    silent_about_delivered_goods,
    reminded_in_time,
    asked_before_it_was_disputed,
)
