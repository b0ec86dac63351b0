"""Legal holds: what is stored about a person must stay readable, until an instant or until the hold is lifted.

Refusal
├── UnknownHold             no such legal hold
├── ErasureUnderWay         too late for a hold: the key is being destroyed
├── HoldEndsInThePast       a hold ends at an instant in the future
└── MayNotHold              for supervisors and administrators
"""

from domain.kernel.base import AboutPerson, Instant, Role
from domain.kernel.people import Words
from domain.kernel.refusals import Conflict, Forbidden, Malformed, Unknown
from domain.privacy.legal_hold_facts import LegalHoldLifted, LegalHoldPlaced, LegalHolds

# --- types ---


class PlaceLegalHold(AboutPerson):
    reason: Words
    until: Instant | None = None


class LiftLegalHold(AboutPerson):
    number: int
    reason: Words | None = None


LegalHoldCommand = PlaceLegalHold | LiftLegalHold


class UnknownHold(Unknown):
    """There is no legal hold with this number for this person.

    Why: Legal holds are numbered for each person from 1.

    What to do: Take the number from `GET /v1/legal-holds`.

    Example: {"number": 3}
    """


class ErasureUnderWay(Conflict):
    """The person is being erased at this moment, so the legal hold comes too late.

    Why: The key of this person is being destroyed. No hold can keep it any more.

    What to do: Tell whoever needs the data that they are erased. The list of erasures says when and why.
    """


class HoldEndsInThePast(Malformed):
    """`until`, the end of the legal hold, does not lie in the future.

    Why: A hold that is over would protect nothing.

    What to do: Send an `until` in the future, or leave it out for a hold without a known end.

    Example: {"until": "2026-11-02T10:00:00+00:00", "now": "2026-11-03T10:00:00+00:00"}
    """

    pointer = "/until"


class MayNotHold(Forbidden):
    """Your role cannot place or lift a legal hold. A supervisor or an administrator can.

    Why: A legal hold keeps a person's data against their wish. Those who answer for the marketplace's legal duties
    decide it.

    What to do: Ask a supervisor or an administrator.

    Example: {"role": "buyer"}
    """


# --- decisions ---


def place(holds: LegalHolds, command: PlaceLegalHold, *, being_erased: bool) -> list[LegalHoldPlaced]:
    """`being_erased`: the key may be destroyed at any moment."""
    _check_may_hold(command)
    if command.until is not None and command.until <= command.now:
        raise HoldEndsInThePast(until=command.until.isoformat(), now=command.now.isoformat())
    if being_erased:
        raise ErasureUnderWay()
    return [
        LegalHoldPlaced(
            subject=command.subject,
            number=holds.placed + 1,
            reason=command.reason.of(command.actor.subject),
            until=command.until,
            by=command.actor.role,
        )
    ]


def lift(holds: LegalHolds, command: LiftLegalHold) -> list[LegalHoldLifted]:
    _check_may_hold(command)
    if command.number not in range(1, holds.placed + 1):
        raise UnknownHold(number=command.number)
    if command.number not in holds.standing:
        return []
    reason = command.reason.of(command.actor.subject) if command.reason else None
    return [LegalHoldLifted(subject=command.subject, number=command.number, reason=reason, by=command.actor.role)]


def _check_may_hold(command: PlaceLegalHold | LiftLegalHold) -> None:
    if command.actor.role not in (Role.SUPERVISOR, Role.ADMINISTRATOR):
        raise MayNotHold(role=command.actor.role.value)
