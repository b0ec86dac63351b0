"""Past cases as JSON lines, each act with the instant at which it happened."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.exceptions import RequestValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from api.http.addresses import NDJSON
from api.http.bodies import MAX_ID
from api.http.context import http_context
from api.http.exact_json import NameRepeated, TooManyNames, exactly
from api.http.identity import Calling
from api.http.problem_kinds import UnsupportedContent
from api.http.problems import documented, reading_request
from api.http.writes import IdempotencyKey
from api.imports.import_schemas import MAX_LINE, MAX_LINES, LineResult, PastAct
from api.imports.importer import Importer
from api.imports.lanes import Line
from domain.kernel.refusals import Malformed

_HALF = re.compile(r"[\ud800-\udfff]")
_HALF_ESCAPED = re.compile(rb"\\u[dD][89a-fA-F]")
_LONG = 64 * 1024
"""Bytes. A longer line is read in a thread, so that others are served meanwhile."""

_TAKEN = frozenset({NDJSON, "application/ndjson", "application/jsonl"})


class LineTooLong(Malformed):
    """This line of the import is longer than `limit` bytes.

    Why: A line is held in memory as a whole while it is checked.

    What to do: Shorten the line to `limit` bytes. Files are not part of an import.

    Example: {"limit": 1048576}
    """


class LineIsNotJson(Malformed):
    """This line of the import is not JSON in UTF-8, or its text has half of a surrogate pair.

    Why: Each line of an import is one JSON object in UTF-8. Other lines of the import are not affected.

    What to do: Correct this line and send the file again: what is on record is not imported twice.
    """


class TooManyLines(Malformed):
    """The import has more than `limit` lines. You can send the rest with the next request.

    Why: A request is carried out line by line. The limit keeps it from running for hours.

    What to do: Send the rest of the lines with the next request, beginning with this one.

    Example: {"limit": 100000}
    """


router = APIRouter(prefix="/v1", tags=["Imports"])


class _WhileReading(StreamingResponse):
    """Answers while the request still arrives. Starlette's own response listens for the client to hang up, and so loses
    what it receives: the rest of the request.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.stream_response(send)


@router.post(
    "/imports",
    name="import_cases",
    response_class=_WhileReading,
    responses={
        200: {"content": {NDJSON: {"schema": {"$ref": "#/components/schemas/LineResult"}}}},
        **documented(400, 401, 403, 413, 415, 422, 429, 500, 503),
    },
    openapi_extra={
        "requestBody": {"required": True, "content": {NDJSON: {"schema": {"$ref": "#/components/schemas/PastAct"}}}}
    },
)
async def import_cases(
    request: Request,
    caller: Calling,
    idempotency_key: IdempotencyKey,
    content_type: Annotated[str, Header(include_in_schema=False)] = "",
) -> StreamingResponse:
    """Takes past cases: JSON lines, each one act with its `occurred_at`, in the order in which they happened.

    The same rules decide as for living cases, but nothing lapses by itself and no money moves: the lines say what
    happened. Each line is answered by a line with its result; after a refused line, the other lines of its case are
    skipped. Sending a file again changes nothing twice, under any Idempotency-Key. So an interrupted import is
    resumed by sending the file again, and so is an import whose last answer has a problem of status 503. A line has
    at most 1 MiB, a request at most 100,000 lines.
    """
    if content_type.partition(";")[0].strip().lower() not in _TAKEN:
        raise UnsupportedContent(expected=NDJSON)
    importer = Importer(http_context(request).services, caller.marketplace, caller.subject)
    return _WhileReading(_answers(importer, request.stream()), media_type=NDJSON)


async def _answers(importer: Importer, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """A result line for each line. Reading goes on even if the results are fetched slowly: many clients send all
    before they read.
    """
    ready: asyncio.Queue[LineResult | None] = asyncio.Queue()

    async def work() -> None:
        try:
            async for result in importer.results(read(chunks)):
                ready.put_nowait(result)
        except ClientDisconnect:
            pass
        finally:
            ready.put_nowait(None)

    working = asyncio.create_task(work())
    try:
        while (result := await ready.get()) is not None:
            yield result.model_dump_json(exclude_none=True).encode() + b"\n"
        await working  # raises the error that ended it
    finally:
        working.cancel()


async def read(chunks: AsyncIterator[bytes]) -> AsyncIterator[Line]:
    """The lines of a body as it arrives. Blank lines are counted and left out."""
    number = 0
    async for text in _split(chunks):
        number += 1
        if number > MAX_LINES:
            yield Line(number, TooManyLines(limit=MAX_LINES), None)
            return
        if text is None:
            yield Line(number, LineTooLong(limit=MAX_LINE), None)
        elif text.strip():
            yield _line(number, text) if len(text) <= _LONG else await asyncio.to_thread(_line, number, text)


async def _split(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes | None]:
    """None for a line that is too long. No more than the allowed length is ever held in memory."""
    held: bytes | None = b""
    async for chunk in chunks:
        *ends, rest = chunk.split(b"\n")
        for end in ends:
            yield _longer(held, end)
            held = b""
        held = _longer(held, rest)
    if held != b"":
        yield held


def _longer(held: bytes | None, more: bytes) -> bytes | None:
    return None if held is None or len(held) + len(more) > MAX_LINE else held + more


def _line(number: int, text: bytes) -> Line:
    try:
        told, repeated = exactly(text.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return Line(number, LineIsNotJson(), None)
    except TooManyNames as error:
        return Line(number, error, None)
    case = told.get("case") if isinstance(told, dict) else None
    named = case if isinstance(case, str) and len(case) <= MAX_ID and not _HALF.search(case) else None
    if repeated:
        return Line(number, NameRepeated(), named)
    if _HALF_ESCAPED.search(text) and _HALF.search(json.dumps(told, ensure_ascii=False)):
        return Line(number, LineIsNotJson(), named)
    try:
        with reading_request():
            act = PastAct.model_validate(told)
    except RequestValidationError as error:
        return Line(number, error, named)
    return Line(number, act, act.case)
