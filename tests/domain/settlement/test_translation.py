"""Law reports on translations: made by the engine, approved and corrected by people. None of them decides anything."""

from datetime import timedelta
from typing import Any

import pytest

from domain.commitments.events import Participant
from domain.kernel.people import Side, Text
from domain.kernel.text_places import TextPlace
from domain.privacy.erasure import RecordErased, RequestErasure, TookPart
from domain.settlement.translation import (
    ApproveTranslation,
    CorrectTranslation,
    GiveUpTranslation,
    MayNotTranslate,
    OriginalErased,
    RecordLanguage,
    RecordRepeated,
    RecordSent,
    RecordTranslation,
    UnknownTranslation,
    Wanted,
)
from domain.settlement.translation_facts import (
    LanguageDetected,
    TextRepeated,
    TextSent,
    TranslationApproved,
    TranslationCorrected,
    TranslationGivenUp,
    TranslationMade,
    translation_id_of,
)
from tests.domain.law.acts import FILED_AT, FIRST, Act, Somebody
from tests.domain.law.cast import auditor, buyer, engine, marketplace, neutral, seller, supervisor
from tests.domain.law.filings import filing
from tests.domain.law.reports import day, given, some

SOURCE = "5f" * 32
ENGLISH = translation_id_of(FIRST, SOURCE, "en")
ASSIGNED = (filing(), day(3), buyer.escalates(), neutral.takes_case(), neutral.writes())


PLACE = TextPlace(fact="DisputeFiled", field="claim.statement")
WANTED = Wanted(of=PLACE, by=Participant.SELLER)


def _about(**fields: Any) -> dict[str, Any]:
    return {"subject": buyer.subject, "source": SOURCE, "written_at": FILED_AT, **fields}


def translates(text: str = "The vase is broken.", **fields: Any) -> Act:
    made = {"text": text, "language": "en", "engine": "local", "engine_version": "1", "wanted": WANTED, **fields}
    return engine.act(RecordTranslation, **_about(**made))


def corrects(who: Somebody, text: str = "The vase is in pieces.") -> Act:
    return who.act(CorrectTranslation, translation_id=ENGLISH, text=text)


def approves(who: Somebody) -> Act:
    return who.act(ApproveTranslation, translation_id=ENGLISH)


def test_a_translation_is_sealed_for_the_author_of_the_original() -> None:
    """Who erases the author takes it along."""
    report = given(filing()).when(translates())
    report.then(
        TranslationMade(
            translation_id=ENGLISH,
            source=SOURCE,
            language="en",
            text=Text(text="The vase is broken.", language="en", author=buyer.subject),
            engine="local",
            engine_version="1",
            of=PLACE,
            written_at=FILED_AT,
        )
    )
    report.leaves("negotiation", "respondent")


def test_a_text_has_one_translation_into_a_language() -> None:
    """Two workers that translated it at once record it once. Another language is another translation."""
    given(filing(), translates()).when(translates("The vase broke.")).then()
    french = translates("Le vase est cassé.", language="fr")
    given(filing(), translates()).when(french).then(some(TranslationMade, language="fr"))


def test_a_text_is_sent_once_to_each_engine_on_record() -> None:
    sends = engine.act(RecordSent, **_about(engine="libretranslate"))
    elsewhere = engine.act(RecordSent, **_about(engine="deepl"))
    report = given(filing()).when(sends)
    report.then(TextSent(source=SOURCE, subject=buyer.subject, engine="libretranslate"))
    report.when(sends).then().when(elsewhere).then(some(TextSent, engine="deepl"))


def test_what_no_engine_offers_can_still_be_translated() -> None:
    """By an engine that is added later, or by a person."""
    gives_up = engine.act(GiveUpTranslation, **_about(language="en", wanted=WANTED))
    report = given(filing()).when(gives_up)
    report.then(
        TranslationGivenUp(
            translation_id=ENGLISH, source=SOURCE, language="en", subject=buyer.subject, of=PLACE, written_at=FILED_AT
        )
    )
    report.when(gives_up).then().when(translates()).then(TranslationMade)
    given(filing(), gives_up).when(corrects(supervisor)).then(some(TranslationCorrected, by="supervisor"))
    given(filing(), gives_up).when(approves(supervisor)).then()


