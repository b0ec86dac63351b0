"""The documentation of the API: OpenAPI 3.1, and a page to try it on that loads nothing from other hosts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args, get_origin

from fastapi import FastAPI
from fastapi.dependencies.utils import get_flat_params
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.openapi.utils import get_openapi
from fastapi.params import Query
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Match, Route
from starlette.types import Scope

from api.disputes.dry_run_schemas import MEDIA_TYPE as MEDIA_TYPE_OF_DRY_RUN
from api.disputes.dry_run_schemas import DryRunShown
from api.disputes.evidence.exhibit_schemas import ExhibitForm
from api.disputes.remedies.return_schemas import ReturnLabelForm
from api.disputes.settlement.caucus_schemas import CaucusForm
from api.disputes.settlement.conversation_schemas import MessageForm
from api.http.access import OPEN, ROLES_BY_ROUTE
from api.http.audiences import AUDIENCES, check_audience, for_audience
from api.http.identity import ParameterRepeated
from api.http.problem_kinds import NoSuchResource
from api.http.problem_schemas import Problem
from api.http.problems import MEDIA_TYPE
from api.http.relative import resolved
from api.http.retirement import in_words
from api.http.webhook_document import SHARED, webhooks
from api.imports.import_schemas import LineResult, PastAct
from api.marketplace.incident_schemas import SharedForm
from api.marketplace.webhook_schemas import Webhook

TITLE = "Mediation engine"
SUMMARY = "Cross-border buyer-seller disputes, from filing to the last cent refunded."
DESCRIPTION = """
Every request under `/v1` carries a bearer token, and every `POST` that records something an `Idempotency-Key`. A refusal
is answered with problem details (RFC 9457): `code` names the rule, `facts` holds the values that it was applied to,
`pointer` the field at fault.

Answers about a dispute carry its version as `ETag`. Rulings and acceptances must send it as `If-Match`; every other act may.
For a party the version counts the facts that it was told, also when a backend acts for it.
The `ETag` of a case file with refunds also says how those stand, after a point; `If-Match` compares the version alone.
A `GET` that sends it as `If-None-Match` is answered with 304 while the `ETag` is the same. The answer
to an act has a `position`. A read that sends it as `At-Least` shows at least the effects of that act. Most reads take
`as_of` (only what had happened by that instant) and `known_at` (only what the engine had learned by that instant).

A marketplace's backend acts for its buyers and sellers with `Mediation-As`, and then sees what they see: of the other party,
name, country, region, language and time zone. A party's own token is good for one dispute. A neutral sees the disputes that
are assigned to them and those that wait for a neutral, without the parties' ids and addresses. Supervisors, administrators
and auditors see every dispute of their marketplace.

Money is `{"amount": "129.90", "currency": "EUR"}`, with no more decimals than the currency has. Instants are exact, in RFC 3339
format with an offset. Languages are BCP 47 tags, countries ISO 3166-1 codes, regions ISO 3166-2 codes, and time zones names
of the IANA database.

