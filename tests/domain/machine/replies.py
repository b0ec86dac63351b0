"""Rules for commitments made with messages, and for replies, from the log alone."""

from collections.abc import Iterator
from typing import get_args
from uuid import UUID

from domain.commitments.events import (
    CommitmentDischarged,
    CommitmentKept,
    CommitmentKind,
    CommitmentMade,
    CommitmentPassed,
    CommitmentReplaced,
    CommitmentWaived,
    Promise,
)
from domain.kernel.base import Event
from domain.remedies.closure_facts import DisputeClosed
from domain.remedies.reopening_facts import DisputeReopened
from domain.settlement.conversation_facts import MessagePosted, PromiseInMessage, Reader
from tests.domain.law.acts import FILED_AT
from tests.domain.law.cast import engine
from tests.domain.law.world import World

_READERS = frozenset(get_args(Reader))


def of_messages(world: World, dispute_id: UUID) -> None:  # noqa: C901 - one arm an event
    """A commitment made with a message is owed as it was stated.

    A reply is kept by the debtor's first message to the creditor or to all that does not itself promise a reply. No
    other message keeps it.
    """
    owed: dict[UUID, Promise] = {}
    said: dict[tuple[UUID, int], PromiseInMessage] = {}
    by_message: set[tuple[UUID, int]] = set()
    for event in _events(world, dispute_id):
        match event:
            case MessagePosted(number=number, promise=promise):
                if promise is not None:
                    said[promise.commitment_id, number] = promise
                if promise is None or promise.kind is not CommitmentKind.REPLY:
                    read = _READERS if event.to is None else {event.to}
                    theirs = (
                        i for i, p in owed.items() if p.owed_by.value == event.by.value and p.owed_to.value in read
                    )
                    by_message |= {(reply, number) for reply in theirs}
            case CommitmentMade(commitment_id=made, promise=promise, message=with_message):
                if event.arises_from == "promise" and promise.kind is CommitmentKind.REPLY:
                    owed[made] = promise
                if with_message is not None and event.arises_from == "promise":
                    told = said.pop((made, with_message))
                    assert (told.kind, told.owed_to, told.due_at) == (promise.kind, promise.owed_to, promise.due_at)
            case CommitmentPassed(commitment_id=passed) if passed in owed:
                owed[passed] = owed[passed].model_copy(update={"owed_by": event.owed_by})
            case CommitmentKept(commitment_id=kept, kept_by=act):
                owed.pop(kept, None)
                if act is not None and act.fact == MessagePosted.kind and (kept, act.number) in by_message:
                    by_message.remove((kept, act.number or 0))
                elif act is not None and act.fact == MessagePosted.kind:
                    assert _is_first_look(world, dispute_id, kept) or _is_answer(world, dispute_id, kept)
            case CommitmentWaived(commitment_id=over) | CommitmentReplaced(commitment_id=over):
                owed.pop(over, None)
            case CommitmentDischarged(commitment_id=over):
                owed.pop(over, None)
    assert not said, "promised, and not owed"
    assert not by_message, "replied, and not kept"


def of_answers(world: World, dispute_id: UUID) -> None:
    """No message to somebody is left without an answer that is owed, kept, or ended on record.

    Each side owes one answer at a time, from the first unanswered message; and one more for each that it took over. The
    next message of whoever owes it keeps it. Nobody owes one in a closed dispute, or without the window.
    """
    policy = world.case(engine.ticks().about(dispute_id).command(FILED_AT))[0].policies
    asks = policy.version(world.dispute(dispute_id).policy_version).windows.message_reply is not None
    waits, due, closed = dict[UUID, str](), set[UUID](), False
    asked: MessagePosted | None = None
    for event in (*_events(world, dispute_id), None):
        if asked is not None and not isinstance(event, CommitmentMade):
            assert asked.to in {*waits.values(), *(["neutral"] if "supervisor" in waits.values() else [])}, asked
            asked = None
        match event:
            case MessagePosted(by=by, to=to):
                assert not due, "answered, and not kept"
                due = {owed for owed, whose in waits.items() if whose == by.value}
                own = to == by.value or (to == "neutral" and by.value == "supervisor")
                asked = event if asks and not closed and to is not None and not own else None
            case CommitmentMade(arises_from="message", commitment_id=made, promise=promise):
                assert asks
                assert not closed
                assert promise.owed_by.value not in {w for owed, w in waits.items() if owed not in due}, (
                    "a second clock"
                )
                waits[made] = promise.owed_by.value
            case CommitmentPassed(commitment_id=passed, owed_by=owed_by) if passed in waits:
                waits[passed] = owed_by.value
            case (
                CommitmentKept(commitment_id=ended)
                | CommitmentWaived(commitment_id=ended)
                | CommitmentReplaced(commitment_id=ended)
                | CommitmentDischarged(commitment_id=ended)
            ):
                waits.pop(ended, None)
                due.discard(ended)
            case DisputeClosed():
                closed = True
            case DisputeReopened():
                assert not waits, "owed in a closed dispute"
                closed = False
            case _:
                pass
    assert not due, "answered, and not kept"
    assert not (closed and waits), "owed in a closed dispute"


def _is_answer(world: World, dispute_id: UUID, commitment_id: UUID) -> bool:
    made = (e for e in _events(world, dispute_id) if isinstance(e, CommitmentMade))
    return any(e.commitment_id == commitment_id and e.arises_from == "message" for e in made)


def _is_first_look(world: World, dispute_id: UUID, commitment_id: UUID) -> bool:
    made = next(
        e for e in _events(world, dispute_id) if isinstance(e, CommitmentMade) and e.commitment_id == commitment_id
    )
    return made.arises_from == "policy" and made.promise.kind is CommitmentKind.REVIEW


def _events(world: World, dispute_id: UUID) -> Iterator[Event]:
    return (stored.event for stored in world.log if stored.dispute_id == dispute_id)
