"""What the engine asks of whatever reads text in pictures: the text of one file, and where on its pages it stands.

The file is hostile until proven otherwise. So is what comes back: the text is what a machine saw, and no evidence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

READABLE = frozenset({"image/jpeg", "image/png", "image/webp", "application/pdf"})
"""The media types of evidence in which text is looked for."""

Why = Literal["damaged", "locked", "too_large", "took_too_long"]
FoundBy = Literal["picture", "text_layer"]


@dataclass(frozen=True, slots=True)
class Box:
    """In thousandths of the page's width and height, from the top left corner of the page as a viewer shows it."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together. `confidence` is from 0 to 100; None for a PDF's own text."""

    page: int
    box: Box
    text: str
    confidence: int | None


@dataclass(frozen=True, slots=True)
class Page:
    """In points of the picture; for a PDF's own text, in 1/72 inch."""

    number: int
    width: int
    height: int
    found_by: FoundBy


@dataclass(frozen=True, slots=True)
class Found:
    """What is written in a file, of the pages that were read. `engine` and `version` name who read it."""

    engine: str
    version: str
    pages: Sequence[Page]
    pages_in_file: int
    blocks: Sequence[Block]


class NotReadable(Exception):
    """The file cannot be read. Asking again does not help."""

    def __init__(self, why: Why) -> None:
        self.why = why
        super().__init__(why)


class Unwell(Exception):
    """The reader itself does not work at this moment. Asking again later may help."""


class PictureReader(Protocol):
    async def languages(self, wanted: Sequence[str]) -> tuple[str, ...]:
        """Those of the BCP 47 tags that it can read, in the given order. Raises Unwell."""

    async def read(self, content: bytes, media_type: str, languages: Sequence[str]) -> Found:
        """`languages` are tags that it can read. Raises NotReadable, Unwell."""
