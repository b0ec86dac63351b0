"""The legal basis of a claim: which buyers have it, and until when the law gives it to them.

What the law gives is policy (`domain.policy.legal_basis_rules`). The clock of the law is computed at filing and recorded
beside the marketplace's own window.
"""

from domain.filing.file_dispute import FileDispute
from domain.filing.legal_basis_facts import StatutoryClock
from domain.kernel.base import Instant
from domain.kernel.money import Money
from domain.kernel.people import Side
from domain.kernel.places import TZDATA
from domain.kernel.refusals import Malformed
from domain.kernel.windows import end_of
from domain.policy.legal_basis_rules import BasisTerms, BuyerKind, LegalBasis
from domain.policy.policy import Policy

# --- types ---


class LegalBasisOutOfPlace(Malformed):
    """`legal_basis` does not fit the `claimant`, or the kind of the `buyer`.

    Why: These are rights of a buyer against a seller. Only a consumer can withdraw from a contract without a reason.

    What to do: Leave out `legal_basis`, or correct `claimant` or `buyer_kind`.

    Example: {"legal_basis": "withdrawal", "claimant": "buyer", "buyer": "business"}
    """

    pointer = "/claim/legal_basis"


# --- decisions ---


def kind_of(policy: Policy, command: FileDispute) -> BuyerKind:
    """As what the buyer bought: as the filing says, or else as policy does."""
    return command.buyer_kind or policy.buyers


def terms_of(policy: Policy, command: FileDispute) -> BasisTerms | None:
    """What the law gives on this basis. Raises LegalBasisOutOfPlace."""
    basis, kind = command.claim.legal_basis, kind_of(policy, command)
    if basis is None:
        return None
    if command.claimant is Side.SELLER or (basis is LegalBasis.WITHDRAWAL and kind == "business"):
        raise LegalBasisOutOfPlace(legal_basis=basis.value, claimant=command.claimant.value, buyer=kind)
    return policy.basis_terms(basis, kind, command.buyer.country)


def clock(policy: Policy, command: FileDispute, terms: BasisTerms, platform_ends_at: Instant) -> StatutoryClock:
    """The clock of the law for this claim. Raises BeyondCalendar."""
    buyer, begins_at = command.buyer.member(Side.BUYER), command.order.arrived_at
    days = policy.calendar_of(buyer)
    ends_at = begins_at and end_of(terms.period, starts_at=begins_at, days=days, time_zone=buyer.time_zone)
    floor = terms.floor(_price(command)) if kind_of(policy, command) == "consumer" else None
    return StatutoryClock(
        rule=policy.rule("legal_bases"),
        period=terms.period,
        begins_at=begins_at,
        ends_at=ends_at,
        platform_ends_at=platform_ends_at,
        calendar=days.name,
        time_zone=buyer.time_zone,
        tzdata=TZDATA,
        floor=floor and min(floor, command.claim.amount),
    )


def _price(command: FileDispute) -> Money:
    """What the claimed goods cost; the claim, if the order does not say."""
    order, claim = command.order, command.claim
    claimed = (line.worth(claim.part(line.key)) for line in order.lines if line.key in claim.lines)
    price = Money.total(claimed, claim.amount.currency)
    return claim.amount if price.is_zero else price
