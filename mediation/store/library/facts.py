"""The engine's facts through the eventsourcing library: its event store, repository, notification log and projections.

`Facts` is an application of the library that reads them:

- `Facts(env).repository.get(id, projector_func=state)` is the state of a stream, folded by the engine's own rules.
- Its notification log and the library's `ProjectionRunner` give every fact in the order of the log. A topic is a kind
  of fact, such as `OfferMade`.

Nothing can be stored through it. Personal texts stay sealed unless the environment says where the master keys are
(`mediation.store.library.keys`).
"""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, Never
from uuid import UUID

from eventsourcing import postgres
from eventsourcing.application import Application
from eventsourcing.persistence import Mapper, ProgrammingError, StoredEvent, Transcoder

from domain.kernel.base import Event
from domain.streams import STREAMS
from mediation.store.library.keys import KeyReader
from mediation.store.log.append import CHANNEL
from mediation.store.log.codec import Codec, Forged, opened, sealed
from mediation.store.log.recorded import Recorded

_VIEW = "library_facts"


class FactsAreReadOnly(ProgrammingError):
    """Facts are stored by commands to the engine, and not through the library."""


class StoredFact(Recorded):
    """A fact as the library returns it: `event` is what happened, the other fields are its envelope."""

    __slots__ = ()

    @property
    def originator_id(self) -> UUID:
        return self.stream_id

    @property
    def originator_version(self) -> int:
        return self.version


def state(before: Any, facts: Iterable[StoredFact]) -> Any:
    """The library's projector function of every stream that has a state: the state after these facts; None before the first."""
    for fact in facts:
        fold = STREAMS[fact.event.stream]
        before = fold.evolve(fold.initial if before is None else before, fact.event, fact.occurred_at)
    return before


class FactTranscoder(Transcoder):
    """Takes apart what the view `library_facts` puts together: a line of JSON with the envelope, and the stored body."""

    def encode(self, obj: Any) -> Never:
        raise FactsAreReadOnly

    def decode(self, data: bytes) -> dict[str, Any]:
        envelope, _, body = data.partition(b"\n")
        return {**json.loads(envelope), "body": body}


class FactMapper(Mapper[UUID]):
    """Decodes stored facts, upcasts old shapes, and opens personal texts if there are `keys`."""

    keys: KeyReader | None = None

    def to_stored_event(self, domain_event: Any) -> Never:
        raise FactsAreReadOnly

    def to_domain_event(self, stored_event: StoredEvent) -> StoredFact:
        """Raises what `Codec.decode` raises, `Forged`, and WrongMasterKey."""
        told = self.transcoder.decode(stored_event.state)
        stream_id, version = stored_event.originator_id, stored_event.originator_version
        assert isinstance(stream_id, UUID), "the view has UUIDs"
        fact = Codec.decode(
            (
                told["position"],
                *(_instant(told["recorded_at"]), _instant(told["occurred_at"])),
                *(stream_id, version, _id(told["dispute_id"]), told["marketplace"]),
                *(stored_event.topic, told["schema_version"]),
                *(_id(told["actor"]), _id(told["correlation_id"]), _id(told["causation_id"]), told["body"]),
            )
        )
        return StoredFact(*fact[:-1], self._opened(fact.event, fact.marketplace))

    def _opened(self, event: Event, marketplace: str) -> Event:
        if self.keys is None:
            return event
        doc = event.model_dump(mode="json")
        try:
            found = sealed(doc)
        except ValueError as error:
            raise Forged from error
        if not found:
            return event
        keys = self.keys.load({token.key_id for token in found.values()})
        return type(event).model_validate_json(json.dumps(opened(doc, found, keys, marketplace)))


def _id(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


class FactRecorder(postgres.PostgresApplicationRecorder):
    """Reads the facts, and wakes when more are stored."""

    def __init__(self, datastore: postgres.PostgresDatastore, *, events_table_name: str = _VIEW) -> None:
        super().__init__(datastore, events_table_name=_VIEW)
        self.channel_name = CHANNEL
        self.sql_create_statements.clear()

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Never:
        raise FactsAreReadOnly


class Factory(postgres.PostgresFactory):
    """With this persistence module every application of the library reads the facts. Projections keep their own tables."""

    application_recorder_class = FactRecorder

    def transcoder(self) -> Transcoder:
        return FactTranscoder()

    def mapper(self, transcoder: Transcoder | None = None, mapper_class: Any = None) -> Any:
        mapper = FactMapper(transcoder or self.transcoder())
        mapper.keys = KeyReader.of(self.env, self.datastore)
        return mapper


class Facts(Application[UUID]):
    """The facts of the engine, as an application of the library."""

    env: ClassVar[dict[str, str]] = {"PERSISTENCE_MODULE": __name__}
    log_section_size = 1_000
