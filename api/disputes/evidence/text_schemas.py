"""Text that the engine read in the file of an exhibit, shown over the picture."""

from typing import Annotated, Any, Literal

from pydantic import Field

from api.http.bodies import Answer, example
from api.http.relative import ago
from domain.evidence.machine_reading_facts import FoundBy, Thousandths, WhyNotRead
from domain.kernel.base import Instant
from domain.kernel.places import LanguageTag
from projections.case_story.parts import Part, Said


class BoxShown(Part):
    """In thousandths of the page's width and height, from its top left corner. The page is the picture as a viewer shows it:
    turned as the camera says."""

    left: Thousandths
    top: Thousandths
    width: Thousandths
    height: Thousandths


class PageShown(Part):
    number: int
    width: int
    height: int
    found_by: Annotated[
        FoundBy,
        Field(
            description="`picture`: the page was read as a picture. `text_layer`: the PDF itself has the page's text."
        ),
    ]


class BlockShown(Part):
    """Lines that belong together."""

    page: int
    box: BoxShown
    text: Said
    confidence: Annotated[
        int | None, Field(description="From 0 to 100, as the reader says. None for a PDF's own text: nobody guessed.")
    ]


_BLOCK: dict[str, Any] = {
    "page": 1,
    "box": {"left": 92, "top": 140, "width": 410, "height": 38},
    "text": {"text": "收件人签名：", "language": "zh-Hans"},
    "confidence": 91,
}


class ExhibitText(Answer):
    """What a machine read in the file of an exhibit. It may be wrong, and it is no evidence: the file is. A ruling cites the
    exhibit. `read_at` is null while the file has not been read."""

    model_config = example(
        {
            "exhibit": 1,
            "machine_read": True,
            "read_at": ago(hours=1),
            "not_read": None,
            "engine": "tesseract",
            "version": "5.3.0",
            "languages": ["it", "zh-Hans", "en"],
            "pages": [{"number": 1, "width": 1600, "height": 1200, "found_by": "picture"}],
            "pages_in_file": 1,
            "cut": False,
            "blocks": [_BLOCK],
        }
    )

    exhibit: int
    machine_read: Literal[True] = True
    read_at: Annotated[
        Instant | None,
        Field(
            description="None: not read yet, or never, because it is neither a picture nor a PDF, or because the policy of the "
            "dispute or this installation reads none."
        ),
    ] = None
    not_read: Annotated[
        WhyNotRead | None,
        Field(
            description="Why it could not be read: `damaged`, `locked` (it needs a password), `too_large`, `took_too_long`."
        ),
    ] = None
    engine: str | None = None
    version: str | None = None
    languages: Annotated[tuple[LanguageTag, ...], Field(description="The languages that were looked for.")] = ()
    pages: Annotated[tuple[PageShown, ...], Field(description="The pages that were read.")] = ()
    pages_in_file: int | None = None
    cut: Annotated[bool, Field(description="There is more text on these pages than is kept.")] = False
    blocks: tuple[BlockShown, ...] = ()
