"""The draft of a ruling: the neutral's own, until they rule, or the dispute leaves them."""

from typing import Any

import pytest

from tests.api.house import House, Sender, done, euros, refused, said
from tests.api.test_neutrals import mediated

pytestmark = pytest.mark.asyncio(loop_scope="module")

REASONS = said("证据一显示了损坏。", "zh-Hans")


async def _rows(house: House, dispute_id: str) -> int:
    async with house.services.pool.connection() as connection:
        found = await connection.execute("SELECT count(*) FROM ruling_draft WHERE dispute_id = %s", (dispute_id,))
        row = await found.fetchone()
    assert row is not None
    return int(row[0])


async def _forgotten(house: House, dispute_id: str) -> bool:
    """Whether no draft is left, once everything on record was taken in."""
    services = house.services
    assert await services.follow.caught_up(services.erasures.name, await services.log.last_position(), 20)
    return await _rows(house, dispute_id) == 0


async def _taken(house: House, neutral: Sender) -> tuple[str, str]:
    at, waiting = await mediated(house)
    taken = done(await neutral.post(f"{at}/assignment", {}))
    done(await neutral.get(at, headers={"At-Least": taken["position"]}))
    return at, waiting["id"]


async def _save(sender: Sender, at: str, body: object, match: str | None = None) -> str:
    headers = {"If-Match": match} if match else {}
    answer = await sender.send("PUT", f"{at}/ruling-draft", json=body, headers=headers)
    done(answer)
    return answer.headers["ETag"]


async def test_two_windows_lose_nothing(at_home: House) -> None:
    neutral = await at_home.neutral()
    at, dispute_id = await _taken(at_home, neutral)
    assert done(await neutral.get(f"{at}/ruling-draft"))["ruling"] is None
    first = await _save(neutral, at, {"reasons": REASONS})
    second = await _save(neutral, at, {"reasons": REASONS, "cites_clauses": ["evidence"]}, first)
    for stale in ({"If-Match": first}, {}):
        late = await neutral.send("PUT", f"{at}/ruling-draft", json={}, headers=stale)
        refused(late, 412, "DraftHasChanged")
    read = await neutral.get(f"{at}/ruling-draft")
    assert (read.headers["ETag"], done(read)["ruling"]) == (second, {"reasons": REASONS, "cites_clauses": ["evidence"]})
    async with at_home.services.pool.connection() as connection:
        row = await (
            await connection.execute("SELECT sealed FROM ruling_draft WHERE dispute_id = %s", (dispute_id,))
        ).fetchone()
    assert row is not None
    assert REASONS["text"].encode() not in row[0]
    assert (await neutral.send("DELETE", f"{at}/ruling-draft")).status_code == 204
    refused(
        await neutral.send("PUT", f"{at}/ruling-draft", json={}, headers={"If-Match": second}), 412, "DraftHasChanged"
    )


async def test_who_reads_it(at_home: House) -> None:
    """Its neutral and supervisors. The parties, their backend and another neutral don't, and see no trace."""
    neutral, other, supervisor = await at_home.neutral(), await at_home.neutral(), at_home.sender("supervisor")
    at, _ = await _taken(at_home, neutral)
    before = await _read(at, at_home.speaking_for("buyer"), supervisor)
    await _save(neutral, at, {"reasons": REASONS})
    assert done(await supervisor.get(f"{at}/ruling-draft"))["ruling"] == {"reasons": REASONS}
    for who in (at_home.backend, at_home.speaking_for("buyer"), at_home.sender("auditor")):
        refused(await who.get(f"{at}/ruling-draft"), 403, "NotForThisRole")
    for method in ("GET", "PUT", "DELETE"):
        refused(await other.send(method, f"{at}/ruling-draft", json={}), 404, "UnknownDispute")
    assert await _read(at, at_home.speaking_for("buyer"), supervisor) == before


async def _read(at: str, *readers: Sender) -> list[dict[str, Any]]:
    """The case file as each reads it. Without the acts: their examples move on with the time."""
    files = [done(await reader.get(at)) for reader in readers]
    return [{name: value for name, value in file.items() if name != "actions"} for file in files]


async def test_a_draft_is_tried_and_then_issued(at_home: House) -> None:
    """What was saved is the body of the act. With the ruling the draft is gone."""
    neutral = await at_home.neutral()
    at, dispute_id = await _taken(at_home, neutral)
    done(await at_home.speaking_for("seller").post(f"{at}/response", {"answer": "contest"}))
    done(await neutral.post(f"{at}/impasse", {}))
    award = {"buyer": euros("129.90"), "seller": euros("0.00")}
    await _save(neutral, at, {"award": award, "cites_clauses": ["evidence"], "reasons": REASONS})
    ruling, version = done(await neutral.get(f"{at}/ruling-draft"))["ruling"], done(await neutral.get(at))["version"]
    would = done(await neutral.post(f"{at}/rulings", ruling, match=version, params={"dry_run": "true"}))
    assert (would["would"], would["facts"][0]["kind"]) == ("be_done", "RulingIssued"), would
    done(await neutral.post(f"{at}/rulings", ruling, match=version), 201)
    assert await _forgotten(at_home, dispute_id)


async def test_it_does_not_outlive_the_neutrals_office_or_the_dispute(at_home: House) -> None:
    neutral, supervisor = await at_home.neutral(), at_home.sender("supervisor")
    (passed, moved), (ended, closed) = [await _taken(at_home, neutral) for _ in range(2)]
    for at in (passed, ended):
        await _save(neutral, at, {"reasons": REASONS})
    done(await supervisor.post(f"{passed}/reassignment", {"reason": said("On leave.")}))
    assert done(await supervisor.get(f"{passed}/ruling-draft"))["ruling"] is None
    done(await at_home.speaking_for("buyer").post(f"{ended}/withdrawal", {}))
    refused(await neutral.send("PUT", f"{ended}/ruling-draft", json={}), 409, "DisputeIsClosed")
    assert await _forgotten(at_home, moved)
    assert await _forgotten(at_home, closed)
