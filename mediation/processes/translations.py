"""Translations: each text of a dispute goes into the languages of those who may read it and do not read its own.

A text is one row here until nothing is left to do for it. A worker claims a row for a while, so no text is sent twice. A
service that is down is asked again later, for a day. If no engine of the marketplace offers the pair of languages, none is
connected, or none was there for a day, that is recorded, and the marketplace owes the translation.

If a text is reliably in another language than its author declared, that is recorded too, and it is translated from that one.

Names, amounts, dates and addresses are taken out before a text leaves the house, and that it left is recorded first.
Which texts go into which languages, `mediation.processes.translatable` says.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID
from weakref import WeakValueDictionary

import structlog
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from domain.kernel.base import Command
from domain.settlement.translation import (
    GiveUpTranslation,
    OweTranslation,
    RecordLanguage,
    RecordRepeated,
    RecordSent,
    RecordTranslation,
)
from domain.settlement.translation_facts import Translations
from mediation.engine import Contended, Engine, Request
from mediation.gateways.translation.circuit import Circuit, Translators
from mediation.gateways.translation.port import LeftAlone, NotOffered, Translation, Unwell, translate
from mediation.processes import ENGINE
from mediation.processes.fact_tasks import FactTask, FactTasks, table_of
from mediation.processes.policies import Asking
from mediation.processes.tasks import LONGEST_SLEEP, TaskProcess
from mediation.processes.translatable import Found, Translatable, Wish, kinds, left
from mediation.store.clocks import Clocks
from mediation.store.follow.consumer import PASSING, describe
from mediation.store.keys.blind import Blind
from mediation.store.log.codec import Codec
from mediation.store.log.log import EventLog
from mediation.store.log.recorded import Recorded
from mediation.store.tasks import end

TABLE = f"""{table_of("translation_task")};
ALTER TABLE translation_task ADD COLUMN IF NOT EXISTS failures int NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS since timestamptz NOT NULL DEFAULT now()"""

_FAILED_AGAIN = """UPDATE translation_task SET failures = failures + 1,
  not_before = now() + make_interval(secs => least(%s * 2 ^ least(failures, 12), greatest(%s, 3600)))
