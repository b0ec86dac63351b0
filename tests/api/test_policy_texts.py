"""Texts of a policy over HTTP: published in several languages, and read by each reader in the nearest one."""

from typing import Any

import pytest

from domain.kernel.base import Role
from tests import today
from tests.api.house import House, Sender, done, filing, person, refused
from tests.domain.policy.test_texts import NINE

pytestmark = pytest.mark.asyncio(loop_scope="module")

QUESTION = "/reasons/not_as_described/questions/0/text"
PLAIN = "Say it in your own words."


def policy(version: str, question: Any, **clauses: Any) -> dict[str, Any]:
    asked = {"name": "broken", "of": "claimant", "text": question}
    photos = {"name": "photos", "of": "claimant", "text": PLAIN, "by_tracking": False}
    reasons = {"not_as_described": {"questions": [asked], "evidence": [photos]}}
    return {"version": version, "reasons": reasons, **({"clauses": clauses} if clauses else {})}


async def filed_under(house: House, market: str, rules: dict[str, Any], buyer: str = "it") -> str:
    """The address of a dispute of a buyer who reads this language."""
    done(await house.sender(Role.ADMINISTRATOR, marketplace=market).post("/v1/policies", rules), 201)
    body = filing(buyer=person("b-1", "IT", buyer, "Europe/Rome"))
    filed = done(await house.backend_of(market).post("/v1/disputes", body), 201)
    at = f"/v1/disputes/{filed['id']}"
    done(await house.backend_of(market).get(at, headers={"At-Least": filed["position"]}))
    return at


async def asked(reader: Sender, at: str, accept: str | None = None) -> tuple[str, str | None]:
    """The key question as this reader gets it, and its tag. What is missing says the same."""
    answer = await reader.get(at, headers={"Accept-Language": accept} if accept else {})
    assert answer.headers["Vary"] == "Accept-Language"
    case = done(answer)
    (question,) = case["key_questions"]
    (missing,) = [one for one in case["missing"] if one["what"] == "answer"]
    assert (missing["text"], missing["language"]) == (question["text"], question["language"])
    return question["text"], question["language"]


async def test_each_reader_gets_their_own_language(at_home: House) -> None:
    """By `Accept-Language`; a party without it by their own. English is the last resort."""
    at = await filed_under(at_home, "nine", policy("nine", NINE))
    backend, buyer, seller = at_home.backend_of("nine"), *(at_home.speaking_for(s, "nine") for s in ("buyer", "seller"))
    for language, text in NINE.items():
        assert await asked(backend, at, language) == (text, language)
    assert await asked(buyer, at) == (NINE["it"], "it")
    assert await asked(seller, at) == (NINE["zh-Hans"], "zh-Hans")
    assert await asked(buyer, at, "ru, fr;q=0.5") == (NINE["ru"], "ru")
    assert await asked(buyer, at, "ja, ko;q=0.5") == (NINE["it"], "it")
    assert await asked(backend, at) == (NINE["en"], "en")
    assert await asked(backend, at, "ja") == (NINE["en"], "en")
    past = done(await buyer.get(at, params={"as_of": today.now().isoformat()}))
    assert past["key_questions"][0]["language"] == "it"


