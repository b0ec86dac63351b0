"""What outcome each fact leads to. The state of a dispute takes its outcome from here, and so do the views."""

from collections.abc import Callable

from domain.filing.admissibility_facts import DeclaredInadmissible
from domain.filing.fast_lane_facts import FastLaneContested, FastLaneGranted
from domain.filing.resolution_facts import ResolutionGranted
from domain.filing.response_facts import Answer, DefaultGranted, ResponseGiven
from domain.filing.set_aside_facts import DefaultSetAside
from domain.kernel.base import Event
from domain.kernel.people import Outcome
from domain.remedies.closure_facts import ClaimWithdrawn, DisputeCancelled, DisputeClosed
from domain.remedies.elsewhere_facts import RefundedElsewhere
from domain.remedies.reopening_facts import DisputeReopened
from domain.ruling.ruling_facts import RulingBecameFinal
from domain.settlement.negotiation_facts import SettlementReached

DECIDING = (
    ClaimWithdrawn
    | DeclaredInadmissible
    | DefaultGranted
    | DefaultSetAside
    | DisputeCancelled
    | DisputeClosed
    | DisputeReopened
    | FastLaneContested
    | FastLaneGranted
    | RefundedElsewhere
    | ResolutionGranted
    | ResponseGiven
    | RulingBecameFinal
    | SettlementReached
)
"""The events that can change the outcome."""


def outcome_after(event: Event, before: Outcome | None, ruled: Callable[[int], str | None]) -> Outcome | None:
    """The outcome after this event. None while the dispute is undecided, and when it becomes undecided again.

    `ruled` takes the number of a ruling and gives its outcome; None if there is no such ruling.
    """
    match event:
        case SettlementReached():
            return Outcome.SETTLED
        case ResponseGiven(answer=Answer.CONCEDE):
            return Outcome.CONCEDED
        case DefaultGranted() | FastLaneGranted() | ResolutionGranted():
            return Outcome.GRANTED_BY_DEFAULT
        case RulingBecameFinal(number=number):
            return Outcome(said) if (said := ruled(number)) else before
        case ClaimWithdrawn():
            return Outcome.WITHDRAWN
        case DisputeCancelled():
            return Outcome.CANCELLED
        case DeclaredInadmissible():
            return Outcome.INADMISSIBLE
        case RefundedElsewhere(resolves=True):
            return Outcome.RESOLVED_ELSEWHERE
        case DisputeClosed(outcome=outcome):
            return outcome
        case DefaultSetAside() | FastLaneContested() | DisputeReopened(bounced=None):
            return None
        case _:
            return before
