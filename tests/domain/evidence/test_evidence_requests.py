"""Law reports on requests for evidence, and on the effect of silence."""

from domain.commitments.events import CommitmentKept
from domain.evidence.exhibit_facts import ExhibitAdded
from domain.evidence.request_facts import AdverseInferenceRecorded, EvidenceRequested, UnknownEvidenceRequest
from domain.evidence.requests import (
    MAX_REQUESTS,
    InferenceNotAddressed,
    NotAskedOfYou,
    TooManyEvidenceRequests,
    UnknownInference,
)
from domain.kernel.people import Side
from domain.kernel.refusals import NotYourMove
from domain.neutral.escalation import NotTheNeutral
from domain.ruling.ruling_facts import RulingIssued
from domain.ruling.rulings import EvidenceStillDue
from tests.domain.law.cast import another_neutral, buyer, engine, neutral, seller, supervisor
from tests.domain.law.filings import filing
from tests.domain.law.reports import Report, day, deadline, given, just_before, lapsed, met, moot, sets, some

RULES = neutral.rules("129.90 EUR", "0.00 EUR")


def adjudicated() -> Report:
    """Four days after filing, before the ruling."""
    contested = (filing(), day(1), seller.contests(), day(4), buyer.escalates(), neutral.takes_case())
    return given(*contested, neutral.declares_impasse())


def test_a_request() -> None:
    """The side that is asked has the burden, and three days on its own calendar."""
    report = adjudicated().when(neutral.asks_evidence("seller"))
    report.then(
        some(EvidenceRequested, number=1, of="seller"),
        sets("evidence-1", "seller", due_at="2026-11-09T18:00+08:00"),
    )
    report.when(seller.adds_exhibit("The packing list.", answering=1)).then(
        some(ExhibitAdded, number=1, answers_request=1), met("evidence-1")
    )


def test_the_ruling_waits_for_it() -> None:
    """Until the window has ended, or the evidence has come."""
    report = adjudicated().when(neutral.asks_evidence("seller"))
    report.when(just_before("evidence-1"), RULES).refused(EvidenceStillDue, until="2026-11-09T10:00:00+00:00")
    report.when(seller.adds_exhibit(answering=1), RULES).leaves("appeal")


def test_silence() -> None:
    """An adverse inference is recorded at that exact instant. The ruling must address it, and no other."""
    report = adjudicated().when(neutral.asks_evidence("seller")).when(deadline("evidence-1"), engine.ticks())
    report.then(lapsed("evidence-1"), AdverseInferenceRecorded(number=1, against=Side.SELLER))
    report.when(RULES).refused(InferenceNotAddressed, at="/addresses_inferences", missing=[1])
    report.when(neutral.rules("129.90 EUR", "0.00 EUR", inferences=(1, 2))).refused(UnknownInference, unknown=[2])
    report.when(neutral.rules("129.90 EUR", "0.00 EUR", inferences=(1,))).leaves("appeal")
    (issued,) = [f.event for f in report.facts if isinstance(f.event, RulingIssued)]
    assert issued.addresses_inferences == (1,)


def test_what_comes_too_late_takes_no_inference_back() -> None:
    """The exhibit is accepted, and can be cited after its 48 hours. The inference must still be addressed."""
    report = adjudicated().when(neutral.asks_evidence("seller"), deadline("evidence-1"))
    report.when(seller.adds_exhibit(answering=1), buyer.answers_exhibit(1))
    report.when(neutral.rules("129.90 EUR", "0.00 EUR", exhibits=(1,))).refused(InferenceNotAddressed)


def test_the_ruling_on_appeal_addresses_it_too() -> None:
    """The inference is recorded for every neutral who rules."""
    report = adjudicated().when(neutral.asks_evidence("seller"), deadline("evidence-1"))
    report.when(neutral.rules("100.00 EUR", "29.90 EUR", inferences=(1,)), seller.appeals())
    report.when(another_neutral.takes_case(), another_neutral.rules("0.00 EUR", "129.90 EUR")).refused(
        InferenceNotAddressed
    )


def test_who_asks_and_who_answers() -> None:
    """The neutral of the dispute asks. The side that was asked answers, by the number of the request."""
    adjudicated().when(supervisor.asks_evidence("buyer")).refused(NotTheNeutral)
    adjudicated().when(buyer.asks_evidence("seller")).refused(NotTheNeutral)
    report = adjudicated().when(neutral.asks_evidence("seller"))
    report.when(buyer.adds_exhibit(answering=1)).refused(NotAskedOfYou, of="seller")
    report.when(seller.adds_exhibit(answering=2)).refused(UnknownEvidenceRequest, number=2)


def test_until_when_something_is_asked() -> None:
    """Not after a ruling or a settlement. The number of requests is limited."""
    adjudicated().when(RULES).when(neutral.asks_evidence("seller")).refused(NotYourMove, stage="appeal")
    settled = (
        adjudicated().when(neutral.asks_evidence("seller"), seller.offers("1.00 EUR")).when(buyer.accepts_offer(1))
    )
    assert moot("evidence-1") in [f.event for f in settled.facts]
    many = adjudicated().when(*(neutral.asks_evidence("buyer") for _ in range(MAX_REQUESTS)))
    many.when(neutral.asks_evidence("seller")).refused(TooManyEvidenceRequests, limit=MAX_REQUESTS)


def test_on_appeal() -> None:
    """The neutral who hears the appeal can ask too."""
    report = adjudicated().when(RULES, seller.appeals(), another_neutral.takes_case())
    report.when(another_neutral.asks_evidence("buyer")).then(
        EvidenceRequested, sets("evidence-1", "buyer"), CommitmentKept
    )
    report.when(another_neutral.rules("0.00 EUR", "129.90 EUR")).refused(EvidenceStillDue)
