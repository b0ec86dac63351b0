"""A party's region over HTTP: in the filing, the case file, the deadlines' proofs and the policy."""

from typing import Any

import pytest

from tests.api.house import House, done, filing, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")

LONDON = {"country": "GB", "time_zone": "Europe/London"}


def _from(seller: dict[str, Any]) -> dict[str, Any]:
    case = filing()
    return {**case, "seller": {**case["seller"], **seller}}


async def _proof(at_home: House, seller: dict[str, Any]) -> dict[str, Any]:
    """The proof of the seller's window to respond."""
    filed = done(await at_home.backend.post("/v1/disputes", _from(seller)), 201)
    listed = done(await at_home.backend.get(f"/v1/disputes/{filed['id']}/deadlines"))
    (response,) = [one for one in listed["items"] if one["name"] == "response"]
    proof: dict[str, Any] = response["proof"]
    return proof


async def test_whose_holidays_count_and_why(at_home: House) -> None:
    """With a region, without one, and in a country that has the same holidays everywhere."""
    scottish, british, chinese = [
        await _proof(at_home, seller)
        for seller in (
            {**LONDON, "region": "GB-EDH"},
            LONDON,
            {"country": "CN", "region": None, "time_zone": "Asia/Shanghai"},
        )
    ]
    assert (scottish["region"], scottish["counted_by"], scottish["population"]) == ("GB-EDH", "own_region", None)
    assert scottish["calendar"].endswith(" GB-SCT")
    assert (british["region"], british["counted_by"]) == (None, "most_people")
    assert british["population"] == "Office for National Statistics, mid-2023"
    assert british["calendar"].endswith(" GB")
    assert (chinese["counted_by"], chinese["population"]) == ("national", None)


async def test_the_case_file_has_it(at_home: House) -> None:
    """For each reader, as it has the country."""
    filed = done(await at_home.backend.post("/v1/disputes", _from({**LONDON, "region": "GB-SCT"})), 201)
    for reader in (at_home.backend, at_home.speaking_for("buyer"), at_home.speaking_for("seller")):
        case = done(await reader.get(f"/v1/disputes/{filed['id']}"))
        assert case["seller"]["region"] == "GB-SCT"
        assert case["buyer"]["region"] is None


@pytest.mark.parametrize(
    ("region", "code"),
    [
        ("GB-XX", "UnknownRegion"),
        ("CH-ZH", "RegionOfAnotherCountry"),
        ("Scotland", "InvalidRequest"),
        ("", "InvalidRequest"),
    ],
)
async def test_a_region_that_is_not_there(at_home: House, region: str, code: str) -> None:
    problem = refused(await at_home.backend.post("/v1/disputes", _from({**LONDON, "region": region})), 422, code)
    assert problem["pointer"] == "/seller/region"
    if code == "UnknownRegion":
        assert problem["facts"]["known"] == ["GB-ENG", "GB-NIR", "GB-SCT", "GB-WLS"]


async def test_a_policy_says_it_by_country(at_home: House) -> None:
    admin = at_home.sender("administrator", marketplace="souk")
    desk = {"country": "DE", "region": "DE-BY", "time_zone": "Europe/Berlin"}
    regional = {"otherwise": "national_only", "by_country": {"GB": "GB-SCT", "CH": "most_people"}}
    policy = {"version": "regions", "desk": desk, "regional_holidays": regional}
    wrong = {**policy, "regional_holidays": {"by_country": {"GB": "CH-ZH"}}}
    told = done(await admin.post("/v1/policies/validation", {**wrong, "desk": {"country": "DE", "region": "DE-XX"}}))
    assert [(one["code"], one["pointer"]) for one in told["problems"]] == [
        ("UnknownRegion", "/desk/region"),
        ("RegionOfAnotherCountry", "/regional_holidays/by_country/GB"),
    ]
    refused(await admin.post("/v1/policies", wrong), 422, "RegionOfAnotherCountry")
    done(await admin.post("/v1/policies", policy), 201)
    shown = done(await admin.get("/v1/policies/regions"))
    assert (shown["desk"], shown["regional_holidays"]) == (desk, regional)
    changes = done(await admin.get("/v1/policies/first-2026/comparison/regions"))["changes"]
    assert {"pointer": "/regional_holidays/by_country/GB", "before": None, "after": "GB-SCT"} in changes
    speaking = at_home.speaking_for("buyer", marketplace="souk")
    filed = done(await speaking.post("/v1/disputes", _from(LONDON)), 201)
    listed = done(await speaking.get(f"/v1/disputes/{filed['id']}/deadlines"))["items"]
    proofs = {one["name"]: one["proof"] for one in listed}
    assert (proofs["response"]["region"], proofs["response"]["counted_by"]) == ("GB-SCT", "policy_region")
    assert (proofs["negotiation"]["region"], proofs["negotiation"]["counted_by"]) == ("DE-BY", "own_region")
