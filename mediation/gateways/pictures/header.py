"""The size of a picture and how it is turned, from its first bytes: nothing is unpacked.

So a picture that would fill the memory is refused before any program sees it. A phone stores a photograph as its sensor lies,
and notes how to turn it (Exif 2.32, tag 0x0112).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_UPRIGHT = 1
_ORIENTATION = 0x0112
_NO_SIZE = {0xC4, 0xC8, 0xCC}
"""Markers among those of a JPEG's frames (ITU-T T.81, table B.1) that begin no frame."""


@dataclass(frozen=True, slots=True)
class Header:
    """`width` and `height` as stored. `orientation` from 1 to 8, as Exif numbers them; 1 is upright. `colours` are the
    components of each point of a JPEG: 1, 3 or 4."""

    width: int
    height: int
    orientation: int = _UPRIGHT
    colours: int = 3


def header(content: bytes, media_type: str) -> Header | None:
    """None if the file is cut off before it says its size, or says none."""
    try:
        match media_type:
            case "image/png":
                return Header(*struct.unpack(">II", content[16:24]))
            case "image/jpeg":
                return _of_jpeg(content)
            case "image/webp":
                return _of_webp(content)
    except (struct.error, IndexError):
        return None
    return None


def _of_jpeg(content: bytes) -> Header | None:
    orientation = _UPRIGHT
    for marker, at, end in _segments(content):
        if marker == 0xE1 and content[at : at + 6] == b"Exif\0\0":
            orientation = _orientation(content[at + 6 : end])
        if 0xC0 <= marker <= 0xCF and marker not in _NO_SIZE:
            height, width = struct.unpack(">HH", content[at + 1 : at + 5])
            return Header(width, height, orientation, content[at + 5])
    return None


def _segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """The marker of each segment, and where its content begins and ends."""
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:  # fill bytes may stand before a marker
            at += 1
            continue
        (length,) = struct.unpack(">H", content[at + 2 : at + 4])
        yield marker, at + 4, at + 2 + length
        at += 2 + max(length, 2)


def _orientation(exif: bytes) -> int:
    """Of the first directory of a TIFF structure."""
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None:
        return _UPRIGHT
    try:
        (start,) = struct.unpack(f"{order}I", exif[4:8])
        (entries,) = struct.unpack(f"{order}H", exif[start : start + 2])
        for number in range(min(entries, 200)):
            entry = exif[start + 2 + 12 * number : start + 14 + 12 * number]
            tag, _, _, value = struct.unpack(f"{order}HHIH", entry[:10])
            if tag == _ORIENTATION:
                return int(value) if 1 <= value <= 8 else _UPRIGHT
    except struct.error:
        pass
    return _UPRIGHT


def _of_webp(content: bytes) -> Header | None:
    """Its three forms: lossy (RFC 6386, section 9.1), lossless, and extended (RFC 9649, sections 2.7 and 3.4)."""
    kind, body = content[12:16], content[20:]
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", body[6:10])
        return Header(width & 0x3FFF, height & 0x3FFF)
    if kind == b"VP8L":
        (bits,) = struct.unpack("<I", body[1:5])
        return Header((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if kind == b"VP8X":
        return Header(int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1)
    return None
