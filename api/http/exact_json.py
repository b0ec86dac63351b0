"""JSON in which no object names a field twice: which of the two would count is anybody's guess (RFC 8259, section 4)."""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from domain.kernel.refusals import Malformed


class NameRepeated(Malformed):
    """The JSON has an object that names the same field twice."""


class ExactRequest(Request):
    """A request whose body is parsed once. `name_repeated` says, after that, whether any object in it names a field twice.

    The framework would answer an error of its own for what is raised while it parses, so the act refuses it later.
    """

    name_repeated = False

    async def json(self) -> Any:
        said, self.name_repeated = exactly(await self.body())
        return said


class ExactRoute(APIRoute):
    """A route whose JSON body is read by `ExactRequest`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            return await handler(ExactRequest(request.scope, request.receive))

        return handle


def exactly(text: str | bytes) -> tuple[Any, bool]:
    """What it says, and whether any object in it names a field twice. Raises ValueError, RecursionError."""
    repeated = False

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeated
        named = dict(pairs)
        repeated = repeated or len(named) < len(pairs)
        return named

    return json.loads(text, object_pairs_hook=once), repeated
