"""Refunds through a provider, with HTTP on both sides: the engine asks the sandbox, and the sandbox sends notices."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from standardwebhooks import Webhook

from domain.kernel.base import Role
from domain.kernel.money import Money
from mediation.gateways.sandbox.provider import create_provider
from mediation.gateways.sandbox.schemas import Faults, PaidOutIn, RefundAsked, RefundShown
from mediation.gateways.sandbox.store import Store
from mediation.processes.refunds import AT_ONCE as AT_ONCE_THERE
from tests.api.house import MARKETPLACE, PLAYGROUND, House, done, euros, filing, house, refused, said
from tests.gateways.serving import free_socket, served

KEY, NOTICES = "key", "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"
AT_ONCE = timedelta(0)
_TRIED = ("submitted", "failed", "referred")


@dataclass(frozen=True, slots=True)
class Paying:
    """A house whose marketplace pays through the sandbox."""

    house: House
    provider: Store

    async def conceded(self) -> str:
        """A dispute whose refund is owed."""
        filed = await self.house.speaking_for("buyer").post("/v1/disputes", filing())
        dispute_id = str(done(filed, 201)["id"])
        conceding = await self.house.speaking_for("seller").post(
            f"/v1/disputes/{dispute_id}/response", {"answer": "concede", "statement": said("Sorry.")}
        )
        done(conceding)
        return dispute_id

    async def told(self, dispute_id: str) -> list[str]:
        """The kinds of the facts about the dispute's refund. Other facts may follow at any moment."""
        facts = await self.house.services.log.of_dispute(UUID(dispute_id))
        return [fact.kind for fact in facts if fact.event.stream == "refund"]

    async def refund(self, dispute_id: str, status: str, marketplace: str = MARKETPLACE) -> dict[str, Any]:
        """The dispute's refund, as soon as it has this status."""
        backend = self.house.sender(Role.MARKETPLACE, marketplace=marketplace)
        async with asyncio.timeout(60):
            while True:
                page = done(await backend.get("/v1/refunds", params={"dispute_id": dispute_id}))
                if page["items"] and page["items"][0]["status"] == status:
                    found: dict[str, Any] = page["items"][0]
                    return found
                await asyncio.sleep(0.05)

    async def steps(self, refund_id: str, status: str, times: int) -> list[str]:
        """The statuses of the refund, as soon as it has had this status so many times."""
        async with asyncio.timeout(60):
            while True:
                told = done(await self.house.backend.get(f"/v1/refunds/{refund_id}"))
                steps = [str(step["status"]) for step in told["steps"]]
                if steps.count(status) == times:
                    return steps
                await asyncio.sleep(0.05)

    async def paid(self) -> list[RefundShown]:
        """The provider's payments, as soon as there are any."""
        async with asyncio.timeout(60):
            while True:
                if listed := self.provider.listed(None, None, 0)[0]:
                    return listed
                await asyncio.sleep(0.05)

    async def dispute(self, dispute_id: str) -> dict[str, Any]:
        position = await self.house.services.log.last_position()
        sealed = self.house.app.state.http.opaque.seal("position", MARKETPLACE, str(position))
        return await self.house.seen(dispute_id, sealed)

    async def notice(self, about: dict[str, Any], secret: str = NOTICES) -> Any:
        body, now = json.dumps({"type": f"refund.{about['status']}", "data": about}), datetime.now(UTC)
        signature = Webhook(secret).sign("msg_1", now, body)
        headers = {
            "webhook-id": "msg_1",
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signature,
        }
        return await self.house.http.post(f"/notices/{MARKETPLACE}", content=body, headers=headers)


@asynccontextmanager
async def paying(conninfo: str, folder: Path) -> AsyncIterator[Paying]:
    (for_engine, engine), (for_provider, provider) = free_socket(), free_socket()
    store = Store()
    app = create_provider(store, key=KEY, notice_secret=NOTICES, notify=f"{engine}/notices/{MARKETPLACE}")
    sandbox = {"kind": "sandbox", "address": provider, "key": KEY, "notice_secret": NOTICES}
    chosen = {MARKETPLACE: sandbox, PLAYGROUND: sandbox}
    async with (
        served(app, for_provider),
        house(conninfo, folder, gateways=chosen) as home,
        served(home.app, for_engine),
    ):
        yield Paying(home, store)
    store.close()


