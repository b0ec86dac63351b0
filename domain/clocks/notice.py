"""No clock without notice: a window that burdens a party begins when the party was told of it.

Without this rule a dead mail server costs a seller the five days to answer, and a buyer the appeal. With it, such a window
waits from the fact that opens it until the party was told. Whoever may act in it can act at once. The party was told when

  1. a notice that tells of the window was delivered, in a language that the party reads; or
  2. a person reached them otherwise and recorded that; or
  3. a neutral or a supervisor decides that they count as told, after two ways have failed.

The whole window begins at that instant. If the mail comes back later, the clock stops and the window waits again. A window that
has lapsed by then stays lapsed: what followed from it can be set aside or appealed.

A policy says so with `notice: required`. The fact that sets the deadline holds `awaits_notice`, so a dispute keeps the rule
that it began under.
"""

from collections.abc import Collection
from uuid import UUID

from domain.clocks.deadline_facts import DeadlineSet, ToldBy
from domain.clocks.deadlines import closed_periods
from domain.dispute.state import Dispute
from domain.kernel.base import Instant
from domain.kernel.people import Side
from domain.kernel.windows import Deadline, due
from domain.policy.policy import Policy

# --- decisions ---


def waiting(dispute: Dispute, side: Side) -> list[str]:
    """The deadlines of this party that have not begun, because nobody told them."""
    whose = dispute.deadlines.whose
    return sorted(name for name in dispute.deadlines.awaiting_notice if whose[name] == side.value)


def if_told(dispute: Dispute, policy: Policy, deadline: Deadline, at: Instant) -> Deadline:
    """The deadline as it will be if the party is told of it at this instant."""
    return _anew(dispute, policy, deadline, at) if deadline.name in dispute.deadlines.awaiting_notice else deadline


def begun(
    dispute: Dispute, policy: Policy, side: Side, told_by: ToldBy, at: Instant, *, told: Collection[str] | None = None
) -> list[DeadlineSet]:
    """The windows that begin because the party was told of them. `told` are the names that a notice tells; None: all."""
    names = [name for name in waiting(dispute, side) if told is None or name in told]
    return [_begun(dispute, policy, dispute.deadlines.running[name], told_by, at) for name in names]


def stopped(dispute: Dispute, notice_id: UUID) -> list[DeadlineSet]:
    """The windows that stop because the notice came back, after which they had begun."""
    deadlines = dispute.deadlines
    return [
        DeadlineSet(deadline=deadlines.running[name], whose=deadlines.whose[name], awaits_notice=True)
        for name, told_by in sorted(deadlines.told_by.items())
        if told_by == notice_id and name in deadlines.running
    ]


def as_before(dispute: Dispute, policy: Policy, happened: DeadlineSet, at: Instant) -> list[DeadlineSet]:
    """The same window begins, or stops, in another course of the dispute, if it waits or runs there too."""
    running, name = dispute.deadlines.running.get(happened.deadline.name), happened.deadline.name
    waits = name in dispute.deadlines.awaiting_notice
    if running is None or waits is happened.awaits_notice:
        return []
    if happened.awaits_notice:
        return [DeadlineSet(deadline=running, whose=happened.whose, awaits_notice=True)]
    return [] if happened.told_by is None else [_begun(dispute, policy, running, happened.told_by, at)]


def _begun(dispute: Dispute, policy: Policy, deadline: Deadline, told_by: ToldBy, at: Instant) -> DeadlineSet:
    anew, whose = _anew(dispute, policy, deadline, at), dispute.deadlines.whose[deadline.name]
    return DeadlineSet(deadline=anew, whose=whose, told_by=told_by)


def _anew(dispute: Dispute, policy: Policy, deadline: Deadline, at: Instant) -> Deadline:
    """The same window on the same calendar, from now on."""
    proof = deadline.proof
    due_at, proven = due(
        proof.window,
        starts_at=at,
        days=proof.days,
        time_zone=proof.time_zone,
        rule=proof.rule,
        closed=closed_periods(dispute, policy, deadline.name),
    )
    return Deadline(name=deadline.name, due_at=due_at, proof=proven)
