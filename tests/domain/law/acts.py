"""An act in a law report: a command by somebody, still without its instant."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from domain.commands import AnyCommand
from domain.commitments.events import commitment_id_of, refund_id_of
from domain.kernel.base import Actor, Command, Instant, Role
from domain.kernel.money import Money
from domain.kernel.people import Words
from domain.remedies.division_facts import Division

MARKETPLACE = "bazaar"
FILED_AT = datetime(2026, 11, 2, 10, tzinfo=UTC)  # a Monday: 11:00 in Rome, 18:00 in Shanghai
FIRST, SECOND = UUID(int=0xD1), UUID(int=0xD2)
"""Two disputes on one order."""
TRANSACTION = UUID(int=0x77)
"""That order."""
TWO_DAYS = timedelta(days=2)


def money(text: str) -> Money:
    return Money.of(*text.split())


def commitment(number: int, dispute: UUID = FIRST) -> UUID:
    return commitment_id_of(TRANSACTION, dispute, number)


def refund(number: int, dispute: UUID = FIRST) -> UUID:
    """The refund that carries out the commitment with this number."""
    return refund_id_of(commitment(number, dispute))


def words(text: str, language: str = "en") -> Words:
    return Words(text=text, language=language)


def promising(kind: str, to: str, within: timedelta | None = None) -> Callable[[Instant, UUID | None], dict[str, Any]]:
    """A commitment made with a message, due within this time, or within the policy's window."""
    return lambda now, _: {"kind": kind, "owed_to": to, "due_at": now + within if within else None}


@dataclass(frozen=True)
class Act:
    """An act of one person, on the first dispute unless it says otherwise. `fields` may depend on the instant of the
    act."""

    kind: type[Command]
    actor: Actor
    fields: Mapping[str, Any] = field(default_factory=dict)
    dispute: UUID | None = FIRST
    imported: bool = False

    def about(self, dispute: UUID | None) -> "Act":
        return replace(self, dispute=dispute)

    def command(self, now: Instant) -> AnyCommand:
        about = {} if self.dispute is None else {"dispute_id": self.dispute}
        fields = {k: v(now, self.dispute) if callable(v) else v for k, v in self.fields.items()}
        common = {"marketplace": MARKETPLACE, "actor": self.actor, "now": now, "imported": self.imported}
        return self.kind.model_validate(common | about | fields)  # type: ignore[return-value]


@dataclass(frozen=True)
class Somebody:
    """A person who acts: role and id."""

    role: Role
    subject: UUID

    @property
    def actor(self) -> Actor:
        return Actor(subject=self.subject, role=self.role)

    def act(self, kind: type[Command], /, **fields: Any) -> Act:
        return Act(kind, self.actor, fields)


def division(claimant: str, respondent: str, **terms: Any) -> Division:
    return Division(claimant=money(claimant), respondent=money(respondent), **terms)


def id_of(number: int) -> Callable[[Instant, UUID], UUID]:
    return lambda _, dispute: commitment(number, dispute)


def refund_of(number: int) -> Callable[[Instant, UUID], UUID]:
    return lambda _, dispute: refund(number, dispute)
