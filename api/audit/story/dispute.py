"""The stage of a dispute, its end and what comes after, its messages, and its incident."""

from typing import assert_never

from api.audit.story.about import About
from api.audit.story.phrases import THE, moment, says, worded
from domain.dispute.events import MovePassed
from domain.incidents import membership_facts
from domain.remedies import closure_facts, reopening_facts
from domain.settlement import conversation_facts


def otherwise(
    about: About, event: closure_facts.ClosureEvent | conversation_facts.ConversationEvent | MovePassed
) -> str:
    match event:
        case closure_facts.ClaimWithdrawn(reason=reason):
            return f"the claim is withdrawn{f'; {about.division(event.terms)}' if event.terms else ''}{says(reason)}"
        case closure_facts.DisputeCancelled(reason=reason):
            terms = f"; {about.division(event.terms)}" if event.terms else ""
            return f"the marketplace cancels the dispute{terms}{says(reason)}"
        case closure_facts.DisputeClosed(outcome=outcome):
            return f"closed: {worded(outcome)}"
        case MovePassed(stage=stage, awaiting=awaiting):
            return f"now in {stage}, awaiting {awaiting}"
        case conversation_facts.MessagePosted():
            written = f", written {moment(event.written_at, about.zone_of(event.by))}" if event.written_at else ""
            to = f" to {THE[event.to]}" if event.to else ""
            return f"message {event.number} by {THE[event.by]}{to} ({event.channel}{written}){says(event.message)}"
        case _:
            assert_never(event)


def afterwards(event: reopening_facts.ReopeningEvent) -> str:
    match event:
        case reopening_facts.DisputeReopened(ground=ground, by=by, reasons=reasons):
            return f"reopened by {THE[by]}: {worded(ground)}{says(reasons)}"
        case reopening_facts.HandlingRated(by=by, rating=rating, text=text):
            return f"the {by} rates the handling: {rating} of 5{says(text)}"
        case _:
            assert_never(event)


def grouped(event: membership_facts.MembershipEvent) -> str:
    match event:
        case membership_facts.IncidentJoined(incident_id=incident_id, by=by):
            return f"part of incident {incident_id}, says {THE[by]}"
        case membership_facts.IncidentLeft(incident_id=incident_id, by=by, reason=reason):
            return f"no longer part of incident {incident_id}, says {THE[by]}{says(reason)}"
        case membership_facts.SharedAnswered(number=number, by=by, message=message):
            return f"the {by} answers what was shared as {number}{says(message)}"
        case membership_facts.SharedCited(ruling=ruling, numbers=numbers):
            return f"ruling {ruling} rests on what was shared as {', '.join(map(str, numbers))}"
        case membership_facts.BulkActReached(number=number, act=act, as_number=as_number):
            return f"what was said to all ({number}) is {act} {as_number} here"
        case membership_facts.BulkActNotReached(number=number, code=code):
            return f"what was said to all ({number}) does not come here: {code}"
        case _:
            assert_never(event)
