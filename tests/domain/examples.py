"""One event of each kind, every field filled, so that its golden file shows the whole shape.

An example changes only together with the `schema_version` of its event.
"""

from datetime import UTC, date, datetime
from uuid import UUID

from domain.access.revocation_facts import TokenRevoked, TokensOfSubjectRevoked
from domain.clocks.deadline_facts import DeadlineEnded, DeadlineLapsed, DeadlineMoved, DeadlineSet, ToldBy
from domain.clocks.stay_facts import (
    DisputeResumed,
    DisputeStayed,
    ParallelProceedingEnded,
    ParallelProceedingRecorded,
    StayLifted,
    StayOrdered,
)
from domain.commitments.events import (
    CommitmentBreached,
    CommitmentClass,
    CommitmentDeferred,
    CommitmentDischarged,
    CommitmentKept,
    CommitmentKind,
    CommitmentMade,
    CommitmentPassed,
    CommitmentReplaced,
    CommitmentWaived,
    KeptBy,
    Matter,
    Origin,
    Participant,
    Promise,
)
from domain.commitments.reminder_facts import Reminded
from domain.contacts.contact_facts import ContactRecorded, ContactsDestroyed, ShownReason
from domain.dispute.events import MovePassed
from domain.evidence.exhibit_facts import ExhibitAdded, ExhibitAnswered, ExhibitWithdrawn, File, FiledFrom
from domain.evidence.machine_reading_facts import Block, Box, FileNotRead, Page, TextFound
from domain.evidence.request_facts import AdverseInferenceRecorded, EvidenceRequested
from domain.filing.admissibility_facts import DeclaredInadmissible, Ground
from domain.filing.claim_facts import (
    ActionRecommended,
    CaseCounted,
    CaseUncounted,
    ClaimBeyondLimit,
    ClaimCounted,
    GrantCounted,
    PartyWarned,
    RecommendationAnswered,
    RecommendationWithdrawn,
    WarningWithdrawn,
)
from domain.filing.delivery_facts import DeliveryReported
from domain.filing.fast_lane_facts import FastLaneContested, FastLaneGranted
from domain.filing.filing_facts import Charge, Claim, DisputeFiled, Line, Order, ReliefSought, Tracking
from domain.filing.key_question_facts import KeyQuestionAnswered
from domain.filing.pleading_facts import CounterclaimRaised, OnCounterclaim, RebuttalGiven
from domain.filing.representation_facts import RepresentationEnded, RepresentativeNamed
from domain.filing.resolution_facts import ResolutionGranted
from domain.filing.response_facts import Answer, DefaultDeclined, DefaultGranted, ResponseGiven
from domain.filing.review_facts import FactUsed, MachineDecided, ReviewAnswered, ReviewRequested, Standing
from domain.filing.set_aside_facts import DefaultSetAside, SetAsideRefused, SetAsideRequested
from domain.filing.vexatious_facts import ClaimFoundVexatious
from domain.incidents.incident_facts import (
    ExhibitShared,
    FindingShared,
    IncidentClosed,
    IncidentKind,
    IncidentOpened,
    OfferedToAll,
    ProposedToAll,
    SameSum,
    Share,
)
from domain.incidents.membership_facts import (
    BulkActNotReached,
    BulkActReached,
    IncidentJoined,
    IncidentLeft,
    SharedAnswered,
    SharedCited,
)
from domain.kernel.base import Event, Role
from domain.kernel.channels import Call, LeftOut, Mailed, PublicPost
from domain.kernel.conversion import Payout, Quote
from domain.kernel.money import Money
from domain.kernel.people import Awaiting, Outcome, Party, Side, Stage, Text
from domain.kernel.quantities import Measure
from domain.kernel.text_places import TextPlace, Untranslated
from domain.kernel.windows import ClosedPeriod, Deadline, DeadlineProof, Window
from domain.neutral.escalation_facts import Escalated, EscalationJoined, NeutralAssigned, NeutralReleased, Referred
from domain.neutral.independence_facts import ChallengeDecided, InterestsDeclared, NeutralChallenged
from domain.neutral.mandate_facts import (
    AuthoritySpent,
    CaseDone,
    CaseHandedOver,
    CaseTaken,
    LeaveBegan,
    LeaveEnded,
    MandateClosed,
    MandateGranted,
)
from domain.notices.notices_facts import (
    Cause,
    NoticeBounced,
    NoticeCancelled,
    NoticeDeemed,
    NoticeDelivered,
    NoticeFailed,
    NoticeMade,
    NoticeSent,
    PersonNotReached,
    PersonReached,
    ToldDeadline,
    ToldPromise,
)
from domain.payments.execution_facts import RefundReferred, RefundReturned, RefundStalled, RefundUnderway
from domain.payments.reconciliation_facts import Difference, DifferenceEnded, DifferenceFound, LedgerCompared
from domain.payments.refund_facts import (
    RefundBounced,
    RefundCancelled,
    RefundConfirmed,
    RefundFailed,
    RefundInstructed,
    RefundPaidAgainstRecord,
    RefundPaidDifferently,
    RefundSettledOtherwise,
    RefundSubmitted,
)
from domain.payments.transaction_facts import (
    ClaimBarred,
    ClaimEnded,
    ClaimMayReturn,
    ClaimOpened,
    Held,
    LinePart,
    OrderLine,
    RefundRecovered,
    RefundReleased,
    RefundReserved,
    RefundSettled,
    TransactionRecorded,
)
from domain.policy.book import PolicyPublished
from domain.policy.breach_rules import Consequence
from domain.policy.claim_limits import AbuseRules, ClaimLimit, Threshold
from domain.policy.fast_lane_rules import FastLaneClause
from domain.policy.notice_rules import NoticeRules
from domain.policy.outage_facts import Outage, OutageRecorded
from domain.policy.party_request_rules import PartyRequestRules
from domain.policy.policy import (
    Closure,
    Desk,
    DeskAuthority,
    Policy,
    RegionalHolidays,
    Silence,
    TranslationRules,
    Windows,
)
from domain.policy.reasons import CalledFor, ClaimReason, Question, ReasonTerms
from domain.policy.reminder_rules import Reminder
from domain.policy.resolution_rules import PerBuyer, ResolutionClause
from domain.privacy.access_facts import AccessAnswered, AccessRequested
from domain.privacy.audit_read import RecordRead
from domain.privacy.erasure_facts import (
    ErasureCompleted,
    ErasureDeferred,
    ErasureGranted,
    ErasureRequested,
    PersonErased,
    StandsAgainst,
)
from domain.privacy.legal_hold_facts import LegalHoldLifted, LegalHoldPlaced
from domain.privacy.reach_facts import MailAddressGiven
from domain.privacy.rectification_facts import RecordRectified
from domain.remedies.closure_facts import ClaimWithdrawn, DisputeCancelled, DisputeClosed
from domain.remedies.division_facts import Division, Instalment
from domain.remedies.elsewhere_facts import RefundedElsewhere
from domain.remedies.goods_facts import (
    Goods,
    GoodsAct,
    GoodsAwaited,
    GoodsContested,
    GoodsDecided,
    GoodsEnded,
    GoodsPart,
    GoodsSent,
    Shipment,
)
from domain.remedies.recovery_facts import AwardOverturned, RulingExecuted
from domain.remedies.reopening_facts import DisputeReopened, HandlingRated
from domain.ruling.ruling_facts import (
    AppealLodged,
    AppealSentBack,
    AppealWaived,
    AppealWindowLapsed,
    AppealWithdrawn,
    CoSignatureRefused,
    RulingBecameFinal,
    RulingCoSigned,
    RulingIssued,
    TranslationUnderRulingCorrected,
    UnsignedRulingEnded,
)
from domain.settlement.caucus_facts import CaucusConsentGiven, CaucusMessagePosted
from domain.settlement.conversation_facts import MessagePosted, PromiseInMessage
from domain.settlement.negotiation_facts import OfferAccepted, OfferExpired, OfferMade, OfferRejected, SettlementReached
from domain.settlement.notes_facts import NoteWritten
from domain.settlement.party_request_facts import (
    PartyRequestAnswered,
    PartyRequestDeclined,
    PartyRequestMade,
    PartyRequestWithdrawn,
)
from domain.settlement.proposal_facts import (
    ImpasseDeclared,
    ProposalAccepted,
    ProposalLapsed,
    ProposalMade,
    ProposalRefused,
)
from domain.settlement.replies_facts import MessageSeen, ReplyNotNeeded
from domain.settlement.translation_facts import (
    LanguageDetected,
    TextRepeated,
    TextSent,
    TranslationApproved,
    TranslationCorrected,
    TranslationGivenUp,
    TranslationMade,
)


