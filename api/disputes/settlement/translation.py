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
    """Every translation of the dispute's texts, the unsafe ones and those that nobody could make among them."""
    await reading.case(dispute_id)
    rows = await _rows(reading, dispute_id, None)
    items = [{**shown(row), "made_at": row.made_at} for row in sorted(rows, key=lambda row: row.made_at)]
    return Translations.model_validate({"items": await reading.open(items)})


async def with_translations(reading: Reading, dispute_id: UUID, value: Any, language: str | None) -> Any:
    """The opened value, in which each text that has a translation into this language has it beside it."""
    if language is None or not (rows := await _rows(reading, dispute_id, language)):
        return value
    known = {row.source: await reading.open(shown(row)) for row in rows}
    return _beside(reading, dispute_id, value, known)


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
            return {"text": text, "language": language, **inner, "translation": known.get(source)}
        case dict():
            return {name: _beside(reading, dispute_id, inner, known) for name, inner in value.items()}
        case list() | tuple():
            return [_beside(reading, dispute_id, inner, known) for inner in value]
        case _:
            return value
