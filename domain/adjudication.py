"""The ruling: reasoned, citing the record and the policy, dividing what is in dispute to the last unit; then final."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, assert_never
from uuid import UUID

from domain import deadlines, remedy
from domain.base import Command, Event, Instant
from domain.escalation import check_is_neutral
from domain.evidence import ExhibitNotCitable
from domain.mandate import Mandate, NoMandate
from domain.people import Outcome, Side, Stage, Text, Words, side_of
from domain.policy import Policy
from domain.proposal import check_adds_up
from domain.refusals import Conflict, DisputeIsClosed, Malformed, NotYourMove
from domain.remedy import Division

if TYPE_CHECKING:
    from domain.commitments import CommitmentEvent
    from domain.deadlines import DeadlineEvent
    from domain.dispute import Dispute
    from domain.goods import GoodsEvent
    from domain.recovery import RecoveryEvent

# --- types ---


class RulingIssued(Event, kind="RulingIssued", stream="dispute"):
    """`appealable_by` are the sides that did not get everything."""

    schema_version = 2

    number: int
    neutral: UUID
    award: Division
    outcome: Outcome
    cites_exhibits: tuple[int, ...]
    cites_clauses: tuple[str, ...]
    reasons: Text
    appealable_by: tuple[Side, ...]


class AppealWaived(Event, kind="AppealWaived", stream="dispute"):
    number: int
    by: Side


class AppealWindowLapsed(Event, kind="AppealWindowLapsed", stream="dispute"):
    number: int
    by: Side


class RulingBecameFinal(Event, kind="RulingBecameFinal", stream="dispute"):
    """Nobody can appeal any more: the ruling executes."""

    number: int


AdjudicationEvent = RulingIssued | AppealWaived | AppealWindowLapsed | RulingBecameFinal


class IssueRuling(Command):
    dispute_id: UUID
    award: Division
    cites_exhibits: tuple[int, ...] = ()
    cites_clauses: tuple[str, ...]
    reasons: Words


class WaiveAppeal(Command):
    dispute_id: UUID


class UnknownClause(Malformed):
    """The policy of this dispute has no such clause."""

    pointer = "/cites_clauses"


class AlreadyRuled(Conflict):
    """A ruling has been issued; it cannot be changed."""


class ResponseStillDue(Conflict):
    """The respondent may still answer; nobody is ruled against unheard."""


class NothingToAppeal(Conflict):
    """There is no ruling that this side could appeal."""


# --- state ---


@dataclass(frozen=True, slots=True)
class Ruling:
    number: int
    award: Division
    outcome: Outcome
    cites_exhibits: frozenset[int]
    appealable_by: frozenset[Side]
    final: bool = False


@dataclass(frozen=True, slots=True)
class Adjudication:
    ruling: Ruling | None = None

    @property
    def cited(self) -> frozenset[int]:
        return self.ruling.cites_exhibits if self.ruling else frozenset()


# --- evolve ---


def evolve(adjudication: Adjudication, event: AdjudicationEvent) -> Adjudication:
    match event:
        case RulingIssued():
            sides = frozenset(event.appealable_by)
            return Adjudication(
                Ruling(event.number, event.award, event.outcome, frozenset(event.cites_exhibits), sides)
            )
        case AppealWaived(by=by) | AppealWindowLapsed(by=by):
            ruling = adjudication.ruling
            assert ruling is not None, "only a ruling can be appealed"
            return Adjudication(replace(ruling, appealable_by=ruling.appealable_by - {by}))
        case RulingBecameFinal():
            assert adjudication.ruling is not None, "only a ruling becomes final"
            return Adjudication(replace(adjudication.ruling, final=True))
        case _:
            assert_never(event)


# --- decisions ---


def rule(
    dispute: "Dispute", policy: Policy, mandate: Mandate | None, command: IssueRuling
) -> "list[AdjudicationEvent | DeadlineEvent | RecoveryEvent | CommitmentEvent]":
    check_is_neutral(dispute, command.actor)
    command = command.model_copy(update={"award": remedy.stated(dispute, policy, command.award)})
    _check_may_rule(dispute, command)
    check_adds_up(dispute, command.award)
    remedy.check_terms(dispute, policy, command.award, "ruling")
    _check_citations(dispute, policy, command)
    if dispute.adjudication.ruling is not None:
        return []
    if mandate is None:
        raise NoMandate(neutral=str(command.actor.subject))
    mandate.check_authority(dispute.in_dispute)
    outcome, losers = _result(dispute, command.award)
    issued = RulingIssued(
        number=1,
        neutral=command.actor.subject,
        award=command.award,
        outcome=outcome,
        cites_exhibits=tuple(sorted(set(command.cites_exhibits))),
        cites_clauses=tuple(dict.fromkeys(command.cites_clauses)),
        reasons=dispute.text(command.reasons, command.actor),
        appealable_by=losers,
    )
    windows = [
        deadlines.for_party(
            f"appeal-1-{side}", policy.windows.appeal, side, dispute.party(side), policy, "appeal", command.now
        )
        for side in losers
    ]
    return [issued, *windows, *remedy.early(dispute, policy, command.award, issued.number, command.now)]


def waive_appeal(
    dispute: "Dispute", policy: Policy, command: WaiveAppeal
) -> "list[AdjudicationEvent | CommitmentEvent | GoodsEvent]":
    side = side_of(command.actor)
    ruling = dispute.adjudication.ruling
    if ruling is None:
        raise NothingToAppeal(stage=dispute.stage.value)
    if side not in ruling.appealable_by:
        return []
    return forgone(dispute, policy, AppealWaived(number=ruling.number, by=side), command.now)


def forgone(
    dispute: "Dispute", policy: Policy, event: AppealWaived | AppealWindowLapsed, at: Instant
) -> "list[AdjudicationEvent | CommitmentEvent | GoodsEvent]":
    """One side will not appeal; when nobody is left who could, the ruling is final and executes."""
    ruling = dispute.adjudication.ruling
    assert ruling is not None, "only a ruling can be appealed"
    if ruling.appealable_by - {event.by}:
        return [event]
    owed = remedy.final(dispute, policy, ruling.award, at)
    return [event, RulingBecameFinal(number=ruling.number), *owed]


def _check_may_rule(dispute: "Dispute", command: IssueRuling) -> None:
    if dispute.closed:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    if (ruling := dispute.adjudication.ruling) is not None and ruling.award != command.award:
        raise AlreadyRuled(number=ruling.number)
    if dispute.stage is not Stage.ADJUDICATION and ruling is None:
        raise NotYourMove(stage=dispute.stage.value)
    if (window := response_still_due(dispute)) is not None:
        raise ResponseStillDue(until=window.isoformat())


def response_still_due(dispute: "Dispute") -> Instant | None:
    """Until when a ruling has to wait for the respondent's answer. A past case that is imported waits for nobody."""
    window = None if dispute.imported else dispute.deadlines.get("response")
    return window.due_at if window else None


def _check_citations(dispute: "Dispute", policy: Policy, command: IssueRuling) -> None:
    if bad := [n for n in command.cites_exhibits if not dispute.exhibits.citable(n)]:
        raise ExhibitNotCitable(exhibits=bad)
    if unknown := [c for c in command.cites_clauses if c not in policy.clauses]:
        raise UnknownClause(unknown=unknown, known=sorted(policy.clauses))


def _result(dispute: "Dispute", award: Division) -> tuple[Outcome, tuple[Side, ...]]:
    """The outcome, and the sides that did not get all they could and so may appeal.

    Where sums are held, the claimant wins by receiving the whole claim, which may be less than all that is held.
    """
    claimant = dispute.claimant
    if award.claimant >= dispute.claimed:
        return Outcome.RULED_FOR_CLAIMANT, (claimant.other,)
    if award.claimant.is_zero:
        return Outcome.RULED_FOR_RESPONDENT, (claimant,)
    return Outcome.RULED_SPLIT, (claimant, claimant.other)
