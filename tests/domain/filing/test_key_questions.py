"""Law reports on the questions and the evidence that a policy asks of each side. Silence has no effect."""

from typing import Any

import pytest
from pydantic import ValidationError

from domain.clocks.deadline_facts import DeadlineMoved
from domain.evidence.exhibit_facts import ExhibitAdded, NewExhibit
from domain.filing.filing_facts import DisputeFiled
from domain.filing.key_question_facts import KeyQuestionAnswered, NewAnswer
from domain.filing.key_questions import MAX_EDITIONS, AskedOfTheOtherSide, NotAsked, NotCalledFor, TooManyEditions
from domain.filing.response_facts import DefaultDeclined
from domain.kernel.people import NotAParty
from domain.kernel.refusals import DeadlineHasLapsed, DisputeIsClosed, NotYourMove
from domain.policy.first_reasons import FIRST_REASONS
from domain.policy.policy import Policy
from domain.policy.reasons import ClaimReason, ReasonTerms
from tests.domain.law.acts import words
from tests.domain.law.cast import administrator, buyer, engine, lawyer, neutral, seller, supervisor
from tests.domain.law.filings import filing
from tests.domain.law.reports import Report, day, deadline, given, just_before, lapsed, passes_to, some


def until(report: Report) -> dict[str, str]:
    return {name: d.due_at.isoformat() for name, d in report.dispute.deadlines.quiet.items()}


def answers(*names: str) -> tuple[NewAnswer, ...]:
    return tuple(NewAnswer(question=name, answer=words("È rotto.")) for name in names)


# --- answers ---


def test_each_side_has_its_own_window() -> None:
    """Five days from filing, on its own calendar. The filing holds both windows with their proofs."""
    report = given(filing())
    assert until(report) == {
        "answers-buyer": "2026-11-09T10:00:00+00:00",
        "answers-seller": "2026-11-09T10:00:00+00:00",
    }
    proofs = [d.proof for d in report.dispute.deadlines.quiet.values()]
    assert [(p.rule, p.time_zone) for p in proofs] == [
        ("first-2026/answers", "Europe/Rome"),
        ("first-2026/answers", "Asia/Shanghai"),
    ]


def test_answers_at_filing() -> None:
    """The claimant may answer at filing, and name the evidence that the first exhibits are."""
    photo = NewExhibit(description=words("The crack."), shows="photos")
    told = {"answers": answers("difference", "noticed"), "exhibits": (photo,)}
    report = given().when(filing(more=told))
    happened = [f.event for f in report.facts]
    assert happened[1:4] == [
        some(ExhibitAdded, number=1, shows="photos"),
        some(KeyQuestionAnswered, question="difference", by="buyer", edition=1),
        some(KeyQuestionAnswered, question="noticed", by="buyer", edition=1),
    ]
    given().when(filing(more={"answers": answers("difference", "described")})).refused(
        AskedOfTheOtherSide,
        at="/answers/1/question",
        question="described",
        asked=["difference", "goods_now", "noticed"],
    )
    wrong = (photo, NewExhibit(description=words("A page."), shows="listing"))
    given().when(filing(more={"exhibits": wrong})).refused(NotCalledFor, at="/exhibits/1/shows", called_for=["photos"])


def test_an_answer_is_amended() -> None:
    """Each edition is an event of its own. Nothing is overwritten."""
    report = given(filing(), day(1)).when(buyer.answers_questions("difference"))
    report.then(some(KeyQuestionAnswered, question="difference", by="buyer", edition=1))
    report.when(day(2), buyer.answers_questions("difference", "noticed")).then(
        some(KeyQuestionAnswered, question="difference", edition=2),
        some(KeyQuestionAnswered, question="noticed", edition=1),
    )
    often = report.when(*(buyer.answers_questions("difference") for _ in range(MAX_EDITIONS - 2)))
    often.when(buyer.answers_questions("difference")).refused(TooManyEditions, limit=MAX_EDITIONS)


def test_until_when() -> None:
    """Until the end of the side's own window, and not after a decision."""
    report = given(filing(), seller.contests())
    report.when(just_before("answers-buyer"), buyer.answers_questions("noticed")).then(KeyQuestionAnswered)
    report.when(deadline("answers-buyer"), buyer.answers_questions("noticed")).refused(
        DeadlineHasLapsed, deadline="answers-buyer"
    )
    settled = given(filing(), seller.concedes())
    settled.when(seller.answers_questions("described")).refused(NotYourMove, stage="execution")
    given(filing(), buyer.withdraws()).when(buyer.answers_questions("noticed")).refused(DisputeIsClosed)


def test_who_is_asked_what() -> None:
    """A question is for one side, by procedural role. Nobody else answers it."""
    given(filing()).when(seller.answers_questions("difference")).refused(AskedOfTheOtherSide, asked=["described"])
    given(filing()).when(seller.answers_questions("breakfast")).refused(NotAsked, asked=["described"])
    for somebody in (neutral, supervisor):
        report = given(filing(), seller.contests(), day(3), buyer.escalates(), neutral.takes_case())
        report.when(somebody.answers_questions("difference")).refused(NotAParty)
    own = filing(claimant="seller", reason="payment_not_received")
    given(own).when(seller.answers_questions("expected")).then(some(KeyQuestionAnswered, by="seller"))
    given(own).when(buyer.answers_questions("paid")).then(some(KeyQuestionAnswered, by="buyer"))


