"""Escalation, and the neutrals with their interests and challenges."""

from typing import assert_never

from api.audit.story.phrases import THE, says, worded
from domain.neutral import escalation_facts, independence_facts


def called(event: escalation_facts.EscalationEvent) -> str:
    match event:
        case escalation_facts.Escalated(by=by, offers_standing=standing, reason=reason):
            silence = "no agreement in time: a neutral is called"
            who = silence if by == "silence" else f"the {by} calls a neutral"
            offers = f"; still open: offer {', '.join(map(str, standing))}" if standing else ""
            return f"{who}{offers}{says(reason)}"
        case escalation_facts.EscalationJoined(by=by, reason=reason):
            return f"the {by} wants a neutral too{says(reason)}"
        case escalation_facts.NeutralAssigned(neutral=neutral, by=by):
            return f"assigned to neutral {neutral} by {THE[by]}"
        case escalation_facts.NeutralReleased(neutral=neutral, why=why, by=by, reason=reason):
            return f"neutral {neutral} has it no longer: {worded(why)}, by {THE[by]}{says(reason)}"
        case escalation_facts.Referred():
            return "the ruling is overdue: referred to the supervisor"
        case _:
            assert_never(event)


def doubted(event: independence_facts.IndependenceEvent) -> str:
    match event:
        case independence_facts.InterestsDeclared(neutral=neutral, disclosed=disclosed):
            what = "an interest" if disclosed else "no interest in either party"
            return f"neutral {neutral} declares {what}{says(disclosed)}"
        case independence_facts.NeutralChallenged(number=number, by=by, neutral=neutral, ground=ground, reason=reason):
            return f"challenge {number}: the {by} challenges neutral {neutral} for {ground}{says(reason)}"
        case independence_facts.ChallengeDecided(number=number, granted=granted, by=by, reasons=reasons):
            return f"challenge {number} is {'granted' if granted else 'refused'} by {THE[by]}{says(reasons)}"
        case _:
            assert_never(event)
