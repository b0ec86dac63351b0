"""The translations of a dispute's texts, and how each text gets the one that its reader reads."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter

from api.disputes.settlement.translation_schemas import Translations
from api.http.exact_json import ExactRoute
from api.http.problems import ON_READ, documented
from api.http.reads import ReadAsOf, Reading
from mediation.processes.translations import source_of
from projections import translations
from projections.table import Doc
from projections.translations import TRANSLATIONS, Translation

router = APIRouter(tags=["Conversation"], route_class=ExactRoute)


@router.get("/v1/disputes/{dispute_id}/translations", responses=documented(*ON_READ))
async def list_translations(dispute_id: UUID, reading: ReadAsOf) -> Translations:
    """Every translation of the dispute's texts, the unsafe ones and those that nobody has made yet among them. What was said in
    a caucus is listed only for the neutral who heard it."""
    doc = await reading.case(dispute_id)
    unheard = await _unheard(reading, dispute_id, doc)
    rows = [row for row in await _rows(reading, dispute_id, translations.EVERY) if row.source not in unheard]
    languages = {row.source: _languages(row) for row in rows if row.declared is not None}
    made = sorted((row for row in rows if row.declared is None), key=lambda row: row.made_at)
    items = [
        {**shown(row), "of": row.of, "original_language": languages.get(row.source), "made_at": row.made_at}
        for row in made
    ]
    return Translations.model_validate({"items": await reading.open(items)})


async def with_translations(reading: Reading, dispute_id: UUID, value: Any, language: str | None) -> Any:
    """The opened value. Each text has its translation into this language beside it, if there is one, and the language that it
    is in, if that is not the declared one.
    """
    if not (rows := await _rows(reading, dispute_id, language)):
        return value
    beside: dict[str, Doc] = {}
    for row in rows:
        told = (
            {"detected_language": row.language}
            if row.declared is not None
            else {"translation": await _opened(reading, row)}
        )
        beside[row.source] = beside.get(row.source, {}) | told
    return _beside(reading, dispute_id, value, beside)


async def _opened(reading: Reading, row: Translation) -> Any:
    return await reading.open(shown(row))


async def _unheard(reading: Reading, dispute_id: UUID, doc: Doc) -> frozenset[str]:
    """The sources of what was said in a caucus that the reader did not hear."""
    heard = [(said["side"], said["number"]) for said in reading.viewer.caucus(doc)]
    others = [said["message"] for said in doc["caucus"] if (said["side"], said["number"]) not in heard]
    blind = reading.http.services.blind
    texts = await reading.open([{"text": said["text"], "language": said["language"]} for said in others])
    return frozenset(source_of(blind, dispute_id, said["text"], said["language"]) for said in texts)


def _languages(row: Translation) -> Doc:
    return {"declared": row.declared, "detected": row.language}


def language_for(reading: Reading, doc: Doc) -> str | None:
    """The language that the reader asks for; a party who asks for none reads their own."""
    asked = (reading.accept_language or "").partition(",")[0].partition(";")[0].strip()
    if asked and asked != "*":
        return asked
    side = reading.caller.side
    return str(doc[side.value]["language"]) if side else None


def shown(row: Translation) -> Doc:
    """In JSON form, see `TranslationShown`; the text is sealed."""
    return {
        "id": str(row.translation_id),
        "text": row.text and row.text["text"],
        "language": row.language,
        **row.about,
        "safe": bool(row.text) and (not row.about["faults"] or row.approved_by is not None),
        "approved_by": row.approved_by,
        "corrected": row.corrected,
    }


async def _rows(reading: Reading, dispute_id: UUID, language: str | None) -> list[Translation]:
    services, marketplace = reading.http.services, reading.caller.marketplace
    return await reading.see(
        TRANSLATIONS,
        translations.translations,
        services.pool,
        marketplace,
        dispute_id,
        language=language,
        asked=reading.asked,
    )


def _beside(reading: Reading, dispute_id: UUID, value: Any, known: Mapping[str, Doc]) -> Any:
    match value:
        case {"text": str(text), "language": str(language), **rest}:
            source = source_of(reading.http.services.blind, dispute_id, text, language)
            inner = {name: _beside(reading, dispute_id, one, known) for name, one in rest.items()}
            return {"text": text, "language": language, **inner, **known.get(source, {})}
        case dict():
            return {name: _beside(reading, dispute_id, inner, known) for name, inner in value.items()}
        case list() | tuple():
            return [_beside(reading, dispute_id, inner, known) for inner in value]
        case _:
            return value
