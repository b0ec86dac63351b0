"""The section `webhooks` of the OpenAPI document: one entry for each type of webhook."""

from inspect import cleandoc
from typing import Any

from domain.kernel.base import Event
from mediation.processes.webhooks.types import TEST, TYPES

_BOOKKEEPING = "Bookkeeping: it comes only to endpoints that name its type."
_HEADERS = {
    "webhook-id": "The id of the webhook: the same whenever it is sent again.",
    "webhook-timestamp": "When it was sent, in seconds since 1970.",
    "webhook-signature": "Signatures `v1,…` and `v1a,…`, with a blank between two. One that fits is enough.",
}
_ANSWERS = {
    "2XX": ("WebhookTaken", "Taken. The body of the answer is not read."),
    "410": ("WebhooksEnded", "Nobody takes webhooks here any more: the endpoint is disabled."),
    "default": ("WebhookNotTaken", "Not taken, redirects included. It is sent again later; `Retry-After` is honoured."),
}

SHARED: dict[str, dict[str, Any]] = {
    "parameters": {
        name: {"name": name, "in": "header", "required": True, "description": means, "schema": {"type": "string"}}
        for name, means in _HEADERS.items()
    },
    "requestBodies": {
        "Webhook": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Webhook"}}},
        }
    },
    "responses": {name: {"description": means} for name, means in _ANSWERS.values()},
}
"""What all entries refer to in `components`: the document would be too long if each had it."""


def webhooks() -> dict[str, Any]:
    """By their types. The body is the schema `Webhook`."""
    told = {name: _described(event) for name, event in sorted(TYPES.items())}
    test = "A test that you asked for. It is about no dispute, and has no number."
    return {name: {"post": _operation(name, about)} for name, about in {**told, TEST: test}.items()}


def _described(event: type[Event]) -> str:
    doc = cleandoc(vars(event).get("__doc__") or "").partition("\n\n")[0].replace("\n", " ")
    told = [f"The fact `{event.kind}` of the feed.", doc, _BOOKKEEPING if event.bookkeeping else ""]
    return " ".join(filter(None, told))


def _operation(name: str, about: str) -> dict[str, Any]:
    return {
        "operationId": name.replace(".", "_"),
        "summary": name,
        "description": about,
        "tags": ["Webhooks"],
        "security": [],
        "parameters": [{"$ref": f"#/components/parameters/{header}"} for header in _HEADERS],
        "requestBody": {"$ref": "#/components/requestBodies/Webhook"},
        "responses": {status: {"$ref": f"#/components/responses/{name}"} for status, (name, _) in _ANSWERS.items()},
    }
