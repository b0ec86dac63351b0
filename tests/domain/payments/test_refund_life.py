"""Law reports on a refund at its provider: attempts, failures, and the person who decides in the end."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.clocks.stay import DisputeIsStayed
from domain.commitments.events import CommitmentDischarged, CommitmentKept, CommitmentMade, KeptBy
from domain.commitments.keeping import NotYoursToConfirm
from domain.commitments.waiving import NotYoursToWaive
from domain.dispute.events import MovePassed
from domain.kernel.conversion import Quote, RateDoesNotFit, SameCurrency, converted
from domain.kernel.people import Side
from domain.payments.execution_facts import RefundReferred, RefundStalled, RefundUnderway
from domain.payments.refund_facts import (
    WAITS,
    Refund,
    RefundConfirmed,
    RefundFailed,
    RefundPaidAgainstRecord,
    RefundPaidDifferently,
    RefundSettledOtherwise,
    RefundSubmitted,
)
from domain.payments.refunds import (
    ATTEMPTS,
    MayNotDecideRefund,
    NobodyKnowsYet,
    PaidDifferently,
    PaidOtherwise,
    RefundEnded,
)
from domain.payments.transaction_facts import ClaimEnded, RefundSettled
from domain.remedies.closure_facts import DisputeClosed
from tests.domain.law.acts import FILED_AT, Act, commitment, money, refund
from tests.domain.law.cast import administrator, buyer, engine, instalment, marketplace, seller, supervisor
from tests.domain.law.filings import filing
from tests.domain.law.reports import Clock, Report, day, given, later, some

SUBMITTED = (filing(), day(1), seller.concedes(), engine.instructs_refund(1))
REFUSED = (*SUBMITTED, engine.fails_refund(1, "insufficient_funds"))


def with_fields(act: Act, **fields: Any) -> Act:
    return replace(act, fields={**act.fields, **fields})


def after(wait: timedelta) -> Clock:
    return later(seconds=wait.total_seconds())


def unanswered(attempts: int) -> list[Clock | Act]:
    """So many attempts in a row without an answer, each at the first possible instant."""
    played: list[Clock | Act] = []
    for attempt in range(2, attempts + 1):
        played += [after(WAITS[attempt - 2]), engine.retries_refund(1, attempt)]
    return played


def refund_of(report: Report) -> Refund:
    state = report.world.states[refund(1)]
    assert isinstance(state, Refund)
    return state


# --- attempts ---


def test_an_attempt_is_made_by_whoever_put_it_on_record() -> None:
    """The attempt has a number, so only one of several workers makes it. It waits until the previous attempt has had
    its time."""
    soon = later(seconds=59)
    given(*SUBMITTED, soon).when(engine.retries_refund(1, 2)).then_nothing()
    report = given(*SUBMITTED, later(minutes=1)).when(engine.retries_refund(1, 2))
    report.then(RefundSubmitted(attempt=2), RefundUnderway(commitment_id=commitment(1), refund_id=refund(1)))
    report.when(engine.retries_refund(1, 2)).then_nothing()
    report.when(engine.retries_refund(1, 3)).then_nothing()


def test_a_failure_that_may_pass_is_tried_again() -> None:
    """The record names the instant. The waits after a failure and after a missing answer are the same."""
    report = given(*SUBMITTED).when(engine.fails_refund(1, "provider_unavailable"))
    failed = RefundFailed(reason="provider_unavailable", attempt=1, retry_at=FILED_AT + timedelta(days=1, minutes=1))
    report.then(failed, RefundStalled(commitment_id=commitment(1), refund_id=refund(1)))
    report.leaves("execution", "marketplace").when(later(minutes=1), engine.retries_refund(1, 2))
    report.then(RefundSubmitted(attempt=2), RefundUnderway)
    report.when(engine.confirms_refund(1)).leaves("closed", "none", "conceded")


def test_waits_grow() -> None:
    """Each wait is longer than the one before."""
    assert list(WAITS) == sorted(set(WAITS))
    assert len(WAITS) + 1 == ATTEMPTS


def test_what_is_said_of_an_earlier_attempt_is_no_news() -> None:
    """A late report of a failure does not fail the next attempt, which may be paid."""
    report = given(*SUBMITTED, later(minutes=1), engine.retries_refund(1, 2))
    report.when(engine.fails_refund(1, attempt=1)).then_nothing()
    report.when(engine.fails_refund(1, attempt=2)).then(some(RefundFailed, attempt=2), RefundStalled)


def test_an_unanswered_attempt_asks_as_the_same_request_again() -> None:
    """Only a definite answer leads to a new request at the provider."""
    report = given(*SUBMITTED, later(minutes=1)).when(engine.retries_refund(1, 2))
    assert refund_of(report).failures == 0
    report.when(engine.fails_refund(1))
    assert refund_of(report).failures == 1


# --- a person decides ---


def test_a_definite_refusal_is_handed_to_a_person() -> None:
    """The supervisor owes the marketplace a decision. The refund stays owed."""
    report = given(*SUBMITTED).when(engine.fails_refund(1, "account_closed"))
    report.then(
        RefundFailed(reason="account_closed", attempt=1),
        RefundStalled,
        some(
            CommitmentMade,
            commitment_class="remedy",
            arises_from="refund",
            **{"promise.kind": "decide", "promise.owed_by": "supervisor", "promise.owed_to": "marketplace"},
        ),
        RefundReferred(commitment_id=commitment(1), refund_id=refund(1), decision_id=commitment(2), why="refused"),
        some(MovePassed, awaiting="supervisor"),
    )
    assert report.dispute.commitments.open.keys() == {commitment(1), commitment(2)}
    report.when(later(hours=12), engine.retries_refund(1, 2), engine.fails_refund(1)).then_nothing()


def test_the_last_attempt_without_an_answer_is_handed_to_a_person() -> None:
    """The money may be on its way: the refund is neither waived nor settled otherwise until the provider was asked."""
    report = given(*SUBMITTED, *unanswered(ATTEMPTS), after(WAITS[-1])).when(engine.retries_refund(1, ATTEMPTS + 1))
    report.then(CommitmentMade, some(RefundReferred, why="no_answer"), some(MovePassed, awaiting="supervisor"))
    report.when(engine.retries_refund(1, ATTEMPTS + 1)).then_nothing()
    report.when(supervisor.settles_refund(1)).refused(NobodyKnowsYet, status="submitted")
    report.when(supervisor.retries_refund(1)).then(
        RefundSubmitted(attempt=ATTEMPTS + 1, by=supervisor.role),
        some(CommitmentKept, commitment_id=commitment(2)),
        RefundUnderway,
        some(MovePassed, awaiting="marketplace"),
    )
    report.when(engine.retries_refund(1, ATTEMPTS + 2)).then(RefundSubmitted(attempt=ATTEMPTS + 2), RefundUnderway)
    assert refund_of(report).tries == 1, "at once, and as often as at first"


def test_the_last_attempt_that_fails_is_handed_to_a_person() -> None:
    report = given(*SUBMITTED, *unanswered(ATTEMPTS)).when(engine.fails_refund(1, "provider_unavailable"))
    report.then(
        some(RefundFailed, retry_at=None), RefundStalled, CommitmentMade, some(RefundReferred, why="attempts_used_up"),
        MovePassed,
    )  # fmt: skip


def test_a_person_retries() -> None:
    """A supervisor or the marketplace, at once. A refund that is on its way is not sent again."""
    for person in (supervisor, marketplace):
        report = given(*REFUSED).when(person.retries_refund(1))
        report.then(
            RefundSubmitted(attempt=2, by=person.role),
            some(CommitmentKept, commitment_id=commitment(2), by=person.role, kept_by=KeptBy(fact="RefundSubmitted")),
            RefundUnderway,
            some(MovePassed, awaiting="marketplace"),
        )
        report.when(person.retries_refund(1)).then_nothing()
        report.when(engine.fails_refund(1, "account_closed"))
        assert len(report.dispute.commitments.open) == 2, "and may be asked again"
    for person in (buyer, seller, administrator):
        given(*REFUSED).when(person.retries_refund(1)).refused(MayNotDecideRefund, role=person.role.value)
    given(*SUBMITTED, engine.confirms_refund(1)).when(supervisor.retries_refund(1)).refused(RefundEnded)


OTHERWISE = KeptBy(fact="RefundSettledOtherwise")


def test_the_confirmation_keeps_the_promise() -> None:
    """The commitment names the confirmation, so a reader finds the fact."""
    report = given(*SUBMITTED).when(engine.confirms_refund(1))
    kept = some(CommitmentKept, commitment_id=commitment(1), kept_by=KeptBy(fact="RefundConfirmed"))
    assert kept in [fact.event for fact in report.facts]


def test_a_person_settles_it_otherwise() -> None:
    """Paid in another way, under a reference: the commitment is kept, the order counts the payment, and it is never
    paid again."""
    report = given(*REFUSED).when(supervisor.settles_refund(1))
    report.then(
        some(RefundSettledOtherwise, how="bank_transfer", by="supervisor", recipient_subject=buyer.subject),
        some(CommitmentKept, commitment_id=commitment(2), kept_by=OTHERWISE),
        RefundSettled(refund_id=refund(1)),
        some(CommitmentKept, commitment_id=commitment(1), refund_id=refund(1), kept_by=OTHERWISE),
        some(DisputeClosed, outcome="conceded"),
        some(MovePassed, stage="closed"),
        ClaimEnded,
    )
    assert report.dispute.closed
    report.when(supervisor.settles_refund(1)).then_nothing()
    report.when(supervisor.settles_refund(1, "TRF-2")).refused(RefundEnded, status="settled_otherwise")
    report.when(marketplace.confirms_refund(1)).refused(RefundEnded)
    report.when(supervisor.retries_refund(1)).refused(RefundEnded)
    for person in (buyer, seller, administrator):
        given(*REFUSED).when(person.settles_refund(1)).refused(MayNotDecideRefund)


def test_what_may_still_be_paid_is_not_settled_otherwise() -> None:
    given(*SUBMITTED).when(supervisor.settles_refund(1)).refused(NobodyKnowsYet)


def test_a_decision_ends_with_its_refund() -> None:
    """If the refund is confirmed after all, or waived by the creditor, nobody has to decide."""
    gone = CommitmentDischarged(commitment_id=commitment(2), reason="refund_over")
    confirmed = given(*REFUSED).when(marketplace.confirms_refund(1))
    assert gone in [fact.event for fact in confirmed.facts]
    assert confirmed.dispute.closed
    waived = given(*REFUSED).when(buyer.waives_promise(1))
    assert gone in [fact.event for fact in waived.facts]
    assert waived.dispute.closed


def test_a_decision_is_kept_by_deciding() -> None:
    """A report that it was kept does not replace the decision, and a waiver does not either."""
    for person in (supervisor, marketplace):
        given(*REFUSED).when(person.confirms_promise(2)).refused(NotYoursToConfirm)
    given(*REFUSED).when(marketplace.waives_promise(2)).refused(NotYoursToWaive)


def test_nothing_is_tried_while_the_dispute_is_stayed() -> None:
    """A failed refund waits. One that has begun continues."""
    stayed = (*SUBMITTED, engine.fails_refund(1), supervisor.orders_stay(), later(minutes=1))
    given(*stayed).when(engine.retries_refund(1, 2)).refused(DisputeIsStayed)
    given(*SUBMITTED, supervisor.orders_stay()).when(engine.confirms_refund(1)).leaves("closed")


# --- in doubt ---

UNNAMED = with_fields(marketplace.confirms_refund(1), provider_reference=None, reference_key=None)
NAMED = with_fields(marketplace.confirms_refund(1), reference_key=UUID(int=1))
DENIED = engine.fails_refund(1)


def test_a_failure_after_a_confirmation_without_a_reference() -> None:
    """Nobody can tell whether the payment that failed is the one that was confirmed. A supervisor owes it to find out,
    also after closure. The same report again asks nobody twice."""
    report = given(*SUBMITTED, UNNAMED).leaves("closed")
    report.when(DENIED).then(
        some(
            CommitmentMade,
            commitment_class="service",
            arises_from="refund",
            **{"promise.kind": "decide", "promise.owed_by": "supervisor", "promise.owed_to": "marketplace"},
        ),
        RefundReferred(commitment_id=commitment(1), refund_id=refund(1), decision_id=commitment(2), why="contradicted"),
    )
    report.when(DENIED).then_nothing()
    assert refund_of(report).status == "confirmed"
    report.when(marketplace.confirms_promise(2)).refused(NotYoursToConfirm)


def test_it_was_paid_after_all() -> None:
    """Somebody names the payment, and so keeps the commitment. The money does not move twice."""
    report = given(*SUBMITTED, UNNAMED, DENIED).when(NAMED)
    report.then(
        some(RefundConfirmed, provider_reference="re_1"),
        some(CommitmentKept, commitment_id=commitment(2), kept_by=KeptBy(fact="RefundConfirmed")),
    )
    report.leaves("closed").when(NAMED).then_nothing()
    short = with_fields(NAMED, paid=money("12.99 EUR"))
    given(*SUBMITTED, UNNAMED, DENIED).when(short).refused(PaidDifferently)
    by_notice = with_fields(engine.confirms_refund(1), reference_key=UUID(int=1))
    given(*SUBMITTED, UNNAMED, DENIED).when(by_notice).refused(PaidOtherwise)
    given(*SUBMITTED, UNNAMED).when(NAMED).refused(PaidOtherwise)


def test_it_had_not_been_paid() -> None:
    """The supervisor reopens the dispute, which keeps the commitment, and the money is owed again. In an open dispute
    the marketplace reports that it bounced."""
    report = given(*SUBMITTED, UNNAMED, DENIED).when(supervisor.reopens("bounced_refund", bounced=1))
    assert report.dispute.commitments.ended[commitment(2)] == "kept"
    assert [c.number for c in report.dispute.commitments.open_remedies()] == [3]
    half = instalment("64.95 EUR", 1), instalment("64.95 EUR", 1)
    agreed = (filing(), buyer.offers("129.90 EUR", instalments=half), seller.accepts_offer(1), later(days=4))
    report = given(*agreed, engine.instructs_refund(1), engine.instructs_refund(2), UNNAMED).leaves("execution")
    report.when(DENIED).leaves("execution", "supervisor").when(engine.confirms_refund(2)).leaves("execution")
    report.when(marketplace.fails_refund(1, "bounced"))
    assert report.dispute.commitments.ended[commitment(3)] == "discharged"
    assert [c.number for c in report.dispute.commitments.open_remedies()] == [4]


def test_what_is_no_doubt() -> None:
    """An earlier attempt that failed is no news, and neither is another payment than the one that was named."""
    again = (*SUBMITTED, later(minutes=1), engine.retries_refund(1, 2), UNNAMED)
    given(*again).when(engine.fails_refund(1, attempt=1)).then_nothing()
    given(*again).when(engine.fails_refund(1, attempt=2)).then(CommitmentMade, RefundReferred)
    given(*SUBMITTED, NAMED).when(DENIED).refused(RefundEnded)
    given(*SUBMITTED, UNNAMED).when(marketplace.fails_refund(1)).refused(RefundEnded)


# --- against the record ---

_TO_LOOK = some(
    CommitmentMade,
    commitment_class="service",
    arises_from="payment",
    **{"promise.kind": "decide", "promise.owed_by": "supervisor", "promise.owed_to": "marketplace"},
)


def test_the_provider_paid_what_was_settled_otherwise() -> None:
    """Perhaps the buyer was paid twice. It is on record, and a supervisor owes a look, also after closure. The same
    report again asks nobody twice; another payment does. The refund stays as it was."""
    report = given(*REFUSED, supervisor.settles_refund(1)).leaves("closed")
    report.when(engine.confirms_refund(1)).then(_TO_LOOK, some(RefundPaidAgainstRecord, decision_id=commitment(3)))
    assert refund_of(report).status == "settled_otherwise"
    report.leaves("closed").when(engine.confirms_refund(1)).then_nothing()
    another = with_fields(engine.confirms_refund(1), reference_key=UUID(int=2))
    report.when(another).then(_TO_LOOK, some(RefundPaidAgainstRecord, decision_id=commitment(4)))


def test_the_marketplace_says_what_became_of_a_payment_against_the_record() -> None:
    """It is the marketplace's money. The supervisor cannot say that the look was taken, and no party sees any of it."""
    report = given(*REFUSED, supervisor.settles_refund(1), engine.confirms_refund(1))
    assert {side for owed, side in report.dispute.telling.hidden if owed == commitment(3)} == {*Side}
    report.when(supervisor.confirms_promise(3)).refused(NotYoursToConfirm)
    report.when(supervisor.waives_promise(3)).refused(NotYoursToWaive)
    report.when(marketplace.confirms_promise(3)).then(some(CommitmentKept, commitment_id=commitment(3)))
    report = given(*REFUSED, supervisor.settles_refund(1), engine.confirms_refund(1)).when(
        marketplace.waives_promise(3)
    )
    assert report.dispute.commitments.ended[commitment(3)] == "waived"


