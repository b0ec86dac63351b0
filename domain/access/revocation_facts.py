"""Facts about tokens that are good no more: one token, or all tokens of a person that were issued before an instant."""

from collections.abc import Mapping
from dataclasses import field
from typing import Annotated, assert_never
from uuid import UUID

from pydantic import StringConstraints

from domain.kernel.base import Event, Instant, Role
from domain.kernel.frozen import frozen, replace
from domain.kernel.people import Text

# --- types ---

TokenId = Annotated[str, StringConstraints(max_length=200, pattern=r"^[A-Za-z0-9._~:+/=-]+$")]
"""The claim `jti` of a token. Nothing but plain characters: some issuers choose it, and it is stored as it is."""


class TokenRevoked(Event, kind="TokenRevoked", stream="revocations"):
    """One token is good no more."""

    token_id: TokenId
    reason: Text | None = None
    by: Role


class TokensOfSubjectRevoked(Event, kind="TokensOfSubjectRevoked", stream="revocations"):
    """The tokens of this person that were issued before an instant are good no more."""

    subject: UUID
    issued_before: Instant
    reason: Text | None = None
    by: Role


RevocationEvent = TokenRevoked | TokensOfSubjectRevoked


# --- state ---


@frozen
class Revocations:
    """What was revoked in one marketplace: tokens by their id, and the last instant for each person."""

    tokens: frozenset[str] = frozenset()
    before: Mapping[UUID, Instant] = field(default_factory=dict)

    def end(self, token_id: str | None, subject: UUID, issued_at: Instant) -> bool:
        """Whether a token with this id, of this person, issued at this instant, is good no more."""
        return token_id in self.tokens or (subject in self.before and issued_at < self.before[subject])


# --- evolve ---


def evolve(revocations: Revocations, event: RevocationEvent) -> Revocations:
    match event:
        case TokenRevoked(token_id=token_id):
            return replace(revocations, tokens=revocations.tokens | {token_id})
        case TokensOfSubjectRevoked(subject=subject, issued_before=before):
            last = max(before, revocations.before.get(subject, before))
            return replace(revocations, before={**revocations.before, subject: last})
        case _:
            assert_never(event)
