"""Past cases, one act on each line: the rules of living cases, at the instants when the acts happened, and nothing twice."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, get_args
from uuid import UUID, uuid4

import pytest

from api.acts.registry import ACTS, DECLARED
from domain.commands import DisputeCommand
from domain.kernel.base import act_name
from mediation.store.log.recorded import Recorded
from tests import today
from tests.api.house import House, Sender, done, euros, filing, refused, said

pytestmark = pytest.mark.asyncio(loop_scope="module")

OPENED = datetime(2024, 3, 4, 9, 30, tzinfo=UTC)
NDJSON = "application/x-ndjson"

OF_THE_ENGINE = {
    "carry_bulk_act", "count_case", "hand_over", "instruct_refund", "pursue_erasure", "record_erased", "record_lapses",
    "record_not_reached", "release_refund", "record_sent", "record_translation", "give_up_translation", "owe_translation",
    "record_language", "record_repeated", "see_messages", "record_text_found", "record_file_not_read", "make_notice",
    "record_notice_sent", "record_notice_delivered", "fail_notice", "cancel_notice", "post_mail", "apply_standing_rules",
    "take_back_refund_elsewhere",
}  # fmt: skip
"""The commands that nobody asks for by name: processes send them."""


class Past:
    """A case of the file. Its acts happen a number of days, or part of a day, after its opening."""

    def __init__(self, neutral: UUID | None = None, *, order: str | None = None, opened: datetime = OPENED) -> None:
        self.case = f"case {uuid4().hex[:8]}"
        self.opened = opened
        self.neutral = neutral
        self.filing = filing(now=opened, order=order)

    def act(
        self, name: str, by: str, day: float = 0, body: dict[str, Any] | None = None, **about: Any
    ) -> dict[str, Any]:
        at = (self.opened + timedelta(days=day)).isoformat()
        if by == "neutral":
            about["neutral"] = str(self.neutral)
        return {"case": self.case, "act": name, "as": by, "occurred_at": at, "body": body or {}, **about}

    def filed(self, **changes: Any) -> dict[str, Any]:
        return self.act("file_dispute", "buyer", 0, self.filing | changes)

    def settled(self) -> list[dict[str, Any]]:
        """Filed, negotiated, settled and paid within ten days."""
        return [
            self.filed(),
            self.act("respond", "seller", 1, {"answer": "contest", "statement": said("不同意", "zh-Hans")}),
            self.act("make_offer", "seller", 2, {"amount": euros("40.00")}),
            self.act("accept_offer", "buyer", 3, number=1),
            self.act("confirm_refund", "marketplace", 9, {"provider_reference": "re_1"}, recipient="buyer"),
        ]

    def ruled(self) -> list[dict[str, Any]]:
        """Ruled and paid. One side's waiver changes nothing: it got all it claimed."""
        award = {"buyer": euros("129.90"), "seller": euros("0.00")}
        return [
            self.filed(),
            self.act("add_exhibit", "buyer", 1, {"description": said("foto", "it")}),
            self.act("escalate", "buyer", 4),
            self.act("assign_neutral", "supervisor", 5, {"neutral": str(self.neutral)}),
            self.act("declare_impasse", "neutral", 6),
            self.act(
                "issue_ruling",
                "neutral",
                90,
                {"award": award, "cites_exhibits": [1], "cites_clauses": ["evidence"], "reasons": said("Shown.")},
            ),
            self.act("waive_appeal", "buyer", 91),
            self.act("waive_appeal", "seller", 91),
            self.act("confirm_refund", "marketplace", 95, recipient="buyer"),
        ]


async def sent(by: Sender, lines: Sequence[dict[str, Any] | str]) -> list[dict[str, Any]]:
    """The result of each line."""
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    headers = {"Idempotency-Key": str(uuid4()), "Content-Type": NDJSON}
    response = await by.send("POST", "/v1/imports", headers=headers, content=text.encode())
    assert response.status_code == 200, response.text
    assert response.headers["Content-Type"].startswith(NDJSON)
    return [json.loads(line) for line in response.text.splitlines()]


