"""The commands on commitments: make one, show that it was kept, waive it, replace it.

Nobody makes a commitment in another's name. The participant that owes it cannot confirm that it was kept; only the
marketplace can confirm its own. Only the participant to which it is owed may waive or replace it.
"""

from collections.abc import Iterable, Sequence
from typing import assert_never
from uuid import UUID

from domain.commitments import matters
from domain.commitments.events import (
    BEYOND_CLAIM,
    MONEY_KINDS,
    CommitmentClass,
    CommitmentEvent,
    CommitmentKept,
    CommitmentKind,
    CommitmentMade,
    CommitmentReplaced,
    CommitmentWaived,
    Matter,
    Origin,
    Participant,
    Promise,
    PromiseKind,
    refund_id_of,
)
from domain.commitments.making import keep_commitment, make_commitment
from domain.commitments.state import Commitment
from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.kernel.base import Actor, Command, Event, Instant, OnDispute, Role, Value
from domain.kernel.money import CurrencyMismatch, Money
from domain.kernel.people import Side, Words
from domain.kernel.refusals import Conflict, DisputeIsClosed, Forbidden, Malformed, Unknown
from domain.payments import transaction, transaction_facts
from domain.payments.transaction_facts import RefundReleased, Transaction, TransactionEvent
from domain.policy.policy import Policy
from domain.remedies import handover

# --- types ---

MAX_COMMITMENTS = 200


class MakeCommitment(OnDispute):
    """Makes a commitment. `due_at` must lie in the future. `goodwill` marks money that is given beyond the claim, and
    admits nothing.

    `note` has no author yet: the decider sets it to the party for which the actor acts.
    """

    kind: CommitmentKind
    owed_by: Participant
    owed_to: Participant
    amount: Money | None = None
    due_at: Instant
    note: Words | None = None
    goodwill: bool = False
    about: Matter | None = None


BY_LAW_ALONE = frozenset({CommitmentKind.ASSIGN, CommitmentKind.CO_SIGN, CommitmentKind.ERASE})
"""These kinds arise from the state of a dispute or of a request. Nobody can make such a commitment."""


class NewPromise(Value):
    """A commitment that the author of a message makes with it. Without `due_at`, the policy sets the time."""

    kind: PromiseKind
    owed_to: Participant
    due_at: Instant | None = None
    about: Matter | None = None


class KeepCommitment(OnDispute, recorded_as=CommitmentKept):
    commitment_id: UUID
    note: Words | None = None


class WaiveCommitment(OnDispute, recorded_as=CommitmentWaived):
    commitment_id: UUID
    note: Words | None = None


class ReplaceCommitment(OnDispute):
    """Replaces a commitment. Only the participant to which it is owed can do so.

    The new one has the same kind, class, debtor and creditor. It asks for no more, and is due no sooner.
    """

    commitment_id: UUID
    kind: CommitmentKind
    amount: Money | None = None
    due_at: Instant
    note: Words | None = None


CommitmentCommand = MakeCommitment | KeepCommitment | WaiveCommitment | ReplaceCommitment


class UnknownCommitment(Unknown):
    """There is no such commitment in this dispute."""


class CommitmentEnded(Conflict):
    """The commitment has already ended in another way."""


class DueInThePast(Malformed):
    """`due_at` does not lie in the future."""

    pointer = "/due_at"


class AmountMissing(Malformed):
    """`amount` is missing or zero, but the commitment is one of money."""

    pointer = "/amount"


class AmountOutOfPlace(Malformed):
    """`amount` is given, but the commitment is not one of money."""

    pointer = "/amount"


class GoodwillIsMoney(Malformed):
    """`goodwill` is set, but the commitment is not one of money."""

    pointer = "/goodwill"


class ArisesByLawAlone(Malformed):
    """`kind` is of a commitment that arises by itself and that nobody can make."""

    pointer = "/kind"


class RefundOutOfPlace(Malformed):
    """`kind` is `refund`, but it is not owed to the buyer by the seller or the marketplace."""

    pointer = "/kind"


class NotYoursToPromise(Forbidden):
    """You do not act for the one in `owed_by`, so you cannot make this commitment."""


class NotYoursToConfirm(Forbidden):
    """Your role cannot confirm that this commitment was kept."""


class NotYoursToWaive(Forbidden):
    """Your role cannot waive or replace this commitment."""


class RefundDecides(Conflict):
    """The commitment is kept when its refund is confirmed, and cannot end in this way."""


class AnswerDecides(Conflict):
    """The commitment is kept when the recommendation is answered, and cannot end in this way."""


class ErasureDecides(Conflict):
    """The commitment is kept when the person is erased, and cannot end in this way."""


