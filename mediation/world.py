"""The streams of one command: their ids, their states and versions, and the case that they make."""

from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from domain.course import Course, Fact
from domain.dispute.case import EMPTY, Case
from domain.kernel.base import OF_DISPUTE, Stream
from domain.kernel.frozen import frozen
from domain.streams import STREAMS
from mediation.store.log.requests import Pending
from mediation.stream_cache import Loaded


@frozen
class World:
    """The streams of one command, as its marketplace sees them."""

    ids: Mapping[Stream, UUID]
    loaded: Mapping[Stream, Loaded]
    case: Case

    @classmethod
    def of(cls, ids: Mapping[Stream, UUID], loaded: Mapping[Stream, Loaded], marketplace: str) -> "World":
        seen, case = {stream: one.seen_by(marketplace) for stream, one in loaded.items()}, EMPTY
        for stream, one in seen.items():
            if one.version:
                case = STREAMS[stream].write(case, one.state)
        return cls(ids, seen, case)

    @property
    def versions(self) -> dict[Stream, int]:
        return {stream: one.version for stream, one in self.loaded.items()}

    def pending(self, facts: Sequence[Fact]) -> tuple[Pending, ...]:
        """The facts as they follow the versions of their streams."""
        versions = self.versions
        pending: list[Pending] = []
        for fact in facts:
            stream = fact.stream
            versions[stream] += 1
            about = self.ids.get("dispute") if stream in OF_DISPUTE else None
            pending.append(Pending(self.ids[stream], versions[stream], about, fact.occurred_at, fact.event))
        return tuple(pending)

    def after(self, course: Course, marketplace: str) -> "World":
        """After the facts of a command that was decided on this world."""
        loaded = dict(self.loaded)
        for stream, more in Counter([fact.stream for fact in course.facts]).items():
            fold = STREAMS[stream]
            loaded[stream] = Loaded(fold, fold.read(course.case), loaded[stream].version + more, marketplace)
        return World(self.ids, loaded, course.case)


NOTHING = World({}, {}, EMPTY)
