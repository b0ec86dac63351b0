"""How an act says everything about itself once, at the class of its body.

    ACTS = Acts("Negotiation")

    @ACTS.act("/offers/{number}/acceptance", "Accepts the other side's offer.", by=PARTIES, if_match=True)
    class AcceptOffer(Act):
        def command(self, at: Context, *, dispute_id: UUID, number: int) -> negotiation.AcceptOffer: ...

Its name is that of its command (`accept_offer`). `api.acts.registry` collects the declarations; from them come the routes, who
may use them, the links in `actions`, and the acts that an import of past cases can tell. Whether a stay halts an act is said at
its command, in `domain`.

A stage all of whose routes are built from declarations is one module, `<stage>.py`. Where routes are written by hand or read
something, those are in `<stage>.py`, and the bodies in a module of their own: it is imported by what routes are built on.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from inspect import signature
from typing import Any, TypeVar
from uuid import UUID

from api.http.answers import Done, Numbered, Promised
from api.http.bodies import Act, Body
from domain.commitments.events import commitment_id_of
from domain.dispute.state import Dispute
from domain.kernel.base import Actor, Command, Role, act_name

A = TypeVar("A", bound=Act)


@dataclass(frozen=True, slots=True)
class Made:
    """What an act answers with. `members` tells, right after it, what `answer` has beside the members of `Done`."""

    answer: type[Done]
    members: Callable[[Dispute, Actor], Mapping[str, Any]]


def numbered(number: Callable[[Dispute, Actor], int]) -> Made:
    """The answer tells the number of what was made."""
    return Made(Numbered, lambda dispute, actor: {"number": number(dispute, actor)})


def _last_commitment(dispute: Dispute, _: Actor) -> Mapping[str, UUID]:
    return {"commitment_id": commitment_id_of(dispute.id, dispute.commitments.made)}


PROMISED = Made(Promised, _last_commitment)
"""The answer tells the id of the commitment that was made."""

NOTHING = Made(Done, lambda _, __: {})


@dataclass(frozen=True, slots=True)
class Plain:
    """The route of an act that only passes its body on. `if_match`: the version of the dispute that was read has to come."""

    path: str
    tag: str
    description: str
    status: int
    made: Made
    if_match: bool
    needs_body: bool


@dataclass(frozen=True, slots=True)
class Declared:
    """An act. `form` is its body as it comes in over HTTP. `past`: an import of past cases can tell it."""

    name: str
    body: type[Act]
    by: frozenset[Role]
    form: type[Body]
    past: bool
    route: Plain | None
    """None: its route is written by hand, as a function of the act's name."""


class Acts:
    """The acts of one stage, in the order in which they are declared. Their paths begin with `at`."""

    def __init__(self, tag: str, *, at: str = "/v1/disputes/{dispute_id}") -> None:
        self._tag = tag
        self._at = at
        self._declared: list[Declared] = []

    def __iter__(self) -> Iterator[Declared]:
        return iter(self._declared)

    def act(
        self,
        path: str,
        description: str,
        *,
        by: Iterable[Role],
        made: Made = NOTHING,
        status: int | None = None,
        if_match: bool = False,
        needs_body: bool = False,
    ) -> Callable[[type[A]], type[A]]:
        """An act whose route only passes its body on. It answers 201 where something is `made`, otherwise 200.

        A body without required fields may be left out, but for one that `needs_body`.
        """

        def declare(body: type[A]) -> type[A]:
            code = status or (200 if made is NOTHING else 201)
            required = needs_body or any(field.is_required() for field in body.model_fields.values())
            route = Plain(self._at + path, self._tag, description, code, made, if_match, required)
            self._declared.append(Declared(_name_of(body), body, frozenset(by), body, past=True, route=route))
            return body

        return declare

    def by_hand(
        self, *, by: Iterable[Role], form: type[Body] | None = None, past: bool = True
    ) -> Callable[[type[A]], type[A]]:
        """An act whose route does more than pass a body on: a function of the act's name."""

        def declare(body: type[A]) -> type[A]:
            self._declared.append(Declared(_name_of(body), body, frozenset(by), form or body, past=past, route=None))
            return body

        return declare


def _name_of(body: type[Act]) -> str:
    """The name of the act, which is that of the command of the same name. Raises LookupError where there is none."""
    command = signature(body.command).return_annotation
    if not (isinstance(command, type) and issubclass(command, Command) and command.__name__ == body.__name__):
        raise LookupError(f"the body {body.__name__} makes no command of its name, but {command}")
    return act_name(command)
