"""Which pages of other origins may use the API from a browser (CORS, https://fetch.spec.whatwg.org/#http-cors-protocol).

It is off unless origins are named. A preflight needs no token, as browsers send none. Cookies are never used, so
credentials in the sense of CORS are not allowed; a page sends its bearer token itself.
"""

import re
from typing import TypedDict
from urllib.parse import urlsplit

_DEFAULT_PORT = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9.-]+|\[[0-9a-f:.]+\]")


class _Allowed(TypedDict):
    allow_methods: list[str]
    allow_headers: list[str]
    expose_headers: list[str]
    max_age: int


ALLOWED: _Allowed = {
    "allow_methods": ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    "allow_headers": [
        "Authorization", "Content-Type", "If-Match", "If-None-Match", "Idempotency-Key", "At-Least", "Mediation-As",
        "Mediation-Marketplace", "Accept-Language", "Prefer", "Last-Event-ID",
    ],
    "expose_headers": [
        "ETag", "Location", "Retry-After", "Correlation-Id", "Content-Disposition", "WWW-Authenticate", "Allow",
        "Position", "Preference-Applied", "RateLimit", "RateLimit-Policy", "Deprecation", "Sunset",
        "Link",
    ],
    "max_age": 600,
}  # fmt: skip
"""`max_age` is how many seconds a browser may remember a preflight's answer."""


def checked_origin(origin: str) -> str:
    """The origin as a browser sends it. Raises ValueError for anything that no browser would send."""
    example = "write scheme, host, and the port if it is not the usual one, as in https://shop.example or http://localhost:3000"
    if origin == "*":
        raise ValueError("name each origin: * would open the API to the pages of everybody")
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        raise ValueError(f"{origin!r} is no origin: {example}") from None
    host = parts.netloc.rpartition(":")[0] if port is not None else parts.netloc
    if parts.scheme not in _DEFAULT_PORT or not _HOST.fullmatch(host) or origin != f"{parts.scheme}://{parts.netloc}":
        raise ValueError(f"{origin!r} is no origin: {example}")
    if port == _DEFAULT_PORT[parts.scheme] or parts.netloc != (host if port is None else f"{host}:{port}"):
        raise ValueError(f"{origin!r} would never match, because a browser leaves out the usual port")
    return origin