def statuses(results: list[dict[str, Any]]) -> list[str]:
    return [result["status"] for result in results]


async def facts(house: House, result: dict[str, Any]) -> list[Recorded]:
    return await house.services.log.of_dispute(UUID(result["dispute_id"]))


# --- what happened then ---


async def test_each_act_happened_when_the_line_says_and_is_recorded_now(at_home: House) -> None:
    past, before = Past(), today.now()
    results = await sent(at_home.backend, past.settled())
    assert statuses(results) == ["stored"] * 5
    recorded = await facts(at_home, results[0])
    assert {fact.occurred_at for fact in recorded} == {OPENED + timedelta(days=d) for d in (0, 1, 2, 3, 9)}
    assert all(fact.recorded_at >= before - timedelta(seconds=1) for fact in recorded)
    seen = await at_home.seen(results[0]["dispute_id"], results[-1]["position"])
    assert (seen["outcome"], seen["imported"]) == ("settled", True)
    assert datetime.fromisoformat(seen["closed_at"]) == OPENED + timedelta(days=9)


async def test_nothing_lapses_by_itself_however_long_ago_a_window_ended(at_home: House) -> None:
    """No response came in five days, and the ruling took twelve weeks. Only the lines say what silence meant then."""
    neutral = await at_home.neutral()
    results = await sent(at_home.backend, Past(neutral.subject).ruled())
    assert statuses(results) == [*["stored"] * 6, "repeated", "stored", "stored"]
    kinds = {fact.kind for fact in await facts(at_home, results[0])}
    assert not kinds & {"DeadlineLapsed", "DefaultGranted", "CommitmentBreached", "Referred", "AppealWindowLapsed"}
    seen = await at_home.seen(results[0]["dispute_id"], results[-1]["position"])
    assert (seen["stage"], seen["outcome"]) == ("closed", "ruled_for_claimant")


async def test_money_moved_when_it_was_owed_and_nothing_is_left_of_it(at_home: House) -> None:
    results = await sent(at_home.backend, Past().settled())
    at = {fact.kind: fact.occurred_at for fact in await facts(at_home, results[0])}
    assert at["RefundInstructed"] == at["SettlementReached"] == OPENED + timedelta(days=3)
    assert at["RefundConfirmed"] == at["DisputeClosed"] == OPENED + timedelta(days=9)
    newest = {"At-Least": results[-1]["position"]}
    about = f"dispute_id={results[0]['dispute_id']}"
    assert done(await at_home.backend.get(f"/v1/commitments?{about}&status=open", headers=newest))["items"] == []
    (refund,) = done(await at_home.backend.get(f"/v1/refunds?{about}", headers=newest))["items"]
    assert (refund["status"], refund["amount"], refund["recipient"]) == ("confirmed", euros("40.00"), "buyer")


async def test_a_case_that_is_not_over_goes_on_over_the_api(at_home: House) -> None:
    """Imported up to the settlement. The marketplace then confirms the payment as for any other dispute."""
    results = await sent(at_home.backend, Past().settled()[:4])
    newest, dispute = {"At-Least": results[-1]["position"]}, results[0]["dispute_id"]
    (refund,) = done(await at_home.backend.get(f"/v1/refunds?dispute_id={dispute}", headers=newest))["items"]
    assert refund["status"] == "submitted"
    closed = done(await at_home.backend.post(f"/v1/refunds/{refund['id']}/confirmation", {}))
    assert (closed["stage"], closed["outcome"]) == ("closed", "settled")


# --- nothing twice ---


async def test_who_acted_for_a_party_then(at_home: House) -> None:
    """By the id under which they were named. The same id ends the representation."""
    past = Past()
    guardian = {"side": "buyer", "id": "law-12", "name": "Avv. Rossi", "capacity": "guardian"}
    lines = [
        past.filed(),
        past.act("name_representative", "marketplace", 1, guardian),
        past.act("end_representation", "marketplace", 2, representative="law-12"),
    ]
    results = await sent(at_home.backend, lines)
    assert statuses(results) == ["stored"] * 3
    assert [fact.kind for fact in await facts(at_home, results[0])][-1] == "RepresentationEnded"


