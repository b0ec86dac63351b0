"""The people of the law reports, and what they do: each act a command still without its instant."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from domain.admissibility import DeclareInadmissible
from domain.appeal import Appeal, SendBack, WithdrawAppeal
from domain.assignment import HandOver, ReassignNeutral, Recuse
from domain.base import Actor, Command, Instant, Role
from domain.caucus import ConsentToNeutral, PostInCaucus
from domain.closure import Withdraw
from domain.co_signature import CoSignRuling, RefuseCoSignature
from domain.commands import AnyCommand
from domain.commitments import refund_id_of
from domain.conversation import PostMessage
from domain.division import Division, Instalment
from domain.elsewhere import RecordRefundElsewhere
from domain.escalation import AssignNeutral, Escalate
from domain.evidence import AddExhibit, AnswerExhibit, NewExhibit, WithdrawExhibit
from domain.evidence_requests import RequestEvidence
from domain.goods import Goods, GoodsAct
from domain.handover import ContestGoods, DecideGoods, SendGoods
from domain.independence import ChallengeNeutral, DecideChallenge, DeclareInterests
from domain.key_questions import AnswerKeyQuestions, NewAnswer
from domain.mandate import BeginLeave, CloseMandate, EndLeave, GrantMandate
from domain.money import Money
from domain.negotiation import AcceptOffer, MakeOffer, RejectOffer
from domain.outage import Outage, RecordOutage
from domain.people import Side, Words
from domain.pleadings import OnCounterclaim, RaiseCounterclaim, Rebut
from domain.policy import Policy, PublishPolicy
from domain.promises import KeepCommitment, MakeCommitment, ReplaceCommitment, WaiveCommitment
from domain.proposal import AcceptProposal, DeclareImpasse, MakeProposal, RefuseProposal
from domain.recommendations import AnswerRecommendation, CountCase
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
from domain.windows import Window

MARKETPLACE = "bazaar"
FILED_AT = datetime(2026, 11, 2, 10, tzinfo=UTC)  # a Monday: 11:00 in Rome, 18:00 in Shanghai
FIRST, SECOND = UUID(int=0xD1), UUID(int=0xD2)
"""Two disputes on one order."""
TWO_DAYS = timedelta(days=2)


def money(text: str) -> Money:
    return Money.of(*text.split())


def commitment(number: int, dispute: UUID = FIRST) -> UUID:
    return uuid5(dispute, f"commitment/{number}")


def refund(number: int, dispute: UUID = FIRST) -> UUID:
    """The refund that carries out the commitment with this number."""
    return refund_id_of(commitment(number, dispute))


def words(text: str, language: str = "en") -> Words:
    return Words(text=text, language=language)


@dataclass(frozen=True)
class Act:
    """Somebody's act, about the first dispute unless it says otherwise. `fields` may depend on when it is done."""

    kind: type[Command]
    actor: Actor
    fields: Mapping[str, Any] = field(default_factory=dict)
    dispute: UUID | None = FIRST
    silence: bool = True

    def about(self, dispute: UUID | None) -> "Act":
        return replace(self, dispute=dispute)

    def command(self, now: Instant) -> AnyCommand:
        about = {} if self.dispute is None else {"dispute_id": self.dispute}
        fields = {k: v(now, self.dispute) if callable(v) else v for k, v in self.fields.items()}
        common = {"marketplace": MARKETPLACE, "actor": self.actor, "now": now, "silence": self.silence}
        return self.kind.model_validate(common | about | fields)  # type: ignore[return-value]


