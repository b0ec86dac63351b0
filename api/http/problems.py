"""Turns a refusal into problem details (RFC 9457). One table maps each kind of refusal to a status.

  400   no Idempotency-Key, a header twice, a body not JSON   412   the dispute has changed since it was read
  401   no valid token                                        413   too large
  403   no right                                              415   this content type is not taken here
  404   no such thing, or another marketplace's               422   wrong in any state
  405   no such method here                                   428   no If-Match where one is required
  408   the body stopped coming                               429   too many in a short time
  409   refused by state or clock                             500   the engine's fault
  410   erased                                                503   try again later

The code of a kind of problem never changes. `GET /problems/{code}` explains it: see `api.http.explanations`.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from inspect import cleandoc
from typing import Any
from uuid import UUID

from fastapi.exceptions import RequestValidationError
from psycopg import OperationalError
from pydantic import ValidationError
from starlette.responses import Response

from api.http.auth import Unauthenticated
from api.http.issuers import KeysUnavailable
from api.http.problem_kinds import (
    BodyEncoded,
    BodyTooLarge,
    BodyTooSlow,
    DraftHasChanged,
    FileErased,
    FiltersHaveChanged,
    HeaderRepeated,
    IdempotencyKeyMissing,
    IfMatchMissing,
    InvalidRequest,
    NoSuchMethod,
    NotCarriedOn,
    NoWrites,
    TooManyRequests,
    Unexpected,
    UnreadableBody,
    UnreadableForm,
    UnsupportedContent,
    ViewBehind,
)
from api.http.problem_schemas import Fault, Problem
from api.live.hub import TooManyStreams
from api.words.catalogue import Catalogue, spoken_to
from domain.contacts.contacts import TooManyContacts
from domain.filing.standing_rules import StandingRulesHaveChanged
from domain.kernel.refusals import Conflict, Forbidden, Malformed, Refusal, Unknown
from domain.settlement.conversation import TooManyMessages
from mediation.engine import Contended, VersionIsStale
from mediation.processes.webhooks.endpoints import WebhookEndpointHasChanged
from mediation.proof.export import NothingSealed
from mediation.store.files.content import FileTooLarge, FileTypeNotAllowed
from mediation.store.files.place import EvidenceUnavailable
from mediation.store.log.requests import ClockAstray, Overloaded, Unavailable

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = "1"
"""Seconds."""

ON_READ = (400, 401, 403, 404, 422, 429, 500, 503)
ON_WRITE = (400, 401, 403, 404, 408, 409, 413, 415, 422, 429, 500, 503)
ON_DISPUTE = (*ON_WRITE, 412)
ON_VERSION = (*ON_DISPUTE, 428)
"""The statuses of problems that a read can end in, and an act: any act, an act on a dispute, an act on its version."""

MAX_FAULTS = 20
"""Faults that a refusal lists: the first ones."""

MAX_STEP = 100

_IN_ENGLISH = spoken_to(None)

_QUOTING: Mapping[str, str] = {"uuid_parsing": "Input should be a valid UUID"}
"""Kinds of faults whose own message repeats part of what was sent."""


STATUS: Mapping[type[Exception], int] = {
    Malformed: 422,
    Conflict: 409,
    Forbidden: 403,
    Unknown: 404,
    UnreadableBody: 400,
    HeaderRepeated: 400,
    UnreadableForm: 400,
    IdempotencyKeyMissing: 400,
    Unauthenticated: 401,
    NoSuchMethod: 405,
    FileErased: 410,
    VersionIsStale: 412,
    DraftHasChanged: 412,
    FiltersHaveChanged: 412,
    StandingRulesHaveChanged: 412,
    WebhookEndpointHasChanged: 412,
    BodyTooSlow: 408,
    BodyTooLarge: 413,
    FileTooLarge: 413,
    UnsupportedContent: 415,
    BodyEncoded: 415,
    FileTypeNotAllowed: 415,
    IfMatchMissing: 428,
    TooManyRequests: 429,
    TooManyContacts: 429,
    TooManyMessages: 429,
    TooManyStreams: 429,
    Unexpected: 500,
    Contended: 503,
    Overloaded: 503,
    ClockAstray: 503,
    Unavailable: 503,
    ViewBehind: 503,
    NotCarriedOn: 503,
    NoWrites: 503,
    KeysUnavailable: 503,
    EvidenceUnavailable: 503,
    NothingSealed: 503,
}
"""The nearest ancestor of a kind in this table gives its status."""

_REQUIRED: Mapping[str | int, type[Refusal]] = {"Idempotency-Key": IdempotencyKeyMissing, "If-Match": IfMatchMissing}

UNAVAILABLE: tuple[type[Exception], ...] = (
    *(kind for kind, status in STATUS.items() if status == 503),
    OperationalError,
)


def status_of(kind: type[Exception]) -> int:
    return next(STATUS[ancestor] for ancestor in kind.__mro__ if ancestor in STATUS)


def catalogue() -> dict[str, type[Exception]]:
    """Every kind of problem by its code."""
    own = [kind for kind in STATUS if not issubclass(kind, Refusal)]
    return {kind.__name__: kind for kind in (*_kinds(Refusal), *own)}


def title_of(kind: type[Exception]) -> str:
    """The first line of the kind's docstring."""
    return cleandoc(kind.__doc__ or kind.__name__).splitlines()[0]


