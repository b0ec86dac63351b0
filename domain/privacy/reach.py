"""How a person is reached: the marketplace gives their mail address, changes it, or says that there is none.

The address of a filing holds until then. Nobody's address is in a view: it is read from the log when a notice leaves.

Refusal
└── Forbidden
    └── MayNotSayHow            for the marketplace and its administrators
"""

from collections.abc import Sequence

from domain.kernel.base import AboutPerson, Role
from domain.kernel.refusals import Forbidden
from domain.privacy.erasure_facts import Person
from domain.privacy.reach_facts import MailAddressGiven

# --- types ---


class GiveMailAddress(AboutPerson):
    """`address` is None if the person is not to be reached by mail any more."""

    address: str | None


class MayNotSayHow(Forbidden):
    """Your role cannot say how a person is reached. The marketplace and its administrators can.

    Why: Notices go to this address, and windows may depend on them. The marketplace knows its people and their addresses.

    What to do: As a party, correct the record with `POST /v1/disputes/{dispute_id}/rectifications`, or tell the marketplace.

    Example: {"role": "buyer"}
    """


# --- decisions ---


def give(person: Person, command: GiveMailAddress) -> Sequence[MailAddressGiven]:
    """The same address again is recorded again: two sealed addresses cannot be compared."""
    if command.actor.role not in (Role.MARKETPLACE, Role.ADMINISTRATOR):
        raise MayNotSayHow(role=command.actor.role.value)
    if command.address is None and person.reach is not None and person.reach.address is None:
        return []
    return [MailAddressGiven(subject=command.subject, address=command.address, by=command.actor.role)]
