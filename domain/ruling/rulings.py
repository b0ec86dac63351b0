"""Issues a ruling on the claim or on an appeal, opens the windows to appeal, and carries out a ruling that is final."""

from collections.abc import Sequence
from typing import assert_never

from domain.clocks import deadlines, names
from domain.clocks.deadline_facts import DeadlineEvent
from domain.commitments import making
from domain.commitments.events import CommitmentEvent, CommitmentKind, Origin, Participant, Promise
from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.evidence.exhibits import check_citable
from domain.evidence.requests import check_addressed
from domain.filing import pleadings, vexatious
from domain.filing.pleading_facts import OnCounterclaim
from domain.filing.pleadings import check_decided
from domain.filing.vexatious_facts import VexatiousEvent
from domain.incidents import membership
from domain.kernel.base import Event, Instant, OnDispute
from domain.kernel.people import Outcome, Side, Stage, Words, side_of
from domain.kernel.refusals import Conflict, DisputeIsClosed, Malformed, NotYourMove
from domain.kernel.windows import Deadline, local_day
from domain.neutral import independence
from domain.neutral.escalation import check_is_neutral
from domain.neutral.mandate import NoMandate
from domain.neutral.mandate_facts import AuthoritySpent, Mandate, MandateEvent
from domain.policy.policy import Policy
from domain.remedies import divisions, recovery, remedy
from domain.remedies.division_facts import Division, RemedyEvent
from domain.remedies.recovery_facts import RecoveryEvent
from domain.ruling.ruling_facts import (
    Adjudication,
    AppealWaived,
    AppealWindowLapsed,
    Ruling,
    RulingBecameFinal,
    RulingEvent,
    RulingIssued,
    evolve,
)
from domain.settlement.caucus import check_consented
from domain.settlement.proposal import check_adds_up

# --- types ---


class IssueRuling(OnDispute, halted_by_stay=True):
    """Rules on the claim or on an appeal. `vexatious` says why the neutral finds the claim vexatious, if so."""

    award: Division
    cites_exhibits: tuple[int, ...] = ()
    cites_shared: tuple[int, ...] = ()
    cites_clauses: tuple[str, ...]
    addresses_inferences: tuple[int, ...] = ()
    counterclaim: OnCounterclaim | None = None
    reasons: Words
    vexatious: Words | None = None


class WaiveAppeal(OnDispute, halted_by_stay=True, recorded_as=AppealWaived):
    pass


RulingCommand = IssueRuling | WaiveAppeal


class UnknownClause(Malformed):
    """`cites_clauses` names a clause that the policy of this dispute does not have.

    Why: A ruling says on which rules it rests. The parties can look up only the clauses of the policy of their own
    dispute.

    What to do: Use names in `known`. They are the clauses of the policy under which this dispute was filed.

    Example: {"unknown": ["fairness"], "known": ["admissibility", "conformity", "delivery", "escalation", "evidence",
    "filing", "good_faith", "goods", "remedy", "response"]}
    """

    pointer = "/cites_clauses"


class AlreadyRuled(Conflict):
    """The ruling was already issued.

    Why: A claim is ruled once, and an appeal once. Until the ruling is appealed or its co-signature is refused, there
    is nothing more to rule on.

    What to do: Nothing needs to be done. To correct a ruling, a party appeals, or a supervisor reopens the dispute
    after its end.

    Example: {"number": 1}
    """


class ResponseStillDue(Conflict):
    """The respondent has not answered yet; `until` says how long there is time to answer.

    Why: The respondent has a window to answer. A ruling before its end would decide without hearing one side.

    What to do: Rule when the respondent has answered, or after `until`.

    Example: {"until": "2026-11-09T10:00:00+00:00"}
    """


class EvidenceStillDue(Conflict):
    """The evidence that was asked for has not come yet; `until` says how long there is time for it.

    Why: Evidence was asked for, and its window still runs. A ruling before its end would ask for something and not wait
    for it.

    What to do: Rule when the evidence has come, or after `until`. If it does not come, the ruling may conclude from
    that.

    Example: {"until": "2026-11-09T10:00:00+00:00"}
    """


class AwardBelowFloor(Malformed):
    """`buyer` of the `award` is less than the least that the law gives a consumer.

    Why: Where the goods are not as agreed, the law gives a consumer a share of the price at least. A smaller award would give
    less than anybody is owed.

    What to do: Award at least `floor`, or nothing if the claim is unfounded. The parties can agree on less.

    Example: {"floor": "50.00 EUR", "award": "20.00 EUR"}
    """

    pointer = "/award/buyer"


class NothingToAppeal(Conflict):
    """There is no ruling that your side can appeal.

    Why: A side can appeal a ruling in effect by which it did not get all that it asked for, within the window. A ruling
    on appeal cannot be appealed.

    What to do: Look at `appealable_by` of the last ruling in the case file, and at the deadline `appeal`.

    Example: {"stage": "adjudication"}
    """


# --- decisions ---


def decide(basis: Basis, command: RulingCommand) -> Sequence[Event]:
    match command:
        case IssueRuling():
            return _issue(basis, command)
        case WaiveAppeal():
            return waive_appeal(basis.dispute, basis.policy, command)
        case _:
            assert_never(command)


