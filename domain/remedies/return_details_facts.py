"""Facts about where goods are sent back to, under which number, with which label, and who pays the freight."""

from typing import Annotated
from uuid import UUID

from domain.evidence.exhibit_facts import File
from domain.kernel.base import Event, Role, Value
from domain.kernel.disclosure import Audience, Tell, Told
from domain.kernel.money import Money
from domain.kernel.people import Side
from domain.kernel.personal import PersonalOfSubject
from domain.kernel.places import Country

# --- types ---


class ReturnDetails(Value):
    """Where goods are sent back to, as whoever receives them said. `subject` is the party who receives them.

    `lines` are those of the parcel's address, in the order of the country, which is the last one. `rma` is the number
    under which the receiver awaits the goods.
    """

    subject: UUID
    lines: Told[tuple[PersonalOfSubject, ...]]
    country: Told[Country]
    rma: Told[PersonalOfSubject | None] = None


class ReturnDetailsGiven(Event, kind="ReturnDetailsGiven", stream="dispute", told_to=Audience.ALL):
    """The sender knows where the goods go. The newest details count.

    `freight` is who pays for the return, and `freight_cost` what it costs, if that is known. `prepaid`: whoever receives the
    goods has paid the carrier already, as with a label that is paid.
    """

    by: Told[Role]
    details: Annotated[ReturnDetails, Tell(Audience.PARTIES_AND_DESK)]
    freight: Told[Side]
    freight_cost: Told[Money | None]
    prepaid: Told[bool] = False


class ReturnLabelAdded(Event, kind="ReturnLabelAdded", stream="dispute", told_to=Audience.ALL):
    """A label to print and put on the parcel. The newest one counts."""

    by: Told[Role]
    file: Annotated[File, Tell(Audience.PARTIES_AND_DESK)]


ReturnDetailsEvent = ReturnDetailsGiven | ReturnLabelAdded
