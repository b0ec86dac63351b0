"""`mediation revoke`: ends tokens from the machine of the engine, also those that are for no marketplace in particular."""

from datetime import datetime
from typing import Any
from uuid import UUID

from rich.text import Text

from api.audit.register import WHOLE_CELL
from api.cli.erase import OPERATOR
from api.cli.terminal import Failed, existing, instant, out, run
from api.services import services
from domain.access.revocation import RevokeToken, RevokeTokensOfSubject


def revoke(
    *,
    token_id: str | None = None,
    subject: UUID | None = None,
    issued_before: str | None = None,
    marketplace: str | None = None,
) -> None:
    """Ends tokens.

    Parameters
    ----------
    token_id
        The id of one token: its claim `jti`.
    subject
        The person whose tokens end, by the id in the engine.
    issued_before
        With --subject: only tokens that were issued before this instant. [default: now]
    marketplace
        Only tokens that are for this marketplace. [default: for any, and for all]
    """
    if (token_id is None) == (subject is None) or (issued_before is not None and subject is None):
        raise Failed("name either --token-id, or --subject (with --issued-before, if you like)")
    new = run(_revoke(token_id, subject, instant(issued_before), marketplace or WHOLE_CELL))
    out.print(Text("revoked" if new else "that was revoked already"))


async def _revoke(token_id: str | None, subject: UUID | None, before: datetime | None, marketplace: str) -> bool:
    async with services(existing("postgres"), works=False) as running:
        clock = running.tokens.now()
        now = await running.clocks.now(marketplace)
        about: dict[str, Any] = {"marketplace": marketplace, "actor": OPERATOR, "now": now}
        command: RevokeToken | RevokeTokensOfSubject
        if subject is None:
            command = RevokeToken.model_validate({**about, "token_id": token_id})
        else:
            ends = {"subject": subject, "issued_before": before or clock, "token_clock": clock}
            command = RevokeTokensOfSubject.model_validate({**about, **ends})
        return (await running.engine.handle(command)).position is not None
