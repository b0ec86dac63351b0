"""What all parts of a story refer to."""

from collections.abc import Mapping
from uuid import UUID

from api.audit.story.phrases import worded
from domain.filing.filing_facts import DisputeFiled
from domain.kernel.people import Party, Side
from domain.kernel.places import TimeZone
from domain.remedies.division_facts import Division
from domain.remedies.voucher_facts import Voucher


def voucher(terms: Voucher) -> str:
    return f"a voucher of the {terms.issued_by} over {terms.amount}, valid for {terms.valid_days} days"


class About:
    """The parties of one dispute, and the names of its commitments. Later events refer to both."""

    def __init__(self, filed: DisputeFiled, zone: TimeZone | None = None) -> None:
        """`zone` shows every time in one zone. Without it each time is in the zone of the person concerned."""
        self.filed = filed
        self._zone = zone
        self.commitments: dict[UUID, str] = {}

    @property
    def parties(self) -> Mapping[Side, Party]:
        return {Side.BUYER: self.filed.buyer, Side.SELLER: self.filed.seller}

    def zone_of(self, who: str) -> TimeZone:
        """The zone of a party; UTC for anybody else."""
        return self._zone or (self.parties[Side(who)].time_zone if who in set(Side) else "UTC")

    def division(self, terms: Division) -> str:
        claimant = self.filed.claimant
        waits = f"; the buyer's part waits for the goods: {worded(terms.goods.act)}" if terms.goods else ""
        parts = f"; in {len(terms.instalments)} instalments" if terms.instalments else ""
        beside = f"; and {voucher(terms.voucher)}" if terms.voucher else ""
        return f"{terms.claimant} to the {claimant}, {terms.respondent} to the {claimant.other}{waits}{parts}{beside}"
