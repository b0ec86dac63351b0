"""What routes work with."""

from dataclasses import dataclass

from mediation.gateways.webhooks.addresses import Addresses
from mediation.processes.webhooks.endpoints import Endpoints
from mediation.processes.webhooks.making import WebhookMaking
from mediation.processes.webhooks.record import Record
from mediation.processes.webhooks.sending import WebhookSending


@dataclass(frozen=True, slots=True)
class Webhooks:
    endpoints: Endpoints
    record: Record
    making: WebhookMaking
    sending: WebhookSending
    addresses: Addresses
