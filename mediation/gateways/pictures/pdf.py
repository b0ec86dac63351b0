"""The pages of a PDF: their own text where they have one, otherwise each as a picture. By Poppler (Debian: poppler-utils)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from unicodedata import normalize

from mediation.gateways.pictures.blocks import Line, Word
from mediation.gateways.pictures.header import Header
from mediation.gateways.pictures.limited import Ended, run
from mediation.gateways.pictures.port import NotReadable, Why

PROGRAMS = ("pdfinfo", "pdftotext", "pdftoppm")

MAX_PAGES = 10
"""The pages of a PDF that are read: the first."""

_LONG_SIDE = 2400
"""Points of the longer side of a page that is made a picture: 205 to the inch for A4. The page's own size does not count, so
no page fills the memory."""

_FEWEST = 20
"""A page with fewer letters of its own is a scan with a page number, or a stamp."""

_ODD = 0.1
"""If more of the letters mean nothing, the fonts do not say which letters their signs are."""

_MIRRORED = frozenset({2, 4, 5, 7})
_ROTATE = {3: 180, 4: 180, 5: 270, 6: 90, 7: 90, 8: 270}
"""How a viewer turns a photograph clockwise, after mirroring it, by what the camera notes (Exif 2.32, tag 0x0112)."""

_COLOURS = {1: "DeviceGray", 4: "DeviceCMYK"}

_PAGES = re.compile(r"^Pages:\s+(\d+)$", re.MULTILINE)
_PAGE = re.compile(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', re.DOTALL)
_BLOCK = re.compile(r"<block [^>]*>(.*?)</block>", re.DOTALL)
_LINE = re.compile(r"<line [^>]*>(.*?)</line>", re.DOTALL)
_WORD = re.compile(r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)</word>', re.DOTALL)
_FORMS = re.compile("[\ufb1d-\ufdff\ufe70-\ufeff]+")
"""Arabic and Hebrew letters in the shapes that they have in print: a text has the letters themselves."""

_PRIVATE = re.compile("[\ufffd\ue000-\uf8ff]")


@dataclass(frozen=True, slots=True)
class OwnText:
    """The text that a page of a PDF has itself, in paragraphs. Sizes are in 1/72 inch."""

    width: float
    height: float
    paragraphs: Sequence[Sequence[Line]]

    @property
    def enough(self) -> bool:
        said = "".join(word.text for lines in self.paragraphs for line in lines for word in line)
        letters = sum(map(str.isalnum, said))
        return letters >= _FEWEST and len(_PRIVATE.findall(said)) <= _ODD * len(said)


async def count(content: bytes) -> int:
    """How many pages it has. Raises NotReadable, Unwell."""
    ended = _good(await run(("pdfinfo", "-"), content))
    found = _PAGES.search(ended.output.decode("utf-8", "replace"))
    if found is None or int(found[1]) < 1:
        raise NotReadable("damaged")
    return int(found[1])


async def own_texts(content: bytes, pages: int) -> list[OwnText]:
    """The own text of the first pages; of a page without any, an empty one. Raises NotReadable, Unwell."""
    command = ("pdftotext", "-bbox-layout", "-enc", "UTF-8", "-f", "1", "-l", str(pages), "-", "-")
    ended = _good(await run(command, content))
    written = ended.output.decode("utf-8", "replace")
    return [OwnText(float(w), float(h), [*_paragraphs(body)]) for w, h, body in _PAGE.findall(written)]


async def picture(content: bytes, page: int, *, scaled: bool = True) -> bytes:
    """One page as a picture, a grey one: a PGM. Unless it is `scaled`, 1/72 inch is a point. Raises NotReadable, Unwell."""
    size = ("-scale-to", str(_LONG_SIDE)) if scaled else ("-r", "72")
    command = ("pdftoppm", "-f", str(page), "-l", str(page), "-singlefile", *size, "-gray", "-")
    ended = _good(await run(command, content))
    if not ended.output.startswith(b"P5"):
        raise NotReadable("damaged")
    return ended.output


def turned(jpeg: bytes, head: Header) -> bytes:
    """A PDF whose page is the photograph as a viewer shows it. So Poppler turns it, which is here for PDFs anyway."""
    width, height = head.width, head.height
    mirrored = f"{-width} 0 0 {height} {width} 0" if head.orientation in _MIRRORED else f"{width} 0 0 {height} 0 0"
    drawn = f"{mirrored} cm /P Do"
    image = f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /BitsPerComponent 8 /Filter /DCTDecode"
    page = f"/Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Rotate {_ROTATE.get(head.orientation, 0)}"
    parts = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< {page} /Contents 4 0 R /Resources << /XObject << /P 5 0 R >> >> >>".encode(),
        f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream".encode(),
        f"<< {image} /ColorSpace /{_COLOURS.get(head.colours, 'DeviceRGB')} /Length {len(jpeg)} >>\nstream\n".encode()
        + jpeg
        + b"\nendstream",
    )
    made, places = bytearray(b"%PDF-1.4\n"), list[int]()
    for number, part in enumerate(parts, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    end = b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % len(made)
    return bytes(made) + b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % at for at in places) + end


def _good(ended: Ended) -> Ended:
    if ended.code != 0:
        why: Why = "locked" if "Incorrect password" in ended.errors else "damaged"
        raise NotReadable(why)
    return ended


def _paragraphs(page: str) -> Iterator[list[Line]]:
    for block in _BLOCK.findall(page):
        yield [[_word(*word) for word in _WORD.findall(line)] for line in _LINE.findall(block)]


def _word(left: str, top: str, right: str, bottom: str, text: str) -> Word:
    plain = _FORMS.sub(lambda found: normalize("NFKC", found[0]), unescape(text))
    return Word(float(left), float(top), float(right), float(bottom), plain)
