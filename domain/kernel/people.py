"""The people of a dispute, and the words for its stage, its next move and its outcome."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from domain.kernel.base import Actor, Role, Value
from domain.kernel.disclosure import Told
from domain.kernel.frozen import frozen
from domain.kernel.personal import Personal, PersonalOfSubject
from domain.kernel.places import Country, LanguageTag, TimeZone
from domain.kernel.refusals import Forbidden
from domain.kernel.regions import Region


class NotAParty(Forbidden):
    """You do not act for the buyer or the seller.

    Why: This act is done by a side of the dispute, because it binds that side.

    What to do: As a backend, send `Mediation-As: buyer` or `Mediation-As: seller`. Otherwise use the token of the
    party.

    Example: {"role": "neutral"}
    """


class Side(StrEnum):
    """A role in the transaction."""

    BUYER = "buyer"
    SELLER = "seller"

    @property
    def other(self) -> "Side":
        return Side.SELLER if self is Side.BUYER else Side.BUYER


class Stage(StrEnum):
    NEGOTIATION = "negotiation"
    MEDIATION = "mediation"
    ADJUDICATION = "adjudication"
    APPEAL = "appeal"
    EXECUTION = "execution"
    CLOSED = "closed"


class Awaiting(StrEnum):
    """Whose move it is."""

    CLAIMANT = "claimant"
    RESPONDENT = "respondent"
    BOTH = "both"
    NEUTRAL = "neutral"
    SUPERVISOR = "supervisor"
    MARKETPLACE = "marketplace"
    NONE = "none"


class Outcome(StrEnum):
    SETTLED = "settled"
    CONCEDED = "conceded"
    RULED_FOR_CLAIMANT = "ruled_for_claimant"
    RULED_FOR_RESPONDENT = "ruled_for_respondent"
    RULED_SPLIT = "ruled_split"
    GRANTED_BY_DEFAULT = "granted_by_default"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    INADMISSIBLE = "inadmissible"
    RESOLVED_ELSEWHERE = "resolved_elsewhere"


@frozen
class Member:
    """What decisions need of a party. Only the opaque `subject` says which party it is."""

    subject: UUID
    country: Country
    time_zone: TimeZone
    tier: str
    language: LanguageTag
    side: Side
    region: Region | None = None


class Party(Value):
    """A buyer or a seller as the marketplace knows them. `subject` is a keyed hash of the marketplace and the id."""

    subject: UUID
    id: PersonalOfSubject
    name: Annotated[str | None, Personal("subject")] = None
    email: Annotated[str | None, Personal("subject")] = None
    country: Country
    language: LanguageTag
    time_zone: TimeZone
    tier: str
    region: Region | None = None

    def member(self, side: Side) -> Member:
        return Member(self.subject, self.country, self.time_zone, self.tier, self.language, side, self.region)


class Text(Value):
    """A text as it is stored. The original text is the record. `author` is the person who wrote it."""

    text: Told[Annotated[str, Personal("author")]]
    language: Told[LanguageTag]
    author: UUID


class Words(Value):
    """A text in the language in which it was written, before it is stored."""

    text: str
    language: LanguageTag

    def of(self, author: UUID) -> Text:
        return Text(text=self.text, language=self.language, author=author)


def side_of(actor: Actor) -> Side:
    """The side an actor speaks for.

    Raises:
        NotAParty: the actor is neither buyer nor seller.
    """
    match actor.role:
        case Role.BUYER:
            return Side.BUYER
        case Role.SELLER:
            return Side.SELLER
        case _:
            raise NotAParty(role=actor.role.value)
