"""Law reports on the commitment to translate: what no engine translates safely, the marketplace owes."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.commitments.events import (
    CommitmentBreached,
    CommitmentDischarged,
    CommitmentKept,
    Matter,
    Origin,
    Participant,
)
from domain.commitments.promising import ArisesByLawAlone
from domain.commitments.translate import TranslationDecides
from domain.kernel.people import Side
from domain.kernel.text_places import TextPlace, Untranslated
from domain.kernel.windows import Window
from domain.policy.policy import Policy, TranslationRules, Windows
from domain.privacy.erasure import RecordErased, RequestErasure, TookPart
from domain.settlement.translation import (
    ApproveTranslation,
    CorrectTranslation,
    GiveUpTranslation,
    OweTranslation,
    RecordTranslation,
    Wanted,
)
from domain.settlement.translation_facts import (
    TranslationApproved,
    TranslationCorrected,
    TranslationGivenUp,
    TranslationMade,
    translation_id_of,
)
from tests.domain.law.acts import FILED_AT, FIRST, Act, Somebody, commitment
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
from tests.domain.law.filings import filing
from tests.domain.law.reports import Report, Some, day, due_date, given, later, owes, some
from tests.domain.law.rules import TRANSLATED

SOURCE = "5f" * 32
CHINESE = translation_id_of(FIRST, SOURCE, "zh-Hans")
STATEMENT = TextPlace(fact="DisputeFiled", field="claim.statement")
IN_CAUCUS = TextPlace(fact="CaucusMessagePosted", number=1, field="message", side=Side.BUYER)
FILED = (administrator.publishes(TRANSLATED), filing())
ASSIGNED = (*FILED, day(3), buyer.escalates(), neutral.takes_case())


def wanted(by: Participant | None = Participant.SELLER, of: TextPlace = STATEMENT, who: UUID | None = None) -> Wanted:
    return Wanted(of=of, by=by, neutral=who)


NEEDED = wanted()


def gives_up(needed: Wanted = NEEDED, language: str = "zh-Hans", **fields: Any) -> Act:
    about = {"subject": buyer.subject, "source": SOURCE, "written_at": FILED_AT, "language": language, **fields}
    return engine.act(GiveUpTranslation, wanted=needed, **about)


def translates(*faults: str, needed: Wanted = NEEDED) -> Act:
    about = {"subject": buyer.subject, "source": SOURCE, "written_at": FILED_AT, "language": "zh-Hans"}
    made = {"text": "花瓶碎了。", "engine": "local", "engine_version": "1", "faults": faults}
    return engine.act(RecordTranslation, wanted=needed, **about, **made)


def owes_again(needed: Wanted = NEEDED) -> Act:
    about = {"subject": buyer.subject, "written_at": FILED_AT, "translation_id": CHINESE}
    return engine.act(OweTranslation, wanted=needed, **about)


def corrects(who: Somebody = marketplace) -> Act:
    return who.act(CorrectTranslation, translation_id=CHINESE, text="花瓶碎成三块。")


def approves(who: Somebody = supervisor) -> Act:
    return who.act(ApproveTranslation, translation_id=CHINESE)


def to_translate(to: str, of: TextPlace = STATEMENT, why: Any = "no_engine", who: UUID | None = None) -> Some:
    text = Untranslated(translation_id=CHINESE, of=of, language="zh-Hans", why=why, neutral=who)
    about = {"promise.about": Matter(what="text", text=text), "commitment_class": "service"}
    return owes("marketplace", to, None, "translate", **about)


def owed(report: Report) -> list[int]:
    """The numbers of what is to be translated."""
    open_ones = report.dispute.commitments.open.values()
    return [one.number for one in open_ones if one.translates is not None]


def test_what_no_engine_translates_is_owed() -> None:
    """By the marketplace, to who cannot read it, within the policy's window; with which text, into which language, and why."""
    report = given(*FILED).when(gives_up())
    report.then(some(TranslationGivenUp, translation_id=CHINESE, subject=buyer.subject), to_translate("seller"))
    (one,) = report.dispute.commitments.open.values()
    assert one.arises_from is Origin.TRANSLATION
    assert one.due_at == TRANSLATED.due("translation", None, FILED_AT)[0]
    report.leaves("negotiation", "respondent")


