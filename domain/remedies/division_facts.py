"""How what is in dispute is divided: at once, with goods, or in instalments; and a voucher beside it."""

from typing import Annotated

from pydantic import Field

from domain.commitments.events import CommitmentEvent
from domain.kernel.base import Value
from domain.kernel.disclosure import Told
from domain.kernel.money import Money
from domain.kernel.windows import Window
from domain.remedies.goods_facts import Goods, GoodsEvent
from domain.remedies.voucher_facts import Voucher, VoucherEvent

# --- types ---


class Instalment(Value):
    """Part of what is to be paid. It is owed when its window, which begins with the outcome, has passed."""

    amount: Told[Money]
    after: Told[Window]


class Division(Value):
    """How the amount in dispute is divided. The two parts add up to it, to the last unit.

    With `goods`, the buyer's part is at stake until the goods have completed their steps (`domain.remedies.goods`).
    With `instalments`, the claimant's part is paid in several payments. A `voucher` comes on top, and is no part of the money.
    """

    claimant: Told[Money]
    respondent: Told[Money]
    goods: Told[Goods | None] = None
    instalments: Told[Annotated[tuple[Instalment, ...], Field(max_length=24)]] = ()
    voucher: Told[Voucher | None] = None

    @property
    def total(self) -> Money:
        return self.claimant + self.respondent


RemedyEvent = CommitmentEvent | GoodsEvent | VoucherEvent
"""What an outcome makes: commitments, goods that are awaited, vouchers that are owed."""
