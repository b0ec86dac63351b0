"""The acts of the parties in the law reports."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from domain.commitments.events import Matter
from domain.commitments.keeping import KeepCommitment
from domain.commitments.promising import MakeCommitment
from domain.commitments.waiving import ReplaceCommitment, WaiveCommitment
from domain.evidence.attachments import FileAsExhibit
from domain.evidence.exhibit_facts import NewExhibit
from domain.evidence.exhibits import AddExhibit, AnswerExhibit, WithdrawExhibit
from domain.filing.key_question_facts import NewAnswer
from domain.filing.key_questions import AnswerKeyQuestions
from domain.filing.pleadings import RaiseCounterclaim, Rebut
from domain.filing.recommendations import AnswerRecommendation
from domain.filing.representation import EndRepresentation, NameRepresentative
from domain.filing.response import Respond
from domain.filing.review import RequestReview
from domain.filing.set_aside import RequestSetAside
from domain.kernel.base import Instant
from domain.neutral.escalation import Escalate
from domain.neutral.independence import ChallengeNeutral
from domain.privacy.access import RequestAccess
from domain.privacy.rectification import RectifyRecord
from domain.remedies.closure import Withdraw
from domain.remedies.goods_facts import Goods
from domain.remedies.handover import ContestGoods, SendGoods
from domain.remedies.reopening import RateHandling
from domain.ruling.appeal import Appeal, WithdrawAppeal
from domain.ruling.rulings import WaiveAppeal
from domain.settlement.caucus import ConsentToNeutral, PostInCaucus
from domain.settlement.conversation import PostMessage
from domain.settlement.negotiation import AcceptOffer, MakeOffer, RejectOffer
from domain.settlement.party_requests import (
    AnswerPartyRequest,
    DeclinePartyRequest,
    MakePartyRequest,
    WithdrawPartyRequest,
)
from domain.settlement.proposal import AcceptProposal, RefuseProposal
from domain.settlement.replies import NoReplyNeeded, SeeMessages
from tests.domain.law.acts import FILED_AT, TWO_DAYS, Act, Somebody, id_of, money, words


class OfParties(Somebody):
    """The acts of buyers, sellers and their representatives."""

    def contests(self) -> Act:
        return self.act(Respond, answer="contest", statement=words("It was as described."))

    def concedes(self, part: str | None = None, *, goods: Goods | None = None) -> Act:
        if part is None:
            return self.act(Respond, answer="concede", goods=goods)
        return self.act(Respond, answer="concede_part", conceded=money(part), goods=goods)

    def adds_exhibit(
        self, text: str = "A photograph.", *, answering: int | None = None, shows: str | None = None
    ) -> Act:
        exhibit = NewExhibit(description=words(text), shows=shows)
        return self.act(AddExhibit, exhibit=exhibit, answers_request=answering)

    def answers_questions(self, *names: str) -> Act:
        answers = tuple(NewAnswer(question=name, answer=words("As the photograph shows.")) for name in names)
        return self.act(AnswerKeyQuestions, answers=answers)

    def confides(self, text: str = "I would take half.", *, to: str | None = None) -> Act:
        return self.act(PostInCaucus, message=words(text), side=to)

    def consents(self) -> Act:
        return self.act(ConsentToNeutral)

    def rebuts(self) -> Act:
        return self.act(Rebut, statement=words("The box was intact."))

    def counterclaims(self, relief: str = "return_of_goods", amount: str | None = None) -> Act:
        wanted = money(amount) if amount else None
        return self.act(RaiseCounterclaim, relief=relief, amount=wanted, statement=words("They still have it."))

    def withdraws_exhibit(self, number: int) -> Act:
        return self.act(WithdrawExhibit, number=number)

    def answers_exhibit(self, number: int, text: str | None = "That is not ours.") -> Act:
        return self.act(AnswerExhibit, number=number, message=words(text) if text else None)

    def writes(self, text: str = "Where is it?", **fields: Any) -> Act:
        return self.act(PostMessage, message=words(text), channel="web", **fields)

    def files(
        self,
        message: int = 1,
        file: int = 1,
        text: str = "The waybill.",
        *,
        answering: int | None = None,
        shows: str | None = None,
    ) -> Act:
        about = {"message": message, "file": file, "answers_request": answering, "shows": shows}
        return self.act(FileAsExhibit, description=words(text), **about)

    def needs_no_reply(self, commitment_id: UUID | int, *, up_to: int | None = None) -> Act:
        owed = id_of(commitment_id) if isinstance(commitment_id, int) else commitment_id
        return self.act(NoReplyNeeded, commitment_id=owed, up_to=up_to)

    def reads(self, up_to: int) -> Act:
        return self.act(SeeMessages, up_to=up_to)

    def asks_for(
        self, what: str = "photo", text: str = "A photograph of the label.", *, days: int | None = None
    ) -> Act:
        return self.act(MakePartyRequest, asks_for=what, text=words(text), days=days)

    def answers_request(self, number: int = 1, *, exhibits: tuple[int, ...] = ()) -> Act:
        return self.act(AnswerPartyRequest, number=number, text=words("Here it is."), exhibits=exhibits)

    def declines_request(self, number: int = 1, text: str | None = "I threw it away.") -> Act:
        return self.act(DeclinePartyRequest, number=number, text=words(text) if text else None)

    def withdraws_request(self, number: int = 1) -> Act:
        return self.act(WithdrawPartyRequest, number=number)

    def offers(self, amount: str, *, counters: int | None = None, **terms: Any) -> Act:
        return self.act(MakeOffer, amount=money(amount), counters=counters, **terms)

    def accepts_offer(self, number: int) -> Act:
        return self.act(AcceptOffer, number=number)

    def rejects_offer(self, number: int) -> Act:
        return self.act(RejectOffer, number=number)

    def escalates(self) -> Act:
        return self.act(Escalate)

    def challenges(self, ground: str = "interest") -> Act:
        return self.act(ChallengeNeutral, ground=ground, reason=words("They are cousins."))

    def names(self, somebody: Somebody, *, side: str | None = None, capacity: str = "representative") -> Act:
        fields = {"subject": somebody.subject, "id": "law-12", "name": "Avv. Rossi", "capacity": capacity}
        return self.act(NameRepresentative, side=side or self.role.value, **fields)

    def dismisses(self, somebody: Somebody) -> Act:
        return self.act(EndRepresentation, subject=somebody.subject)

    def accepts_proposal(self, number: int = 1) -> Act:
        return self.act(AcceptProposal, number=number)

    def refuses_proposal(self, number: int = 1) -> Act:
        return self.act(RefuseProposal, number=number)

    def appeals(self, ground: str = "stated_error") -> Act:
        return self.act(Appeal, ground=ground, statement=words("The date of delivery is wrong."))

    def withdraws_appeal(self) -> Act:
        return self.act(WithdrawAppeal)

    def asks_to_set_aside(self) -> Act:
        return self.act(RequestSetAside, cause=words("The warehouse was flooded."))

    def asks_for_review(self, number: int = 1) -> Act:
        return self.act(RequestReview, number=number, statement=words("A person should look at this."))

    def asks_for_access(self, side: str, subject: UUID | None = None) -> Act:
        return self.act(RequestAccess, subject=subject or self.subject, side=side)

    def corrects(self, what: str = "name", text: str = "My name is Maria Bianchi.") -> Act:
        return self.act(RectifyRecord, what=what, correction=words(text))

    def waives_appeal(self) -> Act:
        return self.act(WaiveAppeal)

    def withdraws(self) -> Act:
        return self.act(Withdraw)

    def promises(
        self,
        kind: str,
        to: str,
        amount: str | None = None,
        *,
        owed_by: str | None = None,
        within: timedelta = TWO_DAYS,
        goodwill: bool = False,
        about: tuple[str, int | None] | None = None,
    ) -> Act:
        return self.act(
            MakeCommitment,
            kind=kind,
            owed_by=owed_by or self.role.value,
            owed_to=to,
            amount=money(amount) if amount else None,
            due_at=lambda now, _: now + within,
            goodwill=goodwill,
            about=Matter.model_validate({"what": about[0], "number": about[1]}) if about else None,
        )

    def confirms_promise(self, number: int) -> Act:
        return self.act(KeepCommitment, commitment_id=id_of(number))

    def waives_promise(self, number: int) -> Act:
        return self.act(WaiveCommitment, commitment_id=id_of(number))

    def replaces_promise(
        self,
        number: int,
        kind: str,
        amount: str | None = None,
        *,
        within: timedelta = TWO_DAYS,
        not_before: Instant = FILED_AT,
    ) -> Act:
        return self.act(
            ReplaceCommitment,
            commitment_id=id_of(number),
            kind=kind,
            amount=money(amount) if amount else None,
            due_at=lambda now, _: max(now + within, not_before),
        )

    def sends_goods(self, number: int, tracking: str | None = "JD0146", proof: str | None = None) -> Act:
        shipped = {"carrier": "DHL", "number": tracking} if tracking else {}
        statement = words(proof) if proof else None
        return self.act(SendGoods, commitment_id=id_of(number), statement=statement, **shipped)

    def contests_goods(self, number: int, ground: str = "empty_box") -> Act:
        return self.act(
            ContestGoods, commitment_id=id_of(number), ground=ground, statement=words("There was nothing in it.")
        )

    def rates(self, rating: int = 4) -> Act:
        return self.act(RateHandling, rating=rating, text=words("Quick."))

    def answers_recommendation(
        self, number: int, answer: str = "acted", reason: str | None = None, *, side: str = "seller"
    ) -> Act:
        said = words(reason) if reason else None
        return self.act(AnswerRecommendation, recommendation_id=id_of(number), side=side, answer=answer, reason=said)
