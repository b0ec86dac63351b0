"""Deadlines: instants at which a right ends. Each carries its proof; see `domain.kernel.windows`.

The stage that opens a window sets its deadline. It ends in one of three ways: the awaited act was done, it became moot,
or it lapsed. What follows from a lapse is in `domain.clocks.ends`. If nothing follows from the end of a window, the
filing holds the deadline, and its end is no event.
"""

from collections.abc import Iterable
from typing import Literal

from domain.clocks.deadline_facts import DeadlineSet
from domain.clocks.names import DeadlineName
from domain.dispute.state import Dispute
from domain.kernel.base import Instant
from domain.kernel.people import Member, Side
from domain.kernel.windows import ClosedPeriod, Deadline, Window
from domain.policy.policy import Policy

# --- decisions ---


def for_party(
    name: DeadlineName, policy: Policy, clause: str, party: Member, starts_at: Instant, *, window: Window | None = None
) -> DeadlineSet:
    """A window on the calendar of the party who must act. Without `window`, the policy's window of that clause applies.

    If the policy asks for it, the window begins when the party was told: see `domain.clocks.notice`.
    """
    at, proof = policy.due(clause, party, starts_at, window=window)
    return DeadlineSet(
        deadline=Deadline(name=name, due_at=at, proof=proof),
        whose=party.side.value,
        awaits_notice=policy.notice_required,
    )


def for_desk(
    name: DeadlineName,
    policy: Policy,
    clause: str,
    starts_at: Instant,
    *,
    whose: Literal["both", "neutral"] = "neutral",
) -> DeadlineSet:
    """A window on the calendar of the marketplace's desk."""
    at, proof = policy.due(clause, None, starts_at)
    return DeadlineSet(deadline=Deadline(name=name, due_at=at, proof=proof), whose=whose)


def of_answers(dispute: Dispute) -> Iterable[Deadline]:
    return dispute.deadlines.quiet.values() if dispute.undecided else ()


def closed_periods(dispute: Dispute, policy: Policy, name: str) -> tuple[ClosedPeriod, ...]:
    """The closed periods that stop this deadline."""
    whose = dispute.deadlines.whose.get(name)
    return policy.closed_for(dispute.party(Side(whose)) if whose in list(Side) else None)
