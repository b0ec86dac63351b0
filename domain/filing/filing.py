"""Filing: a claim is checked against the window and the order's other claims, under the current policy."""

from collections.abc import Sequence
from fractions import Fraction

from domain.clocks import deadlines, names
from domain.clocks.deadline_facts import DeadlineEvent
from domain.evidence import exhibits
from domain.filing import admissibility, claims, fast_lane, key_questions, resolution
from domain.filing.claim_facts import ClaimRecord
from domain.filing.file_dispute import FileDispute, ResolveClaim
from domain.filing.filing_facts import Claim, DisputeFiled, Order, ReliefSought
from domain.kernel.base import Event, Instant, Role
from domain.kernel.money import CurrencyMismatch, Money
from domain.kernel.people import Member, Side, side_of
from domain.kernel.quantities import PiecesNotWhole
from domain.kernel.refusals import Conflict, Forbidden, Malformed
from domain.kernel.regions import check_region
from domain.payments import transaction, transaction_facts
from domain.payments.transaction_facts import OrderLine, Transaction, TransactionRecorded
from domain.policy.book import PolicyBook, UnknownTier
from domain.policy.policy import Policy
from domain.policy.reasons import ClaimReason

# --- types ---


class FilingWindowClosed(Conflict):
    """The time for filing this claim ended at `closed_at`.

    Why: Evidence gets lost and people forget. After the window a seller may rely on the order being settled.

    What to do: Nothing can be filed about this order any more under the clause in `clause`. If the dates in the
    `transaction` are wrong, correct them: the window begins with the delivery, or the latest estimate of it.

    Example: {"closed_at": "2026-10-23T10:00:00+00:00", "clause": "first-2026/filing"}
    """


class NotDeliverable(Malformed):
    """`paid_at` or `delivered_at` of the `transaction` lies in the future.

    Why: The window for filing begins with the payment or the delivery. If that lies in the future, there is nothing to
    complain about yet.

    What to do: Correct `paid_at` and `delivered_at`. For a delivery that is expected, send `latest_delivery_at`.

    Example: {"now": "2026-11-02T10:00:00+00:00"}
    """

    pointer = "/transaction"


class ReliefNotOpen(Malformed):
    """`relief_sought` does not fit the `claimant`: a buyer seeks a refund, a seller seeks payment.

    Why: The buyer has paid and can get money back. The seller has delivered and can get the payment. Nothing else can
    be granted.

    What to do: As the buyer, seek `refund` or `partial_refund`. As the seller, seek `payment`.

    Example: {"claimant": "buyer", "relief_sought": "payment"}
    """

    pointer = "/claim/relief_sought"


class NothingInDispute(Malformed):
    """`amount` of the `claim` is zero.

    Why: Without a sum there is nothing to divide, to offer or to rule on.

    What to do: Send the `amount` that the claimant wants to receive.
    """

    pointer = "/claim/amount"


class ClaimExceedsHeld(Malformed):
    """`amount` of the `claim` is more than the sum held in escrow.

    Why: Where money is held in escrow, only that money can be divided. Nobody could pay more than is `held`.

    What to do: Claim at most what is `held`.

    Example: {"amount": "0.08112001 XBT", "held": "0.08112000 XBT"}
    """

    pointer = "/claim/amount"


class ClaimExceedsLines(Malformed):
    """`amount` of the `claim` is more than its order lines and the charges of the order cost.

    Why: A claim about some of the order lines is limited to what they cost, with the charges of the order. The rest of
    the order is not in dispute.

    What to do: Claim at most the sum in `lines`, or add the other order lines to the claim.

    Example: {"amount": "100.01 EUR", "lines": "100.00 EUR"}
    """

    pointer = "/claim/amount"


class QuantityExceedsLine(Malformed):
    """`quantity` of a part is more than the order line has.

    Why: Nobody can claim more of a line than was bought.

    What to do: Send at most the quantity in `line`, or leave out the part: the claim is then about the whole line.

    Example: {"quantity": "6", "line": "5"}
    """

    pointer = "/claim/parts"


class NotTurnedUp(Malformed):
    """`reason` is `parcel_turned_up`, but `follows`, `claimant` or `amount` does not fit the dispute before.

    Why: This reason lets a seller ask for the price again when a parcel arrives after the buyer was refunded. So it
    follows the closed dispute in which that refund was made, and asks for no more than was refunded.

    What to do: File as the seller, with `follows` set to that dispute and an `amount` of at most `refunded`.

    Example: {"refunded": "129.90 EUR"}
    """

    pointer = "/claim/reason"


class SameParty(Malformed):
    """The `seller` has the same `id` as the `buyer`.

    Why: A dispute has two sides. Nobody can claim from themselves.

    What to do: Send the ids of two different people. If your backend uses one id for both roles, make them different.
    """

    pointer = "/seller/id"


