"""The console: pages for mediators, supervisors and auditors, at `/console`.

A screen is a folder with its handler and its template. A handler takes the `Visit` and returns a page. It reads with the
functions that answer `/v1`, and acts through the routes of `/v1` (`api.console.acts`): the console has no rule of its own.
"""

import re
from collections.abc import Awaitable, Callable, Mapping

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.console import live, outside, pages
from api.console.acts import faults
from api.console.acts.acts import open_form, submit_form
from api.console.case import files
from api.console.case.case import case
from api.console.case.notices import notices
from api.console.case.story import story
from api.console.language import choose_language
from api.console.mail import mail
from api.console.my_day.filters import change_filter, save_filter
from api.console.my_day.my_day import my_day
from api.console.my_day.snooze import bring_back, put_aside
from api.console.presence import presence
from api.console.promises.promises import promises
from api.console.proof import proof
from api.console.reader import AT, words_of
from api.console.ruling.ruling import rule, ruling
from api.console.signing_in import sent_from_here, sessions
from api.console.signing_in.leaving import sign_out, sign_out_everywhere
from api.console.signing_in.sign_in import ROUTES, not_signed_in
from api.console.signing_in.with_provider import Providers
from api.console.tour.tour import panel, take_tour
from api.console.visit import WHOLE, Visit
from api.http import security_log
from api.http.context import HttpContext, http_context
from api.http.correlation import frames
from api.http.problem_kinds import NoSuchResource, Unexpected
from api.http.problems import UNAVAILABLE, problem
from domain.kernel.frozen import replace
from domain.kernel.refusals import Refusal

Screen = Callable[[Visit], Awaitable[Response]]

STREAMS: Mapping[str, Screen] = {
    "/live": live.desk,
    "/disputes/{dispute_id:uuid}/live": live.dispute,
}
"""What a page follows, by the path."""

FILES: Mapping[str, Screen] = {
    "/disputes/{dispute_id:uuid}/exhibits/{number:int}/file": files.exhibit_file,
    "/disputes/{dispute_id:uuid}/return-label": files.return_label,
    "/disputes/{dispute_id:uuid}/exhibits/{number:int}/picture": files.exhibit_picture,
    "/disputes/{dispute_id:uuid}/messages/{number:int}/files/{file:int}": files.message_file,
    "/disputes/{dispute_id:uuid}/defence/correspondence.txt": files.defence,
    "/mail/{mail_id:uuid}/file": mail.as_it_came,
    "/disputes/{dispute_id:uuid}/proof.json": proof.proofs_of_dispute,
    "/facts/{position:int}/proof.json": proof.proofs_of_fact,
    "/checkpoint": proof.checkpoint,
}
"""What a page shows or saves, by the path."""

SCREENS: Mapping[str, Screen] = {
    "/": my_day,
    "/disputes/{dispute_id:uuid}/acts/{act}": open_form,
    "/disputes/{dispute_id:uuid}/ruling": ruling,
    "/disputes/{dispute_id:uuid}": case,
    "/disputes/{dispute_id:uuid}/notices": notices,
    "/disputes/{dispute_id:uuid}/story": story,
    "/disputes/{dispute_id:uuid}/exhibits/{number:int}": files.exhibit,
    "/promises": promises,
    "/mail": mail.pile,
    "/mail/{mail_id:uuid}": mail.one,
    "/disputes/{dispute_id:uuid}/proof": proof.of_dispute,
    "/facts/{position:int}/proof": proof.of_fact,
}
"""The pages to look at, by their path."""

PARTS: Mapping[str, Screen] = {
    "/presence": presence.in_list,
}
"""What a page fetches into itself, by the path."""

ACTS: Mapping[str, Screen] = {
    "/disputes/{dispute_id:uuid}/acts/{act}": submit_form,
    "/disputes/{dispute_id:uuid}/snooze": put_aside,
    "/disputes/{dispute_id:uuid}/snooze/end": bring_back,
    "/disputes/{dispute_id:uuid}/ruling": rule,
    "/disputes/{dispute_id:uuid}/presence": presence.at_case,
    "/disputes/{dispute_id:uuid}/presence/end": presence.left,
    "/filters": save_filter,
    "/filters/change": change_filter,
    "/mail/{mail_id:uuid}": mail.match,
    "/language": choose_language,
    "/tour": take_tour,
    "/sign-out": sign_out,
    "/sign-out-everywhere": sign_out_everywhere,
}
"""What is sent (POST), by its path."""

WITH_FILES = re.compile(rf"{AT}/disputes/[^/]+/acts/[^/]+")
"""The addresses to which forms with files are sent."""

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


def console(http: HttpContext, v1: ASGIApp) -> Starlette:
    """The application that is mounted at `/console`. It acts through `v1`, the whole application."""
    read = {**SCREENS, **FILES, **STREAMS, **PARTS}
    shown = [Route(path, _gate(screen), methods=["GET"]) for path, screen in read.items()]
    acted = [Route(path, _gate(act), methods=["POST"]) for path, act in ACTS.items()]
    made = Starlette(routes=[Route("/static/{version}/{name}", _static), *ROUTES, *shown, *acted])
    made.state.http, made.state.v1, made.state.providers = http, v1, Providers(http.services)
    made.state.still_in = sessions.still_in(http)
    made.add_middleware(sent_from_here.SameOrigin)
    made.add_middleware(_Headers)
    return made


def _gate(screen: Screen) -> Callable[[Request], Awaitable[Response]]:
    """The one gate of everything that somebody must be signed in for. It sends who is not to sign in, and then back. What
    changes something must be sent from a page of the console.
    """

    async def endpoint(request: Request) -> Response:
        session = await sessions.signed_in(request)
        if session is None:
            return not_signed_in(request)
        request.state.receipt = replace(request.state.receipt, sender=session.principal)  # for the log
        http = http_context(request)
        position = await http.services.log.last_position()  # what comes after it, the page learns from its stream
        visit = Visit(request, session, http, words_of(request), position)
        answer = await _answer(screen, visit)
        sessions.renew(answer, session)
        return answer

    return outside.guarded(endpoint)


async def _answer(screen: Screen, visit: Visit) -> Response:
    try:
        await sent_from_here.check(visit.request, visit.session.csrf)
        if screen in SCREENS.values():
            visit.request.state.tour = await panel(visit)
            visit.request.state.mails = await mail.number(visit)
        return await screen(visit)
    except Refusal as refusal:
        return fault(visit, refusal)
    except UNAVAILABLE as error:
        return fault(visit, error)
    except Exception as error:
        _log.error("screen_failed", screen=screen.__name__, error=type(error).__name__, frames=frames(error))
        return fault(visit, Unexpected())


def fault(visit: Visit, error: Exception) -> Response:
    """The page that says what was refused, or failed. Where only a part of a page was asked for, the page stays as it is, with
    what was typed, and says so.
    """
    told = problem(error, words=visit.words)
    refused = faults.refused(told, visit.words, visit.zone)
    security_log.note(error, told.status, visit.request.scope)
    if visit.request.headers.get("hx-target", WHOLE) != WHOLE:
        part = visit.page("frame/fault_told.html", status=told.status, refused=refused)
        part.headers.update({"HX-Retarget": "#told", "HX-Reswap": "innerHTML"})
        return part
    return visit.page("frame/fault.html", status=told.status, refused=refused)


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
