"""A text of a policy that people read: plain, or in several languages, by their BCP 47 tags.

A plain text does not say which language it is in. `domain.policy.languages` checks the tags when a policy is published,
so a policy that is on record stays readable whatever becomes of a tag.
"""

from typing import Annotated, Any, TypeAlias

from pydantic import Field, StringConstraints, TypeAdapter, ValidatorFunctionWrapHandler, WrapValidator

# --- types ---

MAX_LANGUAGES = 27
"""The most languages that one text can be given in."""

ByLanguage: TypeAlias = dict[str, str]

PolicyText: TypeAlias = str | ByLanguage

_Tag = Annotated[str, StringConstraints(max_length=100)]
_BY_LANGUAGE = Field(
    min_length=1,
    max_length=MAX_LANGUAGES,
    description="The text in each language, by its BCP 47 tag. Each reader gets the nearest one.",
    examples=[{"en": "What exactly is different?", "de": "Was genau ist anders?"}],
)


def _by_shape(plain: Any, by_language: Any) -> WrapValidator:
    """Checks a string as the one and an object as the other, so that a fault names its place in the request."""
    shapes: dict[type, TypeAdapter[Any]] = {str: TypeAdapter(plain), dict: TypeAdapter(by_language)}

    def check(value: Any, _: ValidatorFunctionWrapHandler) -> Any:
        for kind, shape in shapes.items():
            if isinstance(value, kind):
                return shape.validate_python(value)
        raise ValueError("a text is a string, or an object with a string for each language tag of BCP 47")

    return WrapValidator(check)


_Clause = Annotated[str, StringConstraints(min_length=1, max_length=500)]
_Clauses = Annotated[dict[_Tag, Annotated[str, StringConstraints(max_length=500)]], _BY_LANGUAGE]
ClauseText = Annotated[_Clause | _Clauses, _by_shape(_Clause, _Clauses)]

_Asked = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]+$")]
_InOneLanguage = Annotated[str, StringConstraints(max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")]
_AskedByLanguage = Annotated[dict[_Tag, _InOneLanguage], _BY_LANGUAGE]
AskedText = Annotated[_Asked | _AskedByLanguage, _by_shape(_Asked, _AskedByLanguage)]
