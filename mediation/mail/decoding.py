"""Bytes as text. The charset that a mail names is tried first, then what the bytes look like. No byte raises an error."""

import re
from contextlib import suppress
from email.header import Header, decode_header

from charset_normalizer import from_bytes

_WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "hz": "hz",
    "big5": "big5hkscs",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso-8859-1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "iso-8859-9": "cp1254",
    "windows-874": "cp874",
    "tis-620": "cp874",
    "iso-8859-8-i": "iso-8859-8",
    "x-gbk": "gb18030",
    "x-mac-roman": "mac-roman",
    "utf8": "utf-8",
    "utf-8mb4": "utf-8",
}
"""Mail programs name a charset and send characters of its larger successor: a euro sign in "iso-8859-1", a rare name in
"gb2312"."""

_ENOUGH = 20
"""From so many bytes on, guessing a charset is more often right than wrong."""

_BLANKS = re.compile(r"\s+")
_UNPAIRED = re.compile(r"[\ud800-\udfff]")


def decoded(raw: bytes, charset: str | None) -> str:
    """The text, with U+FFFD for each byte that cannot be read. A byte order mark is no part of it."""
    named = (charset or "").strip().strip("\"'").lower().replace("_", "-") if charset else ""
    for candidate in (_WIDER.get(named, _WIDER.get(named.replace("-", "_"), named)), "utf-8"):
        if candidate and (text := _tried(raw, candidate)) is not None:
            return text
    if len(raw) >= _ENOUGH and (best := from_bytes(raw).best()) is not None:
        return str(best).removeprefix("\ufeff")
    return raw.decode("cp1252", errors="replace")


def header(value: Header | str | None) -> str:
    """A header as its writer saw it: encoded words decoded, folded lines joined. An absent header is empty."""
    if value is None:
        return ""
    text = str(value)
    with suppress(ValueError, LookupError):
        text = "".join(
            decoded(part, charset) if isinstance(part, bytes) else part for part, charset in decode_header(value)
        )
    return _BLANKS.sub(" ", _UNPAIRED.sub("\ufffd", text)).strip()


def _tried(raw: bytes, charset: str) -> str | None:
    with suppress(LookupError, UnicodeDecodeError, ValueError):
        return _UNPAIRED.sub("\ufffd", raw.decode(charset)).removeprefix("\ufeff")
    return None
