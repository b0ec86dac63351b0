"""The translations of the sample disputes' texts. They come with the samples, and are recorded as an engine's are."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import timedelta
from uuid import UUID

from api.services import Services
from domain.settlement.translation import RecordTranslation, Wanted
from mediation.processes import ENGINE
from mediation.processes.texts import holds_text, texts_of
from mediation.processes.translatable import source_of
from mediation.store.log.recorded import Recorded

_ENGINE, _VERSION = "samples", "1"
_AFTER = timedelta(seconds=4)


class Phrases:
    """The translations of one marketplace's samples, by original."""

    def __init__(self, services: Services, marketplace: str) -> None:
        self._services, self._marketplace = services, marketplace
        self._known: dict[str, Mapping[str, str]] = {}

    def keep(self, text: str, translations: Mapping[str, str]) -> None:
        self._known[text] = translations

    async def record(self, disputes: Iterable[UUID]) -> None:
        """Records the translations of all texts of these disputes. Repeated, it changes nothing."""
        async with asyncio.TaskGroup() as group:
            for dispute_id in disputes:
                group.create_task(self._of(dispute_id))

    async def _of(self, dispute_id: UUID) -> None:
        for fact in await self._services.log.of_dispute(dispute_id):
            if holds_text(type(fact.event)):
                await self._of_fact(dispute_id, fact)

    async def _of_fact(self, dispute_id: UUID, fact: Recorded) -> None:
        for place, text in texts_of(fact.event):
            plain = (await self._services.codec.open({"text": text.text}, self._marketplace))["text"]
            for language, translation in self._known.get(plain, {}).items():
                command = RecordTranslation(
                    marketplace=self._marketplace,
                    actor=ENGINE,
                    now=fact.occurred_at + _AFTER,
                    dispute_id=dispute_id,
                    subject=text.author,
                    source=source_of(self._services.blind, dispute_id, plain, text.language),
                    wanted=Wanted(of=place, by=None),
                    written_at=fact.recorded_at,
                    text=translation,
                    language=language,
                    engine=_ENGINE,
                    engine_version=_VERSION,
                )
                await self._services.engine.handle(command)