def _id(name: str) -> UUID:
    """Easy to recognise in the file: the dispute is d1000000-…"""
    return UUID(f"{name:0<8}-0000-4000-8000-000000000000")


DISPUTE, TRANSACTION, COMMITMENT, REPLACEMENT, REFUND = _id("d1"), _id("7a"), _id("c1"), _id("c2"), _id("f1")
BUYER, SELLER, NEUTRAL, ADMINISTRATOR, LINE, BLOB = _id("b1"), _id("5e"), _id("ae"), _id("ad"), _id("11"), _id("b10b")
SUPERVISOR, LAWYER, INCIDENT = _id("50"), _id("1a"), _id("1c")
NOTICE, CAUSE, TRANSLATION = _id("0e"), _id("ca"), _id("72")
NOON, LATER = datetime(2026, 10, 1, 12, tzinfo=UTC), datetime(2026, 10, 12, 9, 30, 15, 250_000, tzinfo=UTC)


def _eur(amount: str) -> Money:
    return Money.of(amount, "EUR")


def _text(text: str, author: UUID = BUYER, language: str = "it") -> Text:
    return Text(text=text, language=language, author=author)


KILO = Measure(quantity="1", unit="kg")
PART = LinePart(line=LINE, quantity="0.5")
GOODS = Goods(
    act=GoodsAct.RETURN,
    freight=Side.SELLER,
    freight_cost=_eur("12.50"),
    parts=(GoodsPart(line=1, quantity="0.25"),),
)
TERMS = Division(
    claimant=_eur("100.00"),
    respondent=_eur("29.90"),
    goods=GOODS,
    instalments=(Instalment(amount=_eur("100.00"), after=Window(amount=30, unit="calendar_days")),),
)
PROOF = DeadlineProof(
    rule="first-2026/response",
    window=Window(amount=5, unit="calendar_days"),
    starts_at=NOON,
    calendar="holidays 0.80 CN",
    time_zone="Asia/Shanghai",
    tzdata="2026.6",
    closed=(ClosedPeriod(name="Golden Week", first=date(2026, 10, 1), last=date(2026, 10, 8)),),
    region="CN-JX",
    counted_by="most_people",
    population="National Bureau of Statistics, census 2020",
)
PLACE = TextPlace(fact="CaucusMessagePosted", number=1, field="message", question="dispatched", side=Side.BUYER)
PROMISE = Promise(
    kind=CommitmentKind.REFUND,
    owed_by=Participant.SELLER,
    owed_to=Participant.BUYER,
    subject=SELLER,
    amount=_eur("29.90"),
    due_at=LATER,
    proof=PROOF,
    note=_text("退款", SELLER, "zh-Hans"),
    owed_from=NOON,
    made_at=NOON,
    about=Matter(
        what="text",
        number=1,
        text=Untranslated(translation_id=REPLACEMENT, of=PLACE, language="zh-Hans", why="unsafe", neutral=NEUTRAL),
    ),
)
QUOTE = Quote(paid=Money.of("32.25", "USD"), rate="1.0787", source="ECB", quoted_at=NOON)
PAYOUT = Payout(**dict(QUOTE), residue="0.00313")
_DISPATCHED = {"en": "When was it sent?", "zh-Hans": "何时发货？", "ar": "متى أُرسلت؟"}
POLICY = Policy(
    version="first-2026",
    windows=Windows(
        filing=Window(amount=60, unit="calendar_days"),
        refiling=Window(amount=30, unit="calendar_days"),
        response=Window(amount=5, unit="calendar_days"),
        negotiation=Window(amount=10, unit="calendar_days"),
        escalation_opens_after_hours=72,
        offer_reply=Window(amount=3, unit="business_days"),
        proposal_reply=Window(amount=3, unit="business_days"),
        first_act=Window(amount=24, unit="hours"),
        first_act_top_tier=Window(amount=4, unit="hours"),
        ruling=Window(amount=14, unit="calendar_days"),
        challenge=Window(amount=2, unit="business_days"),
        appeal=Window(amount=10, unit="calendar_days"),
        remedy=Window(amount=5, unit="business_days"),
        co_signature=Window(amount=2, unit="business_days"),
        appeal_assignment=Window(amount=2, unit="business_days"),
        set_aside=Window(amount=7, unit="calendar_days"),
        set_aside_answer=Window(amount=2, unit="business_days"),
        fast_lane=Window(amount=7, unit="calendar_days"),
        evidence=Window(amount=3, unit="calendar_days"),
        answers=Window(amount=5, unit="calendar_days"),
        disclosure=Window(amount=48, unit="hours"),
        promise=Window(amount=2, unit="business_days"),
        message_reply=Window(amount=2, unit="business_days"),
        public_reply=Window(amount=1, unit="business_days"),
        goods_sent=Window(amount=10, unit="calendar_days"),
        carriage=Window(amount=30, unit="calendar_days"),
        goods_confirmed=Window(amount=7, unit="calendar_days"),
        turned_up=Window(amount=60, unit="calendar_days"),
        longest=Window(amount=90, unit="calendar_days"),
    ),
    tiers=("standard", "gold"),
    clauses={"conformity": "Goods must be as described."},
    desk=Desk(country="IT", time_zone="Europe/Rome", region="IT-MI"),
    neutral_reads="either_side",
    declaration_before_ruling=True,
    reasons={
        ClaimReason.ITEM_NOT_RECEIVED: ReasonTerms(
            contact_first=Window(amount=2, unit="business_days"),
            questions=(Question(name="dispatched", of="respondent", text=_DISPATCHED),),
            evidence=(CalledFor(name="tracking", of="respondent", text="Tracking.", by_tracking=True),),
        )
    },
    excluded_forums=("court",),
    reminders=(Reminder(of="deadline", hours_before=24, only=("response",)),),
    translation=TranslationRules(engines=("local", "deepl"), sensitive_reasons=(ClaimReason.COUNTERFEIT,)),
    notices=NoticeRules(way="mail", grouping_minutes=10, notice="required"),
    reads_pictures=True,
    retention_days=90,
    contact_retention_days=180,
    parties_told_seen=True,
    party_requests=PartyRequestRules(window=Window(amount=2, unit="business_days"), at_most_days=10, open_at_once=3),
    return_freight=Side.SELLER,
    early_execution="marketplace",
    fast_lane=(
        FastLaneClause(
            clause="conformity",
            reason=ClaimReason.ITEM_NOT_RECEIVED,
            up_to=(_eur("40.00"),),
            funded_by="marketplace",
        ),
    ),
    resolutions=(
        ResolutionClause(
            clause="conformity",
            by=("neutral", "marketplace"),
            reasons=(ClaimReason.NOT_AS_DESCRIBED,),
            grounds=("proven", "goodwill"),
            up_to=(_eur("50.00"),),
            per_buyer=PerBuyer(days=30, grants=2, amounts=(_eur("80.00"),)),
            charged_to="seller",
        ),
    ),
    abuse=AbuseRules(
        limits=(ClaimLimit(of=Side.BUYER, days=30, claims=5, amounts=(_eur("500.00"),), vexatious=2, beyond="review"),),
        thresholds=(Threshold(of=Side.SELLER, ground="ruled_against", cases=3, days=90, warn_first=True),),
        answer=Window(amount=10, unit="business_days"),
    ),
    on_breach=(
        Consequence(
            commitment_class="remedy",
            owed_by=("seller",),
            then_owed_by="marketplace",
            kind="decide",
            window=Window(amount=2, unit="business_days"),
        ),
    ),
    silence=Silence(response="to_a_neutral"),
    closed_periods=(
        Closure(
            name="Golden Week", first=date(2027, 10, 1), last=date(2027, 10, 7), countries=("CN",), roles=(Side.SELLER,)
        ),
    ),
    authority=(DeskAuthority(desk="returns", per_ruling=(_eur("200.00"),), per_day=(_eur("1000.00"),)),),
    regional_holidays=RegionalHolidays(otherwise="national_only", by_country={"GB": "GB-ENG", "CH": "most_people"}),
)
ORDER = Order(
    subject=BUYER,
    transaction_id=TRANSACTION,
    order_id="O-77",
    payment_reference="pi_123",
    paid=_eur("129.90"),
    paid_at=NOON,
    delivered_at=LATER,
    latest_delivery_at=LATER,
    lines=(Line(key=LINE, subject=BUYER, id="1", title="Vaso", quantity=2, amount=_eur("129.90"), measure=KILO),),
    held=(Held(by=Side.BUYER, amount=_eur("129.90")), Held(by=Side.SELLER, amount=_eur("10.00"))),
    charges=(Charge(subject=BUYER, label="spedizione", amount=_eur("9.90"), key=_id("cc")),),
    tracking=(Tracking(subject=BUYER, carrier="SDA", number="1Z", status="in_transit", at=LATER),),
)
BUYERS = Party(
    subject=BUYER,
    id="b-77",
    name="Zoë",
    email="zoe@example.org",
    country="IT",
    language="it",
    time_zone="Europe/Rome",
    tier="gold",
    region="IT-MI",
)
SELLERS = Party(
    subject=SELLER,
    id="s-9",
    name="花瓶",
    email="shop@example.org",
    country="CN",
    language="zh-Hans",
    time_zone="Asia/Shanghai",
    tier="standard",
    region="CN-JX",
)
FILE = File(
    blob_id=BLOB,
    author=BUYER,
    name="vaso.jpg",
    media_type="image/jpeg",
    size=48_123,
    sha256="a1" * 32,
    sealed_sha256="b2" * 32,
)

