"""What a commitment to provide or to decide is about, if it says so. Then only an act about that keeps it."""

from collections.abc import Mapping

from domain.commitments.events import CLAIM, CommitmentKind, Matter, Promise
from domain.commitments.state import Commitment
from domain.dispute.state import Dispute
from domain.evidence.exhibit_facts import ExhibitAdded
from domain.filing.admissibility_facts import DeclaredInadmissible
from domain.filing.set_aside_facts import DefaultSetAside, SetAsideRefused
from domain.kernel.base import Event
from domain.kernel.refusals import Malformed
from domain.neutral import independence
from domain.neutral.independence_facts import ChallengeDecided
from domain.remedies.goods_facts import GoodsDecided
from domain.remedies.return_details_facts import ReturnDetailsGiven
from domain.remedies.voucher_facts import VoucherIssued
from domain.ruling.ruling_facts import RulingCoSigned, RulingIssued

# --- types ---


class NotWhatItIsAbout(Malformed):
    """`about` names something that is not open, or that does not fit this commitment.

    Why: A commitment `about` something is kept only by an act on that thing. If the thing is not open, no act could
    ever keep it.

    What to do: Name an open evidence request or challenge by its number, or leave out `about`. Then any act of that
    kind keeps the commitment.

    Example: {"kind": "provide", "about": "evidence_request", "number": 3}
    """

    pointer = "/about"


# --- decisions ---


def check_open(dispute: Dispute, promise: Promise, *, under: str = "") -> None:
    """Nobody commits to what has been done, or to what nobody has asked for. Raises NotWhatItIsAbout."""
    if (matter := promise.about) is not None and not is_open(dispute, promise, matter):
        raise NotWhatItIsAbout(at=f"{under}/about", kind=promise.kind.value, about=matter.what, number=matter.number)


def is_open(dispute: Dispute, promise: Promise | Commitment, matter: Matter) -> bool:
    """Whether the thing is still to be provided or decided, and fits this commitment."""
    if (promise.kind is CommitmentKind.PROVIDE) is not (matter.what == "evidence_request"):
        return False
    if promise.kind not in (CommitmentKind.PROVIDE, CommitmentKind.DECIDE):
        return False
    if (matter.number is not None) is not (matter.what in ("evidence_request", "challenge")):
        return False
    match matter.what:
        case "evidence_request":
            of = promise.owed_by.value
            return any(r.number == matter.number and r.of == of for r in dispute.evidence_requests.unanswered)
        case "challenge":
            return any(challenge.number == matter.number for challenge in independence.open_challenges(dispute))
        case "default":
            return dispute.set_aside.pending
        case "goods":
            return dispute.goods_contested
        case "claim":
            return dispute.to_be_ruled
        case "machine_decision" | "text" | "party_request" | "voucher" | "return_details":
            return False  # only a request, an outcome, or a text that nobody translated, makes such a commitment


SETTLED_BY: Mapping[str, tuple[type[Event], ...]] = {
    "evidence_request": (ExhibitAdded,),
    "challenge": (ChallengeDecided,),
    "default": (DefaultSetAside, SetAsideRefused),
    "goods": (GoodsDecided,),
    "return_details": (ReturnDetailsGiven,),
    "claim": (RulingIssued, RulingCoSigned, DeclaredInadmissible),
    "voucher": (VoucherIssued,),
}
"""For each matter: the kinds of facts among which `settles` finds those about it."""


def settles(fact: Event, matter: Matter) -> bool:
    """Whether this fact keeps a commitment about this matter."""
    match fact:
        case ExhibitAdded(answers_request=number):
            return matter == Matter(what="evidence_request", number=number) if number else False
        case ChallengeDecided(number=number):
            return matter == Matter(what="challenge", number=number)
        case DefaultSetAside() | SetAsideRefused():
            return matter.what == "default"
        case GoodsDecided():
            return matter.what == "goods"
        case RulingIssued() | RulingCoSigned() | DeclaredInadmissible():
            return matter == CLAIM
        case VoucherIssued(number=number):
            return matter == Matter(what="voucher", number=number)
        case _:
            return False
