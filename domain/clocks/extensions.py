"""More time for whoever must act, up to the longest window of the policy."""

from collections.abc import Sequence

from domain.clocks import names
from domain.clocks.deadline_facts import DeadlineEvent, DeadlineMoved
from domain.clocks.deadlines import closed_periods, of_answers
from domain.clocks.stay import MayNotStay, may_order
from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.kernel.base import Actor, Event, Instant, OnDispute, Role
from domain.kernel.refusals import Conflict, Malformed
from domain.kernel.windows import Deadline, Window, extended
from domain.neutral.escalation import is_neutral
from domain.policy.policy import Policy

# --- types ---


class ExtendDeadline(OnDispute):
    """Gives the person who must act that much more time."""

    name: str
    more: Window


ExtensionCommand = ExtendDeadline


class ExtensionTooLong(Malformed):
    """`more` extends the deadline beyond the longest window of the policy, which ends at `latest`.

    Why: The policy sets the longest time in all for a window, so that extensions do not postpone a decision for ever.

    What to do: Send a shorter `more`, so that the deadline ends at `latest` or before.

    Example: {"due_at": "2027-02-05T10:00:00+00:00", "latest": "2027-02-03T10:00:00+00:00"}
    """

    pointer = "/more"


class DeadlineNotRunning(Conflict):
    """The deadline is not running or cannot be extended; `extendable` lists those that can.

    Why: Only a deadline that still runs can get more time. One that was met, moot or lapsed has already had its
    consequence. One that waits for a notice has not begun.

    What to do: Take the name of a deadline from `extendable`. If the deadline has lapsed, ask a supervisor what is
    still possible, such as to set a default aside.

    Example: {"name": "stay", "extendable": ["ruling", "answers-buyer", "answers-seller"]}
    """


_HOUR = Window(amount=1, unit="hours")


# --- decisions ---


def decide(basis: Basis, command: ExtensionCommand) -> Sequence[Event]:
    return extend(basis.dispute, basis.policy, command)


def extend(dispute: Dispute, policy: Policy, command: ExtendDeadline) -> list[DeadlineEvent]:
    """A neutral can give the parties more time. Only a supervisor can extend the neutral's window to rule."""
    deadline, running = dispute.deadlines.timed(command.name), dispute.deadlines.running
    if not _may_extend(dispute, command.actor, command.name):
        raise MayNotStay(role=command.actor.role.value)
    if deadline is None or command.name == names.Stay() or not (dispute.undecided or command.name in running):
        raise DeadlineNotRunning(name=command.name, extendable=extendable(dispute, policy, command.actor))
    due_at = extended(deadline.due_at, command.more, deadline.proof, closed_periods(dispute, policy, command.name))
    if due_at > (latest := _latest(dispute, policy, deadline)):
        raise ExtensionTooLong(due_at=due_at.isoformat(), latest=latest.isoformat())
    return [DeadlineMoved(name=command.name, due_at=due_at, why="extension")]


def extendable(dispute: Dispute, policy: Policy, actor: Actor) -> list[str]:
    """The deadlines that this actor may extend, and that are not yet at the longest window."""
    if not may_order(dispute, actor):
        return []
    return [
        deadline.name
        for deadline in (*dispute.deadlines.begun(), *of_answers(dispute))
        if deadline.name != names.Stay()
        and _may_extend(dispute, actor, deadline.name)
        and extended(deadline.due_at, _HOUR, deadline.proof, closed_periods(dispute, policy, deadline.name))
        <= _latest(dispute, policy, deadline)
    ]


def _latest(dispute: Dispute, policy: Policy, deadline: Deadline) -> Instant:
    """The latest instant to which it can be extended, counted from when the window first began."""
    since = dispute.deadlines.since.get(deadline.name, deadline.proof.starts_at)
    return extended(since, policy.windows.longest, deadline.proof, closed_periods(dispute, policy, deadline.name))


def _may_extend(dispute: Dispute, actor: Actor, name: str) -> bool:
    return actor.role is Role.SUPERVISOR or (is_neutral(dispute, actor) and name != names.Ruling())
