"""Files of evidence and of a caucus: how they come in with an act, and how they are saved."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from starlette.responses import StreamingResponse

from api.intake import Intake
from api.problems import FileErased
from api.reading import Reading
from api.schemas.base import Act
from api.schemas.evidence import CaucusForm, ExhibitForm
from api.writing import Writing
from domain.refusals import Refusal
from mediation.engine import Outcome
from mediation.store.blobs import BlobErased
from mediation.store.content import ALLOWED

CONTENT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file, as it was sent.",
        "content": {kind: {"schema": {"type": "string", "contentMediaType": kind}} for kind in ALLOWED},
    }
}


async def with_file(
    writing: Writing, dispute_id: UUID, form: type[ExhibitForm] | type[CaucusForm]
) -> tuple[Outcome, Act, str | None]:
    """An act whose body is a form: what it led to, the body, and the file's hash. Of one that is refused no file is left."""
    services, calling = writing.front.services, writing.caller
    dispute, _, _ = await services.engine.dispute(dispute_id, calling.marketplace)
    intake = Intake(services.blobs, author=dispute.subject_of(calling.actor), form=form)
    body = await intake.read(writing.request)
    try:
        outcome = await writing.act(body, content=intake.told(body), dispute_id=dispute_id, file=intake.file)
    except Refusal:
        await intake.discard()
        raise
    if outcome.repeated:  # the file that counts came in the first time
        await intake.discard()
    return outcome, body, intake.file.sha256 if intake.file else None


async def download(reading: Reading, sealed: dict[str, Any], number: int) -> StreamingResponse:
    """Raises FileErased."""
    file = await reading.open(sealed)
    try:
        content = await reading.front.services.blobs.read(UUID(file["blob_id"]))
    except BlobErased:
        raise FileErased(number=number) from None
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file['name'], safe='')}",
        "Content-Length": str(file["size"]),
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return StreamingResponse(content, media_type=file["media_type"], headers=headers)
