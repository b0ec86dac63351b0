"""Declares everything about an act in one place: the class of its body.

    ACTS = Acts("Negotiation")

    @ACTS.act("/offers/{number}/acceptance", "Accepts the other side's offer.", by=PARTIES, if_match=True)
    class AcceptOffer(Act):
        def command(self, at: Context, *, dispute_id: UUID, number: int) -> negotiation.AcceptOffer: ...

An act has the name of its command (`accept_offer`). `api.acts.registry` collects the declarations. From them come the routes,
their roles, the links in `actions`, and the acts that a file of past cases can contain. The command, in `domain`, declares
whether a stay halts the act.

If all routes of a stage are built from declarations, the stage is one module, `<stage>.py`. If it has routes that are written
by hand or that read, these are in `<stage>.py`, and the bodies are in a module of their own. That avoids a cycle: the modules
on which routes are built import the bodies.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from inspect import signature
from typing import Any, TypeVar
from uuid import UUID

from api.http.answers import Done, Numbered, Promised
from api.http.bodies import Act, Body
from domain.dispute.state import Dispute
from domain.kernel.base import Actor, Command, Role, act_name

A = TypeVar("A", bound=Act)


@dataclass(frozen=True, slots=True)
class Made:
    """The answer of an act. After the act, `members` returns the members of `answer` that `Done` does not have."""

    answer: type[Done]
    members: Callable[[Dispute, Actor], Mapping[str, Any]]


def numbered(number: Callable[[Dispute, Actor], int]) -> Made:
    """The answer holds the number of the thing that was made."""
    return Made(Numbered, lambda dispute, actor: {"number": number(dispute, actor)})


def last_commitment(dispute: Dispute, *, answers: bool = True) -> UUID:
    """The id of the commitment that the act has just made. What the parties don't see may have been made after it. With
    `answers` False, it is none that owes an answer to a message: a message makes that one last.
    """
    owed_now = (owed for owed in dispute.commitments.open.values() if answers or not owed.answers_message)
    shown = (owed for owed in owed_now if not dispute.telling.hides(owed.id))
    return max(shown, key=lambda owed: owed.number).id


def _last_commitment(dispute: Dispute, _: Actor) -> Mapping[str, UUID]:
    return {"commitment_id": last_commitment(dispute)}


PROMISED = Made(Promised, _last_commitment)
"""The answer holds the id of the commitment that was made."""

NOTHING = Made(Done, lambda _, __: {})


@dataclass(frozen=True, slots=True)
class Plain:
    """The route of an act that only passes its body on. `if_match`: the request must carry the dispute's version."""

    path: str
    tag: str
    description: str
    status: int
    made: Made
    if_match: bool
    needs_body: bool
    retiring: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Declared:
    """An act. `form` is its body as it arrives over HTTP. `past`: a file of past cases can contain it. `with_files` is its
    body where it can come as a form with files too.
    """

    name: str
    body: type[Act]
    by: frozenset[Role]
    form: type[Body]
    past: bool
    route: Plain | None
    """None: its route is a function, written by hand, with the name of the act."""
    with_files: type[Body] | None = None


class Acts:
    """The acts of one stage, in the order of their declaration. Their paths begin with `at`."""

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
        past: bool = True,
        retiring: Mapping[str, Any] | None = None,
    ) -> Callable[[type[A]], type[A]]:
        """Declares an act whose route only passes its body on. It answers 201 if something is `made`, otherwise 200.

        A request may leave out a body without required fields, except with `needs_body`. `retiring` is what
        `api.http.retirement.retiring` returns, if the path will be removed.
        """

        def declare(body: type[A]) -> type[A]:
            code = status or (200 if made is NOTHING else 201)
            required = needs_body or any(field.is_required() for field in body.model_fields.values())
            route = Plain(self._at + path, self._tag, description, code, made, if_match, required, retiring or {})
            self._declared.append(Declared(_name_of(body), body, frozenset(by), body, past=past, route=route))
            return body

        return declare

    def by_hand(
        self,
        *,
        by: Iterable[Role],
        form: type[Body] | None = None,
        with_files: type[Body] | None = None,
        past: bool = True,
    ) -> Callable[[type[A]], type[A]]:
        """Declares an act whose route does more than pass its body on. That route is a function with the name of the act."""

        def declare(body: type[A]) -> type[A]:
            declared = Declared(_name_of(body), body, frozenset(by), form or body, past, None, with_files)
            self._declared.append(declared)
            return body

        return declare


def _name_of(body: type[Act]) -> str:
    """The name of the act: that of its command. Raises LookupError if the body makes no command of the same name."""
    command = signature(body.command).return_annotation
    if not (isinstance(command, type) and issubclass(command, Command) and command.__name__ == body.__name__):
        raise LookupError(f"the body {body.__name__} makes no command of its name, but {command}")
    return act_name(command)
