"""Signing in: the pages for it, and what is answered to somebody whose session has ended."""

from http import HTTPStatus
from urllib.parse import quote, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from api.console import outside
from api.console.reader import AT, within
from api.console.signing_in import leaving, links, sessions, with_provider
from api.console.signing_in.sent_from_here import SAFE

SIGN_IN = f"{AT}/sign-in"


async def sign_in(request: Request) -> Response:
    """The ways to sign in."""
    session = await sessions.signed_in(request)
    to = within(request.query_params.get("next"))
    told, known = request.query_params.get("told"), with_provider.providers(request)
    left = known.by_key.get(request.query_params.get("at", ""))
    ways = [(one.sign_in.name, f"{SIGN_IN}/with/{one.sign_in.key}?{urlencode({'next': to})}") for one in known.listed]
    name = left and left.sign_in.name
    return outside.page(request, "signing_in/sign_in.html", session=session, to=to, told=told, ways=ways, left=name)


async def kept(request: Request) -> Response:
    """Goes on, if the browser kept the session."""
    to = within(request.query_params.get("next"))
    if await sessions.signed_in(request) is None:
        return outside.page(request, "signing_in/not_kept.html", status=HTTPStatus.BAD_REQUEST)
    return RedirectResponse(to, HTTPStatus.SEE_OTHER)


async def again(request: Request) -> Response:
    """For somebody who signed in beside a page that waits to be sent."""
    return outside.page(request, "signing_in/again.html", session=await sessions.signed_in(request))


def not_signed_in(request: Request) -> Response:
    """Nothing was done. A page that waits for a part of itself stays as it is, with what was typed; any other request is led
    to the sign-in page, and from there back.
    """
    if "hx-request" in request.headers:
        part = outside.page(request, "signing_in/ended.html", status=HTTPStatus.UNAUTHORIZED)
        part.headers.update({"HX-Retarget": "#told", "HX-Reswap": "innerHTML"})
        return part
    if request.method in SAFE:
        came = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    else:
        page = urlsplit(request.headers.get("referer", ""))
        came = page.path + (f"?{page.query}" if page.query else "")
    return RedirectResponse(f"{SIGN_IN}?next={quote(within(came), safe='/')}", HTTPStatus.SEE_OTHER)


ROUTES = (
    Route("/sign-in", outside.guarded(sign_in), methods=["GET"]),
    Route("/sign-in/kept", outside.guarded(kept), methods=["GET"]),
    Route("/signed-in-again", outside.guarded(again), methods=["GET"]),
    Route("/sign-in/with/{key}", outside.guarded(with_provider.begin), methods=["GET"]),
    Route("/sign-in/with/{key}/callback", outside.guarded(with_provider.come_back), methods=["GET"]),
    Route("/sign-in/with/{key}/signed-out", outside.guarded(leaving.came_back), methods=["GET"]),
    Route("/sign-in/{secret}", outside.guarded(links.shown), methods=["GET"]),
    Route("/sign-in/{secret}", outside.guarded(links.used), methods=["POST"]),
)
"""The pages that nobody must be signed in for."""
