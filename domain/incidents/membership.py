"""A dispute's part in an incident: how it joins and leaves, what is shared with it, and what is offered to all.

A member's ruling cites what an incident shares under the rule for exhibits: once both sides of this dispute have
answered it, or the time that this dispute's policy gives them has passed. That time counts from when it was shared or
from when the dispute joined, whichever is later. A proposal or an offer to all becomes one of the member's own, once,
or the rules of that dispute refuse it.
"""

from collections.abc import Iterator, Sequence
from typing import Literal, assert_never
from uuid import UUID

from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.evidence.exhibits import check_record_is_open, citable_at
from domain.incidents.incident import IncidentIsClosed, MayNotGroup, check_may_group, check_offers_something, known
from domain.incidents.incident_facts import BulkAct, Incident, SameSum
from domain.incidents.membership_facts import (
    BulkActNotReached,
    BulkActReached,
    IncidentJoined,
    IncidentLeft,
    MembershipEvent,
    SharedAnswered,
    SharedCited,
)
from domain.kernel.base import Actor, Event, Instant, OnDispute, OnIncident, Role
from domain.kernel.people import Side, Words, side_of
from domain.kernel.refusals import Conflict, DisputeIsClosed, Forbidden, Malformed, Unknown
from domain.policy.policy import Policy
from domain.ruling.ruling_facts import RulingIssued
from domain.settlement import negotiation, proposal
from domain.settlement.negotiation import MakeOffer
from domain.settlement.negotiation_facts import OfferMade
from domain.settlement.proposal import MakeProposal
from domain.settlement.proposal_facts import ProposalMade

# --- types ---


class JoinIncident(OnDispute, OnIncident):
    pass


class LeaveIncident(OnDispute, OnIncident):
    reason: Words | None = None


class AnswerShared(OnDispute):
    number: int
    message: Words | None = None


class CarryBulkAct(OnDispute, OnIncident, halted_by_stay=True):
    """Sent by a process for the author of the proposal or offer to all. `words` are the author's."""

    number: int
    words: Words | None = None


class RecordNotReached(OnDispute, OnIncident):
    """Sent by a process when the proposal or offer to all was refused."""

    number: int
    code: str


MembershipCommand = JoinIncident | LeaveIncident | AnswerShared | CarryBulkAct | RecordNotReached


class InAnotherIncident(Conflict):
    """The dispute is already part of another incident.

    Why: A dispute belongs to one incident, so that one set of shared items applies to it.

    What to do: Let it leave the incident in `incident_id` first.

    Example: {"incident_id": "00000000-0000-0000-0000-0000000001c1"}
    """


class NotInIncident(Conflict):
    """The dispute is not part of this incident.

    Why: A proposal or an offer to all reaches only disputes that belong to the incident at that moment.

    What to do: Let the dispute join the incident, or make the offer in the dispute itself.

    Example: {"incident_id": "00000000-0000-0000-0000-0000000001c1"}
    """


class IncidentIsCited(Conflict):
    """The dispute cannot leave the incident: a ruling cites what the incident shared.

    Why: A ruling in this dispute rests on what the incident shared. Outside of the incident nobody could read it any
    more.

    What to do: Leave the dispute in the incident.

    Example: {"incident_id": "00000000-0000-0000-0000-0000000001c1"}
    """


class UnknownShared(Unknown):
    """There is no shared exhibit or finding with this number, or no file belongs to it.

    Why: Shared items are numbered in each incident from 1. A finding has no file, and not every exhibit has one.

    What to do: Take the number from `shared` of the incident or of the case file. An item has a file if its `file` is
    not null.

    Example: {"number": 2}
    """


class SharedNotCitable(Malformed):
    """`cites_shared` names something that the dispute's incident has not shared.

    Why: A ruling rests only on items that its own dispute can read through its incident.

    What to do: Remove the numbers in `shared` from `cites_shared`, or let the dispute join the incident.

    Example: {"shared": [1]}
    """

    pointer = "/cites_shared"


class SharedStillUnanswered(Conflict):
    """`cites_shared` names something that a side has not answered and has time to answer until `citable_at`.

    Why: Each side may answer a shared item in its own dispute before a ruling rests on it. It has time for that until
    `citable_at`.

    What to do: Rule after `citable_at`, or as soon as the sides have answered, or leave the item out of `cites_shared`.

    Example: {"shared": [1], "citable_at": "2026-11-08T10:00:00+00:00"}
    """

    pointer = "/cites_shared"


