"""Law reports on the rebuttal and the counterclaim."""

import pytest

from domain.filing.pleading_facts import CounterclaimRaised, OnCounterclaim, RebuttalGiven
from domain.filing.pleadings import (
    CounterclaimAlreadyRaised,
    CounterclaimAmountMissing,
    CounterclaimExceeded,
    CounterclaimUndecided,
    GoodsAreWithTheClaimant,
    NothingToRebut,
    OnlyClaimantRebuts,
    OnlyRespondentCounterclaims,
)
from domain.kernel.money import CurrencyMismatch
from domain.kernel.people import NotAParty, Side
from domain.kernel.refusals import DisputeIsClosed, NotYourMove
from domain.ruling.ruling_facts import RulingBecameFinal, RulingIssued
from tests.domain.law.acts import Act, money
from tests.domain.law.cast import another_neutral, back, buyer, marketplace, neutral, seller, supervisor
from tests.domain.law.filings import filing
from tests.domain.law.reports import Report, day, given, owes, some

GRANTED, DISMISSED = OnCounterclaim(granted=True), OnCounterclaim(granted=False)


def adjudicated(*acts: Act) -> Report:
    """Four days after filing. These acts follow the response."""
    contested = given(filing(), day(1), seller.contests(), *acts)
    return contested.when(day(4), buyer.escalates(), neutral.takes_case(), neutral.declares_impasse())


def sum_of(amount: str) -> OnCounterclaim:
    return OnCounterclaim(granted=True, amount=money(amount))


# --- rebuttal ---


def test_a_rebuttal() -> None:
    """The claimant's answer to the response, once."""
    report = given(filing(), seller.contests()).when(buyer.rebuts()).then(RebuttalGiven)
    report.when(buyer.rebuts()).then_nothing()


def test_who_rebuts_and_when() -> None:
    """Not the respondent, not before the response, and not after the ruling."""
    given(filing(), seller.contests()).when(seller.rebuts()).refused(OnlyClaimantRebuts)
    given(filing(), seller.contests()).when(marketplace.rebuts()).refused(NotAParty)
    given(filing()).when(buyer.rebuts()).refused(NothingToRebut)
    adjudicated().when(neutral.rules("0.00 EUR", "129.90 EUR")).when(buyer.rebuts()).refused(NotYourMove)
    given(filing(), buyer.withdraws()).when(buyer.rebuts()).refused(DisputeIsClosed)


# --- counterclaim ---


def test_a_counterclaim() -> None:
    """The respondent's own claim on the same order: the goods, or a payment. Only one in a dispute."""
    report = given(filing()).when(seller.counterclaims())
    report.then(some(CounterclaimRaised, relief="return_of_goods", amount=None))
    report.when(seller.counterclaims()).then_nothing()
    report.when(seller.counterclaims("payment", "1.00 EUR")).refused(CounterclaimAlreadyRaised)


def test_who_counterclaims_and_what() -> None:
    """The respondent. A payment has an amount in the order's currency; only a buyer must give goods back."""
    given(filing()).when(buyer.counterclaims()).refused(OnlyRespondentCounterclaims)
    given(filing()).when(seller.counterclaims("payment")).refused(CounterclaimAmountMissing)
    given(filing()).when(seller.counterclaims("payment", "0.00 EUR")).refused(CounterclaimAmountMissing)
    given(filing()).when(seller.counterclaims("return_of_goods", "1.00 EUR")).refused(CounterclaimAmountMissing)
    given(filing()).when(seller.counterclaims("payment", "1.00 USD")).refused(
        CurrencyMismatch, at="/amount", expected="EUR", found="USD"
    )
    given(filing(claimant="seller")).when(buyer.counterclaims()).refused(GoodsAreWithTheClaimant)
    adjudicated().when(neutral.rules("0.00 EUR", "129.90 EUR")).when(seller.counterclaims()).refused(NotYourMove)


def test_it_is_decided_with_the_dispute() -> None:
    """A ruling decides a counterclaim that was raised, and mentions none that was not."""
    report = adjudicated(seller.counterclaims())
    report.when(neutral.rules("129.90 EUR", "0.00 EUR")).refused(CounterclaimUndecided, at="/counterclaim", raised=True)
    adjudicated().when(neutral.rules("129.90 EUR", "0.00 EUR", counterclaim=DISMISSED)).refused(CounterclaimUndecided)


def test_the_goods_come_back() -> None:
    """If it is granted, the claimant owes the goods as soon as the ruling is final, beside the award."""
    report = adjudicated(seller.counterclaims()).when(neutral.rules("129.90 EUR", "0.00 EUR", counterclaim=GRANTED))
    report.leaves("appeal", "both")
    report.when(buyer.waives_appeal()).when(seller.waives_appeal())
    assert [f.event for f in report.facts if f.event.kind in ("RulingBecameFinal", "CommitmentMade")] == [
        RulingBecameFinal(number=1),
        owes("seller", "buyer", "129.90 EUR", arises_from="ruling"),
        owes("buyer", "seller", None, kind="return", arises_from="counterclaim", commitment_class="remedy"),
    ]
    report.when(seller.confirms_promise(3)).leaves("execution", "marketplace")


