"""A form as a browser sends it. Files are passed on as they arrive, and lie neither in memory nor on a disk."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request

from api.console.acts.sending import FILES, Upload
from api.console.acts.typed import Typed
from api.http.multipart import Form, Part

KEY, VERSION, ZONE, SEEN, CSRF = "key", "version", "zone", "seen", "csrf"
"""The inputs beside those of the act, whose names begin with `/`: the idempotency key, the version of the dispute that was
read, the time zone of the page, the mark of the preview that was seen, and the proof that the form is ours.
"""


@dataclass(frozen=True, slots=True)
class Submitted:
    """`files` come after everything else. They can be read once."""

    typed: Typed
    files: AsyncIterator[Upload]

    async def rest(self) -> None:
        """Reads to the end: a browser that is cut off while it sends shows no answer."""
        async for file in self.files:
            async for _ in file.content:
                pass


async def submitted(request: Request) -> Submitted:
    """Raises UnreadableForm, and BodyTooLarge for a text that is too long."""
    if not request.headers.get("content-type", "").startswith(FILES):
        text = (await request.body()).decode("utf-8", "replace")
        return Submitted(Typed.of(parse_qsl(text, keep_blank_values=True, max_num_fields=5_000)), _none())
    parts = Form.of(request).parts()
    pairs: list[tuple[str, str]] = []
    async for part in parts:
        if part.filename is not None:
            return Submitted(Typed.of(pairs), _uploads(part, parts))
        pairs.append((part.name, await part.text()))
    return Submitted(Typed.of(pairs), _none())


async def _uploads(first: Part, rest: AsyncIterator[Part]) -> AsyncIterator[Upload]:
    """Without the empty file that a browser sends for an input in which nobody chose one."""
    part: Part | None = first
    while part is not None:
        if part.filename:
            yield Upload(part.name.lstrip("/"), part.filename, part.content)
        part = await anext(rest, None)


async def _none() -> AsyncIterator[Upload]:
    return
    yield
