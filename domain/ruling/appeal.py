"""The appeal. A side that did not get everything may lodge one, once, on a ground and within its window. A neutral who
took no part in the dispute hears it.

That neutral rules on the appeal as on a claim (`domain.ruling.rulings`): the ruling affirms or replaces the appealed one,
and is final. Or the neutral sends it back: the appealed ruling falls and another one is owed. The other side may appeal
that one if it has not appealed yet. Until the appeal is decided, the side that lodged it may withdraw it: the ruling
then stands, and is final unless the other side could still appeal.
"""

from collections.abc import Sequence
from typing import assert_never

from domain.clocks.deadline_facts import DeadlineEvent
from domain.commitments.events import CommitmentEvent
from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.kernel.base import Event, OnDispute, Role
from domain.kernel.people import Side, Words, side_of
from domain.kernel.refusals import Conflict, NotYourMove
from domain.neutral import assignment, independence
from domain.neutral.assignment import Released
from domain.neutral.escalation import check_is_neutral
from domain.policy.policy import Policy
from domain.remedies import recovery
from domain.remedies.division_facts import RemedyEvent
from domain.remedies.recovery_facts import RecoveryEvent
from domain.ruling import co_signature, ruling_facts, rulings
from domain.ruling.ruling_facts import AppealLodged, AppealSentBack, AppealWithdrawn, Ground, RulingEvent
from domain.ruling.rulings import AlreadyRuled, NothingToAppeal

# --- types ---


class Appeal(OnDispute, halted_by_stay=True, recorded_as=AppealLodged):
    ground: Ground
    statement: Words


class SendBack(OnDispute, halted_by_stay=True, recorded_as=AppealSentBack, given_by=Role.NEUTRAL):
    reasons: Words


class WithdrawAppeal(OnDispute, halted_by_stay=True, recorded_as=AppealWithdrawn):
    pass


AppealCommand = Appeal | SendBack | WithdrawAppeal


class NoAppealOfYours(Conflict):
    """There is no open appeal of your side in this dispute.

    Why: Each side withdraws its own appeal, while it is not decided.

    What to do: Look at `appeals` of the case file. If the appeal is the other side's, wait for the ruling.

    Example: {"stage": "appeal"}
    """


class AppealedBefore(Conflict):
    """Your side has already appealed once in this dispute.

    Why: Each side appeals once in a dispute, so that it comes to an end.

    What to do: The ruling stands. If something was wrong that nobody could know, ask a supervisor to reopen the dispute
    after its end.

    Example: {"by": "seller"}
    """


# --- decisions ---


def decide(basis: Basis, command: AppealCommand) -> Sequence[Event]:
    match command:
        case Appeal():
            return appeal(basis.dispute, basis.policy, command)
        case SendBack():
            return send_back(basis.dispute, basis.policy, command)
        case WithdrawAppeal():
            return withdraw(basis.dispute, basis.policy, command)
        case _:
            assert_never(command)


def appeal(dispute: Dispute, policy: Policy, command: Appeal) -> list[RulingEvent | CommitmentEvent | Released]:
    """The other side's window to appeal ends too, because the other neutral reviews the whole ruling."""
    side, before = side_of(command.actor), dispute.adjudication
    if before.appeal is side:
        return []
    if side in before.appealed_by:
        raise AppealedBefore(by=side.value)
    ruling = before.ruling
    if ruling is None or side not in ruling.appealable_by:
        raise NothingToAppeal(stage=dispute.stage.value)
    statement = dispute.text(command.statement, command.actor)
    return [
        AppealLodged(number=ruling.number, by=side, ground=command.ground, statement=statement),
        *assignment.release(dispute, "appealed", command.actor.role),
    ]


def withdraw(
    dispute: Dispute, policy: Policy, command: WithdrawAppeal
) -> list[RulingEvent | Released | DeadlineEvent | RecoveryEvent | RemedyEvent]:
    """Ends the appeal. A window of the other side that the appeal had cut short begins anew."""
    side, before = side_of(command.actor), dispute.adjudication
    if side in before.withdrawn_by:
        return []
    ruling = before.ruling
    if before.appeal is not side or ruling is None:
        raise NoAppealOfYours(stage=dispute.stage.value)
    withdrawn = AppealWithdrawn(number=ruling.number, by=side)
    after = ruling_facts.evolve(before, withdrawn).ruling
    assert after is not None, "it was in effect, and is"
    unsigned = before.unsigned
    goes_on = rulings.to_appeal if after.appealable_by else rulings.final
    return [
        *(co_signature.end(dispute, unsigned, "appeal_withdrawn") if unsigned is not None else []),
        withdrawn,
        *assignment.release(dispute, "appeal_withdrawn", command.actor.role),
        *goes_on(dispute, policy, after, command.now),
    ]


def may_withdraw(dispute: Dispute, side: Side) -> bool:
    return dispute.adjudication.appeal is side


def send_back(
    dispute: Dispute, policy: Policy, command: SendBack
) -> list[RulingEvent | RecoveryEvent | RemedyEvent | Released]:
    """The appealed ruling falls. What was already paid on it counts against the next ruling."""
    check_is_neutral(dispute, command.actor)
    appealed, by = dispute.adjudication.ruling, dispute.adjudication.appeal
    if appealed is None or by is None:
        raise NotYourMove(stage=dispute.stage.value)
    if not dispute.adjudication.due:
        raise AlreadyRuled(number=len(dispute.adjudication.rulings))
    independence.check_may_rule(dispute, policy)
    reasons = dispute.text(command.reasons, command.actor)
    return [
        AppealSentBack(number=appealed.number, neutral=command.actor.subject, reasons=reasons),
        *(recovery.overturn(dispute) if recovery.executed_early(dispute) else []),
        *assignment.release(dispute, "sent_back", command.actor.role),
    ]
