"""A server with Stripe's protocol, in its own process. It ignores idempotency keys, and refunds more than was charged."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

SECRET_KEY = "sk_test_12345"

_START = """
from localstripe import resources, server
resources.Store.dump_to_disk = lambda store: None
server.start()
"""
"""It writes its state to /tmp/localstripe.pickle, which may belong to another user or another run."""


@dataclass(frozen=True, slots=True)
class StripeServer:
    address: str

    def charge(self, amount: int, currency: str) -> str:
        """Charges a card, and returns the charge's id."""
        with httpx.Client(base_url=self.address, auth=(SECRET_KEY, ""), timeout=60) as http:

            def post(path: str, **form: object) -> str:
                answer = http.post(path, data={name: str(value) for name, value in form.items()})
                assert answer.is_success, answer.text
                return str(answer.json()["id"])

            card = {"card[number]": "4242424242424242", "card[exp_month]": 12, "card[exp_year]": 2040, "card[cvc]": 123}
            customer = post("/v1/customers", email="ada@example.com")
            post(f"/v1/customers/{customer}/sources", source=post("/v1/tokens", **card))
            return post("/v1/charges", amount=amount, currency=currency, customer=customer)


@contextmanager
def stripe_server(folder: Path) -> Iterator[StripeServer]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", _START, "--port", str(port), "--from-scratch"]
    with (folder / "localstripe.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        _until_there(port, process)
        yield StripeServer(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(10)


def _until_there(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert process.poll() is None, "it has ended by itself"
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("it does not listen")