@dataclass(frozen=True)
class Person:
    """Anybody, in one role. Nothing here keeps anybody from an act that is not theirs: that is for the rules to say."""

    role: Role
    subject: UUID

    @property
    def actor(self) -> Actor:
        return Actor(subject=self.subject, role=self.role)

    def _act(self, kind: type[Command], /, **fields: Any) -> Act:
        return Act(kind, self.actor, fields)

    def contests(self) -> Act:
        return self._act(Respond, answer="contest", statement=words("It was as described."))

    def concedes(self, part: str | None = None, *, goods: Goods | None = None) -> Act:
        if part is None:
            return self._act(Respond, answer="concede", goods=goods)
        return self._act(Respond, answer="concede_part", conceded=money(part), goods=goods)

    def adds_exhibit(
        self, text: str = "A photograph.", *, answering: int | None = None, shows: str | None = None
    ) -> Act:
        exhibit = NewExhibit(description=words(text), shows=shows)
        return self._act(AddExhibit, exhibit=exhibit, answers_request=answering)

    def answers_questions(self, *names: str) -> Act:
        answers = tuple(NewAnswer(question=name, answer=words("As the photograph shows.")) for name in names)
        return self._act(AnswerKeyQuestions, answers=answers)

    def asks_evidence(self, of: str) -> Act:
        return self._act(RequestEvidence, of=of, fact=words("That it was packed well."))

    def confides(self, text: str = "I would take half.", *, to: str | None = None) -> Act:
        return self._act(PostInCaucus, message=words(text), side=to)

    def consents(self) -> Act:
        return self._act(ConsentToNeutral)

    def rebuts(self) -> Act:
        return self._act(Rebut, statement=words("The box was intact."))

    def counterclaims(self, relief: str = "return_of_goods", amount: str | None = None) -> Act:
        wanted = money(amount) if amount else None
        return self._act(RaiseCounterclaim, relief=relief, amount=wanted, statement=words("They still have it."))

    def withdraws_exhibit(self, number: int) -> Act:
        return self._act(WithdrawExhibit, number=number)

    def answers_exhibit(self, number: int, text: str | None = "That is not ours.") -> Act:
        return self._act(AnswerExhibit, number=number, message=words(text) if text else None)

    def writes(self, text: str = "Where is it?", **fields: Any) -> Act:
        return self._act(PostMessage, message=words(text), channel="web", **fields)

    def offers(self, amount: str, *, counters: int | None = None, **terms: Any) -> Act:
        return self._act(MakeOffer, amount=money(amount), counters=counters, **terms)

    def accepts_offer(self, number: int) -> Act:
        return self._act(AcceptOffer, number=number)

    def rejects_offer(self, number: int) -> Act:
        return self._act(RejectOffer, number=number)

    def escalates(self) -> Act:
        return self._act(Escalate)

    def takes_case(self) -> Act:
        return self.assigns(self)

    def assigns(self, neutral: "Person") -> Act:
        return self._act(AssignNeutral, neutral=neutral.subject)

    def reassigns(self, neutral: "Person | None" = None) -> Act:
        successor = neutral.subject if neutral else None
        return self._act(ReassignNeutral, neutral=successor, reason=words("On a journey."))

    def recuses(self) -> Act:
        return self._act(Recuse, reason=words("I know the seller."))

    def declares(self, disclosed: str | None = None) -> Act:
        return self._act(DeclareInterests, disclosed=words(disclosed) if disclosed else None)

    def challenges(self, ground: str = "interest") -> Act:
        return self._act(ChallengeNeutral, ground=ground, reason=words("They are cousins."))

    def decides_challenge(self, number: int, *, granted: bool) -> Act:
        return self._act(DecideChallenge, number=number, granted=granted, reasons=words("They are not."))

    def names(self, somebody: "Person", *, side: str | None = None, capacity: str = "representative") -> Act:
        fields = {"subject": somebody.subject, "id": "law-12", "name": "Avv. Rossi", "capacity": capacity}
        return self._act(NameRepresentative, side=side or self.role.value, **fields)

    def dismisses(self, somebody: "Person") -> Act:
        return self._act(EndRepresentation, subject=somebody.subject)

    def proposes(self, claimant: str, respondent: str, **terms: Any) -> Act:
        return self._act(MakeProposal, terms=_division(claimant, respondent, **terms), reasons=words("Half and half."))

    def accepts_proposal(self, number: int = 1) -> Act:
        return self._act(AcceptProposal, number=number)

    def refuses_proposal(self, number: int = 1) -> Act:
        return self._act(RefuseProposal, number=number)

    def declares_impasse(self) -> Act:
        return self._act(DeclareImpasse)

    def rules(
        self,
        claimant: str,
        respondent: str,
        *,
        exhibits: tuple[int, ...] = (),
        clauses: tuple[str, ...] = ("conformity",),
        inferences: tuple[int, ...] = (),
        counterclaim: OnCounterclaim | None = None,
        vexatious: str | None = None,
        **terms: Any,
    ) -> Act:
        award = _division(claimant, respondent, **terms)
        return self._act(
            IssueRuling,
            award=award,
            cites_exhibits=exhibits,
            cites_clauses=clauses,
            addresses_inferences=inferences,
            counterclaim=counterclaim,
            reasons=words("The photograph shows it."),
            vexatious=words(vexatious) if vexatious else None,
        )

    def co_signs(self, number: int = 1) -> Act:
        return self._act(CoSignRuling, number=number)

    def refuses_co_signature(self, number: int = 1) -> Act:
        return self._act(RefuseCoSignature, number=number, reasons=words("The packaging was not looked at."))

    def appeals(self, ground: str = "stated_error") -> Act:
        return self._act(Appeal, ground=ground, statement=words("The date of delivery is wrong."))

    def withdraws_appeal(self) -> Act:
        return self._act(WithdrawAppeal)

    def sends_back(self) -> Act:
        return self._act(SendBack, reasons=words("The seller was not heard."))

    def asks_to_set_aside(self) -> Act:
        return self._act(RequestSetAside, cause=words("The warehouse was flooded."))

    def sets_aside(self) -> Act:
        return self._act(SetDefaultAside, reasons=words("The flood is on record."))

    def refuses_to_set_aside(self) -> Act:
        return self._act(RefuseSetAside, reasons=words("A holiday is no cause."))

    def waives_appeal(self) -> Act:
        return self._act(WaiveAppeal)

    def withdraws(self) -> Act:
        return self._act(Withdraw)

    def declares_inadmissible(self, ground: str = "vexatious") -> Act:
        return self._act(DeclareInadmissible, ground=ground, reasons=words("The fifth of its kind."))

    def promises(
        self,
        kind: str,
        to: str,
        amount: str | None = None,
        *,
        owed_by: str | None = None,
        within: timedelta = TWO_DAYS,
        goodwill: bool = False,
    ) -> Act:
        return self._act(
            MakeCommitment,
            kind=kind,
            owed_by=owed_by or self.role.value,
            owed_to=to,
            amount=money(amount) if amount else None,
            due_at=lambda now, _: now + within,
            goodwill=goodwill,
        )

    def confirms_promise(self, number: int) -> Act:
        return self._act(KeepCommitment, commitment_id=_id_of(number))

    def waives_promise(self, number: int) -> Act:
        return self._act(WaiveCommitment, commitment_id=_id_of(number))

    def replaces_promise(
        self,
        number: int,
        kind: str,
        amount: str | None = None,
        *,
        within: timedelta = TWO_DAYS,
        not_before: Instant = FILED_AT,
    ) -> Act:
        return self._act(
            ReplaceCommitment,
            commitment_id=_id_of(number),
            kind=kind,
            amount=money(amount) if amount else None,
            due_at=lambda now, _: max(now + within, not_before),
        )

    def instructs_refund(self, number: int) -> Act:
        return self._act(InstructRefund, commitment_id=_id_of(number))

    def confirms_refund(self, number: int) -> Act:
        return self._act(ConfirmRefund, refund_id=_refund_of(number), provider_reference="re_1")

    def fails_refund(self, number: int, reason: str = "declined", attempt: int | None = None) -> Act:
        return self._act(FailRefund, refund_id=_refund_of(number), reason=reason, attempt=attempt)

    def retries_refund(self, number: int, attempt: int | None = None) -> Act:
        return self._act(RetryRefund, refund_id=_refund_of(number), attempt=attempt)

    def refers_refund(self, number: int) -> Act:
        return self._act(ReferRefund, refund_id=_refund_of(number), why="paid_differently")

    def settles_refund(self, number: int, reference: str = "TRF-1") -> Act:
        return self._act(
            SettleRefundOtherwise,
            refund_id=_refund_of(number),
            how="bank_transfer",
            reference=reference,
            reference_key=uuid5(FIRST, reference),
        )

    def releases_refund(self, number: int) -> Act:
        return self._act(ReleaseRefund, refund_id=_refund_of(number))

    def sends_goods(self, number: int, tracking: str | None = "JD0146", proof: str | None = None) -> Act:
        shipped = {"carrier": "DHL", "number": tracking} if tracking else {}
        statement = words(proof) if proof else None
        return self._act(SendGoods, commitment_id=_id_of(number), statement=statement, **shipped)

    def contests_goods(self, number: int, ground: str = "empty_box") -> Act:
        return self._act(
            ContestGoods, commitment_id=_id_of(number), ground=ground, statement=words("There was nothing in it.")
        )

    def decides_goods(self, to_buyer: str) -> Act:
        return self._act(DecideGoods, to_buyer=money(to_buyer), reasons=words("The weight at dispatch shows it."))

    def orders_stay(self, within: timedelta = timedelta(days=10)) -> Act:
        return self._act(OrderStay, until=lambda now, _: now + within, reasons=words("The laboratory needs time."))

    def lifts_stay(self) -> Act:
        return self._act(LiftStay)

    def extends(self, name: str, hours: int = 1) -> Act:
        return self._act(ExtendDeadline, name=name, more=Window(amount=hours, unit="hours"))

    def records_proceeding(self, what: str = "chargeback") -> Act:
        return self._act(RecordParallelProceeding, what=what, statement=words("Case 4711."))

    def ends_proceeding(self, number: int = 1) -> Act:
        return self._act(EndParallelProceeding, number=number, statement=words("Decided."))

    def refunds_elsewhere(self, amount: str, reference: str = "cb-1") -> Act:
        return self._act(
            RecordRefundElsewhere,
            payment_key=uuid5(FIRST, reference),
            amount=money(amount),
            how="chargeback",
            paid_at=lambda now, _: now,
        )

    def reopens(self, ground: str = "fraud", bounced: int | None = None) -> Act:
        about = {"commitment_id": _id_of(bounced)} if bounced else {}
        return self._act(Reopen, ground=ground, reasons=words("The tracking was forged."), **about)

    def rates(self, rating: int = 4) -> Act:
        return self._act(RateHandling, rating=rating, text=words("Quick."))

    def counts(self, side: str) -> Act:
        return self._act(CountCase, side=side, since=lambda now, _: now)

    def answers_recommendation(
        self, number: int, answer: str = "acted", reason: str | None = None, *, side: str = "seller"
    ) -> Act:
        said = words(reason) if reason else None
        return self._act(AnswerRecommendation, recommendation_id=_id_of(number), side=side, answer=answer, reason=said)

    def ticks(self) -> Act:
        return self._act(RecordLapses)

    def publishes(self, policy: Policy) -> Act:
        return self._act(PublishPolicy, policy=policy).about(None)

    def records_outage(self, began_at: Instant, ended_at: Instant) -> Act:
        return self._act(RecordOutage, outage=Outage(began_at=began_at, ended_at=ended_at)).about(None)

    def grants_mandate(
        self,
        neutral: "Person",
        *authority: str,
        daily: tuple[str, ...] = (),
        languages: tuple[str, ...] = ("en",),
        **terms: Any,
    ) -> Act:
        limits = {"authority": tuple(map(money, authority)), "daily": tuple(map(money, daily))}
        return self._act(GrantMandate, neutral=neutral.subject, languages=languages, **limits, **terms).about(None)

    def sends_on_leave(self, neutral: "Person", until: Instant | None = None) -> Act:
        return self._act(BeginLeave, neutral=neutral.subject, until=until).about(None)

    def calls_back(self, neutral: "Person") -> Act:
        return self._act(EndLeave, neutral=neutral.subject).about(None)

    def closes_mandate(self, neutral: "Person") -> Act:
        return self._act(CloseMandate, neutral=neutral.subject, reason=words("Has left.")).about(None)

    def hands_over(self, neutral: "Person") -> Act:
        return self._act(HandOver, neutral=neutral.subject)