async def test_every_act_in_a_dispute_can_be_imported() -> None:
    """Every act of a living case can be in a past one, except acts about the present and the engine's own."""
    commands = {act_name(command) for command in get_args(DisputeCommand)}
    assert commands - DECLARED.keys() == OF_THE_ENGINE
    assert DECLARED.keys() - commands == {"file_dispute", "resolve_claim"}
    of_people = {"request_erasure", "request_access", "answer_access"}
    of_translations = {"approve_translation", "correct_translation"}
    of_files = {"file_as_exhibit", "add_return_label"}  # a past case comes without files
    of_groups = {"answer_recommendation", "join_incident", "leave_incident"}
    of_notices = {"acknowledge_notice", "record_bounce", "record_reached", "deem_told"}
    on_the_phone = {"resolve_claim"}  # a past grant is filed and conceded
    of_the_present = of_groups | of_people | of_translations | of_files | of_notices | on_the_phone
    assert DECLARED.keys() - ACTS.keys() == of_the_present


async def test_an_import_that_is_repeated_stores_nothing(at_home: House) -> None:
    neutral = await at_home.neutral()
    lines = [*Past().settled(), *Past(neutral.subject).ruled()]
    first = await sent(at_home.backend, lines)
    last = await at_home.services.log.last_position()
    again = await sent(at_home.sender("administrator"), lines)
    assert statuses(again) == ["repeated"] * len(lines)
    assert [r["dispute_id"] for r in again] == [r["dispute_id"] for r in first]
    assert await at_home.services.log.last_position() == last


@pytest.mark.parametrize("stored", range(1, 9))
async def test_an_import_that_was_interrupted_goes_on_where_it_was(at_home: House, stored: int) -> None:
    neutral = await at_home.neutral()
    lines = Past(neutral.subject).ruled()
    await sent(at_home.backend, lines[:stored])
    results = await sent(at_home.backend, lines)
    assert statuses(results)[:stored] == ["repeated"] * stored
    assert "refused" not in statuses(results)
    seen = await at_home.seen(results[0]["dispute_id"], results[-1]["position"])
    assert (seen["stage"], seen["outcome"]) == ("closed", "ruled_for_claimant")


async def test_the_same_line_twice_in_one_file_counts_once(at_home: House) -> None:
    first, *others = Past().settled()
    assert statuses(await sent(at_home.backend, [first, first, *others, others[-1]])) == [
        "stored",
        "repeated",
        *["stored"] * 4,
        "repeated",
    ]


async def test_a_case_leads_to_one_dispute_in_each_marketplace(at_home: House) -> None:
    line = Past().filed()
    (here,) = await sent(at_home.backend, [line])
    (there,) = await sent(at_home.sender("marketplace", marketplace="souk"), [line])
    assert (here["status"], there["status"]) == ("stored", "stored")
    assert here["dispute_id"] != there["dispute_id"]
    foreign = await at_home.backend.get(f"/v1/disputes/{there['dispute_id']}")
    refused(foreign, 404, "UnknownDispute")


async def test_cases_about_one_order_are_taken_in_the_order_of_their_lines(at_home: House) -> None:
    """The second claim on the same line can be filed only when the first is over."""
    first = Past(order="O-past")
    second = Past(order="O-past", opened=OPENED)
    second.filing["claim"] = second.filing["claim"] | {"amount": euros("50.00")}
    second.filing["transaction"] = first.filing["transaction"]
    later = second.act("file_dispute", "buyer", 10, second.filing)
    assert statuses(await sent(at_home.backend, [*first.settled(), later])) == ["stored"] * 6
    third = Past(order="O-past")
    third.filing = second.filing
    (result,) = await sent(at_home.backend, [third.act("file_dispute", "buyer", 11, third.filing)])
    assert result["problem"]["code"] == "LinesAlreadyInDispute"


# --- what is refused ---


