"""The incident that the dispute belongs to."""

from typing import assert_never

from api.audit.story.phrases import THE, says
from domain.incidents import membership_facts


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
