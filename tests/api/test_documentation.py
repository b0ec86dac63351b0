"""The OpenAPI document is complete: every operation described, every example valid, every reference resolvable."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from api.acts.registry import ACTS
from api.app import ROUTERS, assemble, routes_of
from api.http import documentation
from api.http.documentation import TAGS
from api.http.exact_json import MAX_NAMES, MAX_NAMES_OF_OBJECT
from api.http.problems import MEDIA_TYPE
from api.http.relative import resolved
from tests import today
from tests.api.house import House

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d))?")

_KNOWN = frozenset(
    {
        "$ref", "additionalProperties", "allOf", "anyOf", "const", "contentMediaType", "default", "description",
        "discriminator", "enum", "examples", "exclusiveMaximum", "exclusiveMinimum", "format", "items", "maxItems",
        "maxLength", "maxProperties", "maximum", "minItems", "minLength", "minProperties", "minimum", "multipleOf", "not",
        "oneOf", "pattern", "patternProperties", "prefixItems", "properties", "propertyNames", "readOnly", "required",
        "title", "type", "uniqueItems",
    }
)  # fmt: skip
"""The keywords of JSON Schema that are in use, and `discriminator` of OpenAPI."""

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def document(at_home: House) -> dict[str, Any]:
    return at_home.app.openapi()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


async def test_every_operation_is_described(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    tags = {tag["name"] for tag in TAGS}
    names = [operation["operationId"] for _, operation in operations(document)]
    assert len(names) == len(set(names))
    for where, operation in operations(document):
        assert operation["summary"], where
        assert operation["description"], where
        assert set(operation["tags"]) <= tags, where
        if "/v1/" in where:
            assert operation["security"] == [{"token": []}], where
            assert operation["x-roles"], where


async def test_every_body_and_every_answer_has_an_example(document: dict[str, Any]) -> None:
    for where, operation in operations(document):
        bodies = [operation["requestBody"]] if "requestBody" in operation else []
        answers = list(operation["responses"].values())
        for part in (*bodies, *answers):
            for kind, content in part.get("content", {}).items():
                if not kind.endswith("json"):
                    continue
                shape = _resolved(document, content["schema"])
                assert "example" in content or shape.get("examples"), f"{where}: {kind}"
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                assert list(answer["content"]) == [MEDIA_TYPE], f"{where}: {status}"


async def test_no_example_grows_stale(at_home: House) -> None:
    """Each instant and date in an example has the same distance from the reader's present, whenever it is read."""
    then = datetime(2031, 7, 1, 12, 30, tzinfo=UTC)
    later = assemble(lambda: then + timedelta(days=1000)).openapi()
    shown = list(_instants(assemble(lambda: then).openapi()))
    assert len(shown) > 100
    assert [instant + timedelta(days=1000) for instant in shown] == list(_instants(later))
    before = at_home.app.openapi()
    sent = (await at_home.http.get("/openapi.json")).json()
    assert sent in (before, at_home.app.openapi()), "the hour may have ended between the two"


async def test_every_example_is_valid() -> None:
    checked = 0
    for model in _models(BaseModel):
        extra = model.model_config.get("json_schema_extra")
        examples = extra.get("examples", []) if isinstance(extra, dict) and model.__module__.startswith("api.") else []
        assert isinstance(examples, list)
        for example in examples:
            model.model_validate(resolved(example, today.now()))
            checked += 1
    assert checked > 60


async def test_every_example_of_the_document_fits_its_schema(document: dict[str, Any]) -> None:
    """Generators and mock servers take them as they stand. A null that an answer always has is among them."""
    root = {"$schema": "https://json-schema.org/draft/2020-12/schema", "components": document["components"]}
    found = 0
    for name, schema in document["components"]["schemas"].items():
        validator = Draft202012Validator({**root, "$ref": f"#/components/schemas/{name}"})
        for example in schema.get("examples", ()):
            assert not [*validator.iter_errors(example)], name
            found += 1
    assert found > 100


async def test_the_document_has_no_words_that_its_standard_does_not_know(document: dict[str, Any]) -> None:
    """Each schema is one of JSON Schema 2020-12: a generator reads no other. Tools also want servers, unique tags, and
    security where there is none.
    """
    for name, schema in document["components"]["schemas"].items():
        Draft202012Validator.check_schema(schema)
        assert not {*_keywords(schema)} - _KNOWN, name
    assert document["servers"]
    assert len({tag["name"] for tag in document["tags"]}) == len(document["tags"])
    assert all("security" in operation for _, operation in operations(document))


def _keywords(schema: Any) -> Iterator[str]:
    """Those of a schema and of the schemas in it."""
    if not isinstance(schema, dict):
        return
    yield from schema
    for within in ("items", "additionalProperties", "propertyNames", "not"):
        yield from _keywords(schema.get(within))
    for within in ("allOf", "anyOf", "oneOf", "prefixItems"):
        for inner in schema.get(within, ()):
            yield from _keywords(inner)
    for within in ("properties", "$defs", "patternProperties"):
        for inner in schema.get(within, {}).values():
            yield from _keywords(inner)


async def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    for reference in set(re.findall(r"'\$ref': '([^']+)'", str(document))):
        assert _resolved(document, {"$ref": reference}), reference


async def test_limits_are_stated(document: dict[str, Any]) -> None:
    """Every text, list and number in a request has a limit, and no object takes unknown fields."""
    seen: set[str] = set()
    for where, operation in operations(document):
        for parameter in operation.get("parameters", ()):
            _bounded(document, parameter["schema"], f"{where} {parameter['name']}", seen)
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            if kind != "application/x-ndjson":
                _bounded(document, content["schema"], where, seen)


