"""A dry run says what an act would do, changes nothing, and tells nobody more than the act itself would."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from api.acts.registry import DECLARED
from api.disputes.dry_run_schemas import MEDIA_TYPE, DryRunShown
from api.http.access import ROLES_BY_ROUTE
from mediation.store.postgres.pool import connect
from tests.api.house import House, Sender, done, euros, filing, refused, said
from tests.api.test_access import ROUTES, Sample, sample

__all__ = ["sample"]

pytestmark = pytest.mark.asyncio(loop_scope="module")

_DRY = {"dry_run": "true"}
_KEPT = ("event", "command_result", "keys.data_key", "keys.erasure", "read_mark")
"""What an act may leave behind, beside the views, which are made of facts."""


async def _dry(sender: Sender, path: str, body: Any = None, **headers: str) -> dict[str, Any]:
    """Sent without a key."""
    answer = await sender.send("POST", path, json=body, params=_DRY, headers=headers)
    assert answer.headers["Content-Type"] == MEDIA_TYPE, answer.text
    return done(answer)


class _Dry(Sender):
    """Sends every act as a dry run, without a key."""

    async def send(self, method: str, path: str, **options: Any) -> Any:
        headers = {name: value for name, value in options.pop("headers", {}).items() if name != "Idempotency-Key"}
        return await super().send(method, path, headers=headers, params=_DRY, **options)


async def _left_behind(database: str, folder: Path) -> dict[str, int]:
    """Every row, and every file."""
    found = {}
    async with await connect(database) as connection:
        for table in _KEPT:
            row = await (await connection.execute(f"SELECT count(*) FROM {table}".encode())).fetchone()
            assert row is not None
            found[table] = row[0]
    return found | {"files": await asyncio.to_thread(lambda: sum(path.is_file() for path in folder.rglob("*")))}


async def test_no_dry_run_of_any_act_changes_anything(sample: Sample, shared_database: str) -> None:
    """Each act by everybody whom it is for, with the example of the documentation."""
    would, folder = set(), sample.house.services.settings.data_dir
    before = await _left_behind(shared_database, folder / "blobs")
    for name in sorted(DECLARED):
        for role in sorted(ROLES_BY_ROUTE[name]):
            who = sample.sender(role)
            answer = await sample.request(ROUTES[name], _Dry(who.http, who.token, who.speaks_for, who.subject))
            assert answer.status_code < 500, answer.text
            if answer.status_code == 200:
                assert answer.headers["Content-Type"] == MEDIA_TYPE, name
                would.add(DryRunShown.model_validate_json(answer.content).would)
            else:
                assert answer.json()["code"] not in ("UnknownParameter", "IdempotencyKeyMissing"), name
    assert await _left_behind(shared_database, folder / "blobs") == before
    assert before["files"] > 0
    assert would == {"be_done", "be_already_so", "be_refused"}


async def test_what_an_acceptance_would_do(at_home: House) -> None:
    """The commitment that it says is the one that the act then makes."""
    filed = await at_home.filed()
    at, buyer, seller = f"/v1/disputes/{filed['id']}", at_home.speaking_for("buyer"), at_home.speaking_for("seller")
    offered = done(await seller.post(f"{at}/offers", {"amount": euros("50.00")}), 201)
    match = {"If-Match": f'"{offered["version"]}"'}
    would = await _dry(buyer, f"{at}/offers/1/acceptance", **match)
    assert (would["would"], would["stage"], would["outcome"]) == ("be_done", "execution", "settled")
    accepted = done(await buyer.post(f"{at}/offers/1/acceptance", match=offered["version"]))
    assert accepted["stage"] == would["stage"]
    case = await at_home.seen(filed["id"], accepted["position"], buyer)
    refunds = [owed for owed in would["commitments"] if owed["kind"] == "refund"]
    assert [(owed["amount"], owed["owed_by"]) for owed in refunds] == [(euros("50.00"), "seller")]
    assert {owed["id"] for owed in refunds} <= {owed["id"] for owed in case["commitments"]}
    assert [fact["kind"] for fact in would["facts"]][:2] == ["OfferAccepted", "SettlementReached"]
    assert any(step["until_in_words"] for step in would["next"])


async def test_all_refusals_at_once(at_home: House) -> None:
    """The dispute is stayed, has changed since it was read, and the offer is too high besides."""
    filed = await at_home.filed()
    at, seller = f"/v1/disputes/{filed['id']}", at_home.speaking_for("seller")
    elsewhere = {"what": "court", "statement": said("A court looks at it.")}
    done(await at_home.backend.post(f"{at}/parallel-proceedings", elsewhere), 201)
    would = await _dry(seller, f"{at}/offers", {"amount": euros("500.00")}, **{"If-Match": '"1"'})
    assert would["would"] == "be_refused"
    assert [one["code"] for one in would["refusals"]] == ["VersionIsStale", "DisputeIsStayed", "OfferExceedsClaim"]
    assert would["facts"] == []


async def test_a_key_that_was_tried_is_still_new(at_home: House) -> None:
    filed = await at_home.filed()
    path, seller = f"/v1/disputes/{filed['id']}/offers", at_home.speaking_for("seller")
    would = await _dry(seller, path, {"amount": euros("50.00")}, **{"Idempotency-Key": "tried"})
    assert would["would"] == "be_done"
    assert done(await seller.post(path, {"amount": euros("40.00")}, key="tried"), 201)["number"] == 1


async def test_a_filing_tried_first(at_home: House) -> None:
    would = await _dry(at_home.backend, "/v1/disputes", filing())
    assert (would["would"], would["id"], would["stage"]) == ("be_done", None, "negotiation")
    assert "response" in [due["name"] for due in would["deadlines"]]


async def test_nobody_is_told_more_than_by_the_act(at_home: House) -> None:
    """A party sees no fact of the desk. A neutral who has not the dispute sees none of it."""
    await at_home.open_at_once()
    filed = await at_home.filed()
    at, buyer = f"/v1/disputes/{filed['id']}", at_home.speaking_for("buyer")
    would = await _dry(buyer, f"{at}/escalation")
    known = len(done(await buyer.get(f"{at}/history"))["items"])
    escalated = done(await buyer.post(f"{at}/escalation"))
    told = done(await buyer.get(f"{at}/history", headers={"At-Least": escalated["position"]}))["items"][known:]
    assert [fact["kind"] for fact in would["facts"]] == [fact["kind"] for fact in told]
    stranger = await at_home.neutral()
    would = await _dry(stranger, f"{at}/impasse", {"reasons": said("It leads to nothing.")})
    assert (would["would"], would["stage"], would["next"]) == ("be_refused", None, [])


async def test_what_is_wrong_with_the_request_is_said_as_ever(at_home: House) -> None:
    filed = await at_home.filed()
    path, seller = f"/v1/disputes/{filed['id']}/offers", at_home.speaking_for("seller")
    faults = refused(
        await seller.send("POST", path, json={"amount": {"amount": 5}, "x": 1}, params=_DRY), 422, "InvalidRequest"
    )
    assert len(faults["errors"]) > 1
    refused(
        await seller.send("POST", path, json={"amount": euros("5.00")}, params={"dry_run": "false"}),
        400,
        "IdempotencyKeyMissing",
    )
    validation = await at_home.sender("administrator").post("/v1/policies/validation", {"version": "x"}, params=_DRY)
    refused(validation, 422, "UnknownParameter")
    asked = at_home.backend.post(f"/v1/disputes/{filed['id']}/party-tokens", {"side": "buyer"}, params=_DRY)
    refused(await asked, 422, "UnknownParameter")


async def test_in_the_readers_language(at_home: House) -> None:
    filed = await at_home.filed()
    path, seller = f"/v1/disputes/{filed['id']}/offers", at_home.speaking_for("seller")
    would = await _dry(
        seller, path, {"amount": euros("50.00"), "message": said("五十", "zh-Hans")}, **{"Accept-Language": "ar"}
    )
    (title, *_) = [fact["title"] for fact in would["facts"]]
    assert any("\u0600" <= letter <= "\u06ff" for letter in title)
