"""The respondent's first response. A conceded sum is owed at once; only the rest stays in dispute."""

from collections.abc import Sequence

from domain.clocks import deadlines, names
from domain.clocks.deadline_facts import DeadlineSet
from domain.commitments.events import Origin
from domain.dispute.case import Basis
from domain.dispute.events import DisputeEvent
from domain.dispute.state import Dispute
from domain.filing import contract_withdrawal, fast_lane, machine_decisions
from domain.filing.response_facts import (
    Answer,
    DefaultDeclined,
    DefaultGranted,
    ResponseEvent,
    ResponseGiven,
    WithdrawalGround,
)
from domain.filing.review_facts import MachineDecided
from domain.filing.standing_rules_facts import StandingRuleUsed
from domain.kernel.base import Event, Instant, OnDispute
from domain.kernel.money import Money
from domain.kernel.people import Side, Words, side_of
from domain.kernel.refusals import Conflict, DeadlineHasLapsed, DisputeIsClosed, Malformed, NotYourMove
from domain.policy.policy import Policy
from domain.remedies import divisions, remedy
from domain.remedies.division_facts import Division, RemedyEvent
from domain.remedies.goods_facts import Goods, GoodsAct

# --- types ---


class Respond(OnDispute, halted_by_stay=True):
    """`standing_rule`: a machine answers for the respondent, by this rule."""

    answer: Answer
    conceded: Money | None = None
    statement: Words | None = None
    goods: Goods | None = None
    standing_rule: StandingRuleUsed | None = None
    ground: WithdrawalGround | None = None


ResponseCommand = Respond


class ResponseAlreadyGiven(Conflict):
    """The respondent has already answered in another way.

    Why: The response decides how the dispute goes on: a conceded sum is owed at once. So it is given once.

    What to do: To give more than you answered, make an offer. To explain, write a message.

    Example: {"answer": "contest"}
    """


class ConcededAmountMissing(Malformed):
    """`conceded` is missing, but the `answer` is `concede_part`.

    Why: Part of the claim is conceded, so the engine needs to know which part is owed at once.

    What to do: Send `conceded`, or answer `concede` for the whole claim or `contest` for none of it.
    """

    pointer = "/conceded"


class ConcededAmountOutOfPlace(Malformed):
    """`conceded` is given, but the `answer` is not `concede_part`.

    Why: `concede` grants all of the claim and `contest` none of it. A sum beside them would contradict the answer.

    What to do: Leave out `conceded`, or answer `concede_part`.

    Example: {"answer": "contest"}
    """

    pointer = "/conceded"


class GoodsOutOfPlace(Malformed):
    """`goods` is given, but the claim is already granted or the `answer` does not concede all of it.

    Why: Who concedes the whole claim may ask for the goods in exchange. Who concedes a part of it still disputes the
    rest, and a granted claim has no exchange any more.

    What to do: Leave out `goods`, or answer `concede`. In an offer you can propose any exchange.

    Example: {"answer": "concede"}
    """

    pointer = "/goods"


class ConcessionExceedsClaim(Malformed):
    """`conceded` is zero, or not less than the claim.

    Why: A part is more than nothing and less than everything.

    What to do: Send a `conceded` between zero and `claimed`. For the whole claim answer `concede`.

    Example: {"claimed": "129.90 EUR", "conceded": "0.00 EUR"}
    """

    pointer = "/conceded"


# --- decisions ---


def decide(basis: Basis, command: ResponseCommand) -> Sequence[Event]:
    return respond(basis.dispute, basis.policy, command)


def respond(dispute: Dispute, policy: Policy, command: Respond) -> list[DisputeEvent]:
    side = side_of(command.actor)
    if side is dispute.claimant:
        raise NotYourMove(awaiting="respondent", role=side.value)
    if dispute.response is not None:
        answer, conceded = dispute.response
        if answer is command.answer and (answer is not Answer.CONCEDE_PART or conceded == command.conceded):
            return []
        raise ResponseAlreadyGiven(answer=answer.value)
    if dispute.closed:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    granted = fast_lane.may_be_contested(dispute)
    if not (dispute.undecided or granted):
        raise NotYourMove(stage=dispute.stage.value)
    if dispute.deadlines.get(names.Response()) is None:
        raise DeadlineHasLapsed(deadline=names.Response())
    contract_withdrawal.check_answer(dispute, command.answer, command.ground)
    return _to_grant(dispute, policy, command, side) if granted else _to_claim(dispute, policy, command, side)


