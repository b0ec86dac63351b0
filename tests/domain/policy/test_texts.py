"""Law reports on the texts of a policy in several languages: which may be published, and what a comparison tells."""

import json
from typing import Any

import pytest

from api.cli.what_if import changed
from api.words.languages import LANGUAGES
from domain.policy.book import FIRST_POLICY, PolicyBook, PolicyPublished, faults
from domain.policy.comparison import Change, compare
from domain.policy.languages import LanguageStatedTwice, NotALanguage, TextShowsNothing, spelt, texts_of
from domain.policy.policy import CLAUSES, Policy
from domain.policy.reasons import ClaimReason
from mediation.store.log.upcast import upcast
from tests.domain.law.acts import FILED_AT
from tests.domain.law.cast import administrator, buyer
from tests.domain.law.filings import filing
from tests.domain.law.reports import given
from tests.domain.test_golden import GOLDEN

NINE = {
    "en": "What is broken?",
    "zh-Hans": "哪里坏了？",
    "de": "Was ist kaputt?",
    "fr": "Qu’est-ce qui est cassé ?",
    "es": "¿Qué está roto?",
    "it": "Che cosa è rotto?",
    "ru": "Что сломано?",
    "pt": "O que está quebrado?",
    "ar": "ما الذي انكسر؟",
}


def with_texts(**texts: Any) -> Policy:
    """A policy with one clause, and one question about damaged goods, in these texts."""
    question = {"name": "broken", "of": "claimant", "text": texts.get("question", "What is broken?")}
    called_for = {"name": "photos", "of": "claimant", "text": texts.get("evidence", "Photographs.")}
    reasons = {"not_as_described": {"questions": [question], "evidence": [called_for]}}
    return Policy.model_validate(
        {"version": "many", "clauses": {"care": texts.get("clause", "Take care.")}, "reasons": reasons}
    )


def test_a_policy_in_nine_languages() -> None:
    """It is published with every text as it was given, in the order in which it was given."""
    policy = with_texts(question=NINE, clause={"ar": "بعناية.", "en": "Take care."}, evidence={"zh-Hans": "照片。"})
    assert set(NINE) == set(LANGUAGES)
    report = given().when(administrator.publishes(policy)).then(PolicyPublished)
    stored = json.loads(policy.model_dump_json())
    assert list(stored["clauses"]["care"]) == ["ar", "en"]
    assert stored["reasons"]["not_as_described"]["questions"][0]["text"] == NINE
    assert Policy.model_validate_json(policy.model_dump_json()) == policy
    report.when(administrator.publishes(policy)).then_nothing()


def test_answers_refer_to_the_question_whatever_language_it_is_read_in() -> None:
    policy = with_texts(question=NINE)
    report = given(administrator.publishes(policy), filing()).when(buyer.answers_questions("broken"))
    assert report.dispute.key_questions.editions == {"broken": 1}


@pytest.mark.parametrize(
    ("text", "refusal", "at", "facts"),
    [
        ({"german": "x"}, NotALanguage, "/german", {"tag": "german"}),
        ({"en_US": "x"}, NotALanguage, "/en_US", {"tag": "en_US"}),
        ({"": "x"}, NotALanguage, "/", {"tag": ""}),
        ({"und": "x"}, NotALanguage, "/und", {"tag": "und"}),
        ({"x/y~z": "x"}, NotALanguage, "/x~1y~0z", {"tag": "x/y~z"}),
        ({"en": "x", "de": ""}, TextShowsNothing, "/de", {"tag": "de"}),
        ({"ar": "\u200f \u0301"}, TextShowsNothing, "/ar", {"tag": "ar"}),
        ({"zh": "x", "zh-Hans": "y"}, LanguageStatedTwice, "/zh-Hans", {"tags": ["zh", "zh-Hans"]}),
        ({"zh-hans": "x", "zh-Hans": "y"}, LanguageStatedTwice, "/zh-Hans", {"tags": ["zh-hans", "zh-Hans"]}),
        ({"iw": "x", "he": "y"}, LanguageStatedTwice, "/he", {"tags": ["iw", "he"]}),
        ({"pt": "x", "pt-BR": "y"}, LanguageStatedTwice, "/pt-BR", {"tags": ["pt", "pt-BR"]}),
    ],
    ids=str,
)
def test_what_no_text_may_be(text: Any, refusal: Any, at: str, facts: Any) -> None:
    """Named with the place of the language, and nothing is published."""
    report = given().when(administrator.publishes(with_texts(clause=text)))
    report.refused(refusal, at=f"/clauses/care{at}", **facts)
    assert report.world.log == given().world.log


@pytest.mark.parametrize("what", ["question", "evidence"])
def test_every_text_is_looked_at(what: str) -> None:
    """A question and evidence that is called for as well as a clause."""
    kind = "questions" if what == "question" else what
    report = given().when(administrator.publishes(with_texts(**{what: {"german": "x"}})))
    report.refused(NotALanguage, at=f"/reasons/not_as_described/{kind}/0/text/german", tag="german")


