"""`mediation token`: a bearer token for somebody who works with the API."""

import re
from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

from cyclopts import Parameter
from cyclopts.validators import Number
from rich.text import Text

from api.cli.terminal import Failed, err, existing, out
from api.http.auth import MARKETPLACE, Tokens
from domain.kernel.base import Role
from mediation.store.keys.keys import Blind

Staff = Literal["marketplace", "neutral", "supervisor", "administrator", "auditor"]
"""Buyers and sellers get theirs, for 15 minutes and one dispute, from the marketplace's backend over the API."""


def staff(blind: Blind, marketplace: str, role: Role) -> UUID:
    """Who somebody is of whom only the role is known: the same at every call."""
    return blind.uuid("staff", marketplace, role.value)


def token(
    *,
    role: Staff,
    marketplace: str | None = None,
    subject: UUID | None = None,
    hours: Annotated[float, Parameter(validator=Number(gt=0, lte=24 * 366))] = 12,
) -> None:
    """A token, alone on standard output.

    Parameters
    ----------
    role
        In what capacity its bearer acts. A buyer or seller gets a token from the marketplace's backend, over the API.
    marketplace
        The marketplace it is good for. Only an auditor may go without: of all of them.
    subject
        Who the bearer is. [default: one fixed person for each role]
    hours
        How long it is good for.
    """
    if marketplace is None and role != "auditor":
        raise Failed(f"a {role} acts for one marketplace: name it with --marketplace")
    if marketplace is not None and not re.fullmatch(MARKETPLACE, marketplace):
        raise Failed("--marketplace: a name has 1 to 100 letters, digits, dots, hyphens and underscores")
    secret = existing("secrets").secret
    who = subject or staff(Blind(secret.blind), marketplace or "", Role(role))
    try:
        minted = Tokens(secret.token).mint(
            subject=who, role=Role(role), marketplace=marketplace, life=timedelta(hours=hours)
        )
    except ValueError as error:
        raise Failed(str(error)) from None
    err.print(Text(f"{role} {who} of {marketplace or 'all marketplaces'}, for {hours:g} hours", "dim"), soft_wrap=True)
    out.print(minted, soft_wrap=True)