def _issue(basis: Basis, command: IssueRuling) -> list[Event]:
    """Issues the ruling, and records what it cites of the items shared in the dispute's incident."""
    dispute, policy = basis.dispute, basis.policy
    ruled: list[Event] = [*rule(dispute, policy, basis.case.mandate, command)]
    for issued in [event for event in ruled if isinstance(event, RulingIssued)]:
        membership.check_citable(dispute, policy, basis.case.incident, command.cites_shared, command.now)
        ruled += membership.cited(dispute, command.cites_shared, issued)
    return ruled


def rule(
    dispute: Dispute, policy: Policy, mandate: Mandate | None, command: IssueRuling
) -> list[RulingEvent | DeadlineEvent | MandateEvent | RecoveryEvent | RemedyEvent | VexatiousEvent]:
    """Rules on the claim, or on an appeal: then the ruling affirms or replaces the appealed one."""
    check_is_neutral(dispute, command.actor)
    command = command.model_copy(update={"award": divisions.stated(dispute, policy, command.award)})
    if _is_so(dispute, command):
        return []
    _check_may_rule(dispute)
    check_adds_up(dispute, command.award)
    divisions.check_terms(dispute, policy, command.award, "ruling")
    _check_floor(dispute, command.award)
    _check_citations(dispute, policy, command)
    check_addressed(dispute, command.addresses_inferences)
    check_decided(dispute, command.counterclaim)
    independence.check_may_rule(dispute, policy)
    if mandate is None:
        raise NoMandate(neutral=str(command.actor.subject))
    today = local_day(command.now, policy.desk.time_zone)
    alone = dispute.imported or mandate.suffices(dispute.in_dispute, today, policy)
    issued = _ruling(dispute, command, awaits_co_signature=not alone)
    found = vexatious.found(dispute, issued, command.vexatious, command.actor)
    if not alone:
        return [issued, *found, _promised_co_signature(dispute, policy, command.now)]
    in_effect = taking_effect(dispute, policy, evolve(dispute.adjudication, issued), command.now)
    if dispute.imported:  # an imported ruling spends no authority of today
        return [issued, *found, *in_effect]
    spent = AuthoritySpent(dispute_id=dispute.id, ruling=issued.number, amount=dispute.in_dispute, day=today)
    return [issued, *found, *in_effect, spent]


def taking_effect(
    dispute: Dispute, policy: Policy, adjudication: Adjudication, at: Instant
) -> list[RulingEvent | DeadlineEvent | RecoveryEvent | RemedyEvent]:
    """What follows from a ruling that has just taken effect in `adjudication`: the windows to appeal. If nobody can
    appeal, it is final at once.
    """
    ruling = adjudication.ruling
    assert ruling is not None, "it has just taken effect"
    if not ruling.appealable_by:
        return [*final(dispute, policy, ruling, at)]
    windows = to_appeal(dispute, policy, ruling, at)
    return [*windows, *remedy.early(dispute, policy, ruling.award, ruling.number, at)]


def to_appeal(dispute: Dispute, policy: Policy, ruling: Ruling, at: Instant) -> list[DeadlineEvent]:
    """The windows in which a ruling may be appealed."""
    return [
        deadlines.for_party(names.Appeal(ruling.number, side), policy, "appeal", dispute.party(side), at)
        for side in Side
        if side in ruling.appealable_by
    ]


def waive_appeal(
    dispute: Dispute, policy: Policy, command: WaiveAppeal
) -> list[RulingEvent | RecoveryEvent | RemedyEvent]:
    side = side_of(command.actor)
    ruling = dispute.adjudication.ruling
    if ruling is None:
        raise NothingToAppeal(stage=dispute.stage.value)
    if side not in ruling.appealable_by:
        return []
    return forgone(dispute, policy, AppealWaived(number=ruling.number, by=side), command.now)


def forgone(
    dispute: Dispute, policy: Policy, event: AppealWaived | AppealWindowLapsed, at: Instant
) -> list[RulingEvent | RecoveryEvent | RemedyEvent]:
    """One side gives up its appeal. When no other side can appeal, the ruling is final and executes."""
    ruling = dispute.adjudication.ruling
    assert ruling is not None, "only a ruling can be appealed"
    if ruling.appealable_by - {event.by}:
        return [event]
    return [event, *final(dispute, policy, ruling, at)]


def final(
    dispute: Dispute, policy: Policy, ruling: Ruling, at: Instant
) -> list[RulingEvent | RecoveryEvent | RemedyEvent]:
    """Makes the ruling final, and its remedies owed.

    If it replaces a different award that was executed before it was final, that award is overturned first.
    """
    before = dispute.adjudication.ruling
    if before is not None and before.award != ruling.award and recovery.executed_early(dispute):
        owed = remedy.replaced(dispute, policy, ruling.award, Origin.RULING, at)
    else:
        owed = [*remedy.final(dispute, policy, ruling.award, at)]
    counter = pleadings.counterclaim_commitments(dispute, policy, ruling.counterclaim, ruling.award, at)
    return [RulingBecameFinal(number=ruling.number), *owed, *counter]


