"""Machine readings: the text in pictures and PDFs of exhibits, where the dispute's policy says so.

Each exhibit with such a file is one row here until it was read. A worker claims a row for a while, and reads one file at a
time. Each file is read once for the languages of the case: of the parties, of the neutral, and English. When a neutral is
assigned who has another language, the files are read again for that too. A file that cannot be read leads to a fact that says
why, so it is not tried for ever.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from domain.dispute.state import Dispute
from domain.evidence.exhibit_facts import ExhibitAdded, File
from domain.evidence.machine_reading import RecordFileNotRead, RecordTextFound
from domain.evidence.machine_reading_facts import MAX_BLOCKS, reading_id_of
from domain.kernel.people import Side
from domain.neutral.escalation_facts import NeutralAssigned
from mediation.engine import Engine, Request
from mediation.gateways.pictures.port import READABLE, Block, Found, NotReadable, PictureReader, Unwell
from mediation.language.blocks import languages_of
from mediation.processes import ENGINE
from mediation.processes.fact_tasks import FactTask, FactTasks, table_of
from mediation.processes.tasks import TaskProcess
from mediation.store.clocks import Clocks
from mediation.store.files.blobs import BlobDamaged, BlobErased, BlobMissing, Blobs
from mediation.store.files.place import EvidenceUnavailable
from mediation.store.follow.consumer import PASSING, describe
from mediation.store.keys.blind import Blind
from mediation.store.keys.tokens import ERASED, PREFIX
from mediation.store.log.codec import Codec
from mediation.store.log.log import EventLog
from mediation.store.log.recorded import Recorded

TABLE = table_of("machine_reading_task")

_FAILED = 60.0
"""Seconds until a file is tried again that could not be had, or whose reading failed for another reason than the file."""

_MISSING = 3600.0
"""Seconds until a file is looked for again that is not where the evidence is."""

_MOST_TEXT = 60_000
"""The most characters of a file that one fact holds."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The file of one exhibit, and the keyed hash by which its reading is found."""

    exhibit: int
    file: File
    source: str
    added_at: datetime


def source_of(blind: Blind, dispute_id: UUID, author: UUID, sha256: str) -> str:
    """The keyed hash by which the reading of a file is found. The same file of another author is read for itself."""
    return blind.digest("machine reading", str(dispute_id), str(author), sha256).hex()