async def test_the_parameters_of_a_query_are_those_that_are_documented(
    document: dict[str, Any], at_home: House
) -> None:
    """A parameter that may be repeated is documented as a list."""
    documented = {
        operation["operationId"]: {
            parameter["name"]: "array"
            in {one.get("type") for one in (parameter["schema"], *parameter["schema"].get("anyOf", ()))}
            for parameter in operation.get("parameters", ())
            if parameter["in"] == "query"
        }
        for _, operation in operations(document)
    }
    assert any(repeated for parameters in documented.values() for repeated in parameters.values())
    assert at_home.app.state.http.queries == documented


async def test_no_request_needs_more_names_than_are_taken(document: dict[str, Any]) -> None:
    """The longest one that the limits of its lists and objects allow."""
    for where, operation in operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            assert _names(document, content["schema"]) <= MAX_NAMES, where
    for name, schema in document["components"]["schemas"].items():
        most = max(len(schema.get("properties", ())), *_most_names(schema))
        assert most <= MAX_NAMES_OF_OBJECT, name


async def test_the_page_needs_nothing_from_outside(at_home: House) -> None:
    page = (await at_home.http.get("/docs")).text
    assert "//" not in re.sub(r"<!--.*?-->|^\s*//.*$", "", page, flags=re.MULTILINE).replace("http://testserver", "")
    for asset in re.findall(r'(?:src|href)="([^"]+)"', page):
        response = await at_home.http.get(asset)
        assert response.status_code == 200, asset
    assert (await at_home.http.get("/openapi.json")).json()["info"]["title"] in page


async def test_the_document_is_made_once_an_hour(at_home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody may ask for it, and it is long. Who has it gets no second copy."""
    first = await at_home.http.get("/openapi.json")
    monkeypatch.setattr(documentation, "JSONResponse", None)
    again = await at_home.http.get("/openapi.json", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (await at_home.http.get("/openapi.json")).content == first.content
    monkeypatch.undo()
    at_home.clock.ahead = timedelta(hours=1)
    try:
        later = await at_home.http.get("/openapi.json", headers={"If-None-Match": first.headers["ETag"]})
    finally:
        at_home.clock.ahead = timedelta()
    assert later.status_code == 200
    assert later.headers["ETag"] != first.headers["ETag"]


async def test_the_address_of_the_engine_says_what_it_is(at_home: House) -> None:
    page = await at_home.http.get("/")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "<script" not in page.text
    links = re.findall(r'<a href="([^"]+)"', page.text)
    assert links == ["/docs", "/openapi.json", "/health", "/ready"]
    for link in links:
        assert (await at_home.http.get(link)).status_code == 200, link


async def test_routes_are_named_like_their_functions_and_moves() -> None:
    names = {route.name for route in routes_of(ROUTERS)}
    assert ACTS.keys() <= names


def _instants(part: Any, shown: bool = False) -> Iterator[datetime]:
    """The instants in examples. They may stand inside a longer text."""
    match part:
        case dict():
            for name, inner in part.items():
                yield from _instants(inner, shown or name in ("example", "examples"))
        case list():
            for inner in part:
                yield from _instants(inner, shown)
        case str() if shown:
            for written in _INSTANT.findall(part):
                instant = datetime.fromisoformat(written)
                yield instant.astimezone(UTC) if instant.tzinfo else instant


def _models(root: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for model in root.__subclasses__():
        yield model
        yield from _models(model)


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    found: Any = document
    for step in schema["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    resolved: dict[str, Any] = found
    return resolved


def _names(document: dict[str, Any], schema: dict[str, Any]) -> int:
    """The most names of fields that a value of this schema has."""
    schema = _resolved(document, schema)
    choices = [_names(document, choice) for choice in (*schema.get("anyOf", ()), *schema.get("oneOf", ()))]
    items = schema.get("maxItems", 0) * _names(document, schema["items"]) if "items" in schema else 0
    fields = sum(1 + _names(document, inner) for inner in schema.get("properties", {}).values())
    others = schema.get("additionalProperties")
    free = schema.get("maxProperties", 0) * (1 + _names(document, others)) if isinstance(others, dict) else 0
    return max(0, *choices, items, fields, free)


def _most_names(part: Any) -> Iterator[int]:
    """The limits of all objects with free names."""
    yield 0
    if isinstance(part, dict):
        yield part.get("maxProperties", 0)
        for inner in part.values():
            yield from _most_names(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _most_names(inner)


def _bounded(document: dict[str, Any], schema: dict[str, Any], where: str, seen: set[str]) -> None:
    if "$ref" in schema:
        if schema["$ref"] in seen:
            return
        seen.add(schema["$ref"])
        schema = _resolved(document, schema)
    for choice in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        _bounded(document, choice, where, seen)
    match schema.get("type"):
        case "string":
            known = ("maxLength", "enum", "const", "format", "pattern")
            assert any(bound in schema for bound in known), f"{where}: {schema}"
        case "integer":
            assert "maximum" in schema, f"{where}: {schema}"
        case "array":
            assert "maxItems" in schema, f"{where}: {schema}"
            _bounded(document, schema["items"], f"{where}[]", seen)
        case "object" if "properties" in schema:
            assert schema.get("additionalProperties") is False, f"{where}: {schema.get('title')}"
            for name, inner in schema["properties"].items():
                _bounded(document, inner, f"{where}.{name}", seen)
        case "object":
            assert "maxProperties" in schema or schema.get("additionalProperties") is False, f"{where}: {schema}"
