"""The commands about payments, at a terminal: sandbox provider, comparison, and their settings."""

import asyncio
import json
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from domain.kernel.base import Role
from domain.kernel.money import Money
from mediation.gateways.sandbox.schemas import RefundAsked
from mediation.gateways.sandbox.store import Store
from tests.api.house import MARKETPLACE, done, euros, house, said
from tests.api.terminal import COMMAND, Done, Typed, environment, mediation


@dataclass(frozen=True, slots=True)
class Provider:
    """A running `mediation sandbox-provider`, and the setting that it printed."""

    process: "subprocess.Popen[str]"
    setting: dict[str, Any]

    def get(self, key: str | None = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {key or self.setting['key']}"}
        return httpx.get(f"{self.setting['address']}/v1/refunds", headers=headers, timeout=20)

    def interrupt(self) -> Done:
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=60)
        return Done(self.process.returncode, out, err)


@contextmanager
def providing(folder: Path) -> Iterator[Provider]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    arguments = ("sandbox-provider", "--port", port, "--store", str(folder / "sandbox.sqlite"))
    process = subprocess.Popen(
        [*COMMAND, *arguments], env=environment(folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield Provider(process, _printed(process))
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def _printed(process: "subprocess.Popen[str]") -> dict[str, Any]:
    assert process.stdout is not None
    said: list[str] = []
    for line in iter(process.stdout.readline, ""):
        said.append(line)
        if line.startswith("Ctrl-C"):
            found = re.search(r"export MEDIATION_GATEWAYS='(.*)'", "".join(said))
            assert found is not None, said
            setting: dict[str, Any] = json.loads(found[1])["MARKETPLACE"]
            return setting
    raise AssertionError(f"it never was ready: {said}")


def _until_it_answers(provider: Provider) -> httpx.Response:
    """The provider prints its setting just before it listens."""
    until = datetime.now(UTC) + timedelta(seconds=30)
    while True:
        try:
            return provider.get()
        except httpx.ConnectError:
            assert datetime.now(UTC) < until


def test_the_provider_prints_the_setting_it_is_used_with_and_keeps_what_it_paid(tmp_path: Path) -> None:
    """Ctrl-C ends it. A second one finds the payments, and makes a new key."""
    for paid in (1, 1):
        with providing(tmp_path) as provider:
            assert provider.setting["kind"] == "sandbox"
            assert _until_it_answers(provider).status_code == 200
            if not provider.get().json()["items"]:
                asked = {"refund_id": str(uuid4()), "amount": euros("5.00")}
                headers = {"Authorization": f"Bearer {provider.setting['key']}"}
                httpx.post(f"{provider.setting['address']}/control/payments", json=asked, headers=headers, timeout=60)
            assert len(provider.get().json()["items"]) == paid
            assert provider.get("wrong").status_code == 401
            stopped = provider.interrupt()
        assert (stopped.code, "Traceback" in stopped.err) == (0, False)


def test_a_secret_that_signs_nothing_is_told_in_a_line(tmp_path: Path) -> None:
    told = mediation("sandbox-provider", "--notice-secret", "whsec_???", env=environment(tmp_path))
    assert (told.code, told.out) == (1, "")
    assert "a secret of Standard Webhooks is whsec_ and base64" in told.err
    assert "Traceback" not in told.err


async def test_the_ledger_is_compared_beside_a_running_server(database: str, tmp_path: Path) -> None:
    """Exit code 1 as long as a difference has no explanation. Any obstacle is shown in one line."""
    _paid_by_hand(tmp_path / "sandbox.sqlite")
    with providing(tmp_path) as provider:
        gateways = {MARKETPLACE: provider.setting}
        env = environment(tmp_path / "data", database)
        set_ = env | {"MEDIATION_GATEWAYS": json.dumps(gateways)}
        async with house(database, tmp_path / "data", gateways=gateways) as home:
            found = await asyncio.to_thread(mediation, "reconcile", env=set_)
            assert found.code == 1, found.err
            assert f"{MARKETPLACE}: 0 refunds here, 1 payments at sandbox; 1 differ" in found.out
            assert re.search(r"missing_here .* 5\.00 EUR paid", found.out)
            lines = (await asyncio.to_thread(mediation, "reconcile", MARKETPLACE, "--json", env=set_)).out.splitlines()
            (one,) = map(json.loads, lines)
            assert (one["marketplace"], one["what"], one["theirs"]) == (MARKETPLACE, "missing_here", euros("5.00"))
            supervisor = home.sender(Role.SUPERVISOR)
            path = "/v1/reconciliations/differences/1/explanation"
            done(await supervisor.post(path, {"note": said("Paid by hand.")}))
            explained = await asyncio.to_thread(mediation, "reconcile", env=set_)
            assert (explained.code, "no difference (but" in explained.out) == (0, True)
            _paid_by_hand(tmp_path / "sandbox.sqlite", minutes_ago=1)
            later = await asyncio.to_thread(mediation, "reconcile", env=set_)
            assert (later.code, "no difference (but for what has moved in the last 10 minutes)" in later.out) == (
                0,
                True,
            )
            at_once = await asyncio.to_thread(mediation, "reconcile", "--settled-minutes", "0", env=set_)
            assert (at_once.code, "1 differ" in at_once.out) == (1, True)
            for arguments, where, told in (
                (("nobody",), set_, "no payment gateway with a list of its own is set for nobody"),
                ((), env, "no payment gateway with a list of its own is set (MEDIATION_GATEWAYS)"),
            ):
                refused = await asyncio.to_thread(mediation, "reconcile", *arguments, env=where)
                assert (refused.code, refused.out, refused.err) == (1, "", f"mediation: {told}\n")
            provider.interrupt()
            away = await asyncio.to_thread(mediation, "reconcile", env=set_)
            assert (away.code, away.out) == (1, "")
            assert away.err.splitlines()[-1].startswith("mediation: the payment provider does not answer: ")


def _paid_by_hand(path: Path, minutes_ago: int = 20) -> None:
    """Paid some time ago: recent movements are left for the next comparison."""
    store = Store(str(path))
    made = store.pay("by hand", RefundAsked(refund_id=uuid4(), amount=Money.of("5.00", "EUR")))
    store.alter(made.reference, made_at=datetime.now(UTC) - timedelta(minutes=minutes_ago))
    store.close()


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        (
            '{"bazaar": {"kind": "sandbox", "address": "http://127.0.0.1:1"}}',
            "MEDIATION_GATEWAYS.bazaar.sandbox.key: Field required; MEDIATION_GATEWAYS.bazaar.sandbox.notice_secret: Field",
        ),
        ('{"bazaar": {"kind": "stripe"}}', "MEDIATION_GATEWAYS.bazaar.stripe.secret_key: Field required"),
        ('{"bazaar": {"kind": "stripe", "secret_key": "pk_live_1"}}', "begins with sk_ or rk_"),
        ('{"bazaar": {"kind": "paypal"}}', "MEDIATION_GATEWAYS.bazaar: Input tag 'paypal'"),
        ('{"bazaar": {}}', "MEDIATION_GATEWAYS.bazaar: Unable to extract tag using discriminator 'kind'"),
        ("bazaar=sandbox", "MEDIATION_GATEWAYS: it is not JSON"),
    ],
)
@pytest.mark.parametrize("command", ["serve", "reconcile"])
def test_an_incomplete_gateway_is_told_by_its_setting(
    setting: str,
    told: str,
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Before anything is started, and without repeating a secret."""
    typed = Typed(environment(tmp_path) | {"MEDIATION_GATEWAYS": setting}, monkeypatch, capsys)
    done = typed(command)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("mediation: a setting makes no sense: ")
    assert told in done.err
    assert "pk_live_1" not in done.err
    assert not (tmp_path / "postgres").exists()
