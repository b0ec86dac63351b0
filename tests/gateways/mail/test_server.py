"""Mails leave over TLS: by STARTTLS and from the first byte, to a server whose certificate is good, and with a password."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from mediation.gateways.mail.server import NotNow, Security
from tests.harness.certificates import Authority
from tests.harness.mail_server import MailServer, mail_server

HERE, ELSEWHERE = "127.0.0.1", "192.0.2.1"
BOTH = pytest.mark.parametrize("security", ["starttls", "tls"])


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """As an operator has the engine trust an authority of their own."""
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    return authority


async def send(server: MailServer, **account: Any) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "disputes@bazaar.example", "ada@example.com", "A notice"
    message.set_content("Hello")
    await server.account(**account).server().send(message, "ada@example.com")


async def put_off(server: MailServer, **account: Any) -> str:
    """Why the mail was not taken, as the operator reads it. The server is left alone for a while."""
    with pytest.raises(NotNow) as why:
        await send(server, **account)
    assert why.value.down
    assert server.taken == []
    return str(why.value)


@BOTH
async def test_a_good_certificate_and_the_right_password_are_enough(security: Security, trusted: Authority) -> None:
    async with mail_server(security, trusted.server(HERE), "secret") as server:
        await send(server, user="disputes", password="secret")
    assert [to for to, _ in server.taken] == ["ada@example.com"]


@BOTH
async def test_a_wrong_password_is_told_from_a_wrong_mail(security: Security, trusted: Authority) -> None:
    async with mail_server(security, trusted.server(HERE), "secret") as server:
        why = await put_off(server, user="disputes", password="guess")
    assert why == "SMTPAuthenticationError: code 535"


@BOTH
@pytest.mark.parametrize(
    ("wrong", "why"),
    [("unknown", "local issuer"), ("of another server", "mismatch"), ("over", "expired")],
)
async def test_no_mail_goes_to_a_server_that_proves_nothing(
    security: Security, wrong: str, why: str, trusted: Authority, tmp_path: Path
) -> None:
    """Not even the password. The operator reads why."""
    context = {
        "unknown": lambda: Authority(tmp_path, "another").server(HERE),
        "of another server": lambda: trusted.server(ELSEWHERE),
        "over": lambda: trusted.server(HERE, ends=datetime.now(UTC) - timedelta(hours=1)),
    }[wrong]()
    async with mail_server(security, context, "secret") as server:
        said = await put_off(server, user="disputes", password="secret")
    assert said.startswith("the server's certificate is not good: ")
    assert why in said
    assert server.asked == 0


async def test_a_server_without_tls_gets_no_mail() -> None:
    """Where the settings ask for it. Somebody between could have taken STARTTLS away."""
    async with mail_server() as server:
        assert "STARTTLS" in await put_off(server, security="starttls")
        assert "SSL" in await put_off(server, security="tls")
    assert server.asked == 0
