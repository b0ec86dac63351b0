"""What routes work with."""

from dataclasses import dataclass

from mediation.gateways.webhooks.addresses import Addresses
from mediation.processes.webhooks.deliveries import Deliveries
from mediation.processes.webhooks.endpoints import Endpoints
from mediation.processes.webhooks.sending import WebhookSending


@dataclass(frozen=True, slots=True)
class Webhooks:
    endpoints: Endpoints
    deliveries: Deliveries
    sending: WebhookSending
    addresses: Addresses
