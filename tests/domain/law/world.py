"""All records in memory: this does what the engine does with commands and a log, without a database."""

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from domain.commands import AnyCommand
from domain.commitments.events import CommitmentMade
from domain.course import Fact
from domain.decide import decide
from domain.dispute.case import EMPTY, Case
from domain.dispute.state import Dispute
from domain.filing.filing_facts import DisputeFiled
from domain.kernel.base import Event, Instant, Stream
from domain.payments.transaction_facts import Transaction
from domain.streams import STREAMS, streams


@dataclass(frozen=True)
class Stored:
    """One fact as it is stored: its body is JSON, as in the log. `dispute_id` is the dispute from which it came."""

    stream: Stream
    stream_id: UUID
    dispute_id: UUID | None
    kind: str
    occurred_at: Instant
    body: str

    @property
    def event(self) -> Event:
        return Event.registry[self.kind].model_validate_json(self.body)


@dataclass
class World:
    """`states` are the streams by id; `log` holds all facts in the order in which they were recorded."""

    states: dict[UUID, Any] = field(default_factory=dict)
    log: list[Stored] = field(default_factory=list)

    def case(self, command: AnyCommand) -> tuple[Case, dict[Stream, UUID]]:
        """What the command needs to know, and the streams that hold it."""
        case, ids = EMPTY, dict[Stream, UUID]()
        while missing := {s: i for s, i in streams(command, case).items() if s not in ids}:
            ids |= missing
            case = replace(case, **{s: self.states[i] for s, i in missing.items() if i in self.states})
        return case, ids

    def would(self, command: AnyCommand) -> list[Fact]:
        """The events that the command would cause. Raises its refusal."""
        return decide(self.case(command)[0], command)

    def do(self, command: AnyCommand) -> list[Fact]:
        """Carries the command out, and returns its events. Raises its refusal."""
        case, ids = self.case(command)
        facts = decide(case, command)
        for fact in facts:
            event, stream = fact.event, fact.stream
            stored = Stored(
                stream, ids[stream], ids.get("dispute"), event.kind, fact.occurred_at, event.model_dump_json()
            )
            self.store(stored, event)
        return facts

    def store(self, stored: Stored, event: Event) -> None:
        fold = STREAMS[stored.stream]
        state = self.states.get(stored.stream_id, fold.initial)
        if isinstance(event, CommitmentMade):
            assert event.number == state.commitments.made + 1, "every commitment has a number of its own, in one row"
        self.states[stored.stream_id] = fold.evolve(state, event, stored.occurred_at)
        self.log.append(stored)

    def replayed(self) -> "World":
        """A world made from the stored bodies alone."""
        again = World()
        for stored in self.log:
            again.store(stored, stored.event)
        return again

    def dispute(self, dispute_id: UUID) -> Dispute:
        dispute = self.states[dispute_id]
        assert isinstance(dispute, Dispute)
        return dispute

    def on_order(self, dispute_id: UUID) -> list[UUID]:
        """The disputes on the same order, in the order in which they were filed."""
        order = self.dispute(dispute_id).transaction_id
        filed = (stored.event for stored in self.log if stored.kind == "DisputeFiled")
        return [e.dispute_id for e in filed if isinstance(e, DisputeFiled) and e.order.transaction_id == order]

    def transaction(self, dispute_id: UUID) -> Transaction:
        transaction = self.states[self.dispute(dispute_id).transaction_id]
        assert isinstance(transaction, Transaction)
        return transaction
