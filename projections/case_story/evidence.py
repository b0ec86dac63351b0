"""Evidence, answers to questions, pleadings and caucus: what the parties submit."""

from typing import assert_never

from domain.evidence.exhibit_facts import ExhibitAdded, ExhibitAnswered, ExhibitEvent, ExhibitWithdrawn
from domain.evidence.request_facts import AdverseInferenceRecorded, EvidenceRequested, EvidenceRequestEvent
from domain.filing.key_question_facts import KeyQuestionAnswered
from domain.filing.pleading_facts import CounterclaimRaised, PleadingEvent, RebuttalGiven
from domain.settlement.caucus_facts import CaucusConsentGiven, CaucusEvent, CaucusMessagePosted
from mediation.store.log.recorded import Recorded
from projections.case_story.items import changed, instant, item
from projections.view import Doc


def evidenced(doc: Doc, event: ExhibitEvent, recorded: Recorded) -> Doc:
    at, exhibits = instant(recorded.occurred_at), doc["exhibits"]
    match event:
        case ExhibitAdded():
            added = item(event, added_at=at, withdrawn=False, withdrawn_at=None, answers=[])
            return {"exhibits": [*exhibits, added], **_shown(doc, event, at)}
        case ExhibitWithdrawn(number=number):
            return {"exhibits": changed(exhibits, "number", number, withdrawn=True, withdrawn_at=at)}
        case ExhibitAnswered(number=number):
            before = [answer for e in exhibits if e["number"] == number for answer in e["answers"]]
            answers = [*before, {"by": event.by.value, "message": item(event)["message"], "at": at}]
            return {"exhibits": changed(exhibits, "number", number, answers=answers)}
        case _:
            assert_never(event)


def _shown(doc: Doc, event: ExhibitAdded, at: str) -> Doc:
    """The exhibit that names an open evidence request answers it."""
    requests = doc["evidence_requests"]
    asked = [r for r in requests if r["number"] == event.answers_request and r["status"] == "open"]
    if event.answers_request is None or not asked:
        return {}
    return {"evidence_requests": changed(requests, "number", event.answers_request, status="answered", ended_at=at)}


def asked(doc: Doc, event: EvidenceRequestEvent, recorded: Recorded) -> Doc:
    at, requests = instant(recorded.occurred_at), doc["evidence_requests"]
    match event:
        case EvidenceRequested():
            asked = item(event, status="open", asked_at=at, due_at=None, ended_at=None)
            return {"evidence_requests": [*requests, asked]}
        case AdverseInferenceRecorded(number=number):
            return {"evidence_requests": changed(requests, "number", number, status="inferred", ended_at=at)}
        case _:
            assert_never(event)


def told_of_question(doc: Doc, event: KeyQuestionAnswered, recorded: Recorded) -> Doc:
    return {"answers": [*doc["answers"], item(event, at=instant(recorded.occurred_at))]}


def pleaded(doc: Doc, event: PleadingEvent, recorded: Recorded) -> Doc:
    at = instant(recorded.occurred_at)
    match event:
        case RebuttalGiven():
            return {"rebuttal": item(event, given_at=at)}
        case CounterclaimRaised():
            return {"counterclaim": item(event, raised_at=at)}
        case _:
            assert_never(event)


def confided(doc: Doc, event: CaucusEvent, recorded: Recorded) -> Doc:
    at = instant(recorded.occurred_at)
    match event:
        case CaucusMessagePosted():
            return {"caucus": [*doc["caucus"], item(event, posted_at=at)]}
        case CaucusConsentGiven():
            return {"consents": [*doc["consents"], item(event, at=at)]}
        case _:
            assert_never(event)
