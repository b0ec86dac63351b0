"""The lists of My day, each with what is in it."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from api.disputes.dispute_list import list_disputes
from api.disputes.dispute_list_schemas import Disputes
from api.http.reads import Reading
from domain.kernel.base import Role
from domain.kernel.people import Awaiting, Stage

_OTHERS = [Awaiting.CLAIMANT, Awaiting.RESPONDENT, Awaiting.BOTH, Awaiting.SUPERVISOR, Awaiting.MARKETPLACE]
_OPEN = [stage for stage in Stage if stage is not Stage.CLOSED]

TABS: Mapping[str, Mapping[str, Any]] = {
    "move": {"up_to": [Awaiting.NEUTRAL], "snoozed": False},
    "new": {"waiting": ["first_act", "assignment"], "snoozed": False},
    "promised": {},
    "others": {"up_to": _OTHERS},
    "supervisor": {"up_to": [Awaiting.SUPERVISOR], "snoozed": False},
    "snoozed": {"snoozed": True},
    "open": {"stage": _OPEN},
    "all": {},
}
"""The lists, with their filters. What the mediator has asked a party waits for that party."""

_OF_NEUTRAL = ("move", "new", "promised", "others", "snoozed")
_OF_SUPERVISOR = ("supervisor", "promised", "snoozed", "open", "all")
_OF_READERS = ("open", "all")
OF_DESK = {Role.NEUTRAL: _OF_NEUTRAL, Role.SUPERVISOR: _OF_SUPERVISOR}
"""The lists of those for whom something waits. The others have no day: they look at cases."""


def names(role: Role) -> tuple[str, ...]:
    """The lists of a role; the first is the one that it begins with."""
    return OF_DESK.get(role, _OF_READERS)


async def listed(reading: Reading, tab: str, **more: Any) -> Disputes:
    """The cases of a list, what is due first comes first."""
    return await list_disputes(reading, Response(), sort="due", **_mine(reading, tab), **more)


def count_of(found: Disputes) -> str:
    """How many cases a list has in all, in words, if it was asked."""
    counted = found.counts and found.counts.get("all")
    return counted[0].text if counted else "0"


def _mine(reading: Reading, tab: str) -> dict[str, Any]:
    """The filters of a list. What is the neutral's own is assigned to them."""
    filters = dict(TABS[tab])
    if reading.caller.role is Role.NEUTRAL and tab not in ("new", "snoozed"):
        filters["neutral"] = [reading.caller.subject]
    return filters