def test_a_representative_answers_for_the_party() -> None:
    """As with every act of a representative, the answer is the party's."""
    report = given(filing(), buyer.names(lawyer)).when(lawyer.answers_questions("noticed"))
    (said,) = [f.event for f in report.facts if isinstance(f.event, KeyQuestionAnswered)]
    assert (said.by, said.answer.author) == ("buyer", buyer.subject)


def test_a_stay_and_more_time() -> None:
    """A stay stops these windows too, and a neutral or a supervisor can extend them."""
    report = given(filing(), seller.contests(), day(1), supervisor.orders_stay(), day(9))
    report.when(buyer.answers_questions("noticed")).then(KeyQuestionAnswered)
    report.when(supervisor.lifts_stay())
    assert some(DeadlineMoved, name="answers-buyer", why="stay") in [f.event for f in report.facts]
    assert until(report)["answers-buyer"] == "2026-11-17T10:00:00+00:00"
    report.when(supervisor.extends("answers-buyer", hours=1)).then(some(DeadlineMoved, name="answers-buyer"))
    assert until(report)["answers-buyer"] == "2026-11-17T11:00:00+00:00"


def test_an_imported_dispute_has_no_terms() -> None:
    """In a past case no right ends by itself."""
    given(filing(imported=True), day(400)).when(buyer.answers_questions("noticed")).then(KeyQuestionAnswered)


# --- silence ---


def test_silence_means_nothing() -> None:
    """No event marks the end of the window. Nothing waits for an answer, and a missing one has no consequence."""
    report = given(filing(), seller.contests()).when(deadline("answers-buyer"), engine.ticks()).then_nothing()
    report.when(buyer.escalates(), neutral.takes_case(), neutral.declares_impasse())
    report.when(neutral.rules("129.90 EUR", "0.00 EUR")).leaves("appeal")


def test_who_answers_is_not_silent() -> None:
    """A respondent who answers a key question takes part, so no default is granted."""
    report = given(filing(), day(1), seller.answers_questions("described"))
    report.when(deadline("response"), engine.ticks()).then(
        lapsed("response"), DefaultDeclined(reason="respondent_takes_part"), passes_to("both", "negotiation")
    )


# --- evidence called for ---


def test_an_exhibit_says_which_evidence_it_is() -> None:
    """By the side that must show it; also after the window, as long as evidence is accepted."""
    report = given(filing(), seller.contests()).when(seller.adds_exhibit("The page.", shows="listing"))
    report.then(some(ExhibitAdded, shows="listing"))
    report.when(seller.adds_exhibit(shows="photos")).refused(NotCalledFor, at="/shows", called_for=["listing"])
    report.when(day(9), buyer.adds_exhibit(shows="photos")).then(some(ExhibitAdded, shows="photos"))
    report.when(buyer.escalates(), neutral.takes_case(), neutral.adds_exhibit(shows="photos")).refused(
        NotCalledFor, called_for=[]
    )


# --- the policy ---


def test_the_first_policy_asks_for_every_reason() -> None:
    """For every reason, something of each side, in short texts with stable names. The side that asserts a fact is asked
    for the evidence."""
    for reason in ClaimReason:
        terms = FIRST_REASONS[reason]
        assert terms.questions_of("claimant"), reason
        assert terms.questions_of("respondent"), reason
        assert all(str(asked.text).endswith((".", "?")) for asked in (*terms.questions, *terms.evidence))
    assert FIRST_REASONS[ClaimReason.ITEM_NOT_RECEIVED].evidence_of("respondent") == {"tracking", "dispatch"}


def test_a_policy_that_asks_nothing() -> None:
    """No window opens, and no question can be answered."""
    quiet = Policy(version="quiet", reasons={reason: ReasonTerms() for reason in ClaimReason})
    report = given(administrator.publishes(quiet)).when(filing())
    assert some(DisputeFiled, answers_due=()) in [f.event for f in report.facts]
    report.when(buyer.answers_questions("noticed")).refused(NotAsked, asked=[])


@pytest.mark.parametrize(
    "wrong",
    [
        {"questions": [{"name": "Where?", "of": "claimant", "text": "Where?"}]},
        {"questions": [{"name": "where", "of": "buyer", "text": "Where?"}]},
        {"questions": [{"name": "where", "of": "claimant", "text": ""}]},
        {"questions": [{"name": "where", "of": "claimant", "text": "Where?\n"}]},
        {"questions": [{"name": "where", "of": side, "text": "Where?"} for side in ("claimant", "respondent")]},
        {"evidence": [{"name": "photo", "of": "claimant", "text": "A photo."}] * 2},
        {"contact_first": {"amount": 0, "unit": "hours"}},
    ],
    ids=str,
)
def test_what_is_no_question(wrong: dict[str, Any]) -> None:
    """Names are stable and distinct, each text is on one line, and each question is for one of the two sides."""
    with pytest.raises(ValidationError):
        ReasonTerms.model_validate(wrong)
