"""Law reports on optional texts of acts: every text is stored as the author's.

The reports check this themselves: none continues if a text is in no event.
"""

from dataclasses import replace
from uuid import UUID

import pytest

from domain.evidence.exhibit_facts import File
from tests.domain.law.acts import Act, words
from tests.domain.law.cast import buyer, lawyer, neutral, seller
from tests.domain.law.filings import filing
from tests.domain.law.reports import Clock, Played, day, given

SAID = words("Perché no?", "it")
ESCALATED = (filing(), seller.contests(), day(3), buyer.escalates())
MEDIATED = (*ESCALATED, neutral.takes_case(), neutral.writes())
PROPOSED = (*MEDIATED, neutral.proposes("50.00 EUR", "79.90 EUR"))
PROMISED = (filing(), seller.promises("reply", "buyer"))


def saying(act: Act, name: str) -> Act:
    return replace(act, fields={**act.fields, name: SAID})


FILE = File(
    blob_id=UUID(int=0xF1), author=buyer.subject, name="vase.jpg", media_type="image/jpeg", size=1, sha256="ab",
    sealed_sha256="cd" * 32,
)  # fmt: skip


def showing(act: Act) -> Act:
    return replace(act, fields={**act.fields, "file": FILE})


@pytest.mark.parametrize(
    ("before", "act"),
    [
        ((filing(),), saying(buyer.withdraws(), "reason")),
        ((filing("0.05 XBT", held=("0.06 XBT", "0.01 XBT")),), saying(buyer.withdraws(), "reason")),
        ((filing(),), saying(seller.concedes(), "statement")),
        ((filing(),), saying(seller.concedes("29.90 EUR"), "statement")),
        ((filing(), day(3)), saying(buyer.escalates(), "reason")),
        (ESCALATED, saying(seller.escalates(), "reason")),
        ((filing(),), saying(seller.offers("50.00 EUR"), "message")),
        ((filing(), seller.offers("50.00 EUR")), saying(buyer.offers("90.00 EUR", counters=1), "message")),
        ((filing(), seller.offers("50.00 EUR")), saying(buyer.rejects_offer(1), "message")),
        (PROPOSED, saying(buyer.refuses_proposal(), "message")),
        (MEDIATED, saying(neutral.declares_impasse(), "reasons")),
        ((filing(),), saying(seller.promises("reply", "buyer"), "note")),
        (PROMISED, saying(buyer.confirms_promise(1), "note")),
        (PROMISED, saying(buyer.waives_promise(1), "note")),
        (PROMISED, saying(buyer.replaces_promise(1, "reply"), "note")),
        (MEDIATED, showing(buyer.confides())),
        (MEDIATED, saying(neutral.declares("I bought there once."), "disclosed")),
        ((filing(), buyer.names(lawyer)), saying(lawyer.withdraws(), "reason")),
    ],
)  # fmt: skip
def test_whatever_is_said_is_kept(before: tuple[Played | Clock, ...], act: Act) -> None:
    """In its original language. A representative's words are the party's."""
    assert given(*before).when(act).refusal is None
