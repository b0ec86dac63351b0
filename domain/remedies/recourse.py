"""The funder of a refund that was paid before its ruling was final gets the money back: what was too much from the
recipient, the rest from the respondent.

The funder's account is what it paid or still owes, less what came back to it or is owed to it. Once there is an
outcome, this module brings the account to zero. It does not matter what became of each commitment: waived, replaced by
less, paid elsewhere, or paid by the respondent before.
"""

from collections.abc import Iterable

from domain.commitments import making
from domain.commitments.events import (
    CommitmentDischarged,
    CommitmentEvent,
    CommitmentKind,
    Origin,
    Participant,
    Promise,
)
from domain.commitments.state import Commitment
from domain.dispute.state import Dispute
from domain.kernel.base import Instant
from domain.kernel.frozen import replace
from domain.kernel.money import Money
from domain.kernel.people import Side
from domain.policy.policy import Policy
from domain.remedies.recovery import moved
from domain.remedies.recovery_facts import OF_OUTCOMES

# --- decisions ---


def funder_of(dispute: Dispute) -> Participant | None:
    """Who paid in the respondent's place; None if nobody did."""
    funder = dispute.advance.funded_by
    return None if funder is making.participant(dispute.claimant.other) else funder


def too_much(dispute: Dispute, policy: Policy, amount: Money, now: Instant) -> list[Promise]:
    """What the claimant owes back: to the funder up to what the funder bears, the rest to the respondent."""
    funder, respondent = funder_of(dispute), making.participant(dispute.claimant.other)
    borne = max(0, _balance(moved(dispute), funder)) if funder else 0
    to_funder = min(amount, Money(borne, amount.currency))
    parts = [(funder, to_funder), (respondent, amount - to_funder)]
    by = making.participant(dispute.claimant)
    return [promise(dispute, policy, by, to, part, now) for to, part in parts if to and not part.is_zero]


def follow(dispute: Dispute, policy: Policy, at: Instant) -> list[CommitmentEvent]:
    """Makes the respondent owe the funder what the funder bears; or lowers that. If the respondent has already paid too
    much of it, the funder owes that back.

    A debt that its creditor gave up is not owed again.
    """
    funder = funder_of(dispute)
    if funder is None or dispute.outcome is None or dispute.closed:
        return []
    respondent, currency = making.participant(dispute.claimant.other), dispute.in_dispute.currency
    held = dispute.commitments
    bears = _balance([*held.paid, *held.open.values()], funder)
    let_go = [c for c in held.forgone.values() if c.arises_from is Origin.RECOVERY]
    more = bears - sum(c.amount.minor for c in let_go if c.owed_to is funder and c.amount)
    less = -bears - sum(c.amount.minor for c in let_go if c.owed_by is funder and c.amount)
    if more > 0:
        return _owed_more(dispute, policy, respondent, funder, Money(more, currency), at)
    return _owed_more(dispute, policy, funder, respondent, Money(less, currency), at) if less > 0 else []


def _balance(counting: Iterable[Commitment], funder: Participant) -> int:
    """What the funder paid or owes, less what it received or is owed, in minor units."""
    minor = 0
    for owed in counting:
        if owed.amount is not None and owed.arises_from in OF_OUTCOMES | {Origin.RECOVERY}:
            minor += owed.amount.minor * ((owed.owed_by is funder) - (owed.owed_to is funder))
    return minor


def _owed_more(
    dispute: Dispute, policy: Policy, by: Participant, to: Participant, amount: Money, at: Instant
) -> list[CommitmentEvent]:
    """Sets the amount off against what `to` owes `by`. Only the rest is owed anew."""
    events: list[CommitmentEvent] = []
    for owed in sorted(dispute.commitments.open.values(), key=lambda c: (c.due_at, c.number)):
        if (
            (owed.arises_from, owed.owed_by, owed.owed_to) != (Origin.RECOVERY, to, by)
            or not owed.amount
            or amount.is_zero
        ):
            continue
        part = min(owed.amount, amount)
        amount -= part
        events.append(CommitmentDischarged(commitment_id=owed.id, reason="overturned"))
        if owed.amount != part:
            rest = replace(owed, amount=owed.amount - part)
            events.append(making.owe_again(dispute, policy, rest, rest.amount, at))
    if not amount.is_zero:
        anew = promise(dispute, policy, by, to, amount, at)
        events.append(making.make_commitment(dispute, anew, Origin.RECOVERY))
    return events


def promise(dispute: Dispute, policy: Policy, by: Participant, to: Participant, amount: Money, now: Instant) -> Promise:
    """A commitment of money that turned out to belong to another."""
    party = dispute.party(Side(by.value)) if by.value in set(Side) else None
    due_at, proof = policy.due("recovery", party, now, window=policy.windows.remedy)
    return Promise(
        kind=CommitmentKind.PAY,
        owed_by=by,
        owed_to=to,
        subject=dispute.subject_of_participant(by),
        amount=amount,
        due_at=due_at,
        proof=proof,
    )
