"""The money of a case, as one bar that adds up: what was paid, what is in dispute, and who gets what of that.

The parts together are what was paid, and what is in dispute beyond that. A part that was conceded or paid back elsewhere is
in dispute no more, so it is a part of its own.
"""

from collections.abc import Sequence
from decimal import Decimal

from api.disputes.case_file_schemas import CaseFile
from domain.kernel.frozen import frozen
from domain.kernel.money import Money
from domain.kernel.people import Outcome, Side, Stage


@frozen
class Part:
    """A part of the bar: its amount, where it begins and how long it is, in percent of the bar."""

    kind: str
    money: Money
    start: float
    width: float


@frozen
class Bar:
    """`parts` add up to `paid` and `beyond`, which is None where no more than what was paid is in dispute."""

    parts: Sequence[Part]
    paid: Money
    beyond: Money | None


def bar(file: CaseFile) -> Bar:
    """The bar from left to right."""
    paid = file.transaction.paid
    divided = [(kind, money) for kind, money in _parts(file) if money.minor > 0]
    rest = paid.minor - sum(money.minor for _, money in divided)
    if rest > 0:
        divided.append(("undisputed", Money(rest, paid.currency)))
    whole = sum(money.minor for _, money in divided)
    parts, start = [], Decimal()
    for kind, money in divided:
        width = Decimal(100 * money.minor) / whole
        parts.append(Part(kind, money, float(start), float(width)))
        start += width
    return Bar(parts, paid, Money(-rest, paid.currency) if rest < 0 else None)


def _parts(file: CaseFile) -> Sequence[tuple[str, Money]]:
    """All but what nobody disputes."""
    elsewhere = [("elsewhere", one.off_claim) for one in file.refunds_elsewhere]
    return [*_conceded(file), *elsewhere, *_divided(file)]


def _conceded(file: CaseFile) -> Sequence[tuple[str, Money]]:
    """What the respondent accepted, where the rest went on: it is in dispute no more."""
    answer = file.response
    if answer is None or answer.answer != "concede_part" or answer.conceded is None:
        return []
    return [("conceded", answer.conceded)]


def _divided(file: CaseFile) -> Sequence[tuple[str, Money]]:
    """What is in dispute, or was at the end."""
    awarded = award(file)
    if awarded is not None:
        return [("to_buyer", awarded[0]), ("to_seller", awarded[1])]
    disputed = file.in_dispute
    if file.stage is Stage.CLOSED:
        return [("ended", disputed)]
    offered = offer(file)
    if offered is None:
        return [("open", disputed)]
    return [("offered", offered), ("open", Money(disputed.minor - offered.minor, disputed.currency))]


def award(file: CaseFile) -> tuple[Money, Money] | None:
    """What buyer and seller get: as it was divided at the end, by the ruling that stands, or because the claim was accepted or
    granted.
    """
    ends = [end for end in (file.settlement, file.withdrawal, file.cancellation) if end is not None]
    standing = [ruling for ruling in file.rulings if ruling.status == "in_effect"]
    divided = next((one.award for one in (*ends, *reversed(standing)) if one.award is not None), None)
    if divided is not None:
        return divided.buyer, divided.seller
    if file.outcome is Outcome.CONCEDED:
        return _to_claimant(file, file.in_dispute)
    if file.outcome is Outcome.GRANTED_BY_DEFAULT:
        granted = file.default and file.default.claimant_receives
        return _to_claimant(file, granted or file.in_dispute)
    return None


def _to_claimant(file: CaseFile, part: Money) -> tuple[Money, Money]:
    rest = Money(max(0, file.in_dispute.minor - part.minor), part.currency)
    return (part, rest) if file.claimant is Side.BUYER else (rest, part)


def offer(file: CaseFile) -> Money | None:
    """What the claimant would get by the last offer that is open."""
    standing = [offer for offer in file.offers if offer.status == "open"]
    return standing[-1].amount if standing else None
