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
_SIGNATURES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"%PDF-", "application/pdf"),
)
# Major brands of ISO base media files, from the registry at mp4ra.org. The major brand says how its maker meant the
# file.
_BRANDS = {
    "image/heic": {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"},
    "video/mp4": {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"dash"},
    "video/quicktime": {b"qt  "},
}
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
    """The file is empty."""


class FileTooLarge(Malformed):
    """The file is larger than `limit` bytes."""


class FileTypeNotAllowed(Malformed):
    """The file is, by its content, of a type that is not taken as evidence."""

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
    for signature, media_type in _SIGNATURES:
        if head.startswith(signature):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        for media_type, brands in _BRANDS.items():
            if _brand(head) in brands:
                return media_type
    plain = head.removeprefix(codecs.BOM_UTF8)
    if _CONTROL.search(head) or plain.startswith(b"#!") or _MARKUP.match(plain):
        raise FileTypeNotAllowed(_name(plain))
    return TEXT


def _brand(head: bytes) -> bytes:
    """The major brand. For the structural `mif1`, which any still image may carry: the first brand that says more."""
    major = head[8:12]
    if major != b"mif1":
        return major
    compatible = [head[at : at + 4] for at in range(16, min(int.from_bytes(head[:4], "big"), 256), 4)]
    return next((brand for brand in compatible if brand not in (b"mif1", b"miaf")), major)


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
