"""Commitments: what is owed, by whom, to whom, and by when. A promise made is never lost.

    pending → overdue → kept | kept_late | waived | replaced | discharged

A breach is an event and not an end: an unpaid refund stays, overdue, until it is paid, waived, replaced or discharged.
Class `remedy` (money, goods) blocks closure; class `service` (reply, call back, translate, review) does not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, assert_never
from uuid import UUID, uuid5

from domain.base import Actor, Command, Event, Instant, Role, Value
from domain.money import CurrencyMismatch, Money
from domain.people import Member, Side, Text, Words
from domain.policy import Policy
from domain.refusals import Conflict, DisputeIsClosed, Forbidden, Malformed, Unknown
from domain.windows import DeadlineProof, Window, due

if TYPE_CHECKING:
    from domain.dispute import Dispute

# --- types ---


class CommitmentKind(StrEnum):
    REFUND = "refund"
    PAY = "pay"
    SHIP = "ship"
    RETURN = "return"
    CONFIRM = "confirm"
    PROVIDE = "provide"
    REPLY = "reply"
    CALL_BACK = "call_back"
    REVIEW = "review"
    DECIDE = "decide"


class CommitmentClass(StrEnum):
    REMEDY = "remedy"
    SERVICE = "service"


class Bearer(StrEnum):
    """Who can owe, and be owed."""

    BUYER = "buyer"
    SELLER = "seller"
    NEUTRAL = "neutral"
    SUPERVISOR = "supervisor"
    MARKETPLACE = "marketplace"
    CARRIER = "carrier"
    WAREHOUSE = "warehouse"
    BANK = "bank"


class Promise(Value):
    """What is owed. `subject` names the person who owes it, where one person does."""

    kind: CommitmentKind
    owed_by: Bearer
    owed_to: Bearer
    subject: UUID | None = None
    amount: Money | None = None
    due_at: Instant
    proof: DeadlineProof | None = None
    note: Text | None = None

    @property
    def by_refund(self) -> bool:
        """Whether a `Refund` carries it out: money that goes out of the order, from what was paid or is held."""
        return carried_out_by_refund(self.kind, self.owed_by, self.owed_to)


class CommitmentMade(Event, kind="CommitmentMade", stream="dispute"):
    """`arises_from` is the fact that made it: a settlement, a ruling, a concession, the policy, or a promise given freely."""

    commitment_id: UUID
    number: int
    commitment_class: CommitmentClass
    promise: Promise
    arises_from: Literal["settlement", "ruling", "concession", "default", "policy", "promise", "replacement"]


class CommitmentBreached(Event, kind="CommitmentBreached", stream="dispute"):
    """The due instant passed. What was owed is still owed."""

    commitment_id: UUID


class CommitmentKept(Event, kind="CommitmentKept", stream="dispute"):
    """`by` is who showed it; `refund_id` the movement of money that proves it."""

    commitment_id: UUID
    late: bool
    by: Role
    refund_id: UUID | None = None
    note: Text | None = None


class CommitmentWaived(Event, kind="CommitmentWaived", stream="dispute"):
    commitment_id: UUID
    by: Role
    note: Text | None = None


class CommitmentReplaced(Event, kind="CommitmentReplaced", stream="dispute"):
    commitment_id: UUID
    replaced_by: UUID
    by: Role


class CommitmentDischarged(Event, kind="CommitmentDischarged", stream="dispute"):
    """Nobody owes it any more, for a reason that is neither performance nor consent."""

    commitment_id: UUID
    reason: Literal["dispute_over"]


CommitmentEvent = (
    CommitmentMade | CommitmentBreached | CommitmentKept | CommitmentWaived | CommitmentReplaced | CommitmentDischarged
)


class MakeCommitment(Command):
    """`due_at` must lie ahead. Text without an author yet: the decider fills in the party it speaks for."""

    dispute_id: UUID
    kind: CommitmentKind
    owed_by: Bearer
    owed_to: Bearer
    amount: Money | None = None
    due_at: Instant
    note: Words | None = None


class KeepCommitment(Command):
    dispute_id: UUID
    commitment_id: UUID
    note: Words | None = None


class WaiveCommitment(Command):
    dispute_id: UUID
    commitment_id: UUID
    note: Words | None = None


class ReplaceCommitment(Command):
    """By whom it is owed to, which is their consent. The new one takes over class, debtor and creditor."""

    dispute_id: UUID
    commitment_id: UUID
    kind: CommitmentKind
    amount: Money | None = None
    due_at: Instant
    note: Words | None = None


class UnknownCommitment(Unknown):
    """There is no such commitment in this dispute."""


class CommitmentEnded(Conflict):
    """This commitment has already ended in another way."""


class DueInThePast(Malformed):
    """A promise is due at an instant that lies ahead."""

    pointer = "/due_at"


class AmountMissing(Malformed):
    """A promise of money names the amount."""

    pointer = "/amount"


class AmountOutOfPlace(Malformed):
    """Only a promise of money has an amount."""

    pointer = "/amount"


class RefundOutOfPlace(Malformed):
    """A refund is owed to the buyer, by the seller or the marketplace; any other money is a payment."""

    pointer = "/kind"


class NotYoursToPromise(Forbidden):
    """Nobody can promise in somebody else's name."""


