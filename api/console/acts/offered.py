"""The acts that are open to the reader of a case: what each is called, what it is about, its key, and where its form is."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import pairwise
from typing import Any
from uuid import UUID

from api.acts.offered import Actions
from api.acts.registry import DECLARED
from api.disputes.case_file_schemas import CaseFile
from api.disputes.filing.filing_schemas import FileDispute
from api.http.answers import Action
from domain.kernel.base import Role

_PARAMETER = re.compile(r"{(\w+)}")
_DISPUTE = "dispute_id"

_FIRST = (
    "post_message",
    "issue_ruling",
    "make_proposal",
    "write_note",
    "request_evidence",
    "take_case",
    "make_commitment",
    "keep_commitment",
    "add_exhibit",
    "assign_neutral",
    "co_sign_ruling",
    "declare_impasse",
    "order_stay",
    "lift_stay",
    "extend_deadline",
    "decide_goods",
    "decide_challenge",
    "replace_commitment",
    "waive_commitment",
    "recuse",
)
"""They choose their letters first, because they are done most often."""

_KEYS = "abcdefhilmnopqrstuvwxyz0123456789"
"""Without `g`, `j` and `k`, which move around."""


OWN_SCREENS: Mapping[str, str] = {"issue_ruling": "ruling"}
"""The acts that have a screen of their own, and its place under the case."""


@dataclass(frozen=True, slots=True)
class Open:
    """`at` names the act in addresses: its name, and the numbers and ids that it is about (`accept_offer.2`). `item` is what
    it is about, as the case file shows it. `key` is None for all but the first of several acts of one name.
    """

    at: str
    name: str
    address: str
    key: str | None
    until: datetime | None
    mandatory: bool
    due_at: datetime | None
    item: Any

    @property
    def apart(self) -> bool:
        """Whether it has a screen of its own, so that its form does not open in this page."""
        return self.at in OWN_SCREENS


_GRAVE = frozenset(
    {"declare_inadmissible", "declare_impasse", "recuse", "reassign_neutral", "refuse_co_signature", "send_back"}
)
"""They are one way to keep a promise. Nobody is urged to them."""


def open_acts(actions: Actions, case: CaseFile, role: Role) -> list[Open]:
    """Those that the reader owes come first, the first due before the others; then those that are done most often."""
    owed = sorted(
        case.actions, key=lambda one: (*_owed(one), _FIRST.index(one.name) if one.name in _FIRST else len(_FIRST))
    )
    return [*_open(actions, case, owed, keys(role))]


def _owed(act: Action) -> tuple[bool, datetime]:
    owed = act.mandatory and act.name not in _GRAVE
    return not owed, (owed and act.due_at) or _LATE


_LATE = datetime.fromisoformat("9999-01-01T00:00:00+00:00")


def _open(actions: Actions, case: CaseFile, acts: Iterable[Action], keys: Mapping[str, str]) -> Iterator[Open]:
    named, places = set[str](), set[str]()
    for act in acts:
        at = place(actions, act)
        if at in places:  # the same form, which asks whom it is about
            continue
        places.add(at)
        yield Open(
            at=at,
            name=act.name,
            address=form_address(case.id, at),
            key=None if act.name in named else keys.get(act.name),
            until=act.until,
            mandatory=act.mandatory and act.name not in _GRAVE,
            due_at=act.due_at,
            item=_item(act.href, case),
        )
        named.add(act.name)


def place(actions: Actions, act: Action) -> str:
    """The name of the act in addresses."""
    path = actions.path(act.name)
    assert path is not None, "it is offered"
    found = re.fullmatch(_PARAMETER.sub(r"(?P<\1>[^/]+)", path), act.href)
    assert found is not None, "the address was made of this path"
    return ".".join((act.name, *(found[name] for name in _PARAMETER.findall(path) if name != _DISPUTE)))


def form_address(dispute_id: UUID, at: str) -> str:
    """Where the form of the act is, and where it is sent."""
    return f"/console/disputes/{dispute_id}/{OWN_SCREENS.get(at) or f'acts/{at}'}"


def address(actions: Actions, dispute_id: UUID, at: str) -> str | None:
    """The address under `/v1` of the act that `at` names. None if there is no such act."""
    name, *about = at.split(".")
    path = actions.path(name)
    if path is None:
        return None
    wanted = [one for one in _PARAMETER.findall(path) if one != _DISPUTE]
    if len(wanted) != len(about) or not all(re.fullmatch(r"[0-9a-f-]{1,36}", one) for one in about):
        return None
    return path.format(**{_DISPUTE: dispute_id}, **dict(zip(wanted, about, strict=True)))


def _item(href: str, case: CaseFile) -> Any:
    """What an address names: `/v1/disputes/…/offers/2/acceptance` the second offer. None if the case file does not show it."""
    _, *words = href.removeprefix(f"/v1/disputes/{case.id}").replace("/v1/", "/").split("/")
    for kind, one in pairwise(words):
        items: Sequence[Any] = getattr(case, _LISTS.get(kind, kind.replace("-", "_")), None) or ()
        for item in items if isinstance(items, list | tuple) else ():
            if one in (str(getattr(item, name, None)) for name in ("number", "id", "subject")):
                return item
    return None


_LISTS = {"parallel-proceedings": "proceedings", "recommendations": "commitments"}


@cache
def keys(role: Role) -> Mapping[str, str]:
    """The key of each act that this role can ever do in a case, so that a key means the same in every case: a letter of its
    name.
    """
    able = [name for name, act in DECLARED.items() if role in act.by and not issubclass(act.body, FileDispute)]
    if "assign_neutral" in able and role is Role.NEUTRAL:
        able = ["take_case" if name == "assign_neutral" else name for name in able]
    found: dict[str, str] = {}
    for name in sorted(able, key=lambda one: _FIRST.index(one) if one in _FIRST else len(_FIRST)):
        key = next((letter for letter in (*_letters(name), *reversed(_KEYS)) if letter not in found), None)
        if key is not None:
            found[key] = name
    return {name: key for key, name in found.items()}


def _letters(name: str) -> Iterator[str]:
    """First the initials of the words, the last word first: what the act is about says more than `make`."""
    words = name.split("_")
    for letter in (*(word[0] for word in reversed(words)), *"".join(reversed(words))):
        if letter in _KEYS:
            yield letter
