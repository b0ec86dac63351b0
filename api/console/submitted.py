"""A form as a browser sends it. Files are passed on as they arrive, and lie neither in memory nor on a disk."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

from api.http.addresses import is_form
from api.http.multipart import Form, Part
from api.http.problem_kinds import BodyTooLarge, BodyTooSlow, UnreadableForm
from domain.kernel.refusals import Refusal

_MOST = 5_000
"""Inputs of one form."""

_KINDS: dict[int, type[Refusal]] = {413: BodyTooLarge, 408: BodyTooSlow}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that is read as it arrives. `field` is the name of its input."""

    field: str
    filename: str
    content: AsyncIterator[bytes]


@dataclass(frozen=True, slots=True)
class Submitted:
    """The names and values of the inputs, as far as they come before the first file; and the files, which can be read once."""

    inputs: Sequence[tuple[str, str]]
    files: AsyncIterator[Upload]

    def one(self, name: str) -> str | None:
        return next((value for one, value in self.inputs if one == name), None)

    async def rest(self) -> None:
        """Reads to the end: a browser that is cut off while it sends shows no answer."""
        async for file in self.files:
            async for _ in file.content:
                pass


async def submitted(request: Request) -> Submitted:
    """It is read once: the gate reads it for its token, and the screen after it gets the same.

    Raises UnreadableForm, BodyTooLarge, BodyTooSlow.
    """
    known: Submitted | None = getattr(request.state, "submitted", None)
    if known is None:
        try:
            known = await (_in_parts(request) if is_form(request.scope) else _plain(request))
        except HTTPException as error:
            raise _KINDS.get(error.status_code, UnreadableForm)() from None
        request.state.submitted = known
    return known


async def _plain(request: Request) -> Submitted:
    try:
        inputs = parse_qsl((await request.body()).decode(), keep_blank_values=True, max_num_fields=_MOST)
    except ValueError:
        raise UnreadableForm from None
    return Submitted(inputs, none())


async def _in_parts(request: Request) -> Submitted:
    parts = Form.of(request).parts()
    inputs: list[tuple[str, str]] = []
    async for part in parts:
        if part.filename is not None or len(inputs) == _MOST:
            return Submitted(inputs, _uploads(part, parts))
        inputs.append((part.name, await part.text()))
    return Submitted(inputs, none())


async def _uploads(first: Part, rest: AsyncIterator[Part]) -> AsyncIterator[Upload]:
    """Without the empty file that a browser sends for an input in which nobody chose one."""
    part: Part | None = first
    while part is not None:
        if part.filename:
            yield Upload(part.name, part.filename, part.content)
        part = await anext(rest, None)


async def none() -> AsyncIterator[Upload]:
    return
    yield
