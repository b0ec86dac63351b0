"""Whether what changes something was sent from a page of the console: no page of another site may act for somebody who is
signed in (CSRF).

Two things are checked. The browser itself says from where a request comes (`Sec-Fetch-Site`, or else `Origin`): that holds for
every request, also before signing in. And each form sends back a token that only pages of the console hold: it is a keyed
hash of the person. So a page that stood open while the session ended can still be sent after the same person signed in again,
and is refused for another person.
"""

from base64 import urlsafe_b64encode
from hmac import compare_digest
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.console import outside
from api.console.submitted import submitted
from api.http import security_log
from api.http.context import http_context
from domain.kernel.refusals import Forbidden
from mediation.store.desk.console_sessions import Person
from mediation.store.keys.blind import Blind

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
HEADER, FIELD = "X-CSRF-Token", "csrf"

_HERE = frozenset({"same-origin", "none"})
"""Values of `Sec-Fetch-Site`. `none`: the person themselves made the browser send it again, and no page."""


class NotSentFromHere(Forbidden):
    """This was not sent from a page of the console that was made for you. Nothing was changed.

    Why: A page of another site could otherwise make your browser act in your name while you are signed in.

    What to do: Go back, load the page again, and send the form again. If somebody else signed in with this browser
    meanwhile, sign in again yourself. As the operator of a proxy, pass on `Host` and `Origin` as they come, or set
    `MEDIATION_PUBLIC_URL`.
    """


def token_of(blind: Blind, person: Person) -> str:
    """What the forms of this person send back."""
    hashed = blind.digest("console form", str(person.subject), person.role, person.marketplace or "")
    return urlsafe_b64encode(hashed).rstrip(b"=").decode()


async def check(request: Request, csrf: str) -> None:
    """Raises NotSentFromHere for an act without the token of the person who is signed in; and what a form is refused for."""
    if request.method in SAFE:
        return
    sent = request.headers.get(HEADER)
    if sent is None:
        sent = (await submitted(request)).one(FIELD)
    if sent is None or not compare_digest(sent.encode(), csrf.encode()):
        raise NotSentFromHere


class SameOrigin:
    """Lets nothing through that changes something and comes from another origin."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE:
            request = Request(scope, receive)
            if not _is_from_here(request):
                refused = outside.fault(request, NotSentFromHere())
                security_log.note(NotSentFromHere(), refused.status_code, scope)
                await refused(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _is_from_here(request: Request) -> bool:
    """A program that is no browser sends neither header. It cannot be led astray by a page."""
    if (site := request.headers.get("sec-fetch-site")) is not None:
        return site in _HERE
    origin = request.headers.get("origin")
    if origin is None:
        return True
    own = http_context(request).services.settings.public_url
    return origin == own or urlsplit(origin).netloc == request.headers.get("host")
