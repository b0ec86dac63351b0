"""The facts about answers that messages wait for: that none is needed, and when such a message was first seen."""

from typing import assert_never
from uuid import UUID

from domain.kernel.base import Event, Role
from domain.kernel.disclosure import Audience, Told
from domain.kernel.frozen import frozen

# --- types ---


class ReplyNotNeeded(Event, kind="ReplyNotNeeded", stream="conversation", told_to=Audience.ALL):
    """Whoever was asked said that no answer is needed. `message` is the first message that waited for it."""

    commitment_id: Told[UUID]
    by: Told[Role]
    message: Told[int | None] = None


class MessageSeen(Event, kind="MessageSeen", stream="seen", told_to=Audience.STAFF_OR_ALL, consequence=True):
    """Whoever owes the answer to a message saw it for the first time. `shared`: the policy tells the parties too."""

    message: Told[int]
    by: Told[Role]
    shared: bool = False


# --- state ---


@frozen
class Seen:
    """Which messages were seen, each with the role that saw it while it owed the answer."""

    by: frozenset[tuple[int, Role]] = frozenset()


# --- evolve ---


def evolve(seen: Seen, event: MessageSeen) -> Seen:
    match event:
        case MessageSeen(message=number, by=by):
            return Seen(seen.by | {(number, by)})
        case _:
            assert_never(event)
