"""Takes out of a text what no translation may touch: amounts, dates, numbers, references, addresses, names, emoji.

A translation engine turned `¥1187` into `1187 euros`, and `R$5692` into `R$ 562`. With a placeholder in the place of each, it
kept everything in 300 sentences of 300. So a placeholder goes to the engine, and the original's own characters come back.

    masked = mask("Ho pagato 129,90 € il 3 novembre 2026.", placeholder=lambda n: f"XQ{n}")
    masked.text                             # "Ho pagato XQ1 il XQ2."
    unmasked = unmask(masked, "I paid XQ1 on XQ2.")
    unmasked.text                           # "I paid 129,90 € on 3 novembre 2026."
    unmasked.faults                         # (): it is safe
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from domain.settlement.translation_facts import Fault
from mediation.language.tokens import tokens

Placeholder = Callable[[int], str]
"""The form that one engine keeps, for the number of a token. No two are part of each other's end: `XQ1` and `XQ12` may not
both be matched in `XQ12`, and `unmask` takes the longest first."""


@dataclass(frozen=True, slots=True)
class Span:
    """Where the original's own characters stand in the translation: from `start`, `length` characters."""

    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Masked:
    """`text` goes to the engine. `tokens` are what was taken out, in the order of their numbers, which begin with 1."""

    source: str
    text: str
    tokens: tuple[str, ...]
    placeholders: tuple[str, ...]
    shouted: bool

    @property
    def has_language(self) -> bool:
        """Whether there is anything to translate."""
        rest = self.text
        for placeholder in sorted(self.placeholders, key=len, reverse=True):
            rest = rest.replace(placeholder, " ")
        return any(map(str.isalpha, rest))


@dataclass(frozen=True, slots=True)
class Unmasked:
    """The translation with the original's own characters in it. It is safe if it has no faults."""

    text: str
    spans: tuple[Span, ...]
    faults: tuple[Fault, ...]

    @property
    def safe(self) -> bool:
        return not self.faults


# --- masking ---


def mask(text: str, *, placeholder: Placeholder, names: Collection[str] = ()) -> Masked:
    """`names` are the names of the parties and of the goods. A text in capitals is lowered, because engines take capitals for
    names and leave them as they are.
    """
    found = [*tokens(text, names)]
    shouted = _shouted(_between(text, found))
    number, taken, placeholders, pieces, at = 0, list[str](), list[str](), list[str](), 0
    for start, end in found:
        number += 1
        while placeholder(number) in text:  # somebody wrote exactly this
            number += 1
        taken.append(text[start:end])
        placeholders.append(placeholder(number))
        pieces += [_lowered(text[at:start], shouted), placeholders[-1]]
        at = end
    pieces.append(_lowered(text[at:], shouted))
    return Masked(text, "".join(pieces), tuple(taken), tuple(placeholders), shouted)


def has_language(text: str, names: Collection[str] = ()) -> bool:
    """Whether anything in the text is in a language. Amounts, references, names and emoji alone are the same in every one."""
    return mask(text, placeholder=private_sign, names=names).has_language


def private_sign(number: int) -> str:
    """A placeholder that is no letter. A text may have one of them; it cannot have all."""
    return chr(0xE000 + number % 0x1900)


def unmask(masked: Masked, translation: str) -> Unmasked:
    """The tokens in the place of their placeholders. Where one is missing, `faults` says so, and the rest is put back."""
    originals = dict(zip(masked.placeholders, masked.tokens, strict=True))
    translation = _without_controls(translation, masked.source)
    faults = [*_faults(masked, translation)]
    pieces, spans, length = list[str](), list[Span](), 0
    for piece, is_token in _split(translation, masked.placeholders):
        said = originals[piece] if is_token else piece.upper() if masked.shouted else piece
        if is_token:
            spans.append(Span(length, len(said)))
        pieces.append(said)
        length += len(said)
    return Unmasked("".join(pieces), tuple(spans), tuple(dict.fromkeys(faults)))


def _faults(masked: Masked, translation: str) -> Iterator[Fault]:
    if not translation.strip():
        yield "empty"
        return
    if masked.has_language and _repeats(masked, translation):
        yield "not_translated"
    parts = [*_split(translation, masked.placeholders)]
    times = [sum(is_token and piece == placeholder for piece, is_token in parts) for placeholder in masked.placeholders]
    if 0 in times:
        yield "lost"
    if any(number > 1 for number in times):
        yield "doubled"
    if any(not is_token and any(map(str.isdigit, piece)) for piece, is_token in parts):
        yield "number_added"


_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
"""Controls, unpaired surrogates, and what turns the direction of the text after it: an amount would be read backwards."""

_ENOUGH = 12
"""Letters. A shorter text may well be a part of its own translation."""


def _without_controls(translation: str, source: str) -> str:
    """No engine needs them. Those that the original has may stay."""
    return _CONTROLS.sub(lambda found: found[0] if found[0] in source else "", translation)


def _repeats(masked: Masked, translation: str) -> bool:
    """Whether it is the original, or has the whole original in it, as an engine does that says again what it was asked."""
    asked, said = _words(masked, masked.text), _words(masked, translation)
    return said == asked or (sum(map(str.isalpha, asked)) >= _ENOUGH and asked in said)


def _words(masked: Masked, text: str) -> str:
    """Without placeholders, capitals and breaks of lines."""
    rest = " ".join(piece for piece, is_token in _split(text, masked.placeholders) if not is_token)
    return " ".join(rest.casefold().split())


def _split(text: str, placeholders: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """The pieces of the text, and whether each is a placeholder."""
    if not placeholders:
        yield text, False
        return
    longest_first = "|".join(re.escape(one) for one in sorted(placeholders, key=len, reverse=True))
    for nth, piece in enumerate(re.split(f"({longest_first})", text)):
        yield piece, nth % 2 == 1


def _between(text: str, found: Sequence[tuple[int, int]]) -> str:
    starts, ends = [0, *(end for _, end in found)], [*(start for start, _ in found), len(text)]
    return " ".join(text[start:end] for start, end in zip(starts, ends, strict=True))


def _shouted(text: str) -> bool:
    """Whether it is written in capitals: at least two words, with hardly a small letter."""
    capitals, small = sum(map(str.isupper, text)), sum(map(str.islower, text))
    return len(text.split()) > 1 and capitals > 5 and capitals > 9 * small


def _lowered(text: str, shouted: bool) -> str:
    return text.lower() if shouted else text
