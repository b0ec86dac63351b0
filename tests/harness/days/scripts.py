"""A mediator's day, a supervisor's morning and a backend's night: what each of them asks the API for, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from domain.kernel.base import Event
from tests import today
from tests.api.house import House, Sender, done, said
from tests.harness.days.ledger import Ledger, counted

_SHORT: Mapping[str, str] = {"Prefer": "return=minimal"}
_WORKED_ON = 3
"""So many disputes the mediator opens in a day."""


async def queue(house: House, disputes: int) -> Sender:
    """A neutral to whom so many disputes are assigned."""
    await house.open_at_once()
    neutral = await house.neutral()
    for _ in range(disputes):
        at = f"/v1/disputes/{(await house.filed())['id']}"
        done(await house.speaking_for("seller").post(f"{at}/response", {"answer": "contest", "statement": said("No.")}))
        done(await house.speaking_for("buyer").post(f"{at}/escalation"))
        taken = done(await neutral.post(f"{at}/assignment", {}))
    done(await neutral.get("/v1/disputes", headers={"At-Least": taken["position"]}))
    return neutral


async def mediator(neutral: Sender) -> Ledger:
    """The queue tells which disputes to open. Nothing else is opened to find that out."""
    ledger = Ledger("A mediator's day", "Before: 68 calls and 464 kB for a queue of 33 disputes alone.")
    mine = {"neutral": str(neutral.subject), "limit": "100"}
    async with counted(neutral.http, ledger):
        with ledger.step("the queue: what is due first comes first"):
            queue = done(await neutral.get("/v1/disputes", params={**mine, "sort": "due"}))["items"]
        first = [row for row in queue if row["due"]][:_WORKED_ON]
        assert first, "something to do"
        with ledger.step(f"open the first {len(first)}: the case file, and what was said"):
            for row in first:
                done(await neutral.get(f"/v1/disputes/{row['id']}"))
                done(await neutral.get(f"/v1/disputes/{row['id']}/messages", params={"limit": "100"}))
        with ledger.step("write to the parties of each"):
            for row in first:
                body, at = {"message": said("I look at it today.")}, f"/v1/disputes/{row['id']}/messages"
                wrote = await neutral.post(at, body, headers=_SHORT)
                assert wrote.status_code == 201, wrote.text
        with ledger.step("what changed since"):
            since = max(row["changed_at"] for row in queue)
            newer = {**mine, "changed_after": since}
            news = done(
                await neutral.get("/v1/disputes", params=newer, headers={"At-Least": wrote.headers["Position"]})
            )
        assert {row["id"] for row in first} <= {row["id"] for row in news["items"]}
        with ledger.step("what is still due within a day"):
            soon = {**mine, "sort": "due", "due_before": (today.now() + timedelta(days=1)).isoformat()}
            done(await neutral.get("/v1/disputes", params=soon))
    return ledger


async def supervisor(who: Sender) -> tuple[Ledger, Mapping[str, int]]:
    """Also how many disputes wait for what."""
    ledger = Ledger("A supervisor's morning", "Before: 41 calls to tell five sorts of waiting apart.")
    waits: list[tuple[str, str]] = [("awaiting", "supervisor"), ("sort", "due"), ("limit", "100")]
    numbers = [("counts", "waiting"), ("counts", "all"), ("counts", "neutral")]
    async with counted(who.http, ledger):
        with ledger.step("what waits for a supervisor, and how many for what"):
            page = done(await who.get("/v1/disputes", params=waits + numbers))
        with ledger.step("what else a supervisor has to decide, such as a refund that failed"):
            decides = {"owed_by": "supervisor", "kind": "decide", "limit": "100"}
            owed = done(await who.get("/v1/commitments", params=decides))["items"]
        with ledger.step("what is owed and overdue, in numbers"):
            done(await who.get("/v1/commitments/totals"))
        with ledger.step("which desks keep their times"):
            done(await who.get("/v1/commitments/punctuality", params={"by": "desk"}))
        with ledger.step("who may get a case"):
            done(await who.get("/v1/mandates"))
        with ledger.step("co-sign each ruling that waits for it"):
            for row in page["items"]:
                if row["waiting"]["why"] == "co_signature":
                    await _co_sign(who, row)
    waiting = {one["value"]: one["count"] for one in page["counts"]["waiting"]}
    return ledger, {**waiting, "refund": sum(one["refund"] is not None for one in owed)}


async def _co_sign(who: Sender, row: Mapping[str, Any]) -> None:
    read = await who.get(f"/v1/disputes/{row['id']}", params={"fields": "rulings"})
    at = f"/v1/disputes/{row['id']}/rulings/{row['waiting']['number']}/co-signature"
    signed = await who.post(at, match=read.headers["ETag"], headers=_SHORT)
    assert signed.status_code == 204, signed.text


@dataclass(frozen=True)
class Night:
    """`cursor` is the place of the feed from which the backend goes on."""

    house: House
    cursor: str

    @classmethod
    async def begins(cls, house: House) -> "Night":
        return cls(house, done(await house.backend.get("/v1/events", params={"from": "now"}))["next"])

    async def conceded(self, refunds: int) -> None:
        """So many sellers give in. Returns when the engine has begun each refund."""
        disputes = [(await self.house.filed())["id"] for _ in range(refunds)]
        for dispute in disputes:
            done(
                await self.house.speaking_for("seller").post(f"/v1/disputes/{dispute}/response", {"answer": "concede"})
            )
        for dispute in disputes:
            await self.house.refunds(1, dispute_id=dispute)

    async def bookkeeping(self) -> int:
        """How many facts the feed would have had besides, each of them for nothing."""
        found, cursor = 0, self.cursor
        while True:
            asked = {"cursor": cursor, "bookkeeping": True, "limit": "100"}
            page = done(await self.house.backend.get("/v1/events", params=asked))
            if not page["items"]:
                return found
            found, cursor = found + sum(Event.registry[one["kind"]].bookkeeping for one in page["items"]), page["next"]


async def backend(marketplace: Sender, cursor: str) -> tuple[Ledger, list[dict[str, Any]]]:
    """Also the facts of the feed. Every refund that they tell of is paid, with what they tell."""
    ledger = Ledger(
        "A backend's night", "Before: 58 % of the feed was bookkeeping, and each payment took a look at its dispute."
    )
    facts: list[dict[str, Any]] = []
    async with counted(marketplace.http, ledger):
        while True:
            asked = {"cursor": cursor, "wait": "1", "limit": "100"}
            with ledger.step("the feed" if not facts else "the feed, from where it was"):
                page = done(await marketplace.get("/v1/events", params=asked))
            cursor = page["next"]
            if not page["items"]:
                return ledger, facts
            facts += page["items"]
            owed = [fact["refund"] for fact in page["items"] if fact["kind"] == "RefundSubmitted"]
            if owed:
                with ledger.step(f"{len(owed)} refunds paid and confirmed"):
                    for refund in owed:
                        await _pay(marketplace, refund)


async def _pay(marketplace: Sender, refund: Mapping[str, Any]) -> None:
    """With what a payment provider asks for: the sum, out of which payment, and under which key."""
    paid = {"provider_reference": f"re of {refund['payment_reference']}, {refund['id']}", "paid": refund["amount"]}
    told = await marketplace.post(f"/v1/refunds/{refund['id']}/confirmation", paid, headers=_SHORT)
    assert told.status_code == 204, told.text