EXAMPLES: tuple[Event, ...] = (
    AccessAnswered(subject=BUYER, number=1, by=Role.MARKETPLACE),
    AccessRequested(subject=BUYER, number=1, by=Role.BUYER, due_at=LATER, dispute_id=DISPUTE, commitment_id=COMMITMENT),
    ActionRecommended(
        recommendation_id=COMMITMENT,
        dispute_id=DISPUTE,
        party=SELLER,
        side=Side.SELLER,
        action="delist",
        ground="ruled_against",
        cases=(DISPUTE,),
        days=90,
        due_at=LATER,
    ),
    AdverseInferenceRecorded(number=1, against=Side.SELLER),
    AppealLodged(number=1, by=Side.BUYER, ground="new_evidence", statement=_text("La ricevuta.")),
    AppealSentBack(number=1, neutral=NEUTRAL, reasons=_text("Not heard.", NEUTRAL, "en")),
    AppealWaived(number=1, by=Side.BUYER),
    AppealWindowLapsed(number=1, by=Side.SELLER),
    AppealWithdrawn(number=1, by=Side.SELLER),
    AuthoritySpent(dispute_id=DISPUTE, ruling=1, amount=_eur("129.90"), day=date(2026, 10, 12)),
    AwardOverturned(to_buyer=_eur("100.00"), to_seller=_eur("29.90")),
    BulkActNotReached(incident_id=INCIDENT, number=1, code="NotYourMove"),
    BulkActReached(incident_id=INCIDENT, number=1, act="proposal", as_number=2),
    CaseCounted(dispute_id=DISPUTE, ground="ruled_against", at=LATER),
    CaseDone(dispute_id=DISPUTE),
    CaseHandedOver(dispute_id=DISPUTE),
    CaseTaken(dispute_id=DISPUTE),
    CaseUncounted(dispute_id=DISPUTE, ground="ruled_against"),
    CaucusConsentGiven(by=Side.SELLER, neutral=NEUTRAL),
    CaucusMessagePosted(
        number=1, side=Side.BUYER, by=Role.BUYER, neutral=NEUTRAL, message=_text("Mi basta la metà."), file=FILE
    ),
    ChallengeDecided(number=1, granted=True, by=Role.SUPERVISOR, reasons=_text("So it seems.", SUPERVISOR, "en")),
    ClaimBarred(dispute_id=DISPUTE, claimant=Side.BUYER, lines=(LINE,), reason="other", parts=(PART,)),
    ClaimBeyondLimit(what="claims", days=30, most="5"),
    ClaimCounted(dispute_id=DISPUTE, amount=_eur("129.90"), filed_at=LATER),
    ClaimEnded(dispute_id=DISPUTE, ended_at=LATER),
    ClaimFoundVexatious(
        by=Role.NEUTRAL,
        reasons=_text("The fourth of its kind.", NEUTRAL, "en"),
        ruling=1,
        awaits_co_signature=True,
    ),
    ClaimMayReturn(dispute_id=DISPUTE, claimant=Side.BUYER),
    ClaimOpened(
        dispute_id=DISPUTE, lines=(LINE,), amount=_eur("139.90"), pays_in=True, follows=_id("d0"), parts=(PART,)
    ),
    ClaimWithdrawn(reason=_text("Ritiro."), terms=TERMS),
    CoSignatureRefused(number=1, supervisor=SUPERVISOR, reasons=_text("Not looked at.", SUPERVISOR, "en")),
    CommitmentBreached(commitment_id=COMMITMENT),
    CommitmentDeferred(commitment_id=COMMITMENT, due_at=LATER, remind_at=(NOON,)),
    CommitmentDischarged(commitment_id=COMMITMENT, reason="dispute_over"),
    CommitmentKept(
        commitment_id=COMMITMENT,
        late=True,
        by=Role.MARKETPLACE,
        refund_id=REFUND,
        note=_text("Arrivato."),
        kept_by=KeptBy(fact="MessagePosted", number=2),
    ),
    CommitmentMade(
        commitment_id=COMMITMENT,
        number=1,
        commitment_class=CommitmentClass.REMEDY,
        promise=PROMISE,
        arises_from=Origin.CONCESSION,
        because_of=REPLACEMENT,
        message=2,
        remind_at=(NOON,),
    ),
    CommitmentPassed(commitment_id=COMMITMENT, owed_by=Participant.NEUTRAL, subject=NEUTRAL),
    CommitmentReplaced(commitment_id=COMMITMENT, replaced_by=REPLACEMENT, by=Role.BUYER),
    CommitmentWaived(commitment_id=COMMITMENT, by=Role.BUYER, note=_text("Lasci stare.")),
    ContactRecorded(
        number=1,
        transaction_id=DISPUTE,
        side=Side.BUYER,
        subject=BUYER,
        kept_under=REPLACEMENT,
        order_id="O-4711",
        channel="self_service",
        wanted="cancel",
        outcome="refused",
        reason_code="already_packed",
        reason=ShownReason(text="L'ordine è già in preparazione.", language="it"),
        happened_at=NOON,
        arrival=COMMITMENT,
        by=Role.MARKETPLACE,
    ),
    ContactsDestroyed(subject=BUYER, kept_under=REPLACEMENT, up_to=2, rule="first-2026/contact_retention_days"),
    CounterclaimRaised(relief="payment", amount=_eur("12.00"), statement=_text("运费", SELLER, "zh-Hans")),
    DeadlineEnded(name="response", how="met"),
    DeadlineLapsed(name="response"),
    DeadlineMoved(
        name="response",
        due_at=LATER,
        why="outage",
        outage=Outage(began_at=NOON, ended_at=LATER),
        remind_at=(NOON,),
    ),
    DeadlineSet(
        deadline=Deadline(name="response", due_at=LATER, proof=PROOF),
        whose="seller",
        remind_at=(NOON,),
        awaits_notice=False,
        told_by=ToldBy(way="mail", by=Role.ENGINE, notice_id=NOTICE, language="zh-Hans", translations=(TRANSLATION,)),
    ),
    DeclaredInadmissible(
        ground=Ground.SELLER_NOT_CONTACTED,
        by=Role.NEUTRAL,
        clause="first-2026/admissibility",
        reasons=_text("He was never asked.", NEUTRAL, "en"),
        may_file_from=LATER,
    ),
    DefaultDeclined(reason="tracked_as_delivered"),
    DefaultGranted(claimant_receives=_eur("129.90")),
    DefaultSetAside(by=Role.SUPERVISOR, reasons=_text("The flood is on record.", SUPERVISOR, "en")),
    DeliveryReported(
        subject=BUYER,
        carrier="SDA",
        number="1Z999AA10123456784",
        tracking_key=_id("9b"),
        delivered_at=NOON,
        latest_delivery_at=LATER,
    ),
    DifferenceEnded(number=1, how="explained", by=Role.SUPERVISOR, note=_text("Paid by hand.", SUPERVISOR, "en")),
    DifferenceFound(
        number=1,
        difference=Difference(
            what="amount",
            refund_id=REFUND,
            payment_key=_id("4e"),
            subject=BUYER,
            reference="re_456",
            ours=_eur("29.90"),
            our_status="confirmed",
            theirs=_eur("29.00"),
            their_status="paid",
        ),
    ),
    DisputeCancelled(reason=_text("Opened twice by mistake.", _id("ba"), "en"), terms=TERMS),
    DisputeClosed(outcome=Outcome.RULED_SPLIT),
    DisputeFiled(
        dispute_id=DISPUTE,
        reference="MP-2026-000123",
        reference_subject=BUYER,
        reference_key=_id("4e"),
        policy_version="first-2026",
        order=ORDER,
        buyer=BUYERS,
        seller=SELLERS,
        claimant=Side.BUYER,
        claim=Claim(
            reason=ClaimReason.NOT_AS_DESCRIBED,
            lines=(LINE,),
            amount=_eur("129.90"),
            relief_sought=ReliefSought.REFUND,
            statement=_text("È rotto."),
            parts=(PART,),
        ),
        in_dispute=_eur("139.90"),
        imported=True,
        follows=_id("d0"),
        seller_contacted_at=NOON,
        other_forum="chargeback",
        answers_due=(Deadline(name="answers-seller", due_at=LATER, proof=PROOF),),
    ),
    DisputeReopened(
        ground="bounced_refund",
        by=Role.SUPERVISOR,
        reasons=_text("It came back.", ADMINISTRATOR, "en"),
        bounced=COMMITMENT,
    ),
    DisputeResumed(stayed_since=NOON),
    DisputeStayed(since=NOON),
    ErasureCompleted(subject=BUYER, number=1, completed_at=LATER),
    ErasureDeferred(
        subject=BUYER,
        number=1,
        against=(
            StandsAgainst(what="retention", until=LATER, dispute_id=DISPUTE, hold=1, rule="first-2026/retention_days"),
        ),
        until=LATER,
        due_at=LATER,
        dispute_id=DISPUTE,
        commitment_id=COMMITMENT,
    ),
    ErasureGranted(subject=BUYER, number=1),
    ErasureRequested(subject=BUYER, number=1, ground="person_asked", by=Role.MARKETPLACE),
    Escalated(by="buyer", offers_standing=(1, 2), reason=_text("Non risponde.")),
    EscalationJoined(by=Side.SELLER, reason=_text("他不接受。", SELLER, "zh-Hans")),
    EvidenceRequested(number=1, of=Side.SELLER, fact=_text("That it was packed.", NEUTRAL, "en")),
    ExhibitAdded(
        number=1,
        by=Role.BUYER,
        description=_text("Una foto."),
        file=FILE,
        citable_at=LATER,
        answers_request=2,
        shows="photos",
        filed_from=FiledFrom(message=4, file=1, by=Role.NEUTRAL),
    ),
    ExhibitAnswered(number=1, by=Side.SELLER, message=_text("不是", SELLER, "zh-Hans")),
    ExhibitShared(
        number=1,
        by=Role.SUPERVISOR,
        description=_text("The seizure notice.", SUPERVISOR, "en"),
        file=FILE,
        shared_at=NOON,
    ),
    ExhibitWithdrawn(number=1, by=Role.BUYER),
    FastLaneContested(by=Side.SELLER),
    FastLaneGranted(
        clause="conformity",
        shown_by="tracking",
        claimant_receives=_eur("29.90"),
        up_to=_eur("40.00"),
        funded_by=Participant.MARKETPLACE,
    ),
    FileNotRead(reading_id=COMMITMENT, exhibit=1, source="5f" * 32, languages=("it", "zh-Hans"), why="too_large"),
    FindingShared(
        number=2,
        by=Role.NEUTRAL,
        finding=_text("The whole batch was seized.", NEUTRAL, "en"),
        rests_on=(1,),
        shared_at=NOON,
    ),
    GoodsAwaited(
        goods=GOODS, at_stake=_eur("100.00"), arises_from=Origin.SETTLEMENT, step="dispatch", commitment_id=COMMITMENT
    ),
    GoodsContested(
        commitment_id=COMMITMENT, by=Role.SELLER, ground="empty_box", statement=_text("空", SELLER, "zh-Hans")
    ),
    GoodsDecided(
        to_buyer=_eur("60.00"),
        to_seller=_eur("40.00"),
        by=Role.NEUTRAL,
        reasons=_text("The weight shows it.", NEUTRAL, "en"),
    ),
    GoodsEnded(how="decided", to_buyer=_eur("60.00"), to_seller=_eur("40.00")),
    GoodsSent(
        commitment_id=COMMITMENT,
        by=Side.BUYER,
        shipment=Shipment(subject=BUYER, carrier="DHL", number="JD0146"),
        statement=_text("Spedito."),
    ),
    GrantCounted(dispute_id=DISPUTE, amount=_eur("40.00"), granted_at=LATER),
    HandlingRated(by=Side.BUYER, rating=4, text=_text("Veloce.")),
    ImpasseDeclared(reasons=_text("No agreement.", NEUTRAL, "en")),
    IncidentClosed(by=Role.SUPERVISOR, reason=_text("All is said.", SUPERVISOR, "en")),
    IncidentJoined(incident_id=INCIDENT, by=Role.NEUTRAL, joined_at=NOON),
    IncidentLeft(incident_id=INCIDENT, by=Role.NEUTRAL, reason=_text("Another batch.", NEUTRAL, "en")),
    IncidentOpened(
        incident_id=INCIDENT,
        what=IncidentKind.CUSTOMS_SEIZURE,
        title=_text("The batch of 2 May.", SUPERVISOR, "en"),
        reason=_text("Seized at the border.", SUPERVISOR, "en"),
        by=Role.SUPERVISOR,
    ),
    InterestsDeclared(neutral=NEUTRAL, disclosed=_text("I once bought there.", NEUTRAL, "en")),
    KeyQuestionAnswered(question="difference", by=Side.BUYER, edition=2, answer=_text("Il colore.")),
    LanguageDetected(source="5f" * 32, of=PLACE, declared="zh-Hans", detected="it"),
    LeaveBegan(until=LATER, by=SUPERVISOR),
    LeaveEnded(by=SUPERVISOR),
    LedgerCompared(number=1, gateway="sandbox", since=NOON, refunds=3, payments=4, open=1),
    LegalHoldLifted(
        subject=BUYER, number=1, reason=_text("The court has ruled.", ADMINISTRATOR, "en"), by=Role.ADMINISTRATOR
    ),
    LegalHoldPlaced(
        subject=BUYER, number=1, reason=_text("A court asks.", ADMINISTRATOR, "en"), until=LATER, by=Role.ADMINISTRATOR
    ),
    MachineDecided(
        number=1,
        decision="not_heard",
        burdens=Side.BUYER,
        clause="first-2026/admissibility",
        facts=(FactUsed(name="ground", value="other_forum"),),
        objection="request_review",
        review_until=LATER,
        standing=Standing(ground="ruled_against", recommendation_id=COMMITMENT),
        proof=PROOF,
    ),
    MailAddressGiven(subject=BUYER, address="ada@example.com", by=Role.MARKETPLACE),
    MandateClosed(
        neutral=NEUTRAL, reason=_text("Has left the house.", ADMINISTRATOR, "en"), cases=(DISPUTE,), by=ADMINISTRATOR
    ),
    MandateGranted(
        neutral=NEUTRAL,
        languages=("it", "zh-Hans"),
        authority=(_eur("500.00"), Money.of("60000", "JPY")),
        most_cases=40,
        tiers=("gold",),
        desk="apac",
        conflicts=(SELLER,),
        by=ADMINISTRATOR,
        daily=(_eur("5000.00"),),
    ),
    MessagePosted(
        number=4,
        by=Role.BUYER,
        message=_text("Dov'è?"),
        channel="email",
        written_at=NOON,
        to="seller",
        promise=PromiseInMessage(
            commitment_id=COMMITMENT, kind=CommitmentKind.PROVIDE, owed_to=Participant.NEUTRAL, due_at=LATER
        ),
        files=(FILE,),
        in_reply_to=3,
        machine_written=True,
        call=Call(text_is="note", spoke=("buyer", "marketplace"), began_at=NOON, seconds=540, recording_consent=False),
        public=PublicPost(address="https://reviews.example/r/4711", public_since=NOON, author=BUYER),
        mail=Mailed(
            subject="Dov'è?",
            whole="Dov'è?\n> Spedito.",
            matched_by="person",
            sender_known=False,
            verdict="fail",
            left_out=(LeftOut(what="virus.exe", why="type_not_allowed", author=BUYER),),
            author=BUYER,
            assigned_by=NEUTRAL,
        ),
        arrival=REPLACEMENT,
    ),
    MessageSeen(message=3, by=Role.SELLER, shared=False),
    MovePassed(stage=Stage.MEDIATION, awaiting=Awaiting.SUPERVISOR),
    NeutralAssigned(neutral=NEUTRAL, by=Role.SUPERVISOR),
    NeutralChallenged(number=1, by=Side.BUYER, neutral=NEUTRAL, ground="interest", reason=_text("Sono cugini.")),
    NeutralReleased(neutral=NEUTRAL, why="recused", by=Role.NEUTRAL, reason=_text("I know the seller.", NEUTRAL, "en")),
    NoteWritten(number=1, by=Role.NEUTRAL, note=_text("Another parcel's tracking.", NEUTRAL, "en")),
    NoticeBounced(notice_id=NOTICE, to=Side.BUYER, why="no_mailbox", by=Role.ENGINE, status="5.1.1"),
    NoticeCancelled(to=Side.SELLER, causes=(CAUSE,), why="moved_on", notice_id=NOTICE),
    NoticeDeemed(
        to=Side.SELLER,
        by=Role.SUPERVISOR,
        tried=("mail", "phone"),
        reasons=_text("Nobody answers.", SUPERVISOR, "en"),
    ),
    NoticeDelivered(notice_id=NOTICE, to=Side.BUYER, way="mail", by=Role.ENGINE),
    NoticeFailed(notice_id=NOTICE, to=Side.BUYER, why="refused", by=Role.ENGINE, status="5.7.1"),
    NoticeMade(
        notice_id=NOTICE,
        number=1,
        to=Side.BUYER,
        subject=BUYER,
        causes=(Cause(id=CAUSE, fact="OfferMade", number=2, template="offer_made"),),
        way="mail",
        language="it",
        time_zone="Europe/Rome",
        deadlines=(ToldDeadline(name="offer-2", about="offer", due_at=LATER),),
        promises=(ToldPromise(commitment_id=COMMITMENT, kind="ship", due_at=LATER),),
        translations=(TRANSLATION,),
        address="ada@example.com",
        message_id="<notice.1@mail.example>",
        heading="Un'offerta aspetta la tua risposta",
        text="Il venditore ti ha fatto un'offerta.",
    ),
    NoticeSent(notice_id=NOTICE, to=Side.BUYER),
    OfferAccepted(number=1, by=Side.BUYER),
    OfferExpired(number=1, why="lapsed"),
    OfferMade(number=2, by=Side.BUYER, terms=TERMS, counters=1, message=_text("Cento.")),
    OfferRejected(number=1, by=Side.BUYER, message=_text("No.")),
    OfferedToAll(
        number=2,
        by=Side.SELLER,
        party=SELLER,
        terms=SameSum(amount=_eur("20.00")),
        message=_text("对不起", SELLER, "zh-Hans"),
    ),
    OutageRecorded(outage=Outage(began_at=NOON, ended_at=LATER), by=Role.ENGINE),
    ParallelProceedingEnded(number=1, by=Role.MARKETPLACE, statement=_text("Over.", ADMINISTRATOR, "en")),
    ParallelProceedingRecorded(
        number=1, what="chargeback", by=Role.MARKETPLACE, statement=_text("Case 4711.", ADMINISTRATOR, "en")
    ),
    PartyRequestAnswered(number=1, by=Side.SELLER, text=_text("这是照片。", SELLER, "zh-Hans"), exhibits=(2,)),
    PartyRequestDeclined(number=2, by=Side.BUYER, text=_text("Non lo so.")),
    PartyRequestMade(
        number=1, by=Side.BUYER, asks_for="photo", text=_text("Una foto."), days=4, commitment_id=COMMITMENT
    ),
    PartyRequestWithdrawn(number=3, by=Side.BUYER),
    PartyWarned(
        dispute_id=DISPUTE,
        party=SELLER,
        side=Side.SELLER,
        ground="ruled_against",
        cases=(DISPUTE,),
        days=90,
        warned_at=LATER,
    ),
    PersonErased(subject=BUYER, number=1, ground="person_asked", erased_at=LATER),
    PersonNotReached(to=Side.SELLER, by=Role.SUPERVISOR, how="phone", note=_text("Nobody answers.", SUPERVISOR, "en")),
    PersonReached(to=Side.BUYER, by=Role.SUPERVISOR, how="phone", note=_text("Called her.", ADMINISTRATOR, "en")),
    PolicyPublished(policy=POLICY, by=ADMINISTRATOR, applies_from=LATER),
    ProposalAccepted(number=1, by=Side.SELLER),
    ProposalLapsed(number=1, why="lapsed"),
    ProposalMade(number=1, terms=TERMS, reasons=_text("Both have a point.", NEUTRAL, "en")),
    ProposalRefused(number=1, by=Side.SELLER, message=_text("不", SELLER, "zh-Hans")),
    ProposedToAll(
        number=1, neutral=NEUTRAL, terms=Share(share=5000), reasons=_text("Nobody is at fault.", NEUTRAL, "en")
    ),
    RebuttalGiven(statement=_text("La scatola era intatta.")),
    RecommendationAnswered(
        recommendation_id=COMMITMENT, answer="declined", reason=_text("They paid.", ADMINISTRATOR, "en")
    ),
    RecommendationWithdrawn(recommendation_id=COMMITMENT),
    RecordRead(route="get_dispute", dispute_id=DISPUTE, question={"as_of": "2026-10-12T09:30:15Z"}),
    RecordRectified(number=1, by=Side.BUYER, what="name", correction=_text("Il mio nome è Maria Bianchi.")),
    Referred(reason="ruling_overdue"),
    RefundBounced(),
    RefundCancelled(),
    RefundConfirmed(recipient_subject=BUYER, reference_key=_id("4e"), provider_reference="re_456", payout=PAYOUT),
    RefundFailed(reason="declined", attempt=1, retry_at=LATER),
    RefundInstructed(
        refund_id=REFUND,
        dispute_id=DISPUTE,
        transaction_id=TRANSACTION,
        commitment_id=COMMITMENT,
        recipient=Side.BUYER,
        recipient_subject=BUYER,
        funded_by="seller",
        amount=_eur("29.90"),
    ),
    RefundPaidAgainstRecord(
        recipient_subject=BUYER,
        decision_id=_id("d5"),
        paid=_eur("29.00"),
        reference_key=_id("4e"),
        provider_reference="re_456",
        payout=QUOTE,
    ),
    RefundPaidDifferently(
        recipient_subject=BUYER, paid=_eur("29.00"), reference_key=_id("4e"), provider_reference="re_456", payout=QUOTE
    ),
    RefundRecovered(dispute_id=DISPUTE, amount=_eur("29.90")),
    RefundReferred(commitment_id=COMMITMENT, refund_id=REFUND, decision_id=_id("d5"), why="refused"),
    RefundReleased(refund_id=REFUND),
    RefundReserved(refund_id=REFUND, dispute_id=DISPUTE, amount=_eur("29.90")),
    RefundReturned(commitment_id=COMMITMENT, refund_id=REFUND),
    RefundSettled(refund_id=REFUND),
    RefundSettledOtherwise(
        how="bank_transfer",
        by=Role.SUPERVISOR,
        recipient_subject=BUYER,
        reference_key=_id("4f"),
        reference="TRF-118",
        payout=PAYOUT,
    ),
    RefundStalled(commitment_id=COMMITMENT, refund_id=REFUND),
    RefundSubmitted(attempt=2, by=Role.SUPERVISOR),
    RefundUnderway(commitment_id=COMMITMENT, refund_id=REFUND),
    RefundedElsewhere(
        payment_key=_id("9a"),
        amount=_eur("29.90"),
        off_claim=_eur("20.00"),
        how="chargeback",
        resolves=True,
        excess=_eur("3.00"),
    ),
    Reminded(to="seller", due_at=LATER, name="response", commitment_id=COMMITMENT, again_at=NOON),
    ReplyNotNeeded(commitment_id=COMMITMENT, by=Role.SELLER, message=3),
    RepresentationEnded(side=Side.BUYER, subject=LAWYER, by=Role.BUYER),
    RepresentativeNamed(
        side=Side.BUYER, subject=LAWYER, id="law-12", name="Avv. Rossi", capacity="representative", by=Role.BUYER
    ),
    ResolutionGranted(
        clause="conformity",
        ground="proven",
        said=_text("Your money is on its way.", SUPERVISOR, "en"),
        by=Role.SUPERVISOR,
        agent=SUPERVISOR,
        claimant_receives=_eur("40.00"),
        up_to=_eur("50.00"),
        charged_to="seller",
    ),
    ResponseGiven(
        answer=Answer.CONCEDE_PART,
        by=Side.SELLER,
        conceded=_eur("29.90"),
        statement=_text("好", SELLER, "zh-Hans"),
        goods=GOODS,
    ),
    ReviewAnswered(
        number=1,
        burdens=Side.BUYER,
        answer="upheld",
        by=Role.SUPERVISOR,
        reasons=_text("The bank has paid.", SUPERVISOR, "en"),
    ),
    ReviewRequested(number=1, by=Side.BUYER, statement=_text("Ho scritto al venditore.")),
    RulingBecameFinal(number=1),
    RulingCoSigned(number=1, supervisor=SUPERVISOR),
    RulingExecuted(number=1, funded_by=Participant.MARKETPLACE),
    RulingIssued(
        number=1,
        neutral=NEUTRAL,
        award=TERMS,
        outcome=Outcome.RULED_SPLIT,
        cites_exhibits=(1, 3),
        cites_clauses=("conformity",),
        reasons=_text("The photograph shows it.", NEUTRAL, "en"),
        appealable_by=(Side.BUYER, Side.SELLER),
        awaits_co_signature=True,
        on_appeal="replaces",
        addresses_inferences=(1,),
        counterclaim=OnCounterclaim(granted=True, amount=_eur("12.00")),
    ),
    SetAsideRefused(by=Role.SUPERVISOR, reasons=_text("No cause.", SUPERVISOR, "en")),
    SetAsideRequested(by=Side.SELLER, cause=_text("洪水", SELLER, "zh-Hans")),
    SettlementReached(terms=TERMS, by="offer", number=1),
    SharedAnswered(incident_id=INCIDENT, number=1, by=Side.BUYER, message=_text("Il mio pacco no.")),
    SharedCited(incident_id=INCIDENT, ruling=1, numbers=(1, 2), awaits_co_signature=True),
    StayLifted(by=Role.SUPERVISOR, proceedings=(1,)),
    StayOrdered(by=Role.NEUTRAL, until=LATER, reasons=_text("The laboratory needs time.", NEUTRAL, "en")),
    TextFound(
        reading_id=COMMITMENT,
        exhibit=1,
        source="5f" * 32,
        languages=("it", "zh-Hans"),
        engine="tesseract",
        engine_version="5.3.0",
        pages=(Page(number=1, width=1600, height=1200, found_by="picture"),),
        pages_in_file=1,
        blocks=(
            Block(
                page=1,
                box=Box(left=92, top=140, width=410, height=38),
                text=_text("收件人签名", BUYER, "zh-Hans"),
                confidence=91,
            ),
        ),
        cut=True,
    ),
    TextRepeated(source="5f" * 32, of=PLACE),
    TextSent(source="5f" * 32, subject=BUYER, engine="libretranslate"),
    TokenRevoked(
        token_id="3f1c9f0e-1c5b-4f5e-9a55-0d9c3a9d1b7e",
        reason=_text("Found in a public repository.", ADMINISTRATOR, "en"),
        by=Role.ADMINISTRATOR,
    ),
    TokensOfSubjectRevoked(
        subject=NEUTRAL,
        issued_before=LATER,
        reason=_text("Lost a laptop.", ADMINISTRATOR, "en"),
        by=Role.ADMINISTRATOR,
    ),
    TransactionRecorded(
        buyer=BUYER,
        seller=SELLER,
        paid=_eur("129.90"),
        held=(Held(by=Side.BUYER, amount=_eur("139.90")),),
        lines=(OrderLine(key=LINE, amount=_eur("129.90"), quantity="1"),),
    ),
    TranslationApproved(translation_id=COMMITMENT, by=Role.NEUTRAL),
    TranslationCorrected(translation_id=COMMITMENT, text=_text("The vase is broken.", BUYER, "en"), by=Role.NEUTRAL),
    TranslationGivenUp(
        translation_id=COMMITMENT,
        source="5f" * 32,
        language="zh-Hans",
        subject=BUYER,
        of=PLACE,
        written_at=NOON,
    ),
    TranslationMade(
        translation_id=COMMITMENT,
        source="5f" * 32,
        language="en",
        text=_text("The vase is broke.", BUYER, "en"),
        engine="local",
        engine_version="model.iten.intgemm.alphas.bin",
        via=("en",),
        faults=("lost",),
        of=PLACE,
        written_at=NOON,
    ),
    TranslationUnderRulingCorrected(
        number=1, of=PLACE, language="en", by=Role.NEUTRAL, corrected_at=NOON, awaits_co_signature=True
    ),
    UnsignedRulingEnded(number=1, why="exhibit_withdrawn"),
    WarningWithdrawn(ground="ruled_against"),
)