def _division(claimant: str, respondent: str, **terms: Any) -> Division:
    return Division(claimant=money(claimant), respondent=money(respondent), **terms)


def back(freight_cost: str | None = "10.00 EUR", freight: str | None = None) -> Goods:
    """Goods that are sent back."""
    return Goods(
        act=GoodsAct.RETURN,
        freight=Side(freight) if freight else None,
        freight_cost=money(freight_cost) if freight_cost else None,
    )


DESTROYED, PICKED_UP, REPLACED = Goods(act=GoodsAct.DESTROY), Goods(act=GoodsAct.PICK_UP), Goods(act=GoodsAct.REPLACE)


def instalment(amount: str, days: int) -> Instalment:
    return Instalment(amount=money(amount), after=Window(amount=days, unit="calendar_days"))


def _id_of(number: int) -> Callable[[Instant, UUID], UUID]:
    return lambda _, dispute: commitment(number, dispute)


def _refund_of(number: int) -> Callable[[Instant, UUID], UUID]:
    return lambda _, dispute: refund(number, dispute)


buyer = Person(Role.BUYER, UUID(int=0xB))
seller = Person(Role.SELLER, UUID(int=0x5))
neutral = Person(Role.NEUTRAL, UUID(int=0xA1))
another_neutral = Person(Role.NEUTRAL, UUID(int=0xA2))
third_neutral = Person(Role.NEUTRAL, UUID(int=0xA8))
deputy = Person(Role.NEUTRAL, UUID(int=0xAA))
"""A neutral who is always there, and takes no part before all others have."""
spare = Person(Role.NEUTRAL, UUID(int=0xAB))
"""One more, where the deputy was challenged too."""
NEUTRALS = (neutral, another_neutral, third_neutral, deputy, spare)
lawyer = Person(Role.BUYER, UUID(int=0xE1))
"""Somebody who may act for the buyer."""
supervisor = Person(Role.SUPERVISOR, UUID(int=0xA3))
administrator = Person(Role.ADMINISTRATOR, UUID(int=0xA4))
auditor = Person(Role.AUDITOR, UUID(int=0xA5))
marketplace = Person(Role.MARKETPLACE, UUID(int=0xA6))
engine = Person(Role.ENGINE, UUID(int=0xA7))
