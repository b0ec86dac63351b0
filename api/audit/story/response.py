"""The respondent's answer or silence, pleadings, and answers to key questions."""

from typing import assert_never

from api.audit.story.about import About
from api.audit.story.phrases import THE, by_rule, says, worded
from domain.filing import key_question_facts, pleading_facts, response_facts, set_aside_facts


def answered(event: response_facts.ResponseEvent) -> str:
    match event:
        case response_facts.ResponseGiven(answer=answer, by=by, conceded=conceded, statement=statement):
            machine = by_rule(event.standing_rule)
            why = f", because of {worded(event.ground)}" if event.ground else ""
            gives = f" {conceded}" if conceded else ""
            return f"the {by} answers{machine}: {worded(answer)}{gives}{why}{says(statement)}"
        case response_facts.DefaultGranted(claimant_receives=amount, goods=goods):
            return f"no answer came: {amount} granted by default{', due when the goods are back' if goods else ''}"
        case response_facts.DefaultDeclined(reason=reason):
            return f"no answer came, but that alone does not decide: {worded(reason)}"
        case _:
            assert_never(event)


def contested(about: About, event: set_aside_facts.SetAsideEvent) -> str:
    match event:
        case set_aside_facts.SetAsideRequested(by=by, cause=cause):
            return f"the {by} asks for the default to be set aside{says(cause)}"
        case set_aside_facts.DefaultSetAside(by=by, reasons=reasons):
            return f"{THE[by]} sets the default aside: the case is heard{says(reasons)}"
        case set_aside_facts.SetAsideRefused(by=by, reasons=reasons):
            return f"{THE[by]} does not set the default aside: it stands{says(reasons)}"
        case _:
            assert_never(event)


def pleaded(event: pleading_facts.PleadingEvent) -> str:
    match event:
        case pleading_facts.RebuttalGiven(statement=statement):
            return f"the claimant rebuts{says(statement)}"
        case pleading_facts.CounterclaimRaised(relief=relief, amount=amount, statement=statement):
            return f"counterclaim for {worded(relief)}{f' of {amount}' if amount else ''}{says(statement)}"
        case _:
            assert_never(event)


def questioned(event: key_question_facts.KeyQuestionAnswered) -> str:
    again = f", for the {event.edition}th time" if event.edition > 1 else ""
    return f"the {event.by} answers the question on {worded(event.question)}{again}{says(event.answer)}"
