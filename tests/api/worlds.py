"""The whole world of a party: every answer that it can get about its dispute, as text.

The clock of a `World` stands still unless it is turned, so that the same acts give the same instants. Two worlds are
compared byte for byte, apart from what is opaque: ids, places in the log and the case numbers made of them, and when the
machine recorded something.
"""

import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from httpx import ASGITransport, AsyncClient, Response

from api.acts.registry import DECLARED
from api.app import ROUTERS, assemble, create_app, routes_of
from api.http.access import ROLES_BY_ROUTE
from api.services import Services
from domain.kernel.base import Role
from tests import today
from tests.api.house import Clock as RunningClock
from tests.api.house import House, Sender, done, euros, filing, said
from tests.api.streams import STREAMS

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SEALED = re.compile(r"[A-Za-z0-9_-]{60,}")
_RECORDED = re.compile(r'"(recorded_at|changed_at|case_number)":"[^"]+"')

ROUTES = {route.name: route for route in routes_of(ROUTERS)}

Answers = Mapping[str, str]
"""Each request with its answer: the status, the ETag and the body."""


@dataclass(slots=True)
class Clock:
    """Stands still at `at`."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def turn(self, **units: float) -> None:
        self.at += timedelta(**units)


@dataclass(slots=True)
class World:
    """One dispute in a marketplace of its own."""

    house: House
    clock: Clock
    marketplace: str
    id: str = ""
    neutral: Sender | None = None
    sent: int = field(default=0)

    @property
    def at(self) -> str:
        return f"/v1/disputes/{self.id}"

    def party(self, side: str) -> Sender:
        return self.house.speaking_for(side, self.marketplace)

    def staff(self, role: Role) -> Sender:
        return self.house.sender(role, marketplace=self.marketplace)

    @property
    def mediator(self) -> Sender:
        assert self.neutral is not None
        return self.neutral

    async def act(self, by: Sender, path: str, body: Any = None, status: int = 200, **options: Any) -> dict[str, Any]:
        """Something happens a minute after what happened before."""
        self.clock.turn(minutes=1)
        return done(await by.post(f"{self.at}{path}", body, **options), status)

    async def mediated(self, alone: str = "1.00", *, looked: bool = True) -> None:
        """A contested claim of 129.90 EUR. Its neutral has `looked` at it, and may rule on `alone` without a co-signature.
        Messages are to be answered within two days.
        """
        windows = {"escalation_opens_after_hours": 0, "message_reply": {"amount": 2, "unit": "calendar_days"}}
        policy = {"version": "at-once", "windows": windows}
        done(await self.staff(Role.ADMINISTRATOR).post("/v1/policies", policy), 201)
        self.neutral = self.staff(Role.NEUTRAL)
        mandate = {"neutral": str(self.neutral.subject), "languages": ["en"], "authority": [euros(alone)]}
        done(await self.staff(Role.ADMINISTRATOR).post("/v1/mandates", mandate), 201)
        body = filing(now=self.clock.at, order="O-1", marketplace_reference="MP-1")
        self.id = done(await self.party("buyer").post("/v1/disputes", body), 201)["id"]
        await self.act(self.party("seller"), "/response", {"answer": "contest"})
        form = {"description": "Packliste", "language": "de"}
        await self.act(self.party("seller"), "/exhibits", status=201, data=form, files={"file": b"Liste"})
        await self.act(self.party("buyer"), "/exhibits/1/answer", {})
        await self.act(self.party("buyer"), "/escalation")
        await self.act(self.neutral, "/assignment", {})
        if looked:
            await self.act(self.neutral, "/messages", {"message": said("I read it.")}, 201)

    async def impasse(self) -> None:
        await self.act(self.mediator, "/impasse")

    async def rules(self, buyer: str = "100.00", seller: str = "29.90", status: int = 202) -> dict[str, Any]:
        award = {"buyer": euros(buyer), "seller": euros(seller)}
        body = {"award": award, "cites_exhibits": [1], "cites_clauses": ["conformity"], "reasons": said("Unser Grund.")}
        return await self.act(self.mediator, "/rulings", body, status, match=await self.version())

    async def version(self, of: Sender | None = None) -> int:
        version: int = done(await (of or self.house.backend_of(self.marketplace)).get(self.at))["version"]
        return version

    async def reads(self, side: str, since: str) -> Answers:
        """Everything that the party can read, from the position `since` on."""
        found: dict[str, str] = {}
        for path in self._paths():
            answer = await self.party(side).get(path, headers={"At-Least": since})
            found[path.replace(self.id, "…")] = _written(answer)
        return found

    def _paths(self) -> list[str]:
        values = {
            "dispute_id": [self.id],
            "number": ["1", "2"],
            "file": ["1"],
            "side": ["buyer", "seller"],
            "version": ["at-once"],
        }
        paths: list[str] = []
        for route in ROUTES.values():
            by = ROLES_BY_ROUTE.get(route.name, frozenset())
            if "GET" in (route.methods or ()) and Role.BUYER in by and route.name not in STREAMS:
                paths += _filled(route.path, {**values, "other": ["first-2026"]})
        more = [f"/v1/disputes?awaiting={whose}" for whose in ("neutral", "supervisor", "both", "marketplace")]
        more += [f"/v1/disputes?sort={by}&counts=waiting&counts=awaiting" for by in ("due", "changed", "amount")]
        more += ["/v1/disputes?waiting=ruling&waiting=co_signature&waiting=assignment&counts=all"]
        more += ["/v1/commitments?status=all", "/v1/commitments?status=ended", f"{self.at}/history?limit=3"]
        return [*paths, *more, "/v1/events?limit=100", "/v1/events?limit=7"]

    async def tries(self, side: str, first: str) -> Answers:
        """The party sends every act that it may send, on the version that it was last told. The act `first` comes first, and
        the acts that end the dispute last.
        """
        found: dict[str, str] = {}
        read = await self.version(self.party(side))
        of_dispute = (act for act in DECLARED.values() if "{dispute_id}" in ROUTES[act.name].path)
        acts = sorted(act.name for act in of_dispute if Role.BUYER in act.by)
        for name in sorted(acts, key=lambda act: (act != first, act in _LAST)):
            stale = await self._tries(side, name, 999) if name in (first, *_LAST) else None
            answer = await self._tries(side, name, read)
            found[name] = _written(answer) + (_written(stale) if stale is not None else "")
            if (tag := answer.headers.get("ETag")) is not None:
                read = int(tag.strip('"'))
        return found

    async def _tries(self, side: str, name: str, match: int) -> Response:
        path = ROUTES[name].path.format(
            dispute_id=self.id,
            number=1,
            file=1,
            commitment_id="00000000-0000-0000-0000-000000000001",
            representative="00000000-0000-0000-0000-000000000001",
        )
        self.clock.turn(minutes=1)
        if name in _FORMS:
            form = {field: (None, text) for field, text in _FORMS[name].items()}
            return await self.party(side).post(path, match=match, files=form)
        return await self.party(side).post(path, self._body(side, name), match=match)

    def _body(self, side: str, name: str) -> Any:
        soon = (self.clock.at + timedelta(days=3)).isoformat()
        own: Mapping[str, Any] = {
            "make_commitment": {"kind": "reply", "owed_by": side, "owed_to": "neutral", "due_at": soon},
            "replace_commitment": {"kind": "reply", "due_at": soon},
            "post_message": {
                "message": said("And now?"),
                "channel": "web",
                "promise": {"kind": "reply", "owed_to": "neutral"},
            },
            "raise_counterclaim": {"relief": "payment", "amount": euros("12.00"), "statement": said("The postage.")},
            "make_offer": {"amount": euros("50.00")},
            "name_representative": {"side": side, "id": "law-9"},
        }
        if name in own:
            return own[name]
        operation = _document()["paths"][ROUTES[name].path]["post"]
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None:
            return None
        schema = content["schema"].get("$ref", "")
        return _document()["components"]["schemas"][schema.rpartition("/")[2]]["examples"][0]


_LAST = ("accept_offer", "withdraw")
_FORMS: Mapping[str, Mapping[str, str]] = {
    "add_exhibit": {"description": "Foto", "language": "it"},
    "post_in_caucus": {"message": "Fra noi", "language": "it"},
}


@cache
def _document() -> dict[str, Any]:
    return assemble(today.now).openapi()


def _filled(path: str, values: Mapping[str, list[str]]) -> list[str]:
    """Every address that fits a path. Those that name what only lists show are left out, and the one about the
    token that was sent.
    """
    if any(name in path for name in ("{refund_id}", "{incident_id}", "{person}", "/v1/me")):
        return []
    paths = [path]
    for name in re.findall(r"{(\w+)}", path):
        paths = [one.replace(f"{{{name}}}", value) for one in paths for value in values[name]]
    return paths


def _written(answer: Response) -> str:
    return f"{answer.status_code} {answer.headers.get('ETag')} {answer.headers.get('Retry-After')} {answer.text}"


def alike(answers: Answers) -> Answers:
    """The answers without what is opaque. An id has the same name wherever it comes."""
    names: dict[str, str] = {}

    def named(match: re.Match[str]) -> str:
        return names.setdefault(match[0], f"id-{len(names) + 1}")

    shown = {request: _UUID.sub(named, answer) for request, answer in answers.items()}
    return {
        request: _RECORDED.sub(r'"\1":"…"', _SEALED.sub("…", re.sub(r"world-[a-z0-9]+", "world", answer)))
        for request, answer in shown.items()
    }


@asynccontextmanager
async def standing(services: Services, at: datetime) -> AsyncIterator[tuple[House, Clock]]:
    """The application over running services, with a clock that stands still."""
    clock = Clock(at)
    app = create_app(services, now=clock.now)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://testserver") as http:
        yield House(app, services, RunningClock(), http), clock


def differing(one: Answers, other: Answers) -> dict[str, tuple[str, str]]:
    """The answers that are not the same, for a message that a person can read."""
    return {request: (one[request], other.get(request, "")) for request in one if one[request] != other.get(request)}


def plain(answer: str) -> Any:
    """The body of a written answer."""
    return json.loads(answer.split(" ", 3)[3])
