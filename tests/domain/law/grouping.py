"""Acts on incidents, each a command still without its instant."""

from typing import Any
from uuid import UUID

from domain.evidence.exhibit_facts import File, NewExhibit
from domain.incidents.incident import CloseIncident, OfferToAll, OpenIncident, ProposeToAll, ShareExhibit, ShareFinding
from domain.incidents.incident_facts import IncidentKind, SameSum, Share
from domain.incidents.membership import AnswerShared, CarryBulkAct, JoinIncident, LeaveIncident, RecordNotReached
from domain.kernel.base import Command
from tests.domain.examples import FILE
from tests.domain.law.acts import FIRST, Act, money, words
from tests.domain.law.cast import Person, engine

INCIDENT, ANOTHER_INCIDENT = UUID(int=0x1C1), UUID(int=0x1C2)


def notice(who: Person) -> File:
    return FILE.model_copy(update={"author": who.subject, "name": "notice.jpg"})


def terms(what: str | int) -> Share | SameSum:
    """A sum such as "20.00 EUR", or hundredths of a percent of the amount in dispute."""
    return Share(share=what) if isinstance(what, int) else SameSum(amount=money(what))


def opens(who: Person, incident: UUID = INCIDENT) -> Act:
    what, title, reason = IncidentKind.CUSTOMS_SEIZURE, words("The batch of 2 May"), words("Seized at the border.")
    return _on(incident, who, OpenIncident, what=what, title=title, reason=reason)


def closes(who: Person, incident: UUID = INCIDENT) -> Act:
    return _on(incident, who, CloseIncident, reason=words("All is said."))


def shares_exhibit(who: Person, incident: UUID = INCIDENT) -> Act:
    exhibit = NewExhibit(description=words("The seizure notice."), file=notice(who))
    return _on(incident, who, ShareExhibit, exhibit=exhibit)


def shares_finding(who: Person, *rests_on: int, incident: UUID = INCIDENT) -> Act:
    return _on(incident, who, ShareFinding, finding=words("The whole batch was seized."), rests_on=rests_on)


def proposes_to_all(who: Person, what: str | int, incident: UUID = INCIDENT) -> Act:
    return _on(incident, who, ProposeToAll, terms=terms(what), reasons=words("Nobody is at fault."))


def offers_to_all(who: Person, what: str | int, *, party: Person | None = None, incident: UUID = INCIDENT) -> Act:
    return _on(incident, who, OfferToAll, terms=terms(what), party=(party or who).subject, message=words("Sorry."))


def joins(who: Person, incident: UUID = INCIDENT) -> Act:
    return _on(incident, who, JoinIncident, dispute=FIRST)


def leaves(who: Person, incident: UUID = INCIDENT) -> Act:
    return _on(incident, who, LeaveIncident, dispute=FIRST, reason=words("It was not in the batch."))


def answers_shared(who: Person, number: int = 1) -> Act:
    return Act(AnswerShared, who.actor, {"number": number, "message": words("Not our parcel.")})


def carries(who: Person, number: int = 1, incident: UUID = INCIDENT) -> Act:
    """The command that the process sends to a member, for the person who proposed or offered to all."""
    return _on(incident, who, CarryBulkAct, dispute=FIRST, number=number, words=words("Nobody is at fault."))


def misses(number: int = 1, code: str = "NotYourMove", incident: UUID = INCIDENT, *, by: Person = engine) -> Act:
    return _on(incident, by, RecordNotReached, dispute=FIRST, number=number, code=code)


def _on(incident: UUID, who: Person, kind: type[Command], *, dispute: UUID | None = None, **fields: Any) -> Act:
    return Act(kind, who.actor, {"incident_id": incident, **fields}, dispute)
