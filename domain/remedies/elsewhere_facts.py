"""The facts that money was refunded elsewhere, and that such a refund was taken back."""

from typing import Literal
from uuid import UUID

from domain.kernel.base import Event
from domain.kernel.disclosure import Audience, Told
from domain.kernel.money import Money

# --- types ---

How = Literal["chargeback", "marketplace", "seller", "provider", "other"]


class RefundedElsewhere(Event, kind="RefundedElsewhere", stream="dispute", told_to=Audience.ALL):
    """Money was refunded elsewhere.

    `off_claim` is how much this lowers what is claimed and in dispute. The rest lowers what is owed, or neither.
    `excess` is how much the payment exceeds what is left of the order after the claims of other disputes. It counts
    nowhere here: a person has to find its owner.
    """

    schema_version = 2

    payment_key: UUID
    amount: Told[Money]
    off_claim: Told[Money]
    how: Told[How]
    resolves: Told[bool]
    excess: Told[Money | None] = None


class RefundElsewhereTakenBack(Event, kind="RefundElsewhereTakenBack", stream="dispute", told_to=Audience.ALL):
    """The buyer no longer has a refund that was made elsewhere: the seller won a chargeback that was lost before.

    `on_claim` is how much the claim and the amount in dispute rise again. `amount` can leave the order again.
    """

    payment_key: UUID
    amount: Told[Money]
    on_claim: Told[Money]


ElsewhereEvent = RefundedElsewhere | RefundElsewhereTakenBack
