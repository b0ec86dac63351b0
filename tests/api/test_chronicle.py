"""Who is told which field of an event: written down for each kind of event in `told.txt`, so that a change is seen.

`python -m tests.api.test_chronicle` writes the file anew.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from api.acts.visibility import Viewer
from api.http.identity import Caller
from domain.clocks.deadline_facts import DeadlineEnded
from domain.commitments.events import CommitmentMade, Origin, Participant
from domain.dispute.events import MovePassed
from domain.dispute.telling import FILED
from domain.kernel.base import OF_DISPUTE, Event, Role
from domain.kernel.disclosure import Audience, Told, ToldInCaucus, told
from domain.kernel.people import Awaiting, Side, Stage, Text
from domain.remedies.reopening_facts import HandlingRated
from domain.ruling.ruling_facts import RulingIssued
from tests.domain.examples import BUYER, EXAMPLES, NEUTRAL

WRITTEN = Path(__file__).with_name("told.txt")
NOW = datetime(2026, 10, 1, tzinfo=UTC)
STAFF = {"supervisor", "administrator", "marketplace", "auditor"}
ALL = {"buyer", "seller", "neutral", "another neutral", *STAFF}
BY_KIND = {event.kind: event for event in EXAMPLES if event.stream in OF_DISPUTE}


def viewer(name: str) -> Viewer:
    """`neutral` is the one of the examples."""
    role = Role(name.removeprefix("another "))
    return Viewer(Caller(NEUTRAL if name == "neutral" else uuid4(), role, "it", NOW, lambda: NOW, uuid4()))


def told_to(event: Event) -> dict[str, dict[str, Any]]:
    """What each viewer is told of it; who is told nothing is not in it."""
    found = {name: _seen_by(viewer(name), event) for name in sorted(ALL)}
    return {name: details for name, details in found.items() if details is not None}


def _seen_by(who: Viewer, event: Event) -> dict[str, Any] | None:
    """As the first fact after the filing. A party is asked only about facts that it is told."""
    side = who.caller.side
    hidden = side is not None and not FILED.tells(event, side)
    return None if hidden else who.told_of(event, event.model_dump(mode="json"))


def lines() -> Iterator[str]:
    for kind, event in BY_KIND.items():
        groups: dict[str, list[str]] = {}
        for name, details in told_to(event).items():
            groups.setdefault(" ".join(sorted(set(_paths(details, "")))), []).append(name)
        for fields, names in groups.items():
            yield f"{kind} | {'all' if set(names) == ALL else ', '.join(names)} | {fields or '–'}"


def _paths(value: Any, path: str) -> Iterator[str]:
    match value:
        case {"amount": str(), "currency": str()}:
            yield path
        case dict():
            for name, inner in value.items():
                yield from _paths(inner, f"{path}.{name}" if path else name)
        case list():
            for item in value:
                yield from _paths(item, path)
        case _:
            yield path


def test_everybody_is_told_what_is_written_down() -> None:
    assert list(lines()) == WRITTEN.read_text("utf-8").splitlines()


def example(kind: type[Event], **changed: Any) -> Event:
    return BY_KIND[kind.kind].model_copy(update=changed)


PROMISE = example(CommitmentMade).promise  # type: ignore[attr-defined]  # an example is told from others by its kind alone

DUTY = PROMISE.model_copy(update={"owed_by": Participant.SUPERVISOR, "owed_to": Participant.MARKETPLACE})
"""What the desk owes the marketplace."""


@pytest.mark.parametrize(
    ("event", "who"),
    [
        (example(RulingIssued, awaits_co_signature=False), ALL),
        (example(RulingIssued, awaits_co_signature=True), ALL - {"buyer", "seller"}),
        (example(DeadlineEnded, name="response"), ALL),
        (example(DeadlineEnded, name="ruling"), ALL),
        (example(MovePassed, stage=Stage.MEDIATION, awaiting=Awaiting.SUPERVISOR), ALL),
        (example(MovePassed, stage=Stage.APPEAL, awaiting=Awaiting.NEUTRAL), ALL),
        (example(MovePassed, stage=Stage.NEGOTIATION, awaiting=Awaiting.RESPONDENT), ALL - {"buyer", "seller"}),
        (example(CommitmentMade, arises_from=Origin.SETTLEMENT), ALL),
        (example(CommitmentMade, arises_from=Origin.ERASURE), ALL - {"buyer", "seller"}),
        (example(CommitmentMade, arises_from=Origin.RECOMMENDATION), ALL - {"buyer", "seller"}),
        (
            example(CommitmentMade, promise=DUTY, arises_from=Origin.POLICY),
            ALL - {"buyer", "seller"},
        ),
        (example(CommitmentMade, promise=DUTY, arises_from=Origin.BREACH), ALL - {"buyer", "seller"}),
        (example(CommitmentMade, promise=DUTY, arises_from=Origin.REFUND), ALL),
        (
            example(
                CommitmentMade,
                promise=DUTY.model_copy(update={"owed_to": Participant.BUYER}),
                arises_from=Origin.POLICY,
            ),
            ALL,
        ),
        (example(HandlingRated, by=Side.SELLER), {"seller", *STAFF}),
    ],
    ids=lambda value: value.kind if isinstance(value, Event) else "",
)
def test_who_is_told_depends_on_what_it_says(event: Event, who: set[str]) -> None:
    assert set(told_to(event)) == who


class Whispered(Event):
    """A new event whose author thought of nothing."""

    number: int
    said: Text


class Written(Event):
    number: Told[int]
    aside: ToldInCaucus[int]
    said: Told[tuple[Text, ...]]
    to: UUID


def test_nothing_is_told_by_default() -> None:
    said = Text(text="Bene", language="it", author=BUYER)
    silent = Whispered(number=1, said=said)
    assert silent.told_to is Audience.NOBODY
    assert told(Whispered, silent.model_dump(mode="json"), lambda _: True) == {}
    event = Written(number=1, aside=2, said=(said,), to=BUYER)
    shown = told(Written, event.model_dump(mode="json"), lambda audience: audience is Audience.ALL)
    assert shown == {"number": 1, "said": [{"text": "Bene", "language": "it"}]}


if __name__ == "__main__":
    WRITTEN.write_text("".join(f"{line}\n" for line in lines()), "utf-8")