@pytest.mark.parametrize(
    ("texts", "accept", "language"),
    [
        ({"zh-Hans": "哪里坏了？"}, "zh-TW", "zh-Hans"),
        ({"en": "What?", "zh-Hans": "哪里坏了？"}, "zh-Hant-HK", "zh-Hans"),
        ({"en": "What?", "pt": "O quê?"}, "pt-BR", "pt"),
        ({"en": "What?", "pt-BR": "O quê?", "pt-PT": "O quê?"}, "pt-PT", "pt-PT"),
        ({"en": "What?", "pt-BR": "O quê?"}, "pt-PT", "pt-BR"),
        ({"de": "Was?", "es": "¿Qué?"}, "ca", "es"),
        ({"ar": "ماذا؟", "fr": "Quoi ?"}, "ar-EG", "ar"),
        ({"fr": "Quoi ?", "en-GB": "What?"}, "ja", "en-GB"),
        ({"ru": "Что?", "fr": "Quoi ?"}, "ja", "ru"),
    ],
)
async def test_the_nearest_language(at_home: House, texts: dict[str, str], accept: str, language: str) -> None:
    """By CLDR's matching. Where nothing is near, it is English, and without English the text that was given first."""
    market = f"near-{'-'.join(texts)}-{accept}".lower()
    done(await at_home.sender("administrator", marketplace=market).post("/v1/policies", policy("near", texts)), 201)
    reader = at_home.backend_of(market)
    shown = done(await reader.get("/v1/policies/near", headers={"Accept-Language": accept}))
    assert shown["texts"][QUESTION] == {"text": texts[language], "language": language}
    assert shown["reasons"]["not_as_described"]["questions"][0]["text"] == texts


async def test_a_plain_text_is_read_as_it_is(at_home: House) -> None:
    """Nobody knows its language. The first policy's texts are the engine's own, and are in all its languages."""
    at = await filed_under(at_home, "plain", policy("plain", PLAIN))
    assert await asked(at_home.speaking_for("seller", "plain"), at, "de") == (PLAIN, None)
    shown = done(await at_home.backend_of("plain").get(f"{at}/policy", headers={"Accept-Language": "ar"}))
    assert shown["reasons"]["not_as_described"]["questions"][0]["text"] == PLAIN
    assert shown["texts"][QUESTION] == {"text": PLAIN, "language": None}
    own = shown["texts"]["/clauses/good_faith"]
    assert (own["text"], own["language"]) == ("يتصرف كل طرف بحسن نية ويرد في الوقت المحدد.", "ar")
    assert shown["clauses"]["good_faith"] == "Each party acts in good faith and answers in time."


async def test_a_party_reads_the_policy_of_their_dispute(at_home: House) -> None:
    """Each in their own language, and all languages in the policy itself."""
    good_faith = {"en": "Act in good faith.", "it": "Agite in buona fede.", "zh-Hans": "诚信行事。"}
    at = await filed_under(at_home, "parties", policy("parties", NINE, good_faith=good_faith))
    for side, language in (("buyer", "it"), ("seller", "zh-Hans")):
        shown = done(await at_home.speaking_for(side, "parties").get(f"{at}/policy"))
        assert shown["texts"]["/clauses/good_faith"] == {"text": good_faith[language], "language": language}
        assert shown["clauses"] == {"good_faith": good_faith}
    listed = done(await at_home.backend_of("parties").get("/v1/policies", headers={"Accept-Language": "fr"}))
    assert [one["texts"][QUESTION]["language"] for one in listed["items"]] == ["fr", "fr"]


async def test_an_answer_keeps_its_translation_beside_the_question(at_home: House) -> None:
    """The question has its own language, and so has each answer to it."""
    at = await filed_under(at_home, "answers", policy("answers", NINE))
    given = {"answers": [{"question": "broken", "answer": {"text": "Il manico è rotto.", "language": "it"}}]}
    position = done(await at_home.speaking_for("buyer", "answers").post(f"{at}/answers", given))["position"]
    seller = at_home.speaking_for("seller", "answers")
    (question,) = done(await seller.get(at, headers={"At-Least": position}))["key_questions"]
    assert question["language"] == "zh-Hans"
    assert question["answers"][0]["answer"]["text"] == "Il manico è rotto."