class NotYoursToConfirm(Forbidden):
    """Who owes a promise cannot be the one who says that it was kept."""


class NotYoursToWaive(Forbidden):
    """Only whom it is owed to may waive or replace a promise."""


class RefundDecides(Conflict):
    """A refund is kept by its own confirmation, and by nothing else."""


class RefundUnderway(Conflict):
    """The money is on its way; wait until that refund is confirmed or has failed."""


class ReplacementTooLarge(Malformed):
    """Only a promise of money is replaced by one of money, and by no more than what was promised."""

    pointer = "/amount"


def commitment_id_of(dispute_id: UUID, number: int) -> UUID:
    return uuid5(dispute_id, f"commitment/{number}")


MONEY_KINDS = frozenset({CommitmentKind.REFUND, CommitmentKind.PAY})
GOODS_KINDS = frozenset({CommitmentKind.SHIP, CommitmentKind.RETURN})


def carried_out_by_refund(kind: CommitmentKind, owed_by: Bearer, owed_to: Bearer) -> bool:
    """Money back to the buyer always is; money to the seller where the marketplace holds it. A buyer who owes pays himself."""
    held = kind is CommitmentKind.PAY and owed_by is Bearer.MARKETPLACE and owed_to in (Bearer.BUYER, Bearer.SELLER)
    return kind is CommitmentKind.REFUND or held


# --- state ---


@dataclass(frozen=True, slots=True)
class Commitment:
    """`ended` tells how it ended; None while it is pending or overdue."""

    id: UUID
    number: int
    commitment_class: CommitmentClass
    kind: CommitmentKind
    owed_by: Bearer
    owed_to: Bearer
    amount: Money | None
    due_at: Instant
    arises_from: str
    overdue: bool = False
    ended: str | None = None
    refund_id: UUID | None = None
    underway: bool = False

    @property
    def open(self) -> bool:
        return self.ended is None

    @property
    def by_refund(self) -> bool:
        by_refund = carried_out_by_refund(self.kind, self.owed_by, self.owed_to)
        return by_refund and self.commitment_class is CommitmentClass.REMEDY

    @property
    def is_first_act(self) -> bool:
        """Whether it is the neutral's promise, by policy, to look at the dispute soon after assignment."""
        return self.owed_by is Bearer.NEUTRAL and self.kind is CommitmentKind.REVIEW and self.arises_from == "policy"


@dataclass(frozen=True, slots=True)
class Commitments:
    """`open` holds what has not ended; `ended` only how each other one did, so that a repeated act is harmless."""

    made: int = 0
    open: Mapping[UUID, Commitment] = field(default_factory=dict)
    ended: Mapping[UUID, str] = field(default_factory=dict)

    def get(self, commitment_id: UUID) -> Commitment | None:
        return self.open.get(commitment_id)

    def open_remedies(self) -> list[Commitment]:
        return [c for c in self.open.values() if c.commitment_class is CommitmentClass.REMEDY]

    def first_unbreached(self) -> Commitment | None:
        return min((c for c in self.open.values() if not c.overdue), key=lambda c: (c.due_at, c.number), default=None)


# --- evolve ---


