"""Tokens for the parties of a dispute."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.http.bodies import Answer, Body, Id, example
from api.http.parts import DISPUTE_ID, TOKEN_ID
from api.http.relative import ahead
from domain.kernel.base import Instant
from domain.kernel.people import Side


class AskForToken(Body):
    """The person for whom the token is minted."""

    model_config = example({"side": "buyer"})

    side: Side
    representative: Annotated[
        Id | None,
        Field(
            description="The marketplace's id of a representative of that party. The token is then for the representative."
        ),
    ] = None


class PartyToken(Answer):
    """A bearer token for one party of one dispute, or for its representative."""

    model_config = example(
        {
            "token": "eyJhbGciOi…",
            "token_id": TOKEN_ID,
            "side": "buyer",
            "dispute_id": DISPUTE_ID,
            "expires_at": ahead(minutes=15),
        }
    )

    token: str
    token_id: Annotated[UUID, Field(description="With it, an administrator can revoke the token.")]
    side: Side
    dispute_id: UUID
    expires_at: Instant
