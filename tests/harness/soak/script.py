"""What each writer does, decided by the seed alone: a writer whose process was killed goes on where it was."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

from tests.harness.soak.cases import SCRIPTS, Act, ident

PAGES = 40
"""How often a writer appends to its streams before it takes new ones, so that what is poisoned stays a small part."""

HOT = 4
"""Streams that all writers append to; these are left for new ones too, as whoever appends reads them first."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Some facts to one stream, the first of them at `version`; None where others append too. `about` a dispute, or none."""

    stream: UUID
    about: UUID | None
    version: int | None
    events: int


@dataclass(frozen=True, slots=True)
class Ticks:
    """Facts to several streams: all or nothing. `venom`: the first of them is one that the tally can't fold."""

    segments: tuple[Segment, ...]
    venom: bool


@dataclass(frozen=True, slots=True)
class Op:
    """The `n`-th thing that a writer does; `id` is the correlation id of all that comes of it."""

    writer: int
    n: int
    id: UUID
    does: Ticks | Act

    def intent(self) -> dict[str, Any]:
        """What the journal says of it beforehand."""
        said: dict[str, Any] = {"w": self.writer, "n": self.n, "op": str(self.id)}
        if isinstance(self.does, Act):
            return said | self.does.intent()
        segments = [[str(s.stream), s.version, s.events] for s in self.does.segments]
        return said | {"what": "ticks", "segments": segments}


def program(seed: int, writer: int, *, burst: int, disputes: bool = True) -> Iterator[Op]:
    """Endless. `burst`: at most so many facts to one stream at once. Without `disputes`: only what a store without an engine
    can do, each stream with one writer."""
    random = Random(f"{seed}/{writer}")
    acts = _acts(seed, writer // 2)
    ticks = _ticks(seed, writer, random, burst, shared=disputes)
    for n in count():
        does: Ticks | Act = next(acts) if disputes and random.random() < 0.5 else next(ticks)
        yield Op(writer, n, ident(seed, "op", writer, n), does)


def _acts(seed: int, group: int) -> Iterator[Act]:
    """The two writers of a group play the same disputes, each at its own pace."""
    random = Random(f"{seed}/group/{group}")
    for number in count():
        yield from random.choice(SCRIPTS)(ident(seed, "case", group, number))


def _ticks(seed: int, writer: int, random: Random, burst: int, *, shared: bool) -> Iterator[Ticks]:
    for book in count():
        streams = [ident(seed, "stream", writer, book, nth) for nth in range(3)]
        versions = dict.fromkeys(streams, 0)
        for _ in range(PAGES):
            segments = []
            for stream in random.sample(streams, random.randint(1, 3)):
                events = random.randint(1, burst)
                about = None if stream == streams[2] else stream
                segments.append(Segment(stream, about, versions[stream] + 1, events))
                versions[stream] += events
            if shared and random.random() < 0.15:
                segments.append(Segment(ident(seed, "hot", book // 2, random.randrange(HOT)), None, None, 1))
            yield Ticks(tuple(segments), venom=shared and random.random() < 0.002)