@pytest.mark.parametrize(
    ("text", "code", "at"),
    [
        ({"german": "Was?"}, "NotALanguage", "/german"),
        ({"en": "What?", "de": "\u200b"}, "TextShowsNothing", "/de"),
        ({"zh": "哪里？", "zh-Hans": "哪里坏了？"}, "LanguageStatedTwice", "/zh-Hans"),
        ({"zh-hans": "哪里？", "zh-Hans": "哪里坏了？"}, "LanguageStatedTwice", "/zh-Hans"),
        ({}, "InvalidRequest", ""),
        ({"de": 5}, "InvalidRequest", "/de"),
        ({"de": "x" * 301}, "InvalidRequest", "/de"),
        (5, "InvalidRequest", ""),
    ],
    ids=str,
)
async def test_what_no_text_may_be(at_home: House, text: Any, code: str, at: str) -> None:
    """Refused with its place, in both routes, and nothing changes."""
    administrator = at_home.sender("administrator", marketplace="wrong-texts")
    problem = refused(await administrator.post("/v1/policies", policy("wrong", text)), 422, code)
    assert problem["pointer"] == QUESTION + at
    told = await administrator.post("/v1/policies/validation", policy("wrong", text))
    if code == "InvalidRequest":
        refused(told, 422, code)
    else:
        assert not done(told)["valid"]
        assert [(p["code"], p["pointer"]) for p in done(told)["problems"]] == [(code, f"{QUESTION}{at}")]
    assert [one["version"] for one in done(await administrator.get("/v1/policies"))["items"]] == ["first-2026"]


async def test_a_refusal_of_a_text_is_said_in_the_administrators_language(at_home: House) -> None:
    administrator = at_home.sender("administrator", marketplace="wrong-texts")
    headers = {"Accept-Language": "de"}
    answer = await administrator.post("/v1/policies", policy("wrong", {"german": "Was?"}), headers=headers)
    assert refused(answer, 422, "NotALanguage")["title"].startswith("Ein Text des Regelwerks steht unter `tag`")


async def test_what_is_missing_is_advice(at_home: House) -> None:
    """The texts that not every reader gets in their own language. The policy is valid, and can be published."""
    administrator = at_home.sender("administrator", marketplace="advice")
    draft = policy("advice", {"en": "What?", "pt-PT": "O quê?", "zh-Hant": "哪裡？"}, care=NINE)
    told = done(await administrator.post("/v1/policies/validation", draft))
    assert (told["valid"], told["problems"]) == (True, [])
    evidence = "/reasons/not_as_described/evidence/0/text"
    assert told["missing_languages"] == [
        {"pointer": QUESTION, "has": ["en", "pt-PT", "zh-Hant"], "missing": ["de", "fr", "es", "it", "ru", "ar"]},
        {"pointer": evidence, "has": [], "missing": [*NINE]},
    ]
    done(await administrator.post("/v1/policies", draft), 201)
    own = done(await administrator.post("/v1/policies/validation", {"version": "own"}))
    assert own["missing_languages"] == []


async def test_tags_are_kept_in_their_canonical_form(at_home: House) -> None:
    """The same policy again, spelt otherwise, is the same policy."""
    administrator = at_home.sender("administrator", marketplace="spelt")
    done(await administrator.post("/v1/policies", policy("spelt", {"ZH-hans": "哪里？", "iw": "מה?"})), 201)
    shown = done(await administrator.get("/v1/policies/spelt"))
    assert shown["reasons"]["not_as_described"]["questions"][0]["text"] == {"zh-Hans": "哪里？", "he": "מה?"}
    done(await administrator.post("/v1/policies", policy("spelt", {"zh-Hans": "哪里？", "he": "מה?"})), 201)


async def test_a_change_of_one_language_is_compared(at_home: House) -> None:
    administrator = at_home.sender("administrator", marketplace="compared")
    done(await administrator.post("/v1/policies", policy("one", NINE)), 201)
    done(await administrator.post("/v1/policies", policy("two", {**NINE, "ar": "ماذا؟"})), 201)
    told = done(await administrator.get("/v1/policies/one/comparison/two"))
    assert told["changes"] == [
        {
            "pointer": "/reasons/not_as_described/questions",
            "before": f"broken (ar): {NINE['ar']}",
            "after": "broken (ar): ماذا؟",
        }
    ]
