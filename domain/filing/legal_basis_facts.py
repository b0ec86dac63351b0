"""Facts about the right on which a claim rests: its clock, and a withdrawal from the contract."""

from domain.kernel.base import Event, Instant, Value
from domain.kernel.disclosure import Audience, Told
from domain.kernel.money import Money
from domain.kernel.places import TimeZone
from domain.kernel.windows import Period
from domain.remedies.goods_facts import Goods

# --- types ---


class StatutoryClock(Value):
    """How long the law gives a buyer for a claim, beside the marketplace's own window, which ends at `platform_ends_at`.

    `period` begins at `begins_at`, with the delivery, and ends at `ends_at`; both are None if no delivery is on record. It was
    computed by `rule` on the buyer's `calendar` and `time_zone`, with these `tzdata`. `floor` is the least that a ruling may
    give the buyer, if it gives anything.
    """

    rule: Told[str]
    period: Told[Period]
    begins_at: Told[Instant | None] = None
    ends_at: Told[Instant | None] = None
    platform_ends_at: Told[Instant]
    calendar: Told[str]
    time_zone: Told[TimeZone]
    tzdata: Told[str]
    floor: Told[Money | None] = None

    def runs(self, now: Instant) -> bool:
        """Whether the period is not over. Before the delivery it is not."""
        return self.ends_at is None or now < self.ends_at


class ContractWithdrawn(Event, kind="ContractWithdrawn", stream="dispute", told_to=Audience.ALL, consequence=True):
    """A consumer withdrew from the contract, within the period of the law. Nobody has to grant it.

    `clause` is the rule of the policy. With `goods`, the money is owed when they are back; without, nothing was delivered.
    """

    clause: Told[str]
    claimant_receives: Told[Money]
    goods: Told[Goods | None] = None
