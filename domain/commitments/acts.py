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
from domain.commitments.translate import TranslationDecides
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


BY_LAW_ALONE = frozenset(
    {CommitmentKind.ASSIGN, CommitmentKind.CO_SIGN, CommitmentKind.ERASE, CommitmentKind.TRANSLATE}
)
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
    """There is no such commitment in this dispute.

    Why: Each commitment has an id in its own dispute.

    What to do: Take the id from `commitments` of the case file or from `GET /v1/commitments`, and use the dispute that
    is named there.

    Example: {"commitment_id": "61e1c337-7ccb-5701-81b8-5243eed4597f"}
    """


class CommitmentEnded(Conflict):
    """The commitment has already ended in another way.

    Why: A commitment ends once. What ended it is on record, and others may rely on that.

    What to do: Read `how` it ended. If something is still owed, the debtor can make a new commitment.

    Example: {"commitment_id": "61e1c337-7ccb-5701-81b8-5243eed4597f", "how": "kept"}
    """


class DueInThePast(Malformed):
    """`due_at` does not lie in the future.

    Why: A commitment that is due in the past would be broken at the moment it is made.

    What to do: Send a `due_at` after `now`. To report something that was already done, use a message.

    Example: {"due_at": "2026-11-02T10:00:00+00:00", "now": "2026-11-02T10:00:00+00:00"}
    """

    pointer = "/due_at"


class AmountMissing(Malformed):
    """`amount` is missing or zero, but the commitment is one of money.

    Why: A commitment to pay names its sum, so that the engine can set the money aside and compare what was paid.

    What to do: Send an `amount` above zero. If no money is to move, use another `kind`.

    Example: {"kind": "refund"}
    """

    pointer = "/amount"


class AmountOutOfPlace(Malformed):
    """`amount` is given, but the commitment is not one of money.

    Why: A sum on a commitment that is not about money would not be paid by anybody, but would look as if it were.

    What to do: Leave out `amount`, or use the `kind` `refund` or `pay`.

    Example: {"kind": "ship"}
    """

    pointer = "/amount"


class GoodwillIsMoney(Malformed):
    """`goodwill` is set, but the commitment is not one of money.

    Why: Goodwill means money beyond the claim that is paid without admitting it. A service needs no such mark: it
    admits nothing.

    What to do: Leave out `goodwill`, or use the `kind` `refund` or `pay` with an `amount`.

    Example: {"kind": "reply"}
    """

    pointer = "/goodwill"


class ArisesByLawAlone(Malformed):
    """`kind` is of a commitment that arises by itself and that nobody can make.

    Why: Some commitments follow from the rules, such as to co-sign, to assign a neutral or to erase a person. If
    somebody could make them freely, nobody could tell which ones the rules require.

    What to do: Use another `kind`. The engine makes this commitment by itself when its cause arises.

    Example: {"kind": "assign"}
    """

    pointer = "/kind"


class RefundOutOfPlace(Malformed):
    """`kind` is `refund`, but it is not owed to the buyer by the seller or the marketplace.

    Why: A refund is money of the order that goes back to the buyer. So the buyer receives it, and the seller or the
    marketplace bears it.

    What to do: For money in another direction, use the `kind` `pay`. For a refund, set `owed_to` to `buyer`.

    Example: {"owed_by": "buyer", "owed_to": "seller"}
    """

    pointer = "/kind"


class NotYoursToPromise(Forbidden):
    """You do not act for the one in `owed_by`, so you cannot make this commitment.

    Why: A commitment binds the one who owes it, so only that one can make it. The marketplace speaks for carriers,
    warehouses and banks.

    What to do: Put your own side in `owed_by`, or ask the other one to make the commitment.

    Example: {"owed_by": "buyer", "role": "seller"}
    """


class NotYoursToConfirm(Forbidden):
    """Your role cannot confirm that this commitment was kept.

    Why: The one who owes something is not the one who can say that it was done. The creditor or the marketplace can.

    What to do: Ask the creditor or the marketplace to confirm it. You can show what you did in a message or an exhibit.

    Example: {"owed_by": "seller", "role": "seller"}
    """


class NotYoursToWaive(Forbidden):
    """Your role cannot waive or replace this commitment.

    Why: A commitment belongs to its creditor. Nobody else can give it up. A step with goods can be waived only by a
    side that loses something by that.

    What to do: Ask the one to whom it is owed to waive or replace it.

    Example: {"owed_to": "buyer", "role": "seller"}
    """


class RefundDecides(Conflict):
    """The commitment is kept when its refund is confirmed, and cannot end in this way.

    Why: The payment of a refund is proven by the payment provider or the marketplace, and not by what a person says.

    What to do: Confirm the refund (`POST /v1/refunds/{refund_id}/confirmation`), or report its failure. The commitment
    then follows by itself.

    Example: {"commitment_id": "61e1c337-7ccb-5701-81b8-5243eed4597f"}
    """


class AnswerDecides(Conflict):
    """The commitment is kept when the recommendation is answered, and cannot end in this way.

    Why: The marketplace owes an answer to a recommendation, and only that answer keeps it. So nobody can make the
    recommendation disappear unanswered.

    What to do: Answer it with `POST /v1/recommendations/{recommendation_id}/answer`.

    Example: {"recommendation_id": "0ba5470c-403a-59c6-8c24-e450dde05b41"}
    """


