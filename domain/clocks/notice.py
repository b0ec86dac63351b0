"""No clock without notice: a window that burdens a party begins when the party was told of it.

Without this rule a dead mail server costs a seller the five days to answer, and a buyer the appeal. With it, such a window
waits from the fact that opens it until the party was told. Whoever may act in it can act at once. The party was told when

  1. a notice that tells of the window was delivered, in a language that the party reads; or
  2. a person reached them otherwise and recorded that; or
  3. a neutral or a supervisor decides that they count as told, after two ways have failed.

The whole window begins at that instant. No window ends before the notice said: counted from an earlier instant, it can end
later, because an end on a day off moves to the same time of the next working day. Then it is counted from when the notice was
written. If the mail comes back later, the clock stops and the window waits again. A window that has lapsed by then stays
lapsed: what followed from it can be set aside or appealed.

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
    dispute: Dispute,
    policy: Policy,
    side: Side,
    told_by: ToldBy,
    at: Instant,
    *,
    told: Collection[str] | None = None,
    written_at: Instant | None = None,
) -> list[DeadlineSet]:
    """The windows that begin because the party was told of them. `told` are the names that a notice tells; None: all.
    `written_at` is when the notice was written, which says the ends as counted from then.
    """
    names = [name for name in waiting(dispute, side) if told is None or name in told]
    starts = [at] if written_at is None else [at, written_at]
    return [_begun(dispute, policy, dispute.deadlines.running[name], told_by, starts) for name in names]


def stopped(dispute: Dispute, notice_id: UUID) -> list[DeadlineSet]:
    """The windows that stop because the notice came back, after which they had begun."""
    deadlines = dispute.deadlines
    return [
        DeadlineSet(deadline=deadlines.running[name], whose=deadlines.whose[name], awaits_notice=True)
        for name, told_by in sorted(deadlines.told_by.items())
        if told_by == notice_id and name in deadlines.running
    ]


def as_before(dispute: Dispute, policy: Policy, happened: DeadlineSet) -> list[DeadlineSet]:
    """The same window begins, or stops, in another course of the dispute, if it waits or runs there too."""
    running, name = dispute.deadlines.running.get(happened.deadline.name), happened.deadline.name
    waits = name in dispute.deadlines.awaiting_notice
    if running is None or waits is happened.awaits_notice:
        return []
    if happened.awaits_notice:
        return [DeadlineSet(deadline=running, whose=happened.whose, awaits_notice=True)]
    starts = [happened.deadline.proof.starts_at]
    return [] if happened.told_by is None else [_begun(dispute, policy, running, happened.told_by, starts)]


def _begun(
    dispute: Dispute, policy: Policy, deadline: Deadline, told_by: ToldBy, starts: Collection[Instant]
) -> DeadlineSet:
    """Counted from the start with the latest end."""
    ends = (_anew(dispute, policy, deadline, start) for start in starts)
    anew = max(ends, key=lambda one: one.due_at)  # of equal ones the first, which is the instant of being told
    return DeadlineSet(deadline=anew, whose=dispute.deadlines.whose[deadline.name], told_by=told_by)


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
