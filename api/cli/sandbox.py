"""`mediation sandbox-provider`: a payment provider for trials."""

import secrets
from base64 import b64encode
from pathlib import Path
from typing import Annotated

import uvicorn
from cyclopts import Parameter
from cyclopts.types import Port
from rich.markup import escape

from api.cli.terminal import Failed, out, start_log
from mediation.gateways.chosen import BySandbox
from mediation.gateways.sandbox.provider import create_provider
from mediation.gateways.sandbox.store import Store


def sandbox_provider(
    *,
    host: str = "127.0.0.1",
    port: Port = 8100,
    store: Path = Path(".data/sandbox.sqlite"),
    notify: str | None = None,
    key: Annotated[str | None, Parameter(env_var="SANDBOX_KEY")] = None,
    notice_secret: Annotated[str | None, Parameter(env_var="SANDBOX_NOTICE_SECRET")] = None,
) -> None:
    """A payment provider for trials, until Ctrl-C.

    Parameters
    ----------
    store
        The SQLite file for its payments.
    notify
        The address for notices: http://127.0.0.1:8000/notices/MARKETPLACE.
    key
        The bearer token that callers must send. Without it a new one is made.
    notice_secret
        The secret that signs notices, in the form of Standard Webhooks (whsec_…). Without it a new one is made.
    """
    start_log()
    key = key or secrets.token_urlsafe(24)
    notice_secret = notice_secret or f"whsec_{b64encode(secrets.token_bytes(24)).decode()}"
    address = f"http://{host}:{port}"
    try:
        chosen = BySandbox.model_validate(
            {"kind": "sandbox", "address": address, "key": key, "notice_secret": notice_secret}
        )
        store.parent.mkdir(parents=True, exist_ok=True)
        kept = Store(str(store))
    except (ValueError, OSError) as error:
        raise Failed(str(error)) from None
    setting = f'{{"MARKETPLACE": {{"kind": "{chosen.kind}", "address": "{address}", "key": "{key}", '
    setting += f'"notice_secret": "{notice_secret}"}}}}'
    out.print(
        f"[bold green]The sandbox provider is on {address}.[/] No money moves here. How it is told what to do wrong:"
    )
    out.print(f"  {address}/docs\n\nThe engine uses it with\n")
    out.print(f"  export MEDIATION_GATEWAYS='{escape(setting)}'\n", soft_wrap=True)
    out.print("Ctrl-C stops it; what it has paid stays in the store.")
    out.file.flush()
    try:
        app = create_provider(kept, key=key, notice_secret=notice_secret, notify=notify)
        uvicorn.run(app, host=host, port=port, log_config=None, access_log=False)
    finally:
        kept.close()
