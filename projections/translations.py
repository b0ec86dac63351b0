"""The translations of a dispute's texts, one row for each text and language. The texts are sealed.

A text whose language was detected, because its author declared another one or none, has one row more.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias, assert_never
from uuid import UUID, uuid5

from domain.settlement.translation_facts import (
    LanguageDetected,
    TranslationApproved,
    TranslationCorrected,
    TranslationGivenUp,
    TranslationMade,
)
from mediation.store.log.recorded import Recorded
from projections.lives import Asked
from projections.paging import Where, select
from projections.table import Doc, Pool
from projections.view import Rows, View, kinds, revised


@dataclass(frozen=True, kw_only=True)
class Translation:
    """`source` is the keyed hash of the original. `text` is a `domain.kernel.people.Text` in JSON, sealed; None if nobody
    translated it. `about` holds the engine, its version, the languages in between, and the faults of an unsafe translation.
    `of` is where the text stands (`domain.kernel.text_places.TextPlace` in JSON); None in older rows.

    If `declared` is set, the row is no translation: it says that the text is in `language`, and not in the one declared.
    """

    translation_id: UUID
    marketplace: str
    dispute_id: UUID
    source: str
    language: str
    text: Doc | None
    about: Doc
    approved_by: str | None = None
    corrected: bool = False
    of: Doc | None = None
    declared: str | None = None
    made_at: datetime
    recorded_at: datetime


_Event: TypeAlias = TranslationMade | TranslationApproved | TranslationCorrected | TranslationGivenUp | LanguageDetected


def _fold(rows: Rows[Translation], recorded: Recorded) -> Iterable[Translation]:
    event = recorded.event
    assert isinstance(event, _Event), "a fact that this view concerns"
    match event:
        case TranslationMade():
            about = {
                "engine": event.engine,
                "version": event.engine_version,
                "via": [*event.via],
                "faults": [*event.faults],
            }
            return [_row(event, recorded, event.text.model_dump(mode="json"), about)]
        case TranslationGivenUp():
            return [_row(event, recorded, None, {"engine": None, "version": None, "via": [], "faults": []})]
        case LanguageDetected():
            return [_language(event, recorded)]
        case TranslationApproved():
            return [revised(rows[event.translation_id], approved_by=event.by.value)]
        case TranslationCorrected():
            text = event.text.model_dump(mode="json")
            return [revised(rows[event.translation_id], text=text, corrected=True, approved_by=event.by.value)]
        case _:
            assert_never(event)


def _row(event: TranslationMade | TranslationGivenUp, recorded: Recorded, text: Doc | None, about: Doc) -> Translation:
    assert recorded.dispute_id is not None, "a conversation belongs to a dispute"
    return Translation(
        translation_id=event.translation_id,
        marketplace=recorded.marketplace,
        dispute_id=recorded.dispute_id,
        source=event.source,
        language=event.language,
        text=text,
        about=about,
        of=event.of.model_dump(mode="json") if event.of else None,
        made_at=recorded.occurred_at,
        recorded_at=recorded.recorded_at,
    )


def _language(event: LanguageDetected, recorded: Recorded) -> Translation:
    assert recorded.dispute_id is not None, "a conversation belongs to a dispute"
    return Translation(
        translation_id=uuid5(recorded.dispute_id, f"language/{event.source}"),
        marketplace=recorded.marketplace,
        dispute_id=recorded.dispute_id,
        source=event.source,
        language=event.detected,
        text=None,
        about={},
        of=event.of.model_dump(mode="json"),
        declared=event.declared,
        made_at=recorded.occurred_at,
        recorded_at=recorded.recorded_at,
    )


TRANSLATIONS = View(
    title="translations",
    version=2,
    row=Translation,
    key=("translation_id",),
    concerns=kinds(TranslationMade, TranslationApproved, TranslationCorrected, TranslationGivenUp, LanguageDetected),
    fold=_fold,
    indexes=("(dispute_id, language)",),
)


async def translations(
    pool: Pool,
    marketplace: str,
    disputes: Collection[UUID],
    *,
    languages: Sequence[str] | None = None,
    sources: Collection[str] | None = None,
    asked: Asked,
) -> list[Translation]:
    """The translations of the texts of some disputes as they are now, and the languages that were detected: of some texts or of
    all, into some languages or into all. Of a past instant, what was made by then.
    """
    where = Where()
    where.equal(marketplace=marketplace)
    where.add("dispute_id = ANY(%s)", [*disputes])
    if languages is not None:
        primary = [language.partition("-")[0].lower() for language in languages]
        where.add("(declared IS NOT NULL OR split_part(lower(language), '-', 1) = ANY(%s))", primary)
    if sources is not None:
        where.add("source = ANY(%s)", [*sources])
    if asked.as_of is not None:
        where.add("made_at <= %s", asked.as_of)
    if asked.known_at is not None:
        where.add("recorded_at <= %s", asked.known_at)
    view = TRANSLATIONS
    return await select(pool, view, f"SELECT {view.selected} FROM {view.table} WHERE {where.sql}", where.values)
