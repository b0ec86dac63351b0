"""Extracts of everything that the caller may see, as of the request: JSON lines, CSV, or OCEL 2.0; streamed.

A marketplace gets its disputes as its feed shows them; an auditor gets everything.
"""

import csv
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from io import StringIO
from itertools import groupby
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic_core import to_json
from starlette.responses import StreamingResponse

from api.audit import ocel
from api.audit.steps import enveloped
from api.disputes import chronicle
from api.http.problems import ON_READ, documented
from api.http.reads import Read, Reading
from api.http.relative import ago
from api.words.catalogue import spoken_to
from domain.kernel.base import OF_DISPUTE, Event, Role
from mediation.store.log.codec import Codec
from mediation.store.log.log import EventLog
from mediation.store.log.recorded import Recorded
from projections.audit_trail import entry_of

router = APIRouter(tags=["Audit"])

Form = Literal["jsonl", "csv", "ocel"]
MEDIA: dict[Form, str] = {"jsonl": "application/x-ndjson", "csv": "text/csv; charset=utf-8", "ocel": "application/json"}

Tell = Callable[[Sequence[Recorded]], Awaitable[Sequence[dict[str, Any]]]]
"""Turns facts into records of the extract, all with the same columns."""

Sees = Callable[[Recorded], bool]
"""Whether the caller may see a fact at all."""

_BATCH = 500

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
    for form, shown in _EXAMPLES.items()  # line by line: there is no schema of the whole
}


@router.get(
    "/v1/extract",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "The extract, streamed. It holds the state at the time of the request.",
            "content": _ANSWER,
        },
        **documented(*ON_READ),
    },
)
async def extract(reading: Read, form: Annotated[Form, Query(description=_DESCRIPTION)]) -> StreamingResponse:
    """Every fact that you may see, in the order in which the engine learned it. The OCEL form also holds the objects
    of the facts.
    """
    services, marketplace = reading.http.services, reading.caller.marketplace or None
    if reading.caller.role is Role.AUDITOR:
        parts = streamed(form, services.log, marketplace, whole(services.codec))
    else:
        parts = streamed(form, services.log, marketplace, _as_told(reading), _as_seen(reading))
    headers = {"Content-Disposition": f"attachment; filename=extract.{'json' if form == 'ocel' else form}"}
    return StreamingResponse(parts, media_type=MEDIA[form], headers=headers)


def _as_told(reading: Reading) -> Tell:
    """As the feed shows facts to a marketplace."""

    async def tell(facts: Sequence[Recorded]) -> list[dict[str, Any]]:
        return await chronicle.told(
            reading, [entry_of(fact) for fact in facts if fact.dispute_id is not None], spoken_to(None)
        )

    return tell


def _as_seen(reading: Reading) -> Sees:
    def sees(fact: Recorded) -> bool:
        return reading.viewer.told_of(fact.event, entry_of(fact).body) is not None

    return sees


def everything(fact: Recorded) -> bool:
    return True


def whole(codec: Codec) -> Tell:
    """Every fact, unsealed, for callers who may read everything."""

    async def tell(facts: Sequence[Recorded]) -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = []
        for marketplace, group in groupby(map(enveloped, facts), key=lambda fact: fact["marketplace"]):
            told += await codec.open(list(group), marketplace)
        return told

    return tell


async def streamed(
    form: Form, log: EventLog, marketplace: str | None, tell: Tell, sees: Sees = everything
) -> AsyncIterator[bytes]:
    """The extract in the chosen form."""
    match form:
        case "jsonl":
            parts = lines(log, marketplace, tell)
        case "csv":
            parts = table(log, marketplace, tell)
        case "ocel":
            parts = object_centric(log, marketplace, sees)
    async for part in parts:
        yield part


async def lines(log: EventLog, marketplace: str | None, tell: Tell) -> AsyncIterator[bytes]:
    """One fact on each line."""
    async for batch in _batches(log, marketplace):
        if told := await tell(batch):
            yield b"".join(to_json(fact) + b"\n" for fact in told)


async def table(log: EventLog, marketplace: str | None, tell: Tell) -> AsyncIterator[bytes]:
    """A row of column names, then one fact in each row. A value that is no text or number is written as JSON."""
    headed = False
    async for batch in _batches(log, marketplace):
        told = await tell(batch)
        written = StringIO()
        rows = csv.writer(written)
        if told and not headed:
            rows.writerow(told[0])
            headed = True
        rows.writerows([_cell(value) for value in fact.values()] for fact in told)
        yield written.getvalue().encode()


async def object_centric(log: EventLog, marketplace: str | None, sees: Sees) -> AsyncIterator[bytes]:
    """One JSON document. It reads the disputes twice: first for the events, then for the objects."""
    until = await log.last_position()
    kinds = {event.kind for event in Event.registry.values() if event.stream in OF_DISPUTE and _is_ours(event)}
    yield b'{"eventTypes":' + to_json(ocel.event_types(kinds)) + b',"objectTypes":' + to_json(ocel.object_types())
    yield b',"events":['
    comma = b""
    async for case in _cases(log, marketplace, until):
        for event in case.events(sees):
            yield comma + to_json(event)
            comma = b",\n"
    yield b'],"objects":['
    comma, seen = b"", set[str]()
    async for case in _cases(log, marketplace, until):
        for id, found in case.objects.items():
            if id not in seen:
                yield comma + to_json(found)
                comma = b",\n"
            if found["type"] in ("party", "order"):
                seen.add(id)  # only parties and orders can belong to several disputes
    yield b"]}\n"


def _is_ours(event: type[Event]) -> bool:
    return event.__module__.startswith("domain.")


async def _batches(log: EventLog, marketplace: str | None) -> AsyncIterator[Sequence[Recorded]]:
    position, until = 0, await log.last_position()
    while batch := await log.of_marketplace(marketplace, position, until, _BATCH):
        yield batch
        position = batch[-1].position


async def _cases(log: EventLog, marketplace: str | None, until: int) -> AsyncIterator[ocel.Case]:
    position = 0
    while filed := await log.filed(marketplace, position, until, _BATCH):
        for position, dispute_id in filed:  # noqa: B007 - the next page begins after the last one
            yield ocel.Case.of(await log.of_dispute(dispute_id, until_position=until))


def _cell(value: Any) -> Any:
    match value:
        case None | str() | int():
            return value
        case UUID():
            return str(value)
        case dict() | list():
            return to_json(value).decode()
        case _:
            return value.isoformat()
