"""Who acts for a party."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.acts.declare import Acts
from api.http.bodies import Act, Context, Label, Title, example
from api.http.roles import PARTIES
from domain.filing import representation
from domain.filing.representation_facts import Capacity
from domain.kernel.base import Role
from domain.kernel.people import Side

ACTS = Acts("Disputes")


@ACTS.act(
    "/representatives",
    "Names somebody who acts for a party: what they do counts as the party's, and is recorded as theirs.",
    by=PARTIES | {Role.MARKETPLACE},
    status=201,
)
class NameRepresentative(Act):
    """Somebody acts for a party from now on: a representative by the party's own choice, a guardian by the marketplace."""

    model_config = example({"side": "buyer", "id": "law-12", "name": "Avv. Rossi", "capacity": "representative"})

    side: Annotated[Side, Field(description="For whom. A party names for itself only.")]
    id: Annotated[Label, Field(description="The marketplace's own id of that person.")]
    name: Annotated[Title | None, Field(description="As both sides read it.")] = None
    capacity: Capacity = "representative"

    def command(self, at: Context, *, dispute_id: UUID) -> representation.NameRepresentative:
        return representation.NameRepresentative(
            **at.common(),
            dispute_id=dispute_id,
            side=self.side,
            subject=at.party(self.id),
            id=self.id,
            name=self.name,
            capacity=self.capacity,
        )


@ACTS.act(
    "/representatives/{representative}/end",
    "Somebody acts for a party no more, from now on; their tokens open nothing.",
    by=PARTIES | {Role.MARKETPLACE},
)
class EndRepresentation(Act):
    """Somebody acts for a party no more, effective now."""

    model_config = example({})

    def command(self, at: Context, *, dispute_id: UUID, representative: UUID) -> representation.EndRepresentation:
        return representation.EndRepresentation(**at.common(), dispute_id=dispute_id, subject=representative)
