"""Which part of a mail's text its writer wrote, and which part is a copy of an older mail.

A copy is folded and never deleted: the parts, put together, are the text again. Answers that somebody wrote between the lines
of a copy stay the writer's own. Where it is not sure that a part is a copy, it counts as written.

A copy begins in one of three ways:

  1. Its lines begin with ">".
  2. A line above it says who wrote when: Gmail, Apple Mail, Thunderbird, NetEase. In each language this line ends with a colon
     and has a date and, in most programs, a mail address. No word of it needs to be known.
  3. A block of lines repeats the head of the older mail, `From:`, `Sent:`, `To:`, `Subject:`: Outlook and QQ Mail. The names
     of these lines differ by language.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

Kind = Literal["own", "copy"]


@dataclass(frozen=True, slots=True)
class Part:
    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Names:
    """The lines with which mail programs of one language repeat the head of an older mail."""

    sender: frozenset[str]
    others: frozenset[str]


def _names(sender: str, others: str) -> Names:
    return Names(frozenset(sender.split("|")), frozenset(others.split("|")))


HEADS: dict[str, Names] = {
    "en": _names("from", "sent|date|to|cc|subject|reply-to"),
    "de": _names("von", "gesendet|datum|an|cc|kopie|betreff"),
    "fr": _names("de|expéditeur", "envoyé|envoyé le|date|à|a|cc|copie|objet"),
    "es": _names("de", "enviado|enviado el|enviada|fecha|para|cc|asunto"),
    "it": _names("da", "inviato|data|a|cc|oggetto"),
    "pt": _names("de", "enviado|enviada|enviada em|enviado em|data|para|cc|assunto"),
    "nl": _names("van", "verzonden|datum|aan|cc|onderwerp"),
    "pl": _names("od", "wysłano|wysłane|data|do|dw|temat"),
    "tr": _names("kimden|gönderen", "gönderildi|gönderim tarihi|tarih|kime|bilgi|kopya|konu"),
    "ru": _names("от|от кого", "отправлено|дата|кому|копия|тема"),
    "uk": _names("від|від кого", "надіслано|дата|кому|копія|тема"),
    "zh": _names(
        "发件人|寄件者|寄件人", "发送时间|发送日期|日期|时间|收件人|抄送|主题|傳送時間|寄件日期|收件者|副本|主旨"
    ),
    "ja": _names("差出人|送信者", "送信日時|送信日|日時|日付|宛先|cc|件名"),
    "ko": _names("보낸 사람|보낸사람", "보낸 날짜|보낸날짜|날짜|받는 사람|받는사람|참조|제목"),
    "ar": _names("من", "تاريخ الإرسال|تم الإرسال|مرسل|أرسلت|التاريخ|إلى|نسخة|الموضوع"),
}
"""By language. From Outlook, Outlook on the web, Apple Mail, QQ Mail and Foxmail in these languages."""

_HEAD_LINES = 8
"""A repeated head has at most so many lines, or it is none."""

_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_NAMED = re.compile(r"^[*_ ]{0,3}([^\d:：<>]{1,24}?)[*_ ]{0,3}[:：](?:[*_ ]|$)")
_ADDRESS = re.compile(r"[^\s<>@()]+@[^\s<>@()]+\.[^\s<>@()]+")
_DATE = re.compile(r"\b(?:19|20)\d\d\b|\d{1,2}[:.h]\d\d|(?:19|20)\d\d\s*[年년]|\d{1,2}[./]\d{1,2}[./]\d\d")
_SEPARATOR = re.compile(r"^(?:_{10,}|-{5,}|-{2,}.{2,60}?-{2,}|={10,})$")
_WRAPPED = 3
"""A line that says who wrote when is broken into at most so many lines."""


def parts(text: str) -> tuple[Part, ...]:
    """The text in parts, in order. Put together they are `text`. Two neighbours are of different kinds."""
    lines = text.splitlines(keepends=True)
    kinds = _kinds([_plain(line) for line in lines])
    found = groupby(zip(kinds, lines, strict=True), key=lambda pair: pair[0])
    return tuple(Part(kind, "".join(line for _, line in group)) for kind, group in found)


def own(text: str) -> str:
    """What the writer wrote, without copies and without empty lines at its ends."""
    return "".join(part.text for part in parts(text) if part.kind == "own").strip()


def _kinds(lines: Sequence[str]) -> list[Kind]:
    kinds: list[Kind] = ["copy" if _is_marked(line) else "own" for line in lines]
    for index in range(len(lines)):
        if kinds[index] == "own" and (first := _rest_begins(lines, index)) is not None:
            kinds[first:] = ["copy"] * (len(lines) - first)
            break
    for first, after in _writers(lines, kinds):
        kinds[first:after] = ["copy"] * (after - first)
    return _with_gaps(lines, kinds)


def _plain(line: str) -> str:
    return _INVISIBLE.sub("", line).replace("\u00a0", " ").strip()


def _is_marked(line: str) -> bool:
    return line.startswith((">", "＞", "|>"))


def _rest_begins(lines: Sequence[str], index: int) -> int | None:
    """Where a copy begins that reaches to the end, if it begins at this line; with the line that was drawn above it."""
    if _is_repeated_head(lines, index):
        above = _last_before(lines, index)
        return above if above is not None and _SEPARATOR.match(lines[above]) else index
    after = _writer_ends(lines, index)
    if after is None or not _ADDRESS.search(" ".join(lines[index:after])):
        return None
    following = _first_after(lines, after)
    return index if following is not None and not _is_marked(lines[following]) else None


def _is_repeated_head(lines: Sequence[str], index: int) -> bool:
    """The sender's line comes first. At least two others follow, all named in one language."""
    name = _name(lines[index])
    for names in HEADS.values():
        if name in names.sender:
            following = [_name(line) for line in lines[index + 1 : index + _HEAD_LINES]]
            if len({found for found in following if found in names.others}) >= 2 and _name_soon(following, names):
                return True
    return False


