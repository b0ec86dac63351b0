"""Translations: each text of a dispute goes into the languages of those who may read it and do not read its own.

A text is one row here until nothing is left to do for it. A worker claims a row for a while, so no text is sent twice. A
service that is down is asked again later, for a day. If no engine of the marketplace offers the pair of languages, none is
connected, or none was there for a day, that is recorded, and the marketplace owes the translation.

If a text is reliably in another language than its author declared, that is recorded too, and it is translated from that one.

Names, amounts, dates and addresses are taken out before a text leaves the house, and that it left is recorded first.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, get_args
from uuid import UUID
from weakref import WeakValueDictionary

import structlog
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from domain.dispute.state import Dispute
from domain.filing.filing_facts import DisputeFiled
from domain.kernel.base import Command, Event
from domain.kernel.people import Side, Text
from domain.kernel.text_places import TextPlace
from domain.neutral.escalation_facts import NeutralAssigned
from domain.remedies.reopening_facts import DisputeReopened
from domain.ruling.ruling_facts import RulingCoSigned
from domain.settlement.translation import (
    GiveUpTranslation,
    OweTranslation,
    RecordLanguage,
    RecordRepeated,
    RecordSent,
    RecordTranslation,
    Wanted,
)
from domain.settlement.translation_facts import TranslationEvent, Translations, translation_id_of
from mediation.engine import Contended, Engine, Request
from mediation.gateways.translation.circuit import Circuit, Translators
from mediation.gateways.translation.port import LeftAlone, NotOffered, Translation, Unwell, translate
from mediation.language.identification import UNDETERMINED, detect
from mediation.language.masking import has_language
from mediation.processes import ENGINE
from mediation.processes.fact_tasks import FactTask, FactTasks, table_of
from mediation.processes.policies import Asking
from mediation.processes.tasks import LONGEST_SLEEP, TaskProcess
from mediation.processes.texts import awaits_ruling, holds_text, primary, texts_of, wanted
from mediation.store.clocks import Clocks
from mediation.store.follow.consumer import PASSING, describe
from mediation.store.keys.blind import Blind
from mediation.store.keys.tokens import ERASED
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
class _Found:
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
class _Wish:
    """A text is to go into one language."""

    found: _Found
    target: str
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class _Begun:
    """Of a row that goes in turns: the translations that it is done with, and the languages of its texts by source.

    Not every translation that was asked for is recorded: not that of somebody who is being erased. One that is given up again
    is recorded as before.
    """

    asked: set[UUID] = field(default_factory=set)
    detected: dict[str, str | None] = field(default_factory=dict)


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
        self._tasks = FactTasks(pool, "translation_task", claimed_for=5)
        self.concerns = _kinds()
        self._engine = engine
        self._log = log
        self._codec = codec
        self._blind = blind
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
        names = await self._names(task)
        row = self._row(task)
        found = await self._found(task, dispute, names, row)
        known = await self._engine.translations(task.dispute_id, task.marketplace)
        if not row.asked:
            await self._note_languages(task, found, known)
        left = _left(task.dispute_id, found, known, row.asked)
        late = bool(left) and await self._is_late(task)
        turn = [*left.items()][:_IN_A_TURN]
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
        return len(left) == len(turn)

    def _row(self, task: FactTask) -> _Begun:
        """Another worker may end a row that was begun here, so only the last ones are remembered."""
        begun = self._begun[task.position] = self._begun.pop(task.position, _Begun())
        while len(self._begun) > _REMEMBERED:
            del self._begun[next(iter(self._begun))]
        return begun

    async def _note_languages(self, task: FactTask, found: Sequence[_Found], known: Translations) -> None:
        noted = set(known.detected)
        for one in found:
            if one.detected is not None and one.source not in noted:
                noted.add(one.source)
                about = {"of": one.of, "declared": one.text.language, "detected": one.detected}
                await self._record(task, one, RecordLanguage, **about)

    async def _once(self, translation_id: UUID, task: FactTask, wishes: Sequence[_Wish], *by: Any) -> None:
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
        wishes: Sequence[_Wish],
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
        self, task: FactTask, wish: _Wish, engines: Sequence[Circuit], names: Sequence[str], late: bool
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

    async def _keep(self, task: FactTask, wish: _Wish, made: Translation) -> None:
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

    async def _record(self, task: FactTask, found: _Found, command: type[Command], **about: Any) -> None:
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

    async def _found(self, task: FactTask, dispute: Dispute, names: Sequence[str], row: _Begun) -> list[_Found]:
        """The texts that can be read and are in some language, each with who does not read it."""
        neutral = dispute.escalation.neutral
        mandate = await self._engine.mandate(neutral, task.marketplace) if neutral else None
        theirs = tuple(mandate.languages) if mandate else ()
        among = {*(dispute.party(side).language for side in Side), *theirs, "en"}
        found: list[_Found] = []
        for fact in await self._facts(task):
            for of, text in texts_of(fact.event) if holds_text(type(fact.event)) else ():
                plain = (await self._codec.open({"text": text.text}, task.marketplace))["text"]
                if plain == ERASED or not has_language(plain, names):
                    continue
                source = source_of(self._blind, task.dispute_id, plain, text.language)
                if source not in row.detected:
                    row.detected[source] = detect(plain, text.language, among, names)
                detected = row.detected[source]
                language = detected or text.language
                known = primary(language) != UNDETERMINED
                needed = wanted(fact.event, dispute, of, text, language, theirs) if known else {}
                found.append(_Found(text, plain, of, source, fact.recorded_at, language, detected, needed))
        return found

    async def _names(self, task: FactTask) -> list[str]:
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


def _left(
    dispute_id: UUID, found: Sequence[_Found], known: Translations, asked: Collection[UUID]
) -> dict[UUID, list[_Wish]]:
    """What is still to do for a row, by translation: one text may stand in several places. An unsafe one may be owed anew."""
    left: dict[UUID, list[_Wish]] = {}
    for one in found:
        for target, needed in one.wanted.items():
            translation_id = translation_id_of(dispute_id, one.source, target)
            before = known.by.get(translation_id)
            settled = before is not None and before.safe and one.of in known.places.get(one.source, ())
            if not settled and translation_id not in asked:
                left.setdefault(translation_id, []).append(_Wish(one, target, needed))
    return left


def _kinds() -> frozenset[str]:
    """The facts with texts, and those after which somebody has yet to read earlier texts."""
    made_here = get_args(TranslationEvent)
    found = {kind for kind, event in Event.registry.items() if event not in made_here and holds_text(event)}
    return frozenset(found | {event.kind for event in (NeutralAssigned, RulingCoSigned, DisputeReopened)})
