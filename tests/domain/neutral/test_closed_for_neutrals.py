"""Law reports on what neutrals cannot do any more: each refusal of their acts names the reason."""

import pytest

from domain.kernel.refusals import DisputeIsClosed
from tests.domain.law.acts import Act
from tests.domain.law.cast import buyer, neutral, seller
from tests.domain.law.filings import filing
from tests.domain.law.reports import day, given

WITHDRAWN = (filing(), seller.contests(), day(3), buyer.escalates(), neutral.takes_case(), buyer.withdraws())


@pytest.mark.parametrize(
    "act",
    [
        neutral.declares(),
        neutral.asks_evidence("seller"),
        neutral.proposes("50.00 EUR", "79.90 EUR"),
        neutral.declares_impasse(),
        neutral.rules("50.00 EUR", "79.90 EUR"),
        neutral.confides(to="buyer"),
        neutral.orders_stay(),
    ],
    ids=lambda act: act.kind.__name__,
)
def test_a_closed_dispute_says_how_it_ended(act: Act) -> None:
    given(*WITHDRAWN).when(act).refused(DisputeIsClosed, closed_as="withdrawn")
