"""Translations: each text of a dispute goes into the languages of those who may read it and do not read its own.

A text is one row here until nothing is left to do for it. A worker claims a row for a while, so no text is sent twice. A
service that is down is asked again later. If no engine of the marketplace offers the pair of languages, that is recorded.

Names, amounts, dates and addresses are taken out before a text leaves the house, and that it left is recorded first.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, get_args
from uuid import UUID

import structlog
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool
from pydantic import BaseModel

from domain.dispute.state import Dispute
from domain.filing.filing_facts import DisputeFiled
from domain.kernel.base import Command, Event
from domain.kernel.disclosure import Audience
from domain.kernel.people import Side, Text
from domain.neutral.escalation_facts import NeutralAssigned
from domain.settlement.translation import GiveUpTranslation, RecordSent, RecordTranslation
from domain.settlement.translation_facts import TranslationEvent, translation_id_of
from mediation.engine import Engine, Request
from mediation.gateways.translation.port import NotOffered, Translation, Translator, Translators, Unwell, translate
from mediation.language.identification import UNDETERMINED, identify
from mediation.processes import ENGINE
from mediation.processes.tasks import TaskProcess
from mediation.store.clocks import Clocks
from mediation.store.follow.consumer import PASSING, describe
from mediation.store.keys.blind import Blind
from mediation.store.keys.tokens import ERASED
from mediation.store.log.codec import Codec
from mediation.store.log.log import EventLog
from mediation.store.log.recorded import Recorded

TABLE = """CREATE TABLE IF NOT EXISTS translation_task (
  position bigint PRIMARY KEY, dispute_id uuid NOT NULL, marketplace text NOT NULL, correlation_id uuid,
  not_before timestamptz NOT NULL DEFAULT '-infinity');
