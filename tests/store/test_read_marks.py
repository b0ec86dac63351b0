"""The marks of readers, in a database of an earlier release too, and while workers of that release still run."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest

from mediation.store.desk import read_marks
from mediation.store.postgres import migrate
from mediation.store.postgres.pool import connect, open_pool
from tests import today
from tests.postgres import VERSIONS, Servers

_EARLIER = migrate.STEPS[: migrate.STEPS.index("read_marks_of_facts.sql")]
_SQL = migrate._sql
_AS_BEFORE = """INSERT INTO read_mark (subject, marketplace, dispute_id, number, read_at) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (subject, dispute_id) DO UPDATE SET number = excluded.number, read_at = excluded.read_at
WHERE read_mark.number < excluded.number"""


def _without_roles(name: str) -> bytes:
    return b"SELECT" if name == "roles.sql" else _SQL(name)


@pytest.fixture(params=VERSIONS)
def empty(request: pytest.FixtureRequest, servers: Servers) -> Iterator[str]:
    with servers.empty(request.param) as conninfo:
        yield conninfo


async def test_marks_of_an_earlier_release_stay(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    reader, other, dispute_id, at = uuid4(), uuid4(), uuid4(), today.now()
    with monkeypatch.context() as earlier:
        earlier.setattr(migrate, "STEPS", _EARLIER)
        earlier.setattr(migrate, "_sql", _without_roles)  # they have rights to tables that come later
        await migrate.migrate(empty)
    async with await connect(empty) as connection:
        await connection.execute(_AS_BEFORE, (reader, "m", dispute_id, 4, at))
    await migrate.migrate(empty)
    pool, later = await open_pool(empty, min_size=1), at + timedelta(hours=1)
    for subject in (reader, other):
        marks = partial(read_marks.mark_facts, pool, subject=subject, marketplace="m", dispute_id=dispute_id, at=later)
        assert await marks(position=9)
        assert not await marks(position=8)
    async with pool.connection() as worker_of_earlier:
        await worker_of_earlier.execute(_AS_BEFORE, (other, "m", dispute_id, 1, at))
    assert await read_marks.of(pool, reader, dispute_id) == (4, at, 9, later)
    assert await read_marks.of(pool, other, dispute_id) == (1, at, 9, later)
    await pool.close()
