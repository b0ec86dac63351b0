"""Turns a command into facts. Every command goes through `decide`.

A command on a dispute takes four steps: record what has lapsed by now, decide the act, add what follows from it, and
record what is overdue because of it.
"""

from functools import reduce

from domain.clocks import stay
from domain.clocks.stay import DisputeIsStayed
from domain.commands import AnyCommand, DisputeCommand, StreamCommand, decide_on_dispute, decide_on_stream
from domain.commitments import fulfilment
from domain.course import Course, Fact
from domain.dispute.case import Basis, Case
from domain.dispute.state import Dispute
from domain.filing import fast_lane, filing, representation, resolution
from domain.filing.admissibility_facts import DeclaredInadmissible
from domain.filing.fast_lane_facts import FastLaneGranted
from domain.filing.file_dispute import FileDispute, ResolveClaim
from domain.filing.representation import EndRepresentation
from domain.filing.resolution_facts import ResolutionGranted
from domain.kernel.refusals import Refusal, UnknownDispute
from domain.neutral import escalation, mandate
from domain.neutral.assignment import ReassignNeutral, Recuse, is_handed_over
from domain.neutral.escalation import AssignNeutral
from domain.neutral.escalation_facts import Escalated
from domain.payments import execution
from domain.payments.execution import Execution
from domain.privacy import access, erasure
from domain.privacy.access import AccessCommand
from domain.privacy.erasure import ErasureCommand
from domain.silence import lapses
from domain.standing import aftermath
from domain.streams import after

_GOES_ON = (Escalated, DeclaredInadmissible, FastLaneGranted, ResolutionGranted)


def decide(case: Case, command: AnyCommand) -> list[Fact]:
    """The facts of `carry_out`."""
    return carry_out(case, command).facts


def objections(case: Case, command: AnyCommand) -> list[Refusal]:
    """The rules that refuse the command now, as many as can be known at once; the first one first.

    A decision ends at its first refusal, because later checks rest on earlier ones. Only a stay says nothing about the rest:
    what it halts is decided as if there were no stay, too.
    """
    try:
        carry_out(case, command)
    except DisputeIsStayed as halted:
        try:
            carry_out(case, command, despite_stay=True)
        except Refusal as also:
            return [halted, also]
        return [halted]
    except Refusal as refused:
        return [refused]
    return []


def carry_out(case: Case, command: AnyCommand, *, despite_stay: bool = False) -> Course:
    """The facts that the command makes, and the case after them. No facts if what it asks for is already so.

    Raises:
        Refusal: a rule says no. Lapses that were due are not recorded then; the clock records them later.
    """
    course = Course(case)
    if isinstance(command, FileDispute):
        if case.dispute is None:
            _file(course, command)
        return course
    if isinstance(command, StreamCommand):
        events = decide_on_stream(case, command)
    elif isinstance(command, ErasureCommand) and command.dispute_id is None:
        events = erasure.decide_alone(case, command)
    elif isinstance(command, AccessCommand) and command.dispute_id is None:
        events = access.decide_alone(case, command)
    else:
        _act(course, command, despite_stay=despite_stay)
        return course
    for event in events:
        course.record(event, command.now, event.stream)
    return course


def _file(course: Course, command: FileDispute) -> None:
    """Something follows only if the policy declares the claim inadmissible, calls a neutral, grants it or wants it told."""
    case, now = course.case, command.now
    if isinstance(command, ResolveClaim):
        mandate.check_in_office(case.mandate, command.actor)
    events, policy = filing.file(case.transaction, case.policies, case.claims, command), case.policies.in_force(now)
    goes_on = policy.notice_required or any(isinstance(event, _GOES_ON) for event in events)
    if not goes_on and not policy.reminders:
        for event in events:
            course.record(event, now, event.stream)
        return
    course.happen(events, now)
    if not goes_on:
        return
    for event in events:
        if isinstance(event, FastLaneGranted):
            course.happen(fast_lane.commitments_of(course.dispute, policy, event, now), now)
        if isinstance(event, ResolutionGranted):
            course.happen(resolution.commitments_of(course.dispute, policy, now), now)
            course.happen(execution.ordered(Execution(course.dispute, course.case.transaction, None)), now)
    course.happen(aftermath(course.dispute, policy, now), now)


def _act(course: Course, command: DisputeCommand, *, despite_stay: bool) -> None:
    case, now = course.case, command.now
    if case.dispute is None:
        raise UnknownDispute(dispute_id=str(command.dispute_id))
    rules = case.policies.version(case.dispute.policy_version)
    if not command.imported:
        for at, events in lapses(case.dispute, rules, now, case.policies.outages):
            course.happen(events, at)
    _check_may_act(course.case, course.dispute, command)
    if not despite_stay:
        stay.check_not_halted(course.dispute, command)
    if acted := decide_on_dispute(Basis(course.dispute, rules, course.case), command):
        if kept := fulfilment.kept_by(course.dispute, command, acted):
            # Decide again with these commitments kept, so that the act does not pass one of them to somebody else.
            done = reduce(lambda known, event: after(known, event, now, event.stream), kept, course.case)
            acted = decide_on_dispute(Basis(_dispute(done), rules, done), command)
        course.happen([*acted, *kept], now)
        if any(fact.stream == "dispute" for fact in course.facts):
            course.happen(aftermath(course.dispute, rules, now), now)
    if acted and not command.imported:  # what is now overdue lapses at once
        for _, events in lapses(course.dispute, rules, now, case.policies.outages):
            course.happen(events, now)


def _check_may_act(case: Case, dispute: Dispute, command: DisputeCommand) -> None:
    """Whether this person may act in this dispute at all."""
    if not isinstance(command, AssignNeutral | Recuse) and not is_handed_over(dispute, command):
        escalation.check_not_a_stranger(dispute, command.actor)
        hands_over = isinstance(command, ReassignNeutral) and case.predecessor is not None
        mandate.check_in_office(case.predecessor if hands_over else case.mandate, command.actor)
    if not isinstance(command, EndRepresentation):
        representation.check_may_speak(dispute, command.actor)


def _dispute(case: Case) -> Dispute:
    assert case.dispute is not None
    return case.dispute
