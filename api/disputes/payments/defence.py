"""The evidence on record as a package for a payment provider, where a buyer took the dispute to their bank."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import PlainTextResponse

from api.disputes.payments.defence_schemas import DefenceOffered
from api.disputes.payments.material import CORRESPONDENCE, material_of
from api.disputes.settlement.translation import with_translations
from api.http.exact_json import ExactRoute
from api.http.problems import ON_READ, documented
from api.http.reads import ANEW, Read, Reading
from api.words.languages import asked_for
from domain.kernel.people import Side
from domain.payments.defence import Defence, Material, in_full
from domain.payments.provider_disputes import Provider
from mediation.gateways.adyen import defence as adyen
from mediation.gateways.paypal import defence as paypal
from mediation.gateways.stripe import defence as stripe
from projections import conversations
from projections.conversations import CONVERSATIONS, Message
from projections.paging import MAX_LIMIT

router = APIRouter(tags=["Evidence"], route_class=ExactRoute)

_MOST_MESSAGES = 1_000
"""Of a longer conversation, the newest."""

_PATH = "/v1/disputes/{dispute_id}/defence"

_MADE_BY: Mapping[Provider, Callable[[Material], Defence[Any]]] = {
    "stripe": stripe.defence,
    "adyen": adyen.defence,
    "paypal": paypal.defence,
}


@router.get(_PATH, responses=documented(*ON_READ))
async def get_defence(
    dispute_id: UUID,
    reading: Read,
    provider: Annotated[Provider, Query(description="The payment provider with whom the buyer disputed the payment.")],
) -> DefenceOffered:
    """What the record holds for the seller's answer to a payment provider: texts in the provider's fields and within its
    limits, files with what each is for, what was left out, and what is still missing. Nothing is sent.

    It holds only what the seller was told: nothing of a caucus, of the desk's notes, or of a ruling that is not in effect.
    With `Accept-Language` each text has its translation below it, where one was made.
    """
    order = reading.viewer.case_file(await reading.case(dispute_id))["transaction"]
    made = _MADE_BY[provider](await _material(reading, dispute_id))
    return DefenceOffered(
        provider=provider,
        payment_reference=await reading.open(order["payment_reference"]),
        **{name: getattr(made, name) for name in Defence.model_fields},
    )


@router.get(
    f"{_PATH}/{CORRESPONDENCE}",
    response_class=PlainTextResponse,
    responses={200: {"description": "The text, in UTF-8."}, **documented(*ON_READ)},
)
async def get_defence_text(dispute_id: UUID, reading: Read) -> PlainTextResponse:
    """The order, what the seller stated, and what buyer, seller and marketplace wrote to each other, as one text. No provider
    takes a plain text as a file: print it as a PDF."""
    await reading.case(dispute_id)
    headers = {
        "Content-Disposition": f'attachment; filename="{CORRESPONDENCE}"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return PlainTextResponse(in_full(await _material(reading, dispute_id)), headers=headers)


async def _material(reading: Reading, dispute_id: UUID) -> Material:
    """From what the seller may see, whoever reads it. The caller has checked that the reader may see the dispute."""
    seller = replace(reading, caller=reading.caller.acting_as(Side.SELLER), moment=ANEW)
    case = seller.viewer.case_file(doc := await seller.case(dispute_id))
    rows = deque[Message](maxlen=_MOST_MESSAGES)
    read, cursor = 0, None
    while True:
        page = await reading.see(
            CONVERSATIONS,
            conversations.messages,
            reading.http.services.pool,
            reading.caller.marketplace,
            dispute_id,
            limit=MAX_LIMIT,
            cursor=cursor,
        )
        rows.extend(page.rows)
        read, cursor = read + len(page.rows), page.next
        if cursor is None:
            break
    told: Any = {"case": case, "messages": [seller.viewer.message(row, doc) for row in rows]}
    languages = asked_for(reading.accept_language)
    opened = await with_translations(seller, dispute_id, await reading.open(told), languages)
    return material_of(opened["case"], opened["messages"], older=read > len(rows))
