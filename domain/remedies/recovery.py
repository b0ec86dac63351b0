"""Money that was paid before its award was final, and what becomes of it when the award is replaced.

A policy may have a ruled refund executed at once, at the risk of its funder. When a ruling, a default or another
outcome is overturned, what was paid under it stays paid and counts against the next outcome. A side that received too
much owes a *recovery*; until it is paid, the funder bears it.
"""

from collections.abc import Mapping, Sequence

from domain.commitments import making
from domain.commitments.events import (
    CommitmentDischarged,
    CommitmentEvent,
    CommitmentKind,
    Origin,
    Participant,
)
from domain.commitments.state import Commitment
from domain.dispute.overturning import overturnable, part_conceded
from domain.dispute.state import Dispute
from domain.kernel.base import Instant
from domain.kernel.frozen import replace
from domain.kernel.money import Money
from domain.kernel.people import Side
from domain.policy.policy import Policy
from domain.remedies.recovery_facts import (
    OF_OUTCOMES,
    Advance,
    AwardOverturned,
    RecoveryEvent,
    evolve,
)

# --- types ---

# --- evolve ---


def overturned(advance: Advance, events: Sequence[RecoveryEvent | CommitmentEvent]) -> Advance:
    """The advance after the events of `overturn`."""
    for event in events:
        if isinstance(event, AwardOverturned):
            advance = evolve(advance, event)
    return advance


# --- decisions ---


def overturn(dispute: Dispute) -> list[RecoveryEvent | CommitmentEvent]:
    """Overturns an outcome: what is still owed under it is discharged, and what was paid is recorded.

    Goods that a default or a withdrawal from the contract waits for need not be sent any more. Freight, a counterclaim and
    recoveries are never open then. They arise from outcomes that only a reopening overturns, after everything is done.
    """
    arose = overturnable(dispute)
    events: list[RecoveryEvent | CommitmentEvent] = [
        CommitmentDischarged(commitment_id=owed.id, reason="overturned")
        for owed in dispute.commitments.open.values()
        if owed.arises_from in arose and not owed.underway
    ]
    had = received(dispute)
    return [*events, AwardOverturned(to_buyer=had[Side.BUYER], to_seller=had[Side.SELLER])]


def not_received(
    dispute: Dispute, policy: Policy, owed: Commitment, now: Instant
) -> list[RecoveryEvent | CommitmentEvent]:
    """A refund did not arrive. It is not owed to the extent that it counted against a later outcome, or will count.

    If the dispute is undecided, less counts as received. If it is decided, the refund is set off against what its
    recipient owes back. The rest is owed again.
    """
    assert owed.amount is not None, "a refund is of money"
    if not owed.overturned:
        return [making.owe_again(dispute, policy, owed, owed.amount, now)]
    if dispute.outcome is None:
        events, rest = _counted_less(dispute, owed, owed.amount)
    else:
        events, rest = _set_off(dispute, policy, owed, owed.amount, now)
    return events if rest.is_zero else [*events, making.owe_again(dispute, policy, owed, rest, now)]


def _counted_less(
    dispute: Dispute, owed: Commitment, amount: Money
) -> tuple[list[RecoveryEvent | CommitmentEvent], Money]:
    nothing = Money.zero(amount.currency)
    had = {side: dispute.advance.received.get(side, nothing) for side in Side}
    recipient = Side(owed.owed_to.value)
    less = min(had[recipient], amount)
    had[recipient] -= less
    return [AwardOverturned(to_buyer=had[Side.BUYER], to_seller=had[Side.SELLER])], amount - less


def _set_off(
    dispute: Dispute, policy: Policy, owed: Commitment, amount: Money, now: Instant
) -> tuple[list[RecoveryEvent | CommitmentEvent], Money]:
    """If the recipient owed the money back to somebody other than the refund's payer, the payer now owes it to them."""
    events: list[RecoveryEvent | CommitmentEvent] = []
    remade: list[tuple[Commitment, Money]] = []
    for back in [c for c in dispute.commitments.open.values() if c.arises_from is Origin.RECOVERY]:
        if back.owed_by is not owed.owed_to or back.amount is None or amount.is_zero:
            continue
        part = min(back.amount, amount)
        amount -= part
        events.append(CommitmentDischarged(commitment_id=back.id, reason="overturned"))
        if back.amount != part:
            remade.append((back, back.amount - part))
        if back.owed_to is not owed.owed_by:
            to_buyer = back.owed_to is Participant.BUYER
            kind = CommitmentKind.REFUND if to_buyer else CommitmentKind.PAY
            remade.append((replace(owed, owed_to=back.owed_to, kind=kind), part))
    return [*events, *(making.owe_again(dispute, policy, c, m, now) for c, m in remade)], amount


def executed_early(dispute: Dispute) -> bool:
    """Whether the ruling in effect was executed before it was final."""
    return dispute.advance.funded_by is not None and not dispute.advance.received


def received(dispute: Dispute) -> Mapping[Side, Money]:
    """What each side has received of what is in dispute: paid or on its way, less what it gave back."""
    minor = dict.fromkeys(Side, 0)
    for owed in moved(dispute):
        if owed.amount is None or owed.arises_from not in OF_OUTCOMES | {Origin.RECOVERY}:
            continue
        if owed.owed_to.value in set(Side):
            minor[Side(owed.owed_to.value)] += owed.amount.minor
        if owed.arises_from is Origin.RECOVERY and owed.owed_by.value in set(Side):
            minor[Side(owed.owed_by.value)] -= owed.amount.minor
    if dispute.claimant is Side.BUYER:
        minor[Side.BUYER] += sum(amount.minor for amount in dispute.paid_elsewhere)
    if (part := part_conceded(dispute)) is not None:
        held = dispute.commitments
        not_had = [*(c for c in held.open.values() if not c.underway), *held.forgone.values()]
        still = sum(c.amount.minor for c in not_had if c.amount and c.arises_from is Origin.CONCESSION)
        minor[dispute.claimant] -= part.minor - still
    return {side: Money(max(0, minor[side]), dispute.in_dispute.currency) for side in Side}


def moved(dispute: Dispute) -> list[Commitment]:
    """The commitments that are paid, or whose money is on its way."""
    held = dispute.commitments
    return [*held.paid, *(c for c in held.open.values() if c.underway)]
