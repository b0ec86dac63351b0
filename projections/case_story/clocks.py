"""Deadlines, and the stays that stop them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, assert_never

from pydantic import Field

from domain.clocks import names
from domain.clocks.deadline_facts import DeadlineEnded, DeadlineEvent, DeadlineMoved, DeadlineSet, ToldBy
from domain.clocks.stay_facts import (
    DisputeResumed,
    DisputeStayed,
    ParallelProceedingEnded,
    ParallelProceedingRecorded,
    Proceeding,
    StayEvent,
    StayLifted,
    StayOrdered,
)
from domain.commitments.reminder_facts import Reminded
from domain.kernel.base import Instant
from domain.kernel.people import Side
from domain.kernel.places import TimeZone
from domain.kernel.windows import DeadlineProof
from domain.policy.outage_facts import Outage
from mediation.store.log.recorded import Recorded
from projections.case_story.items import Items, changed, instant, item
from projections.case_story.parts import Part, Said
from projections.table import Doc


class LocalTime(Part):
    """An instant in the local time of a party."""

    time: Annotated[str, Field(description="ISO 8601, with the offset of the zone at that instant.")]
    time_zone: TimeZone


class ShownProof(DeadlineProof):
    """How the deadline was calculated, and the outages of the engine that moved it since."""

    outages: Annotated[
        tuple[Outage, ...],
        Field(description="Outages of the engine. A deadline that was due in one is due 24 hours after its end."),
    ] = ()


class DueDateShown(Part):
    """An instant at which a right ends, with the proof of its calculation. `local` is not stored: zones change."""

    name: str
    whose: Literal["buyer", "seller", "both", "neutral"]
    due_at: Instant
    local: Annotated[dict[Side, LocalTime] | None, Field(description="`due_at` in the local time of each party.")] = (
        None
    )
    proof: ShownProof
    status: Literal["running", "met", "moot", "lapsed"]
    ended_at: Annotated[Instant | None, Field(description="If the deadline lapsed, the same as `due_at`.")]
    recorded_at: Annotated[
        Instant | None,
        Field(
            description="When the engine recorded the end. None while it runs, and where nothing follows from its end."
        ),
    ]
    moved: Annotated[
        list[str], Field(description="Why it is due later than the proof says: `stay`, `extension`, `outage`.")
    ]
    remind_at: Annotated[
        list[Instant], Field(description="When the person who must act will be reminded, under the policy.")
    ]
    awaits_notice: Annotated[
        bool,
        Field(
            description="The window has not begun, because the party was not told of it. `due_at` is the earliest end. See "
            "`notice` in the policy."
        ),
    ] = False
    told_by: Annotated[
        ToldBy | None,
        Field(description="How the party was told, after which the window began. None where policy asks for none."),
    ] = None


class StayShown(Part):
    by: str
    until: Instant
    reasons: Said
    at: Instant


class ProceedingShown(Part):
    number: int
    what: Proceeding
    by: str
    statement: Said
    at: Instant
    end: Said | None
    ended_at: Instant | None


def running(deadline: Doc, whose: str, remind_at: Sequence[datetime] = ()) -> Doc:
    proof = {**deadline["proof"], "outages": []}
    return {
        **deadline,
        "proof": proof,
        "whose": whose,
        "status": "running",
        "ended_at": None,
        "recorded_at": None,
        "moved": [],
        "remind_at": [instant(at) for at in remind_at],
    }


def timed(doc: Doc, event: DeadlineEvent, recorded: Recorded) -> Doc:
    deadlines = doc["deadlines"]
    if isinstance(event, DeadlineSet):
        name = event.deadline.name
        new = running(event.deadline.model_dump(mode="json"), event.whose, event.remind_at)
        told_by = event.told_by.model_dump(mode="json") if event.told_by is not None else None
        new |= {"awaits_notice": event.awaits_notice, "told_by": told_by}
        others = [d for d in deadlines if (d["name"], d["status"]) != (name, "running")]
        return {"deadlines": [*others, new], **_reply_by(doc, name, None if event.awaits_notice else new["due_at"])}
    if isinstance(event, DeadlineMoved):
        moved = [_postponed(d, event) if (d["name"], d["status"]) == (event.name, "running") else d for d in deadlines]
        return {"deadlines": moved, **_reply_by(doc, event.name, instant(event.due_at))}
    status = event.how if isinstance(event, DeadlineEnded) else "lapsed"
    at, known = instant(recorded.occurred_at), instant(recorded.recorded_at)
    ended = {"status": status, "ended_at": at, "recorded_at": known}
    named = (event.name, "running")
    changes: Doc = {"deadlines": [{**d, **ended} if (d["name"], d["status"]) == named else d for d in deadlines]}
    if status == "moot":  # an offer that stands until the ruling has no deadline any more
        changes |= _reply_by(doc, event.name, None)
    return changes


def reminded(doc: Doc, event: Reminded, recorded: Recorded) -> Doc:
    """The reminders of a deadline that are still to come. Those of commitments are only in the history."""
    again_at = instant(event.again_at) if event.again_at else None
    named = (event.name, "running")

    def left(deadline: Doc) -> Doc:
        return {**deadline, "remind_at": [at for at in deadline["remind_at"] if again_at and at >= again_at]}

    return {"deadlines": [left(d) if (d["name"], d["status"]) == named else d for d in doc["deadlines"]]}


def _postponed(deadline: Doc, event: DeadlineMoved) -> Doc:
    outages = [*deadline["proof"]["outages"], *([event.outage.model_dump(mode="json")] if event.outage else [])]
    return {
        **deadline,
        "due_at": instant(event.due_at),
        "moved": [*deadline["moved"], event.why],
        "remind_at": [instant(at) for at in event.remind_at],
        "proof": {**deadline["proof"], "outages": outages},
    }


def _reply_by(doc: Doc, name: str, due_at: str | None) -> Doc:
    """Copies the due instant of a deadline to the open offer, proposal or evidence request with its number."""

    def answerable(item: Doc) -> bool:
        return bool(item["number"] == number and item["status"] == "open")

    match names.named(name):
        case names.OfferReply(number=number):
            return {"offers": [{**o, "reply_by": due_at} if answerable(o) else o for o in doc["offers"]]}
        case names.Evidence(number=number):
            return {"evidence_requests": changed(doc["evidence_requests"], "number", number, due_at=due_at)}
        case names.ProposalReply(number=number, side=side):
            replies = {side.value: due_at}
            proposals: Items = doc["proposals"]
            told = [{**p, "reply_by": p["reply_by"] | replies} if answerable(p) else p for p in proposals]
            return {"proposals": told}
        case _:
            return {}


def stayed(doc: Doc, event: StayEvent, recorded: Recorded) -> Doc:
    at, proceedings = instant(recorded.occurred_at), doc["proceedings"]
    match event:
        case DisputeStayed(since=since):
            return {"stayed": True, "stayed_since": instant(since)}
        case DisputeResumed():
            return {"stayed": False, "stayed_since": None}
        case StayOrdered():
            return {"stay": item(event, at=at)}
        case StayLifted(proceedings=lifted):
            over = [{**p, "ended_at": at} if p["number"] in lifted else p for p in proceedings]
            return {"stay": None, "proceedings": over}
        case ParallelProceedingRecorded():
            return {"proceedings": [*proceedings, item(event, at=at, end=None, ended_at=None)]}
        case ParallelProceedingEnded(number=number):
            end = item(event)["statement"]
            return {"proceedings": changed(proceedings, "number", number, end=end, ended_at=at)}
        case _:
            assert_never(event)