class NotYourBulkAct(Forbidden):
    """The proposal or offer to all was made by somebody else, so you cannot bring it to a dispute.

    Why: The engine brings a proposal or offer into each dispute in the name of the person who made it. Nobody else can
    do it for them.

    What to do: Nothing needs to be done: the engine does it by itself.

    Example: {"role": "neutral"}
    """


class NotItsParty(Conflict):
    """The party who made the offer to all is not on this side of the dispute.

    Why: An offer to all binds the party who made it. In a dispute between other people it would bind somebody else.

    What to do: Nothing needs to be done: the offer is not for this dispute.

    Example: {"side": "seller"}
    """


# --- decisions ---


def decide(basis: Basis, command: MembershipCommand) -> Sequence[Event]:
    match command:
        case JoinIncident():
            return join(basis.dispute, basis.case.incident, command)
        case LeaveIncident():
            return leave(basis.dispute, basis.case.incident, command)
        case AnswerShared():
            return answer(basis.dispute, basis.case.incident, command)
        case CarryBulkAct():
            return carry(basis.dispute, basis.policy, basis.case.incident, command)
        case RecordNotReached():
            return not_reached(basis.dispute, command)
        case _:
            assert_never(command)


def may_answer(dispute: Dispute, incident: Incident | None, number: int, side: Side) -> bool:
    """Whether this side can still answer what was shared under this number."""
    unanswered = dispute.takes_evidence and side in dispute.membership.unanswered_by(number)
    return unanswered and 1 <= number <= len(_shared(dispute, incident))


def join(dispute: Dispute, incident: Incident | None, command: JoinIncident) -> list[MembershipEvent]:
    check_may_group(command.actor)
    joined, before = known(incident, command.incident_id), dispute.membership.incident
    if before == joined.id:
        return []
    if dispute.closed:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    if joined.closed:
        raise IncidentIsClosed(incident_id=str(joined.id))
    if before is not None:
        raise InAnotherIncident(incident_id=str(before))
    return [IncidentJoined(incident_id=joined.id, by=command.actor.role, joined_at=command.now)]


def leave(dispute: Dispute, incident: Incident | None, command: LeaveIncident) -> list[MembershipEvent]:
    check_may_group(command.actor)
    left = known(incident, command.incident_id)
    if dispute.membership.incident != left.id:
        return []
    if _is_cited(dispute, left.id):
        raise IncidentIsCited(incident_id=str(left.id))
    reason = dispute.text(command.reason, command.actor)
    return [IncidentLeft(incident_id=left.id, by=command.actor.role, reason=reason)]


def _is_cited(dispute: Dispute, incident_id: UUID) -> bool:
    """Whether a ruling cites the incident that is in effect, or may still be co-signed."""
    fallen = {ruling.number for ruling in dispute.adjudication.rulings if ruling.status in ("refused", "ended")}
    return any(cited == incident_id and number not in fallen for cited, number in dispute.membership.cited)


def answer(dispute: Dispute, incident: Incident | None, command: AnswerShared) -> list[MembershipEvent]:
    """Each side answers once, in its own dispute."""
    side, member_of = side_of(command.actor), dispute.membership.incident
    if member_of is None or not 1 <= command.number <= len(_shared(dispute, incident)):
        raise UnknownShared(number=command.number)
    if side not in dispute.membership.unanswered_by(command.number):
        return []
    check_record_is_open(dispute)
    message = dispute.text(command.message, command.actor)
    return [SharedAnswered(incident_id=member_of, number=command.number, by=side, message=message)]


def shared_citable_at(dispute: Dispute, policy: Policy, shared_at: Instant) -> Instant | None:
    """From when a ruling may cite it unanswered; None: at once, as in an imported past case."""
    joined_at = dispute.membership.joined_at
    if dispute.imported or joined_at is None:
        return None
    return citable_at(policy, max(shared_at, joined_at))


def citable(dispute: Dispute, policy: Policy, incident: Incident | None, now: Instant) -> Iterator[int]:
    """The numbers of the shared items that a ruling may cite now."""
    for number, shared_at in enumerate(_shared(dispute, incident), start=1):
        ripe_at = shared_citable_at(dispute, policy, shared_at)
        if ripe_at is None or now >= ripe_at or not dispute.membership.unanswered_by(number):
            yield number


