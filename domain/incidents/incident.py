"""An incident: what many disputes have in common, recorded once (a batch seized by customs, a platform failure).

    opened → shared with: exhibits and findings, proposals and offers to all → closed

An incident does not know its members. Each dispute records for itself that it joined or left
(`domain.incidents.membership`). So there may be thousands of members, and none waits for another. A proposal or an
offer to all is one fact here. The engine brings it to each member (`mediation.processes.incidents`), which decides on
it by its own rules.
"""

from typing import assert_never
from uuid import UUID

from domain.evidence.exhibit_facts import NewExhibit
from domain.incidents.incident_facts import (
    BulkTerms,
    ExhibitShared,
    FindingShared,
    Incident,
    IncidentClosed,
    IncidentEvent,
    IncidentKind,
    IncidentOpened,
    OfferedToAll,
    ProposedToAll,
    SameSum,
    Share,
)
from domain.kernel.base import Actor, OnIncident, Role
from domain.kernel.people import Words, side_of
from domain.kernel.refusals import Conflict, Forbidden, Malformed, Unknown
from domain.neutral.mandate import check_in_office
from domain.neutral.mandate_facts import Mandate

# --- types ---

MAX_SHARED = 100
MAX_BULK_ACTS = 100


class OpenIncident(OnIncident):
    what: IncidentKind
    title: Words
    reason: Words


class ShareExhibit(OnIncident):
    exhibit: NewExhibit


class ShareFinding(OnIncident):
    finding: Words
    rests_on: tuple[int, ...] = ()


class ProposeToAll(OnIncident):
    terms: BulkTerms
    reasons: Words


class OfferToAll(OnIncident):
    """Makes one offer to all. `party` is the subject of the buyer or seller who offers. The actor's role says which."""

    party: UUID
    terms: BulkTerms
    message: Words | None = None


class CloseIncident(OnIncident):
    reason: Words | None = None


IncidentCommand = OpenIncident | ShareExhibit | ShareFinding | ProposeToAll | OfferToAll | CloseIncident
"""Commands on an incident alone."""


class UnknownIncident(Unknown):
    """There is no such incident in this marketplace.

    Why: An incident belongs to one marketplace and has an id of its own.

    What to do: Take the id from `GET /v1/incidents`.

    Example: {"incident_id": "00000000-0000-0000-0000-0000000001c1"}
    """


class MayNotGroup(Forbidden):
    """Your role cannot group disputes. Neutrals, supervisors, administrators and the marketplace can.

    Why: To group disputes shows that they have something in common. The desk and the marketplace know that; a party
    knows its own dispute only.

    What to do: Tell the neutral or the marketplace which disputes belong together.

    Example: {"role": "buyer"}
    """


class MayNotFind(Forbidden):
    """Your role cannot share a finding. A neutral or a supervisor can.

    Why: A finding is cited in many rulings. So it comes from those who weigh evidence: a neutral, or a supervisor.

    What to do: As the marketplace, share what you know as an exhibit.

    Example: {"role": "marketplace"}
    """


class MayNotProposeToAll(Forbidden):
    """Your role cannot make a proposal to all members of an incident. A neutral can.

    Why: A proposal comes from a neutral, who is on nobody's side.

    What to do: As a party, make an offer to all. As a supervisor, ask a neutral of the incident.

    Example: {"role": "supervisor"}
    """


class IncidentIsClosed(Conflict):
    """The incident is closed.

    Why: A closed incident groups no more disputes and shares nothing new, so that everybody in it knows all that there
    is.

    What to do: Open a new incident for what happened since, or add the exhibit to the dispute itself.

    Example: {"incident_id": "00000000-0000-0000-0000-0000000001c1"}
    """


class FindingRestsOnNothing(Malformed):
    """`rests_on` names something that the incident has not shared.

    Why: A finding is cited in rulings. Those who read it must be able to look at what it rests on.

    What to do: Name only numbers of items that the incident shares; it has `shared` of them. Share the exhibit first.

    Example: {"unknown": [4], "shared": 3}
    """

    pointer = "/rests_on"


class TooMuchShared(Conflict):
    """The incident already shares `limit` exhibits and findings.

    Why: Each shared item is read and answered in every dispute of the incident. The limit keeps that possible.

    What to do: Put several papers into one exhibit, or open another incident.

    Example: {"limit": 100}
    """


class OfferOfNothing(Malformed):
    """`amount` or `percent` of the offer is zero.

    Why: An offer of nothing would ask hundreds of people for an answer without giving them anything.

    What to do: Send an `amount` or a `percent` above zero. A very small share may round to zero in a small dispute.
    """

    pointer = "/amount"


class TooManyBulkActs(Conflict):
    """The incident already has `limit` proposals and offers to all.

    Why: Each proposal or offer to all reaches every dispute of the incident. The limit keeps the parties from being
    flooded.

    What to do: Make the next proposal or offer in the single disputes.

    Example: {"limit": 100}
    """


# --- decisions ---


def may_group(role: Role) -> bool:
    return role in {Role.NEUTRAL, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.MARKETPLACE}


def may_find(role: Role) -> bool:
    return role in {Role.NEUTRAL, Role.SUPERVISOR}