def problem(
    error: Exception, *, under: str = "", correlation_id: UUID | None = None, words: Catalogue = _IN_ENGLISH
) -> Problem:
    """Problem details of an error, with its title in the language of `words`. `under` is a JSON pointer to the part of the
    request at fault.
    """
    if isinstance(error, RequestValidationError):
        return _malformed(error, under, correlation_id, words)
    kind = Unavailable if isinstance(error, OperationalError) else type(error)
    refusal = error if isinstance(error, Refusal) else Refusal()
    facts = error.facts if isinstance(error, ViewBehind | EvidenceUnavailable) else refusal.facts
    return Problem(
        type=f"/problems/{kind.__name__}",
        title=words.say("refusals", title_of(kind)),
        status=status_of(kind),
        code=kind.__name__,
        detail=str(error) if isinstance(error, Unauthenticated) else None,
        facts={"reason": error.reason} if isinstance(error, Unauthenticated) else facts or None,
        pointer=None if refusal.at is None else under + refusal.at,
        correlation_id=correlation_id,
    )


@contextmanager
def reading_request() -> Iterator[None]:
    """Within it, what does not fit a schema is the sender's fault. Elsewhere it is the engine's, such as an unreadable
    stored fact.

    Raises RequestValidationError instead of pydantic's error.
    """
    try:
        yield
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)[:MAX_FAULTS]
        raise RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in found]) from None


def answer(error: Exception, correlation_id: UUID | None, accept_language: str | None) -> Response:
    """The response that says why, in the reader's language."""
    words = spoken_to(accept_language)
    told = problem(error, correlation_id=correlation_id, words=words)
    body = told.model_dump_json(exclude_none=True)
    headers = _headers(told.status, told.facts) | {"Content-Language": words.language}
    return Response(body, told.status, headers=headers, media_type=MEDIA_TYPE)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems of a route, for its documentation."""
    return {status: _documented(status) for status in sorted(statuses)}


def _documented(status: int) -> dict[str, Any]:
    kind = next(kind for kind, its in STATUS.items() if its == status)
    example = {"type": f"/problems/{kind.__name__}", "title": title_of(kind), "status": status, "code": kind.__name__}
    headers = {name: {"schema": {"type": "string", "example": value}} for name, value in _headers(status).items()}
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}}
    return {"description": title_of(kind), "content": content} | ({"headers": headers} if headers else {})


def _malformed(error: RequestValidationError, under: str, correlation_id: UUID | None, words: Catalogue) -> Problem:
    found = error.errors()
    for one in found:
        if one["type"] == "json_invalid":
            return problem(UnreadableBody(), correlation_id=correlation_id, words=words)
        if one["type"] == "missing" and one["loc"][-1] in _REQUIRED:
            return problem(_REQUIRED[one["loc"][-1]](), correlation_id=correlation_id, words=words)
    faults = [_fault(one["type"], tuple(one["loc"]), one["msg"], under) for one in found[:MAX_FAULTS]]
    told = problem(InvalidRequest(), correlation_id=correlation_id, words=words)
    return told.model_copy(update={"pointer": faults[0].pointer, "detail": faults[0].detail, "errors": faults})


def _fault(code: str, location: tuple[int | str, ...], message: str, under: str) -> Fault:
    place, *path = location
    detail = _MEMBER.sub(r"\1", _QUOTING.get(code, message)).removeprefix("Value error, ")
    told = {"code": code, "detail": detail, "location": place}
    if place == "body":
        return Fault.model_validate(told | {"pointer": under + "".join(f"/{_escaped(str(step))}" for step in path)})
    return Fault.model_validate(told | {"parameter": str(path[0])})


_MEMBER = re.compile(r"<\w+\.\w+: ('[^']*')>")
"""How Python writes an allowed name. People read the name alone."""


def _escaped(step: str) -> str:
    """Escaped as in RFC 6901. An unknown name comes from the sender: a few characters of it are enough."""
    told = step[:MAX_STEP].encode("utf-8", "replace").decode()  # it may hold half of a surrogate pair
    return told.replace("~", "~0").replace("/", "~1")


def _headers(status: int, facts: Mapping[str, Any] | None = None) -> dict[str, str]:
    if status == HTTPStatus.UNAUTHORIZED:
        return {"WWW-Authenticate": "Bearer"}
    if status == HTTPStatus.REQUEST_TIMEOUT:
        return {"Connection": "close"}
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return {"Retry-After": str((facts or {}).get("retry_after", RETRY_AFTER))}
    return {"Retry-After": RETRY_AFTER} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}


def _kinds(root: type[Refusal]) -> Iterator[type[Refusal]]:
    """All kinds under this one, except the four that only group them."""
    for kind in root.__subclasses__():
        if kind not in (Malformed, Conflict, Forbidden, Unknown):
            yield kind
        yield from _kinds(kind)
