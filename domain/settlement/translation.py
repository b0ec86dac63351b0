"""Translations: made by the engine, approved and corrected by people. None decides anything; a ruling cites originals.

If no engine translates a text, or only unsafely, the marketplace owes the translation (`domain.commitments.translate`). A
person makes it with the act that corrects one. Nothing is recorded for an author who was erased since.

Refusal
├── Unknown
│   └── UnknownTranslation      no text of this dispute was translated under this id
├── Conflict
│   └── OriginalErased          the author of the original was erased
└── Forbidden
    └── MayNotTranslate         for the neutral, supervisors and the marketplace
"""

from collections.abc import Sequence
from typing import assert_never
from uuid import UUID

from domain.commitments import translate
from domain.commitments.events import CommitmentEvent, Participant
from domain.dispute.case import Basis
from domain.kernel.base import AboutPerson, Event, Instant, OnDispute, Role, Value
from domain.kernel.people import Text
from domain.kernel.places import LanguageTag
from domain.kernel.refusals import Conflict, Forbidden, Unknown
from domain.kernel.text_places import TextPlace, Untranslated, Why
from domain.privacy.erasure_facts import Person
from domain.ruling import resting
from domain.settlement.translation_facts import (
    Fault,
    LanguageDetected,
    TextRepeated,
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


class Wanted(Value):
    """Where a text stands, and who cannot read it: a party, or else the neutral, who is then named in `neutral`. `by` is None
    if only its author reads another language: who wrote a text can read it.
    """

    of: TextPlace
    by: Participant | None
    neutral: UUID | None = None


class RecordLanguage(OnDispute, AboutPerson):
    """Sent by the engine if a text is in another language than declared, or none was declared. `subject` is its author."""

    source: str
    written_at: Instant
    of: TextPlace
    declared: LanguageTag
    detected: LanguageTag


class RecordRepeated(OnDispute, AboutPerson):
    """Sent by the engine if a text that was translated before stands elsewhere too."""

    source: str
    written_at: Instant
    of: TextPlace


class RecordTranslation(OnDispute, AboutPerson):
    """Sent by the engine with what came back. `subject` is the author of the original."""

    source: str
    wanted: Wanted
    written_at: Instant
    text: str
    language: LanguageTag
    engine: str
    engine_version: str
    via: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


class GiveUpTranslation(OnDispute, AboutPerson):
    """Sent by the engine if no engine translates a text into this language."""

    source: str
    wanted: Wanted
    written_at: Instant
    language: LanguageTag


class OweTranslation(OnDispute, AboutPerson):
    """Sent by the engine if somebody needs a translation that nobody has made safely, and that may be owed no more: their
    dispute was reopened, or they came later.
    """

    translation_id: UUID
    wanted: Wanted
    written_at: Instant


class ApproveTranslation(OnDispute, recorded_as=TranslationApproved):
    translation_id: UUID


class CorrectTranslation(OnDispute):
    """Translates a text better than an engine, or for the first time."""

    translation_id: UUID
    text: str


TranslationCommand = (
    RecordSent
    | RecordLanguage
    | RecordRepeated
    | RecordTranslation
    | GiveUpTranslation
    | OweTranslation
    | ApproveTranslation
    | CorrectTranslation
)


class UnknownTranslation(Unknown):
    """There is no translation with this id in the dispute.

    Why: Each text of a dispute has at most one translation into each language, and its id is derived from both.

    What to do: Take the id from the `translation` of a text, or from `GET /v1/disputes/{dispute_id}/translations`.

    Example: {"translation_id": "0d6c4bda-1a2b-5c3d-8e4f-9a0b1c2d3e4f"}
    """


class OriginalErased(Conflict):
    """The author of the original was erased. There is nothing left to translate.

    Why: A translation repeats what the original said. After an erasure it would bring back what was destroyed.

    What to do: Nothing needs to be done. The marketplace does not owe this translation any more.

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
        case RecordLanguage():
            return _detected(basis, command)
        case RecordRepeated():
            return _repeated(basis, command)
        case RecordTranslation():
            return _made(basis, command)
        case GiveUpTranslation():
            return _given_up(basis, command)
        case OweTranslation():
            return _owed_again(basis, command)
        case ApproveTranslation():
            return _approved(basis, command)
        case CorrectTranslation():
            return _corrected(basis, command)
        case _:
            assert_never(command)


def may_translate(role: Role) -> bool:
    return role in _TRANSLATORS


def is_forgotten(person: Person, written_at: Instant | None) -> bool:
    """Whether the author's text of then can't be read any more, or soon can't. A late translation would bring it back.

    If nobody knows when it was written, it was before.
    """
    granted = person.pending is not None and person.pending.granted
    return granted or any(written_at is None or erased.erased_at >= written_at for erased in person.erased.values())


def _sent(basis: Basis, command: RecordSent) -> list[Event]:
    known = (command.source, command.engine) in basis.case.conversation.translations.sent
    if known or is_forgotten(basis.case.person, command.written_at):
        return []
    return [TextSent(source=command.source, subject=command.subject, engine=command.engine)]


def _detected(basis: Basis, command: RecordLanguage) -> list[Event]:
    known = command.source in basis.case.conversation.translations.detected
    if known or is_forgotten(basis.case.person, command.written_at):
        return []
    found = {"declared": command.declared, "detected": command.detected}
    return [LanguageDetected.model_validate({"source": command.source, "of": command.of, **found})]


def _repeated(basis: Basis, command: RecordRepeated) -> list[Event]:
    places = basis.case.conversation.translations.places.get(command.source, frozenset())
    if command.of in places or is_forgotten(basis.case.person, command.written_at):
        return []
    return [TextRepeated(source=command.source, of=command.of)]


def _made(basis: Basis, command: RecordTranslation) -> list[Event]:
    """A translation that is on record already stays, but for one that was given up. An unsafe one is owed."""
    translation_id = translation_id_of(command.dispute_id, command.source, command.language)
    known = basis.case.conversation.translations.by.get(translation_id)
    if is_forgotten(basis.case.person, command.written_at):
        return [*translate.forget(basis.dispute, translation_id)]
    if known and not known.given_up:
        return []
    made = TranslationMade(
        translation_id=translation_id,
        source=command.source,
        language=command.language,
        text=Text(text=command.text, language=command.language, author=command.subject),
        engine=command.engine,
        engine_version=command.engine_version,
        via=command.via,
        faults=command.faults,
        of=command.wanted.of,
        written_at=command.written_at,
    )
    if command.faults:
        return [made, *_owed(basis, command, translation_id, command.language, "unsafe")]
    return [made, *translate.keep(basis.dispute, translation_id, command.actor.role, made, command.now)]


def _given_up(basis: Basis, command: GiveUpTranslation) -> list[Event]:
    translation_id = translation_id_of(command.dispute_id, command.source, command.language)
    if is_forgotten(basis.case.person, command.written_at):
        return [*translate.forget(basis.dispute, translation_id)]
    if translation_id in basis.case.conversation.translations.by:
        return []
    given_up = TranslationGivenUp(
        translation_id=translation_id,
        source=command.source,
        language=command.language,
        subject=command.subject,
        of=command.wanted.of,
        written_at=command.written_at,
    )
    return [given_up, *_owed(basis, command, translation_id, command.language, "no_engine")]


def _owed_again(basis: Basis, command: OweTranslation) -> list[Event]:
    known = basis.case.conversation.translations.by.get(command.translation_id)
    if is_forgotten(basis.case.person, command.written_at):
        return [*translate.forget(basis.dispute, command.translation_id)]
    if known is None or known.safe:
        return []
    why: Why = "no_engine" if known.given_up else "unsafe"
    return [*_owed(basis, command, command.translation_id, known.language, why)]


def _owed(
    basis: Basis,
    command: RecordTranslation | GiveUpTranslation | OweTranslation,
    translation_id: UUID,
    language: str,
    why: Why,
) -> list[CommitmentEvent]:
    wanted = command.wanted
    if wanted.by is None:
        return []
    text = Untranslated(translation_id=translation_id, of=wanted.of, language=language, why=why, neutral=wanted.neutral)
    return translate.owe(basis.dispute, basis.policy, text, wanted.by, command.now)


def _approved(basis: Basis, command: ApproveTranslation) -> list[Event]:
    known = _known(basis, command.actor.role, command.translation_id)
    if known.approved or known.given_up:
        return []
    approved = TranslationApproved(translation_id=command.translation_id, by=command.actor.role)
    return [approved, *translate.keep(basis.dispute, command.translation_id, approved.by, approved, command.now)]


def _corrected(basis: Basis, command: CorrectTranslation) -> list[Event]:
    """Sealed for the author of the original, as the translation is. Where an earlier release did not record the author of a
    text that nobody translated, it is sealed for who translates it now.
    """
    known, role = _known(basis, command.actor.role, command.translation_id), command.actor.role
    if is_forgotten(basis.case.person, known.written_at):
        raise OriginalErased(translation_id=str(command.translation_id))
    text = Text(text=command.text, language=known.language, author=known.author or command.actor.subject)
    done = TranslationCorrected(translation_id=command.translation_id, text=text, by=role)
    return [
        done,
        *translate.keep(basis.dispute, command.translation_id, role, done, command.now),
        *resting.corrected(basis.dispute, basis.case.conversation.translations, known, role, command.now),
    ]


def _known(basis: Basis, role: Role, translation_id: UUID) -> Translated:
    if not may_translate(role):
        raise MayNotTranslate(role=role.value)
    known = basis.case.conversation.translations.by.get(translation_id)
    if known is None:
        raise UnknownTranslation(translation_id=str(translation_id))
    return known
