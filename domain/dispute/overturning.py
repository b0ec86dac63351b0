"""Which commitments no longer count when an outcome is overturned. `evolve` and the rules both ask this."""

from domain.commitments.events import Origin
from domain.dispute.state import Dispute
from domain.kernel.money import Money
from domain.remedies.recovery_facts import OF_OUTCOMES


def overturnable(dispute: Dispute) -> frozenset[Origin]:
    """The origins whose commitments fall with the outcome. The concession of a part is not overturned."""
    return OF_OUTCOMES if part_conceded(dispute) is None else OF_OUTCOMES - {Origin.CONCESSION}


def part_conceded(dispute: Dispute) -> Money | None:
    """The part that the respondent conceded, which is no longer in dispute. None if no part was conceded."""
    if dispute.response is None or dispute.response[0] != "concede_part":
        return None
    return dispute.response[1]