async def test_a_refused_line_stops_its_case_and_no_other(at_home: House) -> None:
    bad, good = Past(), Past()
    lines = bad.settled()
    lines[2]["body"]["amount"] = euros("500.00")
    mixed = [line for pair in zip(lines, good.settled(), strict=True) for line in pair]
    results = await sent(at_home.backend, mixed)
    assert statuses(results[0::2]) == ["stored", "stored", "refused", "skipped", "skipped"]
    assert statuses(results[1::2]) == ["stored"] * 5
    problem = results[4]["problem"]
    assert (problem["code"], problem["pointer"], problem["status"]) == ("OfferExceedsClaim", "/body/amount", 422)
    assert problem["facts"] == {"in_dispute": "129.90 EUR", "offered": "500.00 EUR"}
    lines[2]["body"]["amount"] = euros("40.00")
    assert statuses(await sent(at_home.backend, lines)) == ["repeated", "repeated", "stored", "stored", "stored"]


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"occurred_at": "2024-03-04T09:30:00"}, "InvalidRequest", "/occurred_at"),
        ({"occurred_at": "2099-03-04T09:30:00Z"}, "NotYetHappened", "/occurred_at"),
        ({"occurred_at": "2024-03-04T09:29:59Z"}, "OutOfOrder", "/occurred_at"),
        ({"act": "shrug"}, "InvalidRequest", "/act"),
        ({"as": "auditor"}, "InvalidRequest", "/as"),
        ({"as": "neutral"}, "InvalidRequest", ""),
        ({"number": 1}, "InvalidRequest", ""),
        ({"recipient": "buyer"}, "InvalidRequest", ""),
        ({"shade": "blue"}, "InvalidRequest", "/shade"),
        ({"body": {"amount": {"amount": "10.5", "currency": "JPY"}}}, "InvalidRequest", "/body/amount/amount"),
        ({"body": {"amount": {"amount": "10.00", "currency": "USD"}}}, "CurrencyMismatch", "/body/amount"),
        ({"as": "supervisor"}, "NotAParty", None),
        ({"act": "accept_offer", "number": 7, "body": {}}, "UnknownOffer", None),
        ({"act": "accept_offer", "body": {}}, "InvalidRequest", ""),
        ({"act": "confirm_refund", "as": "marketplace", "recipient": "buyer", "body": {}}, "NothingOwed", "/recipient"),
        ({"act": "issue_ruling", "as": "neutral", "neutral": str(UUID(int=1)), "body": {}}, "InvalidRequest", "/body/award"),
    ],
)  # fmt: skip
async def test_a_line_that_breaks_a_rule_is_refused_with_the_rule_and_the_field(
    at_home: House, change: dict[str, Any], code: str, pointer: str | None
) -> None:
    past = Past()
    offer = past.act("make_offer", "buyer", 1, {"amount": euros("100.00")})
    filed, result = await sent(at_home.backend, [past.filed(), offer | change])
    assert (filed["status"], result["status"]) == ("stored", "refused")
    assert (result["problem"]["code"], result["problem"].get("pointer")) == (code, pointer), result
    assert result["case"] == past.case
    assert (await facts(at_home, filed))[-1].occurred_at == OPENED


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("{", "LineIsNotJson"),
        ("[" * 100_000, "LineIsNotJson"),
        ("[]", "InvalidRequest"),
        ("17", "InvalidRequest"),
        ("x" * (1024 * 1024 + 1), "LineTooLong"),
    ],
)
async def test_a_line_that_cannot_be_read_is_refused_and_the_others_are_taken(
    at_home: House, line: str, code: str
) -> None:
    filed = Past().filed()
    results = await sent(at_home.backend, ["", line, "  ", "\ufeff" + json.dumps(filed)])
    assert [(r["line"], r["status"]) for r in results] == [(2, "refused"), (4, "stored")]
    assert results[0]["problem"]["code"] == code
    assert "case" not in results[0]


