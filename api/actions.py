"""What somebody may do now, as requests they can send: names from `domain.moves`, addresses from the routes themselves."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from fastapi.routing import APIRoute

from api.schemas.answers import Action
from domain import incident
from domain.base import Actor, Role
from domain.dispute import Dispute
from domain.incident import Incident
from domain.moves import Move, moves
from domain.policy import Policy

TAKE_CASE = "take_case"
"""The one move that is no act of its own: a neutral assigns the dispute to themselves."""


class Actions:
    """Knows the address of each act: the route of the same name."""

    def __init__(self, routes: Iterable[APIRoute]) -> None:
        acts: dict[str, str] = {route.name: route.path for route in routes if "POST" in (route.methods or ())}
        self._paths: Mapping[str, str] = {**acts, TAKE_CASE: acts["assign_neutral"]}

    def of(
        self, dispute: Dispute, policy: Policy, actor: Actor, now: datetime, grouped: Incident | None = None
    ) -> list[Action]:
        return [*self._offered(dispute, moves(dispute, policy, actor, now, grouped))]

    def on_incident(self, about: Incident, role: Role) -> list[Action]:
        names = incident.moves(about, role)
        return [
            Action(name=name, method="POST", href=self._paths[name].format(incident_id=about.id), until=None)
            for name in names
        ]

    def _offered(self, dispute: Dispute, open_moves: Iterable[Move]) -> Iterator[Action]:
        for move in open_moves:
            href = self._paths[move.name].format(
                dispute_id=dispute.id,
                number=move.number,
                commitment_id=move.target,
                refund_id=move.target,
                recommendation_id=move.target,
                representative=move.target,
            )
            yield Action(name=move.name, method="POST", href=href, until=move.until)
