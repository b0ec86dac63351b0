"""Where goods are sent back to, the label for the parcel, and the inspection of what came."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, WithJsonSchema

from api.acts.declare import Acts
from api.disputes.evidence.exhibit_schemas import BINARY, TAKEN, FileName, StoredFile
from api.disputes.remedies.postal import POSTAL_ADDRESS, PostalAddress
from api.http.answers import DONE, Done
from api.http.bodies import MAX_ITEMS, Act, Body, Context, Label, Number, Statement, example, words
from domain.evidence.exhibit_facts import File
from domain.kernel.base import Role
from domain.kernel.money import Money
from domain.kernel.people import Side
from domain.kernel.quantities import QuantityReceived
from domain.remedies import inspection, return_details
from domain.remedies.inspection_facts import Condition, InspectedLine, Verdict
from projections.case_story.remedies import GoodsShown
from projections.case_story.returns import LabelShown

ACTS = Acts("Goods")

_RECEIVERS = {Role.BUYER, Role.SELLER, Role.MARKETPLACE}


@ACTS.act(
    "/return-details",
    "Says where the goods are sent back to, and who pays the freight. Possible until they are sent. The newest details count.",
    by=_RECEIVERS,
)
class GiveReturnDetails(Act):
    """The return address, the number of the return, and the freight. The seller gives them, or the marketplace for the
    seller."""

    model_config = example(
        {"address": POSTAL_ADDRESS, "rma": "RMA-2026-118", "freight": None, "freight_cost": None, "prepaid": False}
    )

    address: PostalAddress
    rma: Annotated[Label | None, Field(description="The number under which the receiver awaits the goods.")] = None
    freight: Annotated[
        Side | None,
        Field(description="Who pays for the return. None: as the terms say. You can take it on, not lay it on."),
    ] = None
    freight_cost: Annotated[Money | None, Field(description="What the return costs. None: as the terms say.")] = None
    prepaid: Annotated[
        bool, Field(description="Whether the receiver has paid the carrier already, as with a label that is paid.")
    ] = False

    def command(self, at: Context, *, dispute_id: UUID) -> return_details.GiveReturnDetails:
        return return_details.GiveReturnDetails(
            **at.common(),
            dispute_id=dispute_id,
            lines=self.address.lines(),
            country=self.address.country,
            rma=self.rma,
            freight=self.freight,
            freight_cost=self.freight_cost,
            prepaid=self.prepaid,
        )


class ReturnLabelForm(Body):
    """A label as a form."""

    model_config = example({"file": "(the content of label.pdf)"})

    file: Annotated[FileName, WithJsonSchema(BINARY), Field(description=TAKEN)]

    def act(self) -> "AddReturnLabel":
        return AddReturnLabel()


@ACTS.by_hand(by=_RECEIVERS, form=ReturnLabelForm, past=False)
class AddReturnLabel(Act):
    """The label for a return, to print and put on the parcel."""

    model_config = example({})

    def command(self, at: Context, *, dispute_id: UUID, file: File) -> return_details.AddReturnLabel:
        return return_details.AddReturnLabel(**at.common(), dispute_id=dispute_id, file=file)


class LineInspected(Body):
    """So much of a line came in this condition. Pieces of one line in different conditions are given one by one."""

    line: Annotated[
        int, Field(ge=1, le=1000, description="The place of the line in `transaction.lines`. 1 is the first.")
    ]
    quantity: Annotated[
        QuantityReceived, Field(description="In the measure of the line, or in pieces. `0` if nothing of it came.")
    ]
    condition: Condition
    exhibits: Annotated[
        tuple[Number, ...], Field(max_length=20, description="The numbers of the exhibits that show it: photographs.")
    ] = ()


@ACTS.act(
    "/commitments/{commitment_id}/inspection",
    "Says of each line that was to come how much came, and in which condition. That confirms the goods or contests them.",
    by={Role.BUYER, Role.SELLER},
)
class InspectGoods(Act):
    """What the receiver found in the parcel. Add photographs as exhibits first, and name them here by number."""

    model_config = example(
        {
            "verdict": "contested",
            "lines": [{"line": 1, "quantity": "1", "condition": "damaged", "exhibits": []}],
            "statement": {"text": "花瓶碎了。", "language": "zh-Hans"},
        }
    )

    verdict: Annotated[Verdict, Field(description="`contested`: a neutral decides, or a supervisor.")]
    lines: Annotated[tuple[LineInspected, ...], Field(min_length=1, max_length=MAX_ITEMS)]
    statement: Annotated[Statement | None, Field(description="What you found. Needed to contest.")] = None

    def command(self, at: Context, *, dispute_id: UUID, commitment_id: UUID) -> inspection.InspectGoods:
        return inspection.InspectGoods(
            **at.common(),
            dispute_id=dispute_id,
            commitment_id=commitment_id,
            verdict=self.verdict,
            lines=tuple(InspectedLine(**dict(line)) for line in self.lines),
            statement=words(self.statement),
        )


class ReturnLabel(LabelShown):
    """The label for a return."""

    file: StoredFile


class GoodsInCase(GoodsShown):
    """The handling of the goods. The amount at stake is owed to nobody until the handling has ended."""

    label: Annotated[ReturnLabel | None, Field(description="The newest label. The neutral does not see it.")] = None


class LabelReceived(Done):
    """With the hash of the stored label."""

    model_config = example({**DONE, "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"})

    sha256: Annotated[str, Field(description="Of the file's content.")]
