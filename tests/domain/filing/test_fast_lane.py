"""Law reports on the fast lane: small claims that the record proves are granted at filing, until somebody contests
them."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from domain.commitments.events import CommitmentDischarged, Participant
from domain.filing.claim_facts import ClaimCounted
from domain.filing.fast_lane_facts import FastLaneContested, FastLaneGranted
from domain.filing.filing_facts import DisputeFiled
from domain.filing.response import GoodsOutOfPlace, ResponseAlreadyGiven
from domain.filing.response_facts import ResponseGiven
from domain.filing.review_facts import MachineDecided
from domain.filing.set_aside import NothingToSetAside
from domain.kernel.people import Side
from domain.kernel.refusals import NotYourMove
from domain.neutral.escalation_facts import Escalated
from domain.payments.transaction_facts import ClaimEnded, ClaimOpened, TransactionRecorded
from domain.policy.book import FIRST_POLICY
from domain.policy.claim_limits import AbuseRules, ClaimLimit
from domain.policy.fast_lane_rules import FastLaneClause
from domain.policy.policy import Closure, Policy
from domain.policy.reasons import ClaimReason
from domain.policy.validation import NoSuchClause, RepeatClaimantsUnlimited
from domain.remedies.closure_facts import DisputeClosed
from domain.remedies.recovery_facts import AwardOverturned
from tests.domain.law.acts import FIRST, SECOND, commitment, money
from tests.domain.law.cast import administrator, back, buyer, engine, marketplace, neutral, seller, supervisor
from tests.domain.law.filings import Filing, filing
from tests.domain.law.reports import (
    Report,
    day,
    deadline,
    given,
    just_before,
    lapsed,
    met,
    neutral_owed,
    owes,
    passes_to,
    sets,
    some,
)

LIMIT = ClaimLimit(days=30, claims=2, beyond="no_fast_lane")
ZERO = money("0.00 EUR")


def lane(funded_by: str = "seller", *limits: ClaimLimit, **changes: Any) -> Policy:
    """Claims for up to 40 EUR: parcels that never arrived, and charges made twice."""
    clauses = tuple(
        FastLaneClause.model_validate(
            {"clause": clause, "reason": reason, "up_to": (money("40.00 EUR"),), "funded_by": funded_by}
        )
        for clause, reason in (("evidence", "item_not_received"), ("good_faith", "duplicate_charge"))
    )
    abuse = AbuseRules(limits=limits or (LIMIT,))
    return FIRST_POLICY.model_copy(update={"version": "lane", "fast_lane": clauses, "abuse": abuse} | changes)


OVERDUE = filing(
    "40.00 EUR",
    reason="item_not_received",
    delivered_days_ago=None,
    latest_delivery_days_ago=2,
    tracking="in_transit",
)
SHIPPED_TWICE = filing(
    "5.00 EUR",
    paid="50.00 EUR",
    reason="duplicate_charge",
    order_lines={"1": "40.00 EUR"},
    charges=(("shipping", "5.00 EUR"), ("shipping", "5.00 EUR")),
)
PAID_TWICE = filing("20.00 EUR", paid="40.00 EUR", reason="duplicate_charge", order_lines={"1": "20.00 EUR"})


def under(policy: Policy, *items: Any) -> Report:
    return given(administrator.publishes(policy), *items)


def granted(funded_by: str = "seller", *items: Any) -> Report:
    return under(lane(funded_by), OVERDUE, *items)


PAID = (engine.instructs_refund(1), marketplace.confirms_refund(1))


# --- granted ---


def test_what_never_came_is_granted_at_once() -> None:
    """The tracking agrees and the sum is small: the refund is owed at filing, and the seller's window to contest
    runs."""
    under(lane()).when(OVERDUE).then(
        DisputeFiled,
        FastLaneGranted(
            clause="evidence",
            shown_by="tracking",
            claimant_receives=money("40.00 EUR"),
            up_to=money("40.00 EUR"),
            funded_by=Participant.SELLER,
        ),
        some(MachineDecided, decision="granted_at_once", burdens="seller", objection="respond"),
        sets("response", "seller", due_at="2026-11-09T18:00+08:00"),
        TransactionRecorded,
        ClaimOpened,
        some(ClaimCounted, dispute_id=FIRST),
        owes("seller", "buyer", "40.00 EUR", arises_from="default", commitment_class="remedy"),
        passes_to("marketplace", "execution"),
    ).leaves("execution", "marketplace", "granted_by_default")


def test_the_window_has_its_own_rule() -> None:
    """The fast lane's own rule, on the respondent's calendar."""
    report = granted()
    proof = report.dispute.deadlines.running["response"].proof
    assert (proof.rule, proof.window) == ("lane/fast_lane", FIRST_POLICY.windows.fast_lane)


def test_a_closed_period_stops_the_window() -> None:
    """As it stops the seller's other windows."""
    week = Closure(name="a week", first=date(2026, 11, 4), last=date(2026, 11, 10))
    report = under(lane(closed_periods=(week,)), OVERDUE)
    assert report.dispute.deadlines.running["response"].due_at.isoformat() == "2026-11-16T10:00:00+00:00"


