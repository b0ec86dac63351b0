"""The console: pages for mediators, supervisors and auditors, at `/console`.

A screen is a folder with its handler and its template. A handler takes the `Visit` and returns a page. It reads with the
functions that answer `/v1`, and acts through the routes of `/v1` (`api.console.acts`): the console has no rule of its own.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.console import pages
from api.console.case.case import case
from api.console.my_day.my_day import my_day
from api.console.promises.promises import promises
from api.console.session import Session
from api.console.visit import LANGUAGE, Visit
from api.http.context import HttpContext
from api.http.correlation import frames
from api.http.problem_kinds import NoSuchResource, Unexpected
from api.http.problems import UNAVAILABLE, problem
from api.words.catalogue import Catalogue, catalogue, spoken_to
from api.words.languages import LANGUAGES
from domain.kernel.refusals import Refusal

AT = "/console"
"""Where the console is."""

Screen = Callable[[Visit], Awaitable[Response]]
Sessions = Callable[[Request], Awaitable[Session | None]]

SCREENS: Mapping[str, Screen] = {
    "/": my_day,
    "/disputes/{dispute_id:uuid}": case,
    "/promises": promises,
}
"""The pages to look at, by their path."""

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' blob:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
"""On every answer. No script, style or picture comes from another host, or from inside of a page."""

_log = structlog.get_logger(__name__)


async def nobody(_: Request) -> Session | None:
    return None


def console(http: HttpContext, sessions: Sessions, more: Sequence[BaseRoute] = ()) -> Starlette:
    """The application that is mounted at `AT`. `sessions` tells who is signed in. `more` are the routes of signing in."""
    shown = [Route(path, _gate(screen, sessions), methods=["GET"]) for path, screen in SCREENS.items()]
    made = Starlette(routes=[Route("/static/{version}/{name}", _static), *more, *shown])
    made.state.http = http
    made.add_middleware(_Headers)
    return made


def _gate(screen: Screen, sessions: Sessions) -> Callable[[Request], Awaitable[Response]]:
    """Lets in who is signed in. Sends everybody else to sign in, and then back."""

    async def endpoint(request: Request) -> Response:
        session = await sessions(request)
        if session is None:
            return RedirectResponse(f"{AT}/sign-in?next={request.url.path}", HTTPStatus.SEE_OTHER)
        visit = Visit(request, session, request.app.state.http, words_of(request))
        try:
            return await screen(visit)
        except Refusal as refusal:
            return fault(visit, refusal)
        except UNAVAILABLE as error:
            return fault(visit, error)
        except Exception as error:
            _log.error("screen_failed", screen=screen.__name__, error=type(error).__name__, frames=frames(error))
            return fault(visit, Unexpected())

    return endpoint


def fault(visit: Visit, error: Exception) -> Response:
    """The page that says what was refused, or failed."""
    told = problem(error, words=visit.words)
    return visit.page("frame/fault.html", status=told.status, problem=told)


def words_of(request: Request) -> Catalogue:
    """The words of the reader: of the language that was chosen here, or else that the browser asks for."""
    chosen = request.cookies.get(LANGUAGE)
    return catalogue(chosen) if chosen in LANGUAGES else spoken_to(request.headers.get("accept-language"))


async def _static(request: Request) -> Response:
    """A file of the console. Its address has its version, so a browser asks for it once."""
    path = pages.STATIC / request.path_params["name"]
    if not path.is_file() or request.path_params["version"] != pages.version():
        raise NoSuchResource
    return FileResponse(path, headers={"Cache-Control": "public, max-age=31536000, immutable"})


class _Headers:
    """Puts `HEADERS` on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._headers = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._headers]
            await send(message)

        await self._app(scope, receive, with_headers)
