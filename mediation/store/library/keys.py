"""Data keys for synchronous readers, such as the eventsourcing library's.

The environment says where the master keys are, with the names of the engine's own settings: `MEDIATION_MASTER_KEY` (and
`MEDIATION_FORMER_MASTER_KEY`), or else `MEDIATION_DATA_DIR`, whose folder `secrets` holds them in a file. The data keys
come from the database of the facts. A key store in another database is not reached.
"""

import asyncio
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self
from uuid import UUID

from eventsourcing.postgres import PostgresDatastore
from psycopg.rows import tuple_row

from mediation.store.keys.keys import BY_ID, DataKey, unwrapped
from mediation.store.keys.masters import Given, InFile, Masters


class KeyReader:
    """Reads each key when it is needed and keeps none, so that an erasure shows at once."""

    def __init__(self, datastore: PostgresDatastore, masters: Masters) -> None:
        self._datastore = datastore
        self._masters = masters
        self._elsewhere = ThreadPoolExecutor(1, thread_name_prefix="masters")

    @classmethod
    def of(cls, env: Mapping[str, str], datastore: PostgresDatastore) -> Self | None:
        """None if the environment names no master keys. Raises ValueError for an invalid one."""
        given = [env.get(f"MEDIATION_{name}") for name in ("MASTER_KEY", "FORMER_MASTER_KEY")]
        if given[0]:
            return cls(datastore, Given(*(bytes.fromhex(key) for key in given if key)))
        if (folder := env.get("MEDIATION_DATA_DIR")) and (file := Path(folder) / "secrets" / "masters").exists():
            return cls(datastore, InFile(file))
        return None

    def load(self, ids: Collection[UUID]) -> dict[UUID, DataKey | None]:
        """The keys with these ids; None for a destroyed one. Raises WrongMasterKey."""
        with self._datastore.get_connection() as connection, connection.cursor(row_factory=tuple_row) as cursor:
            rows = cursor.execute(BY_ID, [list(ids)], binary=True).fetchall()
        # In a thread of its own, because the caller may run in an event loop.
        keys = self._elsewhere.submit(lambda: asyncio.run(unwrapped(self._masters, rows))).result()
        return {row[0]: keys.get(row[0]) for row in rows}
