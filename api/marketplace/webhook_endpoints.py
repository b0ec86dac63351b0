"""The addresses of a marketplace that are told by webhooks, their secrets, and the record of what was sent to them."""

from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter, Body, Query
from starlette.responses import Response

from api.http.context import HttpContext
from api.http.exact_json import ExactRoute
from api.http.problems import ON_DISPUTE, ON_READ, ON_WRITE, documented
from api.http.reads import Cursor, Limit, Read, Reading
from api.http.writes import IfMatch, Keyed, etag, versions_of
from api.marketplace.webhook_schemas import (
    ChangeWebhookEndpoint,
    MakeWebhookEndpoint,
    ReplayWebhooks,
    RotateWebhookSecret,
    Webhook,
    WebhookAttempt,
    WebhookData,
    WebhookDeliveries,
    WebhookDelivery,
    WebhookEndpointMade,
    WebhookEndpoints,
    WebhookEndpointShown,
    WebhookSecret,
    WebhooksReplayed,
    check_types,
)
from api.marketplace.webhook_teller import FEED
from domain.kernel.refusals import Malformed
from mediation.gateways.webhooks.addresses import Refused, Unresolved
from mediation.processes.webhooks import schedule
from mediation.processes.webhooks.endpoints import About, Endpoint
from mediation.processes.webhooks.record import State
from mediation.processes.webhooks.types import TEST
from mediation.processes.webhooks.webhooks import Webhooks
from projections import audit_trail

router = APIRouter(tags=["Webhooks"], route_class=ExactRoute)

_ALL = "/v1/webhook-endpoints"
_ONE = f"{_ALL}/{{endpoint_id}}"


class WebhookAddressNotSecure(Malformed):
    """`url` is not an https address on port 443.

    Why: Webhooks say what happens in disputes. Over https nobody else reads them, and nobody else pretends to be you. Other
    ports belong to other services, which others might attack through the engine.

    What to do: Give an address that begins with `https://` and names no port.
    """

    pointer = "/url"


class WebhookAddressNotPublic(Malformed):
    """`url` names no host that is known on the public internet.

    Why: Somebody could make the engine send requests into a network that they cannot reach themselves. So an address of a
    private network is refused, and a name of which one address lies in such a network. A name that is not known is answered the
    same, because the difference would tell what names such a network has.

    What to do: Give a public address. Where the receiver stands in your own network, the operator of the engine can name that
    network in `MEDIATION_WEBHOOK_NETWORKS`.
    """

    pointer = "/url"


@router.post(_ALL, status_code=201, responses=documented(*ON_WRITE))
async def make_webhook_endpoint(body: MakeWebhookEndpoint, writing: Keyed) -> WebhookEndpointMade:
    """From now on this address is told by webhooks what happens in the disputes of the marketplace. The answer has the secret
    with which they are signed.
    """
    request, http, marketplace = await writing.under_key(), writing.http, writing.caller.marketplace
    check_types(body.types)
    await _check_address(http, body.url)
    start = 0
    if body.after is not None:
        start = int(http.opaque.open("cursor", marketplace, body.after, of=FEED))
    elif body.begin == "now":
        start = await audit_trail.end(http.services.log, marketplace)
    about = About(body.url, body.description or "", body.types, body.in_order)
    endpoint = await _webhooks(http).endpoints.make(marketplace, about, writing.caller.now(), start, request)
    _webhooks(http).making.wake()
    writing.response.headers["ETag"] = etag(endpoint.version)
    shown, secret = await _shown(http, endpoint), await _secret(http, endpoint)
    return WebhookEndpointMade(**dict(shown), **dict(secret))


@router.get(_ALL, responses=documented(*ON_READ))
async def list_webhook_endpoints(reading: Read) -> WebhookEndpoints:
    """The marketplace's endpoints, the oldest first, and how each is."""
    found = await _webhooks(reading.http).endpoints.all(reading.caller.marketplace)
    return WebhookEndpoints(items=[await _shown(reading.http, one) for one in found])


