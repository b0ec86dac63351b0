"""The money of a case, as one bar that adds up: what was paid, what is in dispute, and who gets what of that."""

from collections.abc import Sequence
from decimal import Decimal

from api.disputes.case_file_schemas import CaseFile
from domain.kernel.frozen import frozen
from domain.kernel.money import Money


@frozen
class Segment:
    """A part of the bar: its share in percent of what was paid, where it begins, and its amount."""

    kind: str
    money: Money
    start: float
    width: float


@frozen
class Sum:
    """A line beside the bar."""

    kind: str
    money: Money


def bar(file: CaseFile) -> Sequence[Segment]:
    """The whole of what was paid, from left to right. An amount in dispute above that makes the bar longer."""
    parts = [(kind, money) for kind, money in _parts(file) if money.minor]
    whole = sum(money.minor for _, money in parts)
    made, start = [], Decimal()
    for kind, money in parts:
        width = Decimal(100 * money.minor) / whole
        made.append(Segment(kind, money, float(start), float(width)))
        start += width
    return made


def _parts(file: CaseFile) -> Sequence[tuple[str, Money]]:
    disputed, paid = file.in_dispute, file.transaction.paid
    rest = Money(max(0, paid.minor - disputed.minor), paid.currency)
    awarded = award(file)
    if awarded is not None:
        return [("to_buyer", awarded[0]), ("to_seller", awarded[1]), ("undisputed", rest)]
    offered = offer(file)
    if offered is not None:
        beyond = Money(max(0, disputed.minor - offered.minor), disputed.currency)
        return [("offered", offered), ("open", beyond), ("undisputed", rest)]
    return [("open", disputed), ("undisputed", rest)]


def award(file: CaseFile) -> tuple[Money, Money] | None:
    """What buyer and seller get by the settlement, or by the last ruling that stands."""
    if file.settlement is not None:
        return file.settlement.award.buyer, file.settlement.award.seller
    standing = [ruling for ruling in file.rulings if ruling.status == "in_effect"]
    return (standing[-1].award.buyer, standing[-1].award.seller) if standing else None


def offer(file: CaseFile) -> Money | None:
    """What the claimant would get by the last offer that is open."""
    standing = [offer for offer in file.offers if offer.status == "open"]
    return standing[-1].amount if standing else None


def sums(file: CaseFile) -> Sequence[Sum]:
    """What was paid, claimed, offered, awarded and moved, in this order."""
    found = [Sum("paid", file.transaction.paid), Sum("claimed", file.claim.amount), Sum("in_dispute", file.in_dispute)]
    if (offered := offer(file)) is not None:
        found.append(Sum("offered", offered))
    if (awarded := award(file)) is not None:
        found += [Sum("to_buyer", awarded[0]), Sum("to_seller", awarded[1])]
    moved = [refund.amount for refund in file.refunds if refund.status == "confirmed"]
    if moved:
        found.append(Sum("moved", Money(sum(money.minor for money in moved), moved[0].currency)))
    return found
