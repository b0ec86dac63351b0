"""Law reports on a translation that is corrected after a ruling which rests on what it translates."""

from datetime import timedelta
from typing import Any

import pytest

from domain.commitments.events import Participant
from domain.kernel.base import Role
from domain.kernel.people import Side
from domain.kernel.text_places import TextPlace
from domain.kernel.windows import Window
from domain.moves import Move, moves
from domain.policy.policy import Windows
from domain.remedies.reopening import (
    BouncedRefundMissing,
    MayNotReopen,
    NotClosedYet,
    NoTranslationCorrected,
    ReopeningWindowClosed,
)
from domain.remedies.reopening_facts import DisputeReopened
from domain.ruling.ruling_facts import RulingCoSigned, TranslationUnderRulingCorrected
from domain.settlement.translation import (
    CorrectTranslation,
    GiveUpTranslation,
    RecordRepeated,
    RecordTranslation,
    Wanted,
)
from domain.settlement.translation_facts import TranslationCorrected, translation_id_of
from tests.domain.law.acts import FILED_AT, FIRST, Act, Somebody
from tests.domain.law.cast import administrator, buyer, engine, marketplace, neutral, seller, supervisor
from tests.domain.law.filings import filing
from tests.domain.law.reports import Report, day, given, later, some
from tests.domain.law.rules import TRANSLATED

SOURCE = "5f" * 32
ENGLISH = translation_id_of(FIRST, SOURCE, "en")
EXHIBIT = TextPlace(fact="ExhibitAdded", number=1, field="description")
OTHER_EXHIBIT = TextPlace(fact="ExhibitAdded", number=2, field="description")
STATEMENT = TextPlace(fact="DisputeFiled", field="claim.statement")
MESSAGE = TextPlace(fact="MessagePosted", number=1, field="message")
ANSWER = TextPlace(fact="KeyQuestionAnswered", field="answer", question="dispatched")


def translates(of: TextPlace = EXHIBIT) -> Act:
    about = {"subject": buyer.subject, "source": SOURCE, "written_at": FILED_AT, "language": "en"}
    made = {"text": "The vase was whole.", "engine": "local", "engine_version": "1"}
    return engine.act(
        RecordTranslation, wanted=Wanted(of=of, by=Participant.NEUTRAL, neutral=neutral.subject), **about, **made
    )


def corrects(who: Somebody = supervisor) -> Act:
    return who.act(CorrectTranslation, translation_id=ENGLISH, text="The vase was broken.")


def ruled(of: TextPlace = EXHIBIT, claimant: str = "29.90 EUR", respondent: str = "100.00 EUR") -> tuple[Any, ...]:
    """The neutral rules on the first exhibit, having read the translation."""
    return (
        administrator.publishes(TRANSLATED),
        filing(),
        buyer.adds_exhibit(),
        buyer.adds_exhibit(),
        seller.contests(),
        translates(of),
        day(4),
        buyer.escalates(),
        neutral.takes_case(),
        neutral.declares_impasse(),
        neutral.rules(claimant, respondent, exhibits=(1,)),
    )


def closed(of: TextPlace = EXHIBIT, **award: str) -> tuple[Any, ...]:
    return (
        *ruled(of, **award),
        buyer.waives_appeal(),
        seller.waives_appeal(),
        engine.instructs_refund(4),
        marketplace.confirms_refund(4),
    )


def told(of: TextPlace = EXHIBIT, **values: Any) -> Any:
    return some(TranslationUnderRulingCorrected, number=1, of=of, language="en", **values)


@pytest.mark.parametrize("of", [EXHIBIT, STATEMENT, ANSWER])
def test_both_sides_are_told(of: TextPlace) -> None:
    """A cited exhibit, a statement, an answer to a key question."""
    report = given(*ruled(of))
    before = {side: report.dispute.telling.count(side) for side in Side}
    report.when(corrects()).then(TranslationCorrected, told(of, by=Role.SUPERVISOR, awaits_co_signature=False))
    assert {side: report.dispute.telling.count(side) - before[side] for side in Side} == {Side.BUYER: 1, Side.SELLER: 1}


@pytest.mark.parametrize("of", [OTHER_EXHIBIT, MESSAGE])
def test_what_the_ruling_does_not_rest_on(of: TextPlace) -> None:
    """An exhibit that it does not cite; a message, which is no evidence."""
    given(*ruled(of)).when(corrects()).then(TranslationCorrected)


def test_before_the_ruling_nobody_is_told() -> None:
    """The neutral reads the right words then."""
    given(*ruled()[:-1]).when(corrects()).then(TranslationCorrected)


def test_a_text_that_stands_twice() -> None:
    """The same words are in a message and under the cited exhibit: the ruling rests on them."""
    about = {"subject": buyer.subject, "source": SOURCE, "written_at": FILED_AT}
    again = engine.act(RecordRepeated, of=EXHIBIT, **about)
    given(*ruled(MESSAGE), again).when(corrects()).then(TranslationCorrected, told())


