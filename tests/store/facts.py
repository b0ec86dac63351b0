"""Events that only these tests store, and short ways to append them."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID, uuid4

from domain.kernel.base import Event, Value
from domain.kernel.personal import Personal, PersonalOfAuthor, PersonalOfSubject
from mediation.store.log.requests import Append, Pending

MARKETPLACE = "bazaar"
NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)


class Moved(Event, kind="TestMoved", stream="dispute"):
    """No personal field."""

    to: str


class Line(Value):
    title: PersonalOfAuthor
    quantity: int


class Person(Value):
    subject: UUID
    name: PersonalOfSubject
    email: PersonalOfSubject | None = None


class Posted(Event, kind="TestPosted", stream="conversation"):
    """Personal fields in every possible place: plain, optional, nested, in tuples of models and of texts, of two people."""

    author: UUID
    text: PersonalOfAuthor
    language: str = "en"
    note: PersonalOfAuthor | None = None
    lines: tuple[Line, ...] = ()
    to: Person | None = None
    tags: tuple[Annotated[str, Personal("author")], ...] = ()


def asks(
    *events: Event,
    stream: UUID | None = None,
    after: int = 0,
    dispute: UUID | None = None,
    key: bytes | None = None,
    request: bytes | None = None,
    marketplace: str = MARKETPLACE,
    occurred_at: datetime = NOON,
) -> Append:
    """A request to append events to one stream that is at version `after`."""
    stream = stream or uuid4()
    facts = tuple(
        Pending(stream, version, dispute, occurred_at, event) for version, event in enumerate(events, after + 1)
    )
    return Append(marketplace, uuid4(), uuid4(), None, facts, key, request or key)
