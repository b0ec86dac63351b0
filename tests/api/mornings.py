"""What happened before a supervisor's morning: forty disputes in sixty days of a test marketplace, and five past cases.

Anna and Bruno are neutrals at the desk north, Carla and Dora at the desk south. `tests/api/test_morning.py` counts.
"""

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from domain.kernel.base import Role
from tests.api.house import PLAYGROUND, House, Sender, done, euros, filing, said
from tests.api.test_imports import Past, sent, statuses

CLOCK = "/v1/sandbox/clock"
AWARD = {"buyer": euros("60.00"), "seller": euros("69.90")}
DESKS = {
    "anna": ("north", "1000.00"),
    "bruno": ("north", "1.00"),
    "carla": ("south", "1000.00"),
    "dora": ("south", "1000.00"),
}


@dataclass
class Morning:
    """`began` is the first instant of the play. `at` are the addresses of the disputes by group."""

    house: House
    began: datetime
    neutrals: dict[str, Sender] = field(default_factory=dict)
    at: dict[str, list[str]] = field(default_factory=dict)

    def by(self, role: str) -> Sender:
        return self.house.sender(Role(role), marketplace=PLAYGROUND)

    def party(self, side: str) -> Sender:
        return self.house.speaking_for(side, PLAYGROUND)

    # --- people ---

    async def appointed(self, name: str) -> None:
        desk, authority = DESKS[name]
        self.neutrals[name] = neutral = self.by("neutral")
        mandate = {"neutral": str(neutral.subject), "languages": ["en"], "authority": [euros(authority)], "desk": desk}
        done(await self.by("administrator").post("/v1/mandates", mandate), 201)

    async def filed(self, answer: str) -> str:
        at = f"/v1/disputes/{done(await self.party('buyer').post('/v1/disputes', filing()), 201)['id']}"
        done(await self.party("seller").post(f"{at}/response", {"answer": answer}))
        return at

    async def escalated_to(self, name: str) -> str:
        at = await self.filed("contest")
        done(await self.party("buyer").post(f"{at}/escalation"))
        await self.assigned(name, at)
        return at

    async def assigned(self, name: str, at: str) -> None:
        neutral = {"neutral": str(self.neutrals[name].subject)}
        done(await self.by("supervisor").post(f"{at}/assignment", neutral))

    async def writes(self, name: str, at: str) -> None:
        done(await self.neutrals[name].post(f"{at}/messages", {"message": said("I look at it.")}), 201)

    async def rules(self, name: str, at: str) -> None:
        read = done(await self.neutrals[name].post(f"{at}/impasse"))
        ruling = {"award": AWARD, "cites_clauses": ["conformity"], "reasons": said("Half each.")}
        issued = await self.neutrals[name].post(f"{at}/rulings", ruling, match=read["version"])
        done(issued, 202 if name == "bruno" else 201)

    async def paid(self, at: str) -> str:
        """The refund's id, once it is confirmed under a reference."""
        async with asyncio.timeout(60):
            while True:
                if found := await self.listed("/v1/refunds", dispute_id=at[-36:]):
                    break
                await asyncio.sleep(0.02)
        refund_id = str(found[0]["id"])
        reference = {"provider_reference": f"re_{uuid4().hex}"}
        done(await self.by("marketplace").post(f"/v1/refunds/{refund_id}/confirmation", reference))
        return refund_id

    async def promised(self, by: Sender, at: str, kind: str, owed_by: str, due_at: datetime) -> str:
        """The address of the commitment."""
        promise = {"kind": kind, "owed_by": owed_by, "owed_to": "buyer", "due_at": due_at.isoformat()}
        return f"{at}/commitments/{done(await by.post(f'{at}/commitments', promise), 201)['commitment_id']}"

    # --- time and lists ---

    async def turns_to(self, now: datetime) -> None:
        done(await self.by("marketplace").send("PUT", CLOCK, json={"now": now.isoformat()}))

    async def listed(self, path: str = "/v1/commitments", **query: str) -> list[dict[str, Any]]:
        """All pages of a list, as a supervisor reads it."""
        return await self.read_by(self.by("supervisor"), path, **query)

    async def read_by(self, reader: Sender, path: str = "/v1/commitments", **query: str) -> list[dict[str, Any]]:
        items, cursor = list[dict[str, Any]](), dict[str, str]()
        while True:
            page = done(await reader.get(path, params={"limit": "100"} | query | cursor))
            items += page["items"]
            if page["next"] is None:
                return items
            cursor = {"cursor": page["next"]}

    async def settles(self, **open_ones: int) -> None:
        """Waits until the clock and the views have come as far as the play. If they don't, it says what they show."""
        found = Counter[str]()
        with suppress(TimeoutError):
            async with asyncio.timeout(30):
                while True:
                    found = Counter({status: len(await self.listed(status=status)) for status in open_ones})
                    if found == Counter(open_ones):
                        return
                    await asyncio.sleep(0.1)
        rows = [row for status in open_ones for row in await self.listed(status=status)]
        shown = Counter((row["status"], row["kind"], row["owed_by"], row["arises_from"]) for row in rows)
        raise AssertionError(f"{open_ones} expected: {shown}")


