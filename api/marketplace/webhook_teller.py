"""Writes what a webhook says: ids, and where the dispute stands. No text and no name: an erasure could not call them back."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from api.http.opaque import Opaque
from mediation.case_numbers import CaseNumbers
from mediation.processes.webhooks.deliveries import Delivery
from mediation.store.follow.follow import Follow
from mediation.store.log.log import EventLog
from projections import filings
from projections.caseload import CASELOAD, standings
from projections.table import Pool

_PATIENCE = 2.0
"""Seconds for which a delivery waits until the list of disputes knows its fact."""

FEED = "list_events"
"""The list in which the cursor of a webhook is a place: `GET /v1/events`."""


class WebhookTeller:
    """See `mediation.processes.webhooks.telling`."""

    def __init__(self, pool: Pool, log: EventLog, follow: Follow, numbers: CaseNumbers, opaque: Opaque) -> None:
        self._pool = pool
        self._log = log
        self._follow = follow
        self._numbers = numbers
        self._opaque = opaque

    async def bodies(self, deliveries: Sequence[Delivery]) -> Mapping[UUID, str]:
        disputes = {one.dispute_id for one in deliveries}
        await self._follow.caught_up(CASELOAD.name, max(one.position for one in deliveries), _PATIENCE)
        found = await standings(self._pool, disputes)
        filed = await filings.filings_at(self._log, disputes)
        bodies = {}
        for one in deliveries:
            standing = found.get(one.dispute_id)
            due = standing.due if standing is not None else None
            bodies[one.id] = written(
                id=one.id,
                type=one.type,
                timestamp=one.recorded_at,
                series=one.series,
                sequence=one.sequence,
                dispute_id=one.dispute_id,
                case_number=self._numbers.of(filed[one.dispute_id][1]),
                stage=standing.stage if standing is not None else None,
                awaiting=standing.awaiting if standing is not None else None,
                due=due.at if due is not None else None,
                cursor=self._opaque.seal("cursor", one.marketplace, str(one.position), of=FEED),
            )
        return bodies


def written(*, id: UUID, type: str, timestamp: datetime, series: int | None, sequence: int | None, **data: Any) -> str:
    """The body of a webhook."""
    said = {"id": id, "type": type, "timestamp": timestamp, "series": series, "sequence": sequence, "data": data}
    return json.dumps(said, default=_text, separators=(",", ":"))


def _text(value: datetime | UUID) -> str:
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else str(value)
