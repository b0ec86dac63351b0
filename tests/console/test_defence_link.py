"""The case of a dispute that is also at a bank has what the seller may show there, for those who may read it."""

import pytest

from domain.kernel.base import Role
from tests.api.house import House, done, said
from tests.console.browsers import person, signed_in

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_case_with_a_chargeback_has_a_link_to_the_text(at_home: House) -> None:
    filed = await at_home.filed()
    at, path = f"/console/disputes/{filed['id']}", f"/console/disputes/{filed['id']}/defence/correspondence.txt"
    supervisor, auditor = await signed_in(at_home), await signed_in(at_home, person(Role.AUDITOR))
    assert path not in (await supervisor.get(at)).text
    reported = {"what": "chargeback", "statement": said("The bank asks.")}
    done(await at_home.backend.post(f"/v1/disputes/{filed['id']}/parallel-proceedings", reported), 201)
    assert path in (await supervisor.get(at)).text
    saved = await supervisor.get(path)
    assert saved.headers["content-disposition"].startswith("attachment;")
    assert saved.text.startswith("Order ")
    assert path not in (await auditor.get(at)).text
    assert (await auditor.get(path)).status_code == 403
