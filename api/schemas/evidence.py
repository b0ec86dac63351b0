"""Exhibits: numbered evidence."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, WithJsonSchema

from api.schemas.base import Act, Body, Context, Label, Prose, Statement, example
from domain import evidence
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
