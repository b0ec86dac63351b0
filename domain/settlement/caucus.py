"""The caucus: one party and the neutral write to each other during mediation, and nobody else reads it.

It is never evidence: nothing in it has a number that a ruling could cite. A neutral who heard a caucus knows things
that the other side could not answer. That neutral rules only if both sides consent; otherwise another one must rule.

During mediation each side may consent in advance, whether a caucus was heard or not: it does not know of the other
side's. After mediation its consent is asked for only if one was heard.
"""

from collections.abc import Sequence
from typing import assert_never

from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.evidence.exhibit_facts import File
from domain.kernel.base import Actor, Event, OnDispute, Role
from domain.kernel.people import NotAParty, Side, Stage, Words, side_of
from domain.kernel.refusals import Conflict, DisputeIsClosed, Forbidden, Malformed, NotYourMove
from domain.neutral.escalation import is_neutral
from domain.settlement.caucus_facts import CaucusConsentGiven, CaucusEvent, CaucusMessagePosted

# --- types ---

MAX_CAUCUS = 200


class PostInCaucus(OnDispute, recorded_as=CaucusMessagePosted):
    """Writes in a caucus. `side` names the party that the neutral writes to. A party writes in its own caucus."""

    side: Side | None = None
    message: Words
    file: File | None = None


class ConsentToNeutral(OnDispute, recorded_as=CaucusConsentGiven):
    pass


CaucusCommand = PostInCaucus | ConsentToNeutral


class NotYourCaucus(Forbidden):
    """You are not in this caucus: it is between one party and the neutral.

    Why: What a side tells the neutral in confidence is for these two only.

    What to do: As a party, leave out `side` or send your own. The desk sees only that a caucus was held.

    Example: {"role": "buyer"}
    """


class CaucusSideMissing(Malformed):
    """`side` is missing: it says with which party the neutral is in caucus.

    Why: The neutral talks in caucus with each side separately. Without `side` the message could reach the wrong one.

    What to do: Send `side`: `buyer` or `seller`.
    """

    pointer = "/side"


class NoNeutralYet(Conflict):
    """The dispute has no neutral at this moment, so there is no caucus.

    Why: A caucus is a talk with the neutral in confidence. Without a neutral nobody would hear it.

    What to do: Wait until a neutral is assigned. Write to the other side in messages meanwhile.
    """


class CaucusFull(Conflict):
    """The caucus is full: it holds `limit` messages.

    Why: The limit bounds what the neutral has to read in confidence from one side.

    What to do: Write in messages to both sides, or make an offer.

    Example: {"limit": 200}
    """


class HeardInCaucus(Conflict):
    """The neutral heard a side in caucus, and not every side has consented to a ruling by this neutral.

    Why: The neutral heard something that the other side cannot answer. Such a neutral rules only if both sides agree to
    it.

    What to do: The sides in `without_consent` can consent with `POST /v1/disputes/{dispute_id}/consent`. Otherwise a
    supervisor assigns another neutral.

    Example: {"without_consent": ["buyer", "seller"]}
    """


class NothingToConsentTo(Conflict):
    """There is nothing to consent to: nobody mediates, no neutral heard a caucus, or the dispute is already decided.

    Why: Consent is given in advance during mediation. Later it is needed only when the neutral of an open dispute heard a
    caucus.

    What to do: Nothing needs to be done.

    Example: {"stage": "adjudication"}
    """


# --- decisions ---


def decide(basis: Basis, command: CaucusCommand) -> Sequence[Event]:
    match command:
        case PostInCaucus():
            return post(basis.dispute, command)
        case ConsentToNeutral():
            return consent(basis.dispute, command)
        case _:
            assert_never(command)


def post(dispute: Dispute, command: PostInCaucus) -> list[CaucusEvent]:
    side = _side(command)
    if dispute.closed:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    if dispute.stage is not Stage.MEDIATION:
        raise NotYourMove(stage=dispute.stage.value)
    if (neutral := dispute.escalation.neutral) is None:
        raise NoNeutralYet()
    number = dispute.caucus.messages.get(side, 0) + 1
    if number > MAX_CAUCUS:
        raise CaucusFull(limit=MAX_CAUCUS)
    message, by = dispute.text(command.message, command.actor), command.actor.role
    return [CaucusMessagePosted(number=number, side=side, by=by, neutral=neutral, message=message, file=command.file)]


def consent(dispute: Dispute, command: ConsentToNeutral) -> list[CaucusEvent]:
    side, neutral = side_of(command.actor), dispute.escalation.neutral
    if neutral is not None and (side, neutral) in dispute.caucus.consents:
        return []
    if dispute.closed:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    if neutral is None or not may_consent(dispute, side):
        raise NothingToConsentTo(stage=dispute.stage.value)
    return [CaucusConsentGiven(by=side, neutral=neutral)]


def may_post(dispute: Dispute, actor: Actor) -> bool:
    open_now = dispute.stage is Stage.MEDIATION and dispute.escalation.neutral is not None
    return open_now and (actor.role in (Role.BUYER, Role.SELLER) or is_neutral(dispute, actor))


def may_consent(dispute: Dispute, side: Side) -> bool:
    neutral = dispute.escalation.neutral
    if neutral is None or not dispute.undecided:
        return False
    if dispute.stage is Stage.MEDIATION:
        return (side, neutral) not in dispute.caucus.consents
    return side in dispute.caucus.without_consent(neutral)


def check_consented(dispute: Dispute) -> None:
    """Raises HeardInCaucus."""
    if without := dispute.caucus.without_consent(dispute.escalation.neutral):
        raise HeardInCaucus(without_consent=sorted(side.value for side in without))


def _side(command: PostInCaucus) -> Side:
    if command.actor.role is Role.NEUTRAL:
        if command.side is None:
            raise CaucusSideMissing()
        return command.side
    try:
        own = side_of(command.actor)
    except NotAParty:
        raise NotYourCaucus(role=command.actor.role.value) from None
    if command.side not in (None, own):
        raise NotYourCaucus(role=own.value)
    return own
