"""What a refusal looks like: problem details (RFC 9457), with members of this API beside the standard ones."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from api.http.bodies import Answer, example


class Fault(Answer):
    """One fault in a request: where it is, and what was expected. It never repeats what was sent."""

    pointer: Annotated[str | None, Field(description="JSON pointer to the field of the body.")] = None
    parameter: Annotated[str | None, Field(description="The name of a path, query or header parameter.")] = None
    location: Literal["body", "path", "query", "header", "cookie"] = "body"
    code: str
    detail: str


_EXAMPLE: dict[str, Any] = {
    "type": "/problems/OfferExceedsClaim",
    "title": "`amount` gives the claimant more than what is in dispute.",
    "status": 422,
    "code": "OfferExceedsClaim",
    "facts": {"in_dispute": "129.90 EUR", "offered": "200.00 EUR"},
    "pointer": "/amount",
    "correlation_id": "5b0f2f0e-52a6-4d1c-9d0a-3f1f3f6c2a11",
}


class Problem(Answer):
    """Why a request was refused, or failed. Nothing was changed, except where the code says that this is unknown."""

    model_config = example(_EXAMPLE)

    type: Annotated[
        str, Field(description="The address that explains this kind of problem: a URI reference that never changes.")
    ]
    title: Annotated[str, Field(description="What happened, in one sentence.")]
    status: int
    code: Annotated[str, Field(description="The name of the rule, for programs.")]
    detail: str | None = None
    facts: Annotated[
        dict[str, Any] | None, Field(description="The values that the rule was applied to. No personal data.")
    ] = None
    pointer: Annotated[str | None, Field(description="JSON pointer to the field of the body at fault.")] = None
    errors: Annotated[list[Fault] | None, Field(description="The faults in the form of the request, at most 20.")] = (
        None
    )
    correlation_id: UUID | None = None


class Explanation(Answer):
    """What a kind of problem means."""

    model_config = example(
        {
            "code": "OfferExceedsClaim",
            "status": 422,
            "title": "`amount` gives the claimant more than what is in dispute.",
            "explanation": "`amount` gives the claimant more than what is in dispute.",
            "why": "An offer divides the money in dispute. More than that is not there to be divided.",
            "what_to_do": "Offer at most `in_dispute`. Money beyond the claim is a commitment with `goodwill`.",
            "example": _EXAMPLE,
            "pointer": "/amount",
        }
    )

    code: str
    status: int
    title: str
    explanation: Annotated[str, Field(description="What happened.")]
    why: Annotated[str, Field(description="Why there is such a rule.")]
    what_to_do: str
    example: Annotated[dict[str, Any], Field(description="An answer of this kind, as it is sent: see `Problem`.")]
    pointer: str | None
