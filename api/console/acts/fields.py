"""The fields of a form, read from the body model of its act: one kind of input for each type.

A field's place is the JSON pointer of its value in the body (`/award/buyer`). It is the name of the input too. So a refusal
that points at a value points at the input. An act that is new needs no line here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, TypeAdapter

from api.http.bodies import MAX_TITLE, Statement
from domain.kernel.money import Money
from domain.kernel.places import LanguageTag

Kind = Literal[
    "group",  # a model in the model
    "rows",  # a list of models
    "several",  # a list of names or numbers
    "statement",  # a text and its language
    "money",
    "instant",
    "choice",
    "yes_no",
    "flag",  # false as long as nobody ticks it
    "number",
    "language",
    "prose",
    "line",
    "files",
]


LARGE = ("group", "rows", "statement")
"""The kinds of fields that take much room."""


@dataclass(frozen=True, slots=True)
class Field:
    """`model` is the name of the model that the field stands in. `values` are those of a choice, `inner` the fields of a group
    or of one row, `item` is one of several. `most` is the greatest length or number. `settled`: it has a value where nobody
    says another one.
    """

    kind: Kind
    name: str
    model: str
    required: bool = True
    values: tuple[str, ...] = ()
    inner: tuple["Field", ...] = ()
    item: "Field | None" = None
    least: int | None = None
    most: int | None = None
    many: bool = False
    settled: bool = False

    @property
    def clerical(self) -> bool:
        """Whether a form is easier to read when it shows this field only to somebody who asks for more."""
        choice = self.kind == "choice" and self.settled
        return not self.required and (choice or self.kind in (*LARGE, "instant", "flag", "number", "line"))


@cache
def fields_of(form: type[BaseModel]) -> tuple[Field, ...]:
    """The fields of a body, in their order; files come last, so that all else is known when they arrive."""
    schema = form.model_json_schema()
    return tuple(sorted(_Schema(schema.get("$defs", {})).inside(schema), key=lambda field: field.kind == "files"))


_LANGUAGE = TypeAdapter(LanguageTag).json_schema()["pattern"]
_MONEY, _STATEMENT = Money.__name__, Statement.__name__


@dataclass(frozen=True, slots=True)
class _Schema:
    definitions: Mapping[str, Any]

    def inside(self, model: Mapping[str, Any]) -> Iterator[Field]:
        needed = model.get("required", ())
        for name, schema in model.get("properties", {}).items():
            yield self._field(name, schema, model["title"], required=name in needed)

    def _field(self, name: str, schema: Mapping[str, Any], model: str, *, required: bool) -> Field:
        said = self._resolved(schema)
        kind = self._kind(said, required=required)
        inner, item = tuple[Field, ...](), None
        if kind == "group":
            inner = tuple(self.inside(said))
        if kind in ("rows", "several"):
            one = self._field(name, said["items"], model, required=True)
            inner, item = one.inner, one
        return Field(
            kind=kind,
            name=name,
            model=model,
            required=required,
            values=tuple(str(value) for value in said.get("enum", ())),
            inner=inner,
            item=item,
            least=said.get("minimum", said.get("minItems")),
            most=said.get("maximum", said.get("maxItems", said.get("maxLength"))),
            many=said.get("type") == "array",
            settled=schema.get("default") is not None,
        )

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Without references, and without the null of what may be left out."""
        for one in schema.get("anyOf", ()):
            if one.get("type") != "null":
                return self._resolved(one)
        if "$ref" in schema:
            return self._resolved(self.definitions[schema["$ref"].rpartition("/")[2]])
        if "const" in schema:
            return {**schema, "enum": [schema["const"]]}
        return schema

    def _kind(self, schema: Mapping[str, Any], *, required: bool) -> Kind:
        match schema:
            case {"title": title, "properties": _} if title == _MONEY:
                return "money"
            case {"title": title, "properties": _} if title == _STATEMENT:
                return "statement"
            case {"properties": _} | {"type": "object"}:
                return "group"
            case {"type": "array", "items": items}:
                return self._of_many(self._kind(self._resolved(items), required=True))
            case {"enum": _}:
                return "choice"
            case {"type": "boolean"}:
                return "yes_no" if required else "flag"
            case {"type": "integer"}:
                return "number"
            case {"type": "string"}:
                return self._of_text(schema)
            case _:
                return "line"

    def _of_text(self, schema: Mapping[str, Any]) -> Kind:
        match schema:
            case {"format": "date-time"}:
                return "instant"
            case {"format": "binary"}:
                return "files"
            case {"format": "uri"}:
                return "line"
            case {"pattern": pattern} if pattern == _LANGUAGE:
                return "language"
            case {"maxLength": most} if most > MAX_TITLE:
                return "prose"
            case _:
                return "line"

    def _of_many(self, item: Kind) -> Kind:
        return "files" if item == "files" else "rows" if item == "group" else "several"
