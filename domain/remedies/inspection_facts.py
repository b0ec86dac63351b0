"""The fact that whoever received goods looked at them, line by line."""

from typing import Literal, TypeAlias
from uuid import UUID

from domain.kernel.base import Event, Value
from domain.kernel.disclosure import Audience, Told
from domain.kernel.people import Side, Text
from domain.kernel.quantities import QuantityReceived

# --- types ---

Condition: TypeAlias = Literal["as_sent", "used", "damaged", "missing_parts", "other_item", "empty"]

Verdict: TypeAlias = Literal["confirmed", "contested"]


class InspectedLine(Value):
    """So much of an order line came in this condition. `line` is its number in the order. `exhibits` are the numbers of the
    evidence that shows it: photographs.
    """

    line: Told[int]
    quantity: Told[QuantityReceived]
    condition: Told[Condition]
    exhibits: Told[tuple[int, ...]] = ()


class GoodsInspected(Event, kind="GoodsInspected", stream="dispute", told_to=Audience.ALL):
    """Whoever received the goods looked at them, and confirms or contests them by that."""

    commitment_id: Told[UUID]
    by: Told[Side]
    verdict: Told[Verdict]
    lines: Told[tuple[InspectedLine, ...]]
    statement: Told[Text | None] = None
