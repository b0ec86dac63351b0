"""A cache of the most recently used streams, so that a command reads only the new events of a stream."""

from collections import OrderedDict
from collections.abc import Iterable
from uuid import UUID

from domain.kernel.base import Stream
from domain.kernel.frozen import frozen
from domain.streams import STREAMS, StreamFold
from mediation.store.log.recorded import Recorded


@frozen
class Loaded:
    """One stream as far as this worker has read it: its state, the version of that state, and its marketplace."""

    fold: StreamFold[object]
    state: object
    version: int = 0
    marketplace: str | None = None

    def with_news(self, news: Iterable[Recorded]) -> "Loaded":
        """The state after more recorded events. If the id belongs to a stream of another kind, this stream is empty."""
        state, version, marketplace = self.state, self.version, self.marketplace
        for recorded in news:
            if recorded.event.stream != self.fold.kind:
                return untouched(self.fold)
            state = self.fold.evolve(state, recorded.event, recorded.occurred_at)
            version, marketplace = recorded.version, recorded.marketplace
        return Loaded(self.fold, state, version, marketplace)

    def seen_by(self, marketplace: str) -> "Loaded":
        """As `marketplace` sees it: the stream of another marketplace is empty."""
        return self if self.marketplace in (None, marketplace) else untouched(self.fold)


def untouched(fold: StreamFold[object]) -> Loaded:
    return Loaded(fold, fold.initial)


class WarmStreams:
    """At most `bound` streams; the least recently used one is dropped first.

    The engine reads the new events of a cached stream before it decides on it. State holds no personal data.
    """

    def __init__(self, bound: int) -> None:
        self._bound = bound
        self._loaded: OrderedDict[UUID, Loaded] = OrderedDict()

    def get(self, stream: Stream, stream_id: UUID) -> Loaded:
        fold, found = STREAMS[stream], self._loaded.get(stream_id)
        if found is None or found.fold.kind != fold.kind:
            return untouched(fold)
        self._loaded.move_to_end(stream_id)
        return found

    def put(self, stream_id: UUID, loaded: Loaded) -> None:
        known = self._loaded.get(stream_id)
        if loaded.version <= (known.version if known else 0):
            return
        self._loaded[stream_id] = loaded
        self._loaded.move_to_end(stream_id)
        while len(self._loaded) > self._bound:
            self._loaded.popitem(last=False)

    def clear(self) -> None:
        self._loaded.clear()
