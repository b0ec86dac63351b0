"""Reads text in pictures with Tesseract 5 (Debian: tesseract-ocr, and a package of each language).

Its language models are Debian's. Each call is a program of its own, with limits: see `limited`. The picture goes in and the
words come out through pipes, so that neither is on a disk.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from langcodes import Language

from mediation.gateways.pictures import pdf
from mediation.gateways.pictures.blocks import Line, Word, blocks
from mediation.gateways.pictures.header import header
from mediation.gateways.pictures.limited import is_there, run
from mediation.gateways.pictures.port import Block, Found, FoundBy, NotReadable, Page, Unwell

_MOST_POINTS = 64_000_000
_LONGEST_SIDE = 30_000
"""Tesseract itself takes no side longer than 32,767 points."""

_COLUMNS, _LINES = "3", "11"
"""Its ways to look at a page (`--psm`): as columns with paragraphs, or as lines anywhere."""

_LIGHT = ("-c", "thresholding_method=2")
"""Ink is told from paper by what lies around it (Sauvola). Of Arabic receipts on a table, the usual way read a third."""

_GUESS = 50
"""Of a word that it is less sure of, it may as well be the opposite: such words speak against a reading."""

_DOUBTFUL = 80
"""A page of whose letters it is less sure is looked at in another way too. Of Arabic receipts that were askew by up to three
degrees, that raised what was read from two thirds to nine tenths. Of Chinese waybills it is always surer."""

_VERSION = re.compile(r"^tesseract v?(\S+)", re.MULTILINE)
_NAMED_OTHERWISE = {"nb": "nor", "nn": "nor"}
_PAGE_ROW, _WORD_ROW = 1, 5


class Tesseract:
    """It is asked for its version and languages once, when the first file comes."""

    name = "tesseract"

    def __init__(self) -> None:
        self._packs: frozenset[str] | None = None
        self._version = ""

    @staticmethod
    def is_installed() -> bool:
        return is_there("tesseract", *pdf.PROGRAMS)

    async def languages(self, wanted: Sequence[str]) -> tuple[str, ...]:
        packs = await self._installed()
        readable = {pack(tag): tag for tag in reversed(wanted) if pack(tag) in packs}
        return tuple(tag for tag in wanted if tag in readable.values())

    async def read(self, content: bytes, media_type: str, languages: Sequence[str]) -> Found:
        await self._installed()
        if media_type == "application/pdf":
            return await self._pdf(content, languages)
        head = header(content, media_type)
        if head is None or not head.width or not head.height:
            raise NotReadable("damaged")
        if head.width * head.height > _MOST_POINTS or max(head.width, head.height) > _LONGEST_SIDE:
            raise NotReadable("too_large")
        if head.orientation != 1:
            content = await pdf.picture(pdf.turned(content, head), 1, scaled=False)
        page, found = await self._picture(content, 1, languages)
        return Found(self.name, self._version, [page], 1, found)

    async def _pdf(self, content: bytes, languages: Sequence[str]) -> Found:
        in_file = await pdf.count(content)
        own = await pdf.own_texts(content, min(in_file, pdf.MAX_PAGES))
        pages: list[Page] = []
        found: list[Block] = []
        for number, text in enumerate(own, start=1):
            if text.enough:
                pages.append(_page(number, text.width, text.height, "text_layer"))
                found.extend(blocks(number, text.width, text.height, text.paragraphs))
            else:
                page, read = await self._picture(await pdf.picture(content, number), number, languages)
                pages.append(page)
                found.extend(read)
        if not pages:
            raise NotReadable("damaged")
        return Found(self.name, self._version, pages, in_file, found)

    async def _picture(self, content: bytes, number: int, languages: Sequence[str]) -> tuple[Page, list[Block]]:
        rows = await self._best(content, _by_script(languages))
        _, _, width, height = rows[0].box
        return _page(number, width, height, "picture"), [*blocks(number, width, height, _paragraphs(rows))]

    async def _best(self, content: bytes, scripts: Sequence[str]) -> "list[_Row]":
        """By the packs that find most to read. If they are not sure of it either, the lines are looked for one by one: a paper
        that is askew can look like columns."""
        readings = [(await self._rows(content, packs, _COLUMNS), packs) for packs in scripts]
        rows, packs = max(readings, key=lambda reading: _weight(reading[0]))
        return rows if _is_sure(rows) else max(rows, await self._rows(content, packs, _LINES), key=_weight)

    async def _rows(self, content: bytes, packs: str, how: str) -> "list[_Row]":
        """The row of the page, and those of the words on it."""
        ended = await run(("tesseract", "stdin", "stdout", "-l", packs, "--psm", how, *_LIGHT, "tsv"), content)
        rows = [*_rows(ended.output)]
        if ended.code != 0 or not rows:
            raise NotReadable("too_large" if "too large" in ended.errors else "damaged")
        return rows

    async def _installed(self) -> frozenset[str]:
        if self._packs is None:
            version = await run(("tesseract", "--version"))
            listed = await run(("tesseract", "--list-langs"))
            named = _VERSION.search(version.output.decode() + version.errors)
            if version.code or listed.code or named is None:
                raise Unwell("tesseract does not say its version and languages")
            self._version = named[1]
            self._packs = frozenset(listed.output.decode().split("\n")[1:]) - {"", "osd"}
        return self._packs


@lru_cache(maxsize=200)
def pack(tag: str) -> str:
    """Tesseract's name of a language: that of ISO 639-2, but for Chinese, which it has by script."""
    language = Language.get(tag)
    if language.language == "zh":
        return "chi_tra" if language.maximize().script == "Hant" else "chi_sim"
    primary = language.language or ""
    try:
        return _NAMED_OTHERWISE.get(primary) or language.to_alpha3()
    except LookupError:
        return ""


