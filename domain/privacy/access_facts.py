"""The facts about what a person asks to be told of their own data. The rules are in `domain/privacy/access.py`."""

from collections.abc import Mapping
from typing import assert_never
from uuid import UUID

from domain.kernel.base import Event, Instant, Role
from domain.kernel.frozen import frozen, replace

# --- types ---


class AccessRequested(Event, kind="AccessRequested", stream="person"):
    """A person asked what is kept about them: Article 15 of Regulation (EU) 2016/679. `number` counts their requests.

    The marketplace owes the answer as the commitment `commitment_id` in `dispute_id`, by `due_at`. Both are None for a person
    without a dispute.
    """

    schema_version = 2

    subject: UUID
    number: int
    by: Role
    due_at: Instant
    dispute_id: UUID | None = None
    commitment_id: UUID | None = None


class AccessAnswered(Event, kind="AccessAnswered", stream="person"):
    """The answer was opened for the person. The engine makes it from the log whenever it is read."""

    subject: UUID
    number: int
    by: Role


AccessEvent = AccessRequested | AccessAnswered


# --- state ---


@frozen
class Asked:
    """One request. `answered_at` is None while it waits."""

    number: int
    by: Role
    requested_at: Instant
    due_at: Instant
    dispute_id: UUID | None = None
    commitment_id: UUID | None = None
    answered_at: Instant | None = None


Requests = Mapping[int, Asked]
"""A person's requests by number, from 1."""


# --- evolve ---


def evolve(requests: Requests, event: AccessEvent, at: Instant) -> Requests:
    match event:
        case AccessRequested(number=number):
            asked = Asked(number, event.by, at, event.due_at, event.dispute_id, event.commitment_id)
        case AccessAnswered(number=number):
            asked = replace(requests[number], answered_at=at)
        case _:
            assert_never(event)
    return {**requests, number: asked}
