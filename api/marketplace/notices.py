"""Notices that a payment provider sends by itself. An unsigned notice is refused; a repeated or late one changes
nothing twice.

A notice about a refund is only a hint. Payments are also found by asking the provider, so a lost notice does no harm. Nobody
can be asked later what a notice about a dispute said. So its bytes are stored first, then verified, then answered.

A rightly signed notice is always taken (2xx), because a provider repeats a refused one for days, and may switch the
endpoint off: https://docs.stripe.com/webhooks#retries. What it is about is found out after that. A notice about a refund of
somebody else, and one that cannot be understood, also leave a line in the program's log.
"""

from typing import Annotated

import structlog
from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from api.http.context import http_context
from api.http.problems import documented
from api.services import Services
from domain.kernel.refusals import Forbidden, Refusal
from domain.payments.provider_disputes import Provider
from domain.payments.refunds import UnknownRefund
from mediation.engine import Request as Chain
from mediation.gateways.notices_chosen import Check
from mediation.gateways.payments import NotUnderstood, PaymentGateway, UntrustedNotice

router = APIRouter(tags=["Refunds"])

_Marketplace = Annotated[str, Path(max_length=100)]
_ANSWERS = documented(403, 408, 413, 422, 500, 503)
_SECRET = frozenset({"authorization", "cookie"})
"""Headers that are not kept."""

_log = structlog.get_logger(__name__)


class NoticeNotTrusted(Forbidden):
    """The notice has no valid signature of this marketplace's payment provider.

    Why: Anybody can reach this address. Only the signature proves that the payment provider sent the notice.

    What to do: Compare the secret of the notices at your provider with the setting of this service. A clock that is
    wrong by minutes has the same effect.
    """


@router.post("/notices/{marketplace}", status_code=204, responses=_ANSWERS)
async def take_notice(marketplace: _Marketplace, request: Request) -> Response:
    """For the payment provider of a marketplace: the result of a refund, under the provider's own signature.

    It takes no token: the signature stands for one. Whatever is rightly signed is taken, also a notice about nothing
    of this marketplace. Notices of Stripe about disputes are taken here too.
    """
    gateway = http_context(request).services.gateways.of(marketplace)
    if gateway.name == "stripe":
        await _keep(marketplace, "stripe", request)
    await _about_refund(gateway, marketplace, request)
    return Response(status_code=204)


@router.post("/notices/{marketplace}/{provider}", status_code=204, responses=_ANSWERS)
async def take_dispute_notice(marketplace: _Marketplace, provider: Provider, request: Request) -> Response:
    """For a payment provider of a marketplace: what became of a chargeback or an inquiry, under the provider's own signature.

    It takes no token: the signature stands for one. The bytes are stored before they are verified. Whatever is rightly signed
    is taken, also what is not understood. Stripe's notices about refunds are taken here too.
    """
    await _keep(marketplace, provider, request)
    gateway = http_context(request).services.gateways.of(marketplace)
    if gateway.name == provider:
        await _about_refund(gateway, marketplace, request)
    return Response(status_code=204)


async def _keep(marketplace: str, provider: Provider, request: Request) -> None:
    """Stores the notice, then verifies it. Raises NoticeNotTrusted: it is kept apart, within a limit."""
    services, body = http_context(request).services, await request.body()
    check = services.notice_checks.get((marketplace, provider))
    if check is None:
        raise NoticeNotTrusted
    if not await services.quarantine.keeps_refused(marketplace, provider):
        _verify(services, check, request, body)  # too many came that were not signed: no more of them are stored
    headers = {name: value for name, value in request.headers.items() if name not in _SECRET}
    notice_id = await services.quarantine.take(marketplace, provider, headers, body, services.clocks.real())
    try:
        _verify(services, check, request, body)
    except NoticeNotTrusted as refused:
        await services.quarantine.verified(notice_id, str(refused.__cause__))
        raise
    await services.quarantine.verified(notice_id, None)


def _verify(services: Services, check: Check, request: Request, body: bytes) -> None:
    """Raises NoticeNotTrusted."""
    try:
        check(dict(request.headers), body, services.clocks.real())
    except UntrustedNotice as untrusted:
        raise NoticeNotTrusted from untrusted


async def _about_refund(gateway: PaymentGateway, marketplace: str, request: Request) -> None:
    """Raises NoticeNotTrusted."""
    services, correlation_id = http_context(request).services, request.state.receipt.correlation_id
    try:
        payment = gateway.notice(dict(request.headers), await request.body())
        if payment is None:
            return
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
