"""Law reports on the text that a machine reads in pictures. It decides nothing, and it is gone with its author."""

from datetime import timedelta
from typing import Any

from domain.evidence.machine_reading import FoundBlock, RecordFileNotRead, RecordTextFound
from domain.evidence.machine_reading_facts import Block, Box, FileNotRead, Page, TextFound, reading_id_of
from domain.kernel.people import Side, Text
from domain.privacy.erasure import RecordErased, RequestErasure, TookPart
from tests.domain.law.acts import FILED_AT, FIRST, Act
from tests.domain.law.cast import buyer, engine, marketplace
from tests.domain.law.filings import filing
from tests.domain.law.reports import given, some

SOURCE = "5f" * 32
LANGUAGES = ("it", "zh-Hans", "en")
BOX = Box(left=92, top=140, width=410, height=38)
PAGE = Page(number=1, width=1600, height=1200, found_by="picture")


def _about(**fields: Any) -> dict[str, Any]:
    about = {"subject": buyer.subject, "written_at": FILED_AT, "exhibit": 1, "source": SOURCE, "languages": LANGUAGES}
    return {**about, **fields}


def reads(text: str = "收件人签名", **fields: Any) -> Act:
    block = FoundBlock(page=1, box=BOX, text=text, language="zh-Hans", confidence=91)
    read = {"engine": "tesseract", "engine_version": "5.3.0", "pages": (PAGE,), "pages_in_file": 1, "blocks": (block,)}
    return engine.act(RecordTextFound, **_about(**{**read, **fields}))


def cannot_read(**fields: Any) -> Act:
    return engine.act(RecordFileNotRead, **_about(why="damaged", **fields))


def test_what_was_read_is_sealed_for_the_author_of_the_exhibit() -> None:
    """Who erases the author takes it along, as it takes the file."""
    report = given(filing()).when(reads())
    report.then(
        TextFound(
            reading_id=reading_id_of(FIRST, SOURCE, LANGUAGES),
            exhibit=1,
            source=SOURCE,
            languages=LANGUAGES,
            engine="tesseract",
            engine_version="5.3.0",
            pages=(PAGE,),
            pages_in_file=1,
            blocks=(
                Block(
                    page=1,
                    box=BOX,
                    text=Text(text="收件人签名", language="zh-Hans", author=buyer.subject),
                    confidence=91,
                ),
            ),
            cut=False,
        )
    )
    report.leaves("negotiation", "respondent")


def test_a_file_is_read_once_for_its_languages() -> None:
    """Two workers that read it at once record it once, whatever the order of the languages. More languages are another
    reading."""
    given(filing(), reads()).when(reads("收货人签名", languages=("zh-Hans", "en", "it"))).then()
    given(filing(), reads()).when(reads(languages=(*LANGUAGES, "de"))).then(TextFound)
    given(filing(), reads()).when(reads(source="6f" * 32, exhibit=2)).then(some(TextFound, exhibit=2))


def test_a_file_that_cannot_be_read() -> None:
    """That is on record once. A later attempt may succeed, and what it found then stays."""
    report = given(filing()).when(cannot_read())
    report.then(some(FileNotRead, exhibit=1, why="damaged"))
    report.when(cannot_read()).then().when(reads()).then(TextFound)
    given(filing(), reads()).when(cannot_read()).then()


def test_what_was_read_late_of_somebody_who_was_erased() -> None:
    """It would bring back what was destroyed. What they showed after they came back is another matter."""
    gone = marketplace.act(
        RequestErasure, subject=buyer.subject, ground="person_asked", took_part=TookPart(side=Side.BUYER, readable=True)
    )
    report = given(filing(), buyer.withdraws(), gone)
    report.when(reads()).then()
    records = engine.act(RecordErased, subject=buyer.subject, number=1, erased_at=FILED_AT + timedelta(days=1))
    report = given(filing(), buyer.withdraws(), gone, records)
    report.when(reads()).then().when(cannot_read()).then()
    report.when(reads(written_at=FILED_AT + timedelta(days=2))).then(TextFound)
