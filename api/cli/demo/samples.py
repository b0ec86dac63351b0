"""The sample disputes of `mediation serve --demo`: many languages, many stages, filed once.

They are living disputes: their windows run from the first filing, and what falls due takes its course. All people in
them are invented. Everything is decided by the engine, act by act.

The folder `disputes` has one file for each marketplace, with one act on each line, as an import has. They differ from an
import in this:

- Each instant is a duration (ISO 8601) from the first start of the engine: `-PT2H` is two hours before it, `+PT40M` is 40
  minutes after it.
- A neutral is named by the variable of their token, such as `NEUTRAL_2`.
- `file` names a file of the folder `evidence`. It comes with the exhibit or message of the line.
- `in` of a text holds its translations, by language.
- `save_ruling_draft` saves a draft. That is no act, and leaves no fact.
- `record_contact` is about the order, and no act of the dispute. It stands before the filing.
"""

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID, uuid4

import structlog
from pydantic import TypeAdapter

from api.cli.demo.desk import open_desk
from api.cli.demo.people import BACKENDS, NEUTRALS, SUPERVISOR, subject
from api.cli.demo.phrases import Phrases
from api.disputes.ruling.drafts import RulingDraft
from api.http.bodies import Context
from api.http.spelt import spelt
from api.imports.import_schemas import PastAct
from api.imports.importer import Importer
from api.marketplace.contact_schemas import RecordContact
from api.services import Services
from domain.evidence.exhibit_facts import File
from domain.kernel.base import Actor, Role
from domain.kernel.refusals import UnknownDispute
from domain.silence import RecordLapses
from mediation.processes import ENGINE
from mediation.store.desk import read_marks
from mediation.store.desk.ruling_drafts import Drafts
from mediation.store.tasks import end

POOL = 16
"""Connections that the filing needs at least: many acts are under way, and a lock is held meanwhile."""

_LOCK = 7306
"""Advisory lock."""

_PATIENTLY = """SELECT set_config('lock_timeout', '0', true), set_config('statement_timeout', '0', true),
set_config('idle_in_transaction_session_timeout', '0', true)"""

_CATCH_UP = 60  # seconds

_AHEAD = 16
"""Lines in progress at a time. Facts are stored nearly in the order in which they happened."""

_LENGTH = re.compile(r"[-+]P(\d+D)?(T[0-9HM]+)?")
_FOLDER = files("api.cli.demo")

_log = structlog.get_logger(__name__)


async def file_samples(services: Services) -> None:
    """Files the missing samples. Those that exist stay unchanged, so each worker may call this at each start, before its
    clocks run: one files them, and the others wait.
    """
    async with services.pool.connection() as connection, connection.transaction():
        await connection.execute(_PATIENTLY)
        await connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        for backend in BACKENDS:
            await Filing(services, backend.marketplace, subject(services, backend)).file(samples(backend.marketplace))


def samples(marketplace: str) -> list[dict[str, Any]]:
    """The lines of a file, in the order in which they happened. The first line of each case is its filing."""
    lines = _FOLDER.joinpath("disputes", f"{marketplace}.jsonl").read_text("utf-8").splitlines()
    return sorted(map(json.loads, lines), key=lambda line: _length(line["occurred_at"]))


@cache
def _cases(marketplace: str) -> frozenset[str]:
    return frozenset(line["case"] for line in samples(marketplace))


def sample_disputes(services: Services, marketplace: str) -> set[UUID]:
    """The ids that the samples of this marketplace have, whether they are filed or not; none for other marketplaces."""
    if marketplace not in {backend.marketplace for backend in BACKENDS}:
        return set()
    importer = Importer(services, marketplace, UUID(int=0), imported=False)
    return {importer.dispute_id(case) for case in _cases(marketplace)}


