"""The label of a return: added by whoever receives the goods, and downloaded by whoever sends them."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import StreamingResponse

from api.disputes.remedies.return_schemas import LabelReceived, ReturnLabelForm
from api.http.act_route import ActRoute
from api.http.files import CONTENT, download, with_form
from api.http.problems import ON_DISPUTE, ON_READ, documented
from api.http.reads import Read
from api.http.writes import WriteOnDispute
from domain.kernel.people import Side
from domain.kernel.refusals import Unknown
from mediation.store.files.content import ALLOWED

router = APIRouter(tags=["Goods"], route_class=ActRoute)

_LABEL = "/v1/disputes/{dispute_id}/return-label"
_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {"$ref": "#/components/schemas/ReturnLabelForm"},
                "encoding": {"file": {"contentType": ", ".join(ALLOWED)}},
            }
        },
    }
}


class NoReturnLabel(Unknown):
    """There is no label for a return in this dispute.

    Why: A label is optional. Without one, the sender writes the address on the parcel.

    What to do: Look at `goods` of the case file. `details` says where the goods are sent.
    """


@router.post(_LABEL, status_code=201, responses=documented(*ON_DISPUTE), openapi_extra=_FORM)
async def add_return_label(dispute_id: UUID, writing: WriteOnDispute) -> LabelReceived:
    """Adds the label for a return. The newest one counts. It is stored encrypted, under the key of the side that receives
    the goods, also when the marketplace sends it."""
    dispute, _, _ = await writing.http.services.engine.dispute(dispute_id, writing.caller.marketplace)
    whose = dispute.party(dispute.goods.receiver if dispute.goods else Side.SELLER).subject
    outcome, _, received = await with_form(writing, whose, ReturnLabelForm, dispute_id=dispute_id)
    return await writing.done(outcome, LabelReceived, sha256=received.sha256)


@router.get(_LABEL, response_class=StreamingResponse, responses=CONTENT | documented(*ON_READ, 410))
async def get_return_label(dispute_id: UUID, reading: Read) -> StreamingResponse:
    """The newest label of the return. Neutrals do not see it."""
    doc = await reading.case(dispute_id)
    label = (doc["goods"] or {}).get("label")
    if label is None:
        raise NoReturnLabel()
    return await download(reading, label["file"], 1)
