"""A command while it is being decided: the facts made so far, each with its stream, and the case after them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from domain.commitments import making, reminders
from domain.dispute.case import Case
from domain.dispute.state import Dispute
from domain.kernel.base import Event, Instant, Stream
from domain.kernel.frozen import frozen
from domain.neutral import assignment
from domain.payments import transaction
from domain.remedies.closure_facts import DisputeClosed
from domain.streams import after


@frozen
class Fact:
    """An event, its stream, and the instant of its effect: that of the command, or for a lapse its due instant."""

    event: Event
    occurred_at: Instant
    stream: Stream


@dataclass(slots=True)
class Course:
    """The facts that one command has made so far, and the case after them."""

    case: Case
    facts: list[Fact] = field(default_factory=list)

    @property
    def dispute(self) -> Dispute:
        assert self.case.dispute is not None
        return self.case.dispute

    def happen(self, events: Sequence[Event], at: Instant) -> None:
        """Records the events, what follows for the order and the mandates, and reminders of what falls due."""
        for event in events:
            self._complete(event, at, event.stream)
        if any(isinstance(event, DisputeClosed) for event in events):
            for ended in transaction.end_claim(self.case.transaction, self.dispute.id, at):
                self.record(ended, at, "transaction")
        for told in assignment.held(self.dispute, self.case.predecessor):
            self.record(told, at, "predecessor")
        for told in assignment.held(self.dispute, self.case.mandate):
            self.record(told, at, "mandate")

    def record(self, event: Event, at: Instant, stream: Stream) -> None:
        """Records the event as it is."""
        self.facts.append(Fact(event, at, stream))
        self.case = after(self.case, event, at, stream)

    def _complete(self, event: Event, at: Instant, stream: Stream) -> None:
        if (dispute := self.case.dispute) is not None and stream == "dispute":
            event = making.numbered(dispute, event)
            event = reminders.with_reminders(dispute, self.case.policies.version(dispute.policy_version), event, at)
        self.record(event, at, stream)