def test_filed_twice_it_is_granted_once() -> None:
    granted().when(OVERDUE).then_nothing()


def test_a_charge_made_twice() -> None:
    """The order has the same charge twice, and both were paid. One of them is refunded."""
    report = under(lane()).when(SHIPPED_TWICE).leaves("execution", outcome="granted_by_default")
    assert some(FastLaneGranted, clause="good_faith", shown_by="charges") in [fact.event for fact in report.facts]


def test_a_whole_order_paid_twice() -> None:
    under(lane()).when(PAID_TWICE).leaves("execution", outcome="granted_by_default")


def test_out_of_escrow() -> None:
    """Everything held is in dispute: it must be small, and nobody bears a risk."""
    held = replace(OVERDUE, held=("40.00 EUR",), claim="30.00 EUR")
    report = under(lane("marketplace")).when(held)
    assert some(FastLaneGranted, funded_by=None) in [fact.event for fact in report.facts]
    owed = [(c.owed_by, c.owed_to, c.amount) for c in report.dispute.commitments.open.values()]
    assert owed == [("marketplace", "buyer", money("30.00 EUR")), ("marketplace", "seller", money("10.00 EUR"))]
    much = replace(OVERDUE, paid="400.00 EUR", held=("400.00 EUR",), claim="30.00 EUR")
    under(lane()).when(much).leaves("negotiation", "respondent")


@pytest.mark.parametrize(
    "unclear",
    [
        replace(OVERDUE, claim="40.01 EUR", paid="40.01 EUR"),
        replace(OVERDUE, claim="4000 JPY", paid="4000 JPY"),
        replace(OVERDUE, tracking=None),
        replace(OVERDUE, tracking="delivered"),
        replace(OVERDUE, delivered_days_ago=1),
        replace(OVERDUE, latest_delivery_days_ago=None),
        replace(OVERDUE, latest_delivery_days_ago=0),
        replace(OVERDUE, reason="damaged"),
        replace(OVERDUE, claimant="seller", reason="payment_not_received"),
        replace(OVERDUE, imported=True),
        replace(SHIPPED_TWICE, claim="4.00 EUR"),
        replace(SHIPPED_TWICE, paid="45.00 EUR"),
        replace(SHIPPED_TWICE, charges=(("shipping", "5.00 EUR"), ("duty", "5.00 EUR"))),
        replace(SHIPPED_TWICE, charges=(("shipping", "5.00 EUR"), ("shipping", "4.00 EUR"))),
        replace(PAID_TWICE, claim="10.00 EUR"),
        replace(PAID_TWICE, paid="20.00 EUR"),
    ],
    ids=[
        "above the limit", "another currency", "no tracking", "tracked as delivered", "delivered", "nobody knows when",
        "due this instant", "another reason", "a seller's claim", "a past case", "not the sum of a charge", "paid once",
        "another label", "another amount", "half of what was paid twice", "all of what was paid once",
    ],
)  # fmt: skip
def test_what_is_not_clear_goes_the_ordinary_way(unclear: Filing) -> None:
    under(lane()).when(unclear).leaves("negotiation", "respondent")


