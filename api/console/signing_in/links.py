"""Sign-in links: each signs one person in, once.

To look at a link does not use it up, because scanners of mail and browsers that fetch ahead look at links too. The button
does.
"""

from datetime import timedelta
from http import HTTPStatus
from typing import Literal
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.console import outside
from api.console.reader import AT
from api.console.signing_in import sessions
from api.http.context import HttpContext, http_context
from api.services import Services
from mediation.store.desk.console_sessions import Person
from mediation.store.desk.sign_in_links import Link, SignInLinks

_LONGEST = 100
Fault = Literal["unknown", "used", "expired", "revoked", "no_mandate"]


async def shown(request: Request) -> Response:
    """Who signs in with this link, and the button."""
    link, fault = await _look(request)
    if link is None or fault is not None:
        return _faulty(request, fault or "unknown", link)
    session = await sessions.signed_in(request)
    return outside.page(request, "signing_in/link.html", person=link.person, session=session)


async def used(request: Request) -> Response:
    """Signs in, and uses the link up."""
    link, fault = await _look(request)
    if link is not None and fault is None:
        link = await _links(http_context(request)).use(request.path_params["secret"])
    if link is None or fault is not None:
        return _faulty(request, fault or "used", link)
    answer = RedirectResponse(f"{AT}/sign-in/kept?next={quote(f'{AT}/', safe='/')}", HTTPStatus.SEE_OTHER)
    await sessions.begin(request, answer, link.person, by="link")
    return answer


async def address(services: Services, person: Person, life: timedelta) -> str:
    """The address of a new link."""
    secret = await SignInLinks(services.pool, services.keys).make(person, life)
    return f"{services.settings.reached_at}{AT}/sign-in/{secret}"


def _links(http: HttpContext) -> SignInLinks:
    return SignInLinks(http.services.pool, http.services.keys)


async def _look(request: Request) -> tuple[Link | None, Fault | None]:
    """The link, and why it does not sign in."""
    http, secret = http_context(request), request.path_params["secret"]
    link = await _links(http).look(secret) if len(secret) <= _LONGEST else None
    if link is None:
        return None, "unknown"
    if link.used:
        return link, "used"
    if link.expired:
        return link, "expired"
    if http.services.revoked.ends(link.person.subject, link.person.marketplace, link.made_at):
        return link, "revoked"
    return link, None if await sessions.is_in_office(http, link.person) else "no_mandate"


def _faulty(request: Request, fault: Fault, link: Link | None) -> Response:
    """The page that says why, and what to do."""
    person = link and link.person
    return outside.page(request, "signing_in/link_fault.html", status=HTTPStatus.FORBIDDEN, fault=fault, person=person)
