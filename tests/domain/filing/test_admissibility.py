"""Law reports on claims that are not heard: by the policy at filing, or by a person's declaration later."""

from datetime import timedelta
from typing import Any, get_args

import pytest

from domain.commitments.events import CommitmentKept
from domain.filing.admissibility import (
    GroundOutOfPlace,
    MayNotDeclareInadmissible,
    NotContactedYet,
    TooLateForAdmissibility,
)
from domain.filing.admissibility_facts import DeclaredInadmissible, Ground, GroundOfPerson
from domain.filing.filing import FilingWindowClosed
from domain.filing.filing_facts import DisputeFiled
from domain.filing.review_facts import MachineDecided
from domain.kernel.base import Role
from domain.kernel.people import Outcome, Side
from domain.kernel.refusals import DisputeIsClosed
from domain.kernel.windows import Window
from domain.neutral.escalation import NotTheNeutral
from domain.neutral.independence import ChallengeIsOpen
from domain.neutral.mandate_facts import CaseDone
from domain.payments.transaction import InadmissibleForGood, LinesAlreadyInDispute
from domain.payments.transaction_facts import ClaimBarred, ClaimEnded, ClaimMayReturn, ClaimOpened, TransactionRecorded
from domain.policy.first_reasons import FIRST_REASONS
from domain.policy.policy import Policy
from domain.policy.reasons import ClaimReason, ReasonTerms
from domain.remedies.closure_facts import DisputeClosed
from domain.remedies.reopening import NothingToOverturn
from domain.settlement.caucus import HeardInCaucus
from domain.settlement.negotiation_facts import OfferExpired
from tests.domain.law.acts import FILED_AT, FIRST, SECOND, money
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
from tests.domain.law.filings import Filing, filing, line
from tests.domain.law.reports import Report, day, deadline, given, later, moot, of_ruling, passes_to, sets, some

ASKS_FIRST = Policy(
    version="asks-first",
    reasons={
        ClaimReason.NOT_AS_DESCRIBED: ReasonTerms(contact_first=Window(amount=2, unit="business_days")),
        ClaimReason.PAYMENT_NOT_RECEIVED: ReasonTerms(contact_first=Window(amount=2, unit="business_days")),
    },
    excluded_forums=("court", "arbitration"),
)
DAY = timedelta(days=1)


def stated(contacted_days_ago: float | None = None, **changes: Any) -> Filing:
    told_at = None if contacted_days_ago is None else FILED_AT - contacted_days_ago * DAY
    return filing(**{"more": {"seller_contacted_at": told_at}} | changes)


def strict() -> Report:
    return given(administrator.publishes(ASKS_FIRST))


def mediated() -> Report:
    contested = (filing(), day(1), seller.contests(), day(3), seller.offers("20.00 EUR"), buyer.escalates())
    return given(*contested, neutral.takes_case())


# --- at filing, by policy ---


def test_the_seller_is_told_first() -> None:
    """Otherwise the claim is recorded, answered and closed at once. No window opens, and nothing is in dispute."""
    report = strict().when(stated())
    report.then(
        some(DisputeFiled, policy_version="asks-first"),
        DeclaredInadmissible(ground=Ground.SELLER_NOT_CONTACTED, by=Role.ENGINE, clause="asks-first/admissibility"),
        some(MachineDecided, decision="not_heard", burdens="buyer", clause="asks-first/admissibility"),
        TransactionRecorded,
        ClaimOpened,
        ClaimMayReturn,
        DisputeClosed(outcome=Outcome.INADMISSIBLE),
        passes_to("none", "closed"),
        some(ClaimEnded, dispute_id=FIRST),
    ).leaves("closed", "none", "inadmissible")
    report.when(day(9), engine.ticks()).then_nothing()


def test_the_seller_has_had_time() -> None:
    """Two business days on the seller's calendar: contacted on Friday, the buyer may file on Tuesday, and the answer
    says so."""
    report = strict().when(stated(3))
    (declared,) = [f.event for f in report.facts if isinstance(f.event, DeclaredInadmissible)]
    assert declared.may_file_from is not None
    assert declared.may_file_from.isoformat() == "2026-11-03T10:00:00+00:00"
    at = {"seller_contacted_at": FILED_AT - 3 * DAY}
    again = filing().as_second(SECOND, more=at | {"follows": FIRST})
    report.when(later(days=1), again).then_filed(SECOND).leaves("negotiation", "respondent", of=SECOND)


def test_nobody_is_contacted_in_the_future() -> None:
    """Such a statement is a mistake under every policy."""
    given().when(stated(-1)).refused(NotContactedYet, at="/seller_contacted_at")


def test_a_seller_need_not_be_told_of_its_own_claim() -> None:
    strict().when(filing(claimant="seller", reason="payment_not_received")).leaves("negotiation")