async def test_the_provider_pays_and_the_dispute_closes(database: str, tmp_path: Path) -> None:
    """Nobody has to report anything."""
    async with paying(database, tmp_path) as p:
        dispute_id = await p.conceded()
        refund = await p.refund(dispute_id, "confirmed")
        (paid,) = p.provider.listed(None, None, 0)[0]
        assert (refund["amount"], refund["provider_reference"]) == (euros("129.90"), paid.reference)
        assert (await p.dispute(dispute_id))["stage"] == "closed"


@pytest.mark.parametrize(
    "faults",
    [
        Faults(unanswered=1),
        Faults(pending=True, settles_after=0.2, notice_copies=3, notice_order="reversed", notice_after=0.3),
        Faults(paid_out_in=PaidOutIn(currency="CNY", rate="8.1234", source="sandbox")),
    ],
    ids=["no answer after it paid", "notices late, thrice and out of order", "paid out in another currency"],
)
async def test_notices_bring_what_no_answer_brought(database: str, tmp_path: Path, faults: Faults) -> None:
    async with paying(database, tmp_path) as p:
        p.provider.faults = faults
        dispute_id = await p.conceded()
        refund = await p.refund(dispute_id, "confirmed")
        assert len(p.provider.listed(None, None, 0)[0]) == 1
        payout = refund["payout"]
        assert (payout and payout["paid"]) == ({"amount": "1055.22", "currency": "CNY"} if faults.paid_out_in else None)


async def test_a_notice_that_is_not_to_be_believed_changes_nothing(database: str, tmp_path: Path) -> None:
    async with paying(database, tmp_path) as p:
        p.provider.faults = Faults(pending=True, settles_after=3600)
        dispute_id = await p.conceded()
        refund = await p.refund(dispute_id, "submitted")
        paid = {**(await p.paid())[0].model_dump(mode="json"), "status": "paid"}
        before = await p.told(dispute_id)
        refused(await p.notice(paid, secret="whsec_" + "d3Jvbmctd3Jvbmctd3Jvbmc="), 403, "NoticeNotTrusted")
        refused(await p.house.http.post(f"/notices/{MARKETPLACE}", json=paid), 403, "NoticeNotTrusted")
        refused(await p.house.http.post("/notices/nobody", json=paid), 403, "NoticeNotTrusted")
        elsewhere = ({"refund_id": str(uuid4())}, {"refund_id": None}, {"amount": "a lot"}, {"amount": None})
        for odd in elsewhere:
            assert (await p.notice({**paid, **odd})).status_code == 204, "rightly signed: nobody sends it again"
        assert await p.told(dispute_id) == before
        for _ in range(2):
            assert (await p.notice(paid)).status_code == 204
        assert (await p.refund(dispute_id, "confirmed"))["id"] == refund["id"]
        after = await p.told(dispute_id)
        late = {**paid, "status": "failed", "reason": "declined", "reference": "sbx_before"}
        assert (await p.notice(late)).status_code == 204, "about an attempt that does not count, and no news"
        assert await p.told(dispute_id) == after


async def test_a_notice_of_a_second_payment_is_taken(database: str, tmp_path: Path) -> None:
    """The refund stays as it is. The payment is on record once, and a supervisor looks at it. The provider gets no error."""
    async with paying(database, tmp_path) as p:
        dispute_id = await p.conceded()
        refund = await p.refund(dispute_id, "confirmed")
        paid = (await p.paid())[0].model_dump(mode="json")
        before = await p.told(dispute_id)
        for _ in range(2):
            assert (await p.notice({**paid, "reference": "sbx_twice"})).status_code == 204
        assert await p.told(dispute_id) == [*before, "RefundPaidAgainstRecord"]
        assert refund["provider_reference"] == paid["reference"]


