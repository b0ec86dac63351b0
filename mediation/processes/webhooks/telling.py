"""What a webhook says. The words of its fields are those of the API, so it is written above this floor
(`api.marketplace.webhook_teller`)."""

from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID

from mediation.processes.webhooks.deliveries import Delivery


class Teller(Protocol):
    async def bodies(self, deliveries: Sequence[Delivery]) -> Mapping[UUID, str]:
        """The body of each of these deliveries, as JSON, by its id. It tells the dispute as it stands now."""
        ...
