"""The streams that were used last, kept so that a command reads only what is new in them."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from domain.case import DECIDERS, Decider
from domain.kernel.base import Event, Instant, Stream
from mediation.store.log.recorded import Recorded


@dataclass(frozen=True, slots=True)
class Loaded:
    """One stream as far as it is known: its state, the version that it is the state of, and whose it is."""

    decider: Decider[object]
    state: object
    version: int = 0
    marketplace: str | None = None

    def with_news(self, news: Iterable[Recorded]) -> "Loaded":
        """An id that somebody names may be that of a stream of another kind, which for this one has never begun."""
        state, version, marketplace = self.state, self.version, self.marketplace
        for recorded in news:
            if recorded.event.stream != self.decider.kind:
                return untouched(self.decider)
            state = self.decider.evolve(state, recorded.event, recorded.occurred_at)
            version, marketplace = recorded.version, recorded.marketplace
        return Loaded(self.decider, state, version, marketplace)

    def then(self, event: Event, at: Instant, marketplace: str) -> "Loaded":
        """After one more event."""
        return Loaded(self.decider, self.decider.evolve(self.state, event, at), self.version + 1, marketplace)

    def seen_by(self, marketplace: str) -> "Loaded":
        """Another marketplace's stream is, for this one, as if it had never begun."""
        return self if self.marketplace in (None, marketplace) else untouched(self.decider)


def untouched(decider: Decider[object]) -> Loaded:
    return Loaded(decider, decider.initial)


class WarmStreams:
    """At most `bound` streams, the least recently used forgotten first.

    What it holds is always brought up to date before anything is decided on it. State holds no personal data.
    """

    def __init__(self, bound: int) -> None:
        self._bound = bound
        self._loaded: OrderedDict[UUID, Loaded] = OrderedDict()

    def get(self, stream: Stream, stream_id: UUID) -> Loaded:
        decider, found = DECIDERS[stream], self._loaded.get(stream_id)
        if found is None or found.decider.kind != decider.kind:
            return untouched(decider)
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