def test_the_provider_paid_what_nobody_owes_any_more() -> None:
    """It failed, and the buyer waived it: before the failed refund was cancelled, and after that."""
    for waived in ((*REFUSED, buyer.waives_promise(1)), (*REFUSED, buyer.waives_promise(1), engine.releases_refund(1))):
        report = given(*waived).leaves("closed").when(engine.confirms_refund(1))
        report.then(_TO_LOOK, some(RefundPaidAgainstRecord, paid=money("129.90 EUR")))
        report.when(engine.confirms_refund(1)).then_nothing()
        given(*waived).when(marketplace.confirms_refund(1)).refused(RefundEnded)


def test_a_second_payment_of_a_confirmed_refund() -> None:
    """Under another reference, or of another sum under the same."""
    second = with_fields(engine.confirms_refund(1), reference_key=UUID(int=2))
    given(*SUBMITTED, engine.confirms_refund(1)).when(second).then(_TO_LOOK, RefundPaidAgainstRecord)
    short = with_fields(engine.confirms_refund(1), paid=money("12.99 EUR"))
    report = given(*SUBMITTED, engine.confirms_refund(1)).when(short)
    report.then(_TO_LOOK, some(RefundPaidAgainstRecord, paid=money("12.99 EUR")))
    assert refund_of(report).status == "confirmed"