CREATE INDEX IF NOT EXISTS translation_task_next ON translation_task (not_before, position)"""

_SET = """INSERT INTO translation_task (position, dispute_id, marketplace, correlation_id)
SELECT * FROM unnest(%s::bigint[], %s::uuid[], %s::text[], %s::uuid[]) ON CONFLICT DO NOTHING"""
_CLAIM = """UPDATE translation_task SET not_before = now() + interval '5 minutes' WHERE position IN (
  SELECT position FROM translation_task WHERE not_before <= now() ORDER BY not_before, position LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING position, dispute_id, marketplace, correlation_id"""
_DONE = "DELETE FROM translation_task WHERE position = %s"
_LATER = "UPDATE translation_task SET not_before = now() + make_interval(secs => %s) WHERE position = %s"

AT_ONCE = 4
"""Texts that one worker has translated at the same time."""

_FAILED = 60.0
"""Seconds until a text is tried again whose translation failed for another reason than the service."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Task:
    position: int
    dispute_id: UUID
    marketplace: str
    correlation_id: UUID | None


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One text, opened, and the languages into which it goes."""

    text: Text
    plain: str
    source: str
    written_at: datetime
    language: str
    targets: Sequence[str]


def source_of(blind: Blind, dispute_id: UUID, text: str, language: str) -> str:
    """The keyed hash by which the translations of a text are found."""
    return blind.digest("translation", str(dispute_id), language, text).hex()


class TranslationProcess(TaskProcess):
    name = "translating@1"
    tables = ("translation_task",)

    def __init__(
        self,
        pool: AsyncConnectionPool[AsyncConnection],
        engine: Engine,
        log: EventLog,
        codec: Codec,
        blind: Blind,
        clocks: Clocks,
        translators: Translators,
    ) -> None:
        super().__init__(pool)
        self.concerns = _kinds()
        self._engine = engine
        self._log = log
        self._codec = codec
        self._blind = blind
        self._clocks = clocks
        self._translators = translators

    async def apply(self, conn: AsyncConnection, batch: Sequence[Recorded]) -> None:
        """A marketplace without a translator has no rows: it gets one by configuration, and then for new texts."""
        rows = [
            (recorded.position, recorded.dispute_id, recorded.marketplace, recorded.correlation_id)
            for recorded in batch
            if recorded.dispute_id is not None and self._translators.of(recorded.marketplace)
        ]
        if rows:
            await conn.execute(_SET, [list(column) for column in zip(*rows, strict=True)])
            self._wake.set()

    async def work(self) -> int:
        """Translates what is due, and returns how many facts it looked at. What fails is tried again later."""
        async with self._pool.connection() as conn:
            tasks = [_Task(*row) for row in await (await conn.execute(_CLAIM, (AT_ONCE,))).fetchall()]
        async with asyncio.TaskGroup() as group:
            for task in tasks:
                group.create_task(self._carry_out(task))
        return len(tasks)

    async def _carry_out(self, task: _Task) -> None:
        try:
            await self._translate_all(task)
        except Unwell as error:
            _log.warning("translator_unwell", dispute_id=str(task.dispute_id), error=str(error))
            await self._execute(_LATER, (error.again_after, task.position))
        except PASSING:
            await self._execute(_LATER, (1.0, task.position))
        except Exception as error:
            _log.error("translation_failed", dispute_id=str(task.dispute_id), error=describe(error))
            await self._execute(_LATER, (_FAILED, task.position))
        else:
            await self._execute(_DONE, (task.position,))

    async def _translate_all(self, task: _Task) -> None:
        dispute, _, policy = await self._engine.dispute(task.dispute_id, task.marketplace)
        rules = policy.translation
        if rules is None or dispute.imported:
            return
        allowed = rules.engines_for(dispute.reason)
        engines = [one for name in allowed for one in self._translators.of(task.marketplace) if one.name == name]
        names = await self._names(task)
        for wanted in await self._wanted(task, dispute, names):
            for target in wanted.targets:
                await self._translate(task, wanted, target, engines, names)

    async def _translate(
        self, task: _Task, wanted: _Wanted, target: str, engines: Sequence[Translator], names: Sequence[str]
    ) -> None:
        """By the first engine that offers the pair. Raises Unwell if one that may offer it is down."""
        translation_id = translation_id_of(task.dispute_id, wanted.source, target)
        known = await self._engine.translations(task.dispute_id, task.marketplace)
        if translation_id in known.by:
            return
        unwell: Unwell | None = None
        for engine in engines:
            if engine.sends_out:
                await self._record(task, wanted, RecordSent, engine=engine.name)
            try:
                made = await translate(engine, wanted.plain, wanted.language, target, names=names)
            except NotOffered:
                continue
            except Unwell as error:
                unwell = error
                continue
            if made is not None:
                await self._keep(task, wanted, target, made)
            return
        if unwell is not None:
            raise unwell
        await self._record(task, wanted, GiveUpTranslation, language=target)

    async def _keep(self, task: _Task, wanted: _Wanted, target: str, made: Translation) -> None:
        await self._record(
            task,
            wanted,
            RecordTranslation,
            text=made.unmasked.text,
            language=target,
            engine=made.engine.name,
            engine_version=made.engine.version,
            via=made.via,
            faults=made.unmasked.faults,
        )

    async def _record(self, task: _Task, wanted: _Wanted, command: type[Command], **about: Any) -> None:
        given = {
            "marketplace": task.marketplace,
            "actor": ENGINE,
            "now": await self._clocks.now(task.marketplace),
            "dispute_id": task.dispute_id,
            "subject": wanted.text.author,
            "source": wanted.source,
            "written_at": wanted.written_at,
            **about,
        }
        await self._engine.handle(command.model_validate(given), Request(correlation_id=task.correlation_id))  # type: ignore[arg-type] # one of three

    async def _wanted(self, task: _Task, dispute: Dispute, names: Sequence[str]) -> list[_Wanted]:
        """The texts of the fact; when a neutral was assigned, those of the whole dispute."""
        facts = await self._log.between(task.position, 1)
        if facts and isinstance(facts[0].event, NeutralAssigned):
            facts = await self._log.of_dispute(task.dispute_id, until_position=task.position)
        neutral = dispute.escalation.neutral
        mandate = await self._engine.mandate(neutral, task.marketplace) if neutral else None
        theirs = tuple(mandate.languages) if mandate else ()
        among = {*(dispute.party(side).language for side in Side), *theirs, "en"}
        found: list[_Wanted] = []
        for fact in facts:
            readers = _readers(fact.event)
            languages: list[tuple[str, ...]] = [(dispute.party(side).language,) for side in Side if side in readers]
            if theirs and readers:
                languages.append(theirs)
            for text in _texts(fact.event):
                plain = (await self._codec.open({"text": text.text}, task.marketplace))["text"]
                if plain == ERASED:
                    continue
                language = text.language
                if _primary(language) == UNDETERMINED:
                    language = identify(plain, among, names)
                targets = [tags[0] for tags in languages if _primary(language) not in map(_primary, tags)]
                if language != UNDETERMINED and targets:
                    source = source_of(self._blind, task.dispute_id, plain, text.language)
                    found.append(_Wanted(text, plain, source, fact.recorded_at, language, [*dict.fromkeys(targets)]))
        return found

    async def _names(self, task: _Task) -> list[str]:
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


_FOR_A_SIDE = frozenset({Audience.CAUCUS, Audience.CAUCUS_AND_DESK})
_FOR_BOTH = frozenset({Audience.ALL, Audience.ALL_WHEN_IN_EFFECT, Audience.WHOM_COMMITMENT_CONCERNS})


def _readers(event: Event) -> frozenset[Side]:
    """The sides that may read the texts of the fact. If neither may, nobody needs a translation."""
    if event.told_to in _FOR_A_SIDE:
        return frozenset({Side(getattr(event, "side"))})  # noqa: B009 - each event of this audience has it
    return frozenset(Side) if event.told_to in _FOR_BOTH else frozenset()


def _texts(value: Any) -> Iterator[Text]:
    match value:
        case Text():
            yield value
        case BaseModel():
            for name in type(value).model_fields:
                yield from _texts(getattr(value, name))
        case tuple() | list():
            for item in value:
                yield from _texts(item)
        case _:
            pass


def _kinds() -> frozenset[str]:
    """The facts with texts, and that a neutral came, who has yet to read them."""
    made_here = get_args(TranslationEvent)
    found = {kind for kind, event in Event.registry.items() if event not in made_here and _holds_text(event)}
    return frozenset(found | {NeutralAssigned.kind})


@cache
def _holds_text(model: type[BaseModel]) -> bool:
    return any(_mentions(field.annotation) for field in model.model_fields.values())


def _mentions(annotation: Any) -> bool:
    if isinstance(annotation, type):
        return annotation is Text or (issubclass(annotation, BaseModel) and _holds_text(annotation))
    return any(map(_mentions, get_args(annotation)))


def _primary(tag: str) -> str:
    return tag.partition("-")[0].lower()
