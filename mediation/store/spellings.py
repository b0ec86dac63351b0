"""The ids that parties and backends give, in whatever spelling.

Unicode writes many letters in two ways: `é` is one code point, or an `e` and an accent. Both are the same id here, and
what is derived from an id is derived from its NFC form (https://unicode.org/reports/tr15/). Earlier versions derived from
the id as it was sent. So an id outside ASCII may be on record under another key: then that one is used, and no second
order, line or person begins beside it. An id in ASCII has one spelling, and nothing is looked up.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from domain.payments.transaction_facts import Transaction, TransactionEvent, evolve
from mediation.store.keys.blind import Blind
from mediation.store.keys.keys import KeyStore
from mediation.store.log.log import EventLog
from mediation.store.log.recorded import Recorded

_ABOUT_ORDER = ("transaction", "line")

Parts = tuple[str, ...]


class Noted:
    """Derives as `Blind` does, and notes what has letters outside ASCII."""

    def __init__(self, blind: Blind) -> None:
        self._blind = blind
        self.odd: set[Parts] = set()

    def uuid(self, *parts: str) -> UUID:
        if all(map(str.isascii, parts)):
            return self._blind.exactly(*parts)
        self.odd.add(parts)
        return self._blind.uuid(*parts)


class OnRecord:
    """Derives as `Blind` does, except for what is on record under another spelling."""

    def __init__(self, blind: Blind, found: Mapping[Parts, UUID]) -> None:
        self._blind = blind
        self._found = found

    def uuid(self, *parts: str) -> UUID:
        return self._found.get(parts) or self._blind.uuid(*parts)


class Spellings:
    def __init__(self, log: EventLog, keys: KeyStore, blind: Blind) -> None:
        self._log = log
        self._keys = keys
        self.blind = blind

    async def of(self, *parts: str) -> UUID:
        """The derived id: the one on record, or else that of the NFC form."""
        noted = Noted(self.blind)
        derived = noted.uuid(*parts)
        return (await self.on_record(noted)).uuid(*parts) if noted.odd else derived

    async def on_record(self, noted: Noted) -> OnRecord:
        """Looks up what was noted. If a party is on record in several spellings, the order says which, or else the NFC
        form comes first.
        """
        ids = {parts: self.blind.spellings(*parts) for parts in noted.odd}
        parties = {one for parts, spelt in ids.items() if parts[0] == "party" for one in spelt}
        met = await self._keys.met(parties) if parties else set[UUID]()
        of_order = set[UUID]()
        for marketplace, order_id in {parts[1:3] for parts in ids if parts[0] in _ABOUT_ORDER}:
            of_order |= await self._of_order(self.blind.spellings("transaction", marketplace, order_id))
        return OnRecord(self.blind, {parts: _first(spelt, of_order, met) for parts, spelt in ids.items()})

    async def _of_order(self, spelt: Sequence[UUID]) -> set[UUID]:
        """The order's stream, if it is on record, its parties, and the keys of its lines.

        Earlier versions may have begun several for one order. Then the one with the least left to pay out counts, so
        that what was paid under one spelling is not paid again under another.
        """
        streams = (await self._log.read([(stream_id, 0) for stream_id in spelt])).streams
        begun = {stream_id: _order(streams[stream_id]) for stream_id in spelt if streams[stream_id]}
        if not begun:
            return set()
        chosen = min(begun, key=lambda stream_id: begun[stream_id].unclaimed().minor)
        return {chosen, *begun[chosen].lines, *(begun[chosen].parties or ())}


def _order(facts: Iterable[Recorded]) -> Transaction:
    order = Transaction()
    for fact in facts:
        assert isinstance(fact.event, TransactionEvent), "the stream of an order"
        order = evolve(order, fact.event)
    return order


def _first(spelt: Sequence[UUID], *known: Collection[UUID]) -> UUID:
    return next((one for ids in known for one in spelt if one in ids), spelt[0])
