"""Text that the engine reads in pictures and PDFs. It decides nothing, and nobody can cite it: a ruling cites the exhibit."""

from collections.abc import Sequence
from typing import assert_never

from domain.dispute.case import Basis
from domain.evidence.machine_reading_facts import (
    Block,
    Box,
    FileNotRead,
    Page,
    TextFound,
    WhyNotRead,
    reading_id_of,
)
from domain.kernel.base import AboutPerson, Event, Instant, OnDispute, Value
from domain.kernel.people import Text
from domain.kernel.places import LanguageTag
from domain.settlement.translation import is_forgotten

# --- types ---


class FoundBlock(Value):
    """A block as it was found, before its text is sealed."""

    page: int
    box: Box
    text: str
    language: LanguageTag
    confidence: int | None


class RecordTextFound(OnDispute, AboutPerson):
    """Sent by the engine with what it read. `subject` is the author of the exhibit, `written_at` when that was recorded."""

    written_at: Instant
    exhibit: int
    source: str
    languages: tuple[LanguageTag, ...]
    engine: str
    engine_version: str
    pages: tuple[Page, ...]
    pages_in_file: int
    blocks: tuple[FoundBlock, ...]
    cut: bool = False


class RecordFileNotRead(OnDispute, AboutPerson):
    """Sent by the engine if it cannot read the file."""

    written_at: Instant
    exhibit: int
    source: str
    languages: tuple[LanguageTag, ...]
    why: WhyNotRead


MachineReadingCommand = RecordTextFound | RecordFileNotRead

# --- decisions ---


def decide(basis: Basis, command: MachineReadingCommand) -> Sequence[Event]:
    """One reading of a file for a set of languages stays. A reading that failed may be followed by one that did not."""
    reading_id = reading_id_of(command.dispute_id, command.source, command.languages)
    readings = basis.case.conversation.readings
    if reading_id in readings.done or is_forgotten(basis.case.person, command.written_at):
        return []
    match command:
        case RecordTextFound():
            return [
                TextFound(
                    reading_id=reading_id,
                    exhibit=command.exhibit,
                    source=command.source,
                    languages=command.languages,
                    engine=command.engine,
                    engine_version=command.engine_version,
                    pages=command.pages,
                    pages_in_file=command.pages_in_file,
                    blocks=tuple(_sealed(block, command) for block in command.blocks),
                    cut=command.cut,
                )
            ]
        case RecordFileNotRead():
            if reading_id in readings.failed:
                return []
            return [
                FileNotRead(
                    reading_id=reading_id,
                    exhibit=command.exhibit,
                    source=command.source,
                    languages=command.languages,
                    why=command.why,
                )
            ]
        case _:
            assert_never(command)


def _sealed(block: FoundBlock, command: RecordTextFound) -> Block:
    """Sealed for the author of the exhibit, as the file is."""
    text = Text(text=block.text, language=block.language, author=command.subject)
    return Block(page=block.page, box=block.box, text=text, confidence=block.confidence)