def test_what_is_not_against_the_record() -> None:
    """The payment that is on record, told again, also after it came back; and the first reference of one that a person
    confirmed without."""
    given(*SUBMITTED, engine.confirms_refund(1)).when(engine.confirms_refund(1)).then_nothing()
    half = instalment("64.95 EUR", 1), instalment("64.95 EUR", 1)
    agreed = (filing(), buyer.offers("129.90 EUR", instalments=half), seller.accepts_offer(1), later(days=4))
    back = (*agreed, engine.instructs_refund(1), engine.confirms_refund(1), marketplace.fails_refund(1, "bounced"))
    given(*back).when(engine.confirms_refund(1)).refused(RefundEnded)
    another = with_fields(engine.confirms_refund(1), reference_key=UUID(int=2))
    given(*back).when(another).then(_TO_LOOK, RefundPaidAgainstRecord)
    given(*SUBMITTED, UNNAMED).when(engine.confirms_refund(1)).refused(PaidOtherwise)


# --- how much ---


def test_another_sum_than_was_owed_is_no_confirmation() -> None:
    """The report is on record, whoever makes it, and a supervisor owes it to look. The same report again does nothing;
    another one is on record too. What settles it in the end is a confirmation."""
    for who in (engine, marketplace):
        short = with_fields(who.confirms_refund(1), paid=money("12.99 EUR"))
        report = given(*SUBMITTED).when(short)
        told = some(RefundPaidDifferently, paid=money("12.99 EUR"), provider_reference="re_1")
        report.then(
            told, CommitmentMade, some(RefundReferred, why="paid_differently"), some(MovePassed, awaiting="supervisor")
        )
        report.when(short).then_nothing()
        rest = with_fields(who.confirms_refund(1), paid=money("116.91 EUR"))
        report.when(rest).then(some(RefundPaidDifferently, paid=money("116.91 EUR")))
        assert report.dispute.commitments.open_remedies()[0].underway, "nobody waives it while money has moved"
        report.when(marketplace.confirms_refund(1)).leaves("closed")
    right = with_fields(engine.confirms_refund(1), paid=money("129.90 EUR"))
    given(*SUBMITTED).when(right).leaves("closed")
    report = given(*SUBMITTED, right)
    report.when(short).refused(PaidDifferently, owed="129.90 EUR", paid="12.99 EUR")


