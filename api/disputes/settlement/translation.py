"""The translations of a dispute's texts, and how each text gets the one that its reader reads."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from html import escape
from typing import Any
from unicodedata import bidirectional
from uuid import UUID

from fastapi import APIRouter

from api.disputes.settlement.translation_schemas import Translations
from api.http.exact_json import ExactRoute
from api.http.problems import ON_READ, documented
from api.http.reads import ReadAsOf, Reading
from api.words.languages import primary
from mediation.language.forms import own_form
from mediation.language.tokens import kept
from mediation.processes.translatable import source_of
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
    rows = [row for row in await _rows(reading, [dispute_id]) if row.source not in unheard]
    languages = {row.source: _languages(row) for row in rows if row.declared is not None}
    made = sorted((row for row in rows if row.declared is None), key=lambda row: row.made_at)
    items = [
        {**shown(row), "of": row.of, "original_language": languages.get(row.source), "made_at": row.made_at}
        for row in made
    ]
    opened = await reading.open(items)
    return Translations.model_validate({"items": [{**item, **for_page(item)} for item in opened]})


async def with_translations(reading: Reading, dispute_id: UUID, value: Any, languages: Sequence[str]) -> Any:
    """The opened value, in which each text has its translation beside it: into the first of the languages that it has one
    for. A text in a language that comes before that needs none. Beside it is also the language that it is in, if that is not
    the declared one.
    """
    (found,) = await each_with_translations(reading, {dispute_id: value}, languages)
    return found


async def each_with_translations(reading: Reading, values: Mapping[UUID, Any], languages: Sequence[str]) -> list[Any]:
    """The same for a value of each of several disputes, in their order, with one look at the translations."""
    blind = reading.http.services.blind
    sources = {id: {said: source_of(blind, id, *said) for said in _texts(value)} for id, value in values.items()}
    about = [id for id, said in sources.items() if said]
    if not about:
        return [*values.values()]
    wanted = [*map(primary, [*languages, *await _of_mandate(reading)])]
    rows = await _rows(reading, about, wanted, [source for id in about for source in sources[id].values()])
    return [await _translated(reading, value, sources[id], rows, wanted) for id, value in values.items()]


async def _translated(
    reading: Reading,
    value: Any,
    sources: Mapping[tuple[str, str], str],
    rows: Sequence[Translation],
    wanted: Sequence[str],
) -> Any:
    detected = {row.source: row.language for row in rows if row.declared is not None}
    made = {(row.source, primary(row.language)): row for row in rows if row.declared is None}
    chosen = dict[tuple[str, str], Translation]()
    for said, source in sources.items():
        reads = primary(detected.get(source, said[1]))
        first = next((one for one in wanted if (source, one) in made or one == reads), "")
        if (row := made.get((source, first))) is not None:
            chosen[said] = row
    opened = dict(zip(chosen, await reading.open([shown(row) for row in chosen.values()]), strict=True))
    beside = dict[tuple[str, str], Doc]()
    for said, source in sources.items():
        told: Doc = {"detected_language": detected[source]} if source in detected else {}
        if said in opened:
            told["translation"] = {**opened[said], **for_page(opened[said])}
        beside[said] = told
    return _beside(value, beside)


async def _unheard(reading: Reading, dispute_id: UUID, doc: Doc) -> frozenset[str]:
    """The sources of what was said in a caucus that the reader did not hear."""
    heard = [(said["side"], said["number"]) for said in reading.viewer.caucus(doc)]
    others = [said["message"] for said in doc["caucus"] if (said["side"], said["number"]) not in heard]
    blind = reading.http.services.blind
    texts = await reading.open([{"text": said["text"], "language": said["language"]} for said in others])
    return frozenset(source_of(blind, dispute_id, said["text"], said["language"]) for said in texts)


def _languages(row: Translation) -> Doc:
    return {"declared": row.declared, "detected": row.language}


def _texts(value: Any) -> Iterator[tuple[str, str]]:
    """Each text and its language."""
    match value:
        case {"text": str(text), "language": str(language), **rest}:
            yield text, language
            yield from _texts(rest)
        case dict():
            for inner in value.values():
                yield from _texts(inner)
        case list() | tuple():
            for inner in value:
                yield from _texts(inner)


def _beside(value: Any, told: Mapping[tuple[str, str], Doc]) -> Any:
    match value:
        case {"text": str(text), "language": str(language), **rest}:
            inner = {name: _beside(one, told) for name, one in rest.items()}
            return {"text": text, "language": language, **inner, **told[text, language]}
        case dict():
            return {name: _beside(inner, told) for name, inner in value.items()}
        case list() | tuple():
            return [_beside(inner, told) for inner in value]
        case _:
            return value


async def _of_mandate(reading: Reading) -> Sequence[str]:
    """The languages that a neutral reads."""
    mandate = await reading.mandate()
    return mandate.languages if mandate else ()


def for_page(translation: Doc) -> Doc:
    """`html` and `kept` of an opened translation. An amount has a direction of its own, whatever stands around it."""
    text, language = translation["text"], translation["language"]
    if text is None:
        return {"html": None, "kept": []}
    pieces, found = list[str](), list[Doc]()
    for piece, is_kept in kept(text):
        if not is_kept:
            pieces.append(escape(piece))
            continue
        form = own_form(piece, language)
        found.append({"text": piece, "own_form": form})
        beside = f" [<bdi>{escape(form)}</bdi>]" if form else ""
        pieces.append(f'<bdi dir="{_direction(piece)}">{escape(piece)}</bdi>{beside}')
    return {"html": "".join(pieces), "kept": found}


def _direction(token: str) -> str:
    """`rtl` for an Arabic or Hebrew date: between two numbers its month would else stand on the wrong side."""
    return "rtl" if any(bidirectional(sign) in ("R", "AL") for sign in token) else "ltr"


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


async def _rows(
    reading: Reading,
    disputes: Collection[UUID],
    languages: Sequence[str] | None = None,
    sources: Collection[str] | None = None,
) -> list[Translation]:
    return await reading.see(
        TRANSLATIONS,
        translations.translations,
        reading.http.services.pool,
        reading.caller.marketplace,
        disputes,
        languages=languages,
        sources=sources,
        asked=reading.asked,
    )
