"""Taking away all that one may see: a marketplace its disputes as it is told of them, an auditor everything."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import StreamingResponse

from api.audit import extraction
from api.audit.extraction import MEDIA, Form, Sees, Tell
from api.disputes import chronicle
from api.http.problems import ON_READ, documented
from api.http.reads import Read, Reading
from api.http.relative import ago
from domain.kernel.base import Role
from mediation.store.log.recorded import Recorded
from projections.audit_trail import entry_of

router = APIRouter(tags=["Audit"])

_DESCRIPTION = "What it is written in: JSON lines, CSV, or an object-centric event log (OCEL 2.0, JSON)."
_EXAMPLES: dict[Form, str] = {
    "jsonl": '{"kind":"OfferMade","dispute_id":"0197c2a4-7d1e-7c3a-9f42-2b1c6f0a9d11","occurred_at":"'
    + ago(days=1)
    + '"}\n',
    "csv": "kind,dispute_id,occurred_at\nOfferMade,0197c2a4-7d1e-7c3a-9f42-2b1c6f0a9d11," + ago("UTC", days=1) + "\n",
    "ocel": '{"eventTypes":[],"objectTypes":[],"events":[],"objects":[]}',
}
_ANSWER: dict[str, Any] = {
    MEDIA[form].split(";")[0]: {"schema": {}, "example": shown}
    for form, shown in _EXAMPLES.items()  # line by line: no schema of the whole
}


@router.get(
    "/v1/extract",
    response_class=StreamingResponse,
    responses={200: {"description": "Streamed; as it was when you asked.", "content": _ANSWER}, **documented(*ON_READ)},
)
async def extract(reading: Read, form: Annotated[Form, Query(description=_DESCRIPTION)]) -> StreamingResponse:
    """Every fact that you may see, in the order in which the engine learned it; for process mining, what it is about too."""
    services, marketplace = reading.http.services, reading.caller.marketplace or None
    if reading.caller.role is Role.AUDITOR:
        parts = extraction.extract(form, services.log, marketplace, extraction.whole(services.codec))
    else:
        parts = extraction.extract(form, services.log, marketplace, _as_told(reading), _as_seen(reading))
    headers = {"Content-Disposition": f"attachment; filename=extract.{'json' if form == 'ocel' else form}"}
    return StreamingResponse(parts, media_type=MEDIA[form], headers=headers)


def _as_told(reading: Reading) -> Tell:
    """As the feed tells a marketplace."""

    async def tell(facts: Sequence[Recorded]) -> list[dict[str, Any]]:
        return await chronicle.told(reading, [entry_of(fact) for fact in facts if fact.dispute_id is not None])

    return tell


def _as_seen(reading: Reading) -> Sees:
    def sees(fact: Recorded) -> bool:
        return reading.viewer.told_of(fact.event.kind, entry_of(fact).body) is not None

    return sees
