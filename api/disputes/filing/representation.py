"""The people who act for a party."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.acts.declare import Acts
from api.http.bodies import Act, Context, Id, Title, example
from api.http.roles import PARTIES
from domain.filing import representation
from domain.filing.representation_facts import Capacity
from domain.kernel.base import Role
from domain.kernel.people import Side

ACTS = Acts("Disputes")


@ACTS.act(
    "/representatives",
    "Names a representative of a party. Their acts count as the party's, and are recorded under their own id.",
    by=PARTIES | {Role.MARKETPLACE},
    status=201,
)
class NameRepresentative(Act):
    """Names a person who acts for a party from now on. The party chooses a representative; the marketplace names a guardian."""

    model_config = example({"side": "buyer", "id": "law-12", "name": "Avv. Rossi", "capacity": "representative"})

    side: Annotated[
        Side, Field(description="The party for whom they act. A party names representatives for itself only.")
    ]
    id: Annotated[Id, Field(description="The marketplace's own id of that person.")]
    name: Annotated[Title | None, Field(description="The name that both sides see.")] = None
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
    "Ends a representation, from now on. The person's tokens no longer work.",
    by=PARTIES | {Role.MARKETPLACE},
)
class EndRepresentation(Act):
    """Ends a representation, from now on."""

    model_config = example({})

    def command(self, at: Context, *, dispute_id: UUID, representative: UUID) -> representation.EndRepresentation:
        return representation.EndRepresentation(**at.common(), dispute_id=dispute_id, subject=representative)
