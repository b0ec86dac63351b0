"""Disputes at a payment provider: chargebacks and inquiries. What its notices say together, in whatever order they came.

The notices of a dispute are a set. What the set calls for depends on nothing else: not on their order, and not on doubles. What
is done here is the difference between that and what is on record.

An outcome takes effect when nothing new was told for `SETTLES`. Until then the dispute waits for the chargeback. So a notice
that was overtaken by another one leads to nothing that would have to be taken back. An outcome that changes later is corrected
by facts: the refund is taken back, and one of another sum is recorded.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Literal

from domain.kernel.base import Instant
from domain.kernel.frozen import frozen
from domain.kernel.money import Money
from domain.policy.chargeback_rules import ChargebackRules

# --- types ---

SETTLES = timedelta(hours=24)

Provider = Literal["stripe", "adyen", "paypal"]

Says = Literal["inquiry", "opened", "won", "lost", "cancelled", "noted"]
"""`inquiry`: the provider only asks, and no money moves. `opened`: a chargeback is under way. `won`: the seller keeps the
money. `lost`: the buyer has it. `cancelled`: the buyer gave the chargeback up. `noted`: it says nothing about how the dispute
stands."""

Funds = Literal["withdrawn", "reinstated"]
Outcome = Literal["won", "lost", "cancelled"]
_OUTCOMES: tuple[Outcome, ...] = ("won", "lost", "cancelled")

Contradiction = Literal["outcomes_differ", "amounts_differ"]


@frozen
class Notice:
    """One notice about one dispute at the provider.

    `dispute` is the provider's name for the dispute, `payments` are its names for the payment; a notice may have none.
    `code` and `stage` are the provider's own words. What the notices with the highest `rank` say counts.
    """

    dispute: str
    payments: tuple[str, ...]
    code: str
    says: Says
    rank: int
    at: Instant
    stage: str | None = None
    amount: Money | None = None
    funds: Funds | None = None
    answer_by: Instant | None = None


@frozen
class Called:
    """What the notices of a dispute call for. `chargeback` is False while the provider only asks. `amount` is what the buyer
    has if it is lost, or wants until then.
    """

    chargeback: bool = False
    outcome: Outcome | None = None
    amount: Money | None = None
    funds: Funds | None = None
    answer_by: Instant | None = None
    contradiction: Contradiction | None = None


@frozen
class Done:
    """What was done because of a dispute at a provider. `waits`: the dispute here waits for the chargeback. `paid` is what is
    on record that the buyer has. `closed`: the dispute here is closed, so that it waits for nothing. `moved`: since then money
    moved, and it was not reopened yet.
    """

    waits: bool = False
    paid: Money | None = None
    closed: bool = False
    moved: bool = False


Step = Literal["wait", "take_back", "pay", "reopen", "go_on"]
"""`wait`: records a proceeding elsewhere. `pay`: records that the buyer has the money. `take_back`: records that they no longer
have it. `reopen`: reopens the dispute. `go_on`: records that the proceeding has ended."""


# --- decisions ---


def called_for(notices: Iterable[Notice]) -> Called:
    """What a set of notices of one dispute calls for."""
    told = list(notices)
    if not told:
        return Called()
    said = [one for one in told if one.says != "noted"]
    top = max((one.rank for one in said), default=0)
    latest = [one for one in said if one.rank == top]
    ends = [one for one in latest if one.says in _OUTCOMES]
    outcomes = [name for name in _OUTCOMES if any(one.says == name for one in ends)]
    sums = {one.amount for one in ends if one.amount is not None}
    contradiction: Contradiction | None = None
    if len(outcomes) > 1:
        contradiction = "outcomes_differ"
    elif outcomes == ["lost"] and len(sums) > 1:
        contradiction = "amounts_differ"
    moved = [one for one in told if one.funds is not None]
    due = [one.answer_by for one in latest if one.answer_by is not None]
    return Called(
        chargeback=any(one.says != "inquiry" and not _asked(one) for one in said),
        outcome=outcomes[0] if outcomes and contradiction is None else None,
        amount=_amount(ends if outcomes == ["lost"] else said),
        funds=max(moved, key=lambda one: (one.rank, one.at, one.funds == "reinstated")).funds if moved else None,
        answer_by=max(due, default=None),
        contradiction=contradiction,
    )


def next_steps(called: Called, done: Done, rules: ChargebackRules, *, quiet: bool) -> list[Step]:
    """What is still to be done. `quiet`: nothing new was told for `SETTLES`. While nobody has won, what is on record that the
    buyer has stays so.
    """
    outcome = called.outcome if quiet else None
    has = called.amount if outcome == "lost" else None
    steps: list[Step] = []
    if done.paid is not None and outcome is not None and done.paid != has and (outcome != "lost" or has is not None):
        steps.append("take_back")
    if has is not None and done.paid != has:
        steps.append("pay")
    if rules.reopens and done.closed and (steps or done.moved):
        steps.append("reopen")
    waits = rules.stays and called.chargeback and outcome is None
    if waits and not done.waits and not done.closed:
        steps.append("wait")
    if done.waits and not waits:
        steps.append("go_on")
    return steps


def _asked(notice: Notice) -> bool:
    """Whether it is about an inquiry only, although it says how that ended."""
    return notice.stage is not None and notice.stage.startswith("INQUIRY")


def _amount(notices: Iterable[Notice]) -> Money | None:
    """The sum of the latest notice that has one."""
    named = [(one.rank, one.at, one.amount) for one in notices if one.amount is not None]
    return max(named, key=lambda one: (one[0], one[1], one[2].currency, one[2].minor))[2] if named else None
