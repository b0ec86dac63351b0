"""Whole disputes up to their ruling, and the recommendation about a seller who loses too many."""

import asyncio
from typing import Any
from uuid import uuid4

from tests.api.house import House, Sender, done, euros, person, said


def people(buyer: str, seller: str = "s-9") -> dict[str, Any]:
    return {
        "buyer": person(buyer, "IT", "it", "Europe/Rome"),
        "seller": person(seller, "CN", "zh-Hans", "Asia/Shanghai"),
    }


def somebody() -> str:
    return f"p-{uuid4().hex[:8]}"


async def ruled(house: House, to_buyer: str, to_seller: str, **changes: Any) -> tuple[dict[str, Any], Sender]:
    """Files a dispute about 129.90, which is contested and ruled. Returns the ruling's answer, and the neutral."""
    more = changes.pop("ruling", {})
    filed = await house.filed(**changes)
    at, buyer, seller = f"/v1/disputes/{filed['id']}", house.speaking_for("buyer"), house.speaking_for("seller")
    done(await seller.post(f"{at}/response", {"answer": "contest"}))
    done(await buyer.post(f"{at}/escalation"))
    neutral = await house.neutral()
    done(await neutral.post(f"{at}/assignment", {}))
    read = done(await neutral.post(f"{at}/impasse"))
    award = {"buyer": euros(to_buyer), "seller": euros(to_seller)}
    ruling = {"award": award, "cites_clauses": ["conformity"], "reasons": said("It was as described.")} | more
    issued = done(await neutral.post(f"{at}/rulings", ruling, match=read["version"]), 201)
    return issued, neutral


async def under(house: House, **abuse: Any) -> None:
    """Publishes a policy with these rules against abuse."""
    policy = {"version": f"v-{uuid4().hex[:8]}", "windows": {"escalation_opens_after_hours": 0}, "abuse": abuse}
    done(await house.sender("administrator").post("/v1/policies", policy), 201)


async def flagged(house: House, seller: str) -> dict[str, Any]:
    """The recommendation about a seller, as soon as there is one."""
    async with asyncio.timeout(60):
        while True:
            page = done(await house.backend.get("/v1/recommendations", params={"answered": "false"}))
            if found := [one for one in page["items"] if one["party"] == seller]:
                return dict(found[0])
            await asyncio.sleep(0.02)
