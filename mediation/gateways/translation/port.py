"""What the engine asks of every translation engine: one text, from a language that is known, into another one.

A text goes out with placeholders for what no translation may touch. Each engine keeps another form of them, so the form is
the adapter's: the contract test proves that its engine keeps it. The engine behind the port is not trusted: what comes back is
checked by `mediation.language.masking`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

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
    """No translation came. `again_after` are the seconds after which asking again may help."""

    def __init__(self, why: str, again_after: float) -> None:
        self.again_after = again_after
        super().__init__(why)


class Spent(Unwell):
    """The quota of the account is used up. Somebody has to raise it, or wait for the next month."""


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
    return Translation(unmask(masked, done.text), done.engine, done.via)


class Translators:
    """The translators by marketplace. A marketplace without one has none: no text leaves the house."""

    def __init__(self, by_marketplace: Mapping[str, Sequence[Translator]] = {}) -> None:
        self._by_marketplace = by_marketplace

    def of(self, marketplace: str) -> Sequence[Translator]:
        """In the order in which they are asked: the slowest comes last."""
        return self._by_marketplace.get(marketplace, ())

    async def close(self) -> None:
        for translator in {id(one): one for many in self._by_marketplace.values() for one in many}.values():
            await translator.close()
