"""Translations: made by the engine, approved and corrected by people. None decides anything; a ruling cites originals.

Refusal
├── Unknown
│   └── UnknownTranslation      no text of this dispute was translated under this id
└── Forbidden
    └── MayNotTranslate         for the neutral, supervisors and the marketplace
"""

from collections.abc import Sequence
from typing import assert_never
from uuid import UUID

from domain.dispute.case import Basis
from domain.kernel.base import AboutPerson, Event, Instant, OnDispute, Role
from domain.kernel.people import Text
from domain.kernel.places import LanguageTag
from domain.kernel.refusals import Forbidden, Unknown
from domain.privacy.erasure_facts import Person
from domain.settlement.translation_facts import (
    Fault,
    TextSent,
    Translated,
    TranslationApproved,
    TranslationCorrected,
    TranslationGivenUp,
    TranslationMade,
    translation_id_of,
)

# --- types ---

_TRANSLATORS = frozenset({Role.NEUTRAL, Role.SUPERVISOR, Role.MARKETPLACE})


class RecordSent(OnDispute, AboutPerson):
    """Sent by the engine before a text leaves the house. `subject` is its author, `written_at` when the text was recorded."""

    source: str
    engine: str
    written_at: Instant


class RecordTranslation(OnDispute, AboutPerson):
    """Sent by the engine with what came back. `subject` is the author of the original."""

    source: str
    written_at: Instant
    text: str
    language: LanguageTag
    engine: str
    engine_version: str
    via: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


class GiveUpTranslation(OnDispute, AboutPerson):
    """Sent by the engine if nobody translates a text into this language."""

    source: str
    written_at: Instant
    language: LanguageTag


class ApproveTranslation(OnDispute):
    translation_id: UUID


class CorrectTranslation(OnDispute):
    translation_id: UUID
    text: str


TranslationCommand = RecordSent | RecordTranslation | GiveUpTranslation | ApproveTranslation | CorrectTranslation


class UnknownTranslation(Unknown):
    """There is no translation with this id in the dispute.

    Why: Each text of a dispute has at most one translation into each language, and its id is derived from both.

    What to do: Take the id from the `translation` of a text, or from `GET /v1/disputes/{dispute_id}/translations`.

    Example: {"translation_id": "0d6c4bda-1a2b-5c3d-8e4f-9a0b1c2d3e4f"}
    """


class MayNotTranslate(Forbidden):
    """Your role cannot approve or correct translations. The neutral, supervisors and the marketplace can.

    Why: A party could translate in its own favour. Who reads both languages and takes no side can say what is right.

    What to do: Write to the neutral what is wrong in the translation. The original stays beside it.

    Example: {"role": "buyer"}
    """


# --- decisions ---


def decide(basis: Basis, command: TranslationCommand) -> Sequence[Event]:
    match command:
        case RecordSent():
            return _sent(basis, command)
        case RecordTranslation():
            return _made(basis, command)
        case GiveUpTranslation():
            return _given_up(basis, command)
        case ApproveTranslation():
            return _approved(basis, command)
        case CorrectTranslation():
            return _corrected(basis, command)
        case _:
            assert_never(command)


def may_translate(role: Role) -> bool:
    return role in _TRANSLATORS


def is_forgotten(person: Person, written_at: Instant) -> bool:
    """Whether the author's text of then can't be read any more, or soon can't. A late translation would bring it back."""
    granted = person.pending is not None and person.pending.granted
    return granted or any(erased.erased_at >= written_at for erased in person.erased.values())


def _sent(basis: Basis, command: RecordSent) -> list[Event]:
    known = (command.source, command.engine) in basis.case.conversation.translations.sent
    if known or is_forgotten(basis.case.person, command.written_at):
        return []
    return [TextSent(source=command.source, subject=command.subject, engine=command.engine)]


def _made(basis: Basis, command: RecordTranslation) -> list[Event]:
    """A translation that is on record already stays, but for one that was given up."""
    translation_id = translation_id_of(command.dispute_id, command.source, command.language)
    known = basis.case.conversation.translations.by.get(translation_id)
    if (known and not known.given_up) or is_forgotten(basis.case.person, command.written_at):
        return []
    return [
        TranslationMade(
            translation_id=translation_id,
            source=command.source,
            language=command.language,
            text=Text(text=command.text, language=command.language, author=command.subject),
            engine=command.engine,
            engine_version=command.engine_version,
            via=command.via,
            faults=command.faults,
        )
    ]


def _given_up(basis: Basis, command: GiveUpTranslation) -> list[Event]:
    translation_id = translation_id_of(command.dispute_id, command.source, command.language)
    known = translation_id in basis.case.conversation.translations.by
    if known or is_forgotten(basis.case.person, command.written_at):
        return []
    return [
        TranslationGivenUp(translation_id=translation_id, source=command.source, language=command.language),
    ]


def _approved(basis: Basis, command: ApproveTranslation) -> list[Event]:
    known = _known(basis, command.actor.role, command.translation_id)
    if known.approved or known.author is None:
        return []
    return [TranslationApproved(translation_id=command.translation_id, by=command.actor.role)]


def _corrected(basis: Basis, command: CorrectTranslation) -> list[Event]:
    """Sealed for the author of the original, as the translation is. If nothing was translated, for who translates it now."""
    known = _known(basis, command.actor.role, command.translation_id)
    text = Text(text=command.text, language=known.language, author=known.author or command.actor.subject)
    return [TranslationCorrected(translation_id=command.translation_id, text=text, by=command.actor.role)]


def _known(basis: Basis, role: Role, translation_id: UUID) -> Translated:
    if not may_translate(role):
        raise MayNotTranslate(role=role.value)
    known = basis.case.conversation.translations.by.get(translation_id)
    if known is None:
        raise UnknownTranslation(translation_id=str(translation_id))
    return known
