"""What a policy reminds people of, and how long before it falls due. The first policy reminds of nothing."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from domain.kernel.base import Value

# --- types ---

Remindable = Literal[
    "response", "negotiation", "offer", "proposal", "evidence", "ruling", "set_aside", "appeal",
    "refund", "pay", "ship", "return", "confirm", "provide", "reply", "call_back", "review", "decide", "co_sign", "assign",
    "tell_address", "issue_voucher",
]  # fmt: skip
"""What a deadline is about, and the kinds of commitments."""


class Reminder(Value):
    """A reminder `hours_before` a deadline, or a commitment of a class, is due. `only` names which; empty means all.

    There is no such reminder if the whole time is no more than twice `hours_before`: it would come too soon after the
    start.
    """

    of: Literal["deadline", "remedy", "service"]
    hours_before: Annotated[int, Field(ge=1, le=24 * 30, strict=True)]
    only: Annotated[tuple[Remindable, ...], Field(max_length=20)] = ()

    @property
    def before(self) -> timedelta:
        return timedelta(hours=self.hours_before)

    def is_of(self, what: str, kind: str) -> bool:
        return self.of == what and (not self.only or kind in self.only)
