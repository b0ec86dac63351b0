"""Many disputes like one that is on record. Their texts are sealed anew, so they can be read."""

import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

import psycopg
from pydantic_core import to_json

from api.services import Services
from mediation.store.keys import tokens
from mediation.store.keys.keys import NONCE, DataKey
from mediation.store.keys.personal import has_personal, spots
from mediation.store.log.recorded import COLUMNS
from tests.harness.benchmarks.fill import TYPES, UUID_TEXT, Other

_PLACE = b"~place-%d~"
_PLACES = re.compile(rb"~place-(\d+)~")


@dataclass(frozen=True, slots=True)
class _Text:
    path: str
    plain: str
    key: DataKey


@dataclass(frozen=True, slots=True)
class _Fact:
    """A fact of the dispute that is copied. `body` has a place for each of its texts."""

    row: Sequence[Any]
    body: bytes
    texts: Sequence[_Text]


async def copy_dispute(services: Services, conninfo: str, dispute: UUID, copies: int) -> None:
    """So many copies of a dispute, with other ids, of other people. Each is a dispute of its own and folds like the first. The
    translations of its texts are not copied: they are found by the dispute.
    """
    original = await _original(services, conninfo, dispute)
    with psycopg.connect(conninfo, autocommit=True) as conn:
        (position,) = conn.execute("SELECT max(position) FROM event").fetchone() or (0,)
        with conn.cursor().copy(f"COPY event ({COLUMNS}) FROM STDIN (FORMAT binary)") as copy:
            copy.set_types(TYPES)
            for _ in range(copies):
                for row in _copied(original, position):
                    copy.write_row(row)
                position += len(original)
        conn.execute("VACUUM ANALYZE event")


async def _original(services: Services, conninfo: str, dispute: UUID) -> Sequence[_Fact]:
    with psycopg.connect(conninfo) as conn:
        wanted = f"SELECT {COLUMNS} FROM event WHERE stream_id = %s ORDER BY position"
        rows = conn.execute(wanted, [dispute], binary=True).fetchall()
    return [await _fact(services, row) for row in rows]


async def _fact(services: Services, row: Sequence[Any]) -> _Fact:
    decoded = services.codec.decode(tuple(row))
    if not has_personal(type(decoded.event)):
        return _Fact(row, row[-1], ())
    doc = decoded.event.model_dump(mode="json")
    texts = list[_Text]()
    for number, spot in enumerate(spots(decoded.event, doc)):
        token = tokens.parse(spot.text)
        assert token is not None, "what is personal is sealed"
        key = (await services.keys.load({token.key_id}))[token.key_id]
        assert key is not None, "nobody was erased"
        texts.append(_Text(spot.path, token.open(key, decoded.marketplace), key))
        spot.write((_PLACE % number).decode())
    return _Fact(row, to_json(doc), texts)


def _copied(original: Sequence[_Fact], position: int) -> Iterator[Sequence[Any]]:
    other = Other(secrets.randbits(48))
    renamed = partial(UUID_TEXT.sub, other.written)
    for number, fact in enumerate(original, 1):
        _, recorded, occurred, stream, version, dispute, market, kind, schema, actor, *chain, _ = fact.row
        origin = tokens.origin(other.id(stream), version, kind, schema)
        body = _PLACES.sub(partial(_sealed, fact.texts, origin, market), renamed(fact.body))
        ids = (actor, *map(other.id, chain))
        yield (
            *(position + number, recorded, occurred, other.id(stream), version, other.id(dispute)),
            *(market, kind, schema, *ids, body),
        )


def _sealed(texts: Sequence[_Text], origin: str, marketplace: str, found: re.Match[bytes]) -> bytes:
    text = texts[int(found[1])]
    seal = tokens.sealer(text.key, origin=origin, marketplace=marketplace)
    return seal(text.plain, text.path, secrets.token_bytes(NONCE)).encode()
