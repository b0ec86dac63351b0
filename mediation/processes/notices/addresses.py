"""The mail address of a party, as the marketplace said it last: in an act of its own, or in the filing."""

from collections.abc import Iterable
from uuid import UUID

from domain.filing.filing_facts import DisputeFiled
from domain.kernel.people import Side
from mediation.engine import Engine
from mediation.store.keys.tokens import ERASED
from mediation.store.log.codec import Codec
from mediation.store.log.log import EventLog
from mediation.store.log.recorded import Recorded


class Addresses:
    def __init__(self, engine: Engine, log: EventLog, codec: Codec) -> None:
        self._engine = engine
        self._log = log
        self._codec = codec

    async def marketplace_of(self, dispute_id: UUID) -> str | None:
        """None if there is no such dispute."""
        found = await self._log.where("dispute_id = %s AND kind = %s", (dispute_id, DisputeFiled.kind), 1)
        return found[0].marketplace if found else None

    async def filed(self, dispute_id: UUID) -> Recorded:
        """The fact that the dispute was filed."""
        (filed,) = await self._log.where("dispute_id = %s AND kind = %s", (dispute_id, DisputeFiled.kind), 1)
        return filed

    async def of(self, filed: Recorded, side: Side) -> str | None:
        """None if there is none, and if the party was erased."""
        event = filed.event
        assert isinstance(event, DisputeFiled)
        party = event.buyer if side is Side.BUYER else event.seller
        reach = (await self._engine.person(party.subject, filed.marketplace)).reach
        sealed = party.email if reach is None else reach.address
        opened = (await self._codec.open({"address": sealed}, filed.marketplace))["address"]
        return None if opened == ERASED else opened

    async def of_person(self, marketplace: str, subject: UUID, disputes: Iterable[tuple[UUID, Side]]) -> list[str]:
        """All addresses that are on record of a person: those of their filings, and the one that the marketplace gave."""
        reach = (await self._engine.person(subject, marketplace)).reach
        sealed = [] if reach is None else [reach.address]
        for dispute_id, side in disputes:
            event = (await self.filed(dispute_id)).event
            assert isinstance(event, DisputeFiled)
            party = event.buyer if side is Side.BUYER else event.seller
            sealed += [party.email] if party.subject == subject else []
        opened = [
            (await self._codec.open({"address": one}, marketplace))["address"] for one in dict.fromkeys(sealed) if one
        ]
        return [one for one in opened if one != ERASED]
