"""Law reports on resolutions: an agent files a claim on the phone, grants it, and orders the refund, in one act."""

from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from domain.filing.claim_facts import GrantCounted
from domain.filing.fast_lane_facts import FastLaneContested
from domain.filing.file_dispute import ResolveClaim
from domain.filing.filing import FilingWindowClosed
from domain.filing.filing_facts import DisputeFiled
from domain.filing.resolution import BeyondAuthority, ClaimNotHeard, GrantedTooMuch, MoneyIsHeld, NotABuyersClaim
from domain.filing.resolution_facts import ResolutionGranted
from domain.filing.response_facts import ResponseGiven
from domain.kernel.base import Actor, Instant
from domain.kernel.people import Side
from domain.kernel.refusals import DisputeIsClosed, NotYourMove
from domain.neutral.assignment import TookPart
from domain.neutral.escalation_facts import Escalated
from domain.neutral.mandate import NoMandate
from domain.payments.execution_facts import RefundUnderway
from domain.payments.refund_facts import RefundInstructed, RefundSubmitted
from domain.payments.transaction import LinesAlreadyInDispute
from domain.payments.transaction_facts import ClaimOpened, RefundReserved, TransactionRecorded
from domain.policy.book import FIRST_POLICY
from domain.policy.claim_limits import AbuseRules, ClaimLimit
from domain.policy.policy import Policy
from domain.policy.reasons import ClaimReason
from domain.policy.resolution_rules import ResolutionClause
from domain.policy.validation import NoSuchClause
from domain.remedies.recovery_facts import AwardOverturned
from tests.domain.law.acts import FIRST, SECOND, money, words
from tests.domain.law.cast import (
    administrator,
    another_neutral,
    buyer,
    engine,
    marketplace,
    neutral,
    seller,
    supervisor,
)
from tests.domain.law.filings import Filing
from tests.domain.law.reports import Report, day, deadline, given, met, neutral_owed, owes, passes_to, some

CLAUSE: dict[str, Any] = {
    "clause": "good_faith",
    "by": ("neutral", "marketplace"),
    "reasons": ("not_as_described",),
    "grounds": ("proven", "goodwill"),
    "up_to": (money("50.00 EUR"),),
    "per_buyer": {"days": 30, "grants": 2, "amounts": (money("80.00 EUR"),)},
}


OF_SELLER = {"charged_to": "seller"}
RETRIED = engine.retries_refund(1, attempt=1)


class Resolution(Filing):
    """A filing that an agent grants in the same act."""

    def command(self, now: Instant) -> ResolveClaim:
        more = dict(self.more)
        agent = more.pop("agent", marketplace)
        filed = Filing(**{**vars(self), "more": {}}).command(now)
        actor = Actor(subject=agent.subject, role=agent.role)
        about = {"ground": "proven", "said": words("Your money is on its way."), **more}
        return ResolveClaim.model_validate({**dict(filed), "actor": actor, **about})


def resolving(claim: str = "40.00 EUR", paid: str = "129.90 EUR", **rest: Any) -> Resolution:
    known: dict[str, Any] = {name: rest.pop(name) for name in ("agent", "ground", "other_forum") if name in rest}
    return Resolution(claim, paid=paid, more=known, **rest)


def policy(**changes: Any) -> Policy:
    clause = ResolutionClause.model_validate(CLAUSE | changes)
    return FIRST_POLICY.model_copy(update={"version": "phone", "resolutions": (clause,)})


def under(one: Policy, *items: Any) -> Report:
    return given(administrator.publishes(one), *items)


def test_one_act_files_grants_and_orders_the_refund() -> None:
    """All of it is on record at once: the money is ordered before the call ends. The marketplace bears it, so the seller
    has nothing to contest.
    """
    under(policy()).when(resolving()).then(
        DisputeFiled,
        some(
            ResolutionGranted,
            clause="good_faith",
            ground="proven",
            by="marketplace",
            claimant_receives=money("40.00 EUR"),
            up_to=money("50.00 EUR"),
            charged_to="marketplace",
        ),
        some(GrantCounted, dispute_id=FIRST, amount=money("40.00 EUR")),
        TransactionRecorded,
        ClaimOpened,
        owes("marketplace", "buyer", "40.00 EUR", arises_from="default", commitment_class="remedy"),
        some(RefundReserved, amount=money("40.00 EUR")),
        some(RefundInstructed, funded_by="marketplace", amount=money("40.00 EUR")),
        RefundUnderway,
        passes_to("marketplace", "execution"),
    ).leaves("execution", "marketplace", "granted_by_default")


