"""What an auditor downloads from the API verifies without it. Nobody else gets it."""

import asyncio
from base64 import b64decode
from hashlib import sha256
from typing import Any

import pytest

from mediation.proof.verify import Checkpoint, Key, Unproven, consistent, included, leaf_hash, verify_bundle
from tests.api.house import House, Sender, done, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def _checkpoints(auditor: Sender, over: int) -> dict[str, Any]:
    """The checkpoints, as soon as at least `over` facts are sealed."""
    async with asyncio.timeout(60):
        while True:
            found = done(await auditor.get("/v1/audit/checkpoints"))
            if found["items"] and found["items"][0]["size"] >= over:
                return found


async def test_a_dispute_is_proven_to_be_in_a_log_that_only_grew(at_home: House) -> None:
    auditor = at_home.sender("auditor")
    filed = await at_home.filed()
    last = await at_home.services.log.last_position()
    early = (await _checkpoints(auditor, last))["items"][0]
    done(await at_home.speaking_for("seller").post(f"/v1/disputes/{filed['id']}/response", {"answer": "contest"}))
    found = await _checkpoints(auditor, last + 1)
    keys, late = [Key.of(key["key"]) for key in found["keys"]], found["items"][0]
    bundle = done(await auditor.get(f"/v1/audit/bundles/{filed['id']}", params={"against": early["size"]}))
    facts = verify_bundle(bundle, keys, Checkpoint.of(early["note"], keys))
    assert [fact.kind for fact in facts][:1] == ["DisputeFiled"]
    assert "ResponseGiven" in {fact.kind for fact in facts}
    tie = done(await auditor.get("/v1/audit/consistency", params={"first": early["size"], "second": late["size"]}))
    old, new = (Checkpoint.of(one["note"], keys) for one in (early, late))
    assert tie["proof"]
    one = done(await auditor.get("/v1/audit/inclusion", params={"position": facts[0].position}))
    top = Checkpoint.of(one["checkpoint"], keys)
    hashed, proof = leaf_hash(_bytes(one["leaf"])), [_bytes(step) for step in one["proof"]]
    assert included(facts[0].position - 1, top.size, hashed, proof, top.root)
    assert consistent(old.size, new.size, [_bytes(step) for step in tie["proof"]], old.root, new.root)


async def test_the_hash_of_an_exhibits_file_is_proven_with_it(at_home: House) -> None:
    auditor, filed = at_home.sender("auditor"), await at_home.filed()
    form, files = {"description": "Foto", "language": "it"}, {"file": ("note.txt", b"a note", "text/plain")}
    buyer = at_home.speaking_for("buyer")
    done(await buyer.post(f"/v1/disputes/{filed['id']}/exhibits", data=form, files=files), 201)
    await _checkpoints(auditor, await at_home.services.log.last_position())
    bundle = done(await auditor.get(f"/v1/audit/bundles/{filed['id']}"))
    (exhibit,) = bundle["exhibits"]
    assert [fact.kind for fact in verify_bundle(bundle, []) if fact.position == exhibit["position"]] == ["ExhibitAdded"]
    stored = [path.read_bytes() for path in (at_home.services.settings.data_dir / "blobs").rglob("*") if path.is_file()]
    assert exhibit["sealed_sha256"] in {sha256(content).hexdigest() for content in stored}
    exhibit["sealed_sha256"] = sha256(b"another file").hexdigest()
    with pytest.raises(Unproven, match="the hash of the file at position"):
        verify_bundle(bundle, [])


async def test_the_hashes_of_a_messages_files_are_proven_with_it(at_home: House) -> None:
    """Each of them, and again with the exhibit that was made of one."""
    auditor, filed = at_home.sender("auditor"), await at_home.filed()
    at, buyer = f"/v1/disputes/{filed['id']}", at_home.speaking_for("buyer")
    files = [("files", (f"{n}.txt", f"note {n}".encode(), "text/plain")) for n in range(2)]
    done(await buyer.post(f"{at}/messages", data={"message": "Ecco", "language": "it"}, files=files), 201)
    done(await buyer.post(f"{at}/messages/1/files/2/exhibit", {"description": {"text": "Nota", "language": "it"}}), 201)
    await _checkpoints(auditor, await at_home.services.log.last_position())
    bundle = done(await auditor.get(f"/v1/audit/bundles/{filed['id']}"))
    kinds = {fact.position: fact.kind for fact in verify_bundle(bundle, [])}
    assert [kinds[one["position"]] for one in bundle["exhibits"]] == ["MessagePosted", "MessagePosted", "ExhibitAdded"]
    first, second, again = (one["sealed_sha256"] for one in bundle["exhibits"])
    assert first != second == again
    stored = [path.read_bytes() for path in (at_home.services.settings.data_dir / "blobs").rglob("*") if path.is_file()]
    assert {first, second} <= {sha256(content).hexdigest() for content in stored}


async def test_checkpoints_come_page_by_page(at_home: House) -> None:
    auditor = at_home.sender("auditor")
    for _ in range(2):
        await at_home.filed()
        await _checkpoints(auditor, await at_home.services.log.last_position())
    first = done(await auditor.get("/v1/audit/checkpoints", params={"limit": 1}))
    second = done(await auditor.get("/v1/audit/checkpoints", params={"limit": 1, "cursor": first["next"]}))
    assert first["items"][0]["size"] > second["items"][0]["size"]


async def test_what_has_not_been_sealed_is_not_proven(at_home: House) -> None:
    auditor = at_home.sender("auditor")
    await at_home.filed()
    await _checkpoints(auditor, 1)
    for first, second in ((1, 10**9), (2, 1)):
        asked = await auditor.get("/v1/audit/consistency", params={"first": first, "second": second})
        refused(asked, 422, "NotThatManySealed")
    filed = await at_home.filed()
    beyond = await auditor.get(f"/v1/audit/bundles/{filed['id']}", params={"against": 10**9})
    refused(beyond, 422, "NotThatManySealed")


async def test_a_fact_that_is_not_sealed_or_not_here_is_unknown(at_home: House) -> None:
    await at_home.filed()
    await _checkpoints(at_home.sender("auditor"), 1)
    unsealed = await at_home.sender("auditor").get("/v1/audit/inclusion", params={"position": 10**9})
    refused(unsealed, 404, "UnknownFact")
    elsewhere = await at_home.sender("auditor", marketplace="other").get("/v1/audit/inclusion", params={"position": 1})
    refused(elsewhere, 404, "UnknownFact")


@pytest.mark.parametrize("role", ["marketplace", "neutral", "supervisor"])
async def test_stored_facts_are_for_auditors(at_home: House, role: str) -> None:
    filed = await at_home.filed()
    refused(await at_home.sender(role).get(f"/v1/audit/bundles/{filed['id']}"), 403, "NotForThisRole")


async def test_an_auditor_of_another_marketplace_sees_nothing_of_it(at_home: House) -> None:
    filed = await at_home.filed()
    refused(
        await at_home.sender("auditor", marketplace="other").get(f"/v1/audit/bundles/{filed['id']}"),
        404,
        "UnknownDispute",
    )


def _bytes(encoded: str) -> bytes:
    return b64decode(encoded)