def test_what_somebody_else_deals_with_too() -> None:
    """Even if the policy hears such a claim, it could be paid twice."""
    heard = lane(excluded_forums=())
    under(heard).when(replace(OVERDUE, more={"other_forum": "chargeback"})).leaves("negotiation", "respondent")


def test_the_first_policy_has_no_fast_lane() -> None:
    assert FIRST_POLICY.fast_lane == ()
    given(OVERDUE).leaves("negotiation", "respondent")


def test_a_second_dispute_on_the_order() -> None:
    """Whatever happened to the first: an order with an earlier dispute is not a clear case."""
    lines = {"1": "20.00 EUR", "2": "20.00 EUR"}
    first = replace(OVERDUE, claim="20.00 EUR", order_lines=lines, reason="damaged")
    second = replace(first, dispute=SECOND, about_lines=("2",), reason="item_not_received")
    under(lane(), first).when(second).leaves("negotiation", "respondent", of=SECOND)
    under(lane(), first, buyer.withdraws()).when(second).leaves("negotiation", "respondent", of=SECOND)


def test_nobody_is_asked_anything() -> None:
    """Key questions wait until somebody contests. Then both sides may answer them until the ruling."""
    report = granted()
    assert not report.dispute.deadlines.quiet
    report.when(buyer.answers_questions("address")).refused(NotYourMove)
    report.when(day(6), seller.contests(), seller.answers_questions("dispatched")).leaves("mediation")


# --- repeat claimants ---


def another(number: int, **changes: Any) -> Filing:
    """A claim of the same buyer on another order."""
    dispute = type(FIRST)(int=0xE00 + number)
    order = type(FIRST)(int=0x7700 + number)
    return replace(OVERDUE, dispute=dispute, order=order, **changes)


def test_repeat_claimants_do_not_get_it() -> None:
    """Two claims in thirty days, granted or not: the third takes the ordinary way. Thirty days after the first, a new
    one is granted again."""
    report = under(lane(), another(1, reason="damaged"), another(2)).when(another(3))
    stages = [report.world.dispute(another(n).dispute).stage for n in (1, 2, 3)]
    assert stages == ["negotiation", "execution", "negotiation"]
    report.when(day(30), another(4)).leaves("execution", of=another(4).dispute)


def test_beyond_any_limit_there_is_no_fast_lane() -> None:
    """If a limit sends a claim to a person, or does not let it be heard, it does so here too."""
    review = ClaimLimit(days=30, claims=1, beyond="review")
    report = under(lane("seller", review, LIMIT), another(1)).when(another(2))
    report.leaves("mediation", "supervisor", of=another(2).dispute)
    refuse = ClaimLimit(days=30, claims=1)
    report = under(lane("seller", LIMIT, refuse), another(1)).when(another(2))
    report.leaves("closed", "none", "inadmissible", of=another(2).dispute)


# --- contested ---


def test_contested_it_goes_to_a_person() -> None:
    """At that instant the dispute is undecided and a neutral is owed. Unpaid amounts are owed no more."""
    granted().when(day(1), seller.contests()).then(
        FastLaneContested(by=Side.SELLER),
        CommitmentDischarged(commitment_id=commitment(1), reason="overturned"),
        AwardOverturned(to_buyer=ZERO, to_seller=ZERO),
        Escalated(by="seller"),
        some(ResponseGiven, answer="contest"),
        met("response"),
        neutral_owed(),
        passes_to("supervisor", "mediation"),
    ).leaves("mediation", "supervisor")


def test_what_was_paid_meanwhile_counts() -> None:
    """If the ruling is for the seller, the buyer owes the money back to its funder."""
    for funder in ("seller", "marketplace", "insurer"):
        report = granted(funder, *PAID, day(1)).when(seller.contests(), neutral.takes_case())
        assert report.dispute.advance.received == {Side.BUYER: money("40.00 EUR"), Side.SELLER: ZERO}
        report.when(neutral.declares_impasse(), neutral.rules("0.00 EUR", "40.00 EUR"), buyer.waives_appeal())
        (back_,) = report.dispute.commitments.open_remedies()
        assert (back_.owed_by, back_.owed_to, back_.amount) == ("buyer", funder, money("40.00 EUR"))
        report.leaves("execution", "claimant", "ruled_for_respondent")
        report.when(marketplace.confirms_promise(back_.number)).leaves("closed")


