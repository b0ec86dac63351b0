"""Which texts of a dispute go into which languages: those that somebody may read, cannot read, and has no translation of."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import get_args
from uuid import UUID

from domain.dispute.state import Dispute
from domain.filing.filing_facts import DisputeFiled
from domain.kernel.base import Event
from domain.kernel.people import Side, Text
from domain.kernel.text_places import TextPlace
from domain.neutral.escalation_facts import NeutralAssigned
from domain.remedies.reopening_facts import DisputeReopened
from domain.ruling.ruling_facts import RulingCoSigned
from domain.settlement.translation import Wanted
from domain.settlement.translation_facts import TranslationEvent, Translations, translation_id_of
from mediation.engine import Engine
from mediation.language.identification import UNDETERMINED, detect
from mediation.language.masking import has_language
from mediation.processes.fact_tasks import FactTask
from mediation.processes.texts import awaits_ruling, holds_text, primary, texts_of, wanted
from mediation.store.keys.blind import Blind
from mediation.store.keys.tokens import ERASED
from mediation.store.log.codec import Codec
from mediation.store.log.log import EventLog
from mediation.store.log.recorded import Recorded


def source_of(blind: Blind, dispute_id: UUID, text: str, language: str) -> str:
    """The keyed hash by which the translations of a text are found."""
    return blind.digest("translation", str(dispute_id), language, text).hex()


@dataclass(frozen=True, slots=True)
class Found:
    """One text, opened, and the languages into which it goes. `detected` is its language if that is not what was declared."""

    text: Text
    plain: str
    of: TextPlace
    source: str
    written_at: datetime
    language: str
    detected: str | None
    wanted: Mapping[str, Wanted]


@dataclass(frozen=True, slots=True)
class Wish:
    """A text is to go into one language."""

    found: Found
    target: str
    wanted: Wanted


class Translatable:
    """Looks through the facts of a task."""

    def __init__(self, engine: Engine, log: EventLog, codec: Codec, blind: Blind) -> None:
        self._engine = engine
        self._log = log
        self._codec = codec
        self._blind = blind

    async def found(
        self, task: FactTask, dispute: Dispute, names: Sequence[str], languages: dict[str, str | None]
    ) -> list[Found]:
        """The texts that can be read and are in some language, each with who does not read it.

        `languages` are those that were found before, by source; None for a language that is as declared. What is found here
        is added to them.
        """
        neutral = dispute.escalation.neutral
        mandate = await self._engine.mandate(neutral, task.marketplace) if neutral else None
        theirs = tuple(mandate.languages) if mandate else ()
        among = {*(dispute.party(side).language for side in Side), *theirs, "en"}
        found: list[Found] = []
        for fact in await self._facts(task):
            for of, text in texts_of(fact.event) if holds_text(type(fact.event)) else ():
                plain = (await self._codec.open({"text": text.text}, task.marketplace))["text"]
                if plain == ERASED or not has_language(plain, names):
                    continue
                source = source_of(self._blind, task.dispute_id, plain, text.language)
                if source not in languages:
                    languages[source] = detect(plain, text.language, among, names)
                detected = languages[source]
                language = detected or text.language
                known = primary(language) != UNDETERMINED
                needed = wanted(fact.event, dispute, of, text, language, theirs) if known else {}
                found.append(Found(text, plain, of, source, fact.recorded_at, language, detected, needed))
        return found

    async def names(self, task: FactTask) -> list[str]:
        """The names of the parties, and names of goods of several words. One word, such as "vase", is a word of a language."""
        for fact in await self._log.where("dispute_id = %s AND kind = %s", (task.dispute_id, DisputeFiled.kind), 1):
            event = fact.event
            assert isinstance(event, DisputeFiled)
            people = [event.buyer.name, event.seller.name]
            sealed = {"people": people, "goods": [line.title for line in event.order.lines]}
            opened = await self._codec.open(sealed, task.marketplace)
            named = [*opened["people"], *(title for title in opened["goods"] if " " in title.strip())]
            return [name for name in named if name and name != ERASED]
        return []

    async def _facts(self, task: FactTask) -> list[Recorded]:
        """The fact. When a neutral was assigned or the dispute reopened, all facts of the dispute until then; when a ruling
        was co-signed, those that the parties read only now.
        """
        facts = await self._log.between(task.position, 1)
        if not facts or not isinstance(facts[0].event, NeutralAssigned | DisputeReopened | RulingCoSigned):
            return facts
        late = isinstance(facts[0].event, RulingCoSigned)
        every = await self._log.of_dispute(task.dispute_id, until_position=task.position)
        return [fact for fact in every if awaits_ruling(fact.event)] if late else every


def left(
    dispute_id: UUID, found: Sequence[Found], known: Translations, asked: Collection[UUID]
) -> dict[UUID, list[Wish]]:
    """What is still to do for a row, by translation: one text may stand in several places. An unsafe one may be owed anew."""
    still: dict[UUID, list[Wish]] = {}
    for one in found:
        for target, needed in one.wanted.items():
            translation_id = translation_id_of(dispute_id, one.source, target)
            before = known.by.get(translation_id)
            settled = before is not None and before.safe and one.of in known.places.get(one.source, ())
            if not settled and translation_id not in asked:
                still.setdefault(translation_id, []).append(Wish(one, target, needed))
    return still


def kinds() -> frozenset[str]:
    """The facts with texts, and those after which somebody has yet to read earlier texts."""
    made_here = get_args(TranslationEvent)
    found = {kind for kind, event in Event.registry.items() if event not in made_here and holds_text(event)}
    return frozenset(found | {event.kind for event in (NeutralAssigned, RulingCoSigned, DisputeReopened)})
