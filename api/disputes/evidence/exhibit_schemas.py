"""Exhibits: numbered evidence."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field, WithJsonSchema

from api.acts.declare import Acts, numbered
from api.http.bodies import Act, Answer, Body, Context, Label, Number, Prose, Statement, example, words
from api.http.parts import DISPUTE_ID
from api.http.relative import ago
from api.http.roles import PARTIES
from domain.evidence import attachments, exhibits
from domain.evidence import requests as evidence_requests
from domain.evidence.exhibit_facts import File, NewExhibit
from domain.kernel.base import Role
from domain.kernel.people import Side
from domain.kernel.places import LanguageTag
from domain.kernel.texts import revealed
from domain.policy.reasons import AskedName
from projections.case_story.evidence import ExhibitShown, FileShown

ACTS = Acts("Evidence")

FileName = Label
_ANSWERS = "The number of the evidence request that it answers, if it answers one."
_SHOWS = "The name of the evidence, if it is evidence that the policy calls for from you."
BINARY = {"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"}
TAKEN = "JPEG, PNG, WebP, HEIC, PDF, MP4, QuickTime, or plain text in UTF-8. The content counts, not the name."


def _without_null(schema: dict[str, Any]) -> None:
    """A form cannot send null."""
    schema.pop("default", None)


FormFile = Annotated[FileName | None, WithJsonSchema(BINARY), Field(description=TAKEN, json_schema_extra=_without_null)]
_DESCRIPTION = {"text": "Foto del vaso appena aperto il pacco.", "language": "it"}


class ExhibitForm(Body):
    """An exhibit as a form. The file may be left out if the description is enough."""

    model_config = example(
        {"description": "Foto del vaso appena aperto il pacco.", "language": "it", "file": "(the content of vaso.jpg)"}
    )

    description: Annotated[Prose, Field(description="What the exhibit is, and what it shows.")]
    language: LanguageTag
    answers_request: Annotated[Number | None, Field(description=_ANSWERS)] = None
    shows: Annotated[AskedName | None, Field(description=_SHOWS)] = None
    file: FormFile = None

    def act(self) -> "AddExhibit":
        description = Statement(text=self.description, language=self.language)
        return AddExhibit(description=description, answers_request=self.answers_request, shows=self.shows)


@ACTS.by_hand(by=PARTIES | {Role.NEUTRAL}, form=ExhibitForm)
class AddExhibit(Act):
    """Evidence: a description, and usually a file."""

    model_config = example({"description": _DESCRIPTION})

    description: Annotated[Statement, Field(description="What the exhibit is, and what it shows.")]
    answers_request: Annotated[Number | None, Field(description=_ANSWERS)] = None
    shows: Annotated[AskedName | None, Field(description=_SHOWS, examples=["photos"])] = None

    def command(self, at: Context, *, dispute_id: UUID, file: File | None = None) -> exhibits.AddExhibit:
        exhibit = NewExhibit(description=self.description.words(), file=file, shows=self.shows)
        return exhibits.AddExhibit(
            **at.common(), dispute_id=dispute_id, exhibit=exhibit, answers_request=self.answers_request
        )


@ACTS.act(
    "/messages/{number}/files/{file}/exhibit",
    "Makes an exhibit of a file of a message. Whoever sent it does so, or the neutral does it for them.",
    by=PARTIES | {Role.NEUTRAL},
    made=numbered(lambda dispute, _: len(dispute.exhibits.by)),
    past=False,
)
class FileAsExhibit(Act):
    """A file of a message becomes an exhibit of the side that sent it. It stays in the message too, and is stored once."""

    model_config = example({"description": _DESCRIPTION})

    description: Annotated[Statement, Field(description="What the exhibit is, and what it shows.")]
    answers_request: Annotated[Number | None, Field(description=_ANSWERS)] = None
    shows: Annotated[AskedName | None, Field(description=_SHOWS, examples=["photos"])] = None

    def command(self, at: Context, *, dispute_id: UUID, number: int, file: int) -> attachments.FileAsExhibit:
        return attachments.FileAsExhibit(
            **at.common(),
            dispute_id=dispute_id,
            message=number,
            file=file,
            description=self.description.words(),
            answers_request=self.answers_request,
            shows=self.shows,
        )


@ACTS.act(
    "/exhibits/{number}/withdrawal",
    "Withdraws an exhibit. It stays on the record, but can no longer be cited.",
    by=PARTIES | {Role.NEUTRAL},
)
class WithdrawExhibit(Act):
    """Withdraws an exhibit. It stays on the record, marked as withdrawn."""

    model_config = example({})

    def command(self, at: Context, *, dispute_id: UUID, number: int) -> exhibits.WithdrawExhibit:
        return exhibits.WithdrawExhibit(**at.common(), dispute_id=dispute_id, number=number)


@ACTS.act(
    "/exhibits/{number}/answer",
    "Answers an exhibit of somebody else, or only confirms that you saw it. From then on a ruling may cite it.",
    by=PARTIES,
)
class AnswerExhibit(Act):
    """One side's answer to an exhibit of the other side or of the neutral. Without a message, it only confirms that the side
    saw the exhibit."""

    model_config = example({"message": {"text": "那不是我们的包装。", "language": "zh-Hans"}})

    message: Statement | None = None

    def command(self, at: Context, *, dispute_id: UUID, number: int) -> exhibits.AnswerExhibit:
        return exhibits.AnswerExhibit(**at.common(), dispute_id=dispute_id, number=number, message=words(self.message))


@ACTS.act(
    "/evidence-requests",
    "Asks a side for evidence of a fact, within the policy's window. If none comes, an adverse inference is recorded.",
    by={Role.NEUTRAL},
    made=numbered(lambda dispute, _: len(dispute.evidence_requests.made)),
)
class RequestEvidence(Act):
    """The neutral asks a side for evidence of a fact. If none comes, an adverse inference is recorded."""

    model_config = example(
        {"of": "seller", "fact": {"text": "That the vase was packed with a double wall.", "language": "en"}}
    )

    of: Side
    fact: Annotated[Statement, Field(description="The fact that this side is asked to show.")]

    def command(self, at: Context, *, dispute_id: UUID) -> evidence_requests.RequestEvidence:
        return evidence_requests.RequestEvidence(
            **at.common(), dispute_id=dispute_id, of=self.of, fact=self.fact.words()
        )


class StoredFile(FileShown):
    """A file of evidence. Its type follows from its content."""

    name: Annotated[
        str,
        AfterValidator(revealed),
        Field(
            description="As it was sent. A character that shows nothing, or turns the reading direction, is written as what"
            " it is, such as `[U+202E]`."
        ),
    ]
    href: str


EXHIBIT: dict[str, Any] = {
    "number": 1,
    "by": "buyer",
    "description": {"text": "Foto del vaso appena aperto il pacco.", "language": "it"},
    "file": {
        "name": "vaso.jpg",
        "media_type": "image/jpeg",
        "size": 182044,
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "href": f"/v1/disputes/{DISPUTE_ID}/exhibits/1/file",
    },
    "answers_request": None,
    "shows": "photos",
    "filed_from": None,
    "citable_at": ago(hours=1),
    "answers": [
        {
            "by": "seller",
            "message": {"text": "那不是我们的包装。", "language": "zh-Hans"},
            "at": ago(hours=36),
        }
    ],
    "added_at": ago(hours=49),
    "withdrawn_at": None,
}


class Exhibit(ExhibitShown):
    """Numbered evidence. A withdrawn exhibit stays on the record."""

    model_config = example(EXHIBIT)

    file: StoredFile | None


class Exhibits(Answer):
    model_config = example({"items": [EXHIBIT]})

    items: list[Exhibit]
