"""Deadlines: instants at which a right ends. Each carries its proof; see `domain.kernel.windows`.

A deadline is set by the stage that opens the window, and ends in one of three ways: the act it waited for was done, it
became moot, or it lapsed. What follows from a lapse is in `domain.silence`. Where nothing follows from the end of a window, the
filing holds the deadline, and its end is no event.
"""

from typing import Literal

from domain.clocks.deadline_facts import DeadlineSet
from domain.commitments.making import on_calendar_of
from domain.kernel.base import Instant
from domain.kernel.people import Member, Side
from domain.kernel.windows import Deadline, Window
from domain.policy.policy import Policy

# --- decisions ---


def for_party(
    name: str, window: Window, whose: Side, party: Member, policy: Policy, clause: str, starts_at: Instant
) -> DeadlineSet:
    """A window on the calendar of the party who must act."""
    at, proof = on_calendar_of(party, window, policy, clause, starts_at)
    return DeadlineSet(deadline=Deadline(name=name, due_at=at, proof=proof), whose=whose.value)


def for_desk(
    name: str,
    window: Window,
    policy: Policy,
    clause: str,
    starts_at: Instant,
    *,
    whose: Literal["both", "neutral"] = "neutral",
) -> DeadlineSet:
    """A window on the calendar of the marketplace's desk."""
    at, proof = on_calendar_of(None, window, policy, clause, starts_at)
    return DeadlineSet(deadline=Deadline(name=name, due_at=at, proof=proof), whose=whose)