def _name_soon(following: Sequence[str], names: Names) -> bool:
    """The next line, or the one after it where the sender's line was broken, belongs to the head too."""
    return any(name in names.others for name in following[:2])


def _name(line: str) -> str:
    found = _NAMED.match(line)
    return found[1].strip().casefold() if found else ""


def _writers(lines: Sequence[str], kinds: Sequence[Kind]) -> Iterator[tuple[int, int]]:
    """The lines, first and last plus one, that say who wrote when above lines with ">"."""
    for index in range(len(lines)):
        if kinds[index] == "own" and (after := _writer_ends(lines, index)) is not None:
            following = _first_after(lines, after)
            if following is not None and _is_marked(lines[following]):
                yield index, after


def _writer_ends(lines: Sequence[str], index: int) -> int | None:
    """If a sentence "who wrote when" begins here: the line after its last one. Its first line has the date or an address, or is
    broken just before the address.
    """
    if not (_DATE.search(lines[index]) or _ADDRESS.search(lines[index]) or lines[index].endswith("<")):
        return None
    for after in range(index + 1, min(index + _WRAPPED, len(lines)) + 1):
        last = lines[after - 1]
        if not last or _is_marked(last):
            return None
        if last.endswith((":", "：")):
            return after if _DATE.search(" ".join(lines[index:after])) else None
    return None


def _first_after(lines: Sequence[str], index: int) -> int | None:
    return next((i for i in range(index, len(lines)) if lines[i]), None)


def _last_before(lines: Sequence[str], index: int) -> int | None:
    return next((i for i in reversed(range(index)) if lines[i]), None)


def _with_gaps(lines: Sequence[str], kinds: Sequence[Kind]) -> list[Kind]:
    """Empty lines after a copy belong to it, unless the writer's own words follow."""
    found: list[Kind] = []
    for is_empty, group in groupby(zip(lines, kinds, strict=True), key=lambda pair: not pair[0]):
        run = [kind for _, kind in group]
        follows_copy = bool(found) and found[-1] == "copy"
        after = len(found) + len(run)
        goes_on = after == len(lines) or kinds[after] == "copy"
        found += ["copy"] * len(run) if is_empty and follows_copy and goes_on else run
    return found
