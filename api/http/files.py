"""Files of evidence, of messages and of a caucus: received in a form, stored encrypted, and downloaded."""

import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

from starlette.requests import Request
from starlette.responses import StreamingResponse

from api.disputes.evidence.exhibit_schemas import ExhibitForm
from api.disputes.remedies.return_schemas import ReturnLabelForm
from api.disputes.settlement.caucus_schemas import CaucusForm
from api.disputes.settlement.conversation_schemas import MessageForm
from api.http.bodies import Act
from api.http.multipart import Form, Part
from api.http.problem_kinds import FileErased
from api.http.problems import reading_request
from api.http.reads import Reading
from api.http.writes import Writing
from api.marketplace.incident_schemas import SharedForm
from domain.evidence.exhibit_facts import File
from domain.kernel.refusals import Malformed, Refusal
from domain.settlement.conversation import MAX_FILES, TooManyFiles
from mediation.engine import Handled
from mediation.store.files.blobs import BlobErased, Blobs
from mediation.store.files.content import ALLOWED, safe_name

AnyForm = ExhibitForm | CaucusForm | SharedForm | MessageForm | ReturnLabelForm

SEVERAL = "files"
"""The field of a form that may come more than once, with a file each time."""

UNNAMED = "file"
"""The name of a file that was sent without one."""

CONTENT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file, as it was sent.",
        "content": {kind: {"schema": {"type": "string", "contentMediaType": kind}} for kind in ALLOWED},
    }
}


class UnknownField(Malformed):
    """The form has a field that does not exist here, or has the same field twice.

    Why: A field that is not known would be lost silently, and a field that comes twice could be read in two ways.
    `pointer` names the field.

    What to do: Send each field of the form once, by its documented name.
    """


class Intake:
    """What was received. `files` are those that were stored; `author` is the person they belong to. In a `dry` run the files
    are only looked at.
    """

    def __init__(self, blobs: Blobs, author: UUID, form: type[AnyForm] = ExhibitForm, *, dry: bool = False) -> None:
        self._blobs = blobs
        self._dry = dry
        self._form = form
        self._author = author
        self._fields: dict[str, Any] = {}
        self.files: tuple[File, ...] = ()

    @property
    def about(self) -> dict[str, Any]:
        """What the command takes beside the body: one file, or all of them."""
        if SEVERAL in self._form.model_fields:
            return {"files": self.files}
        return {"file": self.files[0] if self.files else None}

    @property
    def sha256(self) -> str | None:
        return self.files[0].sha256 if self.files else None

    async def read(self, request: Request) -> Act:
        """Reads the whole form. If anything fails, no file is left behind.

        Raises UnsupportedContent, UnreadableForm, UnknownField, RequestValidationError, TooManyFiles, and what
        `Blobs.write` raises.
        """
        try:
            async for part in Form.of(request).parts():
                await self._take(part)
            with reading_request():
                form = self._form.model_validate(self._fields)
        except BaseException:
            await self.discard()
            raise
        return form.act()

    def told(self, body: Act) -> bytes:
        """The content of the request, for its fingerprint."""
        files = "".join(file.model_dump_json(include={"name", "sha256"}) for file in self.files)
        return f"{body.model_dump_json()}{files}".encode()

    async def discard(self) -> None:
        for file in () if self._dry else self.files:
            await self._blobs.discard(file.blob_id)

    async def _take(self, part: Part) -> None:
        known, several = part.name in self._form.model_fields, part.name == SEVERAL
        if not known or (part.name in self._fields and not several):
            raise UnknownField(at=f"/{part.name[:50]}")
        if part.name not in ("file", SEVERAL):
            self._fields[part.name] = await part.text()
            return
        content = part.content if part.filename else await _unless_empty(part.content)
        if content is not None:
            await self._store(part.name, part.filename or UNNAMED, content)

    async def _store(self, field: str, name: str, content: AsyncIterator[bytes]) -> None:
        """A refusal names the file by its place in the form."""
        place = len(self.files)
        if field == SEVERAL and place == MAX_FILES:
            raise TooManyFiles(limit=MAX_FILES)
        self._fields[field] = name if field != SEVERAL else (*self._fields.get(field, ()), name)
        blob_id = uuid4()
        try:
            if self._dry:
                stored = await self._blobs.examine(content)
            else:
                stored = await self._blobs.write(blob_id, content, subject=self._author)
        except Malformed as refused:
            refused.at = f"/{field}/{place}" if field == SEVERAL else f"/{field}"
            raise
        file = File(
            blob_id=blob_id,
            author=self._author,
            name=name,
            media_type=stored.media_type,
            size=stored.size,
            sha256=stored.sha256,
            sealed_sha256=stored.sealed_sha256,
        )
        self.files = (*self.files, file)


async def with_file(
    writing: Writing, dispute_id: UUID, form: type[ExhibitForm] | type[CaucusForm] | type[MessageForm]
) -> tuple[Handled, Act, Intake]:
    """An act on a dispute whose body is a form: see `with_form`."""
    dispute, _, _ = await writing.http.services.engine.dispute(dispute_id, writing.caller.marketplace)
    return await with_form(writing, dispute.subject_of(writing.caller.actor), form, dispute_id=dispute_id)


async def with_form(writing: Writing, author: UUID, form: type[AnyForm], **about: UUID) -> tuple[Handled, Act, Intake]:
    """An act whose body is a form. Returns what came of it, the body, and what was received. A refused act leaves no file
    behind.

    `author` is the person the files belong to.
    """
    intake = Intake(writing.http.services.blobs, author=author, form=form, dry=writing.dry)
    body = await intake.read(writing.request)
    try:
        handled = await writing.act(body, content=intake.told(body), **intake.about, **about)
    except Refusal:
        await intake.discard()
        raise
    if not handled.events:  # what was sent first stored the files that count
        await intake.discard()
    return handled, body, intake


async def download(reading: Reading, sealed: dict[str, Any], number: int) -> StreamingResponse:
    """Raises FileErased."""
    file = await reading.open(sealed)
    name = safe_name(file["name"], file["media_type"])
    try:
        content = await reading.http.services.blobs.read(UUID(file["blob_id"]))
    except BlobErased:
        raise FileErased(number=number) from None
    headers = {
        "Content-Disposition": f"attachment; filename=\"{_plain(name)}\"; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Length": str(file["size"]),
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return StreamingResponse(content, media_type=file["media_type"], headers=headers)


async def _unless_empty(content: AsyncIterator[bytes]) -> AsyncIterator[bytes] | None:
    """None for empty content. A browser sends an empty file without a name when the user chose none."""
    async for first in content:
        if first:
            return _from(first, content)
    return None


async def _from(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


def _plain(name: str) -> str:
    """For clients that read only the older notation, such as curl (RFC 6266, appendix D)."""
    return re.sub(r"[^A-Za-z0-9 ._-]", "_", name)