def test_it_is_owed_once() -> None:
    """Two workers gave up at once; or the process began anew. Another language is another translation."""
    given(*FILED, gives_up()).when(gives_up()).then()
    report = given(*FILED, gives_up()).when(gives_up(language="ar"))
    report.then(TranslationGivenUp, owes("marketplace", "seller", None, "translate"))
    assert owed(report) == [1, 2]


def test_a_marketplace_that_never_asked_for_it_owes_nothing() -> None:
    """Without translation in its policy, and under a policy that leaves the reader with the original."""
    given(filing()).when(gives_up()).then(TranslationGivenUp)
    original = Policy(version="original", translation=TranslationRules(otherwise="original"))
    given(administrator.publishes(original), filing()).when(gives_up()).then(TranslationGivenUp)
    given(administrator.publishes(original), filing()).when(translates("lost")).then(TranslationMade)


def test_who_wrote_a_text_can_read_it() -> None:
    """The buyer reads Italian and wrote in English. Nobody owes them their own words."""
    given(*FILED).when(gives_up(wanted(None))).then(TranslationGivenUp)


@pytest.mark.parametrize("act", [translates(), corrects(), corrects(supervisor)])
def test_a_translation_keeps_it(act: Act) -> None:
    """By an engine that was connected since, or by a person. The fact that kept it is named."""
    report = given(*FILED, gives_up()).when(act)
    kept = next(fact.event for fact in report.facts if isinstance(fact.event, CommitmentKept))
    assert (kept.late, kept.by) == (False, act.actor.role)
    assert kept.kept_by is not None
    assert kept.kept_by.fact in (TranslationMade.kind, TranslationCorrected.kind)
    assert owed(report) == []


def test_an_unsafe_translation_is_owed_and_does_not_keep_it() -> None:
    """It may say another amount than the original. A person who approves or corrects it keeps the commitment."""
    report = given(*FILED).when(translates("lost")).then(TranslationMade, to_translate("seller", why="unsafe"))
    report.when(gives_up()).then()
    report.when(owes_again()).then()
    report.when(approves()).then(TranslationApproved, CommitmentKept)
    report = given(*FILED, gives_up()).when(translates("lost")).then(TranslationMade)
    assert owed(report) == [1]
    report.when(corrects()).then(TranslationCorrected, CommitmentKept)


def test_a_safe_translation_is_never_owed() -> None:
    given(*FILED, translates()).when(gives_up()).then()
    given(*FILED, translates()).when(owes_again()).then()
    given(*FILED).when(owes_again()).then()


def test_only_a_translation_keeps_it() -> None:
    """Nobody reports it as done, waives it or replaces it: somebody still cannot read the text. Nobody promises it either."""
    report = given(*FILED, gives_up())
    for act in (seller.waives_promise(1), marketplace.confirms_promise(1), seller.replaces_promise(1, "translate")):
        report.when(act).refused(TranslationDecides, translation_id=str(CHINESE))
    given(*FILED).when(marketplace.promises("translate", "buyer")).refused(ArisesByLawAlone)


def test_it_is_broken_and_stays_owed() -> None:
    """Nothing follows: a decision does not make a text readable. It is kept late."""
    report = given(*FILED, seller.contests(), gives_up()).when(due_date(1), engine.ticks())
    report.then(CommitmentBreached(commitment_id=commitment(1)))
    report.when(corrects()).then(TranslationCorrected, some(CommitmentKept, late=True))


