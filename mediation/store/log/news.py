"""Reads the new events of streams. Many commands ask at once; one statement answers all that wait."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from mediation.store.keys.cache import Coalescer
from mediation.store.log.arrays import Bytes, Ints, Smallints, Texts, Uuids
from mediation.store.log.memory import Memory
from mediation.store.log.recorded import COLUMNS, Row, identity_of
from mediation.store.log.requests import Repeated

_NEWS = f"SELECT {COLUMNS} FROM news(%b, %b, %b, %b, %b)"
"""See news.sql: it returns events, and results in the same columns."""


@dataclass(frozen=True, slots=True)
class StreamQuery:
    """Each stream's events after a version, and the result kept under (marketplace, key)."""

    wants: Sequence[tuple[UUID, int]]
    key: tuple[str, bytes] | None


@dataclass(frozen=True, slots=True)
class StreamNews:
    """The rows of every stream in the query, in order."""

    streams: Mapping[UUID, Sequence[Row]]
    result: Repeated | None


class StreamReader:
    """`fetch` runs a statement. Queries that arrive during it are combined in the next one. `memory` learns what was
    read: the callers remember it."""

    def __init__(self, fetch: Callable[[str, Sequence[Any]], Awaitable[Sequence[Any]]], memory: Memory) -> None:
        self._fetch = fetch
        self._memory = memory
        self._rounds = Coalescer[StreamQuery, StreamNews](self._answer)

    async def ask(self, question: StreamQuery) -> StreamNews:
        """The answer is as of an instant after the call."""
        return await self._rounds.ask(question)

    async def _answer(self, questions: Sequence[StreamQuery]) -> list[StreamNews]:
        wanted: dict[UUID, int] = {}
        for question in questions:
            for stream_id, version in question.wants:
                wanted[stream_id] = min(version, wanted.get(stream_id, version))
        keyed = [(n, *question.key) for n, question in enumerate(questions) if question.key is not None]
        numbers, marketplaces, keys = zip(*keyed, strict=True) if keyed else ((), (), ())
        parameters = (Uuids(wanted), Ints(wanted.values()), Smallints(numbers), Texts(marketplaces), Bytes(keys))
        streams: defaultdict[UUID, list[Row]] = defaultdict(list)
        results: dict[int, Repeated] = {}
        generation, last = self._memory.generation, None
        for row in await self._fetch(_NEWS, parameters):
            if row[3] is None:
                results[row[8]] = Repeated(first_position=row[0], events=row[4], request=row[12])
            else:
                streams[row[3]].append(row)
                if last is None or row[0] > last[0]:
                    last = row
        if last is not None and generation == self._memory.generation:
            self._memory.saw(identity_of(last))
        return [_news(question, streams, results.get(n)) for n, question in enumerate(questions)]


def _news(question: StreamQuery, streams: Mapping[UUID, Sequence[Row]], result: Repeated | None) -> StreamNews:
    """Leaves out older events, which another query may have asked for."""
    news = {
        stream_id: [row for row in streams[stream_id] if row[4] > version] if stream_id in streams else ()
        for stream_id, version in question.wants
    }
    return StreamNews(news, result)
