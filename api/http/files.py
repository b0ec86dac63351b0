"""Files of evidence and of a caucus: how they come in with an act, and how they are saved."""

import re
from typing import Any
from urllib.parse import quote
from uuid import UUID

from starlette.responses import StreamingResponse

from api.disputes.evidence.exhibit_schemas import CaucusForm, ExhibitForm
from api.http.bodies import Act
from api.http.forms import AnyForm, Intake
from api.http.problems import FileErased
from api.http.reads import Reading
from api.http.writes import Writing
from domain.kernel.refusals import Refusal
from mediation.engine import Outcome
from mediation.store.files.blobs import BlobErased
from mediation.store.files.content import ALLOWED, safe_name

CONTENT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file, as it was sent.",
        "content": {kind: {"schema": {"type": "string", "contentMediaType": kind}} for kind in ALLOWED},
    }
}


async def with_file(
    writing: Writing, dispute_id: UUID, form: type[ExhibitForm] | type[CaucusForm]
) -> tuple[Outcome, Act, str | None]:
    """An act on a dispute whose body is a form: see `with_form`."""
    dispute, _, _ = await writing.http.services.engine.dispute(dispute_id, writing.caller.marketplace)
    return await with_form(writing, dispute.subject_of(writing.caller.actor), form, dispute_id=dispute_id)


async def with_form(
    writing: Writing, author: UUID, form: type[AnyForm], **about: UUID
) -> tuple[Outcome, Act, str | None]:
    """An act whose body is a form: what it led to, the body, and the file's hash. Of one that is refused no file is left.

    `author` is the person whose file it is.
    """
    intake = Intake(writing.http.services.blobs, author=author, form=form)
    body = await intake.read(writing.request)
    try:
        outcome = await writing.act(body, content=intake.told(body), file=intake.file, **about)
    except Refusal:
        await intake.discard()
        raise
    if outcome.repeated:  # the file that counts came in the first time
        await intake.discard()
    return outcome, body, intake.file.sha256 if intake.file else None


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


def _plain(name: str) -> str:
    """For whoever knows only the older notation, such as curl (RFC 6266, appendix D)."""
    return re.sub(r"[^A-Za-z0-9 ._-]", "_", name)
