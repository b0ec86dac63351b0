"""`mediation token`: a bearer token for a person or program that works with the API."""

import re
from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID, uuid4

from cyclopts import Parameter
from cyclopts.validators import Number
from rich.text import Text

from api.cli.terminal import Failed, err, existing, out
from api.http.auth import MARKETPLACE, Tokens
from domain.kernel.base import Role
from mediation.store.keys.blind import Blind

Staff = Literal["marketplace", "neutral", "supervisor", "administrator", "auditor"]
"""Buyers and sellers are not here: the marketplace's backend gets their tokens over the API, for 15 minutes and one
dispute.
"""


def staff(blind: Blind, marketplace: str, role: Role) -> UUID:
    """The subject of a role without a named person. It is the same at every call."""
    return blind.uuid("staff", marketplace, role.value)


def check_marketplace(role: Staff, marketplace: str | None) -> None:
    """Raises Failed for a malformed name, and for none where the role needs one."""
    if marketplace is None and role != "auditor":
        raise Failed(f"a {role} acts for one marketplace: name it with --marketplace")
    if marketplace is not None and not re.fullmatch(MARKETPLACE, marketplace):
        raise Failed("--marketplace: a name has 1 to 100 letters, digits, dots, hyphens and underscores")


def token(
    *,
    role: Staff,
    marketplace: str | None = None,
    subject: UUID | None = None,
    hours: Annotated[float, Parameter(validator=Number(gt=0, lte=24 * 366))] = 12,
) -> None:
    """Prints a token, alone on standard output.

    Parameters
    ----------
    role
        The role of the bearer. A buyer or seller gets a token from the marketplace's backend, over the API.
    marketplace
        The marketplace that it is valid for. Only an auditor may go without: the token is then valid for all.
    subject
        The id of the bearer. [default: one fixed person for each role]
    hours
        How long it is valid.
    """
    check_marketplace(role, marketplace)
    known = existing("secrets")
    if "MEDIATION_BLIND_KEY" in known.lacking:
        raise Failed(f"MEDIATION_BLIND_KEY is missing, and {known.data_dir / 'secrets'} has none: run this where it is")
    secret, token_id = known.secret, uuid4()
    who = subject or staff(Blind(secret.blind), marketplace or "", Role(role))
    try:
        minted = Tokens(secret.token).mint(
            subject=who, role=Role(role), marketplace=marketplace, life=timedelta(hours=hours), token_id=token_id
        )
    except ValueError as error:
        raise Failed(str(error)) from None
    whose = f"{role} {who} of {marketplace or 'all marketplaces'}, for {hours:g} hours; its id is {token_id}"
    err.print(Text(whose, "dim"), soft_wrap=True)
    out.print(minted, soft_wrap=True)