class AssignmentDecides(Conflict):
    """The commitment is kept when a neutral is assigned, and cannot end in this way."""


class RulingDecides(Conflict):
    """The commitment is kept when the ruling is issued, and cannot end in this way."""


class ActDecides(Conflict):
    """The commitment is kept by the act about `about`, and that act has not been done yet.

    Why: Somebody waits for this act. If the commitment could be reported as kept, or waived, nobody would owe what the
    dispute still needs.

    What to do: Do the act: decide the `challenge`, the request about the `default` or the `co_signature`; for
    `first_act`, the neutral acts in the case. The creditor can give more time with a replacement.

    Example: {"commitment_id": "61e1c337-7ccb-5701-81b8-5243eed4597f", "about": "challenge"}
    """


class TooManyCommitments(Conflict):
    """The dispute already has `limit` open commitments."""


class OwedToOneself(Malformed):
    """`owed_to` is the same as `owed_by`."""

    pointer = "/owed_to"


class MoneyOnItsWay(Conflict):
    """The money for this commitment is on its way: its refund is not confirmed and has not failed yet."""


class ReplacementTooLarge(Malformed):
    """`amount` is more than that of the commitment which is replaced."""

    pointer = "/amount"


class ReplacementAsksMore(Malformed):
    """`kind` is not that of the commitment which is replaced, or `due_at` is earlier."""


# --- decisions ---


def decide(basis: Basis, command: CommitmentCommand) -> Sequence[Event]:
    match command:
        case MakeCommitment():
            return make(basis.dispute, basis.case.transaction, command)
        case KeepCommitment():
            return keep(basis.dispute, command)
        case WaiveCommitment():
            return waive(basis.dispute, command)
        case ReplaceCommitment():
            return replace_with(basis.dispute, basis.case.transaction, command)
        case _:
            assert_never(command)


def make(dispute: Dispute, tx: Transaction, command: MakeCommitment) -> list[CommitmentEvent | TransactionEvent]:
    """Makes a commitment beyond the claim. What is in dispute moves only by concession, offer or ruling.

    The money of a refund is set aside at once, out of what nobody claims.
    """
    if not may_promise(command.actor.role, (command.owed_by,)):
        raise NotYoursToPromise(owed_by=command.owed_by.value, role=command.actor.role.value)
    if command.kind in BY_LAW_ALONE:
        raise ArisesByLawAlone(kind=command.kind.value)
    promise = Promise(
        kind=command.kind,
        owed_by=command.owed_by,
        owed_to=command.owed_to,
        subject=dispute.subject_of(command.actor),
        amount=command.amount,
        due_at=command.due_at,
        made_at=command.now,
        note=dispute.text(command.note, command.actor),
        about=command.about,
    )
    _check_terms(dispute, promise, command.now)
    matters.check_open(dispute, promise)
    _check_not_too_many(dispute)
    if command.goodwill and promise.kind not in MONEY_KINDS:
        raise GoodwillIsMoney(kind=promise.kind.value)
    new = make_commitment(dispute, promise, Origin.GOODWILL if command.goodwill else Origin.PROMISE)
    if dispute.closed and new.commitment_class is CommitmentClass.REMEDY:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    return [new, *set_aside(dispute, tx, new)]


def with_message(dispute: Dispute, policy: Policy, given: NewPromise, command: Command, message: int) -> CommitmentMade:
    """The commitment of the author of the message with the number `message`."""
    owed_by, now = Participant(command.actor.role.value), command.now
    due_at, proof = given.due_at, None
    if due_at is None:
        party = dispute.party(Side(owed_by.value)) if owed_by in (Participant.BUYER, Participant.SELLER) else None
        due_at, proof = policy.due("promise", party, now)
    promise = Promise(
        kind=given.kind,
        owed_by=owed_by,
        owed_to=given.owed_to,
        subject=dispute.subject_of(command.actor),
        due_at=due_at,
        proof=proof,
        made_at=now,
        about=given.about,
    )
    _check_terms(dispute, promise, now, under="/promise")
    matters.check_open(dispute, promise, under="/promise")
    _check_not_too_many(dispute)
    return make_commitment(dispute, promise, Origin.PROMISE).model_copy(update={"message": message})