class Filing:
    """The filing of one marketplace's samples. The oldest dispute is filed first and alone, and the newest one last: so these
    two say when the first start was, and whether all is done.
    """

    def __init__(self, services: Services, marketplace: str, sender: UUID) -> None:
        self._services, self._marketplace, self._sender = services, marketplace, sender
        supervisor = subject(services, SUPERVISOR)
        self._importer = Importer(services, marketplace, sender, imported=False, supervisor=supervisor)
        self._neutrals = {neutral.variable: str(subject(services, neutral)) for neutral in NEUTRALS}
        self._phrases = Phrases(services, marketplace)
        self._messages = Counter[str]()
        self._first_start = services.clocks.real().replace(microsecond=0)

    async def file(self, lines: Sequence[dict[str, Any]]) -> None:
        oldest = lines[0]
        newest = next(line for line in reversed(lines) if line["act"] == "file_dispute")
        if await self._filed_at(newest) is not None:
            return
        if (filed_at := await self._filed_at(oldest)) is not None:  # an earlier start was interrupted
            self._first_start = filed_at - _length(oldest["occurred_at"])
        await open_desk(self._services, self._marketplace)
        await self._carry_out(oldest)
        await self._together([line for line in lines if line not in (oldest, newest)])
        disputes = [self._importer.dispute_id(case) for case in {line["case"] for line in lines} - {newest["case"]}]
        await self._take_course(disputes)
        await self._phrases.record(disputes)
        await _all_told(self._services)
        await self._carry_out(newest)
        await self._phrases.record([self._importer.dispute_id(newest["case"])])

    async def _filed_at(self, filing: dict[str, Any]) -> datetime | None:
        try:
            dispute, _, _ = await self._services.engine.dispute(
                self._importer.dispute_id(filing["case"]), self._marketplace
            )
        except UnknownDispute:
            return None
        return dispute.filed_at

    async def _together(self, lines: Sequence[dict[str, Any]]) -> None:
        """The lines of one case wait for each other."""
        room, last = asyncio.Semaphore(_AHEAD), dict[str, asyncio.Task[None]]()

        async def in_turn(line: dict[str, Any], before: asyncio.Task[None] | None) -> None:
            if before is not None:
                await asyncio.wait([before])
            await self._carry_out(line)
            room.release()

        async with asyncio.TaskGroup() as group:
            for line in lines:
                await room.acquire()
                last[line["case"]] = group.create_task(in_turn(line, last.get(line["case"])))

    async def _take_course(self, disputes: Sequence[UUID]) -> None:
        """Records what fell due before this instant, so that the first reader finds it recorded."""
        now = self._services.clocks.real()
        async with asyncio.TaskGroup() as group:
            for dispute_id in disputes:
                lapses = RecordLapses(marketplace=self._marketplace, actor=ENGINE, now=now, dispute_id=dispute_id)
                group.create_task(self._services.engine.handle(lapses))

    async def _carry_out(self, line: dict[str, Any]) -> None:
        told = self._told(line)
        if told["act"] == "save_ruling_draft":
            await self._draft(told)
            return
        if told["act"] == "record_contact":
            await self._contact(told)
            return
        with_file = told.pop("file", None)
        act = PastAct.model_validate(told)
        file = None if with_file is None else await self._received(act, with_file)
        several = act.act == "post_message"
        received: dict[str, Any] = {} if file is None else {"files": (file,)} if several else {"file": file}
        result = await self._importer.carry_out(0, act, **received)
        if file is not None and result.status != "stored":
            await self._services.blobs.discard(file.blob_id)
        if act.act == "post_message":
            await self._read(act)
        if result.problem is not None:
            _log.warning("sample_incomplete", reference=act.case, act=act.act, code=result.problem.code)

    async def _read(self, act: PastAct) -> None:
        """A neutral has read everything before their own message."""
        self._messages[act.case] += 1
        if act.neutral is not None:
            await read_marks.mark(
                self._services.pool,
                subject=act.neutral,
                marketplace=self._marketplace,
                dispute_id=self._importer.dispute_id(act.case),
                number=self._messages[act.case],
                at=act.occurred_at,
            )

    async def _received(self, act: PastAct, name: str) -> File:
        dispute, _, _ = await self._services.engine.dispute(self._importer.dispute_id(act.case), self._marketplace)
        author = dispute.subject_of(Actor(subject=act.neutral or uuid4(), role=Role(act.as_)))
        blob_id = uuid4()
        stored = await self._services.blobs.write(blob_id, _content(name), subject=author)
        return File(
            blob_id=blob_id,
            author=author,
            name=name,
            media_type=stored.media_type,
            size=stored.size,
            sha256=stored.sha256,
            sealed_sha256=stored.sealed_sha256,
        )

    async def _draft(self, told: dict[str, Any]) -> None:
        draft = RulingDraft.model_validate(told["body"]).model_dump_json(exclude_defaults=True).encode()
        drafts = Drafts(self._services.pool, self._services.keys, self._marketplace, UUID(told["neutral"]))
        saved_at = datetime.fromisoformat(told["occurred_at"])
        await drafts.save(self._importer.dispute_id(told["case"]), draft, saved_at, read=())

    async def _contact(self, told: dict[str, Any]) -> None:
        """Its id in its channel says at another start that it is on record."""
        at = datetime.fromisoformat(told["occurred_at"])
        given = RecordContact.model_validate({**told["body"], "at": at})
        actor = Actor(subject=self._sender, role=Role.MARKETPLACE)
        made_in = Context(self._marketplace, actor, at, self._services.blind)
        _, command = await spelt(self._services.spellings, made_in, given.command)
        await self._services.engine.handle(command)

    def _told(self, value: Any) -> Any:
        """With instants for durations, and the subjects of neutrals for their names. Translations are kept for later."""
        match value:
            case str() if _LENGTH.fullmatch(value):
                return (self._first_start + _length(value)).isoformat()
            case str():
                return self._neutrals.get(value, value)
            case {"text": str(text), "language": language, "in": translations}:
                self._phrases.keep(text, translations)
                return {"text": text, "language": language}
            case dict():
                return {name: self._told(inner) for name, inner in value.items()}
            case list():
                return [self._told(inner) for inner in value]
            case _:
                return value


async def _all_told(services: Services) -> None:
    """Views and processes learn of the samples before any process acts: it would act on what is over by then."""
    following = asyncio.create_task(services.follow.run())
    try:
        position = await services.log.last_position()
        for consumer in services.consumers:
            await services.follow.caught_up(consumer.name, position, _CATCH_UP)
    finally:
        await end([following])


async def _content(name: str) -> AsyncIterator[bytes]:
    yield _FOLDER.joinpath("evidence", name).read_bytes()


def _length(text: str) -> timedelta:
    return _LENGTHS.validate_python(text)


_LENGTHS = TypeAdapter(timedelta)
