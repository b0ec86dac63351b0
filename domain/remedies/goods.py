"""Goods that are returned, destroyed, picked up, replaced or repaired, and the part of a division that waits for them.

Goods never change how money is divided. Terms that name goods put the buyer's part *at stake*: it is owed to nobody
until the goods have completed their steps. Then it is owed to one side or the other, to the last unit. The steps are a
chain of commitments: one falls due when the one before it is kept, and each says what its breach means.

    return    dispatch (buyer) → carriage (carrier) → receipt (seller)   done: to the buyer    not sent: to the seller
    destroy   proof (buyer)    → receipt (seller)                        done: to the buyer    no proof: to the seller
    pick_up   collection (seller)                                        done: to the buyer    not fetched: to the buyer
    replace   dispatch (seller) → carriage (carrier) → receipt (buyer)   done: to the seller   not sent or lost: to the buyer
    repair    dispatch (buyer) → carriage (carrier), or collection (seller) → repair (seller: the goods are on their way
              back) → carriage_back (carrier) → receipt (buyer)
              done, or not sent in: to the seller                        not fetched, not repaired in time, or lost on the
                                                                         way back: to the buyer

Where the policy has the window `return_details`, what the buyer sends begins with the details that the seller gives (where
to send it), and the time to dispatch begins after that. The policy says what follows if they do not come.

Silence at receipt: deemed received. A neutral decides on goods that never arrive at the seller, on goods that the
receiver contests, and on a repair that failed: the seller says that the goods cannot be repaired, or the buyer that they are
not.
"""

from collections.abc import Mapping
from itertools import dropwhile
from typing import Literal, assert_never

from domain.commitments import making
from domain.commitments.events import (
    RETURN_DETAILS,
    CommitmentClass,
    CommitmentDischarged,
    CommitmentEvent,
    Origin,
    Participant,
    Promise,
)
from domain.commitments.state import Commitment
from domain.dispute.state import Dispute
from domain.filing import machine_decisions
from domain.filing.review_facts import Decision, MachineDecided
from domain.kernel.base import Instant
from domain.kernel.money import Money
from domain.kernel.people import Side
from domain.kernel.windows import Window
from domain.policy.policy import Policy
from domain.remedies.goods_facts import (
    DECISION_STEPS,
    Goods,
    GoodsAwaited,
    GoodsEnded,
    GoodsEvent,
    Handling,
    Step,
    path_of,
)

# --- types ---

_UNTIL_RECEIVED = ("carriage", "carriage_back", "receipt")


_UNSTATED: Mapping[str, Side | Literal["decision", "stays"]] = {
    "promise_broken": "stays",
    "to_a_neutral": "decision",
    "refund_without_return": Side.BUYER,
}
"""What it means that the details did not come in time, by the word of the policy for that silence."""


# --- decisions ---


def begin(
    dispute: Dispute, policy: Policy, goods: Goods, at_stake: Money, arises_from: Origin, now: Instant
) -> list[GoodsEvent | CommitmentEvent]:
    owed = policy.windows.return_details is not None
    first = next(step for step in path_of(goods) if owed or step.name != "details")
    return _awaited(dispute, policy, first, goods, at_stake, arises_from, now)


def _awaited(
    dispute: Dispute, policy: Policy, step: Step, goods: Goods, at_stake: Money, arises_from: Origin, now: Instant
) -> list[GoodsEvent | CommitmentEvent]:
    party = dispute.party(Side(step.by.value)) if step.by in (Participant.BUYER, Participant.SELLER) else None
    due_at, proof = policy.due(f"goods_{step.name}", party, now, window=_window(policy, step, goods))
    promise = Promise(
        kind=step.kind,
        owed_by=step.by,
        owed_to=making.participant(step.to),
        subject=dispute.subject_of_participant(step.by),
        due_at=due_at,
        proof=proof,
        about=RETURN_DETAILS if step.name == "details" else None,
    )
    made = making.make_commitment(dispute, promise, arises_from, as_class=CommitmentClass.REMEDY)
    awaited = GoodsAwaited.model_validate(
        {
            "goods": goods,
            "at_stake": at_stake,
            "arises_from": arises_from,
            "step": step.name,
            "commitment_id": made.commitment_id,
        }
    )
    return [awaited, made]


