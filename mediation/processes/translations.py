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
from weakref import WeakValueDictionary

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
from mediation.engine import Contended, Engine, Request
from mediation.gateways.translation.circuit import Circuit, Translators
from mediation.gateways.translation.port import LeftAlone, NotOffered, Translation, Unwell, translate
from mediation.language.identification import UNDETERMINED, identify
from mediation.language.masking import has_language
from mediation.processes import ENGINE
from mediation.processes.tasks import LONGEST_SLEEP, TaskProcess
from mediation.store.clocks import Clocks
from mediation.store.follow.consumer import PASSING, describe
from mediation.store.keys.keys import Blind
from mediation.store.keys.tokens import ERASED
from mediation.store.log.codec import Codec
from mediation.store.log.log import EventLog
from mediation.store.log.recorded import Recorded
from mediation.store.tasks import end

TABLE = """CREATE TABLE IF NOT EXISTS translation_task (
  position bigint PRIMARY KEY, dispute_id uuid NOT NULL, marketplace text NOT NULL, correlation_id uuid,
  not_before timestamptz NOT NULL DEFAULT '-infinity');
ALTER TABLE translation_task ADD COLUMN IF NOT EXISTS failures int NOT NULL DEFAULT 0;
CREATE INDEX IF NOT EXISTS translation_task_next ON translation_task (not_before, position)"""

_SET = """INSERT INTO translation_task (position, dispute_id, marketplace, correlation_id)
SELECT * FROM unnest(%s::bigint[], %s::uuid[], %s::text[], %s::uuid[]) ON CONFLICT DO NOTHING"""
_CLAIM = """UPDATE translation_task SET not_before = now() + interval '5 minutes' WHERE position IN (
  SELECT position FROM translation_task WHERE not_before <= now() ORDER BY not_before, position LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING position, dispute_id, marketplace, correlation_id"""
_DONE = "DELETE FROM translation_task WHERE position = %s"
_LATER = "UPDATE translation_task SET not_before = now() + make_interval(secs => %s) WHERE position = %s"
_FAILED_AGAIN = """UPDATE translation_task SET failures = failures + 1,
  not_before = now() + make_interval(secs => least(%s * 2 ^ least(failures, 12), greatest(%s, 3600)))
WHERE position = %s"""
"""A text that an engine fails at again and again is tried less and less often, at least once an hour."""

AT_ONCE = 4
"""Texts that one worker has translated at the same time."""

_IN_A_TURN = 6
"""Translations that one row makes before the others have their turn: a neutral who comes late has a whole dispute to read, and
the row must be done with before another worker may claim it.
"""

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
        at_once: int = AT_ONCE,
    ) -> None:
        """`at_once` are the texts that are with engines at the same time."""
        super().__init__(pool)
        self.concerns = _kinds()
        self._engine = engine
        self._log = log
        self._codec = codec
        self._blind = blind
        self._clocks = clocks
        self._translators = translators
        self._at_once = at_once
        self._asking = asyncio.Semaphore(at_once)
        self._with_engines: set[UUID] = set()
        self._asked: dict[int, set[UUID]] = {}
        """Of a row that goes in turns. The translation of somebody who is being erased is asked for, and never recorded."""
        self._writing = WeakValueDictionary[UUID, asyncio.Lock]()  # so that a dispute's translations do not contend

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
        """Translates what is due, and returns how many rows it looked at. What fails is tried again later."""
        looked_at, running = 0, set[asyncio.Task[None]]()
        try:
            while True:
                tasks = await self._claim(2 * self._at_once - len(running))  # half of them are being read or recorded
                looked_at += len(tasks)
                running |= {asyncio.create_task(self._carry_out(task)) for task in tasks}
                if not running:
                    return looked_at
                done, running = await asyncio.wait(running, timeout=LONGEST_SLEEP, return_when=asyncio.FIRST_COMPLETED)
                for one in done:
                    one.result()
        finally:
            await end(running)

    async def _claim(self, number: int) -> list[_Task]:
        if number == 0:
            return []
        async with self._pool.connection() as conn:
            return [_Task(*row) for row in await (await conn.execute(_CLAIM, (number,))).fetchall()]

    async def _carry_out(self, task: _Task) -> None:
        try:
            all_done = await self._translate_all(task)
        except LeftAlone as error:
            await self._execute(_LATER, (error.again_after, task.position))
        except Unwell as error:
            _log.warning("translator_unwell", dispute_id=str(task.dispute_id), error=str(error))
            await self._execute(_FAILED_AGAIN, (error.again_after, error.again_after, task.position))
        except (*PASSING, Contended):
            await self._execute(_LATER, (1.0, task.position))
        except Exception as error:
            _log.error("translation_failed", dispute_id=str(task.dispute_id), error=describe(error))
            await self._execute(_FAILED_AGAIN, (_FAILED, _FAILED, task.position))
        else:
            if all_done:
                self._asked.pop(task.position, None)
                await self._execute(_DONE, (task.position,))
            else:
                await self._execute(_LATER, (0.0, task.position))

    async def _translate_all(self, task: _Task) -> bool:
        """Whether nothing is left to do for the row. If one text fails, the others are translated before that is raised."""
        dispute, _, policy = await self._engine.dispute(task.dispute_id, task.marketplace)
        rules = policy.translation
        if rules is None or dispute.imported:
            return True
        allowed = rules.engines_for(dispute.reason)
        engines = [one for name in allowed for one in self._translators.of(task.marketplace) if one.name == name]
        names = await self._names(task)
        wanted = await self._wanted(task, dispute, names)
        known = (await self._engine.translations(task.dispute_id, task.marketplace)).by
        left = {
            translation_id: (one, target)
            for one in wanted
            for target in one.targets
            if (translation_id := translation_id_of(task.dispute_id, one.source, target)) not in known
            and translation_id not in self._asked.get(task.position, ())
        }
        turn = [*left.items()][:_IN_A_TURN]
        made = await asyncio.gather(
            *(self._once(translation_id, task, *of, engines, names) for translation_id, of in turn),
            return_exceptions=True,
        )
        for error in made:
            if error is not None:
                raise error
        self._asked.setdefault(task.position, set()).update(translation_id for translation_id, _ in turn)
        return len(left) == len(turn)

    async def _once(self, translation_id: UUID, task: _Task, wanted: _Wanted, target: str, *by: Any) -> None:
        """The same words may stand in two rows. Raises LeftAlone while they are with an engine already."""
        if translation_id in self._with_engines:
            raise LeftAlone("it is being translated", 1.0)
        self._with_engines.add(translation_id)
        try:
            await self._translate(task, wanted, target, *by)
        finally:
            self._with_engines.discard(translation_id)

    async def _translate(
        self, task: _Task, wanted: _Wanted, target: str, engines: Sequence[Circuit], names: Sequence[str]
    ) -> None:
        """By the first engine that offers the pair. Raises Unwell if one that may offer it is down."""
        unwell: Unwell | None = None
        for engine in engines:
            try:
                async with self._asking:
                    engine.check()
                    if engine.sends_out:
                        await self._record(task, wanted, RecordSent, engine=engine.name)
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
        async with self._writing.setdefault(task.dispute_id, asyncio.Lock()):
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
                if plain == ERASED or not has_language(plain, names):
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
