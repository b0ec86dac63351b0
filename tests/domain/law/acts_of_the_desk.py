"""The acts of neutrals, supervisors and administrators in the law reports."""

from datetime import timedelta
from typing import Any

from domain.clocks.extensions import ExtendDeadline
from domain.clocks.proceedings import EndParallelProceeding, RecordParallelProceeding
from domain.clocks.stay import LiftStay, OrderStay
from domain.evidence.requests import RequestEvidence
from domain.filing.admissibility import DeclareInadmissible
from domain.filing.pleading_facts import OnCounterclaim
from domain.filing.review import AnswerReview
from domain.filing.set_aside import RefuseSetAside, SetDefaultAside
from domain.kernel.base import Instant
from domain.kernel.windows import Window
from domain.neutral.assignment import HandOver, ReassignNeutral, Recuse
from domain.neutral.escalation import AssignNeutral
from domain.neutral.independence import DecideChallenge, DeclareInterests
from domain.neutral.mandate import BeginLeave, CloseMandate, EndLeave, GrantMandate
from domain.remedies.handover import DecideGoods
from domain.remedies.reopening import Reopen
from domain.ruling.appeal import SendBack
from domain.ruling.co_signature import CoSignRuling, RefuseCoSignature
from domain.ruling.rulings import IssueRuling
from domain.settlement.notes import WriteNote
from domain.settlement.proposal import DeclareImpasse, MakeProposal
from tests.domain.law.acts import Act, Somebody, division, id_of, money, words


class OfTheDesk(Somebody):
    """The acts of neutrals, and of the people who oversee and appoint them."""

    def asks_evidence(self, of: str) -> Act:
        return self.act(RequestEvidence, of=of, fact=words("That it was packed well."))

    def takes_case(self) -> Act:
        return self.assigns(self)

    def assigns(self, neutral: Somebody) -> Act:
        return self.act(AssignNeutral, neutral=neutral.subject)

    def reassigns(self, neutral: Somebody | None = None, note: str | None = None) -> Act:
        successor, left = neutral.subject if neutral else None, words(note) if note else None
        return self.act(ReassignNeutral, neutral=successor, reason=words("On a journey."), note=left)

    def notes(self, text: str = "Ask the carrier.") -> Act:
        return self.act(WriteNote, note=words(text))

    def recuses(self) -> Act:
        return self.act(Recuse, reason=words("I know the seller."))

    def declares(self, disclosed: str | None = None) -> Act:
        return self.act(DeclareInterests, disclosed=words(disclosed) if disclosed else None)

    def decides_challenge(self, number: int, *, granted: bool) -> Act:
        return self.act(DecideChallenge, number=number, granted=granted, reasons=words("They are not."))

    def proposes(self, claimant: str, respondent: str, **terms: Any) -> Act:
        return self.act(MakeProposal, terms=division(claimant, respondent, **terms), reasons=words("Half and half."))

    def declares_impasse(self) -> Act:
        return self.act(DeclareImpasse)

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
        award = division(claimant, respondent, **terms)
        return self.act(
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
        return self.act(CoSignRuling, number=number)

    def refuses_co_signature(self, number: int = 1) -> Act:
        return self.act(RefuseCoSignature, number=number, reasons=words("The packaging was not looked at."))

    def sends_back(self) -> Act:
        return self.act(SendBack, reasons=words("The seller was not heard."))

    def answers_review(self, answer: str = "changed", number: int = 1) -> Act:
        return self.act(AnswerReview, number=number, answer=answer, reasons=words("The shop was told by telephone."))

    def sets_aside(self) -> Act:
        return self.act(SetDefaultAside, reasons=words("The flood is on record."))

    def refuses_to_set_aside(self) -> Act:
        return self.act(RefuseSetAside, reasons=words("A holiday is no cause."))

    def declares_inadmissible(self, ground: str = "vexatious") -> Act:
        return self.act(DeclareInadmissible, ground=ground, reasons=words("The fifth of its kind."))

    def decides_goods(self, to_buyer: str) -> Act:
        return self.act(DecideGoods, to_buyer=money(to_buyer), reasons=words("The weight at dispatch shows it."))

    def orders_stay(self, within: timedelta = timedelta(days=10)) -> Act:
        return self.act(OrderStay, until=lambda now, _: now + within, reasons=words("The laboratory needs time."))

    def lifts_stay(self) -> Act:
        return self.act(LiftStay)

    def extends(self, name: str, hours: int = 1) -> Act:
        return self.act(ExtendDeadline, name=name, more=Window(amount=hours, unit="hours"))

    def records_proceeding(self, what: str = "chargeback") -> Act:
        return self.act(RecordParallelProceeding, what=what, statement=words("Case 4711."))

    def ends_proceeding(self, number: int = 1) -> Act:
        return self.act(EndParallelProceeding, number=number, statement=words("Decided."))

    def reopens(self, ground: str = "fraud", bounced: int | None = None) -> Act:
        about = {"commitment_id": id_of(bounced)} if bounced else {}
        return self.act(Reopen, ground=ground, reasons=words("The tracking was forged."), **about)

    def grants_mandate(
        self,
        neutral: Somebody,
        *authority: str,
        daily: tuple[str, ...] = (),
        languages: tuple[str, ...] = ("en",),
        **terms: Any,
    ) -> Act:
        limits = {"authority": tuple(map(money, authority)), "daily": tuple(map(money, daily))}
        return self.act(GrantMandate, neutral=neutral.subject, languages=languages, **limits, **terms).about(None)

    def sends_on_leave(self, neutral: Somebody, until: Instant | None = None) -> Act:
        return self.act(BeginLeave, neutral=neutral.subject, until=until).about(None)

    def calls_back(self, neutral: Somebody) -> Act:
        return self.act(EndLeave, neutral=neutral.subject).about(None)

    def closes_mandate(self, neutral: Somebody) -> Act:
        return self.act(CloseMandate, neutral=neutral.subject, reason=words("Has left.")).about(None)

    def hands_over(self, neutral: Somebody) -> Act:
        return self.act(HandOver, neutral=neutral.subject)