def evolve(commitments: Commitments, event: CommitmentEvent) -> Commitments:
    match event:
        case CommitmentMade():
            made = Commitment(
                id=event.commitment_id,
                number=event.number,
                commitment_class=event.commitment_class,
                kind=event.promise.kind,
                owed_by=event.promise.owed_by,
                owed_to=event.promise.owed_to,
                amount=event.promise.amount,
                due_at=event.promise.due_at,
                arises_from=event.arises_from,
            )
            return replace(commitments, made=event.number, open={**commitments.open, made.id: made})
        case CommitmentBreached(commitment_id=cid):
            return _change(commitments, cid, overdue=True)
        case CommitmentKept(commitment_id=cid):
            return _end(commitments, cid, "kept_late" if event.late else "kept")
        case CommitmentWaived(commitment_id=cid):
            return _end(commitments, cid, "waived")
        case CommitmentReplaced(commitment_id=cid):
            return _end(commitments, cid, "replaced")
        case CommitmentDischarged(commitment_id=cid):
            return _end(commitments, cid, "discharged")
        case _:
            assert_never(event)


def underway(commitments: Commitments, commitment_id: UUID, refund_id: UUID) -> Commitments:
    return _change(commitments, commitment_id, refund_id=refund_id, underway=True)


def stalled(commitments: Commitments, commitment_id: UUID) -> Commitments:
    return _change(commitments, commitment_id, underway=False)


def _change(commitments: Commitments, cid: UUID, **changes: object) -> Commitments:
    if (commitment := commitments.open.get(cid)) is None:
        return commitments
    return replace(commitments, open={**commitments.open, cid: replace(commitment, **changes)})  # type: ignore[arg-type]


def _end(commitments: Commitments, cid: UUID, how: str) -> Commitments:
    still = {k: v for k, v in commitments.open.items() if k != cid}
    return replace(commitments, open=still, ended={**commitments.ended, cid: how})


# --- decisions ---


def made(
    dispute: "Dispute", promise: Promise, arises_from: str, *, nth: int = 1, as_class: CommitmentClass | None = None
) -> CommitmentMade:
    """The `nth` commitment that one act makes."""
    number = dispute.commitments.made + nth
    if as_class is None:
        owed = MONEY_KINDS | GOODS_KINDS
        as_class = CommitmentClass.REMEDY if promise.kind in owed else CommitmentClass.SERVICE
    return CommitmentMade.model_validate(
        {
            "commitment_id": commitment_id_of(dispute.id, number),
            "number": number,
            "commitment_class": as_class,
            "promise": promise,
            "arises_from": arises_from,
        }
    )


def on_calendar_of(
    party: Member | None, window: Window, policy: Policy, clause: str, starts_at: Instant
) -> tuple[Instant, DeadlineProof]:
    """When something is due that starts now, on a party's calendar, or on the desk's."""
    country, zone = (party.country, party.time_zone) if party else (policy.desk.country, policy.desk.time_zone)
    return due(window, starts_at=starts_at, country=country, time_zone=zone, rule=policy.rule(clause))


def make(dispute: "Dispute", command: MakeCommitment) -> list[CommitmentEvent]:
    if not may_promise(command.actor.role, (command.owed_by,)):
        raise NotYoursToPromise(owed_by=command.owed_by.value, role=command.actor.role.value)
    promise = Promise(
        kind=command.kind,
        owed_by=command.owed_by,
        owed_to=command.owed_to,
        subject=dispute.subject_of(command.actor),
        amount=command.amount,
        due_at=command.due_at,
        note=dispute.text(command.note, command.actor),
    )
    _check_terms(dispute, promise, command.now)
    new = made(dispute, promise, "promise")
    if dispute.closed and new.commitment_class is CommitmentClass.REMEDY:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    return [new]


def keep(dispute: "Dispute", command: KeepCommitment) -> list[CommitmentEvent]:
    if dispute.commitments.ended.get(command.commitment_id, "").startswith("kept"):
        return []
    commitment = _open(dispute, command.commitment_id)
    if commitment.by_refund:
        raise RefundDecides(commitment_id=str(commitment.id))
    if not may_confirm(commitment, command.actor.role):
        raise NotYoursToConfirm(owed_by=commitment.owed_by.value, role=command.actor.role.value)
    return [kept(commitment, command.now, command.actor.role, note=dispute.text(command.note, command.actor))]


def kept(
    commitment: Commitment, now: Instant, by: Role, *, refund_id: UUID | None = None, note: Text | None = None
) -> CommitmentKept:
    return CommitmentKept(commitment_id=commitment.id, late=now >= commitment.due_at, by=by, refund_id=refund_id, note=note)


