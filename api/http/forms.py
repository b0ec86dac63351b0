"""A form with a file on its way in: its fields, and its file, which goes sealed into the store as it arrives."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

from starlette.requests import Request

from api.disputes.evidence.exhibit_schemas import CaucusForm, ExhibitForm
from api.http.bodies import Act
from api.http.multipart import Form, Part
from api.http.problems import reading_request
from api.marketplace.incident_schemas import SharedForm
from domain.evidence.exhibit_facts import File
from domain.kernel.refusals import Malformed
from mediation.store.files.blobs import Blobs

AnyForm = ExhibitForm | CaucusForm | SharedForm

UNNAMED = "file"
"""What a file is called whose sender gives it no name."""


class UnknownField(Malformed):
    """The form has a field that does not exist here, or has the same field twice."""


class Intake:
    """What came in. `file` is set once it is stored; `author` is the person whose it is."""

    def __init__(self, blobs: Blobs, author: UUID, form: type[AnyForm] = ExhibitForm) -> None:
        self._blobs = blobs
        self._form = form
        self._author = author
        self._blob_id = uuid4()
        self._fields: dict[str, str] = {}
        self.file: File | None = None

    async def read(self, request: Request) -> Act:
        """Takes the whole form. Whatever goes wrong, no file is left behind.

        Raises UnsupportedContent, UnreadableForm, UnknownField, RequestValidationError, and what `Blobs.write` does.
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
        """All that the request says, for its fingerprint."""
        file = self.file.model_dump_json(include={"name", "sha256"}) if self.file else ""
        return f"{body.model_dump_json()}{file}".encode()

    async def discard(self) -> None:
        if self.file is not None:
            await self._blobs.discard(self._blob_id)

    async def _take(self, part: Part) -> None:
        if part.name not in self._form.model_fields or part.name in self._fields:
            raise UnknownField(at=f"/{part.name[:50]}")
        if part.name != "file":
            self._fields[part.name] = await part.text()
            return
        content = part.content if part.filename else await _unless_empty(part.content)
        if content is not None:
            name = self._fields["file"] = part.filename or UNNAMED
            stored = await self._blobs.write(self._blob_id, content, subject=self._author)
            self.file = File(
                blob_id=self._blob_id,
                author=self._author,
                name=name,
                media_type=stored.media_type,
                size=stored.size,
                sha256=stored.sha256,
                sealed_sha256=stored.sealed_sha256,
            )


async def _unless_empty(content: AsyncIterator[bytes]) -> AsyncIterator[bytes] | None:
    """None where nothing is in it: where nothing was chosen, a browser sends an empty file without a name."""
    async for first in content:
        if first:
            return _from(first, content)
    return None


async def _from(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece
