"""Law reports on limits on claims: how much one party may claim in a rolling period, and the result of a claim beyond
that."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from domain.clocks.deadline_facts import DeadlineEnded
from domain.commitments.events import CommitmentBreached
from domain.dispute.events import MovePassed
from domain.filing.admissibility_facts import DeclaredInadmissible, Ground
from domain.filing.claim_facts import ClaimBeyondLimit, ClaimCounted
from domain.filing.filing_facts import DisputeFiled
from domain.filing.response_facts import DefaultDeclined
from domain.filing.review_facts import MachineDecided
from domain.kernel.base import Role
from domain.kernel.disclosure import Audience
from domain.kernel.people import Outcome
from domain.neutral.escalation_facts import Escalated
from domain.payments.transaction_facts import ClaimEnded, ClaimMayReturn, ClaimOpened
from domain.policy.book import FIRST_POLICY
from domain.policy.claim_limits import AbuseRules, ClaimLimit
from domain.policy.policy import Policy
from domain.remedies.closure_facts import DisputeClosed
from domain.stream_ids import claims_id
from tests.domain.law.acts import FILED_AT, FIRST, MARKETPLACE, SECOND, money
from tests.domain.law.cast import administrator, buyer, engine, marketplace, seller
from tests.domain.law.filings import Filing, filing
from tests.domain.law.reports import Report, day, given, lapsed, neutral_owed, passes_to, sets, some

THIRD, FOURTH = UUID(int=0xD3), UUID(int=0xD4)
_LINES = {"1": "50.00 EUR", "2": "40.00 EUR", "3": "30.00 EUR"}
FIRST_OF_THREE = filing("50.00 EUR", paid="120.00 EUR", order_lines=_LINES)
SECOND_OF_THREE = FIRST_OF_THREE.as_second(SECOND, claim="40.00 EUR", about_lines=("2",))
THIRD_OF_THREE = FIRST_OF_THREE.as_second(THIRD, claim="30.00 EUR", about_lines=("3",))


def limited(**limit: Any) -> Policy:
    limits = (ClaimLimit.model_validate({"days": 30} | limit),)
    return Policy(version="limited", abuse=AbuseRules(limits=limits))


def under(policy: Policy, *items: Any) -> Report:
    return given(administrator.publishes(policy), *items)


def test_the_first_policy_limits_nothing() -> None:
    """The first policy counts no claims."""
    assert FIRST_POLICY.abuse == AbuseRules()
    report = given(FIRST_OF_THREE, SECOND_OF_THREE).when(THIRD_OF_THREE)
    report.then(DisputeFiled, sets("response", "seller"), sets("negotiation", "both"), ClaimOpened)
    assert claims_id(MARKETPLACE, buyer.subject) not in report.world.states


def not_heard(report: Report, dispute: UUID, **facts: str) -> Report:
    """The claim is on record and closed. Its claimant is told the limit, with these facts among others."""
    report.leaves("closed", "none", "inadmissible", of=dispute)
    told = next(f.event for f in report.facts if isinstance(f.event, MachineDecided))
    assert told.clause.endswith("/abuse.limits")
    assert facts.items() <= {used.name: used.value for used in told.facts}.items(), told.facts
    return report


def test_one_claim_too_many_is_not_heard() -> None:
    """At most two in thirty days. The claimant is told the limit, and from when it is open again; the other side only
    that policy does not hear the claim. Such a claim does not count."""
    report = under(limited(claims=2), FIRST_OF_THREE).when(SECOND_OF_THREE)
    counted = some(ClaimCounted, dispute_id=SECOND, amount=money("40.00 EUR"))
    report.then(DisputeFiled, sets("response", "seller"), sets("negotiation", "both"), ClaimOpened, counted)
    report.when(THIRD_OF_THREE).then(
        some(DisputeFiled, dispute_id=THIRD),
        DeclaredInadmissible(ground=Ground.POLICY, by=Role.ENGINE, clause="limited/admissibility"),
        some(MachineDecided, burdens="buyer", objection="request_review", decided_by="machine"),
        ClaimOpened,
        ClaimMayReturn,
        DisputeClosed(outcome=Outcome.INADMISSIBLE),
        passes_to("none", "closed"),
        some(ClaimEnded, dispute_id=THIRD),
    )
    again_at = (FILED_AT + timedelta(days=30)).isoformat()
    not_heard(report, THIRD, what="claims", most="2", days="30", may_file_from=again_at)
    assert DeclaredInadmissible.told_to is Audience.ALL
    assert MachineDecided.told_to is Audience.BURDENED
    again = THIRD_OF_THREE.as_second(FOURTH, more={"follows": THIRD})
    not_heard(report.when(day(30 - 1e-9), again), FOURTH)
    report.when(day(30), again.as_second(UUID(int=0xD5), more={"follows": THIRD})).then_filed(UUID(int=0xD5))


def test_the_period_rolls() -> None:
    """Thirty days after the first claim, to the exact instant, another one is possible."""
    later = Filing(**{**vars(THIRD_OF_THREE), "delivered_days_ago": 5})
    report = under(limited(claims=2), FIRST_OF_THREE, day(3), SECOND_OF_THREE)
    not_heard(report.when(day(30 - 1e-9), later), THIRD)
    report.when(day(30), later.as_second(FOURTH)).leaves("negotiation", of=FOURTH)


def test_a_withdrawn_claim_was_filed() -> None:
    """Every filed claim counts, whatever its result. Otherwise claims could be tried out."""
    for ended in (buyer.withdraws(), marketplace.cancels()):
        report = under(limited(claims=1), FIRST_OF_THREE, ended)
        not_heard(report.when(SECOND_OF_THREE), SECOND)


def test_sums_are_limited_by_currency() -> None:
    """90 EUR in thirty days, exactly. A limit in another currency does not apply."""
    report = under(limited(amounts=(money("90.00 EUR"), money("1.00 USD"))), FIRST_OF_THREE)
    report.when(SECOND_OF_THREE).then_filed(SECOND)
    not_heard(report.when(THIRD_OF_THREE), THIRD, what="amounts", most="90.00 EUR")


def test_a_limit_is_on_one_side() -> None:
    """A limit on buyers does not limit sellers, and the reverse."""
    by_seller = filing("50.00 EUR", paid="120.00 EUR", order_lines=_LINES, claimant="seller")
    also = by_seller.as_second(SECOND, claim="40.00 EUR", about_lines=("2",))
    under(limited(claims=1), by_seller).when(also).then_filed(SECOND)
    not_heard(under(limited(claims=1, of="seller"), by_seller).when(also), SECOND)
    under(limited(claims=1, of="seller"), FIRST_OF_THREE).when(SECOND_OF_THREE).then_filed(SECOND)


def test_past_cases_are_not_limited() -> None:
    """Imported claims are not limited, and do not count for anybody's limit."""
    past = [Filing(**{**vars(each), "imported": True}) for each in (FIRST_OF_THREE, SECOND_OF_THREE)]
    under(limited(claims=1), *past).when(THIRD_OF_THREE).then_filed(THIRD)


