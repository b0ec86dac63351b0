"""A notice waits for a mail server whose certificate is not good, and leaves as soon as it is."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from domain.kernel.base import Role
from mediation.gateways.mail import server as mail_gateway
from tests.api.house import done, filing, house, person
from tests.api.test_notices import TOLD, notices
from tests.api.test_translations import until
from tests.harness.certificates import Authority
from tests.harness.mail_server import mail_server


async def test_a_notice_waits_for_a_good_certificate(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log says what is wrong. Nothing is lost, and nothing left before."""
    monkeypatch.setattr(mail_gateway, "_SOON", 0.05)
    authority = Authority(tmp_path)
    async with (
        mail_server("starttls", authority.server("127.0.0.1"), "secret") as server,
        house(database, tmp_path, mail={"bazaar": server.account(user="disputes", password="secret")}) as home,
    ):
        done(await home.sender(Role.ADMINISTRATOR).post("/v1/policies", TOLD), 201)
        seller = person("tls-s", "CN", "zh-Hans", "Asia/Shanghai")
        with capture_logs() as logs:
            at = f"/v1/disputes/{done(await home.backend.post('/v1/disputes', filing(seller=seller)), 201)['id']}"

            async def why() -> str:
                return next((line["error"] for line in logs if line["event"] == "mail_put_off"), "")

            assert (await until(why, bool)).startswith("the server's certificate is not good")
        assert [one["status"] for one in await notices(home.backend, at)] == ["made"]
        assert server.asked == 0
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
        async with home.services.pool.connection() as connection:  # nobody waits for the seconds that it is left alone
            await connection.execute("UPDATE notice_mail SET claimed_until = now()")
        await server.until(1, seller["email"])
        await notices(home.backend, at, 1, "delivered")
