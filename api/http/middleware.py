"""What receives every request: its limits, its sender, and the answer to an unexpected error.

The log (`api.http.request_log`) → CORS → HEAD and 304 (`api.http.bodiless`) → Reception → case numbers
(`api.http.case_numbers`) → routing → gate (`api.http.access`) → the body's form → the act
"""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

import structlog
from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http import problems, retirement, security_log
from api.http.addresses import FORM, MAIL, NDJSON, is_form, media_types
from api.http.auth import Principal, Tokens, Unauthenticated
from api.http.correlation import CORRELATION, frames
from api.http.issuers import Issuer, KeysUnavailable, UnknownKey
from api.http.problem_kinds import BodyEncoded, BodyTooLarge, HeaderRepeated, TooManyRequests, Unexpected
from api.http.problems import UNAVAILABLE
from api.http.rates import Headers as RateHeaders
from api.http.rates import Rates
from domain.kernel.frozen import frozen

MAX_BODY = 1024 * 1024
"""The most bytes of a body that is no upload."""

_ENVELOPE = 256 * 1024
"""Bytes that an upload may have beside its file: the other fields and the separators."""

MAX_IMPORT = 256 * 1024 * 1024
"""Bytes of one import, which is read line by line."""

PATIENCE = 30.0
"""Seconds for which no piece of a body may arrive. An import may pause longer, because its source may pause."""

SIGNED_IN = "signed_in"
"""In the state of a request that was made inside of this process: the `Principal` for whom the console sends it. A server gives
every request from outside a state without it."""

_SCHEME = re.compile(r"Bearer +[^ ]", re.IGNORECASE)
_BEARER = re.compile(r"Bearer +([^ ]+) *", re.IGNORECASE)

_SINGLE = (
    "Authorization", "Mediation-As", "Mediation-Marketplace", "Idempotency-Key", "If-Match", "At-Least", "Content-Type",
)  # fmt: skip
"""Headers that may appear once: two of them would contradict each other."""

_log = structlog.get_logger(__name__)


@frozen
class Receipt:
    """The receipt of a request: its id in the records, its sender (None outside of /v1), and `now`.

    A request is received when its body is complete: a slow sender does not act before the end of the body.
    """

    now: Callable[[], datetime]
    correlation_id: UUID
    sender: Principal | None


