"""The rules as data: published in versions, and pinned to a dispute when it is filed.

A running case keeps the rules it began under, whatever is published later. A marketplace that has published nothing works
under `FIRST_POLICY`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from domain.abuse import AbuseRules
from domain.base import Command, Event, Role, Value
from domain.consequences import FIRST_CONSEQUENCES, Consequence
from domain.people import Side
from domain.places import Country, TimeZone
from domain.refusals import Conflict, Forbidden, Malformed, Unknown
from domain.windows import Window

# --- types ---

ClauseName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.]{0,39}$")]
ClauseText = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Funder = Literal["seller", "marketplace", "insurer"]
VersionName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,39}$")]
Tier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,19}$")]


class Desk(Value):
    """Where the marketplace and its neutrals work: the calendar of their own deadlines. Without a country, weekends only."""

    country: Country | None = None
    time_zone: TimeZone = "UTC"


class Windows(Value):
    """How long each step may take. What silence means at the end of each is in `domain.silence`.

    `longest` is what no window is extended beyond, from when it began. `appeal_assignment` is the time to find a neutral,
    for an appeal or for the claim.
    """

    filing: Window = Window(amount=60, unit="calendar_days")
    response: Window = Window(amount=5, unit="calendar_days")
    negotiation: Window = Window(amount=10, unit="calendar_days")
    escalation_opens_after_hours: Annotated[int, Field(ge=0, le=24 * 30)] = 72
    offer_reply: Window = Window(amount=3, unit="business_days")
    proposal_reply: Window = Window(amount=3, unit="business_days")
    first_act: Window = Window(amount=24, unit="hours")
    first_act_top_tier: Window = Window(amount=4, unit="hours")
    ruling: Window = Window(amount=14, unit="calendar_days")
    challenge: Window = Window(amount=2, unit="business_days")
    appeal: Window = Window(amount=10, unit="calendar_days")
    remedy: Window = Window(amount=5, unit="business_days")
    co_signature: Window = Window(amount=2, unit="business_days")
    appeal_assignment: Window = Window(amount=2, unit="business_days")
    set_aside: Window = Window(amount=7, unit="calendar_days")
    set_aside_answer: Window = Window(amount=2, unit="business_days")
    evidence: Window = Window(amount=3, unit="calendar_days")
    disclosure: Window = Window(amount=48, unit="hours")
    goods_sent: Window = Window(amount=10, unit="calendar_days")
    carriage: Window = Window(amount=30, unit="calendar_days")
    goods_confirmed: Window = Window(amount=7, unit="calendar_days")
    turned_up: Window = Window(amount=60, unit="calendar_days")
    longest: Window = Window(amount=90, unit="calendar_days")


NeutralReads = Literal["both_sides", "either_side", "translations"]
"""Whose language a neutral has to read; with `translations` nobody's, as both sides are translated."""

CLAUSES: Mapping[str, str] = {
    "filing": "A claim is filed within the filing window after delivery, or after the latest estimated delivery.",
    "response": "A respondent who stays silent concedes by default, unless the record contradicts the claim.",
    "escalation": "Either party may ask for a neutral once the escalation window has opened.",
    "evidence": "Who asserts a fact shows it; tracking by a carrier counts as shown.",
    "delivery": "The seller bears the risk of the parcel until it is delivered.",
    "conformity": "Goods must be as described at the time of the order.",
    "good_faith": "Each party acts in good faith and answers in time.",
    "remedy": "What is owed is paid within the remedy window.",
    "goods": "Goods not sent back in time stay, and the money with them; what nobody contests in time is received.",
}


class Policy(Value):
    """One published version of a marketplace's rules. `tiers` are in ascending order; the last one is the top tier.

    `declaration_before_ruling`: a neutral declares interests, or that there are none, before ruling.
    `return_freight` is who pays the way back of goods. `early_execution` names who funds a refund that is ruled for while the
    ruling can still be appealed; without it nothing moves before the ruling is final. `on_breach` is what follows from a broken
    promise; the first that fits applies.
    """

    version: VersionName
    windows: Windows = Windows()
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1, max_length=10)] = ("standard", "silver", "gold")
    clauses: Annotated[dict[ClauseName, ClauseText], Field(min_length=1, max_length=200)] = Field(
        default_factory=lambda: dict(CLAUSES)
    )
    desk: Desk = Desk()
    neutral_reads: NeutralReads = "translations"
    declaration_before_ruling: bool = False
    return_freight: Side = Side.SELLER
    early_execution: Funder | None = None
    abuse: AbuseRules = AbuseRules()
    on_breach: Annotated[tuple[Consequence, ...], Field(max_length=20)] = FIRST_CONSEQUENCES

    @model_validator(mode="after")
    def _tiers_are_distinct(self) -> Self:
        if len(set(self.tiers)) != len(self.tiers):
            raise ValueError("a tier is listed twice")
        return self

    def rule(self, clause: str) -> str:
        """How a deadline's proof names the rule behind it."""
        return f"{self.version}/{clause}"


FIRST_POLICY = Policy(version="first-2026")


class PolicyPublished(Event, kind="PolicyPublished", stream="policies"):
    """A version published before a rule was thought of has the first policy's."""

    schema_version = 4

    policy: Policy
    by: UUID


PolicyEvent = PolicyPublished


class PublishPolicy(Command):
    policy: Policy


class VersionAlreadyPublished(Conflict):
    """A policy with this version and other rules is already published; a published version never changes."""


class NotAnAdministrator(Forbidden):
    """Only an administrator of the marketplace may do this."""


class UnknownTier(Malformed):
    """The policy does not know this tier."""


class UnknownPolicy(Unknown):
    """There is no such policy version."""


# --- state ---


@dataclass(frozen=True, slots=True)
class PolicyBook:
    """A marketplace's published versions, in the order of publication; the latest applies to new disputes."""

    published: Mapping[str, Policy] = field(default_factory=lambda: {FIRST_POLICY.version: FIRST_POLICY})

    @property
    def current(self) -> Policy:
        return list(self.published.values())[-1]

    def version(self, version: str) -> Policy:
        """Raises UnknownPolicy when that version was never published."""
        try:
            return self.published[version]
        except KeyError:
            raise UnknownPolicy(version=version) from None


# --- evolve ---


def evolve(book: PolicyBook, event: PolicyEvent) -> PolicyBook:
    return replace(book, published={**book.published, event.policy.version: event.policy})


# --- decisions ---


def publish(book: PolicyBook, command: PublishPolicy) -> list[PolicyEvent]:
    if command.actor.role is not Role.ADMINISTRATOR:
        raise NotAnAdministrator(role=command.actor.role.value)
    known = book.published.get(command.policy.version)
    if known == command.policy:
        return []
    if known is not None:
        raise VersionAlreadyPublished(version=command.policy.version)
    return [PolicyPublished(policy=command.policy, by=command.actor.subject)]
