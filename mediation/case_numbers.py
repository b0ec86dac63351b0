"""Case numbers, to say on the phone: such as `7KQ4-M2XR-X`.

A case number is the place of the filing in the log, permuted with a key. So it is no new fact, old disputes have one too,
and it shows nobody how many disputes there are. Its nine characters are of 31 that do not look like each other. The last
one is a check character. It finds every single wrong character, and every two characters that changed places: the weights
are distinct modulo 31, which is a prime number.
"""

import re
from unicodedata import digit, normalize
from uuid import UUID

from domain.filing.filing_facts import DisputeFiled
from mediation.store.keys.blind import Blind
from mediation.store.keys.permutation import Permutation
from mediation.store.log.log import EventLog

SYMBOLS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0, 1, I, L and O."""

EXAMPLE = "7KQ4-M2XR-X"

_DIGITS = 8
_VALUE = {symbol: value for value, symbol in enumerate(SYMBOLS)}
_WEIGHTS = range(2, _DIGITS + 2)
"""Of the eight characters. The check character has the weight 1."""

_APART = re.compile(r"[\s\-\u2010-\u2015]+")
"""Blanks and hyphens say nothing."""


class CaseNumbers:
    def __init__(self, blind: Blind, log: EventLog) -> None:
        key = blind.digest("case number")
        self._permutation = Permutation(key, radix=len(SYMBOLS), digits=_DIGITS)
        self._log = log

    def of(self, position: int) -> str:
        """The case number of the dispute that was filed at this position of the log."""
        permuted, symbols = self._permutation.of(position), ""
        for _ in range(_DIGITS):
            permuted, value = divmod(permuted, len(SYMBOLS))
            symbols = SYMBOLS[value] + symbols
        return f"{symbols[:4]}-{symbols[4:]}-{_check(symbols)}"

    async def dispute(self, written: str, marketplace: str) -> UUID | None:
        """The dispute of this marketplace with this case number. None if there is none, or if it is no case number."""
        symbols = symbols_of(written)
        if symbols is None or is_mistyped(symbols):
            return None
        permuted = 0
        for symbol in symbols[:_DIGITS]:
            permuted = permuted * len(SYMBOLS) + _VALUE[symbol]
        found = await self._log.at([self._permutation.back(permuted)])
        filed = [fact.event for fact in found if fact.marketplace == marketplace]
        return next((event.dispute_id for event in filed if isinstance(event, DisputeFiled)), None)


def symbols_of(written: str) -> str | None:
    """The nine characters of what may be a case number, in capitals. None if it has another form.

    Small letters, blanks and hyphens make no difference, and neither do the digits of another script.
    """
    plain = _APART.sub("", normalize("NFKC", written[:100])).upper()
    plain = "".join(str(digit(one)) if one.isdigit() else one for one in plain)
    return plain if len(plain) == _DIGITS + 1 and _VALUE.keys() >= set(plain) else None


def is_mistyped(symbols: str) -> bool:
    """Whether a character is wrong, or two changed places."""
    return _check(symbols[:_DIGITS]) != symbols[_DIGITS]


def _check(symbols: str) -> str:
    total = sum(weight * _VALUE[symbol] for weight, symbol in zip(_WEIGHTS, symbols, strict=True))
    return SYMBOLS[-total % len(SYMBOLS)]
