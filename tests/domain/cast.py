"""The people of the law reports, and what they do: each act a command still without its instant."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from domain.adjudication import IssueRuling, WaiveAppeal
from domain.appeal import Appeal, SendBack
from domain.base import Actor, Command, Instant, Role
from domain.caucus import ConsentToNeutral, PostInCaucus
from domain.closure import Withdraw
from domain.co_signature import CoSignRuling, RefuseCoSignature
from domain.commitments import refund_id_of
from domain.conversation import PostMessage
from domain.decide import AnyCommand
from domain.escalation import AssignNeutral, Escalate
from domain.evidence import AddExhibit, AnswerExhibit, NewExhibit, WithdrawExhibit
from domain.evidence_requests import RequestEvidence
from domain.mandate import GrantMandate
from domain.money import Money
from domain.negotiation import AcceptOffer, MakeOffer, RejectOffer
from domain.people import Words
from domain.pleadings import OnCounterclaim, RaiseCounterclaim, Rebut
from domain.policy import Policy, PublishPolicy
from domain.promises import KeepCommitment, MakeCommitment, ReplaceCommitment, WaiveCommitment
from domain.proposal import AcceptProposal, DeclareImpasse, MakeProposal, RefuseProposal
from domain.remedy import ConfirmRefund, Division, FailRefund, InstructRefund, ReleaseRefund
from domain.response import Respond
from domain.set_aside import RefuseSetAside, RequestSetAside, SetDefaultAside
from domain.silence import RecordLapses

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

    def concedes(self, part: str | None = None) -> Act:
        if part is None:
            return self._act(Respond, answer="concede")
        return self._act(Respond, answer="concede_part", conceded=money(part))

    def adds_exhibit(self, text: str = "A photograph.", *, answering: int | None = None) -> Act:
        return self._act(AddExhibit, exhibit=NewExhibit(description=words(text)), answers_request=answering)

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

    def offers(self, amount: str, *, counters: int | None = None) -> Act:
        return self._act(MakeOffer, amount=money(amount), counters=counters)

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

    def proposes(self, claimant: str, respondent: str) -> Act:
        return self._act(MakeProposal, terms=_division(claimant, respondent), reasons=words("Half and half."))

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
    ) -> Act:
        award = _division(claimant, respondent)
        return self._act(
            IssueRuling,
            award=award,
            cites_exhibits=exhibits,
            cites_clauses=clauses,
            addresses_inferences=inferences,
            counterclaim=counterclaim,
            reasons=words("The photograph shows it."),
        )

    def co_signs(self, number: int = 1) -> Act:
        return self._act(CoSignRuling, number=number)

    def refuses_co_signature(self, number: int = 1) -> Act:
        return self._act(RefuseCoSignature, number=number, reasons=words("The packaging was not looked at."))

    def appeals(self, ground: str = "stated_error") -> Act:
        return self._act(Appeal, ground=ground, statement=words("The date of delivery is wrong."))

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

    def promises(
        self, kind: str, to: str, amount: str | None = None, *, owed_by: str | None = None, within: timedelta = TWO_DAYS
    ) -> Act:
        return self._act(
            MakeCommitment,
            kind=kind,
            owed_by=owed_by or self.role.value,
            owed_to=to,
            amount=money(amount) if amount else None,
            due_at=lambda now, _: now + within,
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

    def fails_refund(self, number: int) -> Act:
        return self._act(FailRefund, refund_id=_refund_of(number), reason="declined")

    def releases_refund(self, number: int) -> Act:
        return self._act(ReleaseRefund, refund_id=_refund_of(number))

    def ticks(self) -> Act:
        return self._act(RecordLapses)

    def publishes(self, policy: Policy) -> Act:
        return self._act(PublishPolicy, policy=policy).about(None)

    def grants_mandate(
        self,
        neutral: "Person",
        *authority: str,
        daily: tuple[str, ...] = (),
        languages: tuple[str, ...] = ("en",),
    ) -> Act:
        fields = {"authority": tuple(map(money, authority)), "daily": tuple(map(money, daily))}
        return self._act(GrantMandate, neutral=neutral.subject, languages=languages, **fields).about(None)


def _division(claimant: str, respondent: str) -> Division:
    return Division(claimant=money(claimant), respondent=money(respondent))


def _id_of(number: int) -> Callable[[Instant, UUID], UUID]:
    return lambda _, dispute: commitment(number, dispute)


def _refund_of(number: int) -> Callable[[Instant, UUID], UUID]:
    return lambda _, dispute: refund(number, dispute)


buyer = Person(Role.BUYER, UUID(int=0xB))
seller = Person(Role.SELLER, UUID(int=0x5))
neutral = Person(Role.NEUTRAL, UUID(int=0xA1))
another_neutral = Person(Role.NEUTRAL, UUID(int=0xA2))
third_neutral = Person(Role.NEUTRAL, UUID(int=0xA8))
supervisor = Person(Role.SUPERVISOR, UUID(int=0xA3))
administrator = Person(Role.ADMINISTRATOR, UUID(int=0xA4))
auditor = Person(Role.AUDITOR, UUID(int=0xA5))
marketplace = Person(Role.MARKETPLACE, UUID(int=0xA6))
engine = Person(Role.ENGINE, UUID(int=0xA7))