@router.get(_ONE, responses=documented(*ON_READ))
async def get_webhook_endpoint(endpoint_id: UUID, reading: Read, response: Response) -> WebhookEndpointShown:
    """One endpoint, and how it is."""
    endpoint = await _endpoint(reading, endpoint_id)
    response.headers["ETag"] = etag(endpoint.version)
    return await _shown(reading.http, endpoint)


@router.patch(_ONE, responses=documented(*ON_DISPUTE))
async def change_webhook_endpoint(
    endpoint_id: UUID, body: ChangeWebhookEndpoint, reading: Read, response: Response, if_match: IfMatch = None
) -> WebhookEndpointShown:
    """Changes an endpoint, disables it, or enables it again. `If-Match` takes its `ETag`."""
    expected = versions_of(if_match) if if_match is not None else ()
    endpoint = await _endpoint(reading, endpoint_id)
    changes: dict[str, Any] = body.model_dump(exclude_none=True)
    check_types(body.types or ())
    if body.url is not None:
        await _check_address(reading.http, body.url)
    endpoint = await _webhooks(reading.http).endpoints.change(endpoint, changes, reading.caller.at, expected)
    _webhooks(reading.http).sending.wake()
    response.headers["ETag"] = etag(endpoint.version)
    return await _shown(reading.http, endpoint)


@router.delete(_ONE, status_code=204, responses=documented(*ON_READ))
async def delete_webhook_endpoint(endpoint_id: UUID, reading: Read) -> None:
    """Deletes an endpoint with its secrets and its record. What waits for it is never sent."""
    await _webhooks(reading.http).endpoints.delete(await _endpoint(reading, endpoint_id))


@router.get(f"{_ONE}/secret", responses=documented(*ON_READ))
async def get_webhook_secret(endpoint_id: UUID, reading: Read) -> WebhookSecret:
    """What webhooks to this endpoint are signed with now."""
    return await _secret(reading.http, await _endpoint(reading, endpoint_id))


@router.post(f"{_ONE}/secret/rotation", responses=documented(*ON_WRITE))
async def rotate_webhook_secret(
    endpoint_id: UUID, writing: Keyed, body: Annotated[RotateWebhookSecret, Body(default_factory=RotateWebhookSecret)]
) -> WebhookSecret:
    """Replaces the secret and the key. For a while both sign, so that the receiver can change over without losing a webhook."""
    endpoints, request = _webhooks(writing.http).endpoints, await writing.under_key()
    endpoint = await endpoints.get(writing.caller.marketplace, endpoint_id)
    previous_for = timedelta(hours=body.previous_valid_hours)
    rotated = await endpoints.rotate(endpoint, writing.caller.now(), previous_for, request)
    return await _secret(writing.http, rotated)


@router.post(f"{_ONE}/test", responses=documented(*ON_WRITE))
async def send_test_webhook(endpoint_id: UUID, writing: Keyed) -> WebhookAttempt:
    """Sends a webhook of the type `webhook.test` at once, also to an endpoint that is disabled, and says what became of it. It
    is not tried again, has no number, and is not in the record.
    """
    webhooks, request = _webhooks(writing.http), await writing.under_key()
    endpoint = await webhooks.endpoints.get(writing.caller.marketplace, endpoint_id)
    at = writing.caller.now()
    assert request.key is not None, "such a request has one"
    message_id = writing.http.services.blind.uuid("webhook test", request.key.hex())
    nothing = WebhookData.model_validate(dict.fromkeys(WebhookData.model_fields))
    body = Webhook(id=message_id, type=TEST, timestamp=at, series=None, sequence=None, data=nothing)
    answer = await webhooks.sending.test(endpoint, str(message_id), body.model_dump_json())
    return WebhookAttempt.model_validate(
        {"at": at, "why": answer.why, "status": answer.status, "milliseconds": int(answer.seconds * 1000)}
    )


