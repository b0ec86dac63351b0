"""Notices that a payment provider sends by itself. An unsigned notice is refused; a repeated or late one changes
nothing twice.

A notice is only a hint. Payments are also found by asking the provider, so a lost notice does no harm.
"""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from api.http.context import http_context
from api.http.problems import documented
from domain.kernel.refusals import Forbidden
from domain.payments.refunds import UnknownRefund
from mediation.engine import Request as Chain
from mediation.gateways.payments import UntrustedNotice

router = APIRouter(tags=["Refunds"])


class NoticeNotTrusted(Forbidden):
    """The notice has no valid signature of this marketplace's payment provider."""


@router.post("/notices/{marketplace}", status_code=204, responses=documented(403, 404, 408, 413, 422, 500, 503))
async def take_notice(marketplace: Annotated[str, Path(max_length=100)], request: Request) -> Response:
    """For the payment provider of a marketplace: the result of a refund, under the provider's own signature.

    It takes no token: the signature stands for one.
    """
    services = http_context(request).services
    try:
        payment = services.gateways.of(marketplace).notice(dict(request.headers), await request.body())
    except UntrustedNotice:
        raise NoticeNotTrusted from None
    if payment is None:
        return Response(status_code=204)
    if payment.refund_id is None:
        raise UnknownRefund
    refund = await services.engine.refund(payment.refund_id, marketplace)
    chain = Chain(correlation_id=request.state.receipt.correlation_id)
    await services.attempts.report(refund, payment, marketplace, chain)
    return Response(status_code=204)
