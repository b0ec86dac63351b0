"""The fact that an agent of the desk filed a claim and granted it in one act."""

from uuid import UUID

from domain.kernel.base import Event, Role
from domain.kernel.disclosure import Audience, Told
from domain.kernel.money import Money
from domain.kernel.people import Text
from domain.policy.resolution_rules import Charged, ResolutionGround

# --- types ---


class ResolutionGranted(Event, kind="ResolutionGranted", stream="dispute", told_to=Audience.ALL, consequence=True):
    """An `agent` in the role `by` granted the claim when it was filed, under this `clause` of the policy.

    `up_to` is the limit of the clause, `said` what the buyer was told. The marketplace pays. `charged_to` says who bears
    it in the end: the seller only if the grant stands.
    """

    clause: Told[str]
    ground: Told[ResolutionGround]
    said: Told[Text]
    by: Told[Role]
    agent: UUID
    claimant_receives: Told[Money]
    up_to: Told[Money]
    charged_to: Told[Charged]
