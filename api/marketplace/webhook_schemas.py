"""Webhooks: what one says, the endpoints that get them, and the record of their deliveries."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from api.http.bodies import Answer, Body, Label, Page, example
from api.http.parts import DISPUTE_ID
from api.http.relative import ago, ahead
from domain.kernel.base import Instant
from domain.kernel.people import Awaiting, Stage
from domain.kernel.refusals import Malformed
from mediation.gateways.webhooks.addresses import LONGEST
from mediation.processes.webhooks.record import COUNTED, State
from mediation.processes.webhooks.types import TYPES

ENDPOINT_ID = "6f0c4bda-1a2b-4c3d-8e4f-9a0b1c2d3e4f"
MESSAGE_ID = "b81c8b0e-6d1f-8a52-9c5e-0d9c3a9d1b7e"
_CURSOR = "bGF0ZXI"

Why = Literal["delivered", "status", "redirect", "timeout", "connection", "tls", "address"]

_WHY = (
    "`delivered`, or why not: it answered with another status than 2xx (`status`), or with a redirect, which is not followed; "
    "it did not answer within 15 seconds (`timeout`); there was no connection; its certificate is not trusted (`tls`); its "
    "name leads to a network that is not public (`address`)."
)
_TYPES = "Types of webhooks, such as `dispute.offer_made`. The section `webhooks` of this document lists them."


class UnknownWebhookType(Malformed):
    """`types` holds a type that no webhook has: `unknown` lists such types.

    Why: A type that does not exist would never come, and you would wait for it in vain.

    What to do: Take the types from the section `webhooks` of `/openapi.json`. An empty list stands for all of them but
    bookkeeping.

    Example: {"unknown": ["dispute.offer_wade"]}
    """

    pointer = "/types"


def _sorted(types: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({*types}))


Url = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST, pattern=r"^[\x21-\x7e]+$")]
Types = Annotated[
    tuple[Annotated[str, StringConstraints(max_length=100)], ...], Field(max_length=250), AfterValidator(_sorted)
]


def check_types(types: tuple[str, ...]) -> None:
    """Raises UnknownWebhookType."""
    if unknown := [name for name in types if name not in TYPES]:
        raise UnknownWebhookType(unknown=unknown[:20])


class WebhookData(Answer):
    """Which dispute it is about, and where that stood when the webhook was first sent."""

    dispute_id: UUID | None
    case_number: str | None
    stage: Stage | None
    awaiting: Annotated[Awaiting | None, Field(description="Whose move it is.")]
    due_at: Annotated[Instant | None, Field(description="When something is due next in the dispute.")]
    cursor: Annotated[
        str | None, Field(description="The place of this fact in the feed: `GET /v1/events` goes on after it.")
    ]


class Webhook(Answer):
    """A webhook says that something happened, and where to read about it. It names nobody, and holds no text."""

    model_config = example(
        {
            "id": MESSAGE_ID,
            "type": "dispute.offer_made",
            "timestamp": ago(minutes=5),
            "series": 1,
            "sequence": 4,
            "data": {
                "dispute_id": DISPUTE_ID,
                "case_number": "7KQF-2MXW-R",
                "stage": "negotiation",
                "awaiting": "claimant",
                "due_at": ahead(days=2),
                "cursor": _CURSOR,
            },
        }
    )

    id: Annotated[UUID, Field(description="The same whenever it is sent again. The header `webhook-id` has it too.")]
    type: str
    timestamp: Annotated[Instant, Field(description="When the engine learned of the fact.")]
    series: Annotated[
        int | None,
        Field(description="A new series begins with another filter, and after a restore. Null for a test."),
    ]
    sequence: Annotated[
        int | None,
        Field(
            description="Counts from 1 without a gap, for each dispute in each series of your endpoint. Null for a test."
        ),
    ]
    data: WebhookData


class MakeWebhookEndpoint(Body):
    """Where to send webhooks, and of what."""

    model_config = example(
        {"url": "https://hooks.example.com/disputes", "description": "Back office"},
        {"url": "https://hooks.example.com/money", "types": ["refund.confirmed", "refund.failed"], "in_order": True},
    )

    url: Annotated[Url, Field(description="https, port 443, on the public internet.")]
    description: Label | None = None
    types: Annotated[Types, Field(description=f"{_TYPES} Empty: all of them but bookkeeping.")] = ()
    in_order: Annotated[
        bool,
        Field(description="Of each dispute, the next webhook is sent when the one before it has arrived or failed."),
    ] = False
    begin: Annotated[
        Literal["start", "now"], Field(description="Without `after`: at the first fact, or after the last one.")
    ] = "now"
    after: Annotated[
        str | None,
        Field(max_length=500, description="A cursor of `GET /v1/events`: it is sent the facts after that one."),
    ] = None


class ChangeWebhookEndpoint(Body):
    """What is left out, or null, stays as it is."""

    model_config = example({"types": ["refund.confirmed", "refund.failed"]}, {"enabled": True})

    url: Annotated[Url | None, Field(description="https, port 443, on the public internet.")] = None
    description: Label | None = None
    types: Annotated[Types | None, Field(description=f"{_TYPES} Another filter begins a new series of numbers.")] = None
    in_order: bool | None = None
    enabled: Annotated[
        bool | None,
        Field(description="To enable it again sends what was kept, and what has failed since it last took a webhook."),
    ] = None


_SHOWN: dict[str, Any] = {
    "id": ENDPOINT_ID,
    "url": "https://hooks.example.com/disputes",
    "description": "Back office",
    "types": [],
    "in_order": False,
    "series": 1,
    "state": "failing",
    "disabled_why": None,
    "disabled_at": None,
    "failing_since": ago(days=1, hours=2),
    "warned_at": ago(hours=2),
    "disabled_from": ahead(days=3, hours=22),
    "last_success_at": ago(days=1, hours=3),
    "waiting": 12,
    "created_at": ago(days=30),
}
_SECRET: dict[str, Any] = {
    "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDazU2QkK9cYQ=",
    "public_key": "whpk_2K3bV6VYhR8m0m3yqQm0o5C0G2kRrPp8nO0sQfXyV1E=",
    "previous_valid_until": None,
}


class WebhookEndpointShown(Answer):
    """An endpoint. `well`: the last webhook arrived, or none was sent. `failing`: since `failing_since` none arrived."""

    model_config = example(_SHOWN)

    id: UUID
    url: str
    description: str | None
    types: list[str]
    in_order: bool
    series: int
    state: Literal["well", "failing", "disabled"]
    disabled_why: Annotated[
        Literal["asked", "gone", "failing"] | None,
        Field(description="You `asked`; it answered 410 (`gone`); or for five days nothing arrived (`failing`)."),
    ]
    disabled_at: Instant | None
    failing_since: Instant | None
    warned_at: Annotated[
        Instant | None, Field(description="Since when it is shown here that it will be disabled if this goes on.")
    ]
    disabled_from: Annotated[
        Instant | None, Field(description="From then on it is disabled at the next attempt that fails.")
    ]
    last_success_at: Instant | None
    waiting: Annotated[int, Field(description=f"Webhooks that wait to be sent to it, counted up to {COUNTED:,}.")]
    created_at: Instant


class WebhookSecret(Answer):
    """What webhooks to this endpoint are signed with. While two secrets are valid, both sign."""

    model_config = example(_SECRET)

    secret: Annotated[str, Field(description="The shared secret of `v1` (HMAC-SHA256).")]
    public_key: Annotated[str, Field(description="The public key of `v1a` (Ed25519).")]
    previous_valid_until: Annotated[Instant | None, Field(description="Until then the previous secret signs too.")]


class WebhookEndpointMade(WebhookEndpointShown, WebhookSecret):
    """The new endpoint, with what its webhooks are signed with."""

    model_config = example(_SHOWN | _SECRET)


class WebhookEndpoints(Answer):
    model_config = example({"items": [_SHOWN]})

    items: list[WebhookEndpointShown]


class RotateWebhookSecret(Body):
    """How long the secret until now stays valid beside the new one."""

    model_config = example({"previous_valid_hours": 24})

    previous_valid_hours: Annotated[int, Field(ge=0, le=168)] = 24


_TRIED: dict[str, Any] = {"at": ago(minutes=5), "why": "status", "status": 503, "milliseconds": 84}


class WebhookAttempt(Answer):
    """One attempt. What the receiver answered is not kept, but for its status."""

    model_config = example(_TRIED)

    at: Instant
    why: Annotated[Why, Field(description=_WHY)]
    status: Annotated[int | None, Field(description="The HTTP status. Null: no answer came.")]
    milliseconds: Annotated[int, Field(description="How long it took.")]


_DELIVERY: dict[str, Any] = {
    "id": MESSAGE_ID,
    "type": "dispute.offer_made",
    "dispute_id": DISPUTE_ID,
    "series": 1,
    "sequence": 4,
    "recorded_at": ago(minutes=6),
    "state": "waiting",
    "next_at": ahead(minutes=25),
    "attempts": [_TRIED],
}


class WebhookDelivery(Answer):
    """What became of one webhook. `waiting`: it is to be sent, for the first time or again."""

    model_config = example(_DELIVERY)

    id: UUID
    type: str
    dispute_id: UUID
    series: int
    sequence: int
    recorded_at: Instant
    state: State
    next_at: Annotated[Instant | None, Field(description="When it is sent again. Null: never, or at once.")]
    attempts: Annotated[list[WebhookAttempt], Field(description="Those of the last 30 days.")]


class WebhookDeliveries(Page[WebhookDelivery]):
    model_config = example({"items": [_DELIVERY], "next": None})


class ReplayWebhooks(Body):
    """Which webhooks to send once more. All conditions hold together; without any, everything is sent again."""

    model_config = example({"failed": True}, {"after": _CURSOR}, {"dispute_id": DISPUTE_ID})

    after: Annotated[
        str | None,
        Field(max_length=500, description="A cursor of `GET /v1/events`, such as one in a webhook: those after it."),
    ] = None
    dispute_id: UUID | None = None
    types: Annotated[Types, Field(description=f"{_TYPES} Empty: any.")] = ()
    failed: Annotated[bool, Field(description="Only those that were given up.")] = False


class WebhooksReplayed(Answer):
    model_config = example({"webhooks": 17})

    webhooks: Annotated[int, Field(description="How many are sent again. Those that wait anyway are not counted.")]
