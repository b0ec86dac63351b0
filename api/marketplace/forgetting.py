"""What the API and the command line share when somebody is to be forgotten: who that is, what they took part in, and that what
is granted is done before anybody is told so."""

import asyncio
from collections.abc import Callable
from uuid import UUID

from api.http.problems import NotCarriedOn
from api.services import Services
from domain.privacy.erasure import RequestErasure, TookPart, UnknownPerson
from domain.privacy.erasure_facts import Person

PATIENCE = 5.0
"""Seconds for which the process is waited for that knows who took part in what."""


async def took_part(services: Services, marketplace: str, subject: UUID) -> tuple[UUID, TookPart]:
    """In which dispute a promise to erase them would live, and what they took part in, up to this moment.

    Raises UnknownPerson, and NotCarriedOn where no worker is there to know.
    """
    erasures = services.erasures
    if not await services.follow.caught_up(erasures.name, await services.log.last_position(), PATIENCE):
        raise NotCarriedOn
    found = await erasures.took_part(marketplace, subject)
    if found is None:
        raise UnknownPerson()
    last, part = found
    person = await services.engine.person(subject, marketplace)
    return (person.pending.dispute_id if person.pending and person.pending.dispute_id else last), part


async def settled(
    services: Services, marketplace: str, subject: UUID, asks: Callable[[UUID, TookPart], RequestErasure]
) -> RequestErasure:
    """What is asked, knowing all that was ever written of the person under the key that is to go; that takes some seconds,
    where it is to be granted. Raises what `took_part` does, and Refusal."""
    while True:
        command = asks(*await took_part(services, marketplace, subject))
        if not (seconds := await services.erasures.settles_in(command)):
            return command
        await asyncio.sleep(seconds)


async def carried_out(services: Services, marketplace: str, subject: UUID) -> Person:
    """As it stands when what was granted is done."""
    person = await services.engine.person(subject, marketplace)
    return await services.erasures.carry_out(marketplace, subject, person)
