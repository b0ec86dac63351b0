"""Notices of a provider, in every order and with doubles, come to one state: stage, commitments and ledger alike.

They are the bytes that providers send, read by the engine's own readers, and carried out on a dispute by the engine's own
rules. After the last one, a day passes in which nothing is told.
"""

import os
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given as of
from hypothesis import settings
from hypothesis import strategies as st

from domain.clocks.proceedings import EndParallelProceeding, RecordParallelProceeding
from domain.kernel.people import Words
from domain.payments.provider_disputes import SETTLES, Done, Notice, Step, called_for, contradicted, next_steps
from mediation.gateways.dispute_notices import Reader
from mediation.gateways.notices_chosen import READERS
from tests.domain.law.acts import money
from tests.domain.law.cast import engine
from tests.domain.law.filings import filing
from tests.domain.law.reports import Report, given, later
from tests.gateways.notices import adyen_item, adyen_post, paypal_event, stripe_event

_T = 1_700_000_000


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


def _play(report: Report, notices: Sequence[Notice]) -> Report:
    """As the process does it: after each notice, and a day after the last one."""
    told: list[Notice] = []
    waits, paid = False, False
    for notice in [*notices, None]:
        if notice is None:
            report.when(later(hours=SETTLES / timedelta(hours=1)))
        elif notice not in told:
            told.append(notice)
        called = called_for(told)
        for step in next_steps(called, Done(waits, paid, report.dispute.closed), quiet=notice is None):
            report.when(*_acts(step, report, str(called.amount)))
            waits, paid = (step == "wait" or (waits and step != "go_on")), paid or step == "pay"
        assert contradicted(called, Done(waits, paid)) is None
    assert not waits
    return report


def _acts(step: Step, report: Report, amount: str) -> Iterator[Any]:
    if step == "wait":
        words = Words(text="Stripe reports a chargeback.", language="en")
        yield engine.act(RecordParallelProceeding, what="chargeback", statement=words)
    elif step == "pay":
        yield engine.refunds_elsewhere(amount)
    else:
        yield engine.act(EndParallelProceeding, number=report.dispute.stay.recorded)


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


@pytest.mark.skipif(os.environ.get("HYPOTHESIS_PROFILE") != "long", reason="all orders take minutes")
@pytest.mark.parametrize("name", _HISTORIES)
def test_every_order(name: str) -> None:
    for notices in permutations(_HISTORIES[name][0]):
        _one_state(name, notices, "10.00 EUR")


def test_contradictions_go_to_a_person() -> None:
    """Two outcomes of one second are no outcome. Neither is a loss that is taken back after it was recorded."""
    both = called_for(_stripe(("closed", 5, "won"), ("closed", 5, "lost")))
    assert (both.outcome, contradicted(both, Done())) == (None, "outcomes_differ")
    won = called_for(_stripe(("closed", 5, "lost"), ("closed", 6, "won")))
    assert (won.outcome, contradicted(won, Done(paid=True))) == ("won", "paid_before")


@pytest.mark.parametrize("notices", [_stripe(("created", 0, "warning_closed")), _adyen("REQUEST_FOR_INFORMATION")])
def test_an_inquiry_is_no_chargeback(notices: list[Notice]) -> None:
    assert next_steps(called_for(notices), Done(), quiet=True) == []