class ErasureDecides(Conflict):
    """The commitment is kept when the person is erased, and cannot end in this way.

    Why: A person's right to be erased cannot be waived by somebody else, and cannot be reported as done while the key
    still exists.

    What to do: Remove what stands in the way of the erasure, which the list of erasures shows. The engine then erases
    the person and keeps the commitment.

    Example: {"commitment_id": "61e1c337-7ccb-5701-81b8-5243eed4597f"}
    """


class AccessDecides(Conflict):
    """The commitment is kept when the access request is answered, and cannot end in this way.

    Why: The person is to get what is kept about them. A report that it was given would not give it.

    What to do: Make sure who asks, and open the answer with `POST /v1/access-requests/{person}/{number}/answer`.

    Example: {"commitment_id": "5158f16d-380b-56f2-b6a4-4f48bef08e43"}
    """


class ReviewDecides(Conflict):
    """The commitment is kept when the review is answered, and cannot end in this way.

    Why: The party is to get an answer with reasons by a person. A report that it was reviewed holds no reasons.

    What to do: A supervisor answers with `POST /v1/disputes/{dispute_id}/decisions/{number}/review`.

    Example: {"commitment_id": "5158f16d-380b-56f2-b6a4-4f48bef08e43"}
    """


class AssignmentDecides(Conflict):
    """The commitment is kept when a neutral is assigned, and cannot end in this way.

    Why: A dispute that waits for a neutral waits until it has one. No statement can take the place of the assignment.

    What to do: Assign a neutral with `POST /v1/disputes/{dispute_id}/assignment`.

    Example: {"commitment_id": "61e1c337-7ccb-5701-81b8-5243eed4597f"}
    """


class RulingDecides(Conflict):
    """The commitment is kept when the ruling is issued, and cannot end in this way.

    Why: The neutral owes the marketplace a ruling in time. If it could be waived or confirmed, parties could wait for a
    ruling that nobody owes.

    What to do: Issue the ruling, or declare the claim inadmissible. A supervisor can extend the deadline `ruling`, and
    the commitment moves with it.

    Example: {"commitment_id": "9bb17ffc-be40-541e-be25-855f9788b6e1"}
    """


class ActDecides(Conflict):
    """The commitment is kept by the act about `about`, and that act has not been done yet.

    Why: Somebody waits for this act. If the commitment could be reported as kept, or waived, nobody would owe what the
    dispute still needs.

    What to do: Do the act: decide the `challenge`, the request about the `default` or the `co_signature`; for
    `first_act`, the neutral acts in the case. The creditor can give more time with a replacement.

    Example: {"commitment_id": "61e1c337-7ccb-5701-81b8-5243eed4597f", "about": "challenge"}
    """


class TooManyCommitments(Conflict):
    """The dispute already has `limit` open commitments. Those that the parties don't see do not count.

    Why: The limit bounds what one dispute can hold open, and keeps its list readable.

    What to do: Keep, waive or replace open commitments first.

    Example: {"limit": 200}
    """


class OwedToOneself(Malformed):
    """`owed_to` is the same as `owed_by`.

    Why: Nobody can hold themselves to a commitment: the creditor is the one who can waive it or confirm that it was
    kept.

    What to do: Name somebody else in `owed_to`.

    Example: {"owed_by": "seller"}
    """

    pointer = "/owed_to"


class MoneyOnItsWay(Conflict):
    """The money for this commitment is on its way: its refund is not confirmed and has not failed yet.

    Why: The provider may pay at any moment. If the commitment were waived or replaced now, the buyer could be paid
    twice or for nothing.

    What to do: Wait until the refund is confirmed or fails. After a failure you can waive or replace the commitment.

    Example: {"refund_id": "d1d0c07b-d3d6-5023-993e-bd5e7d5b9ad2"}
    """


class ReplacementTooLarge(Malformed):
    """`amount` is more than that of the commitment which is replaced.

    Why: A replacement is what the creditor accepts instead, without asking the debtor. It can make a commitment
    lighter, and never heavier.

    What to do: Send an `amount` of at most what was `promised`. For more money, the debtor makes a new commitment.

    Example: {"promised": "20.00 EUR", "replacement": "20.01 EUR"}
    """

    pointer = "/amount"


class ReplacementAsksMore(Malformed):
    """`kind` is not that of the commitment which is replaced, or `due_at` is earlier.

    Why: The creditor replaces a commitment alone, so the debtor must not be worse off: the `kind` stays the same, and
    the time may only become longer.

    What to do: Keep the `kind`, and send a `due_at` that is not before the present one. For anything else, agree on a
    new commitment.

    Example: {"kind": "ship", "due_at": "2026-11-04T10:00:00+00:00"}
    """


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
    _check_known(dispute, command.commitment_id, command.actor)
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
    _check_known(dispute, command.commitment_id, command.actor)
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
    _check_known(dispute, command.commitment_id, command.actor)
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


def _check_known(dispute: Dispute, commitment_id: UUID, actor: Actor) -> None:
    """A commitment that the parties don't see does not exist for them. Raises UnknownCommitment."""
    if actor.role in (Role.BUYER, Role.SELLER) and (commitment_id, Side(actor.role.value)) in dispute.telling.hidden:
        raise UnknownCommitment(commitment_id=str(commitment_id))


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
    if commitment.arises_from is Origin.ACCESS:
        raise AccessDecides(commitment_id=str(commitment.id))
    if commitment.translates is not None:
        raise TranslationDecides(translation_id=str(commitment.translates.translation_id))
    if commitment.is_review:
        raise ReviewDecides(commitment_id=str(commitment.id))
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
    if sum(not dispute.telling.hides(owed) for owed in dispute.commitments.open) >= MAX_COMMITMENTS:
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
