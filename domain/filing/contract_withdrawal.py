"""Withdrawal from the contract: a consumer sends goods back within the period of the law, without giving a reason.

It needs no negotiation and no ruling. What follows is recorded at filing: the goods go back, then the money is due; if no
delivery is on record, the money is due at once. A parcel that arrives after that is claimed as `parcel_turned_up`.

The seller may contest only that the period is over, or that the contract is exempt, within the window of the fast lane. Then
the withdrawal stands no more, and a neutral is called, as when a grant of the fast lane is contested. Silence or `concede`
leaves it as it is.

A past case, a claim before another forum, and a withdrawal whose period is over or about which policy says nothing go the
ordinary way.

    Refusal
    └── Malformed
        ├── WithdrawalGroundMissing      the answer contests, and does not say why
        ├── WithdrawalGroundOutOfPlace   the answer does not contest, or there is no withdrawal
        └── WithdrawalNotInParts         the answer concedes a part
"""

from collections.abc import Sequence

from domain.clocks import deadlines, names
from domain.clocks.deadline_facts import DeadlineSet
from domain.commitments.events import Origin
from domain.dispute.state import Dispute
from domain.filing import machine_decisions
from domain.filing.file_dispute import FileDispute, ResolveClaim
from domain.filing.legal_basis_facts import ContractWithdrawn, StatutoryClock
from domain.filing.response_facts import Answer, WithdrawalGround
from domain.filing.review_facts import MachineDecided
from domain.kernel.base import Instant
from domain.kernel.people import Side
from domain.kernel.refusals import Malformed
from domain.policy.legal_basis_rules import LegalBasis
from domain.policy.policy import Policy
from domain.remedies import remedy
from domain.remedies.division_facts import RemedyEvent
from domain.remedies.goods_facts import Goods, GoodsAct

# --- types ---


class WithdrawalGroundMissing(Malformed):
    """`ground` is missing, but the `answer` contests a withdrawal from the contract.

    Why: A consumer withdraws without a reason, so nothing else about the goods or the seller counts. Only two things speak
    against it: the period of the law is over, or the law exempts such a contract.

    What to do: Send `ground` with `period_over` or `exempt`, and say in the `statement` why. If neither is so, answer
    `concede`.
    """

    pointer = "/ground"


class WithdrawalGroundOutOfPlace(Malformed):
    """`ground` is given, but the `answer` does not contest a withdrawal from the contract.

    Why: The two grounds speak against a withdrawal. Another claim is contested with a statement and evidence.

    What to do: Leave out `ground`.

    Example: {"answer": "contest"}
    """

    pointer = "/ground"


class WithdrawalNotInParts(Malformed):
    """`answer` is `concede_part`, but the buyer has withdrawn from the contract.

    Why: The withdrawal is in time and open to the buyer, or it is not. There is no middle.

    What to do: Answer `concede`, or answer `contest` with a `ground`. In an offer you can propose anything.
    """

    pointer = "/answer"


# --- decisions ---


def is_in_time(command: FileDispute, clock: StatutoryClock | None) -> bool:
    """Whether the filing is a withdrawal that nobody has to grant."""
    ordinary = command.imported or command.other_forum is not None or isinstance(command, ResolveClaim)
    return not ordinary and clock is not None and _withdraws(command) and clock.runs(command.now)


def at_filing(
    policy: Policy, command: FileDispute, clock: StatutoryClock
) -> list[ContractWithdrawn | MachineDecided | DeadlineSet]:
    """What follows from the withdrawal, what it rests on, and the seller's window to contest it."""
    seller, amount = command.seller.member(Side.SELLER), command.claim.amount
    used = {
        "legal_basis": LegalBasis.WITHDRAWAL.value,
        "period": clock.period,
        "began_at": clock.begins_at,
        "ends_at": clock.ends_at,
        "claimed": amount,
    }
    goods = None if clock.begins_at is None else Goods(act=GoodsAct.RETURN, freight=policy.return_freight)
    return [
        ContractWithdrawn(clause=clock.rule, claimant_receives=amount, goods=goods),
        machine_decisions.explained("contract_withdrawn", policy, "legal_bases", seller, command.now, used),
        deadlines.for_party(names.Response(), policy, "fast_lane", seller, command.now),
    ]


def commitments_of(
    dispute: Dispute, policy: Policy, withdrawn: ContractWithdrawn, now: Instant
) -> Sequence[RemedyEvent]:
    """What the withdrawal makes owed: the goods first, or the money at once."""
    division = dispute.division(dispute.claimed, withdrawn.goods)
    return remedy.commitments_of(dispute, policy, division, Origin.DEFAULT, now)


def check_answer(dispute: Dispute, answer: Answer, ground: WithdrawalGround | None) -> None:
    """Raises WithdrawalGroundMissing, WithdrawalGroundOutOfPlace, WithdrawalNotInParts."""
    contests = dispute.contract_withdrawn and answer is Answer.CONTEST
    if ground is not None and not contests:
        raise WithdrawalGroundOutOfPlace(answer=answer.value)
    if contests and ground is None:
        raise WithdrawalGroundMissing()
    if dispute.contract_withdrawn and answer is Answer.CONCEDE_PART:
        raise WithdrawalNotInParts()


def _withdraws(command: FileDispute) -> bool:
    return command.claim.legal_basis is LegalBasis.WITHDRAWAL