def test_languages_that_only_look_alike() -> None:
    """Each of them has readers of its own."""
    apart = {
        "zh-Hans": "简",
        "zh-Hant": "繁",
        "pt-BR": "a",
        "pt-PT": "b",
        "en-US": "c",
        "en-GB": "d",
        "sr-Latn": "e",
        "sr": "f",
    }
    given().when(administrator.publishes(with_texts(clause=apart))).then(PolicyPublished)


def test_all_faults_are_told_at_once() -> None:
    """In the order of the texts, for whoever validates a policy."""
    policy = with_texts(clause={"zh": "x", "zh-CN": " ", "nope!": ""})
    told = [fault.code for fault in faults(PolicyBook(), policy, None, FILED_AT)]
    assert told == ["TextShowsNothing", "LanguageStatedTwice", "TextShowsNothing", "NotALanguage"]


def test_tags_are_kept_in_their_canonical_form() -> None:
    """Unless two become one: then both stay, and are refused."""
    assert spelt({"ZH-HANS": "x", "iw": "y"}) == {"zh-Hans": "x", "he": "y"}
    assert spelt({"iw": "x", "he": "y"}) == {"iw": "x", "he": "y"}
    assert spelt({"no such": "x"}) == {"no such": "x"}


@pytest.mark.parametrize("version", range(1, 6))
def test_a_policy_of_every_version_that_was_stored_reads_as_it_was(version: int) -> None:
    """A plain text stays plain: nobody knows in which language it was written."""
    body = json.loads((GOLDEN / f"PolicyPublished.v{version}.json").read_bytes())
    event = PolicyPublished.model_validate_json(json.dumps(upcast("PolicyPublished", version, body, to=5)))
    assert event.policy.clauses == {"conformity": "Goods must be as described."}
    if version < 5:
        assert all(isinstance(text, str) for _, text in texts_of(event.policy))


def test_a_change_of_one_language() -> None:
    """The comparison names the language of a clause, and of a question its name and the language."""
    before = with_texts(question=NINE, clause={"en": "Take care.", "de": "Vorsicht."})
    after = with_texts(
        question={**NINE, "ar": "ما المكسور؟"}, clause={"en": "Take care.", "de": "Sorgfalt.", "fr": "Soin."}
    )
    assert compare(before, after) == [
        Change("/clauses/care/de", "Vorsicht.", "Sorgfalt."),
        Change("/clauses/care/fr", None, "Soin."),
        Change("/reasons/not_as_described/questions", f"broken (ar): {NINE['ar']}", "broken (ar): ما المكسور؟"),
    ]


def test_a_plain_text_that_becomes_one_in_languages() -> None:
    before, after = with_texts(), with_texts(clause={"en": "Take care.", "it": "Con cura."}, question={"en": "What?"})
    assert compare(before, after) == [
        Change("/clauses/care", "Take care.", None),
        Change("/clauses/care/en", None, "Take care."),
        Change("/clauses/care/it", None, "Con cura."),
        Change("/reasons/not_as_described/questions", "broken: What is broken?", None),
        Change("/reasons/not_as_described/questions", None, "broken (en): What?"),
    ]
    assert {(c.pointer, c.after, c.before) for c in compare(after, before)} == {
        (c.pointer, c.before, c.after) for c in compare(before, after)
    }


def test_a_reason_and_its_terms_compared() -> None:
    """A reason that comes or goes is one change. Within a reason, only what differs is told."""
    stored = json.loads(FIRST_POLICY.model_dump_json())
    del stored["reasons"]["other"]
    stored["reasons"]["damaged"]["contact_first"] = {"amount": 2, "unit": "business_days"}
    stored["reasons"]["damaged"]["questions"].reverse()
    stored["reasons"]["damaged"]["evidence"] = stored["reasons"]["damaged"]["evidence"][1:]
    told = compare(FIRST_POLICY, Policy.model_validate(stored))
    assert [(c.pointer, c.before is None, c.after is None) for c in told] == [
        ("/reasons/damaged/contact_first", True, False),
        ("/reasons/damaged/evidence", False, True),
        ("/reasons/other", False, True),
    ]


def test_what_if_a_language_came_to_a_text() -> None:
    """The change is merged into the present texts. The rules stay the same, so no dispute would end differently."""
    current = with_texts(clause={"en": "Take care."}, question=NINE)
    other = changed(current, {"clauses": {"care": {"de": "Sorgfalt."}}})
    assert other.clauses["care"] == {"en": "Take care.", "de": "Sorgfalt."}
    assert other.reasons == current.reasons
    plain = changed(current, {"clauses": {"care": "Care."}})
    assert plain.clauses["care"] == "Care."


def test_every_text_of_the_first_policy_is_found() -> None:
    """By the pointer under which it lies in the policy."""
    stored = json.loads(FIRST_POLICY.model_dump_json())
    for pointer, text in texts_of(FIRST_POLICY):
        found: Any = stored
        for step in pointer[1:].split("/"):
            found = found[int(step)] if step.isdigit() else found[step]
        assert found == text
    asked = sum(len(FIRST_POLICY.reasons[r].questions) + len(FIRST_POLICY.reasons[r].evidence) for r in ClaimReason)
    assert len(dict(texts_of(FIRST_POLICY))) == len(CLAUSES) + asked
