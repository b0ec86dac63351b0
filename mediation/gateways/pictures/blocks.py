"""From the words that a program found to blocks of text: lines that belong together, put back into one text.

A waybill is fields, a letter is paragraphs. Tesseract takes fields for a paragraph. So a line begins a block of its own if the
one before ended early, if the two are far apart, or if it begins with the name of a field.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from unicodedata import category

from mediation.gateways.pictures.port import Block, Box

_FULL = 0.85
"""A line that fills so much of its paragraph's width goes on in the next line."""

_CLOSE = 1.6
"""Lines of one text are at most so many heights of their highest word apart. Lines of a form are farther apart."""

_LABEL = re.compile(r"[^:：]{1,20}[:：]")
"""What a field of a form begins with, such as "Tel:"."""

_SURE, _PLAIN = 40, 75
"""A block of which the reader is less sure, of 100, and without a single word that is plain to it, is a stain or a pattern."""

_LONGEST = 4000
"""The most characters of a block. What a PDF has beyond that on one spot is left out."""

_WITHOUT_SPACES = re.compile("[\u2e80-\u312f\u31a0-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]")
"""Chinese and Japanese characters, and the punctuation between them, are written without spaces."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word and where it is, in whatever unit the page's size has. `confidence` is None if nobody guessed."""

    left: float
    top: float
    right: float
    bottom: float
    text: str
    confidence: float | None = None


Line = Sequence[Word]

_NO_SIGNS = frozenset({"Cc", "Cs", "Co", "Cn"})


def blocks(page: int, width: float, height: float, paragraphs: Iterable[Sequence[Line]]) -> Iterator[Block]:
    for paragraph in paragraphs:
        for lines in _fields([line for line in paragraph if line]):
            words = [word for line in lines for word in line]
            text = _clean(_tight(" ".join(word.text for word in words)))
            sure = _confidence(words)
            if _says_something(text) and (sure is None or sure >= _SURE or any(map(_is_plain, words))):
                yield Block(page, _box(words, width, height), text, sure)


def _clean(text: str) -> str:
    """Without what no writer can see: controls, halves of characters, and signs that Unicode gives no meaning."""
    return "".join(sign for sign in text if category(sign) not in _NO_SIGNS)[:_LONGEST].strip()


def _tight(text: str) -> str:
    """Without the spaces that no writer put between two Chinese characters."""
    made: list[str] = []
    for number, sign in enumerate(text):
        between = 0 < number < len(text) - 1 and sign == " "
        if not (between and _WITHOUT_SPACES.match(text[number - 1]) and _WITHOUT_SPACES.match(text[number + 1])):
            made.append(sign)
    return "".join(made)


def _fields(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Lines that go on in each other."""
    held: list[Line] = []
    widest = max(map(_width, lines), default=0.0)
    for line in lines:
        if held and not _goes_on(held[-1], line, widest):
            yield held
            held = []
        held.append(line)
    if held:
        yield held


def _goes_on(line: Line, following: Line, widest: float) -> bool:
    height = max(word.bottom - word.top for word in (*line, *following))
    apart = _middle(following) - _middle(line)
    begins_anew = _LABEL.match(" ".join(word.text for word in following)) is not None
    return _width(line) >= _FULL * widest and apart <= _CLOSE * height and not begins_anew


def _middle(line: Line) -> float:
    """Of its first word: a line that is askew is lower or higher at its end."""
    return (line[0].top + line[0].bottom) / 2


def _width(line: Line) -> float:
    return max(word.right for word in line) - min(word.left for word in line)


def _confidence(words: Sequence[Word]) -> int | None:
    """By letters. None if nobody guessed."""
    known = [(word.confidence, len(word.text)) for word in words if word.confidence is not None]
    if not known:
        return None
    return round(sum(sure * letters for sure, letters in known) / sum(letters for _, letters in known))


def _says_something(text: str) -> bool:
    """A single letter is a stain. A single number, or Chinese character, may be a field."""
    signs = [sign for sign in text if sign.isalnum()]
    return len(signs) > 1 or any(sign.isdigit() or _WITHOUT_SPACES.match(sign) for sign in signs)


def _is_plain(word: Word) -> bool:
    return word.confidence is not None and word.confidence >= _PLAIN and sum(map(str.isalnum, word.text)) > 2


def _box(words: Sequence[Word], width: float, height: float) -> Box:
    left, top = min(word.left for word in words), min(word.top for word in words)
    right, bottom = max(word.right for word in words), max(word.bottom for word in words)
    x, y = _thousandths(left, width), _thousandths(top, height)
    return Box(x, y, _thousandths(right, width) - x, _thousandths(bottom, height) - y)


def _thousandths(at: float, of: float) -> int:
    return min(1000, max(0, round(1000 * at / of)))
