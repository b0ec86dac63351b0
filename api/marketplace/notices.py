"""Notices that a payment provider sends by itself. An unsigned notice is refused; a repeated or late one changes
nothing twice.

A notice is only a hint. Payments are also found by asking the provider, so a lost notice does no harm.

A rightly signed notice is always taken (2xx), because a provider repeats a refused one for days, and may switch the
endpoint off: https://docs.stripe.com/webhooks#retries. So a notice about a refund of somebody else, and one that cannot
be understood, only leave a line in the program's log. They are not kept: that is for a quarantine of notices, which
does not exist yet.
"""

from typing import Annotated

import structlog
from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from api.http.context import http_context
from api.http.problems import documented
from domain.kernel.refusals import Forbidden, Refusal
from domain.payments.refunds import UnknownRefund
from mediation.engine import Request as Chain
from mediation.gateways.payments import NotUnderstood, UntrustedNotice

router = APIRouter(tags=["Refunds"])

_log = structlog.get_logger(__name__)


class NoticeNotTrusted(Forbidden):
    """The notice has no valid signature of this marketplace's payment provider.

    Why: Anybody can reach this address. Only the signature proves that the payment provider sent the notice.

    What to do: Compare the secret of the notices at your provider with the setting of this service. A clock that is
    wrong by minutes has the same effect.
    """


@router.post("/notices/{marketplace}", status_code=204, responses=documented(403, 408, 413, 422, 500, 503))
async def take_notice(marketplace: Annotated[str, Path(max_length=100)], request: Request) -> Response:
    """For the payment provider of a marketplace: the result of a refund, under the provider's own signature.

    It takes no token: the signature stands for one. Whatever is rightly signed is taken, also a notice about nothing
    of this marketplace.
    """
    services = http_context(request).services
    correlation_id = request.state.receipt.correlation_id
    try:
        payment = services.gateways.of(marketplace).notice(dict(request.headers), await request.body())
        if payment is None:
            return Response(status_code=204)
        if payment.refund_id is None:
            raise UnknownRefund
        refund = await services.engine.refund(payment.refund_id, marketplace)
        await services.attempts.notice(refund, payment, marketplace, Chain(correlation_id=correlation_id))
    except UntrustedNotice:
        raise NoticeNotTrusted from None
    except NotUnderstood as odd:
        _log.warning("notice_not_understood", why=str(odd), marketplace=marketplace)
    except Refusal as refusal:
        _log.warning("notice_not_ours", code=refusal.code, marketplace=marketplace)
    return Response(status_code=204)
