"""An exhibit on its way in: its fields, and its file, which goes sealed into the store as it arrives."""

from uuid import UUID, uuid4

from starlette.requests import Request

from api.schemas.base import Statement
from api.schemas.evidence import AddExhibit, ExhibitForm
from api.uploads import Form, Part
from domain.evidence import File
from domain.refusals import Malformed
from mediation.store.blobs import Blobs


class UnknownField(Malformed):
    """The form has the fields `description`, `language` and `file`, each once at most."""


class Intake:
    """What came in. `file` is set once it is stored; `author` is the person whose exhibit it is."""

    def __init__(self, blobs: Blobs, author: UUID) -> None:
        self._blobs = blobs
        self._author = author
        self._blob_id = uuid4()
        self._fields: dict[str, str] = {}
        self.file: File | None = None

    async def read(self, request: Request) -> AddExhibit:
        """Takes the whole form. Whatever goes wrong, no file is left behind.

        Raises UnsupportedContent, UnreadableForm, UnknownField, pydantic.ValidationError, and what `Blobs.write` does.
        """
        try:
            async for part in Form.of(request).parts():
                await self._take(part)
            form = ExhibitForm.model_validate(self._fields)
        except BaseException:
            await self.discard()
            raise
        return AddExhibit(description=Statement(text=form.description, language=form.language))

    def told(self, body: AddExhibit) -> bytes:
        """All that the request says, for its fingerprint."""
        file = self.file.model_dump_json(include={"name", "sha256"}) if self.file else ""
        return f"{body.model_dump_json()}{file}".encode()

    async def discard(self) -> None:
        if self.file is not None:
            await self._blobs.discard(self._blob_id)

    async def _take(self, part: Part) -> None:
        if part.name not in ExhibitForm.model_fields or part.name in self._fields:
            raise UnknownField(at=f"/{part.name[:50]}")
        if part.name != "file":
            self._fields[part.name] = await part.text()
        elif part.filename:  # a browser sends an empty one where nothing was chosen
            self._fields["file"] = part.filename
            stored = await self._blobs.write(self._blob_id, part.content, subject=self._author)
            self.file = File(
                blob_id=self._blob_id,
                author=self._author,
                name=part.filename,
                media_type=stored.media_type,
                size=stored.size,
                sha256=stored.sha256,
                sealed_sha256=stored.sealed_sha256,
            )
