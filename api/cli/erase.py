"""`mediation erase`: erases a person, or says until when the erasure must wait."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from cyclopts import Parameter
from rich.text import Text

from api.cli.terminal import Failed, agreed, err, existing, line, out, run
from api.http.problem_kinds import NotCarriedOn
from api.marketplace.erasure_schemas import ErasureShown
from api.marketplace.erasures import carried_out, settled, took_part
from api.services import Services, services
from domain.kernel.base import Actor, Role
from domain.privacy.erasure import RequestErasure, TookPart, UnknownPerson
from domain.privacy.erasure_facts import ErasureDeferred, ErasureGround, Person, StandsAgainst
from mediation.processes import ENGINE

OPERATOR = Actor(subject=ENGINE.subject, role=Role.ADMINISTRATOR)
"""The operator: a person who may use the terminal where the engine runs."""

_AGAINST = {
    "legal_hold": "legal hold {one.hold}",
    "open_dispute": "dispute {one.dispute_id}, which is open",
    "open_remedy": "dispute {one.dispute_id}, in which a remedy is owed",
    "retention": "the retention period ({one.rule})",
}


def erase(
    subject: UUID | None = None,
    /,
    *,
    ground: ErasureGround,
    marketplace: str | None = None,
    party: str | None = None,
    yes: Annotated[bool, Parameter(negative=())] = False,
    as_json: Annotated[bool, Parameter("--json", negative=())] = False,
) -> None:
    """Erases a person.

    Parameters
    ----------
    subject
        The person's id in the engine.
    ground
        Why: as in Article 17(1)(a) to (f) of the GDPR, or person_asked.
    marketplace
        With --party: the marketplace of that buyer or seller.
    party
        The marketplace's own id of the person.
    yes
        Do not ask.
    as_json
        Print the state of the erasure as one line of JSON.
    """
    if (subject is None) == (party is None) or (party is not None and marketplace is None):
        raise Failed("name the person: by SUBJECT, or by --marketplace and --party")
    person = run(_erase(subject, marketplace, party, ground, ask=not yes, as_json=as_json))
    if person is not None and person.pending is not None:
        raise SystemExit(1)


async def _erase(
    subject: UUID | None, marketplace: str | None, party: str | None, ground: ErasureGround, *, ask: bool, as_json: bool
) -> Person | None:
    async with services(existing("postgres"), works=False) as running:
        who = subject or await running.spellings.of("party", str(marketplace), str(party))
        where = await _marketplace(running, who, marketplace)
        now = await running.clocks.now(where)

        def asks(dispute_id: UUID | None, part: TookPart) -> RequestErasure:
            about = {"marketplace": where, "actor": OPERATOR, "now": now, "dispute_id": dispute_id}
            return RequestErasure.model_validate({**about, "subject": who, "ground": ground, "took_part": part})

        try:
            if ask and not await _agreed(running, asks(*await took_part(running, where, who))):
                raise Failed("nothing was done")
            with err.status("Waiting until nobody writes under that key any more"):
                command = await settled(running, where, who, asks)
        except UnknownPerson as unknown:
            raise Failed(f"{party or who}: {unknown}") from None
        except NotCarriedOn:
            raise Failed("what people took part in is not up to date: is `mediation serve` running?") from None
        await running.engine.handle(command)
        person = await carried_out(running, where, who)
    if as_json:
        out.print(line(ErasureShown.of(who, person)), soft_wrap=True, markup=False, emoji=False)
    else:
        _print(who, person)
    return person


async def _marketplace(running: Services, subject: UUID, named: str | None) -> str:
    if named is not None:
        return named
    found = await running.erasures.marketplace_of(subject)
    if found is None:
        raise Failed(f"{subject}: {UnknownPerson.title()}")
    return found


async def _agreed(running: Services, command: RequestErasure) -> bool:
    """Shows what the command would do, and asks. True if it is to be done."""
    facts = await running.engine.foresee(command)
    put_off = [fact.event for fact in facts if isinstance(fact.event, ErasureDeferred)]
    if not facts:
        return True
    if put_off:
        err.print(Text(f"{command.subject} can't be erased yet:"))
        _print_against(put_off[0].against)
        return agreed("Ask for it, to be done then?")
    err.print(Text(f"Everything that is stored of {command.subject} becomes unreadable, for ever."))
    return agreed("Erase?")


def _print(subject: UUID, person: Person) -> None:
    if person.pending is None:
        done = person.erased[max(person.erased)]
        out.print(Text(f"{subject} was erased {_when(done.erased_at)}, on the ground {done.asked.ground}"))
        return
    promised = f"; promised as {person.pending.commitment_id}" if person.pending.commitment_id else ""
    out.print(Text(f"{subject} is not erased yet{promised}. Against it:"))
    _print_against(person.pending.against)


def _print_against(against: tuple[StandsAgainst, ...]) -> None:
    for one in against:
        until = f"until {_when(one.until)}" if one.until else "nobody knows until when"
        out.print(Text(f"  {_AGAINST[one.what].format(one=one)}: {until}"))


def _when(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%d %H:%M:%S UTC")
