"""Writes what a webhook says: ids, and where the dispute stands. No text and no name: an erasure could not call them back."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from api.http.opaque import Opaque
from api.marketplace.webhook_schemas import Webhook, WebhookData
from domain.kernel.people import Awaiting, Stage
from mediation.case_numbers import CaseNumbers
from mediation.processes.webhooks.deliveries import Delivery
from mediation.store.follow.follow import Follow
from mediation.store.keys.blind import Blind
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

    def __init__(self, pool: Pool, log: EventLog, follow: Follow, blind: Blind) -> None:
        self._pool = pool
        self._log = log
        self._follow = follow
        self._numbers = CaseNumbers(blind, log)
        self._opaque = Opaque(blind)

    async def bodies(self, deliveries: Sequence[Delivery]) -> Mapping[UUID, str]:
        disputes = {one.dispute_id for one in deliveries}
        await self._follow.caught_up(CASELOAD.name, max(one.position for one in deliveries), _PATIENCE)
        found = await standings(self._pool, disputes)
        filed = await filings.filings_at(self._log, disputes)
        bodies = {}
        for one in deliveries:
            standing = found.get(one.dispute_id)
            data = WebhookData(
                dispute_id=one.dispute_id,
                case_number=self._numbers.of(filed[one.dispute_id][1]),
                stage=Stage(standing.stage) if standing else None,
                awaiting=Awaiting(standing.awaiting) if standing else None,
                due_at=standing.due.at if standing and standing.due else None,
                cursor=self._opaque.seal("cursor", one.marketplace, str(one.position), of=FEED),
            )
            about = {name: getattr(one, name) for name in ("id", "type", "series", "sequence")}
            bodies[one.id] = Webhook(**about, timestamp=one.recorded_at, data=data).model_dump_json()
        return bodies