def test_another_sum_after_a_failure() -> None:
    """Something was paid after all. So the refund cannot be paid in another way, and the supervisor decides anew."""
    short = with_fields(engine.confirms_refund(1), paid=money("12.99 EUR"))
    report = given(*REFUSED).when(short)
    report.then(
        RefundPaidDifferently,
        RefundUnderway,
        CommitmentMade,
        some(RefundReferred, why="paid_differently"),
        some(CommitmentDischarged, commitment_id=commitment(2), reason="refund_over"),
    )
    report.when(supervisor.settles_refund(1)).refused(NobodyKnowsYet)
    report.when(supervisor.retries_refund(1)).when(short)
    report.then(CommitmentMade, some(RefundReferred, why="paid_differently"), some(MovePassed, awaiting="supervisor"))


def test_a_rate_that_does_not_fit_is_a_slip_of_the_backend_and_a_report_of_the_provider() -> None:
    """A backend can say it again. The provider's word goes to a supervisor."""
    odd = {"paid": money("129.90 EUR"), "payout": quote("140.99 USD", "1.0787")}
    given(*SUBMITTED).when(with_fields(marketplace.confirms_refund(1), **odd)).refused(RateDoesNotFit)
    report = given(*SUBMITTED).when(with_fields(engine.confirms_refund(1), **odd))
    report.then(some(RefundPaidDifferently, payout=odd["payout"]), CommitmentMade, RefundReferred, MovePassed)