def keep(dispute: Dispute, command: KeepCommitment) -> list[CommitmentEvent | TransactionEvent]:
    """Records that a commitment was kept. Money that the buyer paid back of a refund can leave the order again."""
    if dispute.commitments.ended.get(command.commitment_id, "").startswith("kept"):
        return []
    commitment = _open(dispute, command.commitment_id)
    if commitment.by_refund:
        raise RefundDecides(commitment_id=str(commitment.id))
    _check_not_by_its_own_act(commitment)
    if (about := _waits_for(dispute, commitment)) is not None:
        raise ActDecides(commitment_id=str(commitment.id), about=about)
    if not may_keep(dispute, commitment, command.actor.role):
        raise NotYoursToConfirm(owed_by=commitment.owed_by.value, role=command.actor.role.value)
    done = keep_commitment(commitment, command.now, command.actor.role, note=dispute.text(command.note, command.actor))
    if (
        commitment.arises_from is not Origin.RECOVERY
        or commitment.owed_by is not Participant.BUYER
        or commitment.amount is None
    ):
        return [done]
    return [done, transaction_facts.RefundRecovered(dispute_id=dispute.id, amount=commitment.amount)]


def waive(dispute: Dispute, command: WaiveCommitment) -> list[CommitmentEvent | TransactionEvent]:
    if dispute.commitments.ended.get(command.commitment_id) == "waived":
        return []
    commitment = _owed_to_actor(dispute, command.commitment_id, command.actor)
    if _is_answer_of_supervisor(commitment):
        raise ActDecides(commitment_id=str(commitment.id), about=commitment.waits_for)
    if not may_waive(dispute, commitment, command.actor.role):
        raise NotYoursToWaive(owed_to=commitment.owed_to.value, role=command.actor.role.value)
    return [
        CommitmentWaived(
            commitment_id=commitment.id, by=command.actor.role, note=dispute.text(command.note, command.actor)
        ),
        *_given_back(commitment),
    ]


def replace_with(
    dispute: Dispute, tx: Transaction, command: ReplaceCommitment
) -> list[CommitmentEvent | TransactionEvent]:
    commitment = _owed_to_actor(dispute, command.commitment_id, command.actor)
    promise = Promise(
        kind=command.kind,
        owed_by=commitment.owed_by,
        owed_to=commitment.owed_to,
        subject=dispute.subject_of_participant(commitment.owed_by),
        amount=command.amount,
        due_at=command.due_at,
        made_at=command.now,
        note=dispute.text(command.note, command.actor),
        about=commitment.about,
    )
    _check_terms(dispute, promise, command.now)
    if promise.kind is not commitment.kind or promise.due_at < commitment.due_at:
        raise ReplacementAsksMore(kind=commitment.kind.value, due_at=commitment.due_at.isoformat())
    if promise.amount is not None and commitment.amount is not None and promise.amount > commitment.amount:
        raise ReplacementTooLarge(promised=str(commitment.amount), replacement=str(promise.amount))
    new = make_commitment(dispute, promise, commitment.arises_from, as_class=commitment.commitment_class)
    old = CommitmentReplaced(commitment_id=commitment.id, replaced_by=new.commitment_id, by=command.actor.role)
    given_back = _given_back(commitment)
    for event in given_back:
        tx = transaction_facts.evolve(tx, event)
    return [old, *given_back, new, *set_aside(dispute, tx, new)]


def set_aside(dispute: Dispute, tx: Transaction, new: CommitmentMade) -> list[TransactionEvent]:
    """Sets money aside for a refund beyond the claim.

    This is in the same append as the commitment, so that no other commitment, filing or refund can take the money.
    """
    amount = new.promise.amount
    if new.arises_from not in BEYOND_CLAIM or not new.promise.by_refund or amount is None:
        return []
    refund_id = refund_id_of(new.commitment_id)
    return transaction.reserve(tx, refund_id=refund_id, dispute_id=dispute.id, amount=amount, beyond_claim=True)


def _given_back(commitment: Commitment) -> list[TransactionEvent]:
    """Frees what was set aside for a commitment beyond the claim that ends unpaid."""
    if not (commitment.beyond_claim and commitment.by_refund):
        return []
    return [RefundReleased(refund_id=refund_id_of(commitment.id))]


def _open(dispute: Dispute, commitment_id: UUID) -> Commitment:
    if (how := dispute.commitments.ended.get(commitment_id)) is not None:
        raise CommitmentEnded(commitment_id=str(commitment_id), how=how)
    if (commitment := dispute.commitments.get(commitment_id)) is None:
        raise UnknownCommitment(commitment_id=str(commitment_id))
    return commitment


def _owed_to_actor(dispute: Dispute, commitment_id: UUID, actor: Actor) -> Commitment:
    commitment = _open(dispute, commitment_id)
    if not is_owed_to(commitment, actor.role):
        raise NotYoursToWaive(owed_to=commitment.owed_to.value, role=actor.role.value)
    _check_not_by_its_own_act(commitment)
    if commitment.underway:
        raise MoneyOnItsWay(refund_id=str(commitment.refund_id))
    return commitment