class MachineReadingProcess(TaskProcess):
    """Without a reader no file is read, and there are no rows: a reader that is installed later gets new exhibits."""

    name = "reading@1"
    tables = ("machine_reading_task",)
    concerns = frozenset({ExhibitAdded.kind, NeutralAssigned.kind})

    def __init__(
        self,
        pool: AsyncConnectionPool[AsyncConnection],
        engine: Engine,
        log: EventLog,
        codec: Codec,
        blind: Blind,
        clocks: Clocks,
        blobs: Blobs,
        reader: PictureReader | None,
    ) -> None:
        super().__init__(pool)
        self._tasks = FactTasks(pool, "machine_reading_task", claimed_for=30)
        self._engine = engine
        self._log = log
        self._codec = codec
        self._blind = blind
        self._clocks = clocks
        self._blobs = blobs
        self._reader = reader

    async def apply(self, conn: AsyncConnection, batch: Sequence[Recorded]) -> None:
        if self._reader is not None and await self._tasks.put(conn, filter(_has_work, batch)):
            self._wake.set()

    async def work(self) -> int:
        """Reads the next file, and returns whether there was one. What fails is tried again later."""
        if self._reader is None:
            return 0
        tasks = await self._tasks.claim(1)
        if not tasks:
            return 0
        await self._carry_out(tasks[0], self._reader)
        self._wake.set()  # there may be more
        return 1

    async def _carry_out(self, task: FactTask, reader: PictureReader) -> None:
        try:
            await self._read_all(task, reader)
        except (BlobMissing, BlobDamaged) as error:
            _log.error("file_not_found_to_read", dispute_id=str(task.dispute_id), error=describe(error))
            await self._tasks.later(task, _MISSING)
        except (Unwell, EvidenceUnavailable) as error:
            _log.warning("picture_reader_unwell", dispute_id=str(task.dispute_id), error=describe(error))
            await self._tasks.later(task, _FAILED)
        except PASSING:
            await self._tasks.later(task, 1.0)
        except Exception as error:
            _log.error("machine_reading_failed", dispute_id=str(task.dispute_id), error=describe(error))
            await self._tasks.later(task, _FAILED)
        else:
            await self._tasks.done(task)

    async def _read_all(self, task: FactTask, reader: PictureReader) -> None:
        dispute, _, policy = await self._engine.dispute(task.dispute_id, task.marketplace)
        if not policy.reads_pictures or dispute.imported:
            return
        languages = await reader.languages(await self._languages(task, dispute))
        if not languages:
            return
        for wanted in await self._wanted(task):
            known = await self._engine.readings(task.dispute_id, task.marketplace)
            reading_id = reading_id_of(task.dispute_id, wanted.source, languages)
            if reading_id not in known.done | known.failed:
                await self._read(task, reader, wanted, languages)

    async def _read(self, task: FactTask, reader: PictureReader, wanted: _Wanted, languages: tuple[str, ...]) -> None:
        try:
            content = b"".join([part async for part in await self._blobs.read(wanted.file.blob_id)])
        except BlobErased:
            return
        try:
            found = await reader.read(content, wanted.file.media_type, languages)
        except NotReadable as error:
            await self._record(task, wanted, RecordFileNotRead, languages=languages, why=error.why)
        else:
            await self._record(task, wanted, RecordTextFound, languages=languages, **_as_found(found, languages))

    async def _record(
        self,
        task: FactTask,
        wanted: _Wanted,
        command: type[RecordTextFound] | type[RecordFileNotRead],
        **about: Any,
    ) -> None:
        given = {
            "marketplace": task.marketplace,
            "actor": ENGINE,
            "now": await self._clocks.now(task.marketplace),
            "dispute_id": task.dispute_id,
            "subject": wanted.file.author,
            "written_at": wanted.added_at,
            "exhibit": wanted.exhibit,
            "source": wanted.source,
            **about,
        }
        await self._engine.handle(command.model_validate(given), Request(correlation_id=task.correlation_id))

    async def _languages(self, task: FactTask, dispute: Dispute) -> list[str]:
        """Those of the case, and English: it is on most papers of trade."""
        neutral = dispute.escalation.neutral
        mandate = await self._engine.mandate(neutral, task.marketplace) if neutral else None
        theirs = tuple(mandate.languages) if mandate else ()
        return [*dict.fromkeys((*(dispute.party(side).language for side in Side), *theirs, "en"))]

    async def _wanted(self, task: FactTask) -> list[_Wanted]:
        """The exhibit of the fact; when a neutral was assigned, all those before."""
        facts = await self._log.between(task.position, 1)
        if facts and isinstance(facts[0].event, NeutralAssigned):
            facts = await self._log.of_dispute(task.dispute_id, until_position=task.position)
        found: list[_Wanted] = []
        for fact in facts:
            added = fact.event
            if isinstance(added, ExhibitAdded) and added.file is not None and added.file.media_type in READABLE:
                opened = await self._codec.open({"sha256": added.file.sha256}, task.marketplace)
                if opened["sha256"] != ERASED:
                    source = source_of(self._blind, task.dispute_id, added.file.author, opened["sha256"])
                    found.append(_Wanted(added.number, added.file, source, fact.recorded_at))
        return found


def _has_work(recorded: Recorded) -> bool:
    event = recorded.event
    if isinstance(event, ExhibitAdded):
        return event.file is not None and event.file.media_type in READABLE
    return True


def _as_found(found: Found, languages: Sequence[str]) -> dict[str, Any]:
    blocks = [*_within_limits(found.blocks)]
    tags = languages_of([block.text for block in blocks], languages)
    return {
        "engine": found.engine,
        "engine_version": found.version,
        "pages": [
            {"number": page.number, "width": page.width, "height": page.height, "found_by": page.found_by}
            for page in found.pages
        ],
        "pages_in_file": found.pages_in_file,
        "blocks": [
            {
                "page": block.page,
                "box": {
                    "left": block.box.left,
                    "top": block.box.top,
                    "width": block.box.width,
                    "height": block.box.height,
                },
                # A text that begins like a sealed one could not be stored.
                "text": block.text.replace(PREFIX, ""),
                "language": tag,
                "confidence": block.confidence,
            }
            for block, tag in zip(blocks, tags, strict=True)
        ],
        "cut": len(blocks) < len(found.blocks),
    }


def _within_limits(blocks: Sequence[Block]) -> Iterator[Block]:
    room = _MOST_TEXT
    for block in blocks[:MAX_BLOCKS]:
        room -= len(block.text)
        if room < 0:
            return
        yield block
