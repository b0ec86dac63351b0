"""`fields` of a case file: a part of it is the same as in the whole."""

from typing import Any
from unittest.mock import patch

import pytest

from api.disputes.case_file_schemas import CaseFile
from api.http.reads import Reading
from domain.kernel.base import Role
from tests.api.house import House, Sender, done, euros, refused, said

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def _rich(home: House) -> str:
    """A dispute with an exhibit, an offer, and texts in three languages. Returns its address."""
    at = f"/v1/disputes/{(await home.filed())['id']}"
    seller, buyer = home.speaking_for("seller"), home.speaking_for("buyer")
    done(await seller.post(f"{at}/offers", {"amount": euros("20.00"), "message": said("花瓶", "zh-Hans")}), 201)
    form = {"description": (None, "صورة"), "language": (None, "ar")}
    exhibited = done(await buyer.post(f"{at}/exhibits", files=form), 201)
    done(await buyer.get(at, headers={"At-Least": exhibited["position"]}))
    return at


async def _part(reader: Sender, at: str, fields: str | None) -> dict[str, Any]:
    """Without the examples of acts, which follow the clock."""
    case = done(await reader.get(at, params={"fields": fields} if fields is not None else {}))
    return case | {name: [{**act, "example": None} for act in case[name]] for name in case if name == "actions"}


async def test_every_field_is_the_same_as_in_the_whole(at_home: House) -> None:
    """For each reader, who sees other values; also when all fields are asked for one by one."""
    at = await _rich(at_home)
    for reader in (at_home.speaking_for("buyer"), at_home.sender(Role.SUPERVISOR)):
        whole = await _part(reader, at, None)
        assert await _part(reader, at, ",".join(CaseFile.model_fields)) == whole
        assert await _part(reader, at, "offers,exhibits") == {name: whole[name] for name in ("exhibits", "offers")}


async def test_what_is_not_asked_for_is_not_worked_out(at_home: House) -> None:
    at = f"/v1/disputes/{(await at_home.filed())['id']}"
    with patch.object(Reading, "case_and_actions", side_effect=AssertionError("nobody reads the actions")):
        assert await _part(at_home.backend, at, " stage , awaiting") == {
            "stage": "negotiation",
            "awaiting": "respondent",
        }


async def test_the_headers_are_those_of_the_whole(at_home: House) -> None:
    at, reader = f"/v1/disputes/{(await at_home.filed())['id']}", at_home.speaking_for("seller")
    whole, part = await reader.get(at), await reader.get(at, params={"fields": "stage"})
    assert [part.headers[name] for name in ("ETag", "Vary", "Content-Type")] == [
        whole.headers[name] for name in ("ETag", "Vary", "Content-Type")
    ]
    known = await reader.get(at, params={"fields": "stage"}, headers={"If-None-Match": part.headers["ETag"]})
    assert (known.status_code, known.content) == (304, b"")


@pytest.mark.parametrize("fields", ["", "stage,", "stage,messages", "Stage", "buyer.name"])
async def test_a_field_that_does_not_exist(at_home: House, fields: str) -> None:
    at = f"/v1/disputes/{(await at_home.filed())['id']}"
    problem = refused(await at_home.backend.get(at, params={"fields": fields}), 422, "UnknownCaseField")
    assert problem["facts"] == {"known": list(CaseFile.model_fields)}


async def test_a_part_of_a_case_that_the_reader_may_not_see(at_home: House) -> None:
    stranger = at_home.backend_of("elsewhere")
    at = f"/v1/disputes/{(await at_home.filed())['id']}"
    refused(await stranger.get(at, params={"fields": "stage"}), 404, "UnknownDispute")