def test_ruled_for_the_claimant_after_all() -> None:
    """Nothing is owed twice. The seller owes the money to its funder, if that is not the seller."""
    report = granted("marketplace", *PAID, day(1), seller.contests(), neutral.takes_case(), neutral.declares_impasse())
    report.when(neutral.rules("40.00 EUR", "0.00 EUR"), seller.waives_appeal())
    (owed,) = report.dispute.commitments.open_remedies()
    assert (owed.owed_by, owed.owed_to, owed.amount) == ("seller", "marketplace", money("40.00 EUR"))


def test_contested_in_part() -> None:
    """The conceded part stands, and is covered by the payment. A neutral decides about the rest."""
    report = granted("seller", *PAID, day(1)).when(seller.concedes("30.00 EUR")).leaves("mediation", "supervisor")
    assert report.dispute.claimed == report.dispute.in_dispute == money("10.00 EUR")
    assert report.dispute.advance.received == {Side.BUYER: money("10.00 EUR"), Side.SELLER: ZERO}
    assert not report.dispute.commitments.open_remedies()
    report.when(neutral.takes_case(), neutral.declares_impasse(), neutral.rules("0.00 EUR", "10.00 EUR"))
    report.when(buyer.waives_appeal())
    (owed,) = report.dispute.commitments.open_remedies()
    assert (owed.owed_by, owed.owed_to, owed.amount) == ("buyer", "seller", money("10.00 EUR"))


def test_contested_in_part_before_it_was_paid() -> None:
    """Only the conceded part is owed."""
    report = granted("marketplace", seller.concedes("30.00 EUR"))
    (owed,) = report.dispute.commitments.open_remedies()
    assert (owed.owed_by, owed.owed_to, owed.amount) == ("seller", "buyer", money("30.00 EUR"))


def test_contested_while_the_refund_is_on_its_way() -> None:
    """The refund counts as received. If it does not arrive, it does not count."""
    report = granted("seller", engine.instructs_refund(1)).when(seller.contests())
    assert report.dispute.advance.received[Side.BUYER] == money("40.00 EUR")
    report.when(marketplace.fails_refund(1, "declined"))
    assert not report.dispute.advance.received


def test_withdrawn_after_it_was_contested() -> None:
    """The buyer pays back what was paid."""
    report = granted("marketplace", *PAID, seller.contests()).when(buyer.withdraws())
    (owed,) = report.dispute.commitments.open_remedies()
    assert (owed.owed_by, owed.owed_to, owed.amount) == ("buyer", "marketplace", money("40.00 EUR"))


def test_who_may_contest_and_until_when() -> None:
    """The respondent, once, until just before the exact end of the window."""
    granted().when(buyer.contests()).refused(NotYourMove)
    granted().when(just_before("response"), seller.contests()).leaves("mediation")
    granted().when(deadline("response"), seller.contests()).refused(NotYourMove)
    again = granted("seller", seller.contests())
    again.when(seller.contests()).then_nothing()
    again.when(seller.concedes()).refused(ResponseAlreadyGiven)


def test_silence_after_it_was_contested_grants_nothing() -> None:
    """A respondent who contests has answered, so no default is granted."""
    report = granted("seller", *PAID, seller.contests(), neutral.takes_case())
    report.when(day(9), engine.ticks()).leaves("mediation")


def test_it_is_no_default_to_set_aside() -> None:
    """The respondent can contest it without anybody's permission."""
    granted().when(seller.asks_to_set_aside()).refused(NothingToSetAside)


# --- it stands ---


def test_nobody_contests_it() -> None:
    """The dispute was paid within the window. It stays open until the window ends, and then closes."""
    report = granted("seller", *PAID).leaves("execution", "respondent")
    report.when(deadline("response"), engine.ticks())
    report.then(lapsed("response"), DisputeClosed, passes_to("none", "closed"), ClaimEnded)
    report.leaves("closed", "none", "granted_by_default")