def _to_grant(dispute: Dispute, policy: Policy, command: Respond, side: Side) -> list[DisputeEvent]:
    """The respondent concedes what was granted at filing as it is, or contests it in whole or in part."""
    if command.answer is not Answer.CONCEDE:
        fallen, after = fast_lane.contested(dispute, side)
        return [*fallen, *_to_claim(after, policy, command, side)]
    if command.goods is not None:
        raise GoodsOutOfPlace(answer=command.answer.value)
    statement = dispute.text(command.statement, command.actor)
    return [ResponseGiven(answer=command.answer, by=side, conceded=_part(dispute, command), statement=statement)]


def _to_claim(dispute: Dispute, policy: Policy, command: Respond, side: Side) -> list[DisputeEvent]:
    part = _part(dispute, command)
    statement = dispute.text(command.statement, command.actor)
    if command.goods is not None and command.answer is not Answer.CONCEDE:
        raise GoodsOutOfPlace(answer=command.answer.value)
    given = ResponseGiven(
        answer=command.answer,
        by=side,
        conceded=part,
        statement=statement,
        standing_rule=command.standing_rule,
        ground=command.ground,
    )
    if part is None:
        return [given]
    if command.answer is Answer.CONCEDE:
        division = divisions.stated(dispute, policy, dispute.division(part, command.goods))
        divisions.check_terms(dispute, policy, division, "concession")
        given = given.model_copy(update={"goods": division.goods})
    else:  # only the part moves now; the rest stays in dispute
        division = Division(claimant=part, respondent=Money.zero(part.currency))
    return [given, *remedy.commitments_of(dispute, policy, division, Origin.CONCESSION, command.now)]


def default(
    dispute: Dispute, policy: Policy, at: Instant
) -> list[ResponseEvent | MachineDecided | RemedyEvent | DeadlineSet]:
    """What the respondent's silence means at `at`, when the window lapsed."""
    if dispute.claimant is Side.SELLER:
        return [DefaultDeclined(reason="silent_buyer")]
    if dispute.for_a_person:
        return [DefaultDeclined(reason="for_a_person")]
    if dispute.contradicted_by_record:
        return [DefaultDeclined(reason="tracked_as_delivered")]
    if dispute.took_part(dispute.claimant.other):
        return [DefaultDeclined(reason="respondent_takes_part")]
    silence = policy.silence.response
    if silence == "to_a_neutral" or (silence == "delivered_to_a_neutral" and dispute.about_delivered_goods):
        return [DefaultDeclined(reason="policy")]
    goes_back = silence == "return_first" and dispute.about_delivered_goods and dispute.seeks_all_back
    goods = Goods(act=GoodsAct.RETURN, freight=policy.return_freight) if goes_back else None
    granted = DefaultGranted(claimant_receives=dispute.claimed, goods=goods)
    respondent = dispute.party(dispute.claimant.other)
    used = {
        "window": names.Response(),
        "lapsed_at": at,
        "claimed": dispute.claimed,
        "goods": goods.act.value if goods else None,
    }
    number = dispute.machine.following()
    return [
        granted,
        machine_decisions.explained("granted_by_default", policy, "response", respondent, at, used, number=number),
        *remedy.commitments_of(dispute, policy, dispute.division(dispute.claimed, goods), Origin.DEFAULT, at),
        deadlines.for_party(names.SetAside(), policy, "set_aside", respondent, at),
    ]


def _part(dispute: Dispute, command: Respond) -> Money | None:
    """The sum that this answer concedes."""
    if command.answer is not Answer.CONCEDE_PART:
        if command.conceded is not None:
            raise ConcededAmountOutOfPlace(answer=command.answer.value)
        return dispute.claimed if command.answer is Answer.CONCEDE else None
    if command.conceded is None:
        raise ConcededAmountMissing()
    if command.conceded.is_zero or command.conceded >= dispute.claimed:
        raise ConcessionExceedsClaim(claimed=str(dispute.claimed), conceded=str(command.conceded))
    return command.conceded
