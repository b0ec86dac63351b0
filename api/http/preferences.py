"""What a request prefers of its answer (`Prefer`, RFC 7240). One preference is honoured: `return=minimal`.

The act is then done as always, and its answer has no body. What a body would repeat is in its headers: the version (`ETag`),
`Position` and `Location`. An answer that alone says what a caller needs, such as a token, keeps its body.
"""

import re
from http import HTTPStatus
from typing import Annotated

from fastapi import Header
from starlette.requests import Request
from starlette.responses import Response

_RETURN = re.compile(r'(?:^|,)[ \t]*return[ \t]*=[ \t]*("?)([a-z]+)\1[ \t]*(?=[,;]|$)', re.IGNORECASE)
"""Of a preference that is given twice, the first one counts (RFC 7240, section 2)."""

APPLIED = "Preference-Applied"
POSITION = "Position"
MINIMAL = "return=minimal"

Prefer = Annotated[
    str | None,
    Header(
        alias="Prefer",
        max_length=1_000,
        description="With `return=minimal` (RFC 7240) the answer has no body: 204 in place of 200, and 201 or 202 as they are."
        " `ETag`, `Position` and `Location` stand in its headers. `Preference-Applied` says that it was honoured. To read"
        " the body after all, send the act again under the same key without it.",
    ),
]

BODILESS = {
    "description": "Done. The request asked for no body, with `Prefer: return=minimal`.",
    "headers": {
        POSITION: {"schema": {"type": "string"}, "description": "A read that sends it as `At-Least` shows the act."},
        APPLIED: {"schema": {"type": "string", "const": MINIMAL}},
    },
}


def wants_minimal(request: Request) -> bool:
    """Whether the request wants no body. A preference that is not known here is ignored, and is no fault."""
    wanted = _RETURN.search(",".join(request.headers.getlist("prefer")))
    return wanted is not None and wanted[2].lower() == "minimal"


def without_body(answer: Response) -> Response:
    """The answer with its headers alone."""
    kept = [(name, value) for name, value in answer.raw_headers if name not in (b"content-length", b"content-type")]
    bare = Response(status_code=HTTPStatus.NO_CONTENT if answer.status_code == HTTPStatus.OK else answer.status_code)
    bare.raw_headers.extend(kept)
    return bare