WHERE position = %s"""
"""A text that an engine fails at again and again is tried less and less often, at least once an hour."""

_TOO_LATE = "SELECT since < now() - interval '1 day' FROM translation_task WHERE position = %s"
"""Who cannot read a text does not wait longer for an engine that is down. Then a person owes the translation."""

AT_ONCE = 4
"""Texts that one worker has translated at the same time."""

_IN_A_TURN = 6
"""Translations that one row makes before the others have their turn: a neutral who comes late has a whole dispute to read, and
the row must be done with before another worker may claim it.
"""

_REMEMBERED = 1000
"""Rows of which one worker remembers how far they are."""

_FAILED = 60.0
"""Seconds until a text is tried again whose translation failed for another reason than the service."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Begun:
    """Of a row that goes in turns: the translations that it is done with, and the languages of its texts by source.

    Not every translation that was asked for is recorded: not that of somebody who is being erased. One that is given up again
    is recorded as before.
    """

    asked: set[UUID] = field(default_factory=set)
    languages: dict[str, str | None] = field(default_factory=dict)


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
        self._tasks = FactTasks(pool, "translation_task", claimed_for=5)
        self.concerns = kinds()
        self._engine = engine
        self._texts = Translatable(engine, log, codec, blind)
        self._clocks = clocks
        self._translators = translators
        self._at_once = at_once
        self._wanting = Asking(lambda policy: policy.translation is not None)
        self._asking = asyncio.Semaphore(at_once)
        self._with_engines: set[UUID] = set()
        self._begun: dict[int, _Begun] = {}
        self._writing = WeakValueDictionary[UUID, asyncio.Lock]()  # so that a dispute's translations do not contend

    async def apply(self, conn: AsyncConnection, batch: Sequence[Recorded]) -> None:
        """A marketplace has rows if a translator is connected for it, or if one of its policies has texts translated."""
        there = {one.marketplace for one in batch}
        served = {marketplace for marketplace in there if self._translators.of(marketplace)}
        wanting = served | await self._wanting.among(conn, there - served)
        if await self._tasks.put(conn, (recorded for recorded in batch if recorded.marketplace in wanting)):
            self._wake.set()

    async def work(self) -> int:
        """Translates what is due, and returns how many rows it looked at. What fails is tried again later."""
        looked_at, running = 0, set[asyncio.Task[None]]()
        try:
            while True:
                tasks = await self._tasks.claim(
                    2 * self._at_once - len(running)
                )  # half of them are being read or recorded
                looked_at += len(tasks)
                running |= {asyncio.create_task(self._carry_out(task)) for task in tasks}
                if not running:
                    return looked_at
                done, running = await asyncio.wait(running, timeout=LONGEST_SLEEP, return_when=asyncio.FIRST_COMPLETED)
                for one in done:
                    one.result()
        finally:
            await end(running)

    async def _carry_out(self, task: FactTask) -> None:
        try:
            all_done = await self._translate_all(task)
        except LeftAlone as error:
            await self._tasks.later(task, error.again_after)
        except Unwell as error:
            _log.warning("translator_unwell", dispute_id=str(task.dispute_id), error=str(error))
            await self._execute(_FAILED_AGAIN, (error.again_after, error.again_after, task.position))
        except (*PASSING, Contended):
            await self._tasks.later(task, 1.0)
        except Exception as error:
            _log.error("translation_failed", dispute_id=str(task.dispute_id), error=describe(error))
            await self._execute(_FAILED_AGAIN, (_FAILED, _FAILED, task.position))
        else:
            if all_done:
                self._begun.pop(task.position, None)
                await self._tasks.done(task)
            else:
                await self._tasks.later(task, 0.0)

    async def _translate_all(self, task: FactTask) -> bool:
        """Whether nothing is left to do for the row. If one text fails, the others are translated before that is raised."""
        dispute, _, policy = await self._engine.dispute(task.dispute_id, task.marketplace)
        rules, connected = policy.translation, self._translators.of(task.marketplace)
        if rules is None or dispute.imported or (rules.otherwise == "original" and not connected):
            return True
        allowed = rules.engines_for(dispute.reason)
        engines = [one for name in allowed for one in connected if one.name == name]
        names = await self._texts.names(task)
        row = self._row(task)
        found = await self._texts.found(task, dispute, names, row.languages)
        known = await self._engine.translations(task.dispute_id, task.marketplace)
        if not row.asked:
            await self._note_languages(task, found, known)
        to_do = left(task.dispute_id, found, known, row.asked)
        late = bool(to_do) and await self._is_late(task)
        turn = [*to_do.items()][:_IN_A_TURN]
        ended = await asyncio.gather(
            *(self._once(translation_id, task, wishes, engines, names, late) for translation_id, wishes in turn),
            return_exceptions=True,
        )
        row.asked.update(
            translation_id for (translation_id, _), error in zip(turn, ended, strict=True) if error is None
        )
        for error in ended:
            if error is not None:
                raise error
        return len(to_do) == len(turn)

    def _row(self, task: FactTask) -> _Begun:
        """Another worker may end a row that was begun here, so only the last ones are remembered."""
        begun = self._begun[task.position] = self._begun.pop(task.position, _Begun())
        while len(self._begun) > _REMEMBERED:
            del self._begun[next(iter(self._begun))]
        return begun

    async def _note_languages(self, task: FactTask, found: Sequence[Found], known: Translations) -> None:
        noted = set(known.detected)
        for one in found:
            if one.detected is not None and one.source not in noted:
                noted.add(one.source)
                about = {"of": one.of, "declared": one.text.language, "detected": one.detected}
                await self._record(task, one, RecordLanguage, **about)

    async def _once(self, translation_id: UUID, task: FactTask, wishes: Sequence[Wish], *by: Any) -> None:
        """The same words may stand in two rows. Raises LeftAlone while they are with an engine already."""
        if translation_id in self._with_engines:
            raise LeftAlone("it is being translated", 1.0)
        self._with_engines.add(translation_id)
        try:
            await self._translate(translation_id, task, wishes, *by)
        finally:
            self._with_engines.discard(translation_id)

    async def _translate(
        self,
        translation_id: UUID,
        task: FactTask,
        wishes: Sequence[Wish],
        engines: Sequence[Circuit],
        names: Sequence[str],
        late: bool,
    ) -> None:
        """One translation, for every place of this row where the text stands. Raises Unwell, unless it is too late for that.

        What was given up is tried again when it comes here again: an engine may have been connected since. What somebody
        still cannot read is owed, if it is owed no more: their dispute was reopened, or they came later.
        """
        for number, wish in enumerate(wishes):
            known = await self._engine.translations(task.dispute_id, task.marketplace)
            before = known.by.get(translation_id)
            if before is not None and wish.found.of not in known.places.get(wish.found.source, ()):
                await self._record(task, wish.found, RecordRepeated, of=wish.found.of)
            if number == 0 and (before is None or before.given_up):
                if await self._ask(task, wish, engines, names, late):
                    continue
                if before is None:
                    await self._record(task, wish.found, GiveUpTranslation, language=wish.target, wanted=wish.wanted)
                    continue
            if before is not None and not before.safe:
                owed = {"translation_id": translation_id, "wanted": wish.wanted}
                await self._record(task, wish.found, OweTranslation, **owed)

    async def _ask(
        self, task: FactTask, wish: Wish, engines: Sequence[Circuit], names: Sequence[str], late: bool
    ) -> bool:
        """Whether an engine offers the pair: the first one translates. Raises Unwell if one that may offer it is down, and it
        is not yet too late to wait.
        """
        unwell: Unwell | None = None
        for engine in engines:
            try:
                async with self._asking:
                    engine.check()
                    if engine.sends_out:
                        await self._record(task, wish.found, RecordSent, engine=engine.name)
                    made = await translate(engine, wish.found.plain, wish.found.language, wish.target, names=names)
            except NotOffered:
                continue
            except Unwell as error:
                unwell = error
                continue
            if made is not None:
                await self._keep(task, wish, made)
            return True
        if unwell is not None and not late:
            raise unwell
        return False

    async def _is_late(self, task: FactTask) -> bool:
        async with self._pool.connection() as connection:
            row = await (await connection.execute(_TOO_LATE, (task.position,))).fetchone()
        return row is not None and bool(row[0])

    async def _keep(self, task: FactTask, wish: Wish, made: Translation) -> None:
        await self._record(
            task,
            wish.found,
            RecordTranslation,
            wanted=wish.wanted,
            text=made.unmasked.text,
            language=wish.target,
            engine=made.engine.name,
            engine_version=made.engine.version,
            via=made.via,
            faults=made.unmasked.faults,
        )

    async def _record(self, task: FactTask, found: Found, command: type[Command], **about: Any) -> None:
        given = {
            "marketplace": task.marketplace,
            "actor": ENGINE,
            "now": await self._clocks.now(task.marketplace),
            "dispute_id": task.dispute_id,
            "subject": found.text.author,
            "written_at": found.written_at,
            **about,
        }
        if "source" in command.model_fields:
            given["source"] = found.source
        async with self._writing.setdefault(task.dispute_id, asyncio.Lock()):
            await self._engine.handle(command.model_validate(given), Request(correlation_id=task.correlation_id))  # type: ignore[arg-type] # one of six
