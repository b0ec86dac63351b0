"""The route of an act: the body straight into its model, the answer straight into bytes.

FastAPI finds out from a function's signature how to read a request, and what is wrong with it. For a filing without a fault
that takes a third of the time outside of the engine. So a request without a fault is read here, by the same schemas and the
same gate. Any other request goes to FastAPI as it came: FastAPI alone says what is wrong. So does a dry run: it needs no
key, and gets one that nobody reads.
"""

from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from http import HTTPStatus
from inspect import signature
from typing import Any

from pydantic import TypeAdapter
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

from api.http.addresses import is_form
from api.http.bodies import Answer
from api.http.context import http_context
from api.http.exact_json import ExactRequest, ExactRoute, plainly
from api.http.identity import MediationAs, MediationMarketplace, caller
from api.http.preferences import APPLIED, BODILESS, Prefer, wants_minimal, without_body
from api.http.writes import (
    IdempotencyKey,
    IfMatch,
    IfMatchRequired,
    Writing,
    keyed,
    versions_of,
    writing,
    writing_on_dispute,
    writing_on_version,
)
from domain.kernel.refusals import Refusal

Reader = Callable[[str | None], Any]
"""Reads a header, which may be missing. Raises ValueError."""


def _reader(annotation: Any) -> Reader:
    return TypeAdapter(annotation).validator.validate_python


_side = _reader(MediationAs)
_marketplace = _reader(MediationMarketplace)
_key = _reader(IdempotencyKey)
_prefer = _reader(Prefer)
_truth = _reader(bool)
_KEY = b"idempotency-key"
_IF_MATCH: Mapping[object, Reader] = {
    keyed: lambda _: None,
    writing: lambda _: None,
    writing_on_dispute: _reader(IfMatch),
    writing_on_version: _reader(IfMatchRequired),
}


class ActRoute(ExactRoute):
    """Reads the request itself if the function takes `body`, `writing` and the parameters of the path. For any other
    function, such as an upload's or one that only reads, FastAPI does it.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        asked = signature(endpoint).parameters.keys()
        self.spares_body = spares_body(self.response_model)
        if self.spares_body and self.status_code in (None, HTTPStatus.OK):
            self.responses = {**self.responses, 204: BODILESS}
        self._plain = _Plain(self) if asked == self.param_convertors.keys() | {"body", "writing"} else None
        self._answer: Any = self.response_field

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            response = await handler(request)
            return without_body(response) if APPLIED in response.headers else response

        return handle

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["query_string"]:
            await super().handle(_with_key(scope), receive, send)
            return
        if self._plain is not None and scope["method"] == "POST":
            response = Response(None, self.status_code or 200, media_type="application/json")
            given = await self._plain.arguments(ExactRequest(scope, receive), response)
            if given is not None:
                answer = await self.endpoint(**given)
                if given["writing"].minimal:
                    response = without_body(response)
                else:
                    response.body = self._answer.serialize_json(answer)
                    response.headers["Content-Length"] = str(len(response.body))
                await response(scope, receive, send)
                return
        await super().handle(scope, receive, send)


def _with_key(scope: Scope) -> Scope:
    """The request, with a key if it is a dry run without one."""
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    asked = QueryParams(scope["query_string"]).get("dry_run")
    with suppress(ValueError):  # FastAPI refuses it
        if asked is not None and _truth(asked) and all(name != _KEY for name, _ in headers):
            return {**scope, "headers": [*headers, (_KEY, b"dry")]}
    return scope


class FormRoute(ActRoute):
    """The route of an act whose body comes as a form with files. It stands before the route of the same act, which takes
    JSON at the same address, and takes only forms.
    """

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, child = super().matches(scope)
        return (match, child) if match is not Match.FULL or is_form(scope) else (Match.NONE, {})


class _Plain:
    """Reads the requests of one route that have no fault."""

    def __init__(self, route: ActRoute) -> None:
        (writes,) = route.dependant.dependencies
        self._if_match = _IF_MATCH[writes.call]
        self._needs_version = writes.call is writing_on_version
        self._spares_body = route.spares_body
        self._path = route.dependant.path_params
        self._body: Any = route.body_field

    async def arguments(self, request: ExactRequest, response: Response) -> dict[str, Any] | None:
        """What the function takes. None if the request has a fault; it has had no effect then."""
        headers = {name: value.decode("latin-1") for name, value in request.scope["headers"]}
        content = await request.body()
        try:
            given = {field.name: _valid(field, request.path_params[field.name]) for field in self._path}
            given["body"] = self._read(content, headers.get(b"content-type", ""))
            given["writing"] = await self._writing(request, response, headers)
        except (ValueError, Refusal):
            return None
        return given

    def _read(self, content: bytes, media_type: str) -> Any:
        """Raises ValueError. An empty body stands for the default, whatever its type."""
        if not content and not self._body.field_info.is_required():
            return self._body.get_default()
        if media_type.partition(";")[0].strip().lower() != "application/json":
            raise ValueError("no JSON")
        return _valid(self._body, plainly(content))

    async def _writing(self, request: ExactRequest, response: Response, headers: Mapping[bytes, str]) -> Writing:
        """Passes the gate last: it puts an auditor's request on record. Raises ValueError, Refusal."""
        key, if_match = _key(headers.get(_KEY)), self._if_match(headers.get(b"if-match"))
        side, named = _side(headers.get(b"mediation-as")), _marketplace(headers.get(b"mediation-marketplace"))
        expected = () if if_match is None else versions_of(if_match)
        if self._needs_version and not expected:
            raise ValueError("no version")
        minimal = False
        if b"prefer" in headers:
            _prefer(request.headers["prefer"])
            minimal = self._spares_body and wants_minimal(request)
        calling = await caller(request, side, named)
        return Writing(http_context(request), calling, request, response, key, expected, minimal)


def spares_body(answer: Any) -> bool:
    """Whether this answer can be left out: nothing is lost that a read, or the act again under its key, does not tell."""
    return isinstance(answer, type) and issubclass(answer, Answer) and answer.spared


def _valid(field: Any, value: Any) -> Any:
    """Raises ValueError."""
    found, faults = field.validate(value)
    if faults:
        raise ValueError("not valid")
    return found
