"""Signing in with an identity provider: the way there, and the way back.

What is kept in between is in a sealed cookie of the browser that began, which is good for ten minutes. A browser that did not
begin cannot come back: nobody is led into somebody else's session. Each beginning has a cookie of its own, so two tabs can
begin at once.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http import HTTPStatus
from secrets import token_urlsafe
from time import time
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.console import outside
from api.console.reader import AT, within
from api.console.signing_in import sessions
from api.console.signing_in.provider import Begun, Came, Fault, NotSignedIn, Provider
from api.http.context import HttpContext, http_context
from api.http.opaque import UnknownToken
from api.services import Services
from domain.kernel.base import Role
from mediation.store.desk.console_sessions import Provided

_LIFE = timedelta(minutes=10)
_STATUS: Mapping[Fault, HTTPStatus] = {
    "unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "begin_again": HTTPStatus.BAD_REQUEST,
}
"""Of the pages that say why somebody did not get in. Of all others: 403."""


class Providers:
    """All with which people sign in here."""

    def __init__(self, services: Services) -> None:
        self.by_key = {
            one.sign_in.key: Provider(
                one,
                one.sign_in,
                services.issuers,
                callback=_address(services, one.sign_in.key, "callback"),
                after=_address(services, one.sign_in.key, "signed-out"),
            )
            for one in services.settings.issuers
            if one.sign_in is not None
        }

    @property
    def listed(self) -> Sequence[Provider]:
        return [one for one in self.by_key.values() if one.sign_in.listed]


def _address(services: Services, key: str, where: str) -> str:
    """To which the provider sends people. It must be registered there."""
    return f"{services.settings.reached_at}{AT}/sign-in/with/{key}/{where}"


def providers(request: Request) -> Providers:
    found: Providers = request.app.state.providers
    return found


async def begin(request: Request) -> Response:
    """Leads to the provider."""
    provider = providers(request).by_key.get(request.path_params["key"])
    if provider is None:
        return _faulty(request, "begin_again")
    to, home = within(request.query_params.get("next")), http_context(request).services.settings.reached_at
    if request.headers.get("host") != urlsplit(home).netloc and "moved" not in request.query_params:
        # The provider sends people back to the one address that it knows. The cookie must be kept there.
        return RedirectResponse(
            f"{home}{request.url.path}?{urlencode({'next': to, 'moved': '1'})}", HTTPStatus.SEE_OTHER
        )
    begun = Begun(provider.sign_in.key, token_urlsafe(32), token_urlsafe(32), token_urlsafe(48), to)
    try:
        answer = RedirectResponse(await provider.address(begun), HTTPStatus.SEE_OTHER)
    except NotSignedIn as error:
        return _faulty(request, error.fault, provider)
    answer.set_cookie(
        _cookie(begun.state),
        _sealed(http_context(request), begun),
        max_age=int(_LIFE.total_seconds()),
        path="/",
        secure=True,
        httponly=True,
        samesite="lax",
    )
    return answer


async def come_back(request: Request) -> Response:
    """Signs in whom the provider names."""
    state, key = request.query_params.get("state", ""), request.path_params["key"]
    provider = providers(request).by_key.get(key)
    begun = _opened(http_context(request), request.cookies.get(_cookie(state), ""))
    if provider is None or begun is None or begun.key != key:
        return _faulty(request, "begin_again", provider)
    try:
        came = await provider.came(begun, dict(request.query_params))
        await _let_in(http_context(request), came)
    except NotSignedIn as error:
        answer = _faulty(request, error.fault, provider)
    else:
        answer = RedirectResponse(f"{AT}/sign-in/kept?{urlencode({'next': begun.to})}", HTTPStatus.SEE_OTHER)
        life = timedelta(hours=provider.accepted.longest_hours)
        await sessions.begin(request, answer, came.person, by=Provided(provider.sign_in.key, came.token), life=life)
    answer.delete_cookie(_cookie(state), path="/", secure=True, httponly=True, samesite="lax")
    return answer


async def _let_in(http: HttpContext, came: Came) -> None:
    """Raises NotSignedIn."""
    if Role(came.person.role) not in sessions.ROLES:
        raise NotSignedIn("no_role")
    since = datetime.fromtimestamp(came.issued_at, UTC)
    if http.services.revoked.ends(came.person.subject, came.person.marketplace, since):
        raise NotSignedIn("revoked")
    if not await sessions.is_in_office(http, came.person):
        raise NotSignedIn("no_mandate")


def _cookie(state: str) -> str:
    return f"__Host-console-{sha256(state.encode()).hexdigest()[:16]}"


def _sealed(http: HttpContext, begun: Begun) -> str:
    return http.opaque.seal("sign_in", "", json.dumps({**asdict(begun), "until": time() + _LIFE.total_seconds()}))


def _opened(http: HttpContext, sealed: str) -> Begun | None:
    """None for what was not sealed here, and after ten minutes."""
    try:
        told = json.loads(http.opaque.open("sign_in", "", sealed))
    except UnknownToken:
        return None
    return Begun(**told) if told.pop("until") > time() else None


def _faulty(request: Request, fault: Fault, provider: Provider | None = None) -> Response:
    """The page that says why, and what to do."""
    status = _STATUS.get(fault, HTTPStatus.FORBIDDEN)
    name = provider and provider.sign_in.name
    return outside.page(request, "signing_in/provider_fault.html", status=status, fault=fault, name=name)