def _by_script(languages: Sequence[str]) -> list[str]:
    """The packs to read with, one after the other: of the languages in Latin letters together, and of each other one alone.

    Told to look for Chinese or Arabic and English at once, Tesseract takes more words for English than are (it read 89 % of
    Chinese waybills, and 95 % one by one). The packs of other scripts know Latin letters and digits too.
    """
    latin = [pack(tag) for tag in languages if Language.get(tag).maximize().script == "Latn"]
    others = [pack(tag) for tag in languages if pack(tag) not in latin]
    return [*dict.fromkeys(["+".join(dict.fromkeys(latin)), *others])][0 if latin else 1 :]


class _Row(NamedTuple):
    """A row of Tesseract's table: the page, or a word with its block, its paragraph in that, and its line in that."""

    level: int
    place: tuple[int, int, int]
    box: tuple[int, int, int, int]
    confidence: float
    text: str


def _rows(output: bytes) -> Iterator[_Row]:
    """The row of the page, and then the words on it. Raises NotReadable if it is another table than expected."""
    for line in output.decode("utf-8", "replace").split("\n")[1:]:
        cells = line.split("\t")
        if len(cells) < 12:
            continue
        level, _, block, paragraph, number, _, left, top, width, height = map(int, cells[:10])
        if level in (_PAGE_ROW, _WORD_ROW):
            box = (left, top, left + width, top + height)
            yield _Row(level, (block, paragraph, number), box, float(cells[10]), cells[11].strip())


def _weight(rows: Sequence[_Row]) -> float:
    """How much a reading has to say for itself: by letters."""
    return sum((row.confidence - _GUESS) * len(row.text) for row in rows if row.level == _WORD_ROW)


def _is_sure(rows: Sequence[_Row]) -> bool:
    letters = sum(len(row.text) for row in rows if row.level == _WORD_ROW)
    return letters > 0 and _weight(rows) >= (_DOUBTFUL - _GUESS) * letters


def _paragraphs(rows: Sequence[_Row]) -> Iterator[list[Line]]:
    words = [row for row in rows if row.level == _WORD_ROW and row.text]
    for _, paragraph in groupby(words, key=lambda row: row.place[:2]):
        lines = groupby(paragraph, key=lambda row: row.place)
        yield [[Word(*row.box, row.text, row.confidence) for row in line] for _, line in lines]


def _page(number: int, width: float, height: float, found_by: FoundBy) -> Page:
    return Page(number, round(width), round(height), found_by)
