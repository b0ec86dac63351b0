"""An engine that is down is left alone for a while. Otherwise every text that waits would ask it again, and hold up the rest.

A circuit is one engine's, in one worker. It opens when the engine says for how long to leave it alone, and after several
failures in a row. One failure alone may be due to its text. When the time is over, one text goes first: if it comes through,
all others follow.
"""

from collections.abc import Mapping, Sequence
from time import monotonic

from mediation.gateways.translation.port import LeftAlone, NotOffered, Translated, Translator, Unwell

IN_A_ROW = 3
"""Failures after which an engine is left alone."""


class Circuit:
    """A translator that is not asked while it is down."""

    def __init__(self, translator: Translator) -> None:
        self.name = translator.name
        self.sends_out = translator.sends_out
        self._translator = translator
        self._failures = 0
        self._alone_until = 0.0
        self._on_trial = False

    def placeholder(self, number: int) -> str:
        return self._translator.placeholder(number)

    def check(self) -> None:
        """Asked before it is recorded that a text is sent. Raises LeftAlone."""
        wait = self._alone_until - monotonic()
        if wait > 0 or self._on_trial:
            raise LeftAlone(f"{self.name} is left alone", max(wait, 1.0))

    async def translate(self, text: str, source: str, target: str) -> Translated:
        """Raises what the translator raises, and LeftAlone."""
        self.check()
        trial = self._on_trial = self._failures >= IN_A_ROW
        try:
            made = await self._translator.translate(text, source, target)
        except NotOffered:
            self._failures = 0
            raise
        except Unwell as error:
            self._failures = max(self._failures + 1, IN_A_ROW if error.busy else 0)
            if self._failures >= IN_A_ROW:
                self._alone_until = monotonic() + error.again_after
            raise
        else:
            self._failures = 0
            return made
        finally:
            if trial:
                self._on_trial = False

    async def close(self) -> None:
        await self._translator.close()


class Translators:
    """The translators by marketplace. A marketplace without one has none: no text leaves the house."""

    def __init__(self, by_marketplace: Mapping[str, Sequence[Translator]] = {}) -> None:
        self._by_marketplace = {name: [Circuit(one) for one in many] for name, many in by_marketplace.items()}

    def of(self, marketplace: str) -> Sequence[Circuit]:
        """In the order in which they are asked: the slowest comes last."""
        return self._by_marketplace.get(marketplace, ())

    async def close(self) -> None:
        for many in self._by_marketplace.values():
            for one in many:
                await one.close()