@pytest.mark.parametrize("who", [neutral, supervisor, marketplace])
def test_who_approves_and_corrects(who: Somebody) -> None:
    """The assigned neutral, a supervisor, the marketplace. What the engine said stays on record."""
    given(*ASSIGNED, translates()).when(approves(who)).then(TranslationApproved(translation_id=ENGLISH, by=who.role))
    report = given(*ASSIGNED, translates(faults=("lost",))).when(corrects(who))
    corrected = Text(text="The vase is in pieces.", language="en", author=buyer.subject)
    report.then(TranslationCorrected(translation_id=ENGLISH, text=corrected, by=who.role))


@pytest.mark.parametrize("who", [buyer, seller, auditor])
def test_who_does_not(who: Somebody) -> None:
    """A party would translate in its own favour."""
    given(filing(), translates()).when(approves(who)).refused(MayNotTranslate, role=who.role.value)
    given(filing(), translates()).when(corrects(who)).refused(MayNotTranslate, role=who.role.value)


def test_a_translation_is_approved_once() -> None:
    given(filing(), translates(), approves(supervisor)).when(approves(marketplace)).then()


def test_a_translation_that_is_not_there() -> None:
    given(filing()).when(approves(supervisor)).refused(UnknownTranslation, translation_id=str(ENGLISH))


def test_a_late_translation_of_somebody_who_was_erased() -> None:
    """It would bring back what was destroyed. What they wrote after they came back is another matter."""
    gone = marketplace.act(
        RequestErasure, subject=buyer.subject, ground="person_asked", took_part=TookPart(side=Side.BUYER, readable=True)
    )
    report = given(filing(), buyer.withdraws(), gone)
    report.when(translates()).then()
    records = engine.act(RecordErased, subject=buyer.subject, number=1, erased_at=FILED_AT + timedelta(days=1))
    report = given(filing(), buyer.withdraws(), gone, records)
    report.when(translates()).then()
    report.when(engine.act(RecordSent, **_about(engine="deepl"))).then()
    report.when(engine.act(GiveUpTranslation, **_about(language="en", wanted=WANTED))).then()
    report.when(translates(written_at=FILED_AT + timedelta(days=2))).then(TranslationMade)


def test_a_text_that_nobody_translated_is_sealed_for_its_author() -> None:
    """Who erases the author takes along what a person wrote in their place."""
    gives_up = engine.act(GiveUpTranslation, **_about(language="en", wanted=WANTED))
    corrected = Text(text="The vase is in pieces.", language="en", author=buyer.subject)
    report = given(filing(), gives_up).when(corrects(marketplace))
    report.then(TranslationCorrected(translation_id=ENGLISH, text=corrected, by=marketplace.role))


def test_nobody_translates_for_an_author_who_was_erased() -> None:
    """The person who tries is told. A correction would bring back what was destroyed."""
    gone = marketplace.act(
        RequestErasure, subject=buyer.subject, ground="person_asked", took_part=TookPart(side=Side.BUYER, readable=True)
    )
    report = given(filing(), translates(), buyer.withdraws(), gone)
    report.when(corrects(supervisor)).refused(OriginalErased, translation_id=str(ENGLISH))
    report.when(engine.act(RecordErased, subject=buyer.subject, number=1, erased_at=FILED_AT + timedelta(days=1)))
    report.when(corrects(supervisor)).refused(OriginalErased, translation_id=str(ENGLISH))


def test_the_language_of_a_text_is_recorded_once() -> None:
    detects = engine.act(RecordLanguage, **_about(of=PLACE, declared="zh-Hans", detected="it"))
    report = given(filing()).when(detects)
    report.then(LanguageDetected(source=SOURCE, of=PLACE, declared="zh-Hans", detected="it"))
    report.when(detects).then()


def test_a_text_that_stands_twice_has_one_translation() -> None:
    """Both places are on record: a ruling may rest on either."""
    again = TextPlace(fact="ExhibitAdded", number=1, field="description")
    repeats = engine.act(RecordRepeated, **_about(of=again))
    report = given(filing(), translates()).when(repeats)
    report.then(TextRepeated(source=SOURCE, of=again)).when(repeats).then()
    given(filing(), translates()).when(engine.act(RecordRepeated, **_about(of=PLACE))).then()