def test_a_reason_out_of_scope() -> None:
    """A policy hears only the reasons that it lists. The same lines may be claimed for another reason."""
    report = strict().when(filing(reason="other")).leaves("closed", "none", "inadmissible")
    assert some(DeclaredInadmissible, ground="out_of_scope") in [f.event for f in report.facts]
    report.when(stated(9).as_second(SECOND)).leaves("negotiation", of=SECOND)


def test_another_forum_has_it() -> None:
    """If the policy excludes that forum. The first policy excludes every forum."""
    for forum, heard in (("court", False), ("chargeback", True)):
        report = strict().when(filing(more={"other_forum": forum, "seller_contacted_at": FILED_AT - 9 * DAY}))
        report.leaves("negotiation" if heard else "closed")
    report = given().when(filing(more={"other_forum": "chargeback"})).leaves("closed", "none", "inadmissible")
    report.when(filing().as_second(SECOND)).then_filed(SECOND)


def test_a_plain_rule_refuses_before_admissibility_is_asked() -> None:
    """A filing that is late, or on lines already in dispute, is refused, and nothing of it is recorded."""
    court = {"other_forum": "court"}
    given().when(filing(delivered_days_ago=70, paid_days_ago=80, more=court)).refused(FilingWindowClosed)
    given(filing()).when(filing(more=court).as_second(SECOND)).refused(LinesAlreadyInDispute)


def test_a_past_case_was_heard() -> None:
    """A past case was heard, whatever the policy requires today."""
    strict().when(filing(imported=True)).leaves("negotiation", "respondent")


def test_the_first_policy_hears_everything() -> None:
    """Under the first policy every reason is in scope, and the seller need not be contacted."""
    assert set(FIRST_REASONS) == set(ClaimReason)
    assert all(terms.contact_first is None for terms in FIRST_REASONS.values())


def test_silence_grants_nothing_that_is_inadmissible() -> None:
    """A default is granted only if the claim is heard: the declaration ends the window."""
    strict().when(stated(), day(30), engine.ticks()).leaves("closed", "none", "inadmissible")
    report = given(filing(), day(4)).when(supervisor.declares_inadmissible(), day(30), engine.ticks())
    report.leaves("closed", "none", "inadmissible")


# --- by a person, later ---


def test_a_running_dispute_is_declared_inadmissible() -> None:
    """A ground and reasons are given. Everything open ends, and nothing is decided about the money."""
    report = mediated().when(neutral.declares_inadmissible("other_forum"))
    report.then(
        some(DeclaredInadmissible, ground="other_forum", by=Role.NEUTRAL),
        ClaimMayReturn,
        CommitmentKept,
        of_ruling(CommitmentKept, late=False),
        OfferExpired(number=1, why="moot"),
        DisputeClosed(outcome=Outcome.INADMISSIBLE),
        moot("ruling"),
        passes_to("none", "closed"),
        ClaimEnded,
        CaseDone,
    ).leaves("closed", "none", "inadmissible")
    report.when(neutral.declares_inadmissible("other_forum")).then_nothing()
    report.when(filing().as_second(SECOND)).then_filed(SECOND)


def test_a_claim_that_comes_back_is_not_late() -> None:
    """After a claim that was not heard, the same side may file on the same lines within 30 days."""
    late: dict[str, Any] = {"delivered_days_ago": 59, "paid_days_ago": 80}
    first = stated(**late)

    def again(days: float, **more: Any) -> Filing:
        told = {"seller_contacted_at": FILED_AT, "follows": FIRST} | more
        return filing(delivered_days_ago=59 + days, paid_days_ago=80 + days, more=told).as_second(SECOND)

    report = strict().when(first).leaves("closed", "none", "inadmissible")
    assert ClaimMayReturn(dispute_id=FIRST, claimant=Side.BUYER) in [f.event for f in report.facts]
    report.when(day(9), again(9, follows=None)).refused(FilingWindowClosed, clause="asks-first/filing")
    report.when(day(31), again(31)).refused(FilingWindowClosed, clause="asks-first/refiling")
    strict().when(first, day(9), again(9)).leaves("negotiation", "respondent", of=SECOND)
    report = given(filing(**late)).when(supervisor.declares_inadmissible("out_of_scope"))
    other = filing(reason="damaged", delivered_days_ago=68, paid_days_ago=90, more={"follows": FIRST})
    report.when(day(9), other.as_second(SECOND)).refused(FilingWindowClosed)


def test_vexatious_claims_are_not_filed_again() -> None:
    """Not by the same side on the same lines, for any reason. The other side is free to file."""
    report = given(filing(), day(1)).when(supervisor.declares_inadmissible("vexatious"))
    assert some(ClaimBarred, claimant="buyer", lines=(line("1"),), reason=None) in [f.event for f in report.facts]
    for reason in ("not_as_described", "damaged"):
        report.when(filing(reason=reason).as_second(SECOND)).refused(InadmissibleForGood, disputes=[str(FIRST)])
    report.when(filing(claimant="seller", reason="payment_not_received").as_second(SECOND)).then_filed(SECOND)


