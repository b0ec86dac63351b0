"""Which texts show something to a reader, and how what hides in a name is shown."""

import re
from unicodedata import category

_SHOWN = frozenset("LNPSC")
"""Letters, numbers, punctuation, symbols, and code points that are newer than this Python's table of characters (Cn).
Not: blanks (Z), and marks (M), which show only on a letter."""

_HIDDEN = frozenset({"Cc", "Cf", "Cs"})

_IGNORABLE = re.compile(
    "[\u115f\u1160\u3164\uffa0\u2065\ufff0-\ufff8\U000e0000-\U000e0fff"
    "\u2800\ufffc\U0001d159\U00013441\U00013442\ufdd0-\ufdef]"
)
"""What would count as shown by its category and shows nothing. First what is left of the property
Default_Ignorable_Code_Point (Unicode 17, UAX 44): fillers of Hangul, and places kept for format characters and tags. Then
the blank pattern of Braille, the place of an object, the null notehead, the blanks of hieroglyphs, and noncharacters."""


def shows(text: str) -> bool:
    """Whether a reader sees anything of this text. Blanks, format characters and marks without a letter show nothing."""
    return any(map(_is_shown, text))


def _is_shown(character: str) -> bool:
    if character.isascii():
        return character.isprintable() and character != " "
    kind = category(character)
    return kind[0] in _SHOWN and kind not in _HIDDEN and _IGNORABLE.match(character) is None


def shown(text: str) -> str:
    """The same text. Raises ValueError for a text that shows nothing."""
    first = text[:1]
    if not ((first.isascii() and first.isalnum()) or shows(text)):  # most texts begin with a letter or a digit
        raise ValueError(
            "a text shows something: it is not made only of blanks, format characters or marks without a letter"
        )
    return text


def revealed(name: str) -> str:
    """A name in which every character that shows nothing, or turns the reading direction, is shown as what it is: one that
    ends in "\u202egpj.exe" as "[U+202E]gpj.exe". In a name such a character only deceives; in a text it has a use.
    """
    return name if name.isascii() else "".join(f"[U+{ord(c):04X}]" if _hides(c) else c for c in name)


def _hides(character: str) -> bool:
    return category(character) in _HIDDEN or _IGNORABLE.match(character) is not None
