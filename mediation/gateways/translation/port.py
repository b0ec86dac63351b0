"""What the engine asks of every translation engine: one text, from a language that is known, into another one.

A text goes out with placeholders for what no translation may touch. Each engine keeps another form of them, so the form is
the adapter's: the contract test proves that its engine keeps it. The engine behind the port is not trusted: what comes back is
checked by `mediation.language.masking`.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Protocol

from mediation.language.identification import is_still
from mediation.language.masking import Unmasked, mask, unmask

UNKNOWN = "unknown"
"""A pivot language that the engine does not name."""


@dataclass(frozen=True, slots=True)
class Engine:
    """The name and version of what translated, as far as it says so."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Translated:
    """What came back, with the placeholders still in it. `via` are the languages in between, `unknown` if it does not say."""

    text: str
    engine: Engine
    via: tuple[str, ...] = ()


class NotOffered(Exception):
    """The engine does not translate from this language into that one. Asking again does not help."""


class Unwell(Exception):
    """No translation came. `again_after` are the seconds after which asking again may help. `busy`: it is not due to the text,
    and no other text would come through either.
    """

    def __init__(self, why: str, again_after: float, *, busy: bool = False) -> None:
        self.again_after = again_after
        self.busy = busy
        super().__init__(why)


class Spent(Unwell):
    """The quota of the account is used up. Somebody has to raise it, or wait for the next month."""


class LeftAlone(Unwell):
    """The engine was not asked: it was down a moment ago."""


class Translator(Protocol):
    """One engine. `name` is how the marketplace's policy names it. `sends_out`: texts leave the house."""

    name: str
    sends_out: bool

    def placeholder(self, number: int) -> str:
        """The form that this engine keeps letter by letter."""

    async def translate(self, text: str, source: str, target: str) -> Translated:
        """`source` and `target` are BCP 47 tags. Raises NotOffered, Unwell."""

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Translation:
    """A translation with the original's own characters in it, and who made it."""

    unmasked: Unmasked
    engine: Engine
    via: tuple[str, ...]


async def translate(
    translator: Translator, text: str, source: str, target: str, *, names: Collection[str] = ()
) -> Translation | None:
    """Masks, translates and puts back. None if the text has no language: it is the same in every one.

    Raises NotOffered, Unwell.
    """
    masked = mask(text, placeholder=translator.placeholder, names=names)
    if not masked.has_language:
        return None
    done = await translator.translate(masked.text, source, target)
    found = unmask(masked, done.text)
    if "not_translated" not in found.faults and is_still(found.text, source, target, names):
        found = replace(found, faults=(*found.faults, "not_translated"))
    return Translation(found, done.engine, done.via)
