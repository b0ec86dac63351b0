"""Notices of a provider, in every order and with doubles, come to one state: stage, commitments and ledger alike.

They are the bytes that providers send, read by the engine's own readers, and carried out on a dispute by the engine's own
rules. After the last one, a day passes in which nothing is told.
"""

import os
from collections.abc import Sequence
from datetime import timedelta
from itertools import islice, permutations
from typing import Any

import pytest
from hypothesis import given as of
from hypothesis import settings
from hypothesis import strategies as st

from domain.clocks.proceedings import EndParallelProceeding, RecordParallelProceeding
from domain.kernel.frozen import replace
from domain.kernel.people import Words
from domain.payments.provider_disputes import SETTLES, Done, Notice, called_for, next_steps
from domain.policy.chargeback_rules import ChargebackRules
from domain.remedies.reopening_facts import DisputeReopened
from mediation.gateways.dispute_notices import Reader
from mediation.gateways.notices_chosen import READERS
from tests.domain.law.acts import money
from tests.domain.law.cast import buyer, engine
from tests.domain.law.filings import filing
from tests.domain.law.reports import Report, given, later
from tests.gateways.notices import adyen_item, adyen_post, paypal_event, stripe_event

_T = 1_700_000_000
_RULES = ChargebackRules()
_FOUR = {"currency": "EUR", "value": 400}


def _stripe(*told: tuple[str, int, str]) -> list[Notice]:
    return _read(READERS["stripe"], [stripe_event(kind, _T + after, status=status) for kind, after, status in told])


def _adyen(*told: str, **more: Any) -> list[Notice]:
    return _read(READERS["adyen"], [adyen_post(adyen_item(code, **more)) for code in told])


def _paypal(*told: tuple[str, str, str, dict[str, Any]]) -> list[Notice]:
    at = "2021-01-0{}T00:00:00Z"
    return _read(READERS["paypal"], [paypal_event(k, at.format(day), status, **more) for k, day, status, more in told])


def _read(reader: Reader, posts: Sequence[bytes]) -> list[Notice]:
    found = [one for post in posts for one in reader(post)]
    assert all(isinstance(one, Notice) for one in found), found
    return [one for one in found if isinstance(one, Notice)]


_LOST_AT_PAYPAL = {
    "dispute_outcome": {
        "outcome_code": "RESOLVED_BUYER_FAVOUR",
        "amount_refunded": {"currency_code": "EUR", "value": "10.00"},
    }
}
_HISTORIES = {
    "stripe: won in the second of the submission": (
        _stripe(
            ("created", 0, "warning_needs_response"),
            ("updated", 0, "warning_under_review"),
            ("updated", 0, "needs_response"),
            ("funds_withdrawn", 0, "needs_response"),
            ("updated", 9, "under_review"),
            ("closed", 9, "won"),
            ("funds_reinstated", 9, "won"),
        ),
        "0.00 EUR",
    ),
    "stripe: lost": (
        _stripe(
            ("created", 0, "needs_response"),
            ("funds_withdrawn", 0, "needs_response"),
            ("updated", 4, "under_review"),
            ("updated", 5, "under_review"),
            ("updated", 5, "lost"),
            ("closed", 5, "lost"),
        ),
        "10.00 EUR",
    ),
    "adyen: reversed, then lost in arbitration": (
        _adyen(
            "REQUEST_FOR_INFORMATION",
            "DISPUTE_OPENED_WITH_CHARGEBACK",
            "CHARGEBACK",
            "CHARGEBACK_REVERSED",
            "SECOND_CHARGEBACK",
            "PREARBITRATION_WON",
            "SCHEME_ARBITRATION_LOST",
        ),
        "10.00 EUR",
    ),
    "adyen: lost, then won": (
        _adyen("CHARGEBACK", "INFORMATION_SUPPLIED", "PREARBITRATION_LOST", "SCHEME_ARBITRATION_WON"),
        "0.00 EUR",
    ),
    "paypal: an outcome is told before it is resolved": (
        _paypal(
            ("CREATED", "1", "OPEN", {"stage": "INQUIRY"}),
            ("UPDATED", "2", "WAITING_FOR_SELLER_RESPONSE", {"stage": "INQUIRY"}),
            ("UPDATED", "3", "UNDER_REVIEW", {"dispute_outcome": {"outcome_code": "RESOLVED_SELLER_FAVOUR"}}),
            ("RESOLVED", "4", "RESOLVED", {"dispute_outcome": {"outcome_code": "RESOLVED_SELLER_FAVOUR"}}),
            ("UPDATED", "5", "UNDER_REVIEW", {"stage": "PRE_ARBITRATION"}),
            ("UPDATED", "6", "RESOLVED", _LOST_AT_PAYPAL),
            ("RESOLVED", "6", "RESOLVED", _LOST_AT_PAYPAL),
        ),
        "10.00 EUR",
    ),
}


