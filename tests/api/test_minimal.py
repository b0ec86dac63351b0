"""`Prefer: return=minimal`: an act is done as always, and its answer has no body."""

from unittest.mock import patch
from uuid import uuid4

import pytest
from httpx import Response
from starlette.requests import Request

from api.app import ROUTERS, routes_of
from api.http import act_route
from api.http.preferences import wants_minimal
from domain.kernel.base import Role
from tests.api.house import House, done, filing, refused, said

pytestmark = pytest.mark.asyncio(loop_scope="module")

MINIMAL = {"Prefer": "return=minimal"}
ALWAYS_SENT = {
    "mint_party_token",  # the token is in no other place
    "join_incident", "leave_incident", "hand_over_disputes",  # the answer alone says which disputes were refused
    "validate_policy", "tell_eligibility",  # change nothing
    "import_cases",  # the answer alone says which lines were refused
    "take_notice",  # has no body anyway
    "take_dispute_notice",
    "take_mail", "match_mail", "erase_sender",  # the answer alone says which mail, which message, how many
    "read_notice_again",  # says that it will be done
    "make_webhook_endpoint", "rotate_webhook_secret",  # the secrets
    "send_test_webhook", "replay_webhooks",  # the answer alone says what became of it, and how many
}  # fmt: skip


def _bare(answer: Response, status: int) -> Response:
    assert (answer.status_code, answer.content) == (status, b""), answer.text
    assert "Content-Type" not in answer.headers
    assert answer.headers["Preference-Applied"] == "return=minimal"
    assert answer.headers.get("Content-Length") == (None if status == 204 else "0")
    return answer


async def test_the_headers_say_what_the_body_would_repeat(at_home: House) -> None:
    filed = _bare(await at_home.backend.post("/v1/disputes", filing(), headers=MINIMAL), 201)
    place, version, position = (filed.headers[name] for name in ("Location", "ETag", "Position"))
    case = await at_home.backend.get(place, headers={"At-Least": position})
    assert (case.headers["ETag"], done(case)["stage"]) == (version, "negotiation")


async def test_an_act_that_makes_nothing_answers_204(at_home: House) -> None:
    """Its version counts on, as the body would say."""
    at = f"/v1/disputes/{(await at_home.filed())['id']}"
    withdrawn = _bare(await at_home.speaking_for("buyer").post(f"{at}/withdrawal", headers=MINIMAL), 204)
    case = await at_home.speaking_for("buyer").get(at, headers={"At-Least": withdrawn.headers["Position"]})
    assert (case.headers["ETag"], done(case)["outcome"]) == (withdrawn.headers["ETag"], "withdrawn")


async def test_the_same_key_with_the_preference_and_without_it(at_home: House) -> None:
    """It is one act. Whoever needs the number after all sends it again without the preference."""
    at = f"/v1/disputes/{(await at_home.filed())['id']}/messages"
    seller, key, message = at_home.speaking_for("seller"), str(uuid4()), {"message": said("你好", "zh-Hans")}
    bare = _bare(await seller.post(at, message, key=key, headers=MINIMAL), 201)
    whole = await seller.post(at, message, key=key)
    assert done(whole, 201)["number"] == 1
    assert (whole.headers["ETag"], whole.json()["position"]) == (bare.headers["ETag"], bare.headers["Position"])
    assert not {"Position", "Preference-Applied"} & {name.title() for name in whole.headers}
    again = _bare(await seller.post(at, message, key=key, headers=MINIMAL), 201)
    assert again.headers["ETag"] == bare.headers["ETag"]
    shown = await seller.get(at, headers={"At-Least": again.headers["Position"]})
    assert len(done(shown)["items"]) == 1


async def test_no_act_is_offered_for_an_answer_without_a_body(at_home: House) -> None:
    at = f"/v1/disputes/{(await at_home.filed())['id']}/messages"
    with patch.object(type(at_home.app.state.http.actions), "of", side_effect=AssertionError("nobody reads them")):
        _bare(await at_home.speaking_for("buyer").post(at, {"message": said("Ciao", "it")}, headers=MINIMAL), 201)


async def test_fastapi_reads_the_same_preference(at_home: House) -> None:
    """A request that the route of the act does not read by itself, and a form."""
    at, seller = f"/v1/disputes/{(await at_home.filed())['id']}/messages", at_home.speaking_for("seller")
    with patch.object(act_route._Plain, "arguments", return_value=None):
        _bare(await seller.post(at, {"message": said("one")}, headers=MINIMAL), 201)
    form = {"message": (None, "two"), "language": (None, "en")}
    last = _bare(await seller.post(at, files=form, headers=MINIMAL), 201)
    shown = await seller.get(at, headers={"At-Least": last.headers["Position"]})
    assert [item["number"] for item in done(shown)["items"]] == [1, 2]


async def test_what_is_always_sent(at_home: House) -> None:
    """A refusal, and an answer that nothing else tells. The preference is then not said to be applied."""
    at = f"/v1/disputes/{(await at_home.filed())['id']}"
    minted = await at_home.backend.post(f"{at}/party-tokens", {"side": "buyer"}, headers=MINIMAL)
    assert done(minted, 201)["token"]
    endpoints = f"/v1/webhook-endpoints/{uuid4()}"
    for path in ("test", "replay", "secret/rotation"):
        refused(await at_home.backend.post(f"{endpoints}/{path}", headers=MINIMAL), 404, "UnknownWebhookEndpoint")
    wrong = await at_home.backend.post(f"{at}/impasse", headers=MINIMAL)
    refused(wrong, 403, "NotForThisRole")
    assert not any("Preference-Applied" in answer.headers for answer in (minted, wrong))


async def test_what_concerns_no_dispute(at_home: House) -> None:
    """There is no version then."""
    policy = {"version": f"brief-{uuid4().hex[:8]}"}
    published = _bare(await at_home.sender(Role.ADMINISTRATOR).post("/v1/policies", policy, headers=MINIMAL), 201)
    assert published.headers["Position"]
    assert "ETag" not in published.headers


async def test_every_act_takes_the_preference() -> None:
    acts = [route for route in routes_of(ROUTERS) if "POST" in (route.methods or ())]
    assert {route.name for route in acts if not getattr(route, "spares_body", False)} == ALWAYS_SENT
    done_at_once = {route.name for route in acts if route.status_code in (None, 200)} - ALWAYS_SENT
    assert {route.name for route in acts if 204 in route.responses} == done_at_once


@pytest.mark.parametrize(
    ("sent", "minimal"),
    [
        (["return=minimal"], True),
        (["Return = MINIMAL"], True),
        (['return="minimal"'], True),
        (["respond-async, return=minimal; why=small"], True),
        (["respond-async", "return=minimal"], True),
        (["return=representation, return=minimal"], False),
        (["return=minimal, return=representation"], True),
        (["return"], False),
        (["return=minimalist"], False),
        (['return="minimal'], False),
        (["no-return=minimal"], False),
        ([""], False),
    ],
)
async def test_how_it_is_written(sent: list[str], minimal: bool) -> None:
    """RFC 7240, section 2. What nobody understands is no fault."""
    scope = {"type": "http", "headers": [(b"prefer", value.encode()) for value in sent]}
    assert wants_minimal(Request(scope)) is minimal
