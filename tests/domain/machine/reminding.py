"""Rules for reminders, from the log alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from domain.clocks.deadline_facts import DeadlineEnded, DeadlineLapsed, DeadlineMoved, DeadlineSet
from domain.clocks.stay_facts import DisputeResumed, DisputeStayed
from domain.commitments.events import (
    CommitmentBreached,
    CommitmentDeferred,
    CommitmentDischarged,
    CommitmentKept,
    CommitmentMade,
    CommitmentReplaced,
    CommitmentWaived,
)
from domain.commitments.reminder_facts import Reminded
from domain.kernel.base import Event, Instant
from tests.domain.law.world import World

ENDED = CommitmentBreached | CommitmentKept | CommitmentWaived | CommitmentReplaced | CommitmentDischarged


@dataclass
class Armed:
    """Items with reminders: when each is due, and the instants of its reminders still to come."""

    due_at: dict[object, Instant] = field(default_factory=dict)
    coming: dict[object, tuple[Instant, ...]] = field(default_factory=dict)

    def arm(self, about: object, due_at: Instant, remind_at: Sequence[Instant], at: Instant) -> None:
        self.due_at[about], self.coming[about] = due_at, tuple(remind_at)
        assert [*remind_at] == sorted(set(remind_at))
        assert all(at < instant < due_at for instant in remind_at), "none lies behind, none after what it is of"


def of_reminders(world: World, dispute_id: UUID) -> None:
    """Each announced reminder comes at most once, at its instant, for an item that is still open and not yet due; never
    during a stay."""
    armed, stayed = Armed(), False
    for at, event in _events(world, dispute_id):
        match event:
            case DeadlineSet(deadline=deadline, remind_at=remind_at):
                armed.arm(deadline.name, deadline.due_at, remind_at, at)
            case DeadlineMoved(name=about, due_at=due_at, remind_at=remind_at) if about in armed.due_at:
                armed.arm(about, due_at, remind_at, at)
            case CommitmentMade(commitment_id=made, promise=promise, remind_at=remind_at):
                armed.arm(made, promise.due_at, remind_at, at)
            case CommitmentDeferred(commitment_id=later, due_at=due_at, remind_at=remind_at):
                armed.arm(later, due_at, remind_at, at)
            case DeadlineEnded(name=over) | DeadlineLapsed(name=over):
                armed.coming.pop(over)
            case _ if isinstance(event, ENDED):
                armed.coming[event.commitment_id] = ()
            case DisputeStayed() | DisputeResumed():
                stayed = isinstance(event, DisputeStayed)
            case Reminded():
                what = event.name or event.commitment_id
                coming = armed.coming[what]
                assert at in coming
                assert at < event.due_at == armed.due_at[what]
                assert not stayed
                armed.coming[what] = left = coming[coming.index(at) + 1 :]
                assert event.again_at == next(iter(left), None)


def _events(world: World, dispute_id: UUID) -> Iterator[tuple[Instant, Event]]:
    return ((stored.occurred_at, stored.event) for stored in world.log if stored.dispute_id == dispute_id)
