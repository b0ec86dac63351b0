"""One person writes a marker wherever text is taken. It is nowhere in plain, and once they are erased nowhere at all.

A real server over a cluster of its own: what it keeps on its disk is read, byte by byte, and so is all that it says.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from pydantic import BaseModel

from api.access import WHO
from api.app import ROUTERS, routes_of
from api.auth import Tokens
from api.schemas.adjudication import Appeal
from api.schemas.base import Statement
from api.schemas.closure import Withdraw
from api.schemas.conversation import PostMessage
from api.schemas.erasures import RequestErasure
from api.schemas.filing import FileDispute
from api.schemas.mediation import Escalate, RefuseProposal
from api.schemas.negotiation import MakeOffer
from api.schemas.refunds import ConfirmRefund
from api.schemas.response import Rebut
from domain.base import Role
from mediation.store.server import running
from tests.api.house import euros, filing, said
from tests.api.terminal import Serving, environment, mediation, serving
from tests.api.test_cli import free_port, own_folder

__all__ = ["own_folder"]

MARKER, THEIRS = "Zanzibar7f3a91bc", "Timbuktu5d20e8aa"
SECRET = bytes(range(32))
ROUTES = {route.name: route for route in routes_of(ROUTERS)}


def marked(model: type[BaseModel], given: Mapping[str, Any]) -> dict[str, Any]:
    """A body with a marker in every text that is not given, the optional ones too; whatever fields the model gets one day."""
    body = dict(given)
    for name, known in model.model_fields.items():
        parts = [part for part in (known.annotation, *get_args(known.annotation)) if isinstance(part, type)]
        inner = next((part for part in parts if issubclass(part, BaseModel)), None)
        if name in body:
            if inner is not None and isinstance(body[name], dict):
                body[name] = marked(inner, body[name])
        elif inner is Statement:
            body[name] = said(f"{MARKER} {name}", "it")
        elif str in parts and "pattern" not in repr(known.metadata):
            body[name] = f"{MARKER}-{name}"
    return body


def traces(marker: str) -> list[bytes]:
    """As it stands in a file or an answer: plain, in hexadecimal, in base64 wherever it begins, as UTF-16."""
    raw = marker.encode()
    found = [raw, raw.hex().encode(), raw.hex().upper().encode(), marker.encode("utf-16-le")]
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + raw)
        found.append(encoded[4 if shift else 0 : len(raw) // 3 * 4 - 4])
    return found


def tells(held: bytes | str, marker: str = MARKER) -> bool:
    raw = held.encode() if isinstance(held, str) else held
    return any(trace in raw for trace in traces(marker))


@dataclass
class Sender:
    """Everybody, over HTTP. All that was ever answered is kept, but for what the server was just told."""

    url: str
    subject: UUID = field(default_factory=uuid4)

    def headers(self, role: str) -> dict[str, str]:
        """With whatever a client may send besides."""
        acts = "marketplace" if role in ("buyer", "seller") else role
        token = Tokens(SECRET).mint(
            subject=self.subject, role=Role(acts), marketplace="bazaar", life=timedelta(minutes=15)
        )
        speaks = {"Mediation-As": role} if acts != role else {}
        known = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"{MARKER}-{uuid4()}", **speaks}
        strange = (
            "User-Agent",
            "Referer",
            "X-Request-Id",
            "X-Forwarded-For",
            "Correlation-Id",
            "Traceparent",
            "Cookie",
        )
        return known | dict.fromkeys(strange, MARKER)

    def get(self, role: str, path: str, **query: str) -> httpx.Response:
        return httpx.get(self.url + path, headers=self.headers(role), params=query, timeout=30)

    def post(self, role: str, path: str, body: Any = None, *, match: int | None = None, **more: Any) -> Any:
        headers = self.headers(role) | ({"If-Match": f'"{match}"'} if match is not None else {})
        options = more or ({"json": body} if body is not None else {})
        answer = httpx.post(self.url + path, headers=headers, timeout=30, **options)
        assert answer.status_code in (200, 201), f"{path}: {answer.text}"
        return answer.json()

    def file(self, order: str, **more: Any) -> str:
        """A dispute of the buyer's."""
        body = filing(order=f"{MARKER}-{order}")
        body["marketplace_reference"] = f"{MARKER}-{order}"
        body["transaction"]["lines"] = [{"id": MARKER, "title": MARKER, "quantity": 1, "amount": euros("129.90")}]
        body["transaction"]["charges"] = [{"label": MARKER, "amount": euros("1.00")}]
        body["transaction"]["tracking"][0] |= {"carrier": MARKER, "number": MARKER}
        body["transaction"]["payment_reference"] = MARKER
        body["buyer"] |= {"id": MARKER, "name": MARKER, "email": f"{MARKER}@example.com"}
        body["seller"] |= {"id": THEIRS, "name": THEIRS, "email": f"{THEIRS}@example.com"}
        body["claim"] |= {"lines": [MARKER], "statement": said(MARKER, "it")}
        return str(self.post("marketplace", "/v1/disputes", marked(FileDispute, body | more))["id"])