class NotYourClaim(Forbidden):
    """You do not act for the side that is named as `claimant`.

    Why: A claim is filed by the side that makes it, because that side is bound by it.

    What to do: Send `Mediation-As` with the side in `claimant`, or correct `claimant`.

    Example: {"claimant": "buyer", "role": "seller"}
    """


# --- decisions ---


def file(tx: Transaction, book: PolicyBook, record: ClaimRecord, command: FileDispute) -> list[Event]:
    """An inadmissible claim is recorded, opens no window, and counts towards no limit.

    A claim that is granted at once sets no time for key questions. They wait until somebody contests the grant.
    """
    policy = book.in_force(command.now)
    side = command.claimant
    if isinstance(command, ResolveClaim):
        resolution.check(policy, record, command)
    elif (speaks_for := side_of(command.actor)) is not side:
        raise NotYourClaim(claimant=side.value, role=speaks_for.value)
    _check(tx, command, policy)
    order, claim = command.order, command.claim
    held = transaction_facts.total_held(order.held)
    in_dispute = held or claim.amount
    not_heard = admissibility.at_filing(policy, command)
    if not_heard is None and policy.abuse.limits:
        not_heard = admissibility.beyond_limit(policy, record, command)
    if not_heard is not None and isinstance(command, ResolveClaim):
        raise resolution.ClaimNotHeard(ground=not_heard[0].ground.value)
    inadmissible = not_heard is not None
    respondent = command.seller if side is Side.BUYER else command.buyer
    at_once = [] if inadmissible else _at_once(tx, policy, record, command)
    filed = DisputeFiled(
        dispute_id=command.dispute_id,
        reference=command.reference,
        reference_subject=order.subject,
        reference_key=command.reference_key,
        policy_version=policy.version,
        order=order,
        buyer=command.buyer,
        seller=command.seller,
        claimant=side,
        claim=claim,
        in_dispute=in_dispute,
        imported=command.imported,
        follows=command.follows,
        seller_contacted_at=command.seller_contacted_at,
        other_forum=command.other_forum,
        answers_due=() if inadmissible or at_once else key_questions.due_dates(policy, command),
    )
    recorded = TransactionRecorded(
        buyer=command.buyer.subject,
        seller=command.seller.subject,
        paid=order.paid,
        held=order.held,
        lines=tuple(OrderLine(key=line.key, amount=line.amount, quantity=line.whole) for line in order.lines),
    )
    recording = transaction.record(tx, recorded)
    _check_turned_up(tx, policy, command)
    transaction.check_not_barred(tx, side, claim.lines, claim.parts, claim.reason.value)
    known = transaction_facts.evolve(tx, recorded) if recording else tx
    claimed = transaction.open_claim(
        known,
        dispute_id=command.dispute_id,
        lines=claim.lines,
        amount=in_dispute,
        pays_in=claim.relief_sought is ReliefSought.PAYMENT and held is None,
        follows=None if inadmissible else command.follows,  # so that it can still be followed
        parts=claim.parts,
    )
    ripe_at = exhibits.citable_at(policy, command.now) if not command.imported and command.exhibits else None
    return [
        filed,
        *exhibits.numbered(command.exhibits, Role(side.value), claim.statement.author, ripe_at),
        *key_questions.at_filing(policy, command),
        *(not_heard or at_once or windows(respondent.member(side.other), policy, command.now)),
        *recording,
        *claimed,
        *(
            admissibility.may_return(not_heard[0].ground, command.dispute_id, side)
            if not_heard
            else claims.count(record, policy, command)
        ),
    ]


def _at_once(tx: Transaction, policy: Policy, record: ClaimRecord, command: FileDispute) -> Sequence[Event]:
    """What grants the claim now: an agent, or a clause of the policy that needs nobody."""
    if isinstance(command, ResolveClaim):
        return resolution.at_filing(policy, command)
    return fast_lane.at_filing(tx, policy, record, command)


def windows(respondent: Member, policy: Policy, now: Instant) -> list[DeadlineEvent]:
    """The respondent's window to answer, and the window of both sides to settle."""
    return [
        deadlines.for_party(names.Response(), policy, "response", respondent, now),
        deadlines.for_desk(names.Negotiation(), policy, "negotiation", now, whose="both"),
    ]