def test_a_first_translation_misled_nobody() -> None:
    """Nobody had read the text before, in any words."""
    about = {"subject": buyer.subject, "source": SOURCE, "written_at": FILED_AT, "language": "de"}
    wanted = Wanted(of=EXHIBIT, by=Participant.NEUTRAL, neutral=neutral.subject)
    gives_up = engine.act(GiveUpTranslation, wanted=wanted, **about)
    german = marketplace.act(
        CorrectTranslation, translation_id=translation_id_of(FIRST, SOURCE, "de"), text="Die Vase war ganz."
    )
    report = given(*ruled(), gives_up).when(german)
    assert not any(isinstance(fact.event, TranslationUnderRulingCorrected) for fact in report.facts)


def test_under_a_ruling_that_awaits_its_signature() -> None:
    """The supervisor reads it before signing. The parties are told with the ruling, and not before."""
    modest = [*ruled(claimant="100.00 EUR", respondent="29.90 EUR")]
    modest[7:7] = [administrator.grants_mandate(neutral, "1.00 EUR")]
    report = given(*modest)
    before = {side: report.dispute.telling.count(side) for side in Side}
    report.when(corrects(marketplace)).then(TranslationCorrected, told(awaits_co_signature=True))
    assert {side: report.dispute.telling.count(side) for side in Side} == before
    report.when(supervisor.co_signs())
    assert any(isinstance(fact.event, RulingCoSigned) for fact in report.facts)
    ruling = report.dispute.adjudication.ruling
    assert ruling is not None
    assert ruling.translation_corrected_at is not None


# --- the ground to reopen ---


def offered(report: Report) -> list[Move]:
    return moves(report.dispute, TRANSLATED, buyer.actor, report.now)


@pytest.mark.parametrize("who", [buyer, seller, supervisor])
def test_whom_the_ruling_burdens_reopens(who: Any) -> None:
    """Each side got a part only, so it burdens both. Another neutral may be assigned, and rules anew; what was paid counts."""
    report = given(*closed(), later(days=2), corrects()).when(who.reopens("translation_corrected"))
    assert some(DisputeReopened, ground="translation_corrected", by=who.role.value) in [f.event for f in report.facts]
    report.leaves("adjudication", "supervisor")


def test_whom_it_does_not_burden_does_not() -> None:
    """The buyer got everything."""
    won = closed(claimant="129.90 EUR", respondent="0.00 EUR")
    won = tuple(act for act in won if act != buyer.waives_appeal())
    report = given(*won, corrects()).when(buyer.reopens("translation_corrected")).refused(MayNotReopen, role="buyer")
    report.when(seller.reopens("translation_corrected"))
    assert not report.dispute.closed


def test_no_party_reopens_on_another_ground() -> None:
    given(*closed(), corrects()).when(buyer.reopens("fraud")).refused(MayNotReopen, role="buyer")
    given(*closed(), corrects()).when(buyer.reopens("translation_corrected", 4)).refused(BouncedRefundMissing)


def test_not_without_a_correction() -> None:
    """Nobody corrected anything, or not what the ruling rests on."""
    given(*closed()).when(buyer.reopens("translation_corrected")).refused(NoTranslationCorrected, number=1)
    given(*closed(MESSAGE), corrects()).when(supervisor.reopens("translation_corrected")).refused(
        NoTranslationCorrected
    )


def test_not_before_closure() -> None:
    """Until then there is the appeal."""
    given(*ruled(), corrects()).when(buyer.reopens("translation_corrected")).refused(NotClosedYet)


def test_the_time_to_reopen() -> None:
    """The policy's window, from the correction, or from the closure if that is later. The move says until when."""
    report = given(*closed())
    closed_at = report.now
    report.when(later(days=3), corrects())
    corrected_at = report.now
    until = TRANSLATED.due("reopening", None, corrected_at)[0]
    assert corrected_at > closed_at
    assert [move.until for move in offered(report) if move.name == "reopen"] == [until]
    report.when(lambda *_: until - timedelta(microseconds=1), buyer.reopens("translation_corrected"))
    assert not report.dispute.closed
    late = given(*closed(), later(days=3), corrects(), lambda *_: until)
    late.when(buyer.reopens("translation_corrected")).refused(ReopeningWindowClosed, closed_at=until.isoformat())
    assert not [move for move in offered(late) if move.name == "reopen"]


def test_the_time_begins_with_the_closure() -> None:
    """A correction long before would otherwise be a ground that nobody can use."""
    short = TRANSLATED.model_copy(update={"windows": Windows(reopening=Window(amount=1, unit="hours"))})
    acts = [*closed()]
    acts[0] = administrator.publishes(short)
    acts[11:11] = [corrects(), later(days=2)]
    report = given(*acts).when(buyer.reopens("translation_corrected"))
    assert not report.dispute.closed


def test_the_next_ruling_is_another_one() -> None:
    """Its neutral has read the right words: the old correction is no ground against it."""
    report = given(*closed(), corrects(), buyer.reopens("translation_corrected"))
    report.when(supervisor.assigns(neutral), neutral.rules("29.90 EUR", "100.00 EUR", exhibits=(1,)))
    report.when(buyer.waives_appeal(), seller.waives_appeal())
    assert report.dispute.closed
    report.when(buyer.reopens("translation_corrected")).refused(NoTranslationCorrected, number=2)
