"""The operator asks for a notice: a policy is published some days before it applies."""

from datetime import timedelta
from pathlib import Path

import pytest

from domain.kernel.base import Role
from tests import today
from tests.api.house import done, house, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_shorter_notice_is_refused(database: str, tmp_path: Path) -> None:
    """Before publication and at it. The list of policies tells the notice."""
    in_a_week = {"version": "hurried", "applies_from": (today.now() + timedelta(days=7)).isoformat()}
    in_time = {"version": "announced", "applies_from": (today.now() + timedelta(days=16)).isoformat()}
    async with house(database, tmp_path, policy_notice_days=15) as careful:
        administrator = careful.sender(Role.ADMINISTRATOR)
        for body in ({"version": "hurried"}, in_a_week):
            problem = refused(await administrator.post("/v1/policies", body), 422, "NoticeTooShort")
            assert (problem["pointer"], problem["facts"]["notice_days"]) == ("/applies_from", 15)
            told = done(await administrator.post("/v1/policies/validation", body))
            assert [one["code"] for one in told["problems"]] == ["NoticeTooShort"]
        done(await administrator.post("/v1/policies", in_time), 201)
        listed = done(await administrator.get("/v1/policies"))
        assert (listed["notice_days"], listed["announced"]) == (15, ["announced"])
