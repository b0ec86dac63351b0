"""Exhibits: numbered evidence."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, WithJsonSchema

from api.schemas.base import Act, Answer, Body, Context, Label, Prose, Statement, example
from api.schemas.parts import DISPUTE_ID, Said
from domain import evidence
from domain.base import Instant
from domain.evidence import File, NewExhibit
from domain.places import LanguageTag

FileName = Label
_DESCRIPTION = {"text": "Foto del vaso appena aperto il pacco.", "language": "it"}


class ExhibitForm(Body):
    """An exhibit as a form. A file may be left out, where the description is all there is to show."""

    model_config = example(
        {"description": "Foto del vaso appena aperto il pacco.", "language": "it", "file": "(the content of vaso.jpg)"}
    )

    description: Annotated[Prose, Field(description="What it is and what it shows.")]
    language: LanguageTag
    file: Annotated[
        FileName | None,
        WithJsonSchema({"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"}),
        Field(description="JPEG, PNG, WebP, HEIC, PDF, MP4, QuickTime, or plain text in UTF-8; judged by content."),
    ] = None


class AddExhibit(Act):
    """Evidence: what it is and shows, and mostly a file."""

    model_config = example({"description": _DESCRIPTION})

    description: Annotated[Statement, Field(description="What it is and what it shows.")]

    def command(self, at: Context, *, dispute_id: UUID, file: File | None = None) -> evidence.AddExhibit:
        exhibit = NewExhibit(description=self.description.words(), file=file)
        return evidence.AddExhibit(**at.common(), dispute_id=dispute_id, exhibit=exhibit)


class WithdrawExhibit(Act):
    """Takes an exhibit back. It stays on the record, marked as withdrawn."""

    model_config = example({})

    def command(self, at: Context, *, dispute_id: UUID, number: int) -> evidence.WithdrawExhibit:
        return evidence.WithdrawExhibit(**at.common(), dispute_id=dispute_id, number=number)


class StoredFile(Answer):
    """A file of evidence. Its type was judged by its content."""

    name: str
    media_type: str
    size: Annotated[int, Field(description="Bytes.")]
    sha256: str
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
    "added_at": "2026-11-02T10:00:00Z",
    "withdrawn_at": None,
}


class Exhibit(Answer):
    """Numbered evidence. One that was withdrawn stays on the record."""

    model_config = example(EXHIBIT)

    number: int
    by: str
    description: Said
    file: StoredFile | None
    added_at: Instant
    withdrawn_at: Instant | None


class Exhibits(Answer):
    model_config = example({"items": [EXHIBIT]})

    items: list[Exhibit]