@pytest.fixture(scope="module")
def served(own_folder: Path) -> Iterator[Serving]:
    with serving("--port", free_port(), env=_environment(own_folder)) as started:
        yield started


def _environment(folder: Path) -> dict[str, str]:
    return environment(folder) | {"MEDIATION_TOKEN_KEY": SECRET.hex()}


def contested(send: Sender) -> str:
    """To a ruling and an appeal that is withdrawn; whatever the buyer may say on the way is said, in caucus too."""
    at = f"/v1/disputes/{send.file('contested')}"
    form = {"description": MARKER, "language": "it"}
    send.post("buyer", f"{at}/exhibits", data=form, files={"file": (f"{MARKER}.txt", (MARKER + "\n").encode() * 9000)})
    send.post("buyer", f"{at}/messages", marked(PostMessage, {}))
    send.post("seller", f"{at}/messages", {"message": said(THEIRS)})
    send.post("seller", f"{at}/response", {"answer": "contest", "statement": said(THEIRS)})
    send.post("buyer", f"{at}/rebuttal", marked(Rebut, {}))
    send.post("buyer", f"{at}/offers", marked(MakeOffer, {"amount": euros("60.00")}))
    send.post("buyer", f"{at}/escalation", marked(Escalate, {}))
    authority = {"neutral": str(send.subject), "languages": ["en"], "authority": [euros("1000.00")]}
    send.post("administrator", "/v1/mandates", authority)
    send.post("neutral", f"{at}/assignment", {"neutral": str(send.subject)})
    told = {"message": MARKER, "language": "it", "side": "buyer"}
    send.post("buyer", f"{at}/caucus", data=told, files={"file": (f"{MARKER}.txt", MARKER.encode())})
    award = {"buyer": euros("60.00"), "seller": euros("69.90")}
    send.post("neutral", f"{at}/proposals", {"award": award, "reasons": said("Half each.")})
    send.post("buyer", f"{at}/proposals/1/refusal", marked(RefuseProposal, {}))
    send.post("buyer", f"{at}/consent")
    send.post("seller", f"{at}/consent")
    version = send.post("neutral", f"{at}/messages", {"message": said("I rule.")})["version"]
    none = {"buyer": euros("0.00"), "seller": euros("129.90")}
    ruling = {"award": none, "cites_clauses": ["evidence"], "reasons": said("Not shown.")}
    send.post("neutral", f"{at}/rulings", ruling, match=version)
    send.post("buyer", f"{at}/appeal", marked(Appeal, {"ground": "stated_error"}))
    send.post("buyer", f"{at}/appeal/withdrawal")
    return at


def refunded(send: Sender) -> str:
    at = f"/v1/disputes/{send.file('refunded')}"
    send.post("seller", f"{at}/response", {"answer": "concede", "statement": said(THEIRS)})
    for _ in range(200):
        items = send.get("marketplace", "/v1/refunds", status="submitted").json()["items"]
        if items:
            break
    (refund,) = items
    paid = marked(ConfirmRefund, {"provider_reference": MARKER})
    send.post("marketplace", f"/v1/refunds/{refund['id']}/confirmation", paid)
    return at


def withdrawn(send: Sender) -> str:
    at = f"/v1/disputes/{send.file('withdrawn')}"
    send.post("buyer", f"{at}/withdrawal", marked(Withdraw, {}))
    return at


def misused(send: Sender) -> None:
    """Whatever goes wrong is answered, and not kept: strange paths, parameters, fields, and bodies that break off."""
    headers = send.headers("marketplace")
    for path in (f"/v1/{MARKER}", f"/{MARKER}", f"/v1/disputes/{MARKER}", f"/v1/disputes?{MARKER}=1"):
        assert httpx.get(send.url + path, headers=headers).status_code in (404, 422)
    for sent in ({MARKER: MARKER}, {"marketplace_reference": [MARKER]}):
        assert httpx.post(f"{send.url}/v1/disputes", headers=headers, json=sent).status_code == 422
    broken = {**headers, "Content-Type": "application/json"}
    assert httpx.post(f"{send.url}/v1/disputes", headers=broken, content=f'{{"{MARKER}'.encode()).status_code == 400
    lost = {"Authorization": f"Bearer {MARKER}"}
    assert httpx.get(f"{send.url}/v1/disputes", headers=lost).status_code == 401
    assert send.get("marketplace", "/v1/disputes", order_id=f"{MARKER}-withdrawn").json()["items"]
    assert send.get("supervisor", f"/v1/claim-histories/buyer/{MARKER}").status_code == 200


