"""The facts about translations of what was written in a dispute. The original text is the record, and stays beside them."""

from collections.abc import Mapping
from dataclasses import field
from typing import Annotated, Literal, assert_never
from uuid import UUID, uuid5

from pydantic import StringConstraints

from domain.kernel.base import Event, Instant, Role, Value
from domain.kernel.frozen import frozen, replace
from domain.kernel.people import Text
from domain.kernel.places import LanguageTag
from domain.kernel.text_places import TextPlace

# --- types ---

Source = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""A keyed hash of the original text, of its language and of its dispute. The same text needs one translation."""

EngineName = Annotated[str, StringConstraints(min_length=1, max_length=200)]

Fault = Literal["empty", "lost", "doubled", "number_added", "not_translated"]
"""Why a translation is unsafe: nothing came back; an amount, a date, a number or a name is missing; one is there twice;
there is a number that the original does not have; it is the original."""


class TextSent(Event, kind="TextSentForTranslation", stream="conversation", consequence=True):
    """A text was about to leave the house, to this engine. `subject` is its author. Names, amounts and addresses were taken
    out before.
    """

    source: Source
    subject: UUID
    engine: EngineName


class TranslationMade(Event, kind="TranslationMade", stream="conversation"):
    """An engine translated a text. `text` is sealed for the author of the original, so that erasing them takes it along.

    `via` are the languages in between. With `faults` it is unsafe: it is kept, and shown only to somebody who asks for it.
    `of` is where the original stands, and `written_at` when it was recorded; None in older events.
    """

    schema_version = 2

    translation_id: UUID
    source: Source
    language: LanguageTag
    text: Text
    engine: EngineName
    engine_version: EngineName
    via: tuple[Annotated[str, StringConstraints(max_length=40)], ...] = ()
    faults: tuple[Fault, ...] = ()
    of: TextPlace | None = None
    written_at: Instant | None = None


class TranslationApproved(Event, kind="TranslationApproved", stream="conversation"):
    """A person who reads both languages says that the translation is right."""

    translation_id: UUID
    by: Role


class TranslationCorrected(Event, kind="TranslationCorrected", stream="conversation"):
    """A person translated the text better. What an engine said before stays on record."""

    translation_id: UUID
    text: Text
    by: Role


class TranslationGivenUp(Event, kind="TranslationGivenUp", stream="conversation"):
    """No engine of the marketplace translates the text into this language.

    `subject` is the author of the original, `of` where it stands, and `written_at` when it was recorded; None in older
    events.
    """

    schema_version = 2

    translation_id: UUID
    source: Source
    language: LanguageTag
    subject: UUID | None = None
    of: TextPlace | None = None
    written_at: Instant | None = None


class LanguageDetected(Event, kind="LanguageDetected", stream="conversation", consequence=True):
    """The text is not in the language that its author declared, or its author declared none (`und`).

    `detected` is a primary subtag, such as `it`. It is recorded only if it is reliable.
    """

    source: Source
    of: TextPlace
    declared: LanguageTag
    detected: LanguageTag


class TextRepeated(Event, kind="TextRepeated", stream="conversation", consequence=True):
    """A text that was translated before stands here too. Its translation serves for both."""

    source: Source
    of: TextPlace


TRANSLATED: tuple[type[Event], ...] = (TranslationMade, TranslationApproved, TranslationCorrected)
"""The kinds of facts that can give a reader a translation."""

TranslationEvent = (
    TextSent
    | TranslationMade
    | TranslationApproved
    | TranslationCorrected
    | TranslationGivenUp
    | LanguageDetected
    | TextRepeated
)


class Translated(Value):
    """What is known of one translation. `author` wrote the original, at `written_at`. `safe`: without a fault, or a person
    approved it.

    `source` is the keyed hash of the original.
    """

    source: str
    language: LanguageTag
    author: UUID | None
    safe: bool
    approved: bool = False
    given_up: bool = False
    written_at: Instant | None = None


# --- state ---


@frozen
class Translations:
    """The translations of one dispute by id, and which texts were sent to which engine.

    `places` are where a text stands, by its source. `detected` are the texts whose language was detected.
    """

    by: Mapping[UUID, Translated] = field(default_factory=dict)
    sent: frozenset[tuple[str, str]] = frozenset()
    places: Mapping[str, frozenset[TextPlace]] = field(default_factory=dict)
    detected: frozenset[str] = frozenset()


def translation_id_of(dispute_id: UUID, source: str, language: str) -> UUID:
    """The id of the translation of one text of a dispute into one language."""
    return uuid5(dispute_id, f"translation/{source}/{language.lower()}")


# --- evolve ---


def evolve(translations: Translations, event: TranslationEvent) -> Translations:
    match event:
        case TextSent():
            return replace(translations, sent=translations.sent | {(event.source, event.engine)})
        case LanguageDetected():
            return replace(translations, detected=translations.detected | {event.source})
        case TextRepeated():
            return _standing(translations, event.source, event.of)
        case TranslationMade():
            made = Translated(
                source=event.source,
                language=event.language,
                author=event.text.author,
                safe=not event.faults,
                written_at=event.written_at,
            )
        case TranslationGivenUp():
            made = Translated(
                source=event.source,
                language=event.language,
                author=event.subject,
                safe=False,
                given_up=True,
                written_at=event.written_at,
            )
        case TranslationApproved():
            made = translations.by[event.translation_id].model_copy(update={"safe": True, "approved": True})
        case TranslationCorrected():
            update = {"safe": True, "approved": True, "given_up": False, "author": event.text.author}
            made = translations.by[event.translation_id].model_copy(update=update)
        case _:
            assert_never(event)
    known = replace(translations, by={**translations.by, event.translation_id: made})
    return _standing(known, made.source, getattr(event, "of", None))


def _standing(translations: Translations, source: str, of: TextPlace | None) -> Translations:
    if of is None:
        return translations
    places = translations.places.get(source, frozenset()) | {of}
    return replace(translations, places={**translations.places, source: places})
