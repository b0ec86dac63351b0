"""Who may see an event, and which of its fields. The event and each field say so; without a mark, nobody sees it.

    class OfferRejected(Event, kind="OfferRejected", stream="dispute", told_to=Audience.ALL):
        number: Told[int]

This applies to the history of a dispute, the feed of events and a marketplace's extract. Under `/v1/audit` an auditor
reads every field of every event. `api.acts.visibility` says which audiences a caller belongs to.
"""

from collections.abc import Callable, Mapping
from enum import Enum, auto
from functools import cache
from typing import Annotated, Any, NamedTuple, TypeVar, get_args

from pydantic import BaseModel

from domain.kernel.frozen import frozen

T = TypeVar("T")


class Audience(Enum):
    """Who sees an event, of those who may read the dispute. The desk is the marketplace, its staff and the auditor."""

    NOBODY = auto()
    ALL = auto()
    """Both parties, the neutral, the desk."""
    ALL_WHEN_IN_EFFECT = auto()
    """As `ALL`, but the parties see nothing of a ruling that awaits a co-signature. `RulingCoSigned` tells them of it."""
    ALL_AS_SHOWN = auto()
    """As `ALL`, but a party sees it only if it changes what the parties are shown: see `domain.dispute.telling`."""
    ALL_BUT_PARTIES = auto()
    PARTIES_AND_DESK = auto()
    """As `ALL`, but not the neutral."""
    NEUTRAL_STAFF_AND_AUDITOR = auto()
    """The neutral, supervisors, administrators and the auditor; not a party and not the marketplace's backend."""
    WHOM_COMMITMENT_CONCERNS = auto()
    """As `ALL`, but a party sees nothing of a hidden commitment, nor of what becomes of it later."""
    STAFF_OR_ALL = auto()
    """As `NEUTRAL_STAFF_AND_AUDITOR`, but a fact that says that it is `shared` is for `ALL`."""
    DOER = auto()
    """The party who did it, and the desk."""
    BURDENED = auto()
    """The party whom a decision burdens, the neutral and the desk; not the other party."""
    ADDRESSEE = auto()
    """The party `to` whom it speaks, the neutral and the desk; not the other party."""
    CAUCUS_AND_DESK = auto()
    """The party whose caucus it is, the neutral and the desk; not the other party."""
    CAUCUS = auto()
    """The party whose caucus it is, and the neutral who heard it."""
    VOUCHER = auto()
    """The buyer, and whoever issued the voucher."""


@frozen
class Tell:
    """Marks a field as visible to the audience of its event, or only to those of them who are `among` another one."""

    among: Audience = Audience.ALL


Told = Annotated[T, Tell()]
ToldInCaucus = Annotated[T, Tell(Audience.CAUCUS)]


def told(model: type[BaseModel], body: Mapping[str, Any], among: Callable[[Audience], bool]) -> dict[str, Any]:
    """What a viewer may see of an event, or of a value in one, in JSON form.

    `among` says whether the viewer belongs to an audience.
    """
    fields, shown = _fields(model), dict[str, Any]()
    for name, value in body.items():
        if (field := fields.get(name)) is not None and among(field.to):
            shown[name] = value if field.holds is None else _within(field.holds, value, among)
    return shown


def told_names(model: type[BaseModel]) -> tuple[str, ...]:
    """The names of the visible fields."""
    return tuple(_fields(model))


def _within(model: type[BaseModel], value: Any, among: Callable[[Audience], bool]) -> Any:
    match value:
        case dict():
            return told(model, value, among)
        case list():
            return [_within(model, item, among) for item in value]
        case _:
            return value


class _Field(NamedTuple):
    """A visible field. `holds` is the model in it, whose own fields have their own marks."""

    to: Audience
    holds: type[BaseModel] | None


@cache
def _fields(model: type[BaseModel]) -> Mapping[str, _Field]:
    """Raises `TypeError` if a visible field could hold any of several models."""
    found: dict[str, _Field] = {}
    for name, field in model.model_fields.items():
        for mark in field.metadata:
            if isinstance(mark, Tell):
                held = _models(field.annotation)
                if len(held) > 1:
                    raise TypeError(f"{model.__name__}.{name} could hold any of several models")
                found[name] = _Field(mark.among, held[0] if held else None)
    return found


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in get_args(annotation) for model in _models(inner)]