def every_answer(send: Sender, disputes: list[str]) -> Iterator[tuple[str, httpx.Response]]:
    """Of every route that only reads, about every dispute, for everybody who may ask."""
    for route in ROUTES.values():
        if "GET" not in (route.methods or ()):
            continue
        for at in disputes if "{dispute_id}" in route.path else disputes[:1]:
            path = route.path.replace("/v1/disputes/{dispute_id}", at)
            ids = {"dispute_id": at.rpartition("/")[2], "number": "1", "side": "buyer", "party": THEIRS}
            path = path.format_map({name: ids.get(name, str(uuid4())) for name in route.param_convertors})
            for role in sorted(WHO.get(route.name, {Role.AUDITOR})):
                for query in (
                    {"form": form} for form in (("jsonl", "csv", "ocel") if route.name == "extract" else ("",))
                ):
                    answer = send.get(role.value, path, **{k: v for k, v in query.items() if v})
                    assert answer.status_code != 500, path
                    yield f"{role.value} {path}", answer


def test_a_person_is_nowhere(served: Serving, own_folder: Path) -> None:
    send, env = Sender(served.url), _environment(own_folder)
    policy = {"version": "at-once", "windows": {"escalation_opens_after_hours": 0}}
    send.post("administrator", "/v1/policies", policy)
    disputes = [contested(send), refunded(send), withdrawn(send)]
    misused(send)
    extract = send.get("auditor", "/v1/extract", form="jsonl").text
    assert extract.count(MARKER) > 40
    assert THEIRS in extract
    assert MARKER in send.get("buyer", f"{disputes[0]}/exhibits/1/file").text
    cluster = running(own_folder / "postgres")
    assert cluster is not None
    check_disk(cluster, own_folder, "before anybody is erased")

    asked = {"party": MARKER, "ground": "person_asked", "subject": None}
    erased = send.post("marketplace", "/v1/erasures", marked(RequestErasure, asked))
    assert erased["status"] == "erased"
    check_disk(cluster, own_folder, "after")
    answers = list(every_answer(send, disputes))
    assert sum(tells(answer.content, THEIRS) for _, answer in answers) > 30, "of what there is to read most is read"
    assert not [asked for asked, answer in answers if tells(answer.content)]
    for command in (["history", "--json"], ["extract", "jsonl"], ["replay", disputes[0].rpartition("/")[2]]):
        done = mediation(*command, env=env)
        assert done.code == 0, done.err
        assert not tells(done.out + done.err), command
        assert tells(done.out, THEIRS), command
    whole = send.get("seller", disputes[0]).json()
    assert (whole["seller"]["name"], whole["response"]["statement"]["text"]) == (THEIRS, THEIRS)
    assert send.get("buyer", f"{disputes[0]}/exhibits/1/file").status_code == 410
    said_all = served.interrupt()
    assert not tells(served.announced + said_all.out + said_all.err), "in what the server printed"


def check_disk(conninfo: str, folder: Path, when: str) -> None:
    """No row of any table, no file of the cluster, its write-ahead log among them, no evidence file, secret or log."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        tables = connection.execute(
            "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace "
            "WHERE relkind IN ('r', 'm') AND nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"
        ).fetchall()
        assert {"public.event", "keys.data_key", "views.case_file_1"} & {name for (name,) in tables}
        for (name,) in tables:
            for (row,) in connection.execute(f"SELECT t::text FROM {name} t".encode()):
                assert not tells(row), f"{when}: {name}"
        for (row,) in connection.execute("SELECT convert_from(body, 'UTF8') FROM event"):
            assert not tells(row), f"{when}: event"
            json.loads(row)
        connection.execute("CHECKPOINT")
    files = [*(folder / "postgres").resolve().rglob("*"), *folder.rglob("*")]
    held = [file for file in files if file.is_file() and not file.is_symlink()]
    assert [file for file in held if "pg_wal" in file.parts]
    for file in held:
        assert not tells(str(file)), f"{when}: {file}"
        assert not tells(file.read_bytes()), f"{when}: {file}"


def test_the_search_would_find_it() -> None:
    """However it was written down."""
    for written in (
        MARKER,
        MARKER.encode().hex(),
        *(base64.b64encode(("x" * n + MARKER).encode()).decode() for n in range(3)),
    ):
        assert tells(f"before {written} after"), written
    assert not tells(datetime.now(UTC).isoformat())
