"""Revoked tokens."""

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, model_validator

from api.http.bodies import Act, Answer, Context, Page, Statement, When, example, words
from api.http.parts import TOKEN_ID
from api.http.relative import ago
from domain.access import revocation
from domain.access.revocation_facts import TokenId
from domain.kernel.base import Instant, Role
from projections.case_story.parts import Said

_SUBJECT = "0f4c5f6e-52a6-4d1c-9d0a-3f1f3f6c2a11"
_WHY = {"text": "Found in a public repository.", "language": "en"}
_REVOKED: dict[str, Any] = {
    "token_id": TOKEN_ID,
    "subject": None,
    "issued_before": None,
    "reason": _WHY,
    "by": "administrator",
    "revoked_at": ago(minutes=5),
}


class RevokeTokens(Act):
    """Ends one token, by `token_id`; or all tokens of a person that were issued before an instant, by `subject`."""

    model_config = example(
        {"token_id": TOKEN_ID, "reason": _WHY},
        {"subject": _SUBJECT, "issued_before": ago(minutes=5), "reason": _WHY},
    )

    token_id: Annotated[TokenId | None, Field(description="The claim `jti` of the token.")] = None
    subject: Annotated[
        UUID | None, Field(description="The person's id in the engine, as `GET /v1/me` tells the person.")
    ] = None
    issued_before: Annotated[
        When | None, Field(description="With `subject`. Left out: now. Tokens tell their time to the second.")
    ] = None
    reason: Statement | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.token_id is None) == (self.subject is None):
            raise ValueError("name either `token_id` or `subject`")
        if self.token_id is not None and self.issued_before is not None:
            raise ValueError("`issued_before` goes with `subject`")
        return self

    def command(self, at: Context, *, token_clock: Instant) -> revocation.RevocationCommand:
        reason = words(self.reason)
        if self.token_id is not None:
            return revocation.RevokeToken(**at.common(), token_id=self.token_id, reason=reason)
        assert self.subject is not None, "one of both is named"
        before = self.issued_before or token_clock
        return revocation.RevokeTokensOfSubject(
            **at.common(), subject=self.subject, issued_before=before, token_clock=token_clock, reason=reason
        )


class Revocation(Answer):
    """One revocation."""

    model_config = example(_REVOKED)

    token_id: str | None
    subject: UUID | None
    issued_before: Instant | None
    reason: Said | None
    by: Role
    revoked_at: Instant


class RevocationsShown(Page[Revocation]):
    model_config = example({"items": [_REVOKED], "next": None})
