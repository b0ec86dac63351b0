"""A claim found vexatious: brought in bad faith, or repeatedly without any ground. The claimant sees the reasons.

A ruling that refuses the claim can make this finding. It stands as long as that ruling stands: an appeal lifts it,
unless the ruling on the appeal makes it again. It counts once nobody can appeal any more. If a claim is declared
inadmissible as vexatious, the finding counts at once.
"""

from domain.dispute.state import Dispute
from domain.filing.vexatious_facts import ClaimFoundVexatious
from domain.kernel.base import Actor
from domain.kernel.people import Outcome, Words
from domain.kernel.refusals import Conflict, Malformed
from domain.ruling.ruling_facts import RulingIssued

# --- types ---


class NotVexatious(Malformed):
    """`vexatious` is given, but something of the claim is granted.

    Why: A claim of which something is granted had a ground, so it was not made to harass.

    What to do: Leave out `vexatious`, or rule wholly for the respondent.

    Example: {"outcome": "ruled_split"}
    """

    pointer = "/vexatious"


class FindingNotAppealable(Conflict):
    """`vexatious` is given, but the claimant cannot appeal this ruling.

    Why: A finding that a claim is vexatious burdens its claimant in later disputes. So it is possible only where the
    claimant can still have it reviewed.

    What to do: Leave out `vexatious`. The ruling itself can be issued.

    Example: {"ruling": 2}
    """

    pointer = "/vexatious"


# --- decisions ---


def found(dispute: Dispute, issued: RulingIssued, reasons: Words | None, actor: Actor) -> list[ClaimFoundVexatious]:
    """What a ruling finds beside its award; nothing without `reasons`."""
    if reasons is None:
        return []
    if issued.outcome is not Outcome.RULED_FOR_RESPONDENT or granted_in_part(dispute):
        raise NotVexatious(outcome=issued.outcome.value)
    if not may_still_be_heard(dispute, issued.appealable_by):
        raise FindingNotAppealable(ruling=issued.number)
    return [
        ClaimFoundVexatious(
            by=actor.role,
            reasons=dispute.text(reasons, actor),
            ruling=issued.number,
            awaits_co_signature=issued.awaits_co_signature,
        )
    ]


def may_still_be_heard(dispute: Dispute, appealable_by: tuple[str, ...]) -> bool:
    """A claim is found vexatious only if the claimant can appeal, or if the finding already stands."""
    return dispute.claimant in appealable_by or stands(dispute)


def stands(dispute: Dispute) -> bool:
    """False once the ruling is replaced, sent back or overturned."""
    if (finding := dispute.vexatious) is None:
        return False
    ruling = dispute.adjudication.ruling
    return finding.ruling is None or (ruling is not None and ruling.number == finding.ruling)


def is_final(dispute: Dispute) -> bool:
    ruling = dispute.adjudication.ruling
    return stands(dispute) and dispute.outcome is not None and (ruling is None or ruling.final)


def granted_in_part(dispute: Dispute) -> bool:
    return dispute.response is not None and dispute.response[1] is not None
