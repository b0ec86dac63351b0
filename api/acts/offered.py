"""The acts that are open to a caller now, as requests: the moves of `domain.moves`, with the addresses of their commands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from fastapi.routing import APIRoute

from api.acts import examples as fitting
from api.acts.examples import Offered
from api.http.addresses import FORM, media_types
from api.http.answers import Action, ActionWithExample, MediaType
from domain.dispute.state import Dispute
from domain.incidents import incident
from domain.incidents.incident_facts import Incident
from domain.kernel.base import Actor, Role, act_name
from domain.moves import TAKE_CASE, Move, by_now, moves
from domain.notices.notices_facts import Notices
from domain.policy.policy import Policy


class Actions:
    """Knows the address of each act: the route with the name of its command."""

    def __init__(self, routes: Iterable[APIRoute]) -> None:
        acts = {route.name: _Address.of(route) for route in routes if "POST" in (route.methods or ())}
        self._known: Mapping[str, _Address] = {**acts, TAKE_CASE: acts[act_name(Move(TAKE_CASE).command)]}

    def path(self, name: str) -> str | None:
        """The path of the act of this name, with its parameters. None if there is no such act."""
        return self._known[name].path if name in self._known else None

    def takes_form(self, name: str) -> bool:
        """Whether the act can be sent as a form with files."""
        return self._known[name].media_type == FORM

    def of(
        self,
        dispute: Dispute,
        policy: Policy,
        actor: Actor,
        now: datetime,
        grouped: Incident | None = None,
        notices: Notices | None = None,
    ) -> list[Action]:
        dispute_id = str(dispute.id)
        return [self._action(dispute_id, move) for move in moves(dispute, policy, actor, now, grouped, notices)]

    def with_examples(
        self,
        dispute: Dispute,
        policy: Policy,
        actor: Actor,
        now: datetime,
        grouped: Incident | None = None,
        notices: Notices | None = None,
    ) -> list[ActionWithExample]:
        """Each with a body that would be accepted now."""
        then, dispute_id = by_now(dispute, policy, now), str(dispute.id)
        return [
            ActionWithExample(
                **dict(self._action(dispute_id, move)),
                example=fitting.example(Offered(move, then, policy, actor, now, grouped)),
            )
            for move in moves(dispute, policy, actor, now, grouped, notices)
        ]

    def on_incident(self, about: Incident, role: Role) -> list[Action]:
        names = incident.moves(about, role)
        return [self._known[name].action(Move(name), incident_id=about.id) for name in names]

    def _action(self, dispute_id: str, move: Move) -> Action:
        target = move.target
        return self._known[move.name].action(
            move,
            dispute_id=dispute_id,
            number=move.number,
            commitment_id=target,
            refund_id=target,
            recommendation_id=target,
            representative=target,
        )


@dataclass(frozen=True, slots=True)
class _Address:
    """The path of an act, and how its body is sent."""

    path: str
    media_type: MediaType
    if_match: bool

    @classmethod
    def of(cls, route: APIRoute) -> Self:
        media_type: MediaType = FORM if FORM in media_types(route) else "application/json"
        return cls(route.path, media_type, if_match=428 in route.responses)

    def action(self, move: Move, **about: UUID | str | int | None) -> Action:
        return Action(
            name=move.name,
            method="POST",
            href=self.path.format(**about),
            media_type=self.media_type,
            if_match=self.if_match,
            until=move.until,
            mandatory=move.mandatory,
            due_at=move.due_at,
        )
