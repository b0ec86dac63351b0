"""How long it takes from a fact to the mail server that has the whole mail about it."""

import asyncio
import tempfile
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any
from uuid import uuid4

from httpx import ASGITransport, AsyncClient

from api.app import create_app
from api.services import services
from api.settings import Settings
from domain.kernel.base import Role
from mediation.gateways.mail.message_ids import named_by
from tests.harness.benchmarks.bench import Bench
from tests.harness.benchmarks.filings import MARKETPLACE, filing
from tests.harness.benchmarks.findings import Findings, Row, Verdict
from tests.harness.mail_server import MailServer, mail_server

TARGET = 1.0
"""Seconds, for 95 of 100 facts."""

_POLICY: dict[str, Any] = {
    "version": "told",
    "notices": {"way": "mail", "grouping_minutes": 0, "quiet_from": 0, "quiet_until": 0},
}


async def notices(bench: Bench) -> Findings:
    number = min(200, bench.effort.events // 100 + 5)
    with tempfile.TemporaryDirectory() as folder, bench.database() as conninfo:
        async with mail_server() as post:
            spent = await _filed_one_after_another(conninfo, Path(folder), post, number)
    last = quantiles(spent, n=20)[-1]
    row = Row(
        "from the filing to the mail server, 95 of 100",
        f"{1_000 * last:,.0f} ms",
        f"{1_000 * median(spent):,.0f} ms (half of them)",
        target=f"≤ {TARGET:g} s",
        verdict=Verdict.of(last <= TARGET),
    )
    how = (
        f"{number} disputes are filed, one after another. Each time runs from the answer to the filing until a mail server in "
        "the same process has the whole mail to the respondent. Nothing is grouped, and there are no quiet hours."
    )
    return Findings("Notices by mail", how, [row])


async def _filed_one_after_another(conninfo: str, folder: Path, post: MailServer, number: int) -> list[float]:
    settings = Settings(database_url=conninfo, data_dir=folder, mail={MARKETPLACE: post.account()})
    begun: dict[str, float] = {}
    async with (
        services(settings) as running,
        AsyncClient(transport=ASGITransport(create_app(running)), base_url="http://bench") as http,
    ):

        async def send(path: str, body: object, role: Role) -> str:
            token = running.tokens.mint(subject=uuid4(), role=role, marketplace=MARKETPLACE)
            given = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
            return str((await http.post(path, json=body, headers=given)).raise_for_status().json().get("id"))

        await send("/v1/policies", _POLICY, Role.ADMINISTRATOR)
        spent: list[float] = []
        for one in range(number):
            filed = await send("/v1/disputes", filing(one), Role.MARKETPLACE)
            begun[filed] = perf_counter()
            await asyncio.sleep(0)
            mails = await post.until(one + 1)
            named = named_by(mails[-1]["Message-ID"])
            assert named is not None
            spent.append(perf_counter() - begun[str(named.dispute_id)])
        return spent
