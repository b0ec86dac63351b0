"""Sends an act to its route under `/v1`, inside of this process, for the person who is signed in.

The request passes everything that one from outside passes: the gate, the limits, the body model, the rules. So there is one way
to act, and an act is counted, logged and refused in the same way. Only its sender is proven by the session instead of a token.
"""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from starlette.types import Message, Scope

from api.console.submitted import Upload
from api.console.visit import Visit
from api.disputes.dry_run_schemas import DryRunShown
from api.http.addresses import FORM
from api.http.middleware import SIGNED_IN
from api.http.problem_schemas import Problem

_AS_BROWSERS_DO = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})


@dataclass(frozen=True, slots=True)
class Sent:
    """An act as it is sent. `version` is the version of the dispute that was read, `files` those of a form; None: the act is
    sent as JSON.
    """

    address: str
    body: Mapping[str, Any]
    key: str
    version: int | None
    files: AsyncIterator[Upload] | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    status: int
    content: bytes

    @property
    def refused(self) -> Problem | None:
        return Problem.model_validate_json(self.content) if self.status >= 400 else None

    @property
    def foreseen(self) -> DryRunShown:
        return DryRunShown.model_validate_json(self.content)

    @property
    def position(self) -> str | None:
        """The position from which the act can be read."""
        told: dict[str, Any] = json.loads(self.content) if self.content else {}
        return told.get("position")


async def send(visit: Visit, act: Sent, *, dry: bool) -> Answered:
    """What the route answers. With `dry` it only says what the act would do."""
    boundary = uuid4().hex
    kind, body = (
        ("application/json", _one(json.dumps(act.body).encode()))
        if act.files is None
        else (f"{FORM}; boundary={boundary}", _form(act.body, act.files, boundary.encode()))
    )
    told: dict[str, Any] = {"status": 500}
    pieces: list[bytes] = []

    async def receive() -> Message:
        piece = await anext(body, None)
        return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            told["status"] = message["status"]
        pieces.append(message.get("body", b""))

    await visit.request.app.state.v1(_scope(visit, act, kind, dry=dry), receive, answer)
    return Answered(told["status"], b"".join(pieces))


def _scope(visit: Visit, act: Sent, media_type: str, *, dry: bool) -> Scope:
    """A request of its own, from the same connection."""
    headers = {
        "content-type": media_type,
        "transfer-encoding": "chunked",
        "idempotency-key": act.key,
        "accept-language": visit.words.language,
        **({} if act.version is None else {"if-match": f'"{act.version}"'}),
    }
    outside = visit.request.scope
    return {
        **{
            name: outside[name]
            for name in ("type", "asgi", "http_version", "scheme", "client", "server")
            if name in outside
        },
        "method": "POST",
        "path": act.address,
        "raw_path": act.address.encode(),
        "root_path": "",
        "query_string": b"dry_run=true" if dry else b"",
        "headers": [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers.items()],
        "state": {SIGNED_IN: visit.session.principal},
    }


async def _one(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def _form(body: Mapping[str, Any], files: AsyncIterator[Upload], boundary: bytes) -> AsyncIterator[bytes]:
    for name, value in body.items():
        text = value if isinstance(value, str) else json.dumps(value)
        yield b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (
            boundary,
            name.encode(),
            text.encode(),
        )
    async for file in files:
        named = file.filename.translate(_AS_BROWSERS_DO).encode()
        yield b'--%s\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n\r\n' % (
            boundary,
            file.field.lstrip("/").encode(),
            named,
        )
        async for piece in file.content:
            yield piece
        yield b"\r\n"
    yield b"--%s--\r\n" % boundary
