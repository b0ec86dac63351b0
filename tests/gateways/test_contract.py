"""What the engine keeps to with every provider that it asks, whoever sends what, and whenever.

The provider is played against an adversary: it says failed after it said paid, it tells about what is not ours, its
list has rows that nobody understands, and what it reports is not what was asked.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from domain.kernel.base import Role
from tests.api.house import MARKETPLACE, House, done, euros, filing, house, said
from tests.gateways.adversaries import Scene, scene

KINDS = ("sandbox", "stripe")
AT_ONCE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Played:
    house: House
    scene: Scene

    async def conceded(self) -> str:
        """A dispute whose refund is owed."""
        body = filing()
        body["transaction"]["payment_reference"] = self.scene.source()
        dispute_id = str(done(await self.house.speaking_for("buyer").post("/v1/disputes", body), 201)["id"])
        done(await self.house.speaking_for("seller").post(f"/v1/disputes/{dispute_id}/response", {"answer": "concede"}))
        return dispute_id

    async def refund(self, dispute_id: str, *statuses: str) -> dict[str, Any]:
        """The last refund of the dispute, as soon as its refunds have these statuses."""
        async with asyncio.timeout(60):
            while True:
                page = done(await self.house.backend.get("/v1/refunds", params={"dispute_id": dispute_id}))
                if [one["status"] for one in page["items"]] == [*statuses]:
                    last: dict[str, Any] = page["items"][-1]
                    return last
                await asyncio.sleep(0.05)

    async def told(self, dispute_id: str) -> dict[str, Any]:
        return await self.house.seen(dispute_id, await self.end())

    async def end(self) -> str:
        """The end of the log, as `At-Least` names it."""
        position = await self.house.services.log.last_position()
        return str(self.house.app.state.http.opaque.seal("position", MARKETPLACE, str(position)))

    async def owes(self, dispute_id: str) -> list[tuple[str, str]]:
        """Who owes what in the dispute: kind and debtor of each open commitment."""
        promised = (await self.told(dispute_id))["commitments"]
        return [(c["kind"], c["owed_by"]) for c in promised if c["status"] == "pending"]

    async def sends(self, body: bytes) -> None:
        """A rightly signed notice, which is always taken."""
        path = f"/notices/{MARKETPLACE}"
        answer = await self.house.http.post(path, content=body, headers=dict(self.scene.signed(body)))
        assert answer.status_code == 204, answer.text

    async def position(self) -> int:
        return await self.house.services.log.last_position()

    async def differences(self) -> list[tuple[str, str | None]]:
        """What one more comparison finds, and about which payment."""
        compared = await self.house.services.reconciler.compare(MARKETPLACE, settles=AT_ONCE)
        return [(one.what, one.reference) for one in compared.differences]


@asynccontextmanager
async def played(kind: str, conninfo: str, folder: Path) -> AsyncIterator[Played]:
    (folder / "provider").mkdir()
    async with (
        scene(kind, folder / "provider") as provider,
        house(conninfo, folder / "engine", gateways={MARKETPLACE: provider.chosen}) as home,
    ):
        yield Played(home, provider)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_refund_that_fails_after_it_was_paid_is_owed_again(kind: str, database: str, tmp_path: Path) -> None:
    """After closure the supervisor owes it to reopen the dispute. Then another refund pays it. A notice that comes again,
    or too late, changes nothing."""
    async with played(kind, database, tmp_path) as p:
        dispute_id = await p.conceded()
        paid = await p.refund(dispute_id, "confirmed")
        assert (await p.told(dispute_id))["stage"] == "closed"
        row = {"refund_id": paid["id"], "attempt": 1}
        await p.sends(p.scene.notice(p.scene.row("re_another", "failed", **row)))
        await p.refund(dispute_id, "confirmed")
        failed = p.scene.notice(p.scene.row(paid["provider_reference"], "failed", **row))
        await p.sends(failed)
        assert (await p.refund(dispute_id, "referred"))["reason"] == "bounced"
        told = await p.told(dispute_id)
        assert (told["stage"], await p.owes(dispute_id)) == ("closed", [("decide", "supervisor")])
        before = await p.position()
        await p.sends(failed)
        assert await p.position() == before
        reopening = {"ground": "bounced_refund", "reasons": said("Back."), "commitment_id": paid["commitment_id"]}
        done(await p.house.sender(Role.SUPERVISOR).post(f"/v1/disputes/{dispute_id}/reopening", reopening))
        again = await p.refund(dispute_id, "bounced", "confirmed")
        assert again["provider_reference"] != paid["provider_reference"]
        before = await p.position()
        await p.sends(failed)
        await p.sends(p.scene.notice(p.scene.row(paid["provider_reference"], "paid", **row)))
        assert await p.position() == before
        assert await p.owes(dispute_id) == []


@pytest.mark.parametrize("kind", KINDS)
async def test_a_late_notice_of_success_is_a_reason_to_ask(kind: str, database: str, tmp_path: Path) -> None:
    """The attempt failed, and then comes the older notice that it was paid. It is not believed until the provider shows
    the payment as paid."""
    async with played(kind, database, tmp_path) as p:
        p.scene.meddler.made = lambda row: {**row, **_outcome(p.scene.row("", "failed"))}
        dispute_id = await p.conceded()
        failed = await p.refund(dispute_id, "referred")
        assert failed["reason"] == "refused"
        before = await p.position()
        late = p.scene.notice(p.scene.row("re_late", "paid", refund_id=failed["id"], attempt=1))
        await p.sends(late)
        assert await p.position() == before
        p.scene.meddler.made = dict
        await p.sends(late)
        await p.refund(dispute_id, "confirmed")


def _outcome(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("status", "reason", "failure_reason") if name in row}


@pytest.mark.parametrize("kind", KINDS)
async def test_a_lost_notice_and_a_list_that_nobody_understands(kind: str, database: str, tmp_path: Path) -> None:
    """The comparison finds that the refund came back. Each odd row is a difference of its own, and is told once."""
    async with played(kind, database, tmp_path) as p:
        came_back, stayed = await p.conceded(), await p.conceded()
        lost, kept = await p.refund(came_back, "confirmed"), await p.refund(stayed, "confirmed")
        assert await p.differences() == []
        failed = p.scene.row(lost["provider_reference"], "failed", refund_id=lost["id"], attempt=1)
        p.scene.meddler.changes[lost["provider_reference"]] = failed
        p.scene.meddler.changes[kept["provider_reference"]] = p.scene.row(
            kept["provider_reference"], "paid", refund_id=kept["id"], attempt="x"
        )
        p.scene.meddler.extra = [
            p.scene.odd_currency(p.scene.row("re_std", "paid")),
            p.scene.row("re_elsewhere", "paid", refund_id=str(uuid4()), attempt=1),
        ]
        found = [
            ("missing_here", "re_elsewhere"), ("not_understood", "re_std"), ("not_understood", kept["provider_reference"]),
        ]  # fmt: skip
        assert sorted(await p.differences()) == sorted(found, key=str)
        assert (await p.refund(came_back, "referred"))["reason"] == "bounced"
        assert await p.owes(came_back) == [("decide", "supervisor")]
        before = await p.position()
        assert len(await p.differences()) == len(found)
        assert await p.position() == before + 1, "only that it was compared again"
        assert (await p.refund(stayed, "confirmed"))["id"] == kept["id"]


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_not_ours_and_what_nobody_understands(kind: str, database: str, tmp_path: Path) -> None:
    """Taken, and nothing comes of it."""
    async with played(kind, database, tmp_path) as p:
        paid = await p.refund(await p.conceded(), "confirmed")
        row, before = p.scene.row, await p.position()
        bodies = [
            p.scene.notice(row("re_elsewhere", "paid")),
            p.scene.notice(row("re_elsewhere", "failed", refund_id=str(uuid4()), attempt=1)),
            p.scene.notice(row("re_x", "failed", refund_id=paid["id"], attempt="x")),
            p.scene.notice(p.scene.odd_currency(row("re_std", "failed", refund_id=paid["id"], attempt=1))),
            p.scene.notice({**row("re_null", "paid", refund_id=paid["id"]), "amount": None}),
            p.scene.notice([]), p.scene.notice(None), b"[]", b"null", b"{}", b'{"type": "refund.failed"}', b"{",
        ]  # fmt: skip
        for body in bodies:
            await p.sends(body)
        assert await p.position() == before


@pytest.mark.parametrize("kind", KINDS)
async def test_a_report_that_differs_is_on_record_and_somebody_owes_it_to_look(
    kind: str, database: str, tmp_path: Path
) -> None:
    """The provider paid less than it was asked for. It is asked no more, and the supervisor owes a decision."""
    async with played(kind, database, tmp_path) as p:
        p.scene.meddler.made = p.scene.short
        dispute_id = await p.conceded()
        referred = await p.refund(dispute_id, "referred")
        assert (referred["reason"], referred["amount"]) == ("paid_differently", euros("129.90"))
        assert await p.owes(dispute_id) == [("refund", "seller"), ("decide", "supervisor")]
        [shown] = (await p.told(dispute_id))["refunds"]
        assert shown["reported"] == euros("129.00")
        done(await p.house.backend.post(f"/v1/refunds/{referred['id']}/confirmation", {}))
        await p.refund(dispute_id, "confirmed")
        assert (await p.told(dispute_id))["stage"] == "closed"


@pytest.mark.parametrize("kind", KINDS)
async def test_a_failure_after_somebody_confirmed_it_without_a_reference(
    kind: str, database: str, tmp_path: Path
) -> None:
    """Nobody can tell whether it is that payment. A supervisor owes it to find out, until somebody names the payment."""
    async with played(kind, database, tmp_path) as p:
        p.scene.meddler.made = lambda row: {**row, **_outcome(p.scene.row("", "pending"))}
        dispute_id = await p.conceded()
        waits = await p.refund(dispute_id, "submitted")
        done(await p.house.backend.post(f"/v1/refunds/{waits['id']}/confirmation", {}))
        await p.refund(dispute_id, "confirmed")
        failed = p.scene.notice(p.scene.row("re_1", "failed", refund_id=waits["id"], attempt=1))
        await p.sends(failed)
        assert (await p.refund(dispute_id, "referred"))["reason"] == "contradicted"
        assert await p.owes(dispute_id) == [("decide", "supervisor")]
        before = await p.position()
        await p.sends(failed)
        assert await p.position() == before
        named = {"provider_reference": "re_by_hand"}
        done(await p.house.backend.post(f"/v1/refunds/{waits['id']}/confirmation", named))
        assert (await p.refund(dispute_id, "confirmed"))["provider_reference"] == "re_by_hand"
        assert await p.owes(dispute_id) == []


@pytest.mark.parametrize("kind", KINDS)
async def test_a_payment_of_a_refund_that_was_settled_in_another_way(kind: str, database: str, tmp_path: Path) -> None:
    """A supervisor owes a look, by the provider's notice or, if that was lost, by its list. The marketplace says that it
    was taken. The parties see nothing of it."""
    async with played(kind, database, tmp_path) as p:
        p.scene.meddler.made = lambda row: {**row, **_outcome(p.scene.row("", "failed"))}
        told, listed = await p.conceded(), await p.conceded()
        refunds = {dispute_id: (await p.refund(dispute_id, "referred"))["id"] for dispute_id in (told, listed)}
        for number, (dispute_id, refund_id) in enumerate(refunds.items()):
            otherwise = {"how": "bank_transfer", "reference": f"TRF-{number}"}
            done(await p.house.backend.post(f"/v1/refunds/{refund_id}/otherwise", otherwise))
            await p.refund(dispute_id, "settled_otherwise")
        seen = done(await p.house.speaking_for("buyer").get(f"/v1/disputes/{told}/commitments"))
        late = p.scene.notice(p.scene.row("re_late", "paid", refund_id=refunds[told], attempt=1))
        p.scene.meddler.extra = [
            p.scene.row("re_late", "paid", refund_id=refunds[told], attempt=1),
            p.scene.row("re_lost", "paid", refund_id=refunds[listed], attempt=1),
        ]
        await p.sends(late)
        assert await p.owes(told) == [("decide", "supervisor")]
        assert {one for one in await p.differences() if one[0] == "status"} == {
            ("status", "re_late"),
            ("status", "re_lost"),
        }
        assert await p.owes(listed) == [("decide", "supervisor")]
        before = await p.position()
        await p.sends(late)
        assert await p.position() == before
        query, since = {"dispute_id": told, "kind": "decide"}, {"At-Least": await p.end()}
        owed = done(await p.house.backend.get("/v1/commitments", params=query, headers=since))
        [look] = owed["items"]
        assert (look["refund"]["id"], look["arises_from"], look["kept_when"]) == (
            refunds[told],
            "payment",
            ["CommitmentKept"],
        )
        assert done(await p.house.speaking_for("buyer").get(f"/v1/disputes/{told}/commitments")) == seen
        path = f"/v1/disputes/{told}/commitments/{look['id']}/fulfilment"
        done(await p.house.backend.post(path, {"note": said("The buyer sent it back.")}))
        assert await p.owes(told) == []
        assert (await p.refund(told, "settled_otherwise"))["id"] == refunds[told]