async def begun(house: House) -> Morning:
    supervisor = house.sender(Role.MARKETPLACE, marketplace=PLAYGROUND)
    play = Morning(house, datetime.fromisoformat(done(await supervisor.get(CLOCK))["now"]))
    policy = {"version": "at-once", "windows": {"escalation_opens_after_hours": 0}}
    done(await play.by("administrator").post("/v1/policies", policy), 201)
    for name in DESKS:
        await play.appointed(name)
    return play


async def past_cases(play: Morning) -> None:
    """In each a seller promises a call on the second day, due on the sixth. One is not kept, one waived late, one waived
    early, one replaced late by one that is not kept, and one case was stayed on the fourth day and still is."""
    lines = list[dict[str, Any]]()
    for act, by, day, due in (
        (None, "", 0, 0), ("waive_commitment", "buyer", 9, None), ("waive_commitment", "buyer", 2, None),
        ("replace_commitment", "buyer", 7, 12), ("order_stay", "supervisor", 3, 90),
    ):  # fmt: skip
        past = Past()

        def instant(days: float, past: Past = past) -> str:
            return (past.opened + timedelta(days=days)).isoformat()

        promise = {"kind": "call_back", "owed_by": "seller", "owed_to": "buyer", "due_at": instant(5)}
        lines += [past.filed(), past.act("make_commitment", "seller", 1, promise)]
        if act == "order_stay":
            lines.append(past.act(act, by, day, {"until": instant(90), "reasons": said("A court.")}))
        elif act is not None:
            body = {"kind": "call_back", "due_at": instant(due)} if due else {}
            lines.append(past.act(act, by, day, body, number=1))
    results = await sent(play.by("marketplace"), lines)
    assert set(statuses(results)) == {"stored"}, results


async def first_day(play: Morning) -> None:
    """Anna looks at one of her twelve, where she promises a call, Carla at five of her eight, Bruno at all six. Carla and
    Bruno rule one each; Bruno's is above his authority. One of Carla's is challenged."""
    noon, seller = play.began + timedelta(hours=12), play.party("seller")
    for name, number, looked in (("anna", 12, 0), ("carla", 8, 5), ("bruno", 6, 6)):
        play.at[name] = [await play.escalated_to(name) for _ in range(number)]
        for at in play.at[name][:looked]:
            await play.writes(name, at)
    await play.rules("carla", play.at["carla"][0])
    await play.rules("bruno", play.at["bruno"][0])
    challenge = {"ground": "bias", "reason": said("Unfair.")}
    done(await play.party("buyer").post(f"{play.at['carla'][1]}/challenges", challenge), 201)
    play.at["unpaid"] = [await play.filed("concede") for _ in range(4)]
    play.at["paid"] = [await play.filed("concede") for _ in range(3)]
    refunds = [await play.paid(at) for at in play.at["paid"]]
    bounced = f"/v1/refunds/{refunds[0]}/failure"
    done(await play.by("marketplace").post(bounced, {"reason": "bounced"}))
    play.at["shipping"] = [await play.filed("contest") for _ in range(2)]
    play.at["quiet"] = [await play.filed("contest") for _ in range(5)]
    play.at["ships"] = [await play.promised(seller, at, "ship", "seller", noon) for at in play.at["shipping"]]
    anna = play.neutrals["anna"]
    play.at["calls"] = [await play.promised(anna, play.at["anna"][0], "call_back", "neutral", noon)]


async def second_day(play: Morning) -> None:
    """Dora gets two of Anna's cases, one of which Anna had lost, and looks at them. She makes the call that Anna owed. A
    buyer does without one of the parcels."""
    to_dora = {"neutral": str(play.neutrals["dora"].subject), "reason": said("She has more time.")}
    done(await play.by("supervisor").post(f"{play.at['anna'][0]}/reassignment", to_dora))
    await play.assigned("dora", play.at["anna"][1])
    for at in play.at["anna"][:2]:
        await play.writes("dora", at)
    buyer = play.party("buyer")
    done(await buyer.post(f"{play.at['calls'][0]}/fulfilment"))
    done(await buyer.post(f"{play.at['ships'][0]}/waiver"))