def _check(tx: Transaction, command: FileDispute, policy: Policy) -> None:
    order, claim = command.order, command.claim
    if command.buyer.subject == command.seller.subject:
        raise SameParty()
    for party, name in ((command.buyer, "buyer"), (command.seller, "seller")):
        if party.tier not in policy.tiers:
            raise UnknownTier(at=f"/{name}/tier", tiers=list(policy.tiers))
        if party.region is not None:
            check_region(party.region, party.country, at=f"/{name}/region")
    _check_currencies(order, claim)
    if claim.amount.is_zero:
        raise NothingInDispute()
    held = transaction_facts.total_held(order.held)
    if held is not None and claim.amount > held:
        raise ClaimExceedsHeld(amount=str(claim.amount), held=str(held))
    _check_lines(order, claim)
    if (claim.relief_sought is ReliefSought.PAYMENT) is not (command.claimant is Side.SELLER):
        raise ReliefNotOpen(claimant=command.claimant.value, relief_sought=claim.relief_sought.value)
    if claim.reason is not ClaimReason.PARCEL_TURNED_UP:
        _check_window(tx, command, policy)


def _check_lines(order: Order, claim: Claim) -> None:
    """A claim for some of the lines, or for parts of them, is limited to what these cost and the order's charges.

    A claim for all lines, or on an order without amounts by line, is limited to what was paid; in escrow, to what is
    held. `transaction.open_claim` refuses a line that the order does not have.
    """
    _check_parts(order, claim)
    claimed = [line for line in order.lines if line.key in claim.lines]
    unknown = len(claimed) < len(set(claim.lines))
    all_of_it = len(claimed) >= len(order.lines) and not claim.parts
    if unknown or order.held or all_of_it or all(line.amount.is_zero for line in order.lines):
        return
    most = Money.total(
        [*(line.worth(claim.part(line.key)) for line in claimed), *(charge.amount for charge in order.charges)],
        claim.amount.currency,
    )
    if claim.amount > most:
        raise ClaimExceedsLines(amount=str(claim.amount), lines=str(most))


def _check_parts(order: Order, claim: Claim) -> None:
    lines = {line.key: line for line in order.lines}
    for n, part in enumerate(claim.parts):
        at, line = f"/claim/parts/{n}/quantity", lines.get(part.line)
        if line is None:
            continue  # `transaction.open_claim` refuses it
        if Fraction(part.quantity) > Fraction(line.whole):
            raise QuantityExceedsLine(at=at, quantity=part.quantity, line=line.whole)
        if line.measure is None and "." in part.quantity:
            raise PiecesNotWhole(at=at, quantity=part.quantity)


def _check_currencies(order: Order, claim: Claim) -> None:
    currency = order.paid.currency
    parts = [("/claim/amount", claim.amount)]
    parts += [(f"/transaction/lines/{n}/amount", line.amount) for n, line in enumerate(order.lines)]
    parts += [(f"/transaction/held/{n}/amount", held.amount) for n, held in enumerate(order.held)]
    parts += [(f"/transaction/charges/{n}/amount", charge.amount) for n, charge in enumerate(order.charges)]
    for pointer, money in parts:
        if money.currency != currency:
            raise CurrencyMismatch(at=pointer, expected=currency, found=money.currency)


def _check_turned_up(tx: Transaction, policy: Policy, command: FileDispute) -> None:
    """The seller has a separate window, from when the dispute that refunded the buyer was closed."""
    if command.claim.reason is not ClaimReason.PARCEL_TURNED_UP:
        return
    before = tx.ended.get(command.follows) if command.follows else None
    if before is None or before.ended_at is None or command.follows is None or command.claimant is not Side.SELLER:
        raise NotTurnedUp(follows=str(command.follows) if command.follows else None)
    if command.claim.amount > (refunded := tx.refunded(command.follows)):
        raise NotTurnedUp(at="/claim/amount", refunded=str(refunded))
    seller = command.seller.member(Side.SELLER)
    closes_at, _ = policy.due("turned_up", seller, before.ended_at)
    if command.now >= closes_at:
        raise FilingWindowClosed(closed_at=closes_at.isoformat(), clause=policy.rule("turned_up"))


def _check_window(tx: Transaction, command: FileDispute, policy: Policy) -> None:
    """A claim that was not heard, on a ground that has been cured since, has a separate window to be filed again."""
    order, side = command.order, command.claimant
    if order.paid_at > command.now or (order.delivered_at is not None and order.delivered_at > command.now):
        raise NotDeliverable(now=command.now.isoformat())
    starts_at = order.delivered_at or order.latest_delivery_at or order.paid_at
    windows = [("filing", starts_at)]
    before = transaction.not_heard_before(tx, side, command.claim.lines, command.claim.parts, command.follows)
    if before is not None and before.ended_at is not None:
        windows.append(("refiling", before.ended_at))
    claimant = (command.buyer if side is Side.BUYER else command.seller).member(side)
    for clause, begins_at in windows:
        closes_at, _ = policy.due(clause, claimant, begins_at)
        if command.now < closes_at:
            return
    raise FilingWindowClosed(closed_at=closes_at.isoformat(), clause=policy.rule(clause))
