"""What the linters and the generator say about the OpenAPI document although it is meant so, each with the reason."""

from collections.abc import Mapping

LINTERS: Mapping[tuple[str, str], str] = {
    ("redocly: info-license", "#/info"): "Whoever runs the engine offers the API, and says on what terms.",
    ("spectral: info-contact", "#/info"): "Whoever runs the engine is the contact. The engine does not know them.",
    ("redocly: operation-4xx-response", "#/paths/~1health/get/responses"): "It takes no token and no parameter, so no "
    "request for it can be wrong.",
    ("redocly: operation-4xx-response", "#/paths/~1ready/get/responses"): "The same as for `/health`.",
}
"""By the rule of a linter and the place in the document."""

GENERATOR: Mapping[str, str] = {
    "POST /v1/imports": "Past cases are sent as JSON lines, because they may be many.",
    "POST /v1/mail": "A mail is sent as it arrived, byte for byte.",
    "GET /v1/access-requests/{person}/{number}/answer": "The answer is streamed as JSON lines, because it may be long.",
}
"""By the route of which `openapi-python-client` leaves out a part."""