def test_nobody_contests_it_and_it_is_not_paid() -> None:
    """The refund stays owed until it is paid."""
    report = granted().when(deadline("response"), engine.ticks()).leaves("execution", "marketplace")
    report.when(*PAID).leaves("closed", "none", "granted_by_default")


@pytest.mark.parametrize("funder", ["marketplace", "insurer"])
def test_who_bore_it_gets_it_back(funder: str) -> None:
    """When the result stands, by silence or because the seller concedes."""
    for stands in ((deadline("response"), engine.ticks()), (day(1), seller.concedes())):
        report = granted(funder, *PAID).when(*stands)
        (owed,) = report.dispute.commitments.open_remedies()
        assert (owed.owed_by, owed.owed_to, owed.amount) == ("seller", funder, money("40.00 EUR"))
        report.leaves("execution", "respondent")
        report.when(marketplace.confirms_promise(owed.number)).leaves("closed")


def test_the_seller_concedes() -> None:
    """Nothing can be contested any more, so the dispute closes as soon as it is paid. Terms about goods are refused."""
    granted().when(seller.concedes(goods=back())).refused(GoodsOutOfPlace)
    report = granted("seller", *PAID).when(day(1), seller.concedes())
    report.then(
        some(ResponseGiven, answer="concede", conceded=money("40.00 EUR")),
        DisputeClosed,
        met("response"),
        passes_to("none", "closed"),
        ClaimEnded,
    ).leaves("closed", "none", "conceded")


def test_a_refund_that_never_arrives_is_no_debt_of_the_seller() -> None:
    """If the money was paid elsewhere before it moved, nobody paid in the seller's place."""
    report = granted("marketplace").when(
        marketplace.refunds_elsewhere("40.00 EUR"), deadline("response"), engine.ticks()
    )
    report.leaves("closed", "none", "granted_by_default")


def test_reopened_afterwards() -> None:
    """The parcel arrived after all: a supervisor reopens the dispute, and the payment counts."""
    report = granted("seller", *PAID, deadline("response"), engine.ticks())
    report.when(supervisor.reopens("late_delivery")).leaves("adjudication", "supervisor")
    assert report.dispute.advance.received[Side.BUYER] == money("40.00 EUR")


def test_stayed_while_it_may_be_contested() -> None:
    """The window stands still, and nothing is paid. After the stay both continue."""
    report = granted("seller", day(1), supervisor.orders_stay(timedelta(days=3)))
    report.when(day(8), engine.ticks()).leaves("execution")
    report.when(seller.contests()).leaves("mediation")


# --- policies ---


def test_a_clause_that_the_policy_does_not_have() -> None:
    """A claim is granted only under a clause with a text, and for a reason in scope."""
    unknown = lane(clauses={"good_faith": "In good faith."})
    given().when(administrator.publishes(unknown)).refused(NoSuchClause, at="/fast_lane/0/clause", clause="evidence")
    narrow = lane(reasons={ClaimReason.ITEM_NOT_RECEIVED: FIRST_POLICY.reasons[ClaimReason.ITEM_NOT_RECEIVED]})
    given().when(administrator.publishes(narrow)).refused(
        NoSuchClause, at="/fast_lane/1/reason", reason="duplicate_charge"
    )


def test_a_fast_lane_needs_a_limit_on_repeat_claimants() -> None:
    unlimited = lane(abuse=AbuseRules())
    given().when(administrator.publishes(unlimited)).refused(RepeatClaimantsUnlimited)
    of_sellers = lane(abuse=AbuseRules(limits=(LIMIT.model_copy(update={"of": "seller"}),)))
    given().when(administrator.publishes(of_sellers)).refused(RepeatClaimantsUnlimited)


@pytest.mark.parametrize(
    "clause", [{"up_to": ()}, {"up_to": (ZERO, ZERO)}, {"reason": "damaged"}, {"funded_by": "buyer"}], ids=str
)
def test_what_a_clause_has_to_say(clause: dict[str, Any]) -> None:
    sound = {"clause": "evidence", "reason": "item_not_received", "up_to": (money("40.00 EUR"),)}
    FastLaneClause.model_validate(sound)
    with pytest.raises(ValidationError):
        FastLaneClause.model_validate(sound | clause)
