"""Law reports on the consequences of a broken commitment."""

from datetime import timedelta

import pytest

from domain.commitments.events import CommitmentBreached, CommitmentDischarged, CommitmentReplaced
from domain.kernel.windows import Window
from domain.neutral.escalation_facts import Referred
from domain.policy.book import FIRST_POLICY
from domain.policy.breach_rules import Consequence
from tests.domain.law.acts import Act, commitment
from tests.domain.law.cast import administrator, buyer, engine, marketplace, neutral, seller, supervisor
from tests.domain.law.filings import filing
from tests.domain.law.reports import day, deadline, due_date, follows, given, later, some

CONCEDED = (filing(), seller.concedes())
MEDIATED = (filing(), seller.contests(), day(3), buyer.escalates(), neutral.takes_case(), neutral.writes())


def test_a_party_who_does_not_pay() -> None:
    """The marketplace owes the creditor a decision on enforcement, within two business days. The money stays owed."""
    report = given(*CONCEDED, due_date(1)).when(engine.ticks())
    report.then(
        CommitmentBreached(commitment_id=commitment(1)),
        follows("marketplace", "buyer", "decide", because_of=1, commitment_class="service"),
    )
    assert report.dispute.commitments.open[commitment(1)].overdue
    report.leaves("execution", "marketplace").when(engine.ticks()).then_nothing()


def test_a_neutral_who_does_not_call_back() -> None:
    """The supervisor reviews it, also in a dispute that closed long ago."""
    promised = (*MEDIATED, neutral.promises("call_back", "buyer"))
    given(*promised, due_date(4)).when(engine.ticks()).then(
        CommitmentBreached, follows("supervisor", "buyer", "review", because_of=4)
    )
    settled = (
        seller.offers("50.00 EUR"),
        buyer.accepts_offer(1),
        engine.instructs_refund(5),
        marketplace.confirms_refund(5),
    )
    given(*promised, *settled, due_date(4)).leaves("closed").when(engine.ticks()).then(
        CommitmentBreached, follows("supervisor", "buyer", "review", because_of=4)
    )


def test_the_marketplace_pays_late() -> None:
    """The marketplace does not enforce against or for itself: a supervisor reviews it."""
    given(filing(), marketplace.promises("pay", "carrier", "5.00 EUR"), due_date(1)).when(engine.ticks()).then(
        CommitmentBreached, follows("supervisor", "carrier", "review", because_of=1)
    )
    given(filing(), buyer.promises("pay", "marketplace", "5.00 EUR"), due_date(1)).when(engine.ticks()).then(
        CommitmentBreached, follows("supervisor", "marketplace", "review", because_of=1)
    )


def test_what_policy_says_nothing_about() -> None:
    """A broken service of a party stays overdue, and has no consequence."""
    given(filing(), seller.promises("reply", "buyer"), due_date(1)).when(engine.ticks()).then(CommitmentBreached)


@pytest.mark.parametrize(
    "ends",
    [
        buyer.waives_promise(1),
        buyer.replaces_promise(1, "refund", "129.90 EUR", within=timedelta(days=9)),
        marketplace.refunds_elsewhere("129.90 EUR"),
    ],
    ids=["waived", "replaced", "paid elsewhere"],
)
def test_over_with_the_breach(ends: Act) -> None:
    """The following commitment ends, in whatever way the broken one ended."""
    report = given(*CONCEDED, due_date(1), engine.ticks()).when(ends)
    assert report.dispute.commitments.ended[commitment(2)] == "discharged"
    assert CommitmentDischarged(commitment_id=commitment(2), reason="breach_over") in [f.event for f in report.facts]


def test_keeps_nothing_open() -> None:
    """When the payment comes late, the dispute closes at once, and no following commitment is left."""
    report = given(*CONCEDED, due_date(1), engine.ticks()).when(
        engine.instructs_refund(1), marketplace.confirms_refund(1)
    )
    report.leaves("closed")
    assert not report.dispute.commitments.open


def test_nothing_follows_from_its_own_breach() -> None:
    """It is overdue like any other commitment, and can be kept late. The original one is unchanged."""
    report = given(*CONCEDED, due_date(1), engine.ticks()).when(due_date(2), engine.ticks())
    report.then(CommitmentBreached(commitment_id=commitment(2)))
    report.when(buyer.confirms_promise(2))
    assert report.dispute.commitments.ended == {commitment(2): "kept_late"}
    assert report.dispute.commitments.open[commitment(1)].overdue


def test_a_first_act_that_was_missed() -> None:
    """The supervisor reviews it until another neutral owes a new first act."""
    first_act = (filing(), seller.contests(), day(3), buyer.escalates(), neutral.takes_case())
    report = given(*first_act).when(later(hours=24), engine.ticks(), supervisor.assigns(neutral))
    assert some(CommitmentReplaced, commitment_id=commitment(2)) in [f.event for f in report.facts]
    assert report.dispute.commitments.ended[commitment(5)] == "discharged", "the review of a first act that was missed"


def test_what_a_policy_says_first() -> None:
    """Each marketplace's policy says what follows. Without a rule, nothing follows."""
    rule = Consequence(
        commitment_class="remedy",
        owed_by=("seller",),
        then_owed_by="supervisor",
        kind="decide",
        window=Window(amount=6, unit="hours"),
    )
    other = FIRST_POLICY.model_copy(update={"version": "strict", "on_breach": (rule, *FIRST_POLICY.on_breach)})
    none = FIRST_POLICY.model_copy(update={"version": "lenient", "on_breach": ()})
    report = given(administrator.publishes(other), *CONCEDED, due_date(1)).when(engine.ticks())
    report.then(CommitmentBreached, follows("supervisor", "buyer", "decide", because_of=1))
    given(administrator.publishes(none), *CONCEDED, due_date(1)).when(engine.ticks()).then(CommitmentBreached)


def test_a_referral_without_a_rule() -> None:
    """A ruling that is overdue refers the dispute. Somebody then owes the next act, whatever the policy says about
    breaches: by the product's own rule a supervisor reviews it."""
    ruled_on = (*MEDIATED, neutral.declares_impasse(), deadline("ruling"))
    to_itself = Consequence(
        commitment_class="service", then_owed_by="marketplace", kind="decide", window=Window(amount=6, unit="hours")
    )
    for version, rules in (("lenient", ()), ("only remedies", FIRST_POLICY.on_breach[:2]), ("to itself", (to_itself,))):
        policy = FIRST_POLICY.model_copy(update={"version": version, "on_breach": rules})
        report = given(administrator.publishes(policy), *ruled_on).when(engine.ticks())
        events = [fact.event for fact in report.facts]
        assert follows("supervisor", "marketplace", "review", because_of=3) in events, version
        assert any(isinstance(event, Referred) for event in events)
