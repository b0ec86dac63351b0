"""Who claims how often, and what of it stood: for those who decide, never for the parties."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest

from tests.api.house import House, Sender, done, euros, person, refused, said

pytestmark = pytest.mark.asyncio(loop_scope="module")


def people(buyer: str, seller: str = "s-9") -> dict[str, Any]:
    return {
        "buyer": person(buyer, "IT", "it", "Europe/Rome"),
        "seller": person(seller, "CN", "zh-Hans", "Asia/Shanghai"),
    }


def somebody() -> str:
    return f"p-{uuid4().hex[:8]}"


async def ruled(house: House, to_buyer: str, to_seller: str, **changes: Any) -> tuple[dict[str, Any], Sender]:
    """A dispute about 129.90 that was contested, and ruled by the neutral beside it; what the ruling answered."""
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


async def history(reader: Sender, at: str, since: str, **query: str) -> Mapping[str, Any]:
    return done(await reader.get(at, params=query, headers={"At-Least": since}))


async def test_a_claim_history(at_home: House) -> None:
    """Of a buyer with a claim refused, one conceded in part, one withdrawn: by reason, by result, with the sums."""
    await at_home.open_at_once()
    buyer, seller = somebody(), somebody()
    refused_one, _ = await ruled(at_home, "0.00", "129.90", **people(buyer, seller))
    done(await at_home.speaking_for("buyer").post(f"/v1/disputes/{refused_one['id']}/appeal-waiver"))
    second = await at_home.filed(**people(buyer, seller))
    part = {"answer": "concede_part", "conceded": euros("29.90")}
    done(await at_home.speaking_for("seller").post(f"/v1/disputes/{second['id']}/response", part))
    third = await at_home.filed(**people(buyer, somebody()))
    last = done(await at_home.speaking_for("buyer").post(f"/v1/disputes/{third['id']}/withdrawal"))

    supervisor = at_home.sender("supervisor")
    told = await history(supervisor, f"/v1/claim-histories/buyer/{buyer}", last["position"])
    assert told["against"]["claims"] == 0
    filed = told["filed"]
    assert (filed["claims"], filed["by_reason"]) == (3, {"not_as_described": 3})
    assert filed["by_result"] == {"refused": 1, "open": 1, "withdrawn": 1}
    assert (filed["claimed"], filed["granted"]) == ([euros("389.70")], [euros("29.90")])
    assert (filed["appeals_decided"], filed["share_stood"]) == (0, None)
    of_seller = await history(supervisor, f"/v1/claim-histories/seller/{seller}", last["position"])
    assert (of_seller["filed"]["claims"], of_seller["against"]["claims"]) == (0, 2)
    later = {"filed_after": "2099-01-01T00:00:00Z"}
    none = await history(supervisor, f"/v1/claim-histories/buyer/{buyer}", last["position"], **later)
    assert none["filed"]["claims"] == 0


async def test_an_appeal_counts_in_the_history(at_home: House) -> None:
    """Once another neutral has decided it: here the ruling is replaced, so nothing stood."""
    await at_home.open_at_once()
    buyer = somebody()
    issued, _ = await ruled(at_home, "0.00", "129.90", **people(buyer))
    at = f"/v1/disputes/{issued['id']}"
    appealed = {"ground": "stated_error", "statement": said("La data è sbagliata.", "it")}
    done(await at_home.speaking_for("buyer").post(f"{at}/appeal", appealed))
    other = await at_home.neutral()
    read = done(await other.post(f"{at}/assignment", {}))
    award = {"award": {"buyer": euros("100.00"), "seller": euros("29.90")}, "cites_clauses": ["conformity"]}
    body = award | {"reasons": said("The date was wrong.")}
    decided = done(await other.post(f"{at}/rulings", body, match=read["version"]), 201)
    told = await history(other, f"{at}/claim-history", decided["position"])
    filed = told["buyer"]["filed"]
    assert filed["by_result"] == {"granted_in_part": 1}
    assert filed["granted"] == [euros("100.00")]
    assert (filed["appeals_decided"], filed["stood_on_appeal"], filed["share_stood"]) == (1, 0, 0.0)


async def test_no_party_sees_a_claim_history(at_home: House) -> None:
    """Nor does the marketplace's backend; a neutral sees those of the parties before them, and looks nobody else up."""
    buyer = somebody()
    filed = await at_home.filed(**people(buyer))
    at, look_up = f"/v1/disputes/{filed['id']}", f"/v1/claim-histories/buyer/{buyer}"
    for nobody in (at_home.backend, at_home.speaking_for("buyer"), at_home.speaking_for("seller")):
        refused(await nobody.get(f"{at}/claim-history"), 403, "NotForThisRole")
        refused(await nobody.get(look_up), 403, "NotForThisRole")
        assert (await at_home.seen(filed["id"], filed["position"], nobody))["claim_histories"] is None
    stranger = await at_home.neutral()
    refused(await stranger.get(f"{at}/claim-history"), 404, "UnknownDispute")
    refused(await stranger.get(look_up), 403, "NotForThisRole")
    for reader in ("supervisor", "administrator", "auditor"):
        case = await at_home.seen(filed["id"], filed["position"], at_home.sender(reader))
        assert case["claim_histories"]["buyer"] == {"filed": 1, "granted": 0, "refused": 0, "against": 0}