Every answer under `/v1` says how many requests are left in this minute (`RateLimit`, `RateLimit-Policy`). Above that a request
is answered with 429 and `Retry-After`. A path that will be removed has `Deprecation` and `Sunset` in its answers.
"""

TAGS: Sequence[dict[str, str]] = (
    {"name": "Disputes", "description": "Filing, the list of disputes, and the case file of one dispute."},
    {"name": "Response", "description": "The respondent's first answer."},
    {
        "name": "Reviews",
        "description": "A person looks at what the engine decided alone, because the burdened side asked.",
    },
    {"name": "Evidence", "description": "Numbered exhibits, which are never deleted, and requests for evidence."},
    {"name": "Conversation", "description": "Messages. They are not evidence."},
    {
        "name": "Notices",
        "description": "What the parties were told by mail or through the marketplace, and what became of it.",
    },
    {
        "name": "Mail",
        "description": "Mails that arrived, and the pile of those of which a person says where they belong.",
    },
    {"name": "Notes", "description": "Internal notes of the desk. No party ever reads them."},
    {
        "name": "Standing rules",
        "description": "What a machine answers for a seller as soon as a claim is filed, by rules that the seller set.",
    },
    {"name": "Negotiation", "description": "Offers between the parties."},
    {"name": "Mediation", "description": "Escalation to a neutral, the caucus, and the neutral's proposals."},
    {"name": "Neutrals", "description": "The neutrals of disputes, and their mandates."},
    {"name": "Adjudication", "description": "The ruling, its co-signature and its appeal."},
    {
        "name": "Incidents",
        "description": "Groups of disputes: the evidence that they share, and the proposals and offers made to all of them.",
    },
    {"name": "Commitments", "description": "Who owes what to whom, and by when."},
    {"name": "Goods", "description": "Goods that are returned, destroyed, collected, replaced or repaired."},
    {"name": "Vouchers", "description": "Vouchers that the buyer gets beside the money."},
    {"name": "Refunds", "description": "Movements of money, as the marketplace reports them."},
    {
        "name": "Provider notices",
        "description": "What payment providers told about chargebacks and inquiries, and what became of it.",
    },
    {
        "name": "Claim histories",
        "description": "How many claims a buyer or seller has filed, and how many were filed against them. Never for parties.",
    },
    {
        "name": "Recommendations",
        "description": "Recommendations to the marketplace about repeat offenders, and its answers.",
    },
    {
        "name": "Contacts",
        "description": "What people asked the marketplace for about an order, before and beside a dispute. Never for parties.",
    },
    {"name": "Access", "description": "What is kept about a person: asked for, owed, and answered."},
    {"name": "Erasures", "description": "Erasing a person, and legal holds against it."},
    {"name": "Stays", "description": "Stays, extensions, proceedings elsewhere, and refunds paid elsewhere."},
    {"name": "History", "description": "The history and the deadlines of a dispute, and the feed of all facts."},
    {"name": "Audit", "description": "Signed checkpoints of the log, proofs, trails of disputes, and extracts."},
    {
        "name": "Webhooks",
        "description": "Addresses of the marketplace that are told when something happens, and what is sent to them.",
    },
    {"name": "Tokens", "description": "Who you are here, and tokens that were revoked."},
    {"name": "Rules", "description": "A marketplace's policies, and outages of the engine."},
    {"name": "Imports", "description": "Import of past cases."},
    {"name": "Sandbox", "description": "The clock of a test marketplace, for trials."},
    {"name": "Service", "description": "The health of the service, and explanations of its problem codes."},
)

_DRY_RUN = {"schema": {"$ref": "#/components/schemas/DryRunShown"}}

_BESIDE: Mapping[type[BaseModel], JsonSchemaMode] = {
    DryRunShown: "serialization",
    Problem: "serialization",
    LineResult: "serialization",
    PastAct: "validation",
    ExhibitForm: "validation",
    CaucusForm: "validation",
    ReturnLabelForm: "validation",
    MessageForm: "validation",
    SharedForm: "validation",
    Webhook: "serialization",
}
"""Schemas that routes refer to by name, because the bodies are streamed or are refusals."""

_FOR = "for"
"""The parameter of the two pages below that names an audience."""

DOCS = "/docs"
OPENAPI = "/openapi.json"
PAGES = ("/", OPENAPI, DOCS, f"{DOCS}/{{name}}")
"""What is no part of the API: the first page, the document, and the page that shows it with what this one loads."""

_WELCOME = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<link rel="icon" href="{root}/docs/favicon.png">
<main>
<h1>{title}</h1>
<p>This is the API of a mediation engine. It mediates disputes between the buyers and the sellers of a marketplace.</p>
<ul>
<li><p><a href="{root}/docs">The routes, to read and to try</a></p></li>
<li><p><a href="{root}/openapi.json">The same as an OpenAPI document</a></p></li>
<li><p><a href="{root}/health">Whether this process is alive</a></p></li>
<li><p><a href="{root}/ready">Whether it can serve</a></p></li>
</ul>
</main>
</html>
"""
"""What a person sees who opens the address of the engine in a browser."""

_ASSETS = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css", "favicon.png": "image/png"}
_FOLDER = Path(str(files("fastapi_offline") / "static"))
"""Swagger UI, as the package fastapi-offline ships it. FastAPI's own page loads it from another host."""


