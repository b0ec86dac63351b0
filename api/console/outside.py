"""Pages for people who are not signed in, or whose session cannot be read."""

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api.console import pages
from api.console.acts import faults
from api.console.reader import words_of, zone_of
from api.http.correlation import frames
from api.http.problem_kinds import Unexpected
from api.http.problems import UNAVAILABLE, problem
from domain.kernel.refusals import Refusal

Handler = Callable[[Request], Awaitable[Response]]

_log = structlog.get_logger(__name__)


def page(request: Request, template: str, *, status: int = 200, **shown: Any) -> HTMLResponse:
    """The page of this template, which extends `frame/outside.html`."""
    return HTMLResponse(pages.made(template, words_of(request), zone_of(request), shown), status)


def guarded(handler: Handler) -> Handler:
    """The handler, with a page for each refusal and failure."""

    async def endpoint(request: Request) -> Response:
        try:
            return await handler(request)
        except Refusal as refusal:
            return fault(request, refusal)
        except UNAVAILABLE as error:
            return fault(request, error)
        except Exception as error:
            _log.error("page_failed", page=handler.__name__, error=type(error).__name__, frames=frames(error))
            return fault(request, Unexpected())

    return endpoint


def fault(request: Request, error: Exception) -> Response:
    told = problem(error, words=words_of(request))
    refused = faults.refused(told, words_of(request), zone_of(request))
    return page(request, "frame/outside_fault.html", status=told.status, refused=refused)