async def test_a_turned_clock_is_the_one_by_which_a_refund_is_tried_again(database: str, tmp_path: Path) -> None:
    """In a test marketplace: the provider does not answer, and the clock is turned over the minute before the next attempt."""
    async with paying(database, tmp_path) as p:
        p.provider.faults = Faults(lost=1)
        backend = p.house.sender(Role.MARKETPLACE, marketplace=PLAYGROUND)
        filed = done(await backend.post("/v1/disputes", filing()), 201)
        seller = p.house.speaking_for("seller", PLAYGROUND)
        done(await seller.post(f"/v1/disputes/{filed['id']}/response", {"answer": "concede"}))
        await p.refund(filed["id"], "submitted", PLAYGROUND)
        clock = "/v1/sandbox/clock"
        later = datetime.fromisoformat(done(await backend.get(clock))["now"]) + timedelta(minutes=2)
        done(await backend.send("PUT", clock, json={"now": later.isoformat()}))
        await p.refund(filed["id"], "confirmed", PLAYGROUND)
        assert len(await p.paid()) == 1


async def test_what_is_refused_goes_to_a_person(database: str, tmp_path: Path) -> None:
    """Referred to a supervisor, shown as referred, retried without success, and then paid in another way."""
    async with paying(database, tmp_path) as p:
        supervisor = p.house.sender(Role.SUPERVISOR)
        p.provider.faults = Faults(decline="insufficient_funds")
        dispute_id = await p.conceded()
        refund = await p.refund(dispute_id, "referred")
        told = await p.dispute(dispute_id)
        assert told["awaiting"] == "supervisor"
        assert [c["kind"] for c in told["commitments"] if c["status"] == "pending"] == ["refund", "decide"]
        path = f"/v1/refunds/{refund['id']}"
        answer = done(await supervisor.post(f"{path}/retry"))
        assert answer["awaiting"] == "marketplace"
        assert await p.steps(refund["id"], "referred", 2) == ["instructed", *_TRIED, "submitted", *_TRIED]
        offered = done(await supervisor.get(f"/v1/disputes/{dispute_id}"))["actions"]
        assert {"retry_refund", "settle_refund_otherwise"} <= {action["name"] for action in offered}
        body = {"how": "bank_transfer", "reference": "TRF-118"}
        refused(await p.house.speaking_for("buyer").post(f"{path}/otherwise", body), 403, "NotForThisRole")
        assert done(await supervisor.post(f"{path}/otherwise", body))["stage"] == "closed"
        assert (await p.steps(refund["id"], "settled_otherwise", 1))[-1] == "settled_otherwise"
        assert p.provider.listed(None, None, 0)[0] == []


async def test_a_backend_that_paid_another_sum_is_heard(anew: House) -> None:
    """29.000 KWD where 30.000 were owed: nothing is confirmed, the report is on record, and a supervisor owes it to
    look. When the rest is paid, the backend confirms."""
    due, less = ({"amount": amount, "currency": "KWD"} for amount in ("30.000", "29.000"))
    body = filing()
    body["transaction"] |= {"paid": due, "lines": [{"id": "1", "title": "Vaso", "quantity": 1, "amount": due}]}
    body["claim"]["amount"] = due
    filed = done(await anew.backend.post("/v1/disputes", body), 201)
    done(await anew.speaking_for("seller").post(f"/v1/disputes/{filed['id']}/response", {"answer": "concede"}))
    [refund] = await anew.refunds(1, dispute_id=filed["id"])
    path = f"/v1/refunds/{refund['id']}/confirmation"
    told = done(await anew.backend.post(path, {"provider_reference": "re_1", "paid": less}))
    assert (told["stage"], told["awaiting"]) == ("execution", "supervisor")
    shown = await anew.seen(filed["id"], told["position"])
    assert [(one["status"], one["reported"]) for one in shown["refunds"]] == [("referred", less)]
    pending = [(c["kind"], c["owed_by"], c["owed_to"]) for c in shown["commitments"] if c["status"] == "pending"]
    assert pending == [("refund", "seller", "buyer"), ("decide", "supervisor", "marketplace")]
    assert done(await anew.backend.post(path, {"provider_reference": "re_1"}))["stage"] == "closed"
    refused(await anew.backend.post(path, {"provider_reference": "re_1", "paid": less}), 409, "PaidDifferently")