@router.post(f"{_ONE}/replay", responses=documented(*ON_WRITE))
async def replay_webhooks(
    endpoint_id: UUID, writing: Keyed, body: Annotated[ReplayWebhooks, Body(default_factory=ReplayWebhooks)]
) -> WebhooksReplayed:
    """Sends webhooks that this endpoint was sent before once more: each with the id, the number and the body that it had. If
    the endpoint is disabled, they wait until it is enabled. A webhook that still waits, or is being sent at this moment, is
    not sent once more.
    """
    http, marketplace = writing.http, writing.caller.marketplace
    webhooks, _ = _webhooks(http), await writing.under_key()
    endpoint = await webhooks.endpoints.get(marketplace, endpoint_id)
    check_types(body.types)
    after = 0 if body.after is None else int(http.opaque.open("cursor", marketplace, body.after, of=FEED))
    number = await webhooks.record.again(
        endpoint.id, after=after, dispute_id=body.dispute_id, types=body.types, failed=body.failed
    )
    webhooks.sending.wake()
    return WebhooksReplayed(webhooks=number)


@router.get(f"{_ONE}/deliveries", responses=documented(*ON_READ))
async def list_webhook_deliveries(
    endpoint_id: UUID,
    reading: Read,
    state: Annotated[State | None, Query(description="Only webhooks of which this became.")] = None,
    dispute_id: Annotated[UUID | None, Query(description="Only webhooks about this dispute.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> WebhookDeliveries:
    """What was sent to this endpoint, the newest first, with each attempt of the last 30 days."""
    endpoint, record = await _endpoint(reading, endpoint_id), _webhooks(reading.http).record
    place = reading.cursor(cursor)
    before = int(place) if place is not None else None
    found = await record.page(endpoint.id, before=before, dispute_id=dispute_id, state=state, limit=limit + 1)
    page = found[:limit]
    names = WebhookDelivery.model_fields
    items = [{name: getattr(one, name) for name in names} for one in page]
    more = str(page[-1].position) if len(found) > limit else None
    return WebhookDeliveries.model_validate({"items": items, "next": reading.next(more)})


async def _endpoint(reading: Reading, endpoint_id: UUID) -> Endpoint:
    """Raises UnknownWebhookEndpoint."""
    return await _webhooks(reading.http).endpoints.get(reading.caller.marketplace, endpoint_id)


async def _check_address(http: HttpContext, url: str) -> None:
    """Raises WebhookAddressNotSecure, WebhookAddressNotPublic."""
    try:
        await _webhooks(http).addresses.check(url)
    except (Refused, Unresolved):
        raise (WebhookAddressNotPublic if _is_usual(url) else WebhookAddressNotSecure)() from None


def _is_usual(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and parts.port in (None, 443)
    except ValueError:
        return False


def _webhooks(http: HttpContext) -> Webhooks:
    return http.services.webhooks


async def _secret(http: HttpContext, endpoint: Endpoint) -> WebhookSecret:
    signer = await _webhooks(http).endpoints.secret(endpoint)
    return WebhookSecret(
        secret=signer.shown_secret, public_key=signer.public_key, previous_valid_until=endpoint.previous_until
    )


async def _shown(http: HttpContext, endpoint: Endpoint) -> WebhookEndpointShown:
    same = ("id", "url", "types", "in_order", "series", "failing_since", "warned_at", "last_success_at", "created_at")
    state = "disabled" if endpoint.disabled_why else "failing" if endpoint.failing_since else "well"
    failing = state == "failing" and endpoint.failing_since
    return WebhookEndpointShown.model_validate(
        {
            **{name: getattr(endpoint, name) for name in same},
            "description": endpoint.description or None,
            "state": state,
            "disabled_why": endpoint.disabled_why,
            "disabled_at": endpoint.disabled_since,
            "disabled_from": schedule.disabled_from(failing, endpoint.warned_at) if failing else None,
            "waiting": await _webhooks(http).record.waiting(endpoint.id),
        }
    )