def test_the_marketplace_sets_the_time() -> None:
    windows = Windows(translation=Window(amount=6, unit="hours"))
    report = given(administrator.publishes(TRANSLATED.model_copy(update={"windows": windows})), filing(), gives_up())
    (one,) = report.dispute.commitments.open.values()
    assert one.due_at == FILED_AT + timedelta(hours=6)


def test_it_ends_with_the_dispute_and_is_owed_again_if_that_is_reopened() -> None:
    """Nothing is owed in a closed dispute. A reopened one is read again: the process looks at every text then."""
    closed = (*FILED, seller.contests(), gives_up(), day(1), buyer.withdraws())
    report = given(*closed)
    assert report.dispute.closed
    assert report.dispute.commitments.ended[commitment(1)] == "discharged"
    report.when(owes_again()).then()
    report.when(gives_up(language="ar")).then(TranslationGivenUp)
    report.when(supervisor.reopens()).when(owes_again()).then(to_translate("seller"))
    report.when(owes_again()).then()


def test_a_neutral_who_leaves_needs_no_translation() -> None:
    """Another one may read other languages; if not, it is owed to that one. A late task for the first one owes nothing."""
    first, second = (
        wanted(Participant.NEUTRAL, who=neutral.subject),
        wanted(Participant.NEUTRAL, who=another_neutral.subject),
    )
    report = given(*ASSIGNED).when(gives_up(first))
    report.then(TranslationGivenUp, to_translate("neutral", who=neutral.subject))
    report.when(supervisor.reassigns(another_neutral))
    assert owed(report) == []
    assert some(CommitmentDischarged, reason="neutral_gone") in [fact.event for fact in report.facts]
    report.when(owes_again(first)).then()
    report.when(owes_again(second)).then(to_translate("neutral", who=another_neutral.subject))


def test_the_parties_see_what_is_owed_of_what_both_read() -> None:
    report = given(*ASSIGNED, gives_up(wanted(Participant.NEUTRAL, who=neutral.subject)))
    (number,) = owed(report)
    assert not report.dispute.telling.hides(commitment(number))


@pytest.mark.parametrize(
    ("needed", "hidden"),
    [
        (wanted(Participant.BUYER, IN_CAUCUS), {Side.SELLER}),
        (wanted(Participant.NEUTRAL, IN_CAUCUS, neutral.subject), {Side.BUYER, Side.SELLER}),
    ],
)
def test_nobody_learns_from_it_of_a_caucus(needed: Wanted, hidden: set[Side]) -> None:
    """The other side sees neither the commitment nor its end. What is owed to the neutral, neither side sees."""
    report = given(*ASSIGNED)
    before = {side: report.dispute.telling.count(side) for side in Side}
    report.when(gives_up(needed))
    (number,) = owed(report)
    assert report.dispute.commitments.open[commitment(number)].arises_from is Origin.CONFIDED
    assert {side for side in Side if (commitment(number), side) in report.dispute.telling.hidden} == hidden
    report.when(corrects())
    for side in Side:
        told = report.dispute.telling.count(side) - before[side]
        assert told == (0 if side in hidden else 2)


def test_it_ends_with_the_erasure_of_the_author() -> None:
    """A late translation is dropped, as ever; and what it would have kept is owed no more."""
    gone = marketplace.act(
        RequestErasure, subject=buyer.subject, ground="person_asked", took_part=TookPart(side=Side.BUYER, readable=True)
    )
    records = engine.act(RecordErased, subject=buyer.subject, number=1, erased_at=FILED_AT + timedelta(days=1))
    for late in (translates(), gives_up(), owes_again()):
        report = given(*FILED, gives_up(), later(hours=1), gone, records)
        assert owed(report) == [1]
        report.when(late).then(CommitmentDischarged(commitment_id=commitment(1), reason="author_erased"))
        report.when(late).then()


def test_an_imported_past_case_owes_nothing() -> None:
    given(administrator.publishes(TRANSLATED), filing(imported=True)).when(gives_up()).then(TranslationGivenUp)
