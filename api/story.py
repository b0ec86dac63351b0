"""The story of one dispute in words: what each of its events says, with local times, amounts, deadlines and causes.

Takes events whose personal texts have been opened; what it returns is plain text, without any control characters.
"""

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import assert_never
from uuid import UUID

from whenever import Instant as Exact

from domain import (
    adjudication,
    admissibility,
    caucus,
    claims,
    closure,
    commitments,
    conversation,
    deadlines,
    elsewhere,
    escalation,
    evidence,
    evidence_requests,
    goods,
    independence,
    key_questions,
    membership,
    negotiation,
    pleadings,
    proposal,
    recovery,
    refund,
    remedy,
    reopening,
    representation,
    response,
    set_aside,
    stay,
    vexatious,
)
from domain.base import Role
from domain.conversion import Payout
from domain.dispute import DisputeEvent, MovePassed
from domain.filing import DisputeFiled
from domain.people import Party, Side, Text
from domain.places import TimeZone
from domain.remedy import Division
from domain.windows import DeadlineProof

StoryEvent = DisputeEvent | conversation.ConversationEvent | refund.RefundEvent

_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""What would turn the rest of the line around."""


def plain(text: str) -> str:
    """On one line, and harmless to a terminal: what somebody wrote may hold anything."""
    return " ".join("".join(" " if unicodedata.category(c) == "Cc" or c in _DIRECTIONS else c for c in text).split())


def moment(at: datetime, zone: TimeZone) -> str:
    """As a person in `zone` reads it, to the second."""
    return f"{Exact(at).to_tz(zone).to_stdlib():%a %d %b %Y %H:%M:%S} {zone}"


class Story:
    """What one dispute is about, and what its commitments were: events further on refer to both."""

    def __init__(self, filed: DisputeFiled, zone: TimeZone | None = None) -> None:
        """`zone` shows every time in one zone; otherwise each is that of whom it concerns."""
        self.filed = filed
        self._zone = zone
        self._commitments: dict[UUID, str] = {}

    @property
    def parties(self) -> Mapping[Side, Party]:
        return {Side.BUYER: self.filed.buyer, Side.SELLER: self.filed.seller}

    def zone_of(self, who: str) -> TimeZone:
        """The zone of a party; of anybody else, UTC."""
        return self._zone or (self.parties[Side(who)].time_zone if who in set(Side) else "UTC")

    def tell(self, event: StoryEvent) -> str:  # noqa: C901 - one arm a union of events
        """One event in a sentence or two."""
        if isinstance(event, DisputeFiled):
            return self._filed(event)
        if isinstance(event, admissibility.DeclaredInadmissible):
            return self._not_heard(event)
        if isinstance(event, key_questions.KeyQuestionAnswered):
            again = f", for the {event.edition}th time" if event.edition > 1 else ""
            return f"the {event.by} answers the question on {_words(event.question)}{again}{_says(event.answer)}"
        if isinstance(event, response.ResponseEvent):
            return _response(event)
        if isinstance(event, evidence.EvidenceEvent):
            return _exhibit(event)
        if isinstance(event, caucus.CaucusEvent):
            return _confided(event)
        if isinstance(event, evidence_requests.EvidenceRequestEvent | pleadings.PleadingEvent):
            return _hearing(event)
        if isinstance(event, negotiation.NegotiationEvent):
            return self._bargaining(event)
        if isinstance(event, escalation.EscalationEvent):
            return _calling(event)
        if isinstance(event, independence.IndependenceEvent):
            return _independence(event)
        if isinstance(event, representation.RepresentationEvent):
            return _represented(event)
        if isinstance(event, proposal.ProposalEvent):
            return self._mediation(event)
        if isinstance(event, adjudication.AdjudicationEvent):
            return self._ruling(event)
        if isinstance(event, set_aside.SetAsideEvent):
            return self._default(event)
        if isinstance(event, commitments.CommitmentEvent | remedy.RemedyEvent):
            return self._promise(event)
        if isinstance(event, reopening.AfterwardsEvent):
            return _afterwards(event)
        if isinstance(event, membership.MembershipEvent):
            return _grouped(event)
        if isinstance(event, stay.StayEvent):
            return self._stay(event)
        if isinstance(event, elsewhere.RefundedElsewhere):
            solved = "; the claim is resolved" if event.resolves else ""
            beyond = f", and {event.excess} beyond what was left of the order" if event.excess else ""
            return f"{event.amount} was refunded elsewhere ({event.how}){beyond}{solved}"
        if isinstance(event, recovery.RecoveryEvent):
            return _recovery(event)
        if isinstance(event, claims.ClaimBeyondLimit | vexatious.ClaimFoundVexatious):
            return _abuse(event)
        if isinstance(event, goods.GoodsEvent):
            return _goods(event)
        if isinstance(event, deadlines.DeadlineEvent):
            return self._deadline(event)
        return self._otherwise(event)

    def _otherwise(
        self, event: closure.ClosureEvent | conversation.ConversationEvent | refund.RefundEvent | MovePassed
    ) -> str:
        match event:
            case closure.ClaimWithdrawn(reason=reason):
                return (
                    f"the claim is withdrawn{f'; {self._division(event.terms)}' if event.terms else ''}{_says(reason)}"
                )
            case closure.DisputeClosed(outcome=outcome):
                return f"closed: {_words(outcome)}"
            case MovePassed(stage=stage, awaiting=awaiting):
                return f"now in {stage}, awaiting {awaiting}"
            case conversation.MessagePosted():
                written = f", written {moment(event.written_at, self.zone_of(event.by))}" if event.written_at else ""
                return f"message {event.number} by {_THE[event.by]} ({event.channel}{written}){_says(event.message)}"
            case _:
                return _payment(event)

    def _filed(self, event: DisputeFiled) -> str:
        claim, held = event.claim, ", all that is held in escrow" if event.order.held else ""
        told = "past case, imported" if event.imported else "filed"
        about = f"{_words(claim.reason)}; the {event.claimant} seeks {_words(claim.relief_sought)} of {claim.amount}"
        dispute = f"in dispute: {event.in_dispute}{held}"
        contacted = event.seller_contacted_at
        before = f"; the seller was told {moment(contacted, self.zone_of('seller'))}" if contacted else ""
        before += f"; before another forum too ({_words(event.other_forum)})" if event.other_forum else ""
        return f"{told} under policy {event.policy_version}: {about}; {dispute}{before}{_says(claim.statement)}"

    def _not_heard(self, event: admissibility.DeclaredInadmissible) -> str:
        by = f"by {event.clause}" if event.clause else f"as {_THE[event.by]} declares"
        again = event.may_file_from
        cured = f"; may be filed from {moment(again, self.zone_of(self.filed.claimant))}" if again else ""
        return f"inadmissible, {by}: {_words(event.ground)}{cured}{_says(event.reasons)}"

    def _bargaining(self, event: negotiation.NegotiationEvent) -> str:
        match event:
            case negotiation.OfferMade(number=number, by=by):
                counters = f", against offer {event.counters}" if event.counters else ""
                return f"offer {number} by the {by}{counters}: {self._division(event.terms)}{_says(event.message)}"
            case negotiation.OfferAccepted(number=number, by=by):
                return f"the {by} accepts offer {number}"
            case negotiation.OfferRejected(number=number, by=by):
                return f"the {by} rejects offer {number}{_says(event.message)}"
            case negotiation.OfferExpired(number=number, why=why):
                return f"offer {number} is over: {_OVER[why]}"
            case negotiation.SettlementReached(terms=terms, by=by, number=number):
                return f"settled by {by} {number}: {self._division(terms)}"
            case _:
                assert_never(event)

    def _mediation(self, event: proposal.ProposalEvent) -> str:
        match event:
            case proposal.ProposalMade(number=number, terms=terms, reasons=reasons):
                return f"proposal {number} of the neutral: {self._division(terms)}{_says(reasons)}"
            case proposal.ProposalAccepted(number=number, by=by):
                return f"the {by} accepts proposal {number}"
            case proposal.ProposalRefused(number=number, by=by, message=message):
                return f"the {by} refuses proposal {number}{_says(message)}"
            case proposal.ProposalLapsed(number=number, why=why):
                return f"proposal {number} is over: {_OVER[why]}"
            case proposal.ImpasseDeclared(reasons=reasons):
                return f"the neutral sees no agreement, and will rule{_says(reasons)}"
            case _:
                assert_never(event)

    def _ruling(self, event: adjudication.AdjudicationEvent) -> str:
        match event:
            case adjudication.RulingIssued():
                cites = [*(f"exhibit {n}" for n in event.cites_exhibits), *(f"clause {c}" for c in event.cites_clauses)]
                told = f"ruling {event.number}, {_words(event.outcome)}: {self._division(event.award)}"
                waits = ", awaiting a co-signature" if event.awaits_co_signature else ""
                on_appeal = f", which {event.on_appeal} the one appealed" if event.on_appeal else ""
                on_appeal += _on_counterclaim(event.counterclaim)
                return f"{told}{on_appeal}{waits}; cites {', '.join(cites)}{_says(event.reasons)}"
            case adjudication.RulingCoSigned(number=number):
                return f"a supervisor co-signs ruling {number}: it is in effect"
            case adjudication.CoSignatureRefused(number=number, reasons=reasons):
                return f"a supervisor does not co-sign ruling {number}: the neutral rules anew{_says(reasons)}"
            case adjudication.AppealLodged(number=number, by=by, ground=ground, statement=statement):
                return f"the {by} appeals ruling {number}, on {_words(ground)}{_says(statement)}"
            case adjudication.AppealSentBack(number=number, reasons=reasons):
                return f"ruling {number} falls, and is sent back to be made anew{_says(reasons)}"
            case adjudication.AppealWithdrawn(number=number, by=by):
                return f"the {by} withdraws the appeal from ruling {number}"
            case adjudication.AppealWaived(by=by):
                return f"the {by} waives the appeal"
            case adjudication.AppealWindowLapsed(by=by):
                return f"the {by} did not appeal in time"
            case adjudication.RulingBecameFinal(number=number):
                return f"ruling {number} is final, and executes"
            case _:
                assert_never(event)

    def _default(self, event: set_aside.SetAsideEvent) -> str:
        match event:
            case set_aside.SetAsideRequested(by=by, cause=cause):
                return f"the {by} asks for the default to be set aside{_says(cause)}"
            case set_aside.DefaultSetAside(by=by, reasons=reasons):
                return f"{_THE[by]} sets the default aside: the case is heard{_says(reasons)}"
            case set_aside.SetAsideRefused(by=by, reasons=reasons):
                return f"{_THE[by]} does not set the default aside: it stands{_says(reasons)}"
            case _:
                assert_never(event)

    def _deadline(self, event: deadlines.DeadlineEvent) -> str:
        match event:
            case deadlines.DeadlineSet(deadline=deadline, whose=whose):
                proof = deadline.proof
                until = moment(deadline.due_at, self.zone_of(whose))
                return f"deadline {deadline.name} for {_THE[whose]}: until {until}; {_shown(proof)}"
            case deadlines.DeadlineMoved(name=name, due_at=due_at, why=why):
                return f"deadline {name} moves, by {why}: until {moment(due_at, self.zone_of('engine'))}"
            case deadlines.DeadlineEnded(name=name, how=how):
                return f"deadline {name} is {how}"
            case deadlines.DeadlineLapsed(name=name):
                return f"deadline {name} lapsed"
            case _:
                assert_never(event)

    def _promise(self, event: commitments.CommitmentEvent | remedy.RemedyEvent) -> str:  # noqa: C901 - one arm an event
        name = self._commitments.get(event.commitment_id, "a commitment")
        match event:
            case commitments.CommitmentMade(promise=promise, number=number):
                amount = f" {promise.amount}" if promise.amount else ""
                name = f"commitment {number} ({_words(promise.kind)}{amount})"
                self._commitments[event.commitment_id] = name
                owed = f"{_THE[promise.owed_by]} owes {_THE[promise.owed_to]}, from the {event.arises_from}"
                due = moment(promise.due_at, self.zone_of(promise.owed_by))
                shown = f"; {_shown(promise.proof)}" if promise.proof else ""
                return f"{name}: {owed}, due {due}{shown}{_says(promise.note)}"
            case commitments.CommitmentDeferred(due_at=due_at):
                return f"{name} is due later: {moment(due_at, self.zone_of('engine'))}"
            case commitments.CommitmentBreached():
                return f"{name} is overdue"
            case commitments.CommitmentKept(late=late, note=note):
                return f"{name} is kept{', late' if late else ''}{_says(note)}"
            case commitments.CommitmentWaived(by=by, note=note):
                return f"{name} is waived by {_THE[by]}{_says(note)}"
            case commitments.CommitmentReplaced(by=by):
                return f"{name} is replaced, as {_THE[by]} wishes"
            case commitments.CommitmentPassed(owed_by=owed_by):
                return f"{name} passes to {_THE[owed_by]}"
            case commitments.CommitmentDischarged(reason=reason):
                return f"{name} is discharged: {_words(reason)}"
            case remedy.RefundUnderway(refund_id=refund_id):
                return f"{name}: payment {refund_id} is under way"
            case remedy.RefundReturned(refund_id=refund_id):
                return f"{name}: payment {refund_id} came back"
            case remedy.RefundStalled(refund_id=refund_id):
                return f"{name}: payment {refund_id} failed; it is still owed"
            case remedy.RefundReferred(refund_id=refund_id, why=why):
                return f"{name}: a supervisor is to decide about payment {refund_id} ({_words(why)})"
            case _:
                assert_never(event)

    def _stay(self, event: stay.StayEvent) -> str:
        match event:
            case stay.DisputeStayed():
                return "stayed: the clocks stand still"
            case stay.DisputeResumed(stayed_since=since):
                return f"resumed: the clocks move on by the time since {moment(since, self.zone_of('engine'))}"
            case stay.StayOrdered(by=by, until=until, reasons=reasons):
                return f"{_THE[by]} orders a stay until {moment(until, self.zone_of('engine'))}{_says(reasons)}"
            case stay.StayLifted(by=by):
                return f"the stay is lifted by {_THE[by]}"
            case stay.ParallelProceedingRecorded(number=number, what=what, statement=statement):
                return f"proceeding {number} elsewhere ({_words(what)}){_says(statement)}"
            case stay.ParallelProceedingEnded(number=number, statement=statement):
                return f"proceeding {number} elsewhere has ended{_says(statement)}"
            case _:
                assert_never(event)

    def _division(self, terms: Division) -> str:
        claimant = self.filed.claimant
        waits = f"; the buyer's part waits for the goods: {_words(terms.goods.act)}" if terms.goods else ""
        parts = f"; in {len(terms.instalments)} instalments" if terms.instalments else ""
        return f"{terms.claimant} to the {claimant}, {terms.respondent} to the {claimant.other}{waits}{parts}"


_OVER = {"lapsed": "not answered in time", "superseded": "replaced by another", "moot": "decided otherwise"}
_THE = {
    who: f"the {who}"
    for who in (
        "buyer", "seller", "neutral", "supervisor", "administrator", "marketplace", "auditor", "engine", "carrier", "warehouse",
        "bank", "insurer",
    )
} | {"both": "both sides"}  # fmt: skip


def _response(event: response.ResponseEvent) -> str:
    match event:
        case response.ResponseGiven(answer=answer, by=by, conceded=conceded, statement=statement):
            return f"the {by} answers: {_words(answer)}{f' {conceded}' if conceded else ''}{_says(statement)}"
        case response.DefaultGranted(claimant_receives=amount):
            return f"no answer came: {amount} granted by default"
        case response.DefaultDeclined(reason=reason):
            return f"no answer came, but that alone does not decide: {_words(reason)}"
        case _:
            assert_never(event)


def _exhibit(event: evidence.EvidenceEvent) -> str:
    match event:
        case evidence.ExhibitAdded(number=number, by=by, description=description, file=file):
            attached = (
                f", {plain(file.name)} ({file.media_type}, {file.size:,} bytes, sha256 {file.sha256})" if file else ""
            )
            return f"exhibit {number} by {_THE[by]}{attached}{_says(description)}"
        case evidence.ExhibitWithdrawn(number=number, by=by):
            return f"exhibit {number} is withdrawn by {_THE[by]}"
        case evidence.ExhibitAnswered(number=number, by=by, message=message):
            return f"the {by} answers exhibit {number}{_says(message)}"
        case _:
            assert_never(event)


def _confided(event: caucus.CaucusEvent) -> str:
    match event:
        case caucus.CaucusMessagePosted(number=number, side=side, by=by):  # what was said is for those two alone
            return f"in caucus with the {side}, message {number} by {_THE[by]}"
        case caucus.CaucusConsentGiven(by=by):
            return f"the {by} consents that the neutral, who heard a caucus, rules"
        case _:
            assert_never(event)


def _hearing(event: evidence_requests.EvidenceRequestEvent | pleadings.PleadingEvent) -> str:
    match event:
        case evidence_requests.EvidenceRequested(number=number, of=of, fact=fact):
            return f"the neutral asks the {of} for evidence, request {number}{_says(fact)}"
        case evidence_requests.AdverseInferenceRecorded(number=number, against=against):
            return f"the {against} showed nothing on request {number}: an adverse inference is recorded"
        case pleadings.RebuttalGiven(statement=statement):
            return f"the claimant rebuts{_says(statement)}"
        case pleadings.CounterclaimRaised(relief=relief, amount=amount, statement=statement):
            return f"counterclaim for {_words(relief)}{f' of {amount}' if amount else ''}{_says(statement)}"
        case _:
            assert_never(event)


def _abuse(event: claims.ClaimBeyondLimit | vexatious.ClaimFoundVexatious) -> str:
    if isinstance(event, claims.ClaimBeyondLimit):
        over = f"beyond the limit of the policy, {event.most} ({_words(event.what)}) in {event.days} days"
        return f"filed {over}: a person looks at it"
    return f"the claim is found vexatious{_says(event.reasons)}"


def _calling(event: escalation.EscalationEvent) -> str:
    match event:
        case escalation.Escalated(by=by, offers_standing=standing, reason=reason):
            silence = "no agreement in time: a neutral is called"
            who = silence if by == "silence" else f"the {by} calls a neutral"
            offers = f"; still open: offer {', '.join(map(str, standing))}" if standing else ""
            return f"{who}{offers}{_says(reason)}"
        case escalation.EscalationJoined(by=by, reason=reason):
            return f"the {by} wants a neutral too{_says(reason)}"
        case escalation.NeutralAssigned(neutral=neutral, by=by):
            return f"assigned to neutral {neutral} by {_THE[by]}"
        case escalation.NeutralReleased(neutral=neutral, why=why, by=by, reason=reason):
            return f"neutral {neutral} has it no longer: {_words(why)}, by {_THE[by]}{_says(reason)}"
        case escalation.Referred():
            return "the ruling is overdue: referred to the supervisor"
        case _:
            assert_never(event)


def _independence(event: independence.IndependenceEvent) -> str:
    match event:
        case independence.InterestsDeclared(neutral=neutral, disclosed=disclosed):
            what = "an interest" if disclosed else "no interest in either party"
            return f"neutral {neutral} declares {what}{_says(disclosed)}"
        case independence.NeutralChallenged(number=number, by=by, neutral=neutral, ground=ground, reason=reason):
            return f"challenge {number}: the {by} challenges neutral {neutral} for {ground}{_says(reason)}"
        case independence.ChallengeDecided(number=number, granted=granted, by=by, reasons=reasons):
            return f"challenge {number} is {'granted' if granted else 'refused'} by {_THE[by]}{_says(reasons)}"
        case _:
            assert_never(event)


def _represented(event: representation.RepresentationEvent) -> str:
    match event:
        case representation.RepresentativeNamed(side=side, capacity=capacity, name=name, id=id_, by=by):
            return f"{plain(name or id_)} acts for the {side} as {capacity}, named by {_THE[by]}"
        case representation.RepresentationEnded(side=side, by=by):
            return f"a representative acts for the {side} no more, as {_THE[by]} says"
        case _:
            assert_never(event)


def _payment(event: refund.RefundEvent) -> str:
    match event:
        case refund.RefundInstructed(amount=amount, recipient=recipient, funded_by=funder):
            return f"payment of {amount} to the {recipient} instructed, borne by {_THE[funder]}"
        case refund.RefundSubmitted(attempt=attempt, by=by):
            again = f" again, attempt {attempt}" if attempt > 1 else ""
            return f"payment submitted{again}{f', as {_THE[by]} wants' if by is not Role.ENGINE else ''}"
        case refund.RefundConfirmed(provider_reference=reference, payout=payout):
            return f"payment confirmed{f': {plain(reference)}' if reference else ''}{_paid_out(payout)}"
        case refund.RefundFailed(reason=reason, retry_at=retry_at):
            again = f"; again from {moment(retry_at, 'UTC')}" if retry_at else ""
            return f"payment failed: {_words(reason)}{again}"
        case refund.RefundSettledOtherwise(how=how, by=by, reference=reference, payout=payout):
            return f"paid in another way ({_words(how)}: {plain(reference)}), says {_THE[by]}{_paid_out(payout)}"
        case refund.RefundBounced():
            return "payment came back"
        case refund.RefundCancelled():
            return "payment cancelled"
        case _:
            assert_never(event)


def _paid_out(payout: Payout | None) -> str:
    return f", paid out as {payout.paid} at {payout.rate} ({payout.source})" if payout else ""


def _afterwards(event: reopening.AfterwardsEvent) -> str:
    match event:
        case reopening.DisputeReopened(ground=ground, by=by, reasons=reasons):
            return f"reopened by {_THE[by]}: {_words(ground)}{_says(reasons)}"
        case reopening.HandlingRated(by=by, rating=rating, text=text):
            return f"the {by} rates the handling: {rating} of 5{_says(text)}"
        case _:
            assert_never(event)


def _grouped(event: membership.MembershipEvent) -> str:
    match event:
        case membership.IncidentJoined(incident_id=incident_id, by=by):
            return f"part of incident {incident_id}, says {_THE[by]}"
        case membership.IncidentLeft(incident_id=incident_id, by=by, reason=reason):
            return f"no longer part of incident {incident_id}, says {_THE[by]}{_says(reason)}"
        case membership.SharedAnswered(number=number, by=by, message=message):
            return f"the {by} answers what was shared as {number}{_says(message)}"
        case membership.SharedCited(ruling=ruling, numbers=numbers):
            return f"ruling {ruling} rests on what was shared as {', '.join(map(str, numbers))}"
        case membership.BulkActReached(number=number, act=act, as_number=as_number):
            return f"what was said to all ({number}) is {act} {as_number} here"
        case membership.BulkActNotReached(number=number, code=code):
            return f"what was said to all ({number}) does not come here: {code}"
        case _:
            assert_never(event)


def _recovery(event: recovery.RecoveryEvent) -> str:
    match event:
        case recovery.RulingExecuted(number=number, funded_by=funder):
            return f"ruling {number} executes before it is final, at the risk of {_THE[funder]}"
        case recovery.AwardOverturned(to_buyer=to_buyer, to_seller=to_seller):
            return f"what was decided counts no more; {to_buyer} had gone to the buyer, {to_seller} to the seller"
        case _:
            assert_never(event)


def _goods(event: goods.GoodsEvent) -> str:
    match event:
        case goods.GoodsAwaited(step=step, at_stake=at_stake):
            return f"{at_stake} waits for the goods ({_words(event.goods.act)}): {step}"
        case goods.GoodsSent(by=by, shipment=shipment, statement=statement):
            how = f" with {plain(shipment.carrier)} {plain(shipment.number)}" if shipment else ""
            return f"the {by} sends the goods{how}{_says(statement)}"
        case goods.GoodsContested(by=by, ground=ground, statement=statement):
            return f"{_THE[by]} contests the goods: {_words(ground)}{_says(statement)}"
        case goods.GoodsDecided(by=by, to_buyer=to_buyer, to_seller=to_seller, reasons=reasons):
            return f"{_THE[by]} decides: {to_buyer} to the buyer, {to_seller} to the seller{_says(reasons)}"
        case goods.GoodsEnded(how=how, to_buyer=to_buyer, to_seller=to_seller):
            return f"the goods: {_words(how)}; {to_buyer} to the buyer, {to_seller} to the seller"
        case _:
            assert_never(event)


def _shown(proof: DeadlineProof) -> str:
    """How a deadline was reckoned."""
    window = f"{proof.window.amount} {_words(proof.window.unit)}"
    return f"{window} by {proof.rule} (calendar {proof.calendar}, tzdata {proof.tzdata})"


def _on_counterclaim(decided: pleadings.OnCounterclaim | None) -> str:
    if decided is None:
        return ""
    amount = f" {decided.amount}" if decided.amount else ""
    return f"; counterclaim {f'granted{amount}' if decided.granted else 'dismissed'}"


def _says(text: Text | None) -> str:
    return f": “{plain(text.text)}” ({text.language})" if text else ""


def _words(name: str) -> str:
    return name.replace("_", " ")
