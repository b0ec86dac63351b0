"""What the parties were told outside of the engine."""

from typing import assert_never

from api.audit.story.phrases import THE, moment, says, worded
from domain.notices import notices_facts


def noticed(event: notices_facts.NoticeEvent) -> str:
    to = THE[event.to]
    match event:
        case notices_facts.NoticeMade():
            return _made(event)
        case notices_facts.NoticeSent():
            return f"the notice to {to} leaves"
        case notices_facts.NoticeDelivered(way=way, by=by):
            return f"the notice to {to} by {way} counts as delivered, says {THE[by]}"
        case notices_facts.NoticeBounced(why=why, by=by):
            return f"the notice to {to} came back, says {THE[by]}: {worded(why)}{_code(event.status)}"
        case notices_facts.NoticeFailed(why=why, by=by):
            return f"the notice to {to} did not arrive, says {THE[by]}: {worded(why)}{_code(event.status)}"
        case notices_facts.NoticeCancelled(why=why):
            return f"{to} is not told: {worded(why)}"
        case notices_facts.PersonNotReached(by=by, how=how, note=note):
            return f"{THE[by]} tried to reach {to} by {worded(how)}, in vain{says(note)}"
        case notices_facts.NoticeDeemed(by=by, tried=tried, reasons=reasons):
            ways = ", ".join(worded(way) for way in tried)
            return f"{THE[by]} decides that {to} counts as told, after these ways failed: {ways}{says(reasons)}"
        case notices_facts.PersonReached(by=by, how=how, note=note):
            return f"{THE[by]} reached {to} by {worded(how)}{says(note)}"
        case _:
            assert_never(event)


def _made(event: notices_facts.NoticeMade) -> str:
    about = ", ".join(cause.fact for cause in event.causes)
    told = "; ".join(f"{one.about} ends {moment(one.due_at, event.time_zone)}" for one in event.deadlines)
    tells = f", with {told}" if told else ""
    return f"notice {event.number} to {THE[event.to]} by {event.way} in {event.language} of {about}{tells}"


def _code(status: str | None) -> str:
    return f" ({status})" if status else ""