def test_the_money_arrives_and_the_dispute_is_closed() -> None:
    """The engine makes the first attempt at once, under the number one. Nobody owes anything afterwards."""
    report = (
        under(policy(), resolving()).when(engine.retries_refund(1, attempt=1)).then(RefundSubmitted, RefundUnderway)
    )
    report.when(engine.retries_refund(1, attempt=1)).then_nothing()
    report.when(marketplace.confirms_refund(1)).leaves("closed", "none", "granted_by_default")
    assert not report.dispute.commitments.open
    report.when(seller.contests()).refused(DisputeIsClosed)


def test_the_same_button_twice() -> None:
    """The same dispute is not filed twice. Another dispute about the same line is refused, so one refund is paid."""
    report = under(policy(), resolving())
    report.when(resolving()).then_nothing()
    report.when(resolving(dispute=SECOND)).refused(LinesAlreadyInDispute)


# --- who bears it ---


def test_the_seller_bears_it_once_it_stands() -> None:
    """The marketplace has paid. The seller may contest that in the window of the fast lane, and was silent."""
    report = under(policy(**OF_SELLER)).when(resolving())
    report.leaves("execution", "marketplace", "granted_by_default")
    proof = report.dispute.deadlines.running["response"].proof
    assert proof.rule == "phone/fast_lane"
    report.when(RETRIED, marketplace.confirms_refund(1), deadline("response"), engine.ticks())
    (owed,) = report.dispute.commitments.open_remedies()
    assert (owed.owed_by, owed.owed_to, owed.amount) == ("seller", "marketplace", money("40.00 EUR"))


def test_the_seller_contests_what_the_seller_is_to_bear() -> None:
    """A neutral decides. If the seller is right, the buyer owes the money to the marketplace, and the seller nothing."""
    report = under(policy(**OF_SELLER), resolving(), RETRIED, marketplace.confirms_refund(1), day(1))
    report.when(seller.contests()).then(
        FastLaneContested(by=Side.SELLER),
        some(AwardOverturned, to_buyer=money("40.00 EUR")),
        Escalated(by="seller"),
        some(ResponseGiven, answer="contest"),
        met("response"),
        neutral_owed(),
        passes_to("supervisor", "mediation"),
    )
    report.when(neutral.takes_case(), neutral.declares_impasse(), neutral.rules("0.00 EUR", "40.00 EUR"))
    report.when(buyer.waives_appeal())
    (owed,) = report.dispute.commitments.open_remedies()
    assert (owed.owed_by, owed.owed_to, owed.amount) == ("buyer", "marketplace", money("40.00 EUR"))


def test_who_granted_a_claim_does_not_hear_it() -> None:
    """Also if nobody has appealed yet: the neutral has an opinion already."""
    contested = under(policy(**OF_SELLER), resolving(agent=neutral), seller.contests())
    contested.when(supervisor.assigns(neutral)).refused(TookPart)
    contested.when(supervisor.assigns(another_neutral)).leaves("mediation", "neutral")


def test_what_the_marketplace_bears_nobody_contests() -> None:
    """It burdens nobody else."""
    report = under(policy(), resolving())
    assert not report.dispute.deadlines.running
    report.when(seller.contests()).refused(NotYourMove)


# --- within the agent's authority ---


def test_beyond_the_amount() -> None:
    """The refusal says the limit."""
    report = under(policy()).when(resolving("50.00 EUR")).leaves("execution", "marketplace", "granted_by_default")
    assert report.dispute.claimed == money("50.00 EUR")
    under(policy()).when(resolving("50.01 EUR")).refused(
        BeyondAuthority, role="marketplace", amount="50.01 EUR", up_to="50.00 EUR"
    )


def test_another_role_reason_ground_or_currency() -> None:
    """What no clause names, nobody grants. Then there is no limit to tell."""
    for attempt in (
        resolving(agent=supervisor),
        resolving(reason="damaged"),
        resolving(ground="carrier_at_fault"),
        resolving("40.00 GBP", paid="129.90 GBP"),
    ):
        under(policy()).when(attempt).refused(BeyondAuthority, up_to=None)
    given().when(resolving()).refused(BeyondAuthority, up_to=None)


