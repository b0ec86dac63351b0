"""A database that an earlier release made, as it was dumped then; and the questions whose answers were recorded then."""

import json
import lzma
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from httpx import ASGITransport, AsyncClient, Response

from api.app import create_app
from api.services import services
from api.settings import Settings
from projections import VIEWS
from tests.api.house import Clock, House, Sender

DATA = Path(__file__).parents[1] / "data"

OF_A_DISPUTE = (
    "",
    "/history?limit=100",
    "/deadlines",
    "/exhibits",
    "/exhibits/1/file",
    "/messages",
    "/caucus",
    "/commitments",
)
OF_ALL = (
    "/v1/disputes?limit=100",
    "/v1/commitments?status=all&limit=100",
    "/v1/commitments/totals",
    "/v1/commitments/punctuality",
    "/v1/refunds?limit=100",
    "/v1/events?limit=100",
    "/v1/incidents",
    "/v1/mandates",
    "/v1/policies",
    "/v1/erasures",
    "/v1/reconciliations",
    "/v1/reconciliations/differences",
)
BY_AN_AUDITOR = ("/v1/audit/disputes/{id}/trail?limit=100",)

SINCE = {"/v1/events?limit=100": "/v1/events?limit=100&bookkeeping=true"}
"""What asks today for the answer of then: the feed left nothing out."""

SEALED = frozenset({"position", "next", "cursor"})
"""Fields whose text is opaque: it means a place, and a release may write it in another way."""


_ANOTHER = bytes(range(32)).hex()


@dataclass(frozen=True, slots=True)
class Kept:
    """What lies in `tests/data` of one earlier release. `asked_at` is the instant at which its answers were recorded."""

    release: str
    asked_at: datetime
    secrets: Mapping[str, str]
    neutrals: Mapping[str, str]
    disputes: Sequence[str]
    answers: Mapping[str, Any]

    @classmethod
    def of(cls, release: str) -> "Kept":
        read = json.loads(lzma.decompress((DATA / release / "answers.json.xz").read_bytes()))
        return cls(release, datetime.fromisoformat(read.pop("asked_at")), **read)

    def restore(self, conninfo: str) -> None:
        """Into an empty database. The dump is SQL alone, so that it needs no tool of any version."""
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute(lzma.decompress((DATA / self.release / "dump.sql.xz").read_bytes()))


@asynccontextmanager
async def served(kept: Kept, conninfo: str, folder: Path) -> AsyncIterator[House]:
    """The application of today over it, its views rebuilt from the log. No process acts, so that the log stays as it was."""
    (folder / "blobs").symlink_to(DATA / kept.release / "blobs")
    given = {
        **kept.secrets,
        "token_key": _ANOTHER,
        "signing_key": _ANOTHER,
    }  # its own can be guessed, which is refused now
    settings = Settings.model_validate({"database_url": conninfo, "data_dir": folder, **given})
    async with services(settings, works=False) as running:
        for view in VIEWS:
            await view.rebuild(running.log, running.pool, afresh=True)
        app = create_app(running, now=lambda: kept.asked_at)
        async with AsyncClient(transport=ASGITransport(app), base_url="http://testserver") as http:
            yield House(app, running, Clock(), http)


async def answers(house: House, kept: Kept) -> dict[str, Any]:
    """What each kind of reader is answered to each question. The order never changes: each reading by an auditor is a fact."""
    found = {}
    for question, reader, path in _questions(house, kept):
        response = await reader.get(path, headers={"Accept-Language": "en"})  # of then: there was no other language
        found[question] = {"status": response.status_code, **_said(response)}
    return found


def _questions(house: House, kept: Kept) -> Iterator[tuple[str, Sender, str]]:
    readers = {
        "buyer": house.speaking_for("buyer"),
        "seller": house.speaking_for("seller"),
        "marketplace": house.backend,
        **{role: house.sender(role, subject=UUID(int=1)) for role in ("supervisor", "administrator")},
    }
    neutrals = {dispute: house.sender("neutral", subject=UUID(who)) for dispute, who in kept.neutrals.items()}
    auditor = house.sender("auditor", subject=UUID(int=2))
    for name, reader in readers.items():
        for path in OF_ALL:
            yield f"{name} {path}", reader, SINCE.get(path, path)
    for dispute in kept.disputes:
        present = readers | ({"neutral": neutrals[dispute]} if dispute in neutrals else {})
        for name, reader in present.items():
            for path in (*OF_A_DISPUTE, *(("/policy",) if name == "marketplace" else ())):
                yield f"{name} {dispute}{path}", reader, f"/v1/disputes/{dispute}{path}"
    for dispute in kept.disputes:
        for path in ("/v1/disputes/{id}", *BY_AN_AUDITOR):
            yield f"auditor {path.format(id=dispute)}", auditor, path.format(id=dispute)


def _said(response: Response) -> Mapping[str, Any]:
    """Of a refusal its name alone: its title may be put in better words."""
    if not response.headers["Content-Type"].endswith("json"):
        return {"text": response.text}
    body = response.json()
    return {"body": without_seals(body)} if response.is_success else {"code": body["code"]}


def without_seals(value: Any) -> Any:
    match value:
        case dict():
            return {name: without_seals(inner) for name, inner in value.items() if name not in SEALED}
        case list():
            return [without_seals(inner) for inner in value]
        case _:
            return value


def write(kept: Kept) -> None:
    """Used once a release, when its database was kept."""
    told = {
        "asked_at": kept.asked_at.astimezone(UTC).isoformat(),
        **{name: getattr(kept, name) for name in ("secrets", "neutrals", "disputes", "answers")},
    }
    content = json.dumps(told, indent=0, ensure_ascii=False).encode()
    (DATA / kept.release / "answers.json.xz").write_bytes(lzma.compress(content, preset=9))
