"""The fact that a claim was declared inadmissible, and its ground."""

from enum import StrEnum
from typing import Literal

from domain.kernel.base import Event, Instant, Role
from domain.kernel.disclosure import Audience, Told
from domain.kernel.people import Text

# --- types ---


class Ground(StrEnum):
    """`POLICY`: a limit of the policy that concerns the claimant alone. Only the claimant and the desk learn which."""

    SELLER_NOT_CONTACTED = "seller_not_contacted"
    OTHER_FORUM = "other_forum"
    OUT_OF_SCOPE = "out_of_scope"
    VEXATIOUS = "vexatious"
    POLICY = "policy"


GroundOfPerson = Literal[Ground.SELLER_NOT_CONTACTED, Ground.OTHER_FORUM, Ground.OUT_OF_SCOPE, Ground.VEXATIOUS]
"""The grounds on which a person may declare a claim inadmissible."""


class DeclaredInadmissible(Event, kind="DeclaredInadmissible", stream="dispute", told_to=Audience.ALL):
    """The claim was declared inadmissible: at filing by a `clause` of the policy, or later by a person with `reasons`.

    `may_file_from` is set if only time is missing: it is when the seller will have had the time that the policy gives.
    """

    ground: Told[Ground]
    by: Told[Role]
    clause: Told[str | None] = None
    reasons: Told[Text | None] = None
    may_file_from: Told[Instant | None] = None
