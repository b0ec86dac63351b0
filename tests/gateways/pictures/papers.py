"""PDFs, made by hand: with text of their own, of a scan, and one that needs a password."""

import io
from collections.abc import Sequence

from PIL import Image

A4 = (595, 842)


def paper(pages: Sequence[str], *, size: tuple[int, int] = A4, locked: bool = False) -> bytes:
    """A line of text on each page, 12 points high."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, text in enumerate(pages):
        page = f"/Parent 2 0 R /MediaBox [0 0 {size[0]} {size[1]}] /Contents {5 + 2 * number} 0 R"
        objects.append(f"<< /Type /Page {page} /Resources << /Font << /F1 3 0 R >> >> >>".encode())
        drawn = f"BT /F1 12 Tf 72 {size[1] - 102} Td ({text}) Tj ET".encode("cp1252")
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn))
    return _file(objects, _LOCK if locked else b"")


_LOCK = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >> /ID [<00> <00>]" % (b"5f" * 32, b"6f" * 32)


def locked() -> bytes:
    return paper(["A secret that needs a password"], locked=True)


def scanned(image: Image.Image) -> bytes:
    """The picture fills the page."""
    made = io.BytesIO()
    image.save(made, "PDF", resolution=100.0)
    return made.getvalue()


def _file(objects: Sequence[bytes], more: bytes) -> bytes:
    made, places = bytearray(b"%PDF-1.4\n"), list[int]()
    for number, body in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    made += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(made) + b"trailer << /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1,
        more,
        start,
    )
