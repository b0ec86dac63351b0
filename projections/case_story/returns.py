"""What goes with a return: where it is sent, the label for it, and what the receiver found in the parcel."""

from typing import Annotated

from pydantic import Field

from domain.kernel.base import Instant
from domain.kernel.money import Money
from domain.kernel.people import Side
from domain.remedies.inspection_facts import Condition, GoodsInspected, Verdict
from domain.remedies.return_details_facts import ReturnDetailsEvent, ReturnDetailsGiven, ReturnLabelAdded
from projections.case_story.evidence import FileShown
from projections.case_story.items import item
from projections.case_story.parts import Part, Said
from projections.table import Doc


class ReturnDetailsShown(Part):
    """Where the goods are sent back to. A neutral sees neither the address nor the number of the return."""

    by: str
    lines: Annotated[
        tuple[str, ...] | None,
        Field(description="The address, line by line as its country writes it, with the country last."),
    ]
    country: str
    rma: Annotated[str | None, Field(description="The number under which the receiver awaits the goods.")]
    freight: Annotated[Side, Field(description="Who pays for the return.")]
    freight_cost: Money | None
    prepaid: Annotated[bool, Field(description="Whether the receiver has paid the carrier already.")]
    at: Instant


class LabelShown(Part):
    """A label to print and put on the parcel."""

    by: str
    file: FileShown
    at: Instant


class InspectedLineShown(Part):
    line: Annotated[int, Field(description="The place of the line in `transaction.lines`. 1 is the first.")]
    quantity: Annotated[str, Field(description="How much of it came in this condition.")]
    condition: Condition
    exhibits: Annotated[tuple[int, ...], Field(description="The numbers of the exhibits that show it.")]


class InspectionShown(Part):
    """What whoever received the goods found."""

    by: Side
    verdict: Verdict
    lines: tuple[InspectedLineShown, ...]
    statement: Said | None
    at: Instant


def detailed(event: ReturnDetailsEvent, at: str) -> Doc:
    if isinstance(event, ReturnLabelAdded):
        return {"label": item(event, at=at)}
    return {"details": _detailed(event, at)}


def _detailed(event: ReturnDetailsGiven, at: str) -> Doc:
    shown = item(event, at=at)
    return {**shown.pop("details"), **shown}


def inspected(event: GoodsInspected, at: str) -> Doc:
    return {"inspection": item(event, at=at)}