async def test_reconciliation(database: str, tmp_path: Path) -> None:
    """A difference is reported once, by its kind. Explained, it is not reported again. When it is gone, it ends."""
    async with paying(database, tmp_path) as p:
        compare = p.house.services.reconciler.compare
        p.provider.faults = Faults(pay_twice=1)
        twice = await p.refund(await p.conceded(), "confirmed")
        gone = await p.refund(await p.conceded(), "confirmed")
        short = await p.refund(await p.conceded(), "confirmed")
        by_refund = {str(one.refund_id): one for one in p.provider.listed(None, None, 0)[0]}
        p.provider.forget(by_refund[gone["id"]].reference)
        p.provider.alter(by_refund[short["id"]].reference, amount=Money.of("12.99", "EUR"))
        p.provider.pay("by hand", RefundAsked(refund_id=uuid4(), amount=Money.of("5.00", "EUR")))
        found = await compare(MARKETPLACE, settles=AT_ONCE)
        assert sorted(one.what for one in found.differences) == ["amount", "missing_here", "missing_there", "twice"]
        assert {str(one.refund_id) for one in found.differences if one.what == "twice"} == {twice["id"]}
        await compare(MARKETPLACE, settles=AT_ONCE)
        listed = await _differences(p)
        assert len(listed) == 4, "not repeated"
        supervisor = p.house.sender(Role.SUPERVISOR)
        first = next(one for one in listed if one["what"] == "missing_here")
        assert (first["theirs"], first["ours"]) == (euros("5.00"), None)
        note = {"note": said("Paid by hand.")}
        path = f"/v1/reconciliations/differences/{first['number']}/explanation"
        done(await supervisor.post(path, note))
        refused(await supervisor.post(path.replace(f"/{first['number']}/", "/99/"), note), 404, "UnknownDifference")
        p.provider.alter(by_refund[short["id"]].reference, amount=Money.of("129.90", "EUR"))
        again = await compare(MARKETPLACE, settles=AT_ONCE)
        assert sorted(one.what for one in again.differences) == ["missing_there", "twice"]
        statuses = {one["what"]: one["status"] for one in await _differences(p)}
        assert statuses == {"amount": "gone", "missing_here": "explained", "missing_there": "open", "twice": "open"}
        runs = done(await p.house.backend.get("/v1/reconciliations"))["items"]
        assert [run["open"] for run in runs][-3:] == [4, 4, 2]


async def _differences(p: Paying) -> list[dict[str, Any]]:
    position = await p.house.services.log.last_position()
    assert await p.house.services.follow.caught_up("reconciliations@1", position, 60)
    items: list[dict[str, Any]] = done(await p.house.backend.get("/v1/reconciliations/differences"))["items"]
    return items


async def test_a_provider_that_hangs_holds_up_nobody_else(database: str, tmp_path: Path) -> None:
    """One marketplace's provider does not answer. Another's refund is paid and confirmed meanwhile. The first provider
    gets a limited number of requests at a time, and none twice.
    """
    (for_slow, slow), (for_sound, sound) = free_socket(), free_socket()
    hanging, well = Store(), Store()
    hanging.faults = Faults(answer_after=120, notices=False)
    apps = [create_provider(store, key=KEY, notice_secret=NOTICES) for store in (hanging, well)]
    sandbox = {"kind": "sandbox", "key": KEY, "notice_secret": NOTICES}
    chosen = {MARKETPLACE: {**sandbox, "address": slow}, PLAYGROUND: {**sandbox, "address": sound}}
    async with (
        served(apps[0], for_slow),
        served(apps[1], for_sound),
        house(database, tmp_path, gateways=chosen) as home,
    ):
        p = Paying(home, hanging)
        for _ in range(AT_ONCE_THERE + 3):
            await p.conceded()
        backend = home.sender(Role.MARKETPLACE, marketplace=PLAYGROUND)
        filed = done(await backend.post("/v1/disputes", filing()), 201)
        seller = home.speaking_for("seller", PLAYGROUND)
        done(await seller.post(f"/v1/disputes/{filed['id']}/response", {"answer": "concede"}))
        await p.refund(filed["id"], "confirmed", PLAYGROUND)
        assert [payment.amount for payment in well.listed(None, None, 0)[0]] == [Money.of("129.90", "EUR")]
        waiting = hanging.listed(None, None, 0)[0]
        assert 0 < len({payment.refund_id for payment in waiting}) == len(waiting) <= AT_ONCE_THERE
