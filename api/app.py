"""The HTTP API: every route, every refusal, and the documentation of both."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache, partial
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from psycopg import OperationalError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.acts.offered import Actions
from api.acts.registry import DECLARED
from api.acts.routes import router_of
from api.audit import checkpoints as audit
from api.audit import extracts, trails
from api.console.app import WITH_FILES, console
from api.console.reader import AT
from api.disputes import case_file as disputes
from api.disputes import changes, dispute_list, dry_run, feed, history, in_words, presence, saved_filters, snooze
from api.disputes.commitments import commitments
from api.disputes.evidence import exhibits as evidence
from api.disputes.evidence import texts
from api.disputes.filing import eligibility, filing, resolution
from api.disputes.neutral import handing_over, successors
from api.disputes.notices import notices as dispute_notices
from api.disputes.payments import defence
from api.disputes.remedies import returns
from api.disputes.ruling import drafts
from api.disputes.ruling import ruling as adjudication
from api.disputes.settlement import caucus, conversation, notes, translation
from api.http import cors, names, problems, security_log
from api.http import health as service
from api.http.access import OPEN, ROLES_BY_ROUTE
from api.http.addresses import Addresses, of_path
from api.http.auth import Unauthenticated
from api.http.bodiless import Bodiless
from api.http.case_numbers import CaseNumberPaths
from api.http.context import HttpContext
from api.http.documentation import PAGES, TITLE, describe, document_of, queries
from api.http.exact_json import too_many_names
from api.http.middleware import Reception
from api.http.opaque import Opaque
from api.http.problem_kinds import (
    BodyTooLarge,
    BodyTooSlow,
    NoSuchMethod,
    NoSuchResource,
    UnreadableBody,
    UnsupportedContent,
)
from api.http.problems import UNAVAILABLE
from api.http.rates import Rates
from api.http.request_log import RequestLog
from api.http.writes import DryRun
from api.imports import imports
from api.live import live as live_streams
from api.live.hub import Hub
from api.marketplace import (
    access_requests,
    claim_histories,
    contacts,
    erasures,
    fast_lane,
    incidents,
    mail_addresses,
    mails,
    mandates,
    me,
    notices,
    provider_notices,
    recommendations,
    reconciliations,
    refunds,
    revocations,
    standing_rules,
    webhook_endpoints,
)
from api.marketplace import policies as rules
from api.marketplace import sandbox_clock as sandbox
from api.metrics.requests import Place, RequestCounts, places_of
from api.services import Services
from domain.kernel.refusals import Refusal
from mediation.counts import Cells

ROUTERS: Sequence[APIRouter] = (
    router_of(DECLARED.values()),
    filing.router,
    resolution.router,
    dispute_list.router,
    eligibility.router,
    disputes.router,
    in_words.router,
    claim_histories.router,
    contacts.router,
    fast_lane.router,
    evidence.router,
    conversation.router,
    notes.router,
    translation.router,
    dispute_notices.router,
    mail_addresses.router,
    mails.router,
    texts.router,
    standing_rules.router,
    defence.router,
    mandates.router,
    handing_over.router,
    successors.router,
    caucus.router,
    returns.router,
    adjudication.router,
    drafts.router,
    commitments.router,
    incidents.router,
    refunds.router,
    notices.router,
    provider_notices.router,
    reconciliations.router,
    recommendations.router,
    erasures.router,
    access_requests.router,
    history.router,
    changes.router,
    snooze.router,
    presence.router,
    saved_filters.router,
    feed.router,
    live_streams.router,
    audit.router,
    trails.router,
    extracts.router,
    rules.router,
    me.router,
    revocations.router,
    webhook_endpoints.router,
    imports.router,
    sandbox.router,
    service.router,
    names.router,
)

VERSION = "1.5"
"""The version of the API. The second number grows with every field that is added."""

_log = structlog.get_logger(__name__)

_BY_STATUS: Mapping[int, Callable[[], Refusal]] = {
    400: UnreadableBody,
    404: NoSuchResource,
    408: BodyTooSlow,
    413: BodyTooLarge,
    422: too_many_names,
    415: partial(UnsupportedContent, expected="application/json; charset=utf-8"),
}
"""What is refused while the framework reads a request."""

_JSON = re.compile(r" *application/([^ ;]+\+)?json *(;.*)?", re.IGNORECASE)
"""The types whose body the framework reads as JSON."""


def create_app(
    services: Services,
    *,
    now: Callable[[], datetime] | None = None,
    counts: Cells | None = None,
    streams: Cells | None = None,
    log_requests: bool = True,
) -> FastAPI:
    """The application over running services. `now` gives the instant at which a request arrives, if not the engine's clock.
    Requests are counted in `counts`, which has the places of `places()`, and open streams in `streams`.
    """
    now = now or services.clocks.real
    app = assemble(now)
    routes = routes_of(ROUTERS)
    live = Hub(services.log, services.follow, services.pool, streams)
    app.state.http = HttpContext(services, Actions(routes), Opaque(services.blind), queries(routes), live)
    max_file, rates = services.settings.max_file_bytes, Rates(services.settings.rates, routes)
    if services.settings.console:
        app.mount(AT, console(app.state.http, app))
    app.add_middleware(CaseNumberPaths, routes=routes, numbers=services.case_numbers)
    app.add_middleware(
        Reception,
        routes=routes,
        tokens=services.tokens,
        rates=rates,
        max_file=max_file,
        max_mail=services.settings.max_mail_bytes,
        now=now,
        pages=WITH_FILES,
    )
    app.add_middleware(Bodiless)
    if origins := services.settings.cors_origins:
        app.add_middleware(CORSMiddleware, allow_origins=origins, **cors.ALLOWED)
    app.add_middleware(RequestLog, counts=RequestCounts(places(), counts), written=log_requests)
    return app


def places() -> list[Place]:
    """Where requests are counted: by the routes, and the pages of the documentation."""
    return places_of(routes_of(ROUTERS), PAGES)


def assemble(now: Callable[[], datetime]) -> FastAPI:
    """Routes, refusals and documentation, without services. The documentation's examples are as of `now`."""
    app = FastAPI(
        title=TITLE,
        version=VERSION,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    routes = routes_of(ROUTERS)
    _check_access(routes)
    app.router.routes.append(Addresses(routes))
    for kind in (Refusal, Unauthenticated, *UNAVAILABLE):
        app.add_exception_handler(kind, _refused)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(DryRun, dry_run.answered)
    app.add_exception_handler(HTTPException, _by_framework)
    describe(app, _unresolved, now)
    return app


@cache
def _unresolved() -> Mapping[str, Any]:
    """The OpenAPI document of every application in this process, without its instants. It takes a second and 20 MB, so it is
    made when somebody first asks for it.
    """
    return document_of(routes_of(ROUTERS), VERSION)


def routes_of(routers: Iterable[APIRouter]) -> list[APIRoute]:
    return [route for router in routers for route in router.routes if isinstance(route, APIRoute)]


def _check_access(routes: Iterable[APIRoute]) -> None:
    """Raises LookupError for a route without an entry in the table of access, and for an entry without a route."""
    names = {route.name for route in routes}
    if astray := names ^ (ROLES_BY_ROUTE.keys() | OPEN):
        raise LookupError(f"these routes and the table of who may use them don't agree: {', '.join(sorted(astray))}")


async def _refused(request: Request, error: Exception) -> Response:
    correlation_id = request.state.receipt.correlation_id
    answered = problems.answer(error, correlation_id, request.headers.get("accept-language"))
    security_log.note(error, answered.status_code, request.scope)
    if isinstance(error, OperationalError):
        _log.warning("database_failed", error=type(error).__name__, sqlstate=error.sqlstate)
    return answered


async def _malformed(request: Request, error: Exception) -> Response:
    """A body of another content type reaches the schema as bytes. It is refused as a whole."""
    found = error.errors() if isinstance(error, RequestValidationError) else ()
    whole = any(one["loc"] == ("body",) and one["type"] != "missing" for one in found)
    if whole and _JSON.fullmatch(request.headers.get("content-type", "")) is None:
        error = UnsupportedContent(expected="application/json")
    return await _refused(request, error)


async def _by_framework(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
        return await _refused(request, _BY_STATUS[error.status_code]())
    asked = request.method == "OPTIONS"  # RFC 9110, section 9.3.7
    answered = Response(status_code=HTTPStatus.NO_CONTENT) if asked else await _refused(request, NoSuchMethod())
    answered.headers["Allow"] = ", ".join(sorted(_methods(request.app, request.url.path)))
    return answered


def _methods(app: FastAPI, path: str) -> set[str]:
    """The methods of this address. The framework names only those of the first route. What takes GET takes HEAD: see
    `Bodiless`.
    """
    pages = (route for route in app.routes if isinstance(route, Route) and route.path_regex.fullmatch(path))
    taken = {m for route in (*of_path(routes_of(ROUTERS), path), *pages) for m in route.methods or ()}
    return taken | {"OPTIONS"} | ({"HEAD"} if "GET" in taken else set())