class _Page(Route):
    """The framework notes its own routes in the scope, and no others."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, child = super().matches(scope)
        return match, {**child, "route": self} if match is not Match.NONE else child


def describe(app: FastAPI, unresolved: Callable[[], Mapping[str, Any]], now: Callable[[], datetime]) -> None:
    """Adds the OpenAPI document and the page that shows it. `unresolved` is what `document_of` makes, kept by the caller.

    The instants in its examples are relative to the present hour. Anybody may ask for the document, so it is made once an
    hour, when somebody first asks for it, and kept as bytes. It is not sent again to a client that has it (`ETag`).
    """

    @lru_cache(1)
    def as_of(hour: datetime) -> dict[str, Any]:
        document: dict[str, Any] = resolved(unresolved(), hour)
        return document

    @lru_cache(1 + len(AUDIENCES))
    def made(hour: datetime, root: str, audience: str | None) -> tuple[bytes, str]:
        whole = as_of(hour)
        told = whole if audience is None else for_audience(whole, audience)
        content = bytes(JSONResponse({**told, "servers": [{"url": root or "/"}]}).body)
        return content, f'"{sha256(content).hexdigest()[:32]}"'

    def hour() -> datetime:
        return now().replace(minute=0, second=0, microsecond=0)

    def document(request: Request) -> Response:
        """Runs in a thread, because it is no coroutine: making the document takes seconds, in which others are served."""
        root = request.scope.get("root_path", "").rstrip("/")
        content, etag = made(hour(), root, _audience(request))
        headers = {"ETag": etag, "Cache-Control": "no-cache"}
        return Response(content, media_type="application/json", headers=headers)

    async def welcome(request: Request) -> HTMLResponse:
        return HTMLResponse(_WELCOME.format(root=escape(request.scope.get("root_path", "").rstrip("/")), title=TITLE))

    async def page(request: Request) -> HTMLResponse:
        root, audience = request.scope.get("root_path", ""), _audience(request)
        shown = get_swagger_ui_html(
            openapi_url=f"{root}{OPENAPI}{f'?for={audience}' if audience else ''}",
            title=TITLE,
            swagger_js_url=f"{root}{DOCS}/swagger-ui-bundle.js",
            swagger_css_url=f"{root}{DOCS}/swagger-ui.css",
            swagger_favicon_url=f"{root}{DOCS}/favicon.png",
            swagger_ui_parameters={"persistAuthorization": True, "displayRequestDuration": True},
        )
        return HTMLResponse(bytes(shown.body).decode().replace("<body>", f"<body>\n{_choice(root)}", 1))

    async def asset(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in _ASSETS:
            raise NoSuchResource
        return FileResponse(_FOLDER / name, media_type=_ASSETS[name], headers={"Cache-Control": "max-age=86400"})

    app.openapi = lambda: as_of(hour())  # type: ignore[method-assign] # how the framework lets the document be extended
    app.docs_url = DOCS
    answers: Sequence[Callable[[Request], object]] = (welcome, document, page, asset)
    for path, answer in zip(PAGES, answers, strict=True):
        app.router.routes.append(_Page(path, answer, include_in_schema=False))


def _audience(request: Request) -> str | None:
    """The audience that the address names; None for everybody. Raises UnknownAudience, ParameterRepeated."""
    asked = request.query_params.getlist(_FOR)
    if len(asked) > 1:
        raise ParameterRepeated(parameters=[_FOR])
    audience = asked[0] if asked else None
    check_audience(audience)
    return audience


def _choice(root: str) -> str:
    """Links to the page for each audience, and to the document that it shows."""
    links = [f'<a href="{escape(root)}{DOCS}">everybody</a>']
    links += [f'<a href="{escape(root)}{DOCS}?{_FOR}={audience}">{audience}</a>' for audience in AUDIENCES]
    return f"<nav>The routes for {', '.join(links)}</nav>"


def queries(routes: Iterable[APIRoute]) -> dict[str, dict[str, bool]]:
    """The query parameters of each route, and whether each may be repeated. Only these are accepted.

    They are read from the routes, because the OpenAPI document takes 20 MB, and most workers are never asked for it.
    """
    return {
        route.name: {
            parameter.alias: _is_list(parameter.field_info.annotation)
            for parameter in get_flat_params(route.dependant)
            if isinstance(parameter.field_info, Query)
        }
        for route in routes
    }


def _is_list(annotation: Any) -> bool:
    """Also a list that may be left out."""
    return list in (get_origin(annotation), *map(get_origin, get_args(annotation)))


def document_of(routes: Sequence[APIRoute], version: str) -> dict[str, Any]:
    """The OpenAPI document, with instants that are still relative. An operation has the name of its route."""
    for route in routes:
        route.operation_id = route.name
    document = get_openapi(
        title=TITLE,
        version=version,
        openapi_version="3.1.0",
        summary=SUMMARY,
        description=DESCRIPTION,
        routes=routes,
        tags=[dict(tag) for tag in TAGS],
        servers=[{"url": "/"}],
    )
    components = document["components"]
    components["securitySchemes"] = {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "`mediation token` mints one.",
        }
    }
    schemas = components["schemas"]
    for model, mode in _BESIDE.items():
        schemas.update(_schemas_of(model, mode))
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for path, operations in document["paths"].items():
        for operation in operations.values():
            _complete(path, operation)
    document["webhooks"] = webhooks()
    components.update(SHARED)
    return document


def _complete(path: str, operation: dict[str, Any]) -> None:
    name = operation["operationId"]
    if name in OPEN:
        operation["security"] = []
    else:
        operation["security"] = [{"token": []}]
        roles = ", ".join(sorted(role.value for role in ROLES_BY_ROUTE[name]))
        operation["description"] = f"{operation.get('description', '')}\n\nFor: {roles}.".strip()
        operation["x-roles"] = sorted(role.value for role in ROLES_BY_ROUTE[name])
    if operation.get("deprecated"):
        operation["description"] = f"{in_words(operation)}\n\n{operation.get('description', '')}".strip()
    if any(parameter["name"] == "dry_run" for parameter in operation.get("parameters", ())):
        done = operation["responses"].setdefault("200", {"description": "Of a dry run: what the act would do."})
        done["content"] = done.get("content", {}) | {MEDIA_TYPE_OF_DRY_RUN: _DRY_RUN}
    for response in operation["responses"].values():
        content = response.get("content", {})
        if MEDIA_TYPE in content:
            response["content"] = {MEDIA_TYPE: content[MEDIA_TYPE]}


def _schemas_of(model: type[BaseModel], mode: JsonSchemaMode) -> dict[str, Any]:
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}", mode=mode)
    nested: dict[str, Any] = schema.pop("$defs", {})
    return {**nested, model.__name__: schema}