def check_citable(
    dispute: Dispute, policy: Policy, incident: Incident | None, cites: Sequence[int], now: Instant
) -> None:
    """Whether a ruling may cite these shared items. Raises SharedNotCitable, SharedStillUnanswered."""
    shared = _shared(dispute, incident)
    if bad := [n for n in cites if not 1 <= n <= len(shared)]:
        raise SharedNotCitable(shared=bad)
    ripe = set(citable(dispute, policy, incident, now)) if cites else set()
    if early := [n for n in cites if n not in ripe]:
        at = max(filter(None, (shared_citable_at(dispute, policy, shared[n - 1]) for n in early)))
        raise SharedStillUnanswered(shared=early, citable_at=at.isoformat())


def cited(dispute: Dispute, cites: Sequence[int], issued: RulingIssued) -> list[MembershipEvent]:
    """Records which shared items the ruling cites."""
    incident, numbers = dispute.membership.incident, tuple(sorted(set(cites)))
    if incident is None or not numbers:
        return []
    unsigned = issued.awaits_co_signature
    return [SharedCited(incident_id=incident, ruling=issued.number, numbers=numbers, awaits_co_signature=unsigned)]


def carry(dispute: Dispute, policy: Policy, incident: Incident | None, command: CarryBulkAct) -> list[Event]:
    """Brings a proposal or an offer to all into this dispute, once, under the rules of the dispute."""
    said = known(incident, command.incident_id).act(command.number)
    if (command.incident_id, command.number) in dispute.membership.carried:
        return []
    if not said.is_by(command.actor):
        raise NotYourBulkAct(role=command.actor.role.value)
    if dispute.membership.incident != command.incident_id:
        raise NotInIncident(incident_id=str(command.incident_id))
    if said.party is None:
        events, as_number = _proposed(dispute, policy, said, command)
    else:
        events, as_number = _offered(dispute, policy, said, command)
    kind: Literal["proposal", "offer"] = "proposal" if said.party is None else "offer"
    reached = BulkActReached(incident_id=command.incident_id, number=command.number, act=kind, as_number=as_number)
    return [*events, reached]


def not_reached(dispute: Dispute, command: RecordNotReached) -> list[MembershipEvent]:
    if command.actor.role is not Role.ENGINE:
        raise MayNotGroup(role=command.actor.role.value)
    membership = dispute.membership
    about = (command.incident_id, command.number)
    if membership.incident != command.incident_id or about in membership.carried:
        return []
    return [BulkActNotReached(incident_id=command.incident_id, number=command.number, code=command.code)]


def _proposed(dispute: Dispute, policy: Policy, said: BulkAct, command: CarryBulkAct) -> tuple[list[Event], int]:
    assert command.words is not None, "a proposal has reasons"
    to_claimant = said.terms.of(dispute.in_dispute)
    negotiation.check_amount(dispute, to_claimant)
    about = {**_common(command), "terms": dispute.division(to_claimant), "reasons": command.words}
    events = proposal.propose(dispute, policy, MakeProposal.model_validate(about))
    made = next((event.number for event in events if isinstance(event, ProposalMade)), len(dispute.proposals.made))
    return [*events], made  # the same proposal may already be open: then its number is the last


def _offered(dispute: Dispute, policy: Policy, said: BulkAct, command: CarryBulkAct) -> tuple[list[Event], int]:
    side = side_of(command.actor)
    if dispute.party(side).subject != said.party:
        raise NotItsParty(side=side.value)
    amount = said.terms.of(dispute.in_dispute)
    check_offers_something(SameSum(amount=amount))  # a share of a small sum may round to nothing
    about = {**_common(command), "amount": amount, "message": command.words}
    events = negotiation.offer(dispute, policy, MakeOffer.model_validate(about))
    made = next((event.number for event in events if isinstance(event, OfferMade)), None)
    return [*events], made or next(o.number for o in dispute.offers.open(by=side))


def _common(command: CarryBulkAct) -> dict[str, object]:
    who: Actor = command.actor
    return {
        "marketplace": command.marketplace,
        "actor": who,
        "now": command.now,
        "imported": command.imported,
        "dispute_id": command.dispute_id,
    }


def _shared(dispute: Dispute, incident: Incident | None) -> tuple[Instant, ...]:
    """The instants at which the items of this dispute's record were shared, in the order of their numbers."""
    member = incident is not None and dispute.membership.incident == incident.id
    return incident.shared if incident is not None and member else ()
