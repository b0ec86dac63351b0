"""One person writes a marker wherever the engine accepts text. It is never stored in plain. After the erasure it is
nowhere.

This is a real server over a cluster of its own. The test reads every byte on its disk, and every answer.
"""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from api.app import assemble
from api.http.access import ROLES_BY_ROUTE
from api.marketplace.erasure_schemas import RequestErasure
from domain.kernel.base import Role
from mediation.store.embedded.server import running
from tests import today
from tests.api.house import said
from tests.api.streams import STREAMS
from tests.api.terminal import Serving, environment, mediation, serving
from tests.api.test_cli import free_port, own_folder
from tests.harness.forgetting import walk
from tests.harness.forgetting.walk import MARKER, ROUTES, SECRET, THEIRS, Sender, marked

__all__ = ["own_folder"]

SEALED = {"mark_changes_as_read"}
"""They take a text that the engine itself has sealed, and refuse any other."""


def traces(marker: str) -> list[bytes]:
    """The forms in which a marker can appear in a file or an answer: plain, hexadecimal, base64 at any offset,
    UTF-16."""
    raw = marker.encode()
    found = [raw, raw.hex().encode(), raw.hex().upper().encode(), marker.encode("utf-16-le")]
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + raw)
        found.append(encoded[4 if shift else 0 : len(raw) // 3 * 4 - 4])
    return found


def tells(held: bytes | str, marker: str = MARKER) -> bool:
    raw = held.encode() if isinstance(held, str) else held
    return any(trace in raw for trace in traces(marker))


LOG = "served.log"


@pytest.fixture(scope="module")
def served(own_folder: Path) -> Iterator[Serving]:
    """It logs everything that it can log."""
    env = _environment(own_folder) | {"MEDIATION_LOG_LEVEL": "debug"}
    with serving("--port", free_port(), env=env, log=own_folder / LOG) as started:
        yield started


def _environment(folder: Path) -> dict[str, str]:
    return environment(folder) | {"MEDIATION_TOKEN_KEY": SECRET.hex(), "MEDIATION_TEST_MARKETPLACES": '["bazaar"]'}


def every_answer(send: Sender, disputes: list[str]) -> Iterator[tuple[str, httpx.Response]]:
    """Asks every route that only reads, about every dispute, for every caller who may ask."""
    for route in ROUTES.values():
        if "GET" not in (route.methods or ()) or route.name in STREAMS:
            continue
        for at in disputes if "{dispute_id}" in route.path else disputes[:1]:
            path = route.path.replace("/v1/disputes/{dispute_id}", at)
            ids = {"dispute_id": at.rpartition("/")[2], "number": "1", "side": "buyer", "party": THEIRS}
            path = path.format_map({name: ids.get(name, str(uuid4())) for name in route.param_convertors})
            for role in sorted(ROLES_BY_ROUTE.get(route.name, {Role.AUDITOR})):
                for query in (
                    {"form": form} for form in (("jsonl", "csv", "ocel") if route.name == "extract" else ("",))
                ):
                    answer = send.get(role.value, path, **{k: v for k, v in query.items() if v})
                    assert answer.status_code != 500, path
                    yield f"{role.value} {path}", answer


@pytest.mark.timeout(300)
def test_a_person_is_nowhere(served: Serving, own_folder: Path) -> None:
    send, env = Sender(served.url), _environment(own_folder)
    walk.publish(send, "at-once")
    disputes = walk.everywhere(send)
    walk.misused(send)
    extract = send.get("auditor", "/v1/extract", form="jsonl").text
    assert extract.count(MARKER) > 40
    assert THEIRS in extract
    assert MARKER in send.get("buyer", f"{disputes[0]}/exhibits/1/file").text
    cluster = running(own_folder / "postgres")
    assert cluster is not None
    check_disk(cluster, own_folder, "before anybody is erased")

    hold = send.post("supervisor", "/v1/legal-holds", {"party": MARKER, "reason": said("A court asks.")})
    send.post("supervisor", f"/v1/legal-holds/{hold['subject']}/1/lifting")
    for party in (MARKER, f"{MARKER}-lawyer"):
        asked = {"party": party, "ground": "person_asked", "subject": None}
        erased = send.post("marketplace", "/v1/erasures", marked(RequestErasure, asked))
        assert erased["status"] == "erased"
    assert send.walked == must_be_walked()
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
    log = (own_folder / LOG).read_text()
    assert log.count(" request ") > len(answers)
    assert not tells(served.announced + said_all.out + log), "in what the server printed"


OF_THE_MARKETPLACE = {
    "cancel_dispute",
    "record_parallel_proceeding",
    "end_parallel_proceeding",
    "record_refund_elsewhere",
    "settle_refund_otherwise",
    "explain_difference",
    "answer_recommendation",
    "open_incident",
    "leave_incident",
    "share_exhibit",
    "make_webhook_endpoint",
    "change_webhook_endpoint",
    "replay_webhooks",
    "close_incident",
    "record_reached",
    "deem_told",
}
"""The marketplace writes these texts as its own, sealed under its own id. No person's erasure removes them."""


NAMING_A_PARTY = {"place_legal_hold", "grant_mandate"}
"""Routes of the marketplace's staff that still take the id of a party: the person under a hold, or one for whom a
neutral must not decide."""


def must_be_walked() -> set[str]:
    """Every route that takes a text that somebody can fill freely, by the OpenAPI document. Not included: routes that
    only the marketplace or its staff use (neutrals, supervisors, administrators), because their texts are part of the
    record."""
    document = assemble(today.now).openapi()
    taking = {
        operation["operationId"]
        for methods in document["paths"].values()
        for method, operation in methods.items()
        if method != "get" and any(_texts(document, operation.get("requestBody", {})))
    }
    assert taking > OF_THE_MARKETPLACE
    house = {name for name in taking if not ROLES_BY_ROUTE[name] & {Role.BUYER, Role.SELLER, Role.MARKETPLACE}}
    return taking - (house - NAMING_A_PARTY) - OF_THE_MARKETPLACE - SEALED


def _texts(document: dict[str, Any], shape: Any, seen: tuple[str, ...] = ()) -> Iterator[bool]:
    if isinstance(shape, list):
        for one in shape:
            yield from _texts(document, one, seen)
    if not isinstance(shape, dict):
        return
    reference = shape.get("$ref")
    if isinstance(reference, str) and reference not in seen:
        yield from _texts(document, document["components"]["schemas"][reference.rpartition("/")[2]], (*seen, reference))
    if (
        shape.get("type") == "string"
        and shape.get("pattern") in FREE
        and (shape.get("format") == "binary" or not {"enum", "const", "format"} & shape.keys())
    ):
        yield True
    for name, inner in shape.items():
        if name not in ("example", "examples", "default"):
            yield from _texts(document, inner, seen)


FREE = (None, r"\S", r"^[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+$", r"^[^\x00-\x1f\x7f]+$", r"^\w[\w .,'()/-]*$")
"""Patterns that accept nearly everything."""


def check_disk(conninfo: str, folder: Path, when: str) -> None:
    """Looks at every row of every table, every file of the cluster with its write-ahead log, every evidence file,
    secret and log."""
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
    """The search finds the marker in every form."""
    for written in (
        MARKER,
        MARKER.encode().hex(),
        *(base64.b64encode(("x" * n + MARKER).encode()).decode() for n in range(3)),
    ):
        assert tells(f"before {written} after"), written
    assert not tells(datetime.now(UTC).isoformat())
