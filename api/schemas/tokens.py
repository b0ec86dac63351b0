"""Tokens for the parties of a dispute."""

from uuid import UUID

from api.schemas.base import Answer, Body, example
from api.schemas.parts import DISPUTE_ID
from domain.base import Instant
from domain.people import Side


class AskForToken(Body):
    """For whom."""

    model_config = example({"side": "buyer"})

    side: Side


class PartyToken(Answer):
    """A bearer token for one party of one dispute."""

    model_config = example(
        {"token": "eyJhbGciOi…", "side": "buyer", "dispute_id": DISPUTE_ID, "expires_at": "2026-11-02T10:15:00Z"}
    )

    token: str
    side: Side
    dispute_id: UUID
    expires_at: Instant
