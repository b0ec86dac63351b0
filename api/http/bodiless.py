"""Answers without a body: to HEAD, and to a GET for what the client has already."""

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_TAG = re.compile(r'(?:W/)?("[^"]*")')
_OF_A_BODY = ("Content-Length", "Content-Type", "Content-Disposition")


class Bodiless:
    """Answers HEAD as GET (RFC 9110, section 9.3.2), and with 304 a GET whose `If-None-Match` names the `ETag` of the
    answer (section 13.1.2). The request is carried out in full: its rights are checked, and an auditor's reading is
    recorded.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        known = ",".join(Headers(scope=scope).getlist("if-none-match"))
        head = scope["method"] == "HEAD"
        if not known and not head:
            await self._app(scope, receive, send)
            return
        as_get = {**scope, "method": "GET"}
        try:
            await self._app(as_get, receive, _Curt(send, known, head=head))
        finally:
            scope["route"] = as_get.get("route")  # for the log


class _Curt:
    """Sends the head of an answer. Its body is sent only to a GET, for what the client does not have."""

    def __init__(self, send: Send, known: str, *, head: bool) -> None:
        self._send = send
        self._known = known
        self._head = head
        self._ended = False

    async def __call__(self, message: Message) -> None:
        if self._ended:
            if message.get("more_body", False):
                raise ClientDisconnect  # nobody waits for the rest: a long answer is not made
            return
        if message["type"] != "http.response.start":
            await self._send(message)
            return
        if has := message["status"] == 200 and same(self._known, Headers(raw=message["headers"]).get("etag")):
            message["status"] = 304
            headers = MutableHeaders(scope=message)
            for name in _OF_A_BODY:
                del headers[name]
        await self._send(message)
        if has or self._head:
            self._ended = True
            await self._send({"type": "http.response.body", "body": b""})


def same(known: str, etag: str | None) -> bool:
    """Whether a list of entity tags names this one, by weak comparison (RFC 9110, section 8.8.3.2). `*` names every one."""
    if etag is None:
        return False
    return known.strip() == "*" or etag.removeprefix("W/") in _TAG.findall(known)
