"""The bytes of a mail, RFC 5322, as what a person sees: who wrote to whom, the subject, the text, the files.

The bytes stay the record; what is read from them can be read again by a better reader. Nothing in a mail raises an error: what
cannot be read is named. The library's older reader (`compat32`) is used on purpose: the modern one raises on malformed heads
that real mail programs send.
"""

import email
import email.policy
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import Header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses, parsedate_to_datetime
from typing import Literal

from tnefparse import TNEF

from mediation.mail.decoding import decoded, header
from mediation.mail.html_text import text_of

MAX_PARTS = 200
"""Parts of one mail that are looked at. A mail of 500 parts is an attack or an accident."""

MAX_FILES = 50
MAX_TEXT = 200_000
"""Characters of one text. A longer one is cut; the whole is in the bytes."""

MAX_SUBJECT = 500
"""Characters."""

_HEAD = 256 * 1024
"""The sender stands in so many bytes."""

_WINMAIL = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})

Why = Literal["too_many_parts", "too_many_files", "unreadable", "text_cut", "subject_cut"]


@dataclass(frozen=True, slots=True)
class Attached:
    """A file. `name` may be empty. An `inline` file is a picture that the text shows, such as one of a signature."""

    name: str
    content: bytes
    inline: bool = False


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something of the mail that was not taken over, and why. `what` is the name of a file or the media type of a part."""

    what: str
    why: Why


@dataclass(frozen=True, slots=True)
class Mail:
    """Addresses are in lower case, without names. `references` has the message ids of `In-Reply-To` and `References`, the
    nearest first, without angle brackets. `text` is the plain text, whole, with copies of older mails in it."""

    message_id: str
    sender: str
    recipients: tuple[str, ...]
    references: tuple[str, ...]
    subject: str
    text: str
    written_at: datetime | None
    files: tuple[Attached, ...]
    left_out: tuple[LeftOut, ...]
    headers: Message


def read(raw: bytes) -> Mail:
    message, left_out = _parsed(raw)
    parts, not_looked_at = _parts(message)
    text, cut = _text(parts)
    files, not_taken = _files(parts)
    subject = header(message.get("Subject"))
    cut += [LeftOut("subject", "subject_cut")] if len(subject) > MAX_SUBJECT else []
    return Mail(
        message_id=_id(message.get("Message-ID")),
        sender=next(iter(addresses(message, "From")), ""),
        recipients=tuple(addresses(message, "To", "Cc", "Delivered-To", "X-Original-To")),
        references=_references(message),
        subject=subject[:MAX_SUBJECT],
        text=text,
        written_at=_date(message),
        files=files,
        left_out=(*left_out, *not_looked_at, *cut, *not_taken),
        headers=message,
    )


def sender_of(raw: bytes) -> str:
    """The sender's address alone, without reading the rest. Empty if there is none."""
    head = BytesHeaderParser(policy=email.policy.compat32).parsebytes(raw[:_HEAD])
    return next(iter(addresses(head, "From")), "")


def _parsed(raw: bytes) -> tuple[Message, list[LeftOut]]:
    """Parts inside parts without end are more than the parser takes: then only the head is read."""
    try:
        return email.message_from_bytes(raw, policy=email.policy.compat32), []
    except RecursionError:
        head = BytesHeaderParser(policy=email.policy.compat32).parsebytes(raw)
        head.set_payload("")
        return head, [LeftOut(head.get_content_type(), "too_many_parts")]


def addresses(message: Message, *names: str) -> Iterator[str]:
    """The addresses of these headers, in lower case, each once."""
    values = [str(value) for name in names for value in message.get_all(name, [])]
    found: dict[str, None] = {}
    with suppress(ValueError):
        found = {address.strip().lower(): None for _, address in getaddresses(values) if "@" in address}
    return iter(found)


def _id(value: Header | str | None) -> str:
    return header(value).strip().strip("<>").strip()