def test_out_of_scope_is_the_reason() -> None:
    """The same side may claim the same lines for another reason."""
    report = given(filing(), day(1)).when(supervisor.declares_inadmissible("out_of_scope"))
    report.when(filing().as_second(SECOND)).refused(InadmissibleForGood, at="/claim/lines")
    report.when(filing(reason="damaged").as_second(SECOND)).then_filed(SECOND)


def test_who_declares_it() -> None:
    """The neutral of the dispute, or a supervisor at any time; nobody else."""
    for somebody in (buyer, seller, marketplace, administrator):
        mediated().when(somebody.declares_inadmissible()).refused(MayNotDeclareInadmissible, role=somebody.role.value)
    mediated().when(another_neutral.declares_inadmissible()).refused(NotTheNeutral)
    given(filing()).when(supervisor.declares_inadmissible()).leaves("closed", "none", "inadmissible")


def test_a_neutral_decides_it_under_the_rules_of_a_ruling() -> None:
    """Not while challenged, and after a caucus only if both sides consent. The supervisor can do it then."""
    challenged = mediated().when(seller.challenges())
    challenged.when(neutral.declares_inadmissible()).refused(ChallengeIsOpen)
    heard = mediated().when(buyer.confides())
    heard.when(neutral.declares_inadmissible()).refused(HeardInCaucus)
    heard.when(supervisor.declares_inadmissible()).leaves("closed")


def test_until_when() -> None:
    """Not after a ruling, a settlement or a payment, and not in a closed dispute."""
    rules = neutral.rules("100.00 EUR", "29.90 EUR")
    ruled = mediated().when(neutral.declares_impasse(), rules)
    ruled.when(supervisor.declares_inadmissible()).refused(TooLateForAdmissibility, stage="appeal")
    ruled.when(buyer.appeals(), another_neutral.takes_case()).when(another_neutral.declares_inadmissible()).refused(
        TooLateForAdmissibility
    )
    settled = mediated().when(buyer.accepts_offer(1))
    settled.when(supervisor.declares_inadmissible()).refused(TooLateForAdmissibility, stage="execution")
    given(filing(), buyer.withdraws()).when(supervisor.declares_inadmissible()).refused(DisputeIsClosed)


def test_not_after_a_default_was_paid() -> None:
    """After the default is set aside, the claim is heard, and a ruling decides about the payment."""
    granted = given(filing(), deadline("response"), engine.ticks(), engine.instructs_refund(1))
    granted.when(marketplace.confirms_refund(1), seller.asks_to_set_aside(), supervisor.sets_aside())
    granted.when(supervisor.declares_inadmissible()).refused(TooLateForAdmissibility)


def test_what_was_conceded_stays_owed() -> None:
    """As after a withdrawal, the dispute closes when the conceded amount is paid."""
    report = given(filing(), seller.concedes("29.90 EUR")).when(supervisor.declares_inadmissible("other_forum"))
    report.leaves("execution", "marketplace", "inadmissible")
    report.when(engine.instructs_refund(1), marketplace.confirms_refund(1)).leaves("closed", "none", "inadmissible")


def test_escrow_stays_where_it_is() -> None:
    """Nobody has divided the money, so it is still there when the claim is filed again."""
    escrow = filing("0.06240000 XBT", paid="0.06240000 XBT", held=("0.07176000 XBT", "0.00936000 XBT"))
    report = given(escrow).when(supervisor.declares_inadmissible("seller_not_contacted")).leaves("closed")
    report.when(escrow.as_second(SECOND)).then_filed(SECOND)
    assert report.world.dispute(SECOND).in_dispute == money("0.08112000 XBT")


def test_a_ground_that_has_no_place() -> None:
    """A seller who claims need not have contacted itself."""
    own = filing(claimant="seller", reason="payment_not_received")
    given(own).when(supervisor.declares_inadmissible("seller_not_contacted")).refused(GroundOutOfPlace, at="/ground")


def test_it_is_not_reopened() -> None:
    """There is no decision that could be overturned."""
    report = given(filing()).when(supervisor.declares_inadmissible("other_forum"))
    report.when(supervisor.reopens()).refused(NothingToOverturn)


def test_a_dispute_that_is_stayed_may_be_declared_inadmissible() -> None:
    """This is no decision on the claim. A pending court case is a reason for both."""
    report = mediated().when(marketplace.records_proceeding("court"), supervisor.declares_inadmissible("other_forum"))
    report.leaves("closed", "none", "inadmissible")


@pytest.mark.parametrize("ground", get_args(GroundOfPerson))
def test_every_ground_has_its_reasoned_answer(ground: Ground) -> None:
    """The claimant sees the ground and the reasons."""
    report = given(filing()).when(supervisor.declares_inadmissible(ground.value))
    (declared,) = [f.event for f in report.facts if isinstance(f.event, DeclaredInadmissible)]
    assert declared.ground is ground
    assert declared.reasons is not None
    assert sets("response", "seller") not in [f.event for f in report.facts]