async def test_a_case_on_record_stays_as_it_is(at_home: House) -> None:
    """No filing with other facts, and no act between stored ones."""
    past = Past()
    lines = past.settled()
    await sent(at_home.backend, lines)
    (again,) = await sent(at_home.backend, [past.filed(marketplace_reference="another")])
    assert (again["problem"]["code"], again["problem"]["pointer"]) == ("FiledOtherwise", "/case")
    between = past.act("post_message", "buyer", 2.5, {"message": said("Ma no", "it")})
    (inserted,) = await sent(at_home.backend, [between])
    assert inserted["problem"]["code"] == "OutOfOrder"
    after = past.act("post_message", "buyer", 20, {"message": said("Grazie", "it")})
    assert statuses(await sent(at_home.backend, [after, after])) == ["stored", "repeated"]


# --- the request ---


async def test_only_json_lines_are_taken(at_home: House) -> None:
    response = await at_home.backend.post("/v1/imports", [Past().filed()])
    refused(response, 415, "UnsupportedContent")


async def test_an_import_carries_an_idempotency_key_like_every_post(at_home: House) -> None:
    headers = {"Content-Type": NDJSON}
    response = await at_home.backend.send("POST", "/v1/imports", headers=headers, content=b"{}")
    refused(response, 400, "IdempotencyKeyMissing")


@pytest.mark.parametrize("role", ["neutral", "supervisor", "auditor"])
async def test_backends_and_administrators_import_and_nobody_else(at_home: House, role: str) -> None:
    headers = {"Content-Type": NDJSON, "Idempotency-Key": "x"}
    response = await at_home.sender(role).send("POST", "/v1/imports", headers=headers, content=b"")
    refused(response, 403, "NotForThisRole")


async def test_an_empty_import_is_answered_by_nothing(at_home: House) -> None:
    assert await sent(at_home.backend, ["", " "]) == []


# --- lines that are not quite JSON, and what is marked ---


@pytest.mark.parametrize(
    "line",
    [
        r'{"case": "half \ud800", "act": "escalate", "as": "buyer", "occurred_at": "2024-03-04T09:30:00Z", "body": {}}',
        r'{"case": "c", "act": "escalate", "as": "buyer", "occurred_at": "2024-03-04T09:30:00Z", "body": {"\udfff": 1}}',
        r'{"case": "c", "act": "escalate", "as": "buyer", "occurred_at": "2024-03-04T09:30:00Z", "\ud800": 1}',
    ],
)
async def test_half_a_surrogate_pair_is_refused_with_its_line_alone(at_home: House, line: str) -> None:
    bad, good = await sent(at_home.backend, [line, Past().filed()])
    assert (bad["status"], bad["problem"]["code"]) == ("refused", "LineIsNotJson")
    assert good["status"] == "stored"


async def test_a_name_told_twice_stops_its_case(at_home: House) -> None:
    past = Past()
    filed = past.filed()
    twice = json.dumps(filed)[:-1] + ', "as": "seller"}'
    first, second = await sent(at_home.backend, [twice, filed])
    assert (first["problem"]["code"], second["status"]) == ("NameRepeated", "skipped")


async def test_refunds_of_past_cases_are_marked_and_not_among_those_to_be_paid(at_home: House) -> None:
    results = await sent(at_home.backend, Past().settled()[:4])
    living = await at_home.filed()
    conceded = await at_home.speaking_for("seller").post(f"/v1/disputes/{living['id']}/response", {"answer": "concede"})
    done(conceded)
    await at_home.refunds(1, dispute_id=living["id"])
    newest = {"At-Least": results[-1]["position"]}

    async def listed(**query: str) -> dict[str, bool]:
        page = done(await at_home.backend.get("/v1/refunds", params={"limit": "100", **query}, headers=newest))
        return {refund["dispute_id"]: refund["imported"] for refund in page["items"]}

    past = results[0]["dispute_id"]
    marked = {past: True, living["id"]: False}
    assert marked.items() <= (await listed()).items()
    assert past not in await listed(status="submitted")
    assert (await listed(status="submitted"))[living["id"]] is False
    assert (await listed(status="submitted", imported="true"))[past] is True
    assert past not in await listed(imported="false")
    assert living["id"] not in await listed(imported="true")
    (refund,) = done(await at_home.backend.get("/v1/refunds", params={"dispute_id": past}))["items"]
    assert done(await at_home.backend.get(f"/v1/refunds/{refund['id']}"))["imported"] is True
