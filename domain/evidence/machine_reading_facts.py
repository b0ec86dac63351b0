"""The facts about text that the engine read in pictures and PDFs of exhibits. The file is the evidence, not this text."""

from typing import Annotated, Literal
from uuid import UUID, uuid5

from pydantic import Field

from domain.kernel.base import Event, Value
from domain.kernel.disclosure import Audience, Told
from domain.kernel.frozen import frozen, replace
from domain.kernel.people import Text
from domain.kernel.places import LanguageTag
from domain.settlement.translation_facts import EngineName, Source

# --- types ---

MAX_BLOCKS = 400
"""The most blocks of text that one fact holds."""

Thousandths = Annotated[int, Field(ge=0, le=1000)]

WhyNotRead = Literal["damaged", "locked", "too_large", "took_too_long"]
"""Why a file was not read: it is not whole, or not what its first bytes say; it needs a password; it has more points or
needs more memory than the engine allows; reading it took longer than the engine allows."""

FoundBy = Literal["picture", "text_layer"]
"""`picture`: the page was read as a picture. `text_layer`: the PDF itself has the page's text."""


class Box(Value):
    """Where a text stands on its page, in thousandths of the page's width and height, from the top left corner.

    The page is the picture as a viewer shows it: turned as the camera says.
    """

    left: Told[Thousandths]
    top: Told[Thousandths]
    width: Told[Thousandths]
    height: Told[Thousandths]


class Block(Value):
    """Lines that belong together. `confidence` is from 0 to 100, as the reader says; None for a PDF's own text."""

    page: Told[int]
    box: Told[Box]
    text: Told[Text]
    confidence: Told[Annotated[int, Field(ge=0, le=100)] | None]


class Page(Value):
    """A page that was read. Its size is in points of the picture; for a PDF's own text, in 1/72 inch."""

    number: Told[int]
    width: Told[int]
    height: Told[int]
    found_by: Told[FoundBy]


class TextFound(Event, kind="TextFound", stream="conversation", told_to=Audience.ALL, consequence=True):
    """The engine read the file of an exhibit. The texts are sealed for the author of the exhibit, so that erasing them takes
    the texts along.

    `source` is a keyed hash of the file's content, its author and the dispute: of the same file, the exhibit that came first is
    named. `languages` are those that were looked for. `pages` are those that were read, of `pages_in_file`. `cut`: there was
    more text than one fact holds.
    """

    reading_id: UUID
    exhibit: Told[int]
    source: Source
    languages: Told[tuple[LanguageTag, ...]]
    engine: Told[EngineName]
    engine_version: Told[EngineName]
    pages: Told[tuple[Page, ...]]
    pages_in_file: Told[int]
    blocks: Told[Annotated[tuple[Block, ...], Field(max_length=MAX_BLOCKS)]]
    cut: Told[bool]


class FileNotRead(Event, kind="FileNotRead", stream="conversation", told_to=Audience.ALL, consequence=True):
    """The engine could not read the file of an exhibit. The file itself is kept as it was sent."""

    reading_id: UUID
    exhibit: Told[int]
    source: Source
    languages: Told[tuple[LanguageTag, ...]]
    why: Told[WhyNotRead]


MachineReadingEvent = TextFound | FileNotRead

# --- state ---


@frozen
class MachineReadings:
    """The readings of one dispute by id: those that found what there is, and those that failed."""

    done: frozenset[UUID] = frozenset()
    failed: frozenset[UUID] = frozenset()


def reading_id_of(dispute_id: UUID, source: str, languages: tuple[str, ...]) -> UUID:
    """The id of the reading of one file of a dispute for a set of languages. The order does not matter."""
    looked_for = "+".join(sorted(tag.lower() for tag in languages))
    return uuid5(dispute_id, f"machine-reading/{source}/{looked_for}")


# --- evolve ---


def evolve(readings: MachineReadings, event: MachineReadingEvent) -> MachineReadings:
    match event:
        case TextFound():
            return replace(readings, done=readings.done | {event.reading_id})
        case FileNotRead():
            return replace(readings, failed=readings.failed | {event.reading_id})