def moves(incident: Incident, role: Role) -> list[str]:
    """The names of the commands that this role may use on an incident."""
    if incident.closed:
        return ["leave_incident"] if may_group(role) else []
    grouping = ["join_incident", "leave_incident", "share_exhibit", "close_incident"] if may_group(role) else []
    finding = ["share_finding"] if may_find(role) else []
    proposing = ["propose_to_all"] if role is Role.NEUTRAL else []
    offering = ["offer_to_all"] if role in {Role.BUYER, Role.SELLER} else []
    return [*grouping, *finding, *proposing, *offering]


def check_may_group(actor: Actor) -> None:
    """Raises MayNotGroup."""
    if not may_group(actor.role):
        raise MayNotGroup(role=actor.role.value)


def known(incident: Incident | None, incident_id: UUID) -> Incident:
    """Raises UnknownIncident."""
    if incident is None:
        raise UnknownIncident(incident_id=str(incident_id))
    return incident


def decide(incident: Incident | None, mandate: Mandate | None, command: IncidentCommand) -> list[IncidentEvent]:
    if not isinstance(command, OpenIncident):
        known(incident, command.incident_id)
    check_in_office(mandate, command.actor)
    match command:
        case OpenIncident():
            return _open(incident, command)
        case CloseIncident():
            return _close(known(incident, command.incident_id), command)
        case ShareExhibit():
            return _share(_open_one(incident, command.incident_id), command)
        case ShareFinding():
            return _find(_open_one(incident, command.incident_id), command)
        case ProposeToAll():
            return _propose(_open_one(incident, command.incident_id), command)
        case OfferToAll():
            return _offer(_open_one(incident, command.incident_id), command)
        case _:
            assert_never(command)


def _open(incident: Incident | None, command: OpenIncident) -> list[IncidentEvent]:
    check_may_group(command.actor)
    if incident is not None:
        return []
    who = command.actor
    return [
        IncidentOpened(
            incident_id=command.incident_id,
            what=command.what,
            title=command.title.of(who.subject),
            reason=command.reason.of(who.subject),
            by=who.role,
        )
    ]


def _close(incident: Incident, command: CloseIncident) -> list[IncidentEvent]:
    check_may_group(command.actor)
    reason = command.reason.of(command.actor.subject) if command.reason else None
    return [] if incident.closed else [IncidentClosed(by=command.actor.role, reason=reason)]


def _share(incident: Incident, command: ShareExhibit) -> list[IncidentEvent]:
    check_may_group(command.actor)
    exhibit, who = command.exhibit, command.actor
    description = exhibit.description.of(who.subject)
    number = _next_number(incident)
    return [
        ExhibitShared(number=number, by=who.role, description=description, file=exhibit.file, shared_at=command.now)
    ]


def _find(incident: Incident, command: ShareFinding) -> list[IncidentEvent]:
    who = command.actor
    if not may_find(who.role):
        raise MayNotFind(role=who.role.value)
    if unknown := [n for n in command.rests_on if not 1 <= n <= len(incident.shared)]:
        raise FindingRestsOnNothing(unknown=unknown, shared=len(incident.shared))
    rests_on = tuple(sorted(set(command.rests_on)))
    number, finding = _next_number(incident), command.finding.of(who.subject)
    return [FindingShared(number=number, by=who.role, finding=finding, rests_on=rests_on, shared_at=command.now)]


def _propose(incident: Incident, command: ProposeToAll) -> list[IncidentEvent]:
    who = command.actor
    if who.role is not Role.NEUTRAL:
        raise MayNotProposeToAll(role=who.role.value)
    number, reasons = _next_act(incident), command.reasons.of(who.subject)
    return [ProposedToAll(number=number, neutral=who.subject, terms=command.terms, reasons=reasons)]


def _offer(incident: Incident, command: OfferToAll) -> list[IncidentEvent]:
    side = side_of(command.actor)
    check_offers_something(command.terms)
    message = command.message.of(command.party) if command.message else None
    number = _next_act(incident)
    return [OfferedToAll(number=number, by=side, party=command.party, terms=command.terms, message=message)]


def check_offers_something(terms: BulkTerms) -> None:
    """Raises OfferOfNothing."""
    if isinstance(terms, Share) and not terms.share:
        raise OfferOfNothing(at="/percent")
    if isinstance(terms, SameSum) and terms.amount.is_zero:
        raise OfferOfNothing()


def _open_one(incident: Incident | None, incident_id: UUID) -> Incident:
    """Raises UnknownIncident, IncidentIsClosed."""
    found = known(incident, incident_id)
    if found.closed:
        raise IncidentIsClosed(incident_id=str(incident_id))
    return found


def _next_number(incident: Incident) -> int:
    if len(incident.shared) >= MAX_SHARED:
        raise TooMuchShared(limit=MAX_SHARED)
    return len(incident.shared) + 1


def _next_act(incident: Incident) -> int:
    if len(incident.acts) >= MAX_BULK_ACTS:
        raise TooManyBulkActs(limit=MAX_BULK_ACTS)
    return len(incident.acts) + 1