def _window(policy: Policy, step: Step, goods: Goods) -> Window:
    windows = policy.windows
    match step.name:
        case "details":
            assert windows.return_details is not None, "without it no details are owed"
            return windows.return_details
        case "dispatch" | "proof" | "collection":
            return windows.goods_sent
        case "carriage" | "carriage_back":
            return windows.carriage
        case "repair":
            return goods.within or windows.goods_repaired
        case "receipt":
            return windows.goods_confirmed
        case "decision":
            return windows.ruling
        case _:
            assert_never(step.name)


def follow(dispute: Dispute, policy: Policy, at: Instant) -> list[GoodsEvent | MachineDecided | CommitmentEvent]:
    """What follows from the state of the present step: the next step, a decision, or the end; nothing while it runs."""
    handling = dispute.goods
    if handling is None or handling.ended:
        return []
    waiting = dispute.commitments.get(handling.commitment_id)
    if handling.decided is not None:
        return [_ended(handling, "decided", handling.decided)]
    if waiting is None:
        return [*_after(dispute, policy, handling, at)]
    step = handling.present
    broken = _UNSTATED[policy.silence.return_details] if step.name == "details" else step.broken
    if not waiting.overdue or broken == "stays":
        return []
    if broken == "decision":
        over = CommitmentDischarged(commitment_id=waiting.id, reason="contested")
        return [over, *_next(dispute, policy, handling, _decision(dispute), at)]
    if broken == "received":
        over = CommitmentDischarged(commitment_id=waiting.id, reason="deemed_received")
        return [over, *_by_silence(dispute, policy, handling, _done(handling, "deemed_received"), waiting, at)]
    over = CommitmentDischarged(commitment_id=waiting.id, reason="remedy_lapsed")
    ended = _ended(handling, "lapsed", _part(handling, to=broken))
    return [over, *_by_silence(dispute, policy, handling, ended, waiting, at)]


def _by_silence(
    dispute: Dispute, policy: Policy, handling: Handling, ended: GoodsEnded, missed: Commitment, at: Instant
) -> list[GoodsEnded | MachineDecided]:
    """Nobody acted in time, so the stake goes to one side, and no person decided that."""
    burdened = Side.BUYER if ended.to_buyer.is_zero else Side.SELLER
    facts = {"step": handling.step, "due_at": missed.due_at, "at_stake": handling.at_stake}
    decision: Decision = "goods_given_up" if ended.how == "lapsed" else "deemed_received"
    number = dispute.machine.following()
    told = machine_decisions.explained(decision, policy, "goods", dispute.party(burdened), at, facts, number=number)
    return [told, ended]


def _after(dispute: Dispute, policy: Policy, handling: Handling, at: Instant) -> list[GoodsEvent | CommitmentEvent]:
    """What follows when the present step is over."""
    if handling.contested == handling.commitment_id:
        return _next(dispute, policy, handling, _decision(dispute), at)
    if dispute.commitments.ended[handling.commitment_id] == "waived":
        return [_done(handling, "waived")]
    path = path_of(handling.goods)
    following = path[path.index(handling.present) + 1 :]
    if handling.received:  # what the receiver has needs no further carriage, and no other word of the receiver
        following = tuple(dropwhile(lambda step: step.name in _UNTIL_RECEIVED, following))
    if not following:
        return [_done(handling, "received")]
    return _next(dispute, policy, handling, following[0], at)


def _next(
    dispute: Dispute, policy: Policy, handling: Handling, step: Step, at: Instant
) -> list[GoodsEvent | CommitmentEvent]:
    return _awaited(dispute, policy, step, handling.goods, handling.at_stake, handling.arises_from, at)


def _decision(dispute: Dispute) -> Step:
    return DECISION_STEPS[Participant.NEUTRAL if dispute.escalation.neutral else Participant.SUPERVISOR]


def _done(handling: Handling, how: Literal["received", "deemed_received", "waived"]) -> GoodsEnded:
    return _ended(handling, how, _part(handling, to=handling.prize))


def _part(handling: Handling, *, to: Side) -> Money:
    """What the buyer receives if all of the stake goes to one side."""
    return handling.at_stake if to is Side.BUYER else Money.zero(handling.at_stake.currency)


def _ended(
    handling: Handling, how: Literal["received", "deemed_received", "waived", "lapsed", "decided"], to_buyer: Money
) -> GoodsEnded:
    return GoodsEnded(how=how, to_buyer=to_buyer, to_seller=handling.at_stake - to_buyer)
