"""`mediation sign-in-link`: a link with which a person signs in to the console once."""

from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

from cyclopts import Parameter
from cyclopts.validators import Number
from rich.text import Text

from api.cli.terminal import Failed, err, existing, out, run
from api.cli.token import check_marketplace, staff
from api.console.signing_in import links
from api.services import services
from domain.kernel.base import Role
from mediation.store.desk.console_sessions import Person

People = Literal["neutral", "supervisor", "administrator", "auditor"]


def sign_in_link(
    *,
    role: People,
    marketplace: str | None = None,
    subject: UUID | None = None,
    name: str | None = None,
    minutes: Annotated[float, Parameter(validator=Number(gt=0, lte=24 * 60))] = 60,
) -> None:
    """Prints a sign-in link.

    Parameters
    ----------
    role
        The role of the person.
    marketplace
        The marketplace in which they work. Only an auditor may go without: they then see all.
    subject
        The id of the person in the engine. [default: one fixed person for each role]
    name
        What the person is called on screen.
    minutes
        How long the link is good.
    """
    check_marketplace(role, marketplace)
    if name is not None and not (name.isprintable() and 0 < len(name) <= 200):
        raise Failed("--name: a name has 1 to 200 characters, on one line")
    run(_print(role, marketplace, subject, name, minutes))


async def _print(role: People, marketplace: str | None, subject: UUID | None, name: str | None, minutes: float) -> None:
    async with services(existing("postgres"), works=False) as running:
        if not running.settings.console:
            raise Failed("the console is switched off: MEDIATION_CONSOLE")
        who = subject or staff(running.blind, marketplace or "", Role(role))
        made = await links.address(running, Person(who, role, marketplace, name), timedelta(minutes=minutes))
    whose = f"{role} {who} of {marketplace or 'all marketplaces'}: good once, for {minutes:g} minutes"
    err.print(Text(whose, "dim"), soft_wrap=True)
    out.print(made, soft_wrap=True)