def waive(dispute: "Dispute", command: WaiveCommitment) -> list[CommitmentEvent]:
    if dispute.commitments.ended.get(command.commitment_id) == "waived":
        return []
    commitment = _owed_to_actor(dispute, command.commitment_id, command.actor)
    return [
        CommitmentWaived(commitment_id=commitment.id, by=command.actor.role, note=dispute.text(command.note, command.actor))
    ]


def replace_with(dispute: "Dispute", command: ReplaceCommitment) -> list[CommitmentEvent]:
    commitment = _owed_to_actor(dispute, command.commitment_id, command.actor)
    promise = Promise(
        kind=command.kind,
        owed_by=commitment.owed_by,
        owed_to=commitment.owed_to,
        subject=dispute.subject_of_bearer(commitment.owed_by),
        amount=command.amount,
        due_at=command.due_at,
        note=dispute.text(command.note, command.actor),
    )
    _check_terms(dispute, promise, command.now)
    if promise.amount is not None and (commitment.amount is None or promise.amount > commitment.amount):
        promised = str(commitment.amount) if commitment.amount else None
        raise ReplacementTooLarge(promised=promised, replacement=str(promise.amount))
    new = made(dispute, promise, "replacement", as_class=commitment.commitment_class)
    old = CommitmentReplaced(commitment_id=commitment.id, replaced_by=new.commitment_id, by=command.actor.role)
    return [old, new]


def _open(dispute: "Dispute", commitment_id: UUID) -> Commitment:
    if (how := dispute.commitments.ended.get(commitment_id)) is not None:
        raise CommitmentEnded(commitment_id=str(commitment_id), how=how)
    if (commitment := dispute.commitments.get(commitment_id)) is None:
        raise UnknownCommitment(commitment_id=str(commitment_id))
    return commitment


def _owed_to_actor(dispute: "Dispute", commitment_id: UUID, actor: Actor) -> Commitment:
    commitment = _open(dispute, commitment_id)
    if not is_owed_to(commitment, actor.role):
        raise NotYoursToWaive(owed_to=commitment.owed_to.value, role=actor.role.value)
    if commitment.underway:
        raise RefundUnderway(refund_id=str(commitment.refund_id))
    return commitment


THIRD_PARTIES = frozenset({Bearer.CARRIER, Bearer.WAREHOUSE, Bearer.BANK})


def _roles_of(bearer: Bearer) -> set[Role]:
    """In which role somebody speaks for this bearer; third parties speak through the marketplace."""
    return {Role.MARKETPLACE} if bearer in THIRD_PARTIES else {Role(bearer.value)}


def may_promise(role: Role, owed_by: Iterable[Bearer] = Bearer) -> bool:
    """Whether somebody in this role can promise for one of these; nobody can in somebody else's name."""
    return any(role in _roles_of(bearer) for bearer in owed_by)


def may_confirm(commitment: Commitment, role: Role) -> bool:
    """Who may say that it was kept: whom it is owed to, or those above the parties; never who owes it.

    The marketplace alone is believed about itself.
    """
    witnesses = {Role.MARKETPLACE, Role.SUPERVISOR, Role.NEUTRAL, *_roles_of(commitment.owed_to)}
    return role in witnesses - (_roles_of(commitment.owed_by) - {Role.MARKETPLACE})


def is_owed_to(commitment: Commitment, role: Role) -> bool:
    return role in _roles_of(commitment.owed_to)


def _check_terms(dispute: "Dispute", promise: Promise, now: Instant) -> None:
    amount, order_currency = promise.amount, dispute.in_dispute.currency
    if promise.due_at <= now:
        raise DueInThePast(due_at=promise.due_at.isoformat(), now=now.isoformat())
    if promise.kind in MONEY_KINDS and (amount is None or amount.is_zero):
        raise AmountMissing(kind=promise.kind.value)
    if promise.kind not in MONEY_KINDS and amount is not None:
        raise AmountOutOfPlace(kind=promise.kind.value)
    if promise.kind is CommitmentKind.REFUND and not _is_refund(promise):
        raise RefundOutOfPlace(owed_by=promise.owed_by.value, owed_to=promise.owed_to.value)
    if promise.by_refund and amount is not None and amount.currency != order_currency:
        raise CurrencyMismatch(at="/amount", expected=order_currency, got=amount.currency)


def _is_refund(promise: Promise) -> bool:
    return promise.owed_to is Bearer.BUYER and promise.owed_by in (Bearer.SELLER, Bearer.MARKETPLACE)


def bearer(side: Side) -> Bearer:
    return Bearer(side.value)
