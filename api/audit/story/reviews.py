"""What the engine decided alone, and the review of it by a person."""

from collections.abc import Mapping
from typing import assert_never

from api.audit.story.about import About
from api.audit.story.phrases import THE, moment, plain, says, worded
from domain.filing import review_facts

_HOW: Mapping[review_facts.Objection, str] = {
    "request_review": "a review",
    "request_set_aside": "asking to set it aside",
    "respond": "answering",
}


def reviewed(about: About, event: review_facts.ReviewEvent) -> str:
    match event:
        case review_facts.MachineDecided(burdens=burdens, clause=clause, facts=facts, review_until=until):
            used = "; ".join(f"{worded(fact.name)}: {plain(fact.value)}" for fact in facts)
            by = f" until {moment(until, about.zone_of(burdens))}" if until else ""
            decided = f"decided by the machine under {clause}, against the {burdens}: {worded(event.decision)}"
            return f"{decided} ({used}); open to {_HOW[event.objection]}{by}"
        case review_facts.ReviewRequested(number=number, by=by, statement=statement):
            return f"the {by} wants a person to look at decision {number} of the machine{says(statement)}"
        case review_facts.ReviewAnswered(number=number, by=by, answer=answer, reasons=reasons):
            return f"{THE[by]} has looked at decision {number} of the machine: {worded(answer)}{says(reasons)}"
        case _:
            assert_never(event)