def test_beyond_the_limit_a_person_looks_at_it() -> None:
    """If the policy says so, the claim is filed, and a neutral is called at once."""
    report = under(limited(claims=1, beyond="review"), FIRST_OF_THREE).when(SECOND_OF_THREE)
    report.then(
        DisputeFiled,
        sets("response", "seller"),
        sets("negotiation", "both"),
        ClaimOpened,
        some(ClaimCounted, dispute_id=SECOND),
        ClaimBeyondLimit(what="claims", days=30, most="1"),
        Escalated(by="policy"),
        DeadlineEnded(name="negotiation", how="moot"),
        neutral_owed(),
        MovePassed,
    )
    report.leaves("mediation", "supervisor", of=SECOND).leaves("negotiation", "respondent")
    report.when(SECOND_OF_THREE).then_nothing()


def test_beyond_the_limit_silence_grants_nothing() -> None:
    """The respondent has its window, but a neutral decides."""
    reviewed = under(limited(claims=1, beyond="review"), FIRST_OF_THREE, SECOND_OF_THREE, day(7.5))
    reviewed.when(engine.ticks().about(SECOND)).then(
        CommitmentBreached, lapsed("response"), DefaultDeclined(reason="for_a_person")
    )
    reviewed.when(engine.ticks()).leaves("execution", "marketplace", "granted_by_default")


def test_refusal_goes_before_review() -> None:
    """If a claim is beyond two limits, a refusal wins over a review."""
    limits = (ClaimLimit(days=30, claims=1, beyond="review"), ClaimLimit(days=365, claims=1))
    policy = Policy(version="both", abuse=AbuseRules(limits=limits))
    not_heard(under(policy, FIRST_OF_THREE).when(SECOND_OF_THREE), SECOND, days="365")


@pytest.mark.parametrize(
    "limit",
    [{}, {"claims": 0}, {"claims": 1, "days": 0}, {"amounts": [{"amount": "1.00", "currency": "EUR"}] * 2}],
    ids=["nothing", "none at all", "no period", "a currency twice"],
)
def test_a_limit_limits_something(limit: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        limited(**limit)


def test_joining_a_claim_that_policy_gave_to_a_person() -> None:
    """Either side may still add its own request for a neutral."""
    report = under(limited(claims=1, beyond="review"), FIRST_OF_THREE, SECOND_OF_THREE)
    report.when(seller.escalates().about(SECOND)).leaves("mediation", of=SECOND)
    assert report.world.dispute(FIRST).escalation.called_by == frozenset()
    assert report.world.dispute(SECOND).escalation.called_by == {"seller"}