@pytest.mark.parametrize(
    ("decided", "appealable"),
    [
        (sum_of("20.00 EUR"), (Side.BUYER,)),
        (sum_of("19.99 EUR"), (Side.BUYER, Side.SELLER)),
        (DISMISSED, (Side.SELLER,)),
    ],
)
def test_who_may_appeal(decided: OnCounterclaim, appealable: tuple[Side, ...]) -> None:
    """A side that did not get everything, on the claim or the counterclaim. Here the claim was dismissed, or
    granted."""
    claim = ("0.00 EUR", "129.90 EUR") if decided.granted else ("129.90 EUR", "0.00 EUR")
    report = adjudicated(seller.counterclaims("payment", "20.00 EUR"))
    report.when(neutral.rules(*claim, counterclaim=decided))
    (issued,) = [f.event for f in report.facts if isinstance(f.event, RulingIssued)]
    assert issued.appealable_by == appealable


@pytest.mark.parametrize("decided", [sum_of("20.01 EUR"), sum_of("0.00 EUR"), GRANTED])
def test_no_more_than_was_claimed(decided: OnCounterclaim) -> None:
    """A granted payment has an amount: above zero, and no more than was claimed."""
    report = adjudicated(seller.counterclaims("payment", "20.00 EUR"))
    report.when(neutral.rules("0.00 EUR", "129.90 EUR", counterclaim=decided)).refused(CounterclaimExceeded)
    report.when(neutral.rules("0.00 EUR", "129.90 EUR", counterclaim=sum_of("20.00 USD"))).refused(
        CurrencyMismatch, at="/counterclaim/amount", expected="EUR", found="USD"
    )


def test_a_payment_is_owed_by_itself() -> None:
    """It is not taken from the amount in dispute: the claimant pays it."""
    report = adjudicated(seller.counterclaims("payment", "20.00 EUR"))
    report.when(neutral.rules("0.00 EUR", "129.90 EUR", counterclaim=sum_of("20.00 EUR")), buyer.waives_appeal())
    assert owes("buyer", "seller", "20.00 EUR", kind="pay", arises_from="counterclaim") in [
        f.event for f in report.facts
    ]
    report.leaves("execution", "claimant").when(seller.confirms_promise(4)).leaves("closed")


def test_on_appeal_it_is_decided_anew() -> None:
    """A ruling with another decision on it replaces the earlier one, even if the award is the same."""
    report = adjudicated(seller.counterclaims())
    report.when(neutral.rules("129.90 EUR", "0.00 EUR", counterclaim=DISMISSED), seller.appeals())
    report.when(another_neutral.takes_case(), another_neutral.rules("129.90 EUR", "0.00 EUR", counterclaim=GRANTED))
    (issued,) = [f.event for f in report.facts if isinstance(f.event, RulingIssued)]
    assert issued.on_appeal == "replaces"


def test_it_ends_with_the_dispute() -> None:
    """A settlement also settles it. If the claim is withdrawn, the counterclaim falls."""
    report = adjudicated(seller.counterclaims()).when(seller.offers("1.00 EUR"), buyer.accepts_offer(1))
    assert [c.arises_from for c in report.dispute.commitments.open_remedies()] == ["settlement"]
    adjudicated(seller.counterclaims()).when(buyer.withdraws()).leaves("closed")


# --- decided anew ---


def paid_and_reopened() -> Report:
    """A counterclaim of twenty was granted and paid; then the dispute was reopened."""
    report = adjudicated(seller.counterclaims("payment", "20.00 EUR"))
    report.when(neutral.rules("0.00 EUR", "129.90 EUR", counterclaim=sum_of("20.00 EUR")), buyer.waives_appeal())
    return report.when(seller.confirms_promise(4), supervisor.reopens(), supervisor.assigns(neutral))


@pytest.mark.parametrize(
    ("decided", "owed"),
    [
        (sum_of("20.00 EUR"), []),
        (sum_of("5.00 EUR"), [("seller", "buyer", money("15.00 EUR"))]),
        (DISMISSED, [("seller", "buyer", money("20.00 EUR"))]),
    ],
)
def test_what_was_paid_counts(decided: OnCounterclaim, owed: list[object]) -> None:
    """It is not owed twice. If it is not granted again, the respondent owes it back."""
    report = paid_and_reopened().when(neutral.rules("0.00 EUR", "129.90 EUR", counterclaim=decided))
    report.when(buyer.waives_appeal(), seller.waives_appeal())
    remedies = report.dispute.commitments.open_remedies()
    assert [(c.owed_by.value, c.owed_to.value, c.amount) for c in remedies] == owed


def test_what_was_paid_is_owed_back_with_the_withdrawal() -> None:
    """The counterclaim falls with the claim."""
    report = paid_and_reopened().when(buyer.withdraws())
    [back] = report.dispute.commitments.open_remedies()
    assert (back.owed_by, back.owed_to, back.amount) == ("seller", "buyer", money("20.00 EUR"))


def test_goods_that_went_back_are_not_owed_again() -> None:
    """The goods were returned before the dispute was reopened."""
    report = adjudicated(seller.counterclaims())
    report.when(neutral.rules("0.00 EUR", "129.90 EUR", counterclaim=GRANTED), buyer.waives_appeal())
    report.when(seller.confirms_promise(4), supervisor.reopens(), supervisor.assigns(neutral))
    report.when(neutral.rules("0.00 EUR", "129.90 EUR", counterclaim=GRANTED), buyer.waives_appeal()).leaves("closed")


def test_goods_go_back_once() -> None:
    """If the award includes their return, the counterclaim is granted by that."""
    report = adjudicated(seller.counterclaims())
    report.when(neutral.rules("129.90 EUR", "0.00 EUR", goods=back(), counterclaim=GRANTED))
    report.when(buyer.waives_appeal(), seller.waives_appeal())
    assert [(c.kind, c.arises_from) for c in report.dispute.commitments.open_remedies()] == [("return", "ruling")]
