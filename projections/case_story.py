"""How each fact changes the document of a case; its fields are listed in `case_file`."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeAlias, assert_never

from domain.adjudication import (
    AdjudicationEvent,
    AppealLodged,
    AppealSentBack,
    AppealWaived,
    AppealWindowLapsed,
    AppealWithdrawn,
    CoSignatureRefused,
    RulingBecameFinal,
    RulingCoSigned,
    RulingIssued,
)
from domain.admissibility import DeclaredInadmissible
from domain.base import Event
from domain.caucus import CaucusConsentGiven, CaucusEvent, CaucusMessagePosted
from domain.claims import ClaimBeyondLimit
from domain.closure import ClaimWithdrawn, ClosureEvent, DisputeClosed
from domain.commitments import (
    CommitmentBreached,
    CommitmentDeferred,
    CommitmentDischarged,
    CommitmentEvent,
    CommitmentKept,
    CommitmentMade,
    CommitmentPassed,
    CommitmentReplaced,
    CommitmentWaived,
)
from domain.deadlines import DeadlineEnded, DeadlineEvent, DeadlineMoved, DeadlineSet
from domain.dispute import MovePassed
from domain.elsewhere import RefundedElsewhere
from domain.escalation import Escalated, EscalationEvent, EscalationJoined, NeutralAssigned, NeutralReleased, Referred
from domain.evidence import EvidenceEvent, ExhibitAdded, ExhibitAnswered, ExhibitWithdrawn
from domain.evidence_requests import AdverseInferenceRecorded, EvidenceRequested, EvidenceRequestEvent
from domain.filing import DisputeFiled
from domain.goods import GoodsAwaited, GoodsContested, GoodsDecided, GoodsEnded, GoodsEvent, GoodsSent
from domain.independence import ChallengeDecided, IndependenceEvent, InterestsDeclared, NeutralChallenged
from domain.key_questions import KeyQuestionAnswered
from domain.membership import (
    BulkActNotReached,
    BulkActReached,
    IncidentJoined,
    IncidentLeft,
    MembershipEvent,
    SharedAnswered,
    SharedCited,
)
from domain.money import Money
from domain.negotiation import (
    NegotiationEvent,
    OfferAccepted,
    OfferExpired,
    OfferMade,
    OfferRejected,
    SettlementReached,
)
from domain.people import Awaiting, Outcome, Side, Stage
from domain.pleadings import CounterclaimRaised, PleadingEvent, RebuttalGiven
from domain.proposal import (
    ImpasseDeclared,
    ProposalAccepted,
    ProposalEvent,
    ProposalLapsed,
    ProposalMade,
    ProposalRefused,
)
from domain.recovery import AwardOverturned, RecoveryEvent, RulingExecuted
from domain.refund import (
    RefundBounced,
    RefundCancelled,
    RefundConfirmed,
    RefundEvent,
    RefundFailed,
    RefundInstructed,
    RefundSettledOtherwise,
    RefundSubmitted,
)
from domain.remedy import RefundReferred, RefundReturned, RefundStalled, RefundUnderway, RemedyEvent
from domain.reopening import AfterwardsEvent, DisputeReopened, HandlingRated
from domain.representation import RepresentationEnded, RepresentationEvent, RepresentativeNamed
from domain.response import Answer, DefaultDeclined, DefaultGranted, ResponseEvent, ResponseGiven
from domain.set_aside import DefaultSetAside, SetAsideEvent, SetAsideRefused, SetAsideRequested
from domain.stay import (
    DisputeResumed,
    DisputeStayed,
    ParallelProceedingEnded,
    ParallelProceedingRecorded,
    StayEvent,
    StayLifted,
    StayOrdered,
)
from domain.vexatious import ClaimFoundVexatious
from mediation.store.recorded import Recorded
from projections.view import Doc, kinds

Items: TypeAlias = list[Doc]

_NOT_YET = (
    "outcome", "neutral", "assigned_at", "closed_at", "response", "default", "impasse", "escalation", "referral",
    "settlement", "withdrawal", "set_aside", "rebuttal", "counterclaim", "goods", "early_execution", "overturned", "stay",
    "incident", "beyond_limit", "inadmissible", "stayed_since",
)  # fmt: skip
_NONE_YET = (
    "answers", "representatives", "neutrals", "declarations", "challenges", "exhibits", "evidence_requests", "caucus",
    "consents", "offers", "proposals", "rulings", "appeals", "commitments", "deadlines", "refunds", "proceedings",
    "refunds_elsewhere", "reopenings", "ratings", "shared_answers",
)  # fmt: skip
_NOT_RELEASED = ("released_at", "why", "released_by", "reason")


def filed(event: DisputeFiled, recorded: Recorded) -> Doc:
    """The document that a dispute begins with."""
    in_dispute = _json(event.in_dispute)
    told = event.model_dump(mode="json")
    return {
        "id": told["dispute_id"],
        "marketplace": recorded.marketplace,
        "version": recorded.version,
        "reference": told["reference"],
        "reference_key": told["reference_key"],
        "policy_version": told["policy_version"],
        "imported": told["imported"],
        "follows": told["follows"],
        "seller_contacted_at": told["seller_contacted_at"],
        "other_forum": told["other_forum"],
        "order": told["order"],
        "parties": {"buyer": told["buyer"], "seller": told["seller"]},
        "claimant": told["claimant"],
        "claim": told["claim"],
        "claimed": told["claim"]["amount"],
        "in_dispute": in_dispute,
        "stayed": False,
        "stage": Stage.NEGOTIATION.value,
        "awaiting": Awaiting.RESPONDENT.value,
        "filed_at": _instant(recorded.occurred_at),
        **dict.fromkeys(_NOT_YET),
        **{items: [] for items in _NONE_YET},
        "deadlines": [_quiet(due) for due in told["answers_due"]],
    }


def _quiet(due: Doc) -> Doc:
    """A window for answers: no event says when it is over, so whoever reads the document has to."""
    side = due["name"].removeprefix("answers-")
    return {**_running(due, side), "quiet": True}


def _running(deadline: Doc, whose: str) -> Doc:
    proof = {**deadline["proof"], "outages": []}
    not_yet = {"status": "running", "ended_at": None, "recorded_at": None}
    return {**deadline, "proof": proof, "whose": whose, **not_yet, "moved": []}


def told(doc: Doc, recorded: Recorded) -> Doc:
    """The document after one more fact. It shares what has not changed with the one before."""
    changes = _STORIES[recorded.kind](doc, recorded.event, recorded)
    if recorded.event.stream == "dispute":
        changes["version"] = recorded.version
    return {**doc, **changes}


def _refiled(doc: Doc, event: DisputeFiled, recorded: Recorded) -> Doc:
    raise AssertionError("a dispute is filed once")


def _not_heard(doc: Doc, event: DeclaredInadmissible, recorded: Recorded) -> Doc:
    return {"inadmissible": _item(event, at=_instant(recorded.occurred_at)), "outcome": Outcome.INADMISSIBLE.value}


def _answered(doc: Doc, event: ResponseEvent, recorded: Recorded) -> Doc:
    at = _instant(recorded.occurred_at)
    match event:
        case ResponseGiven(conceded=part):
            changes: Doc = {"response": _item(event, given_at=at)}
            if event.answer is Answer.CONCEDE:
                changes["outcome"] = Outcome.CONCEDED.value
            elif part is not None:
                changes["claimed"] = _json(_money(doc["claimed"]) - part)
                changes["in_dispute"] = _json(_money(doc["in_dispute"]) - part)
            return changes
        case DefaultGranted():
            granted = {"granted": True, "claimant_receives": _json(event.claimant_receives), "reason": None, "at": at}
            return {"default": granted, "outcome": Outcome.GRANTED_BY_DEFAULT.value}
        case DefaultDeclined():
            return {"default": {"granted": False, "claimant_receives": None, "reason": event.reason, "at": at}}
        case _:
            assert_never(event)


def _contested(doc: Doc, event: SetAsideEvent, recorded: Recorded) -> Doc:
    at = _instant(recorded.occurred_at)
    match event:
        case SetAsideRequested():
            undecided = dict.fromkeys(("decided", "decided_by", "reasons", "decided_at"))
            return {"set_aside": _item(event, requested_at=at, **undecided)}
        case DefaultSetAside() | SetAsideRefused():
            told = _item(event)
            decided = "set_aside" if isinstance(event, DefaultSetAside) else "refused"
            changes = {"decided": decided, "decided_by": told["by"], "reasons": told["reasons"], "decided_at": at}
            outcome = None if isinstance(event, DefaultSetAside) else doc["outcome"]
            return {"set_aside": {**(doc["set_aside"] or {}), **changes}, "outcome": outcome}
        case _:
            assert_never(event)


def _evidenced(doc: Doc, event: EvidenceEvent, recorded: Recorded) -> Doc:
    at, exhibits = _instant(recorded.occurred_at), doc["exhibits"]
    match event:
        case ExhibitAdded():
            added = _item(event, added_at=at, withdrawn=False, withdrawn_at=None, answers=[])
            return {"exhibits": [*exhibits, added], **_shown(doc, event, at)}
        case ExhibitWithdrawn(number=number):
            return {"exhibits": _with(exhibits, "number", number, withdrawn=True, withdrawn_at=at)}
        case ExhibitAnswered(number=number):
            before = [answer for e in exhibits if e["number"] == number for answer in e["answers"]]
            answers = [*before, {"by": event.by.value, "message": _item(event)["message"], "at": at}]
            return {"exhibits": _with(exhibits, "number", number, answers=answers)}
        case _:
            assert_never(event)


def _shown(doc: Doc, event: ExhibitAdded, at: str) -> Doc:
    """An evidence request that is open is answered by the exhibit that names it."""
    requests = doc["evidence_requests"]
    asked = [r for r in requests if r["number"] == event.answers_request and r["status"] == "open"]
    if event.answers_request is None or not asked:
        return {}
    return {"evidence_requests": _with(requests, "number", event.answers_request, status="answered", ended_at=at)}


def _asked(doc: Doc, event: EvidenceRequestEvent, recorded: Recorded) -> Doc:
    at, requests = _instant(recorded.occurred_at), doc["evidence_requests"]
    match event:
        case EvidenceRequested():
            asked = _item(event, status="open", asked_at=at, due_at=None, ended_at=None)
            return {"evidence_requests": [*requests, asked]}
        case AdverseInferenceRecorded(number=number):
            return {"evidence_requests": _with(requests, "number", number, status="inferred", ended_at=at)}
        case _:
            assert_never(event)


def _told_of_question(doc: Doc, event: KeyQuestionAnswered, recorded: Recorded) -> Doc:
    return {"answers": [*doc["answers"], _item(event, at=_instant(recorded.occurred_at))]}


def _confided(doc: Doc, event: CaucusEvent, recorded: Recorded) -> Doc:
    at = _instant(recorded.occurred_at)
    match event:
        case CaucusMessagePosted():
            return {"caucus": [*doc["caucus"], _item(event, posted_at=at)]}
        case CaucusConsentGiven():
            return {"consents": [*doc["consents"], _item(event, at=at)]}
        case _:
            assert_never(event)


def _pleaded(doc: Doc, event: PleadingEvent, recorded: Recorded) -> Doc:
    at = _instant(recorded.occurred_at)
    match event:
        case RebuttalGiven():
            return {"rebuttal": _item(event, given_at=at)}
        case CounterclaimRaised():
            return {"counterclaim": _item(event, raised_at=at)}
        case _:
            assert_never(event)


def _bargained(doc: Doc, event: NegotiationEvent, recorded: Recorded) -> Doc:
    at, offers = _instant(recorded.occurred_at), doc["offers"]
    match event:
        case OfferMade():
            made = _item(event, status="open", why=None, answer=None, made_at=at, reply_by=None, ended_at=None)
            return {"offers": [*offers, made]}
        case OfferAccepted(number=number):
            return {"offers": _with(offers, "number", number, status="accepted", ended_at=at)}
        case OfferRejected(number=number):
            answer = _item(event)["message"]
            return {"offers": _with(offers, "number", number, status="rejected", answer=answer, ended_at=at)}
        case OfferExpired(number=number):
            return {"offers": _with(offers, "number", number, status="expired", why=event.why, ended_at=at)}
        case SettlementReached():
            return {"settlement": _item(event, at=at), "outcome": Outcome.SETTLED.value}
        case _:
            assert_never(event)


def _escalated(doc: Doc, event: EscalationEvent, recorded: Recorded) -> Doc:
    at = _instant(recorded.occurred_at)
    match event:
        case Escalated():
            return {"escalation": _item(event, at=at, joined=[])}
        case EscalationJoined():
            called = doc["escalation"]
            return {"escalation": called and {**called, "joined": [*called["joined"], _item(event, at=at)]}}
        case NeutralAssigned():
            tenure = _item(event, assigned_at=at, **dict.fromkeys(_NOT_RELEASED))
            return {"neutral": str(event.neutral), "assigned_at": at, "neutrals": [*doc["neutrals"], tenure]}
        case NeutralReleased():
            left = {
                "released_at": at,
                "why": event.why,
                "released_by": event.by.value,
                "reason": _item(event)["reason"],
            }
            tenures = [t if t["released_at"] else {**t, **left} for t in doc["neutrals"]]
            return {"neutral": None, "assigned_at": None, "neutrals": tenures}
        case Referred():
            return {"referral": _item(event, at=at)}
        case _:
            assert_never(event)


def _doubted(doc: Doc, event: IndependenceEvent, recorded: Recorded) -> Doc:
    at, challenges = _instant(recorded.occurred_at), doc["challenges"]
    match event:
        case InterestsDeclared():
            return {"declarations": [*doc["declarations"], _item(event, at=at)]}
        case NeutralChallenged():
            undecided = dict.fromkeys(("granted", "decided_by", "reasons", "decided_at"))
            return {"challenges": [*challenges, _item(event, **undecided, made_at=at)]}
        case ChallengeDecided(number=number, granted=granted, by=by):
            decided = {"granted": granted, "decided_by": by.value, "reasons": _item(event)["reasons"], "decided_at": at}
            return {"challenges": _with(challenges, "number", number, **decided)}
        case _:
            assert_never(event)


def _represented(doc: Doc, event: RepresentationEvent, recorded: Recorded) -> Doc:
    at, representatives = _instant(recorded.occurred_at), doc["representatives"]
    match event:
        case RepresentativeNamed():
            return {"representatives": [*representatives, _item(event, named_at=at, ended_at=None, ended_by=None)]}
        case RepresentationEnded():
            ended = {"ended_at": at, "ended_by": event.by.value}
            mine = (str(event.subject), None)
            told = [{**r, **ended} if (r["subject"], r["ended_at"]) == mine else r for r in representatives]
            return {"representatives": told}
        case _:
            assert_never(event)


def _proposed(doc: Doc, event: ProposalEvent, recorded: Recorded) -> Doc:
    at, proposals = _instant(recorded.occurred_at), doc["proposals"]
    match event:
        case ProposalMade():
            replies = dict.fromkeys(side.value for side in Side)
            answers: Doc = {"accepted_by": [], "status": "open", "why": None, "refused_by": None, "answer": None}
            return {"proposals": [*proposals, _item(event, **answers, made_at=at, reply_by=replies, ended_at=None)]}
        case ProposalAccepted(number=number, by=by):
            accepted = [by.value] + [side for p in proposals if p["number"] == number for side in p["accepted_by"]]
            ended = {"status": "accepted", "ended_at": at} if len(accepted) == len(Side) else {}
            return {"proposals": _with(proposals, "number", number, accepted_by=sorted(accepted), **ended)}
        case ProposalRefused(number=number, by=by):
            refused = {"status": "refused", "refused_by": by.value, "answer": _item(event)["message"], "ended_at": at}
            return {"proposals": _with(proposals, "number", number, **refused)}
        case ProposalLapsed(number=number):
            return {"proposals": _with(proposals, "number", number, status="lapsed", why=event.why, ended_at=at)}
        case ImpasseDeclared():
            return {"impasse": _item(event, at=at)}
        case _:
            assert_never(event)


def _ruled(doc: Doc, event: AdjudicationEvent, recorded: Recorded) -> Doc:
    at, rulings = _instant(recorded.occurred_at), doc["rulings"]
    match event:
        case RulingIssued():
            later = dict.fromkeys(("co_signed_by", "co_signature_refused", "final_at", "vexatious"))
            status = "awaits_co_signature" if event.awaits_co_signature else "in_effect"
            issued = _item(event, status=status, final=False, issued_at=at, cites_shared=[], **later)
            return {"rulings": [*rulings, issued]} if event.awaits_co_signature else _in_effect(doc, issued, at)
        case RulingCoSigned(number=number):
            signed = {"status": "in_effect", "co_signed_by": str(event.supervisor)}
            ruling = next(({**r, **signed} for r in rulings if r["number"] == number), None)
            return _in_effect(doc, ruling, at) if ruling else {}
        case CoSignatureRefused(number=number):
            refused = {"by": str(event.supervisor), "reasons": _item(event)["reasons"], "at": at}
            return {"rulings": _with(rulings, "number", number, status="refused", co_signature_refused=refused)}
        case AppealLodged(number=number):
            open_one = _item(event, decided=None, reasons=None, lodged_at=at, decided_at=None)
            appealed = _with(rulings, "number", number, appealable_by=[])
            return {"rulings": appealed, "appeals": [*doc["appeals"], open_one]}
        case AppealWithdrawn(number=number):
            appeals = _with(doc["appeals"], "decided", None, decided="withdrawn", decided_at=at)
            unsigned = _with(rulings, "status", "awaits_co_signature", status="refused")
            return {"rulings": unsigned, "appeals": appeals}
        case AppealSentBack(number=number):
            back = {"decided": "sent_back", "reasons": _item(event)["reasons"], "decided_at": at}
            appeals = _with(doc["appeals"], "number", number, **back)
            return {"rulings": _with(rulings, "number", number, status="sent_back"), "appeals": appeals}
        case AppealWaived(number=number, by=by) | AppealWindowLapsed(number=number, by=by):
            still = [side for r in rulings if r["number"] == number for side in r["appealable_by"] if side != by]
            return {"rulings": _with(rulings, "number", number, appealable_by=still)}
        case RulingBecameFinal(number=number):
            final = _with(rulings, "number", number, final=True, final_at=at)
            outcome = next((ruling["outcome"] for ruling in final if ruling["number"] == number), doc["outcome"])
            return {"rulings": final, "outcome": outcome}
        case _:
            assert_never(event)


def _in_effect(doc: Doc, ruling: Doc, at: str) -> Doc:
    """With a ruling on appeal the one before it, and the appeal, are over."""
    before = [r for r in doc["rulings"] if r["number"] != ruling["number"]]
    replaced = _with(before, "status", "in_effect", status="replaced")
    appeals = _with(doc["appeals"], "decided", None, decided=ruling["on_appeal"], decided_at=at)
    return {"rulings": [*replaced, ruling], "appeals": appeals}


def _grouped(doc: Doc, event: MembershipEvent, recorded: Recorded) -> Doc:
    match event:
        case IncidentJoined(incident_id=incident_id):
            return {"incident": {"id": str(incident_id), "joined_at": _instant(recorded.occurred_at)}}
        case IncidentLeft():
            return {"incident": None}
        case SharedAnswered():
            answer = _item(event, at=_instant(recorded.occurred_at))
            return {"shared_answers": [*doc["shared_answers"], answer]}
        case SharedCited(ruling=ruling, numbers=numbers):
            return {"rulings": _with(doc["rulings"], "number", ruling, cites_shared=[*numbers])}
        case BulkActReached() | BulkActNotReached():
            return {}  # told by the incident; here it is a proposal or an offer like any other
        case _:
            assert_never(event)


def _owed(doc: Doc, event: CommitmentEvent | RemedyEvent, recorded: Recorded) -> Doc:
    if isinstance(event, CommitmentMade):
        return {"commitments": [*doc["commitments"], _promised(event, recorded)]}
    at = _instant(recorded.occurred_at)
    match event:
        case CommitmentDeferred():
            changes: Doc = {"due_at": _instant(event.due_at)}
        case CommitmentBreached():
            changes = {"status": "overdue"}
        case CommitmentKept():
            status = "kept_late" if event.late else "kept"
            changes = {"status": status, "by": event.by.value, "end_note": _item(event)["note"], "ended_at": at}
        case CommitmentWaived():
            changes = {"status": "waived", "by": event.by.value, "end_note": _item(event)["note"], "ended_at": at}
        case CommitmentReplaced(replaced_by=successor):
            replaced = {"status": "replaced", "replaced_by": str(successor)}
            changes = {**replaced, "by": event.by.value, "ended_at": at}
        case CommitmentPassed():
            changes = {"owed_by": event.owed_by.value, "subject": _item(event)["subject"]}
        case CommitmentDischarged():
            changes = {"status": "discharged", "ended_at": at}
        case RefundUnderway():
            changes = {"refund_id": str(event.refund_id)}
        case RefundStalled() | RefundReferred() | RefundReturned():
            changes = {}  # what became of the money stands with the refund
        case _:
            assert_never(event)
    return {"commitments": _with(doc["commitments"], "id", str(event.commitment_id), **changes)}


def _recovered(doc: Doc, event: RecoveryEvent, recorded: Recorded) -> Doc:
    at = _instant(recorded.occurred_at)
    match event:
        case RulingExecuted():
            return {"early_execution": _item(event, at=at)}
        case AwardOverturned():
            return {"overturned": _item(event, at=at)}
        case _:
            assert_never(event)


def _stayed(doc: Doc, event: StayEvent, recorded: Recorded) -> Doc:
    at, proceedings = _instant(recorded.occurred_at), doc["proceedings"]
    match event:
        case DisputeStayed(since=since):
            return {"stayed": True, "stayed_since": _instant(since)}
        case DisputeResumed():
            return {"stayed": False, "stayed_since": None}
        case StayOrdered():
            return {"stay": _item(event, at=at)}
        case StayLifted(proceedings=lifted):
            over = [{**p, "ended_at": at} if p["number"] in lifted else p for p in proceedings]
            return {"stay": None, "proceedings": over}
        case ParallelProceedingRecorded():
            return {"proceedings": [*proceedings, _item(event, at=at, end=None, ended_at=None)]}
        case ParallelProceedingEnded(number=number):
            end = _item(event)["statement"]
            return {"proceedings": _with(proceedings, "number", number, end=end, ended_at=at)}
        case _:
            assert_never(event)


def _refunded_elsewhere(doc: Doc, event: RefundedElsewhere, recorded: Recorded) -> Doc:
    told = _item(event, at=_instant(recorded.occurred_at))
    changes: Doc = {"refunds_elsewhere": [*doc["refunds_elsewhere"], told]}
    if event.resolves:
        return changes | {"outcome": Outcome.RESOLVED_ELSEWHERE.value}
    lowered = {name: _json(_money(doc[name]) - event.off_claim) for name in ("claimed", "in_dispute")}
    return changes | lowered


def _reopened(doc: Doc, event: AfterwardsEvent, recorded: Recorded) -> Doc:
    told = _item(event, at=_instant(recorded.occurred_at))
    match event:
        case HandlingRated():
            return {"ratings": [*doc["ratings"], told]}
        case DisputeReopened(bounced=None):
            anew = {"outcome": None, "rulings": _with(doc["rulings"], "status", "in_effect", status="overturned")}
            return {"reopenings": [*doc["reopenings"], told], "closed_at": None, **anew}
        case DisputeReopened():
            return {"reopenings": [*doc["reopenings"], told], "closed_at": None}
        case _:
            assert_never(event)


def _handled(doc: Doc, event: GoodsEvent, recorded: Recorded) -> Doc:
    at, goods = _instant(recorded.occurred_at), doc["goods"]
    match event:
        case GoodsAwaited():
            going = (
                goods if goods and goods["ended"] is None else dict.fromkeys(("sent", "contest", "decision", "ended"))
            )
            return {"goods": {**going, **_item(event, since=at)}}
        case GoodsSent():
            story = {"sent": _item(event, at=at)}
        case GoodsContested():
            story = {"contest": _item(event, at=at)}
        case GoodsDecided():
            story = {"decision": _item(event, at=at)}
        case GoodsEnded():
            story = {"ended": _item(event, at=at)}
        case _:
            assert_never(event)
    return {"goods": {**goods, **story}} if goods else {}


def _promised(event: CommitmentMade, recorded: Recorded) -> Doc:
    return {
        "id": str(event.commitment_id),
        "number": event.number,
        "class": event.commitment_class.value,
        **event.promise.model_dump(mode="json"),
        "arises_from": event.arises_from,
        "because_of": str(event.because_of) if event.because_of else None,
        "status": "pending",
        "made_at": _instant(recorded.occurred_at),
        **dict.fromkeys(("refund_id", "replaced_by", "by", "end_note", "ended_at")),
    }


def _timed(doc: Doc, event: DeadlineEvent, recorded: Recorded) -> Doc:
    deadlines = doc["deadlines"]
    if isinstance(event, DeadlineSet):
        name = event.deadline.name
        new = _running(event.deadline.model_dump(mode="json"), event.whose)
        others = [d for d in deadlines if (d["name"], d["status"]) != (name, "running")]
        return {"deadlines": [*others, new], **_reply_by(doc, name, new["due_at"])}
    if isinstance(event, DeadlineMoved):
        moved = [_postponed(d, event) if (d["name"], d["status"]) == (event.name, "running") else d for d in deadlines]
        return {"deadlines": moved, **_reply_by(doc, event.name, _instant(event.due_at))}
    status = event.how if isinstance(event, DeadlineEnded) else "lapsed"
    at = {"ended_at": _instant(recorded.occurred_at), "recorded_at": _instant(recorded.recorded_at)}
    ended = {"status": status, **at}
    named = (event.name, "running")
    changes: Doc = {"deadlines": [{**d, **ended} if (d["name"], d["status"]) == named else d for d in deadlines]}
    if status == "moot":  # an offer that stands until the ruling has no term any more
        changes |= _reply_by(doc, event.name, None)
    return changes


def _postponed(deadline: Doc, event: DeadlineMoved) -> Doc:
    outages = [*deadline["proof"]["outages"], *([event.outage.model_dump(mode="json")] if event.outage else [])]
    return {
        **deadline,
        "due_at": _instant(event.due_at),
        "moved": [*deadline["moved"], event.why],
        "proof": {**deadline["proof"], "outages": outages},
    }


def _reply_by(doc: Doc, name: str, due_at: str | None) -> Doc:
    """Until when an offer or a proposal that is open may be answered is told by a deadline of its own, under its number."""

    def answerable(item: Doc) -> bool:
        return bool(item["number"] == int(number) and item["status"] == "open")

    match name.split("-"):
        case ["offer", number]:
            return {"offers": [{**o, "reply_by": due_at} if answerable(o) else o for o in doc["offers"]]}
        case ["evidence", number]:
            return {"evidence_requests": _with(doc["evidence_requests"], "number", int(number), due_at=due_at)}
        case ["proposal", number, side]:
            replies = {side: due_at}
            proposals: Items = doc["proposals"]
            told = [{**p, "reply_by": p["reply_by"] | replies} if answerable(p) else p for p in proposals]
            return {"proposals": told}
        case _:
            return {}


def _ended(doc: Doc, event: ClosureEvent, recorded: Recorded) -> Doc:
    at = _instant(recorded.occurred_at)
    match event:
        case ClaimWithdrawn():
            return {"withdrawal": _item(event, at=at), "outcome": Outcome.WITHDRAWN.value}
        case DisputeClosed():
            return {"outcome": event.outcome.value, "closed_at": at}
        case _:
            assert_never(event)


def _moved(doc: Doc, event: MovePassed, recorded: Recorded) -> Doc:
    return {"stage": event.stage.value, "awaiting": event.awaiting.value}


def _paid(doc: Doc, event: RefundEvent, recorded: Recorded) -> Doc:
    at, refunds, refund_id = _instant(recorded.occurred_at), doc["refunds"], str(recorded.stream_id)
    match event:
        case RefundInstructed():
            told = event.model_dump(mode="json", exclude={"refund_id", "dispute_id", "transaction_id"})
            step = {"status": "instructed", "reason": None, "provider_reference": None, "payout": None}
            return {"refunds": [*refunds, {"id": refund_id, **told, **step, "instructed_at": at, "changed_at": at}]}
        case RefundSubmitted():
            changes: Doc = {"status": "submitted"}
        case RefundConfirmed():
            changes = {"status": "confirmed", "reason": None, "provider_reference": event.provider_reference}
            changes["payout"] = _item(event)["payout"]
        case RefundFailed():
            changes = {"status": "failed", "reason": event.reason}
        case RefundSettledOtherwise():
            changes = {"status": "settled_otherwise", "provider_reference": event.reference}
            changes["payout"] = _item(event)["payout"]
        case RefundCancelled():
            changes = {"status": "cancelled"}
        case RefundBounced():
            changes = {"status": "bounced"}
        case _:
            assert_never(event)
    return {"refunds": _with(refunds, "id", refund_id, **changes, changed_at=at)}


def _beyond_limit(doc: Doc, event: ClaimBeyondLimit, recorded: Recorded) -> Doc:
    return {"beyond_limit": _item(event)}


def _found_vexatious(doc: Doc, event: ClaimFoundVexatious, recorded: Recorded) -> Doc:
    reasons = event.reasons.model_dump(mode="json")
    return {"rulings": _with(doc["rulings"], "number", event.ruling, vexatious=reasons)}


_STORIES: Mapping[str, Callable[[Doc, Any, Recorded], Doc]] = {
    kind: story
    for events, story in (
        (DisputeFiled, _refiled),
        (DeclaredInadmissible, _not_heard),
        (ResponseEvent, _answered),
        (EvidenceEvent, _evidenced),
        (EvidenceRequestEvent, _asked),
        (KeyQuestionAnswered, _told_of_question),
        (PleadingEvent, _pleaded),
        (CaucusEvent, _confided),
        (NegotiationEvent, _bargained),
        (EscalationEvent, _escalated),
        (IndependenceEvent, _doubted),
        (RepresentationEvent, _represented),
        (ProposalEvent, _proposed),
        (AdjudicationEvent, _ruled),
        (SetAsideEvent, _contested),
        (CommitmentEvent | RemedyEvent, _owed),
        (GoodsEvent, _handled),
        (StayEvent, _stayed),
        (AfterwardsEvent, _reopened),
        (MembershipEvent, _grouped),
        (RefundedElsewhere, _refunded_elsewhere),
        (RecoveryEvent, _recovered),
        (DeadlineEvent, _timed),
        (ClosureEvent, _ended),
        (MovePassed, _moved),
        (ClaimBeyondLimit, _beyond_limit),
        (ClaimFoundVexatious, _found_vexatious),
        (RefundEvent, _paid),
    )
    for kind in kinds(events)
}


def _with(items: Items, key: str, value: int | str | None, **changes: Any) -> Items:
    """The items with one of them changed."""
    return [{**item, **changes} if item[key] == value else item for item in items]


def _item(event: Event, **more: Any) -> Doc:
    return {**event.model_dump(mode="json"), **more}


def _json(money: Money) -> Doc:
    return {"amount": money.amount, "currency": money.currency}


def _money(told: Doc) -> Money:
    return Money.of(told["amount"], told["currency"])


def _instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