def quote(paid: str, rate: str) -> Quote:
    return Quote(paid=money(paid), rate=rate, source="ECB", quoted_at=FILED_AT)


def test_a_payout_in_another_currency() -> None:
    """At a recorded rate, with its source and the rounding difference. Limits stay in the order's currency."""
    act = with_fields(engine.confirms_refund(1), payout=quote("140.12 USD", "1.0787"))
    report = given(*SUBMITTED).when(act)
    confirmed = next(f.event for f in report.facts if isinstance(f.event, RefundConfirmed))
    assert confirmed.payout is not None
    assert (str(confirmed.payout.paid), confirmed.payout.residue) == ("140.12 USD", "0.00313")
    assert report.dispute.closed
    assert report.transaction.left() == money("0.00 EUR")


@pytest.mark.parametrize(
    ("amount", "paid", "rate", "residue"),
    [
        ("129.90 EUR", "140.13 USD", "1.0787", "-0.00687"),
        ("10.000 KWD", "4925 JPY", "492.55", "0.5"),
        ("5800 JPY", "36.18 EUR", "0.00623859", "0.003822"),
        ("100.00 EUR", "0.00100000 XBT", "0.00001", "0"),
    ],
)
def test_what_a_rate_gives(amount: str, paid: str, rate: str, residue: str) -> None:
    """The difference is less than one minor unit of the payout currency, up or down."""
    payout = converted(money(amount), quote(paid, rate))
    assert payout is not None
    assert payout.residue == residue