def _check_not_by_its_own_act(commitment: Commitment) -> None:
    if commitment.owes_neutral:
        raise AssignmentDecides(commitment_id=str(commitment.id))
    if commitment.is_ruling:
        raise RulingDecides(commitment_id=str(commitment.id))
    if commitment.arises_from is Origin.ERASURE:
        raise ErasureDecides(commitment_id=str(commitment.id))
    if commitment.kept_by_its_own_act:
        raise AnswerDecides(recommendation_id=str(commitment.id))


def _waits_for(dispute: Dispute, commitment: Commitment) -> str | None:
    """What an act must be about to keep this. None: somebody may report that it was kept.

    A person who promises something about one thing has to do that, as long as it can be done.
    """
    about = commitment.about
    if about is not None and commitment.beyond_claim and matters.is_open(dispute, commitment, about):
        return about.what
    return commitment.waits_for


def _is_answer_of_supervisor(commitment: Commitment) -> bool:
    """Whether a request waits for it, so that its creditor cannot waive it: somebody else may wait too."""
    return commitment.waits_for is not None and not commitment.is_first_act


THIRD_PARTIES = frozenset({Participant.CARRIER, Participant.WAREHOUSE, Participant.BANK, Participant.INSURER})


def _roles_of(participant: Participant) -> set[Role]:
    """The roles that act for this participant. The marketplace acts for third parties."""
    return {Role.MARKETPLACE} if participant in THIRD_PARTIES else {Role(participant.value)}


def may_promise(role: Role, owed_by: Iterable[Participant] = Participant) -> bool:
    """Whether this role can make a commitment for one of these participants. Nobody can in another's name."""
    return any(role in _roles_of(participant) for participant in owed_by)


def may_confirm(commitment: Commitment, role: Role) -> bool:
    """Whether this role may confirm that the commitment was kept.

    The creditor, the marketplace, a supervisor and the neutral may; the debtor may not. Only the marketplace may
    confirm its own.
    """
    if commitment.on_refund:
        return False
    witnesses = {Role.MARKETPLACE, Role.SUPERVISOR, Role.NEUTRAL, *_roles_of(commitment.owed_to)}
    return role in witnesses - (_roles_of(commitment.owed_by) - {Role.MARKETPLACE})


def may_keep(dispute: Dispute, commitment: Commitment, role: Role) -> bool:
    """For a step of goods, only the side that receives them and the marketplace may confirm it. What an act keeps,
    nobody may.
    """
    if dispute.goods is not None and dispute.goods.waits_for(commitment.id):
        return handover.may_keep(dispute.goods, role)
    return _waits_for(dispute, commitment) is None and may_confirm(commitment, role)


def is_owed_to(commitment: Commitment, role: Role) -> bool:
    return role in _roles_of(commitment.owed_to) and not commitment.on_refund


def may_waive(dispute: Dispute, commitment: Commitment, role: Role) -> bool:
    step = dispute.goods is not None and dispute.goods.waits_for(commitment.id)
    if _is_answer_of_supervisor(commitment):
        return False
    return is_owed_to(commitment, role) and not (step and dispute.goods and not handover.may_waive(dispute.goods))


def _check_not_too_many(dispute: Dispute) -> None:
    if len(dispute.commitments.open) >= MAX_COMMITMENTS:
        raise TooManyCommitments(limit=MAX_COMMITMENTS)


def _check_terms(dispute: Dispute, promise: Promise, now: Instant, *, under: str = "") -> None:
    """`under` is the place of the commitment in the request."""
    amount, order_currency = promise.amount, dispute.in_dispute.currency
    if promise.owed_by is promise.owed_to:
        raise OwedToOneself(at=f"{under}/owed_to", owed_by=promise.owed_by.value)
    if promise.due_at <= now:
        raise DueInThePast(at=f"{under}/due_at", due_at=promise.due_at.isoformat(), now=now.isoformat())
    if promise.kind in MONEY_KINDS and (amount is None or amount.is_zero):
        raise AmountMissing(kind=promise.kind.value)
    if promise.kind not in MONEY_KINDS and amount is not None:
        raise AmountOutOfPlace(kind=promise.kind.value)
    if promise.kind is CommitmentKind.REFUND and not _is_refund(promise):
        raise RefundOutOfPlace(owed_by=promise.owed_by.value, owed_to=promise.owed_to.value)
    if promise.by_refund and amount is not None and amount.currency != order_currency:
        raise CurrencyMismatch(at="/amount", expected=order_currency, found=amount.currency)


def _is_refund(promise: Promise) -> bool:
    return promise.owed_to is Participant.BUYER and promise.owed_by in (Participant.SELLER, Participant.MARKETPLACE)
