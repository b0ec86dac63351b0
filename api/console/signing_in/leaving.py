"""Signing out, here and at the identity provider (OpenID Connect RP-Initiated Logout 1.0).

The session here ends first. Then the browser goes to the provider, and from there back. It goes by itself from a page, and not
by an answer to the form: browsers let no form lead to another host (`form-action` of the Content Security Policy).
"""

from datetime import timedelta
from http import HTTPStatus
from time import time
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.console import outside
from api.console.reader import AT
from api.console.signing_in import sessions
from api.console.signing_in.provider import NotSignedIn
from api.console.signing_in.with_provider import providers
from api.console.visit import Visit
from api.http.context import http_context
from api.http.opaque import UnknownToken
from mediation.store.desk.console_sessions import Provided

_LIFE = timedelta(minutes=30)
"""For how long a page believes that somebody comes back from a provider: they may be asked there whether they mean it."""


async def sign_out(visit: Visit) -> Response:
    return await _left(visit, everywhere=False)


async def sign_out_everywhere(visit: Visit) -> Response:
    return await _left(visit, everywhere=True)


async def came_back(request: Request) -> Response:
    """Says that the person is signed out at the provider too, if it was this server that led them there."""
    key = request.path_params["key"]
    told = "there" if _is_ours(request, key, request.query_params.get("state", "")) else "out"
    return RedirectResponse(_signed_out(told, key), HTTPStatus.SEE_OTHER)


async def _left(visit: Visit, *, everywhere: bool) -> Response:
    request = visit.request
    provided = await sessions.provided(request, visit.session)
    way = None if provided is None else await _way_out(request, provided)
    if provided is None or way is None:
        told = "everywhere" if everywhere else "out"
        answer: Response = RedirectResponse(_signed_out(told, provided.key if provided else None), HTTPStatus.SEE_OTHER)
    else:
        name = providers(request).by_key[provided.key].sign_in.name
        answer = outside.page(request, "signing_in/leaving.html", name=name, way=way)
        answer.headers["Refresh"] = f"0; url={way}"
    await sessions.end(request, visit.session, answer, everywhere=everywhere)
    return answer


async def _way_out(request: Request, provided: Provided) -> str | None:
    """None where people stay signed in at the provider: it has no way out, does not answer, or is named here no more."""
    provider = providers(request).by_key.get(provided.key)
    if provider is None:
        return None
    state = http_context(request).opaque.seal("sign_out", provided.key, str(time() + _LIFE.total_seconds()))
    try:
        return await provider.way_out(provided.token, state)
    except NotSignedIn:
        return None


def _is_ours(request: Request, key: str, state: str) -> bool:
    try:
        return float(http_context(request).opaque.open("sign_out", key, state)) > time()
    except UnknownToken:
        return False


def _signed_out(told: str, key: str | None) -> str:
    return f"{AT}/sign-in?{urlencode({'told': told} | ({'at': key} if key else {}))}"
