"""The facts about forgetting a person, in the order in which they come. The rules are in `domain/privacy/erasure.py`."""

from typing import Literal
from uuid import UUID

from domain.kernel.base import Event, Instant, Role, Value
from domain.privacy.legal_hold_facts import LegalHoldEvent

# --- types ---

ErasureGround = Literal[
    "no_longer_needed", "consent_withdrawn", "objected", "unlawful", "legal_obligation", "child", "person_asked"
]
"""Why: as in Article 17(1)(a) to (f) of Regulation (EU) 2016/679, or because the person asked and the marketplace agrees."""

Obstacle = Literal["legal_hold", "open_dispute", "open_remedy", "retention"]


class StandsAgainst(Value):
    """`until` is None where nobody knows. `hold` is the number of a legal hold, `rule` the policy's clause."""

    what: Obstacle
    until: Instant | None = None
    dispute_id: UUID | None = None
    hold: int | None = None
    rule: str | None = None


class ErasureRequested(Event, kind="ErasureRequested", stream="person"):
    """`number` counts the erasures of one person: who comes back can be erased again."""

    subject: UUID
    number: int
    ground: ErasureGround
    by: Role


class ErasureDeferred(Event, kind="ErasureDeferred", stream="person"):
    """Refused for now. `until` is None where nobody knows; the commitment to do it then is `commitment_id` in `dispute_id`."""

    subject: UUID
    number: int
    against: tuple[StandsAgainst, ...]
    until: Instant | None
    due_at: Instant
    dispute_id: UUID
    commitment_id: UUID


class ErasureGranted(Event, kind="ErasureGranted", stream="person"):
    """Nothing stands against it; from here on no hold can be placed, and the key goes."""

    subject: UUID
    number: int


class PersonErased(Event, kind="PersonErased", stream="person"):
    """Nothing that was sealed for this person until `erased_at` can be read any more, whenever it was written."""

    subject: UUID
    number: int
    ground: ErasureGround
    erased_at: Instant


class ErasureCompleted(Event, kind="ErasureCompleted", stream="person"):
    """The master key is destroyed too that opened copies of the person's key in backups of the key store."""

    subject: UUID
    number: int
    completed_at: Instant


PersonEvent = LegalHoldEvent | ErasureRequested | ErasureDeferred | ErasureGranted | PersonErased | ErasureCompleted
