"""Which texts a party can read to whom a notice sends it: those that were translated into its language, safely."""

from collections.abc import Sequence
from uuid import UUID

from domain.dispute.state import Dispute
from domain.kernel.people import Side
from domain.policy.policy import Policy
from domain.ruling.ruling_facts import RulingCoSigned, RulingIssued
from domain.settlement.translation_facts import translation_id_of
from mediation.engine import Engine
from mediation.processes.texts import holds_text, primary, texts_of
from mediation.processes.translatable import source_of
from mediation.store.keys.blind import Blind
from mediation.store.keys.tokens import ERASED
from mediation.store.log.codec import Codec
from mediation.store.log.log import EventLog
from mediation.store.log.recorded import Recorded


class Readable:
    def __init__(self, engine: Engine, log: EventLog, codec: Codec, blind: Blind) -> None:
        self._engine = engine
        self._log = log
        self._codec = codec
        self._blind = blind

    async def translations(
        self, dispute: Dispute, policy: Policy, side: Side, facts: Sequence[Recorded]
    ) -> tuple[UUID, ...]:
        """The ids of the safe translations of the texts in these facts, for a party that does not read their language."""
        if policy.translation is None:
            return ()
        marketplace, reads = facts[0].marketplace, dispute.party(side).language
        known = (await self._engine.translations(dispute.id, marketplace)).by
        found: dict[UUID, None] = {}
        for fact in await self._with_rulings(facts):
            for _, text in texts_of(fact.event) if holds_text(type(fact.event)) else ():
                plain = (await self._codec.open({"text": text.text}, marketplace))["text"]
                if plain == ERASED or primary(text.language) == primary(reads):
                    continue
                source = source_of(self._blind, dispute.id, plain, text.language)
                into = translation_id_of(dispute.id, source, reads)
                if into in known and known[into].safe:
                    found[into] = None
        return tuple(found)

    async def _with_rulings(self, facts: Sequence[Recorded]) -> list[Recorded]:
        """The reasons of a ruling that was co-signed stand in the fact that issued it."""
        signed = [fact for fact in facts if isinstance(fact.event, RulingCoSigned)]
        if not signed:
            return [*facts]
        where = "dispute_id = %s AND kind = %s"
        issued = await self._log.where(where, (signed[0].dispute_id, RulingIssued.kind), 1, newest=True)
        return [*facts, *issued]
