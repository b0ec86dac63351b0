"""JSON in which no object names a field twice. RFC 8259, section 4, leaves open which of the two would count."""

import json
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

from fastapi.routing import APIRoute
from pydantic_core import from_json, to_json
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from domain.kernel.refusals import Malformed

MAX_NAMES = 40_000
"""Names of fields in one JSON text. The longest request has fewer: a policy with every text in 27 languages. Each may be a
fault, and each fault costs work before the request is refused."""

MAX_NAMES_OF_OBJECT = 250
"""Names of fields in one object. The clauses of a policy are the most, 200."""


class NameRepeated(Malformed):
    """The JSON has an object that names the same field twice.

    Why: Two programs may read a repeated name differently: one the first value, one the last. Then what was checked is
    not what was stored.

    What to do: Send each name once in every object.
    """


class TooManyNames(Malformed):
    """The JSON has more than `limit` names of fields, or one object in it has more than `limit_of_object`.

    Why: To refuse unknown names one by one takes time. Very many of them would slow down everybody else's requests.

    What to do: Send only the documented fields. Split a very large request, such as a filing with thousands of lines.

    Example: {"limit": 30000, "limit_of_object": 250}
    """


class ExactRequest(Request):
    """A request whose body is parsed once. After that, `name_repeated` says whether any object in it names a field
    twice.

    An error raised while parsing would get the framework's own answer, so the act refuses such a body later.
    """

    name_repeated = False

    async def body(self) -> bytes:
        """Kept in the state of the request, because a route that hands its request to FastAPI has read it before.

        Raises ClientDisconnect.
        """
        kept = self.scope["state"]
        if "body" not in kept:
            kept["body"] = await self._received()
        body: bytes = kept["body"]
        return body

    async def _received(self) -> bytes:
        """What Starlette does through a generator, which takes longer."""
        pieces, more = [], True
        while more:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            pieces.append(message.get("body", b""))
            more = message.get("more_body", False)
        return b"".join(pieces)

    async def json(self) -> Any:
        """Raises HTTPException for too many names, and for UTF-16 and UTF-32: JSON between systems is in UTF-8 (RFC 8259,
        section 8.1).
        """
        body = await self.body()
        if not json.detect_encoding(body).startswith("utf-8"):
            raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        try:
            said, self.name_repeated = exactly(body)
        except TooManyNames:
            raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY) from None
        return said


class ExactRoute(APIRoute):
    """A route that reads its JSON body with `ExactRequest`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            return await handler(ExactRequest(request.scope, request.receive))

        return handle


def too_many_names() -> TooManyNames:
    return TooManyNames(limit=MAX_NAMES, limit_of_object=MAX_NAMES_OF_OBJECT)


def exactly(text: str | bytes) -> tuple[Any, bool]:
    """The parsed value, and whether any object in it names a field twice.

    Raises ValueError, RecursionError, TooManyNames.
    """
    repeated, left = False, MAX_NAMES

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeated, left
        if (left := left - len(pairs)) < 0 or len(pairs) > MAX_NAMES_OF_OBJECT:
            raise too_many_names()
        named = dict(pairs)
        repeated = repeated or len(named) < len(pairs)
        return named

    return json.loads(text, object_pairs_hook=once), repeated


def plainly(text: bytes) -> Any:
    """The value that `exactly` parses, in half the time. Raises ValueError for a name that is repeated, and for some
    texts that `exactly` can parse: those in another encoding than UTF-8, and those with halves of surrogate pairs.

    JSON has one colon for each field, and those in its strings. A repeated name leaves a field out of the value, and so
    a colon. An escape of a colon (`\\u003a`) would make up for it, so a text with such escapes is not parsed either.
    """
    said = from_json(text)
    if b"\\u003" in text or to_json(said).count(b":") != text.count(b":"):
        raise ValueError("perhaps a name is repeated")
    return said
