"""The media type of a file, found from its content alone: a name or a declared type is only a claim of the sender.

Malformed
├── FileEmpty            no content
├── FileTooLarge         more bytes than the limit
└── FileTypeNotAllowed   not a type of evidence; says what the file looks like
"""

import codecs
import re

from domain.kernel.refusals import Malformed

HEAD = 64 * 1024
"""The type is found from so many bytes at the beginning."""

TEXT = "text/plain"
PDF = "application/pdf"
_SIGNATURES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"%PDF-", PDF),
)
_PDF = re.compile(rb"%PDF-[0-9]")
_PDF_WITHIN = 1024
"""Readers find the header of a PDF in so many first bytes (ISO 32000-1, annex I.3.4.1). Printers, scanners and mail
programs put a byte-order mark, blank lines or commands before it."""

# Brands of ISO base media files, from the registry at mp4ra.org.
_BRANDS = {
    "image/heic": {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"},
    # 3GP is MP4 with the codecs of phones (3GPP TS 26.244). XAVC, MSNV: cameras.
    "video/mp4": {
        *(b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"iso7", b"iso8", b"iso9"),
        *(b"mp41", b"mp42", b"mmp4", b"avc1", b"dash", b"M4V ", b"M4VH", b"M4VP", b"MSNV", b"XAVC"),
        *(b"3gp4", b"3gp5", b"3gp6", b"3gp7", b"3g2a", b"3g2b", b"3g2c"),
    },
    "video/quicktime": {b"qt  "},
}
_OTHERWISE = {
    **dict.fromkeys((b"avif", b"avis", b"avio"), "AVIF image"),
    **dict.fromkeys((b"M4A ", b"M4B ", b"M4P ", b"F4A ", b"F4B "), "MP4 audio"),
    b"crx ": "raw photo",
}
"""Brands of files that are not taken, although they name an allowed brand as compatible."""

_QUICKTIME_BOXES = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
"""How a QuickTime file of an older camera begins: `ftyp` came with ISO base media files (QuickTime File Format, "The
File Type Compatibility Atom")."""

SUFFIXES = {
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "application/pdf": (".pdf",),
    "image/webp": (".webp",),
    "image/heic": (".heic", ".heif"),
    "video/mp4": (".mp4", ".m4v"),
    "video/quicktime": (".mov",),
    TEXT: (".txt", ".log", ".md"),
}
"""The endings that a name may have, by media type. The first is added to a name with any other ending. A table (.csv)
has none: the programs that open it execute the formulas in it."""

ALLOWED = (*(kind for _, kind in _SIGNATURES), "image/webp", *_BRANDS, TEXT)
"""The media types that evidence may have."""

_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_MARKUP = re.compile(rb"\s*<[!?/a-z]", re.IGNORECASE)
_MARKUP_NAMES = ((b"<svg", "SVG"), (b"<html", "HTML"), (b"<!doctype html", "HTML"), (b"<script", "HTML"))
_REFUSED_SIGNATURES = (
    (b"MZ", "Windows Executable"),
    (b"\x7fELF", "ELF executable"),
    (b"PK\x03\x04", "ZIP archive or office document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "older office document"),
    (b"GIF8", "GIF image"),
)
"""The refused types that people send most often. For any other type the refusal says "unknown"."""

_TURNING = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
"""Marks of direction (Unicode UAX 9): with one of them, a name that ends in "exe" is shown as if it ended in "txt"."""

_NOT_UTF8 = "text that is not UTF-8"


def safe_name(name: str, media_type: str) -> str:
    """A name under which the file can be saved and opened. Its ending fits the content, whatever the sender wrote, and
    it holds no mark that reverses the reading direction."""
    plain = _TURNING.sub("", name).rstrip(". ")
    return plain if plain.lower().endswith(SUFFIXES[media_type]) else plain + SUFFIXES[media_type][0]


class FileEmpty(Malformed):
    """The file is empty.

    Why: A file without content proves nothing, and is usually a failed upload.

    What to do: Check the file, and send it again.
    """


class FileTooLarge(Malformed):
    """The file is larger than `limit` bytes.

    Why: Files are kept as long as the dispute, byte for byte. The limit is set by the operator.

    What to do: Send at most `limit` bytes: compress a photograph, or split a film into parts.

    Example: {"limit": 20971520}
    """


class FileTypeNotAllowed(Malformed):
    """The file is, by its content, of a type that is not taken as evidence.

    Why: Evidence must be readable for both sides, and must not run as a program on their machines. The type is found
    from the content, not from the name.

    What to do: Convert the file into one of the types in `allowed`, such as a PDF or a JPEG. `found` says what it looks
    like.

    Example: {"found": "Windows program", "allowed": ["image/jpeg", "application/pdf", "text/plain"]}
    """

    def __init__(self, found: str) -> None:
        super().__init__(found=found, allowed=list(ALLOWED))


class Content:
    """Checks a file while it passes."""

    def __init__(self, head: bytes) -> None:
        """Finds the type from the first `HEAD` bytes (all, if the file is shorter). Raises FileTypeNotAllowed."""
        self.media_type = _media_type(head)
        self._text = codecs.getincrementaldecoder("utf-8")() if self.media_type == TEXT else None

    def pass_on(self, part: bytes, *, last: bool) -> None:
        """Takes every part of the file in turn, including the head. Raises FileTypeNotAllowed."""
        if self._text is None:
            return
        if _CONTROL.search(part):
            raise FileTypeNotAllowed("binary data")
        try:
            self._text.decode(part, last)
        except UnicodeDecodeError:
            raise FileTypeNotAllowed(_NOT_UTF8) from None


def _media_type(head: bytes) -> str:
    """Raises FileTypeNotAllowed."""
    for signature, media_type in _SIGNATURES:
        if head.startswith(signature):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    plain = head.removeprefix(codecs.BOM_UTF8)
    if plain.startswith(b"#!") or _MARKUP.match(plain):
        raise FileTypeNotAllowed(_name(plain))
    binary = _CONTROL.search(head) is not None
    if binary and head[4:8] == b"ftyp":
        return _media_type_of_brands(head)
    if binary and head[4:8] in _QUICKTIME_BOXES:
        return "video/quicktime"
    if binary and _is_refused(plain):
        raise FileTypeNotAllowed(_name(plain))
    if _is_pdf(plain, binary):
        return PDF
    if binary:
        raise FileTypeNotAllowed(_name(plain))
    return TEXT


def _is_pdf(plain: bytes, binary: bool) -> bool:
    """A text that only mentions the header of a PDF is a text. A PDF that has no binary data begins with its header."""
    found = _PDF.search(plain[:_PDF_WITHIN])
    return found is not None and (binary or not plain[: found.start()].strip())


def _media_type_of_brands(head: bytes) -> str:
    """The first brand that says what the file is: the major one, or one of those that the file is compatible with.

    A reader may open a file by any of its compatible brands (ISO/IEC 14496-12, section 4.3). So the phone's or camera's
    own brand may stand first, and so may `mif1` and `msf1`, which any still image and any sequence of images may carry.
    Raises FileTypeNotAllowed.
    """
    end = min(int.from_bytes(head[:4], "big"), 256)
    for brand in (head[8:12], *(head[at : at + 4] for at in range(16, end, 4))):
        if brand in _OTHERWISE:
            raise FileTypeNotAllowed(_OTHERWISE[brand])
        for media_type, brands in _BRANDS.items():
            if brand in brands:
                return media_type
    raise FileTypeNotAllowed("unknown")


def _is_refused(head: bytes) -> bool:
    return any(head.startswith(mark) for mark, _ in _REFUSED_SIGNATURES)


def _name(head: bytes) -> str:
    """What a refused file looks like, for the person who sent it."""
    if _MARKUP.match(head):
        lowered = head.lower()
        return next((name for mark, name in _MARKUP_NAMES if mark in lowered), "XML")
    if head.startswith(b"#!"):
        return "script"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _NOT_UTF8
    return next((name for mark, name in _REFUSED_SIGNATURES if head.startswith(mark)), "unknown")