def _is_so(dispute: Dispute, command: IssueRuling) -> bool:
    """Whether this neutral has already issued the same award, and that ruling is in effect or awaits its co-signature."""
    standing = dispute.adjudication.unsigned or dispute.adjudication.ruling
    same = (command.actor.subject, command.award, command.counterclaim)
    return standing is not None and (standing.neutral, standing.award, standing.counterclaim) == same


def _check_may_rule(dispute: Dispute) -> None:
    if dispute.closed:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    adjudication = dispute.adjudication
    if not adjudication.due:
        raise AlreadyRuled(number=len(adjudication.rulings))
    if dispute.stage is not Stage.ADJUDICATION and adjudication.appeal is None:
        raise NotYourMove(stage=dispute.stage.value)
    check_consented(dispute)
    if (window := still_due(dispute)) is not None:
        refusal = ResponseStillDue if window.name == names.Response() else EvidenceStillDue
        raise refusal(until=window.due_at.isoformat())


def still_due(dispute: Dispute) -> Deadline | None:
    """The window that a ruling has to wait for: the respondent's response, or evidence that was asked for.

    An imported past case waits for nothing.
    """
    if dispute.imported:
        return None
    awaited = (names.Response, names.Evidence)
    windows = (d for d in dispute.deadlines.running.values() if isinstance(names.named(d.name), awaited))
    return min(windows, key=lambda d: (d.name != names.Response(), d.due_at), default=None)


def _check_floor(dispute: Dispute, award: Division) -> None:
    """What was conceded, or refunded elsewhere, is no longer claimed, and counts towards the floor."""
    if dispute.short_of_claim is None or award.claimant.is_zero or dispute.claimed <= dispute.short_of_claim:
        return
    if award.claimant < (floor := dispute.claimed - dispute.short_of_claim):
        raise AwardBelowFloor(floor=str(floor), award=str(award.claimant))


def _check_citations(dispute: Dispute, policy: Policy, command: IssueRuling) -> None:
    check_citable(dispute, command.cites_exhibits, command.now)
    if unknown := [c for c in command.cites_clauses if c not in policy.clauses]:
        raise UnknownClause(unknown=unknown, known=sorted(policy.clauses))


def _ruling(dispute: Dispute, command: IssueRuling, *, awaits_co_signature: bool) -> RulingIssued:
    appealed = dispute.adjudication.ruling
    outcome, losers = _result(dispute, command.award)
    decided = (command.award, command.counterclaim)
    affirms = appealed is not None and (appealed.award, appealed.counterclaim) == decided
    lost = [s for s in Side if s in losers or s in pleadings.losers(dispute, command.counterclaim)]
    return RulingIssued(
        number=len(dispute.adjudication.rulings) + 1,
        neutral=command.actor.subject,
        award=command.award,
        outcome=outcome,
        cites_exhibits=tuple(sorted(set(command.cites_exhibits))),
        cites_clauses=tuple(dict.fromkeys(command.cites_clauses)),
        reasons=dispute.text(command.reasons, command.actor),
        appealable_by=() if appealed else tuple(s for s in lost if s not in dispute.adjudication.appealed_by),
        awaits_co_signature=awaits_co_signature,
        on_appeal=("affirms" if affirms else "replaces") if appealed else None,
        addresses_inferences=tuple(sorted(set(command.addresses_inferences))),
        counterclaim=command.counterclaim,
    )


def _promised_co_signature(dispute: Dispute, policy: Policy, now: Instant) -> CommitmentEvent:
    """Owed to the marketplace, because the parties learn of the ruling only when it is signed."""
    due_at, proof = policy.due("co_signature", None, now)
    promise = Promise(
        kind=CommitmentKind.CO_SIGN,
        owed_by=Participant.SUPERVISOR,
        owed_to=Participant.MARKETPLACE,
        due_at=due_at,
        proof=proof,
    )
    return making.make_commitment(dispute, promise, Origin.POLICY)


def burdened(dispute: Dispute, ruling: Ruling) -> frozenset[Side]:
    """The sides that did not get everything by this ruling."""
    _, lost = _result(dispute, ruling.award)
    return frozenset(lost) | pleadings.losers(dispute, ruling.counterclaim)


def _result(dispute: Dispute, award: Division) -> tuple[Outcome, tuple[Side, ...]]:
    """The outcome, and the sides that may appeal because they did not get all they could.

    Where money is held, the claimant wins by receiving the whole claim, which may be less than all that is held. A voucher
    is something for the buyer, and not all that the buyer could get.
    """
    claimant = dispute.claimant
    if award.voucher is not None:
        return Outcome.RULED_SPLIT, (claimant, claimant.other)
    if award.claimant >= dispute.claimed:
        return Outcome.RULED_FOR_CLAIMANT, (claimant.other,)
    if award.claimant.is_zero:
        return Outcome.RULED_FOR_RESPONDENT, (claimant,)
    return Outcome.RULED_SPLIT, (claimant, claimant.other)