def test_a_payout_that_the_rate_does_not_give() -> None:
    """A whole minor unit is too much. Less is rounding, up or down. The refusal names the correct amount."""
    with pytest.raises(RateDoesNotFit) as refused:
        converted(money("129.90 EUR"), quote("140.11 USD", "1.0787"))
    assert refused.value.facts == {"gives": "140.123130", "paid": "140.11 USD"}
    with pytest.raises(RateDoesNotFit):
        converted(money("5800 JPY"), quote("58.00 EUR", "0.00623859"))
    for paid in ("10.01 USD", "9.99 USD"):
        with pytest.raises(RateDoesNotFit):
            converted(money("10.00 EUR"), quote(paid, "1"))
    with pytest.raises(RateDoesNotFit):
        converted(money("1000 JPY"), quote("2.001 KWD", "0.002"))
    with pytest.raises(SameCurrency) as same:
        converted(money("129.90 EUR"), quote("129.90 EUR", "1"))
    assert same.value.facts == {"currency": "EUR"}


def test_a_payout_keeps_its_quote() -> None:
    """The amount, the rate, its source and its instant. A long rate loses no digit."""
    assert converted(money("129.90 EUR"), None) is None
    asked = quote("99999999999.99 USD", "111111111111.111111111111")
    left = converted(money("0.90 EUR"), asked)
    assert left is not None
    assert (left.paid, left.rate, left.source, left.quoted_at) == (asked.paid, asked.rate, "ECB", FILED_AT)
    assert left.residue == "0.0099999999999"


def test_two_refunds_of_equal_amount() -> None:
    """They are no duplicates: each has its own id, attempts and confirmation."""
    half = instalment("64.95 EUR", 1), instalment("64.95 EUR", 1)
    agreed = (filing(), buyer.offers("129.90 EUR", instalments=half), seller.accepts_offer(1), later(days=4))
    report = given(*agreed, engine.instructs_refund(1), engine.instructs_refund(2), engine.fails_refund(1))
    assert refund(1) != refund(2)
    report.when(engine.confirms_refund(2)).leaves("execution")
    report.when(later(minutes=1), engine.retries_refund(1, 2), engine.confirms_refund(1)).leaves("closed")
    assert [(m.amount, m.settled) for m in report.transaction.movements.values()] == [(money("64.95 EUR"), True)] * 2