def _references(message: Message) -> tuple[str, ...]:
    """Some programs write long ids as encoded words."""
    nearest_last = f"{header(message.get('References'))} {header(message.get('In-Reply-To'))}".split()
    return tuple(dict.fromkeys(_id(one) for one in reversed(nearest_last) if "@" in one))


def _date(message: Message) -> datetime | None:
    with suppress(TypeError, ValueError, IndexError, OverflowError):
        at = parsedate_to_datetime(str(message["Date"]))
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    return None


def _parts(message: Message) -> tuple[list[Message], list[LeftOut]]:
    """The leaves of the tree of parts. A forwarded mail is one leaf: it is a file."""
    found: list[Message] = []
    waiting = [message]
    while waiting:
        part = waiting.pop(0)
        inner = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inner, list):
            waiting[:0] = [one for one in inner if isinstance(one, Message)]
        else:
            found.append(part)
        if len(found) > MAX_PARTS:
            return found[:MAX_PARTS], [LeftOut(str(len(waiting) + 1), "too_many_parts")]
    return found, []


def _text(parts: Sequence[Message]) -> tuple[str, list[LeftOut]]:
    """The first plain text that has words, or else the first HTML."""
    for media_type in ("text/plain", "text/html"):
        for part in parts:
            if part.get_content_type() == media_type and not _is_file(part):
                text = (
                    decoded(_content(part), _charset(part)).replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
                )
                text = text_of(text) if media_type == "text/html" else text
                if text.strip():
                    return text[:MAX_TEXT], [LeftOut("text", "text_cut")] if len(text) > MAX_TEXT else []
    return "", []


def _files(parts: Sequence[Message]) -> tuple[tuple[Attached, ...], list[LeftOut]]:
    found: list[Attached] = []
    left_out: list[LeftOut] = []
    for part in parts:
        if not _is_file(part):
            continue
        name = _file_name(part)
        try:
            found.extend(_unpacked(part, name))
        except Exception:  # the reader of winmail.dat raises whatever a malformed one makes it raise
            left_out.append(LeftOut(name or part.get_content_type(), "unreadable"))
    left_out.extend(LeftOut(file.name, "too_many_files") for file in found[MAX_FILES:])
    return tuple(found[:MAX_FILES]), left_out


def _unpacked(part: Message, name: str) -> list[Attached]:
    """A file, or the files inside of Outlook's own wrapping, `winmail.dat`."""
    if part.get_content_type() in _WINMAIL or name.lower() == "winmail.dat":
        wrapped = TNEF(_content(part), do_checksum=False)
        return [Attached(_clean(str(inner.long_filename() or "")), bytes(inner.data)) for inner in wrapped.attachments]
    content = _content(part)
    if part.get_content_type() == "message/rfc822":
        return [Attached(name or "mail.eml", content)]
    inline = part.get_content_disposition() != "attachment" and part.get("Content-ID") is not None
    return [Attached(name, content, inline)] if content else []


def _is_file(part: Message) -> bool:
    """Not the text of the mail, and not what only programs read."""
    if part.get_content_disposition() == "attachment" or _file_name(part):
        return True
    media_type = part.get_content_type()
    return not media_type.startswith(
        ("text/plain", "text/html", "message/delivery-status", "message/disposition", "multipart")
    )


def _file_name(part: Message) -> str:
    with suppress(Exception):  # malformed RFC 2231 parameters raise what they like
        return _clean(header(part.get_filename()))
    return ""


def _clean(name: str) -> str:
    """The last part of a path, in whichever way it is written."""
    return name.replace("\0", "").replace("\\", "/").rpartition("/")[2].strip()


def _charset(part: Message) -> str | None:
    with suppress(Exception):
        return part.get_content_charset()
    return None


def _content(part: Message) -> bytes:
    inner = part.get_payload()
    if isinstance(inner, list):  # a forwarded mail
        return inner[0].as_bytes() if inner and isinstance(inner[0], Message) else b""
    with suppress(Exception):
        payload = part.get_payload(decode=True)
        return payload if isinstance(payload, bytes) else b""
    return str(inner).encode("utf-8", errors="surrogateescape")