def test_a_party_grants_nothing() -> None:
    under(policy()).when(resolving(agent=buyer)).refused(BeyondAuthority, role="buyer")


def test_the_first_clause_that_fits_applies() -> None:
    """An agent may grant up to 50 EUR at the marketplace's cost, and more at the seller's."""
    more = ResolutionClause.model_validate(CLAUSE | OF_SELLER | {"clause": "evidence", "up_to": (money("90.00 EUR"),)})
    both = policy(per_buyer={"days": 30, "grants": 9})
    both = both.model_copy(update={"resolutions": (*both.resolutions, more)})
    under(both).when(resolving("60.00 EUR")).leaves("execution", "marketplace", "granted_by_default")
    under(both).when(resolving("90.01 EUR")).refused(BeyondAuthority, up_to="90.00 EUR")


def test_a_neutral_who_has_left_grants_nothing() -> None:
    closed = under(policy(), administrator.closes_mandate(neutral))
    closed.when(resolving(agent=neutral)).refused(NoMandate)


# --- how much one buyer is granted ---


def test_the_same_buyer_again() -> None:
    """At most two grants in 30 days, whoever makes them, and 80 EUR in all. Older grants do not count."""
    second: dict[str, Any] = {"dispute": SECOND, "order": UUID(int=0x177)}
    third: dict[str, Any] = {"dispute": UUID(int=0x178), "order": UUID(int=0x179)}
    once = under(policy(), resolving("40.00 EUR"))
    once.when(resolving("40.01 EUR", **second)).refused(GrantedTooMuch, what="amounts", most="80.00 EUR", days=30)
    twice = under(policy(), resolving("10.00 EUR"), resolving("10.00 EUR", agent=neutral, **second))
    twice.when(resolving("10.00 EUR", **third)).refused(GrantedTooMuch, what="grants", most="2", days=30)
    twice.when(day(30), resolving("10.00 EUR", **third)).leaves(
        "execution", "marketplace", "granted_by_default", of=third["dispute"]
    )


def test_a_claim_that_a_neutral_must_see() -> None:
    """A limit on claims sends this buyer's claims to a neutral, so no agent grants one."""
    seen = AbuseRules(limits=(ClaimLimit(days=30, claims=1, beyond="review"),))
    limited = policy().model_copy(update={"abuse": seen})
    again: dict[str, Any] = {"dispute": SECOND, "order": UUID(int=0x177)}
    under(limited, resolving("1.00 EUR")).when(resolving("1.00 EUR", **again)).refused(ClaimNotHeard, ground="policy")


# --- what cannot be granted ---


def test_what_is_not_heard_is_not_granted() -> None:
    """Nothing is recorded either: the agent can say so on the phone."""
    under(policy()).when(resolving(other_forum="chargeback")).refused(ClaimNotHeard, ground="other_forum")
    under(policy()).when(resolving(delivered_days_ago=70)).refused(FilingWindowClosed)


def test_a_sellers_claim_and_money_in_escrow() -> None:
    under(policy()).when(resolving(claimant="seller")).refused(NotABuyersClaim)
    under(policy()).when(resolving("40.00 EUR", held=("40.00 EUR",))).refused(MoneyIsHeld)


def test_a_policy_names_clauses_and_reasons_that_it_has() -> None:
    unknown = policy(clause="nowhere")
    given().when(administrator.publishes(unknown)).refused(NoSuchClause, at="/resolutions/0/clause", clause="nowhere")
    narrow = FIRST_POLICY.reasons.copy()
    del narrow[ClaimReason.NOT_AS_DESCRIBED]
    without = policy().model_copy(update={"reasons": narrow})
    given().when(administrator.publishes(without)).refused(NoSuchClause, at="/resolutions/0/reasons")


@pytest.mark.parametrize(
    "clause",
    [{"up_to": ()}, {"up_to": (money("1.00 EUR"), money("2.00 EUR"))}, {"per_buyer": {"days": 30}}, {"by": ("buyer",)}],
)
def test_a_clause_that_says_too_little_or_twice(clause: dict[str, Any]) -> None:
    ResolutionClause.model_validate(CLAUSE)
    with pytest.raises(ValidationError):
        ResolutionClause.model_validate(CLAUSE | clause)
