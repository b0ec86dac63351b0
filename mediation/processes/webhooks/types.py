"""The types of webhooks: every kind of fact about a dispute that a marketplace's backend is told in the feed of events.

A type is what the fact is about and its stored name, such as `dispute.offer_made` and `refund.confirmed`. So it never changes.
"""

import re
from collections.abc import Collection, Mapping

from domain.kernel.base import OF_DISPUTE, Event
from domain.kernel.disclosure import Audience

_HIDDEN = frozenset({Audience.NOBODY, Audience.NEUTRAL_STAFF_AND_AUDITOR, Audience.CAUCUS})
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

_ABOUT = {"notices": "notice", "seen": "conversation"}
"""What the facts of a stream are about, where its name does not say it."""

TEST = "webhook.test"
"""The type of a test event. It is about no dispute."""


def type_of(event: type[Event]) -> str:
    about = _ABOUT.get(event.stream, event.stream)
    name = _WORD.sub("_", event.kind).lower()
    return f"{about}.{name.removeprefix(f'{about}_')}"


TYPES: Mapping[str, type[Event]] = {
    type_of(event): event
    for event in Event.registry.values()
    if event.told_to not in _HIDDEN and event.stream in OF_DISPUTE
}
"""Each type, with the event that it tells of."""

KINDS = frozenset(event.kind for event in TYPES.values())
_TYPE_OF: Mapping[str, str] = {event.kind: name for name, event in TYPES.items()}
_USUAL = frozenset(name for name, event in TYPES.items() if not event.bookkeeping)


def told_as(event: Event) -> str | None:
    """The type as which a backend is told a fact; None if the fact is hidden from it (`api.acts.visibility`)."""
    if type(event).told_to is Audience.STAFF_OR_ALL and not getattr(event, "shared", False):
        return None
    return _TYPE_OF.get(type(event).kind)


def passes(name: str, types: Collection[str]) -> bool:
    """Whether a filter lets a type pass. An empty filter lets all pass but bookkeeping, as the feed does."""
    return name in (types or _USUAL)
