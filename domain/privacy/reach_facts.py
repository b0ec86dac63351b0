"""The fact of how a person can be reached. The rules are in `domain/privacy/reach.py`."""

from uuid import UUID

from domain.kernel.base import Event, Role
from domain.kernel.frozen import frozen
from domain.kernel.personal import PersonalOfSubject

# --- types ---


class MailAddressGiven(Event, kind="MailAddressGiven", stream="person"):
    """The marketplace says under which mail address a person is reached, in all their disputes. None: under none.

    It holds from now on, in place of the address of each filing.
    """

    subject: UUID
    address: PersonalOfSubject | None
    by: Role


# --- state ---


@frozen
class Reach:
    """`address` is sealed. None: the person is not to be reached by mail."""

    address: str | None


# --- evolve ---


def evolve(event: MailAddressGiven) -> Reach:
    return Reach(event.address)
