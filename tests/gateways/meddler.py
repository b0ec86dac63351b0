"""Stands between the engine and a payment provider, and changes what the provider's list says."""

import json
from collections.abc import Callable
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

_NOT_PASSED_ON = {"host", "content-length", "connection", "accept-encoding"}


class Meddler:
    """An ASGI application that passes every request on to `address`.

    `extra` are rows that each list begins with. `changes` are fields of the rows that name a payment by its id. `made`
    changes the answer to a payment.
    `rows_under` and `name` are the provider's own words for the rows of a list and for the id of a row.
    """

    def __init__(self, address: str, *, rows_under: str, name: str) -> None:
        self.extra: list[Any] = []
        self.changes: dict[str, dict[str, Any]] = {}
        self.made: Callable[[dict[str, Any]], dict[str, Any]] = dict
        self._address = address
        self._rows_under = rows_under
        self._name = name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        headers = {name: value for name, value in request.headers.items() if name not in _NOT_PASSED_ON}
        async with httpx.AsyncClient(base_url=self._address, timeout=30) as http:
            path = httpx.URL(path=request.url.path, query=request.url.query.encode())
            answer = await http.request(request.method, path, headers=headers, content=await request.body())
        told = json.loads(answer.content)
        if isinstance(told, dict) and self._name in told:
            told = self.made(told)
        body = json.dumps(self._meddled(told)).encode()
        await Response(body, answer.status_code, media_type=answer.headers.get("content-type"))(scope, receive, send)

    def _meddled(self, told: Any) -> Any:
        if not isinstance(told, dict) or not isinstance(told.get(self._rows_under), list):
            return told
        rows = [{**self.made(row), **self.changes.get(row[self._name], {})} for row in told[self._rows_under]]
        return {**told, self._rows_under: [*self.extra, *rows]}