class Reception:
    """The layer that receives. Nothing under /v1 is reached without a token that proves who sends the request, except by the
    console, for the person who is signed in.

    How long a body may be, and how slow, follows from the media types that its route takes. An act that takes a form may
    take JSON too, which is as short as elsewhere. `pages` are the addresses of pages whose forms have files.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        routes: Sequence[APIRoute],
        tokens: Tokens,
        rates: Rates,
        max_file: int,
        max_mail: int,
        now: Callable[[], datetime],
        pages: re.Pattern[str] | None = None,
    ) -> None:
        self._app = app
        self._tokens = tokens
        self._rates = rates
        self._most = {FORM: max_file + _ENVELOPE, NDJSON: MAX_IMPORT, MAIL: max_mail}
        self._large = [(r.path_regex, kind) for r in routes for kind in media_types(r) if kind in self._most]
        self._large += [(pages, FORM)] if pages is not None else []
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        correlation_id = CORRELATION.get()
        answer = _Answer(scope, send, correlation_id)
        try:
            headers = dict(scope["headers"])
            if len(headers) < len(scope["headers"]):  # some name is there twice
                _check_single(Headers(scope=scope))
            _check_plain(headers)
            sender = None
            if SIGNED_IN in scope["state"]:
                sender = scope["state"][SIGNED_IN]
            elif scope["path"].startswith("/v1/"):
                try:
                    sender = self._sender(headers)
                except UnknownKey as unknown:
                    sender = await self._known_by_now(unknown.issuer, headers)
            scope["state"]["receipt"] = Receipt(self._now, correlation_id, sender)
            if sender is not None:
                answer.rates, above = self._rates.count(sender, scope)
                if above is not None:
                    raise above
            limited = _Limited(receive, headers, *self._limits(scope))
            await self._app(scope, limited, answer)
        except (Unauthenticated, KeysUnavailable, TooManyRequests, BodyTooLarge, BodyEncoded, HeaderRepeated) as error:
            refused = problems.answer(error, correlation_id, _accept_language(scope))
            security_log.note(error, refused.status_code, scope)
            await refused(scope, receive, answer)
        except ClientDisconnect:
            return
        except Exception as error:
            _record(error, scope)
            if answer.started:
                raise ConnectionAbortedError("the rest of the answer could not be made") from None
            await problems.answer(Unexpected(), correlation_id, _accept_language(scope))(scope, receive, answer)

    def _sender(self, headers: Mapping[bytes, bytes]) -> Principal:
        sent = headers.get(b"authorization", b"").decode("latin-1")
        bearer = _BEARER.fullmatch(sent)
        if bearer is None:
            raise Unauthenticated("malformed" if _SCHEME.match(sent) else "missing")
        return self._tokens.verify(bearer[1])

    async def _known_by_now(self, issuer: Issuer, headers: Mapping[bytes, bytes]) -> Principal:
        """The sender, after the keys of this issuer were fetched. Raises Unauthenticated, KeysUnavailable."""
        await issuer.fetch_again()
        try:
            return self._sender(headers)
        except UnknownKey as unknown:
            raise Unauthenticated(unknown.reason) from None

    def _limits(self, scope: Scope) -> tuple[int, float | None]:
        """The most bytes of the body, and the seconds for which no piece of it may arrive."""
        if scope["method"] == "POST":
            for path, kind in self._large:
                if path.fullmatch(scope["path"]) and (kind != FORM or is_form(scope)):
                    return self._most[kind], None if kind == NDJSON else PATIENCE
        return MAX_BODY, PATIENCE


def _accept_language(scope: Scope) -> str | None:
    return Headers(scope=scope).get("accept-language")


def _check_single(headers: Headers) -> None:
    """Raises HeaderRepeated."""
    for name in _SINGLE:
        if len(headers.getlist(name)) > 1:
            raise HeaderRepeated(header=name)


def _check_plain(headers: Mapping[bytes, bytes]) -> None:
    """Raises BodyEncoded: how large a compressed body is shows only when it is unpacked."""
    codings = headers.get(b"content-encoding", b"")
    if codings and any(coding.strip().lower() not in (b"", b"identity") for coding in codings.split(b",")):
        raise BodyEncoded


class _Limited:
    """Receives no more bytes than the limit, whatever length was declared, and waits at most `patience` for the next
    piece.

    A declared length above the limit raises BodyTooLarge at once. Later failures raise an HTTPException, because
    only that kind passes through FastAPI's reading of a body.
    """

    def __init__(self, receive: Receive, headers: Mapping[bytes, bytes], limit: int, patience: float | None) -> None:
        self._receive = receive
        self._left = limit
        self._patience = patience
        self._more = b"content-length" in headers or b"transfer-encoding" in headers
        declared = headers.get(b"content-length", b"")
        if declared.isdigit() and int(declared) > limit:
            raise BodyTooLarge(limit=limit)

    async def __call__(self) -> Message:
        message = await (self._in_time() if self._more else self._receive())
        self._more = message.get("more_body", False)
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise HTTPException(413)
        return message

    async def _in_time(self) -> Message:
        try:
            async with asyncio.timeout(self._patience):
                return await self._receive()
        except TimeoutError:
            raise HTTPException(HTTPStatus.REQUEST_TIMEOUT) from None


class _Answer:
    """Sends the answer with the headers that every answer has. An auditor's answer waits until the reading is on record."""

    def __init__(self, scope: Scope, send: Send, correlation_id: UUID) -> None:
        self._scope = scope
        self._send = send
        self._correlation_id = correlation_id
        self._withheld = False
        self.rates: RateHeaders = ()
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] < HTTPStatus.BAD_REQUEST:
            await self._wait_for_record()
        if not self._withheld:
            await self._tell(message)

    async def _wait_for_record(self) -> None:
        """If recording fails, the failure is sent instead of the answer. Frameworks don't expect an error here."""
        if (on_record := self._scope["state"].get("on_record")) is None:
            return
        try:
            await on_record
        except Exception as error:
            if not isinstance(error, UNAVAILABLE):
                _record(error, self._scope)
                error = Unexpected()
            self._withheld = True
            told = problems.answer(error, self._correlation_id, _accept_language(self._scope))
            await self._tell({"type": "http.response.start", "status": told.status_code, "headers": told.raw_headers})
            await self._tell({"type": "http.response.body", "body": told.body})

    async def _tell(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = [
                *message["headers"],
                *self.rates,
                *retirement.headers(self._scope.get("route")),
                (b"correlation-id", str(self._correlation_id).encode()),
                (b"x-content-type-options", b"nosniff"),
            ]
            if b"cache-control" not in dict(headers):
                headers.append((b"cache-control", b"no-store"))
            message["headers"] = headers
        await self._send(message)


def _record(error: Exception, scope: Scope) -> None:
    """Logs where the error was raised, and nothing that was sent: error messages quote the input they failed on."""
    route: Any = scope.get("route")
    _log.error(
        "request_failed",
        method=scope["method"],
        route=getattr(route, "path", None),
        error=type(error).__name__,
        frames=frames(error),
    )