def _play(report: Report, notices: Sequence[Notice | None], rules: ChargebackRules = _RULES) -> Report:
    """As the process does it: after each notice, and a day after the last one. None: a day passes in which nothing is told."""
    told: list[Notice] = []
    done, payments = Done(), 0
    for notice in [*notices, None]:
        if notice is None:
            report.when(later(hours=SETTLES / timedelta(hours=1)))
        elif notice not in told:
            told.append(notice)
        called, done = called_for(told), replace(done, closed=report.dispute.closed)
        assert called.contradiction is None
        for step in next_steps(called, done, rules, quiet=notice is None):
            match step:
                case "wait":
                    words = Words(text="Stripe reports a chargeback.", language="en")
                    report.when(engine.act(RecordParallelProceeding, what="chargeback", statement=words))
                    done = replace(done, waits=True)
                case "go_on":
                    report.when(engine.act(EndParallelProceeding, number=report.dispute.stay.recorded))
                    done = replace(done, waits=False)
                case "pay":
                    payments += 1
                    report.when(engine.refunds_elsewhere(str(called.amount), f"cb-{payments}"))
                    done = replace(done, paid=called.amount)
                case "take_back":
                    report.when(engine.takes_back(f"cb-{payments}"))
                    done = replace(done, paid=None)
                case "reopen":
                    report.when(engine.reopens("refunded_elsewhere"))
    assert not done.waits
    return report


def _state(report: Report) -> Any:
    dispute, ledger = report.dispute, report.transaction
    owed = {key: (one.kind, one.amount, one.due_at) for key, one in dispute.commitments.open.items()}
    stands = (dispute.stage, dispute.outcome, dispute.closed, dispute.in_dispute, dispute.stay.since)
    return stands, owed, ledger.movements, ledger.left()


def _one_state(name: str, notices: Sequence[Notice], claim: str) -> None:
    in_order, paid = _HISTORIES[name]
    report = _play(given(filing(claim, paid="129.90 EUR")), notices)
    assert _state(report) == _state(_play(given(filing(claim, paid="129.90 EUR")), in_order))
    assert report.transaction.refunded(report.dispute.id) == money(paid)


@pytest.mark.parametrize("claim", ["100.00 EUR", "10.00 EUR"], ids=["a part is paid", "all is paid, and it closes"])
@pytest.mark.parametrize("name", _HISTORIES)
@settings(max_examples=20)
@of(data=st.data())
def test_any_order_with_doubles(name: str, claim: str, data: st.DataObject) -> None:
    notices = _HISTORIES[name][0]
    doubles = data.draw(st.lists(st.sampled_from(notices), max_size=4))
    _one_state(name, data.draw(st.permutations([*notices, *doubles])), claim)


@pytest.mark.parametrize("name", _HISTORIES)
def test_every_order(name: str) -> None:
    """All of them in the long profile, up to 5,040. Otherwise one of 499."""
    each = 1 if os.environ.get("HYPOTHESIS_PROFILE") == "long" else 499
    for notices in islice(permutations(_HISTORIES[name][0]), 0, None, each):
        _one_state(name, notices, "10.00 EUR")


