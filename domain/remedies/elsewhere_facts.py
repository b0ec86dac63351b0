"""The fact that money was refunded elsewhere."""

from typing import Literal
from uuid import UUID

from domain.kernel.base import Event
from domain.kernel.disclosure import Audience, Told
from domain.kernel.money import Money

# --- types ---

How = Literal["chargeback", "marketplace", "seller", "provider", "other"]


class RefundedElsewhere(Event, kind="RefundedElsewhere", stream="dispute", told_to=Audience.ALL):
    """`off_claim` is by how much it lowers what is claimed and in dispute; the rest lowers what is owed, or touches neither.

    `excess` is what more was paid than was left of the order beside what other disputes claim. It counts nowhere here: a person
    has to find out whose it is.
    """

    schema_version = 2

    payment_key: UUID
    amount: Told[Money]
    off_claim: Told[Money]
    how: Told[How]
    resolves: Told[bool]
    excess: Told[Money | None] = None
