"""Exhibits, and the neutral's requests for evidence."""

from typing import Annotated, Literal, assert_never

from pydantic import Field

from domain.evidence.exhibit_facts import ExhibitAdded, ExhibitAnswered, ExhibitEvent, ExhibitWithdrawn
from domain.evidence.request_facts import AdverseInferenceRecorded, EvidenceRequested, EvidenceRequestEvent
from domain.kernel.base import Instant
from domain.kernel.people import Side
from mediation.store.log.recorded import Recorded
from projections.case_story.items import changed, instant, item
from projections.case_story.parts import Part, Said
from projections.table import Doc


class ExhibitAnswer(Part):
    """The other side's answer to an exhibit. Without a message, it only confirms that the side saw it."""

    by: Side
    message: Said | None
    at: Instant


class FileShown(Part):
    """A file of evidence. Its type follows from its content."""

    name: str
    media_type: str
    size: Annotated[int, Field(description="The size in bytes.")]
    sha256: str


class FiledFromShown(Part):
    """The attachment of a message that became the exhibit, both by number. `by` filed it."""

    message: int
    file: int
    by: Annotated[
        str,
        Field(
            description="The role of whoever filed it. If it is the neutral, and the exhibit is a side's, then for it."
        ),
    ]


class ExhibitShown(Part):
    """Numbered evidence. A withdrawn exhibit stays on the record."""

    number: int
    by: str
    description: Said
    file: FileShown | None
    citable_at: Annotated[
        Instant | None,
        Field(
            description="The instant from which a ruling may cite it even if the other side has not answered; none: at once."
        ),
    ]
    answers: list[ExhibitAnswer]
    answers_request: Annotated[
        int | None, Field(description="The number of the evidence request that it answers, if it answers one.")
    ]
    shows: Annotated[
        str | None, Field(description="The name of the evidence, if it is evidence that the policy calls for.")
    ]
    filed_from: FiledFromShown | None = None
    added_at: Instant
    withdrawn_at: Instant | None


class EvidenceRequestShown(Part):
    """The neutral's request to a side for evidence. `inferred`: none came, and the ruling must address this."""

    number: int
    of: Side
    fact: Said
    status: Literal["open", "answered", "inferred"]
    asked_at: Instant
    due_at: Instant | None
    ended_at: Instant | None


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
