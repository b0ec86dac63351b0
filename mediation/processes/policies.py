"""Which marketplaces ask something of a process, in one of their policies."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from psycopg import AsyncConnection

from domain.policy.book import PolicyPublished
from domain.policy.policy import Policy
from domain.stream_ids import policies_id
from mediation.store.log.codec import Codec
from mediation.store.log.recorded import COLUMNS

_PUBLISHED = f"""SELECT {COLUMNS} FROM fact WHERE stream_id = %s AND (version > %s OR recorded_at > %s)
AND kind = '{PolicyPublished.kind}' ORDER BY version""".encode()


_NOTHING = 0, datetime.fromtimestamp(0, UTC)


class Asking:
    """Reads each policy once. Any worker may publish another one at any time, so a no is asked again.

    After a failover another policy may stand where one was lost. It was recorded later.
    """

    def __init__(self, asks: Callable[[Policy], bool]) -> None:
        self._asks = asks
        self._asking = set[str]()
        self._read = dict[str, tuple[int, datetime]]()

    async def among(self, connection: AsyncConnection, marketplaces: Iterable[str]) -> set[str]:
        """Those of the marketplaces that ask.

        It reads on the connection on which a consumer applies its batch. If each consumer took a second one beside that, they
        could take all connections of the pool and wait for each other.
        """
        return {one for one in marketplaces if one in self._asking or await self._learn(connection, one)}

    async def _learn(self, connection: AsyncConnection, marketplace: str) -> bool:
        about = policies_id(marketplace), *self._read.get(marketplace, _NOTHING)
        for row in await (await connection.execute(_PUBLISHED, about, binary=True)).fetchall():
            published = Codec.decode(row)
            assert isinstance(published.event, PolicyPublished), "no other kind is read"
            self._read[marketplace] = published.version, published.recorded_at
            if self._asks(published.event.policy):
                self._asking.add(marketplace)
        return marketplace in self._asking