def test_contradictions_go_to_a_person() -> None:
    """Two outcomes of one second are no outcome."""
    both = called_for(_stripe(("closed", 5, "won"), ("closed", 5, "lost")))
    assert (both.outcome, both.contradiction) == (None, "outcomes_differ")


@pytest.mark.parametrize("notices", [_stripe(("created", 0, "warning_closed")), _adyen("REQUEST_FOR_INFORMATION")])
def test_an_inquiry_is_no_chargeback(notices: list[Notice]) -> None:
    assert next_steps(called_for(notices), Done(), _RULES, quiet=True) == []


def test_what_was_lost_is_won_after_all() -> None:
    """The claim rises again, and the order has the money again. It is as if the chargeback had never been lost."""
    lost, won = _adyen("SECOND_CHARGEBACK", "PREARBITRATION_LOST"), _adyen("SCHEME_ARBITRATION_WON")
    report = _play(given(filing("100.00 EUR", paid="129.90 EUR")), [*lost, None, *won])
    assert _state(report) == _state(_play(given(filing("100.00 EUR", paid="129.90 EUR")), [*lost, *won, None]))
    assert report.dispute.claimed == money("100.00 EUR")
    assert report.transaction.left() == money("129.90 EUR")


def test_another_sum_is_lost() -> None:
    """What is on record is corrected: the difference alone is not a payment that anybody made."""
    first, second = _adyen("PREARBITRATION_LOST"), _adyen("SCHEME_ARBITRATION_LOST", amount=_FOUR)
    report = _play(given(filing("100.00 EUR", paid="129.90 EUR")), [*first, None, *second])
    assert report.dispute.claimed == money("96.00 EUR")
    assert report.transaction.refunded(report.dispute.id) == money("4.00 EUR")


def test_policy_may_leave_the_dispute_alone() -> None:
    """It does not wait. What the buyer got is a fact all the same."""
    report = given(filing("100.00 EUR", paid="129.90 EUR"))
    _play(report, _HISTORIES["stripe: lost"][0], ChargebackRules(stays=False))
    assert report.dispute.stay.recorded == 0
    assert report.dispute.claimed == money("90.00 EUR")


def test_policy_may_reopen_a_closed_dispute() -> None:
    """The buyer withdrew, and got the money by a chargeback: a neutral rules. That a machine reopened it is on record."""
    report = _play(given(filing("100.00 EUR", paid="129.90 EUR"), buyer.withdraws()), _HISTORIES["stripe: lost"][0])
    assert report.dispute.closed
    reopening = ChargebackRules(reopens=True)
    report = given(filing("100.00 EUR", paid="129.90 EUR"), buyer.withdraws())
    _play(report, _HISTORIES["stripe: lost"][0], reopening)
    assert (report.dispute.stage, report.dispute.outcome) == ("adjudication", None)
    (reopened,) = [fact.event for fact in report.facts if isinstance(fact.event, DisputeReopened)]
    assert (reopened.by, reopened.ground) == ("engine", "refunded_elsewhere")


def test_what_was_paid_in_full_is_heard_when_it_is_taken_back() -> None:
    """The chargeback closed the dispute. It is won after all, so that nobody has decided the claim."""
    lost, won = _adyen("PREARBITRATION_LOST"), _adyen("SCHEME_ARBITRATION_WON")
    report = _play(given(filing("10.00 EUR", paid="129.90 EUR")), lost, ChargebackRules(reopens=True))
    assert (report.dispute.closed, report.dispute.outcome) == (True, "resolved_elsewhere")
    report = given(filing("10.00 EUR", paid="129.90 EUR"))
    _play(report, [*lost, None, *won], ChargebackRules(reopens=True))
    assert (report.dispute.closed, report.dispute.outcome) == (False, None)
    assert report.dispute.in_dispute == money("10.00 EUR")
