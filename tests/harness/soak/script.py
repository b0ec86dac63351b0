"""The acts of each writer. They depend on the seed alone, so a writer whose process was killed continues where it
was."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

from tests.harness.soak.cases import SCRIPTS, Act, ident

PAGES = 40
"""How often a writer appends to its streams before it takes new ones. This keeps the poisoned part small."""

HOT = 4
"""The number of streams that all writers append to. They are replaced from time to time, because a writer reads such a
stream before it appends."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Facts for one stream, from `version` on. None if other writers append to the stream too. `about` is a dispute, or
    None."""

    stream: UUID
    about: UUID | None
    version: int | None
    events: int


@dataclass(frozen=True, slots=True)
class Ticks:
    """Facts for several streams, stored together or not at all. `venom`: the poisoned tally cannot fold the first
    one."""

    segments: tuple[Segment, ...]
    venom: bool


@dataclass(frozen=True, slots=True)
class Op:
    """The `n`-th act of a writer. `id` is the correlation id of all its facts."""

    writer: int
    n: int
    id: UUID
    does: Ticks | Act

    def intent(self) -> dict[str, Any]:
        """The line in the journal before the act."""
        said: dict[str, Any] = {"w": self.writer, "n": self.n, "op": str(self.id)}
        if isinstance(self.does, Act):
            return said | self.does.intent()
        segments = [[str(s.stream), s.version, s.events] for s in self.does.segments]
        return said | {"what": "ticks", "segments": segments}


def program(seed: int, writer: int, *, burst: int, disputes: bool = True) -> Iterator[Op]:
    """Endless. `burst` is the maximum number of facts for one stream at once. Without `disputes` there are only acts
    that a store without an engine can do, and each stream has one writer."""
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
