"""What every schema shares: strict bodies, bounded texts, exact instants, and the context of an act."""

import re
from abc import abstractmethod
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Generic, TypeVar
from unicodedata import category, normalize
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from api.http.relative import ago, marked
from domain.commands import AnyCommand
from domain.kernel.base import Actor, Instant
from domain.kernel.frozen import frozen
from domain.kernel.people import Words
from domain.kernel.places import LanguageTag
from domain.kernel.texts import shown
from mediation.store.keys.blind import Derives

T = TypeVar("T")

MAX_TEXT = 20_000
MAX_TITLE = 500
MAX_ID = 200
MAX_ITEMS = 200
MAX_UNKNOWN = 20
FIRST_YEAR, LAST_YEAR = 1970, 2100

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_CONTROL_OR_BREAK = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_YEARS = range(FIRST_YEAR, LAST_YEAR + 1)
_RFC3339 = re.compile(r"(\d{4})-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def writable(text: str) -> str:
    """Text that can be stored and shown. PostgreSQL takes no NUL, UTF-8 no half of a surrogate pair."""
    if _CONTROL.search(text):
        raise ValueError("a text holds no control characters but tab and line breaks, and no half of a surrogate pair")
    return text


def _one_line(text: str) -> str:
    if _CONTROL_OR_BREAK.search(text):
        raise ValueError("one line of text, without control characters, and without half of a surrogate pair")
    return shown(text)


def _shown_to_its_ends(text: str) -> str:
    """What shows nothing at an end is a slip, and makes two ids of one."""
    for end in (text[0], text[-1]):
        if end.isspace() or category(end) == "Cf":
            raise ValueError("an id has no blanks and no format characters at its ends")
    return text


def same_id(text: str) -> str:
    """The form in which ids are compared."""
    return text if text.isascii() else normalize("NFC", text)


def _exact(value: Any) -> Any:
    """The instant, cut to microseconds. A second has any number of digits (RFC 3339, section 5.6: `time-secfrac`)."""
    if not isinstance(value, str):
        return value  # a datetime; the strict type after this refuses a number
    form = _RFC3339.fullmatch(value)
    if form is None:
        raise ValueError("an instant is written as in RFC 3339, with its offset from UTC, such as 2026-10-01T09:12:00Z")
    if int(form[1]) in _YEARS and (instant := datetime.fromisoformat(value.upper())).astimezone(UTC).year in _YEARS:
        return instant
    raise ValueError(f"an instant lies in a year from {FIRST_YEAR} to {LAST_YEAR}")


_CHECKED = (AfterValidator(writable), AfterValidator(shown))
_ON_ONE_LINE = AfterValidator(_one_line)

Prose = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT, pattern=r"\S"), *_CHECKED]
"""Free text of at most 20,000 characters that shows something, kept unchanged."""

Title = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TITLE, pattern=r"\S"), _ON_ONE_LINE]
Label = Annotated[str, StringConstraints(min_length=1, max_length=MAX_ID, pattern=r"\S"), _ON_ONE_LINE]
"""A name from outside that shows something, on one line, of at most 200 characters."""

Id = Annotated[Label, AfterValidator(_shown_to_its_ends)]
"""An id from outside: a label that begins and ends with something that can be seen. Two spellings of it in Unicode are the
same id (NFC); it is kept as it was sent."""

When = Annotated[
    Instant,
    Field(strict=True),
    BeforeValidator(_exact),
    Field(
        description=f"RFC 3339, with its offset from UTC; from {FIRST_YEAR} to {LAST_YEAR}. Without an offset it is refused. "
        "Of a second, six digits count; further digits are cut off.",
        examples=[ago(days=1)],
    ),
]
"""An exact instant. Answers are in UTC."""

Count = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
Number = Annotated[int, Field(ge=1, le=100_000, examples=[1])]
"""The number of an offer, exhibit, proposal or message in its dispute. Each counts from 1."""


class Body(BaseModel):
    """Part of a request. An unknown field is refused, so that a misspelt one is never silently dropped."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _first_unknown(cls, told: Any) -> Any:
        """With many unknown fields, the first ones are enough to refuse it. Each costs work."""
        if not isinstance(told, dict) or len(told) <= MAX_UNKNOWN or len(told) <= len(cls.model_fields) + MAX_UNKNOWN:
            return told
        known = cls.model_fields.keys() | {field.alias for field in cls.model_fields.values()}
        unknown = [name for name in told if name not in known]
        return {name: told[name] for name in told if name in known} | dict.fromkeys(unknown[:MAX_UNKNOWN])


class Answer(BaseModel):
    """Part of an answer. Fields are only ever added. `spared`: an act does not send it if nobody wants to read it."""

    spared: ClassVar[bool] = False

    model_config = ConfigDict(frozen=True)


class Page(Answer, Generic[T]):
    """Part of a list. `next` is the cursor of the next page; there is none on the last page."""

    items: list[T]
    next: str | None = None


class Statement(Body):
    """A statement in the language of its author. The original is the record."""

    text: Annotated[Prose, Field(examples=["Il vaso è arrivato rotto."])]
    language: LanguageTag

    def words(self) -> Words:
        return Words(text=self.text, language=self.language)


def example(*bodies: dict[str, Any]) -> ConfigDict:
    """A model's configuration with examples for the documentation. The first one is shown."""
    return ConfigDict(json_schema_extra={"examples": marked(list(bodies))})


def words(statement: Statement | None) -> Words | None:
    return statement.words() if statement else None


@frozen
class Context:
    """Who acts, where and when. Over HTTP `now` is the instant of receipt; for a past case, the instant at which the
    act happened.

    `imported` is True for past cases, in which no window lapses by itself.
    """

    marketplace: str
    actor: Actor
    now: datetime
    blind: Derives
    imported: bool = False

    def common(self) -> dict[str, Any]:
        """The fields that every command carries."""
        return {"marketplace": self.marketplace, "actor": self.actor, "now": self.now, "imported": self.imported}

    def party(self, party_id: str) -> UUID:
        """The subject of a party of the marketplace."""
        return self.blind.uuid("party", self.marketplace, party_id)


class Act(Body):
    """The body of an act."""

    @abstractmethod
    def command(self, at: Context, *args: Any, **about: Any) -> AnyCommand:
        """The command of this act. Each act names what it needs beside its body, mostly ids from the path."""
