"""The OpenAPI document of one audience: the routes that its tokens open, and the schemas that these routes refer to."""

from collections.abc import Iterator, Mapping
from typing import Any

from api.http.access import OF_PROVIDERS, OF_THEMSELVES, OPEN, ROLES_BY_ROUTE, WITHOUT_DISPUTE
from api.http.roles import PARTIES
from api.http.webhook_document import SHARED
from domain.kernel.base import Role
from domain.kernel.refusals import Malformed

AUDIENCES: Mapping[str, frozenset[Role]] = {
    "backend": PARTIES | {Role.MARKETPLACE},
    "neutral": frozenset({Role.NEUTRAL}),
    "supervisor": frozenset({Role.SUPERVISOR}),
    "auditor": frozenset({Role.AUDITOR}),
    "administrator": frozenset({Role.ADMINISTRATOR}),
    "party": PARTIES,
}
"""The roles of each audience. A backend acts for its buyers and sellers too."""

_GET_WEBHOOKS = ROLES_BY_ROUTE["make_webhook_endpoint"]

_OF_ONE: Mapping[str, str] = {"Mediation-As": "backend", "Mediation-Marketplace": "auditor"}
"""The headers that only one audience can use."""

_SCHEMA = "#/components/schemas/"


class UnknownAudience(Malformed):
    """The address asks for an audience that the API does not have.

    Why: An audience that does not exist would get an empty document, or the whole one, and nobody would notice.

    What to do: Use one of the names in `known`, or leave out `for`: the whole document has every route.

    Example: {"known": ["administrator", "auditor", "backend", "neutral", "party", "supervisor"]}
    """


def check_audience(audience: str | None) -> None:
    """None stands for everybody. Raises UnknownAudience."""
    if audience is not None and audience not in AUDIENCES:
        raise UnknownAudience(known=sorted(AUDIENCES))


def for_audience(document: Mapping[str, Any], audience: str) -> dict[str, Any]:
    """The part of the whole document that this audience needs.

    It is short enough for tools: problems and headers that many routes share stand in `components` once, and headers that
    the audience cannot use are left out.
    """
    webhooks = document["webhooks"] if AUDIENCES[audience] & _GET_WEBHOOKS else {}
    shared = {kind: dict(parts) if webhooks else {} for kind, parts in SHARED.items()}
    paths = {
        path: {how: _short(audience, one, shared) for how, one in opened.items()}
        for path, operations in document["paths"].items()
        if (opened := {how: one for how, one in operations.items() if _opens(audience, path, one["operationId"])})
    }
    used = {tag for operations in paths.values() for one in operations.values() for tag in one["tags"]}
    schemas = document["components"]["schemas"]
    needed = _reached([paths, webhooks, shared], schemas)
    return {
        **document,
        "info": {**document["info"], "title": f"{document['info']['title']}: {audience}"},
        "tags": [tag for tag in document["tags"] if tag["name"] in used],
        "paths": paths,
        "webhooks": webhooks,
        "components": {
            **document["components"],
            **shared,
            "schemas": {name: schema for name, schema in schemas.items() if name in needed},
        },
    }


def _short(audience: str, operation: Mapping[str, Any], shared: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The operation with references in place of its headers and its problems."""
    short = dict(operation)
    if "parameters" in operation:
        short["parameters"] = [
            _once(shared["parameters"], one["name"], one) if one["in"] == "header" else one
            for one in operation["parameters"]
            if _OF_ONE.get(one["name"], audience) == audience
        ]
    short["responses"] = {
        status: _once(shared["responses"], _problem(answer), answer) if int(status) >= 400 else answer
        for status, answer in operation["responses"].items()
    }
    return short


def _problem(answer: Mapping[str, Any]) -> str:
    (content,) = answer["content"].values()
    code: str = content["example"]["code"]
    return code


def _once(shared: dict[str, Any], name: str, part: Any) -> Any:
    """A reference to the part. The part itself, if another one has taken the name."""
    kind = "parameters" if "in" in part else "responses"
    return {"$ref": f"#/components/{kind}/{name}"} if shared.setdefault(name, part) == part else part


def _opens(audience: str, path: str, name: str) -> bool:
    if name in OPEN:
        return name not in OF_PROVIDERS
    if not ROLES_BY_ROUTE[name] & AUDIENCES[audience]:
        return False
    return audience != "party" or "{dispute_id}" in path or name in WITHOUT_DISPUTE | OF_THEMSELVES


def _reached(paths: Any, schemas: Mapping[str, Any]) -> set[str]:
    """The names of the schemas that the routes refer to, and of all that these refer to."""
    reached, waiting = set[str](), [*_named(paths)]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += _named(schemas[name])
    return reached


def _named(part: Any) -> Iterator[str]:
    """A reference stands under `$ref`, and in the `mapping` of a discriminator."""
    match part:
        case str() if part.startswith(_SCHEMA):
            yield part.removeprefix(_SCHEMA)
        case dict():
            for inner in part.values():
                yield from _named(inner)
        case list():
            for inner in part:
                yield from _named(inner)
