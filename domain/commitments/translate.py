"""The commitment to translate: the marketplace owes a translation that no engine could make, or made safely.

It is owed to whoever cannot read the text: a party, or the neutral. There is one for each text and language. A translation
keeps it that is safe, or that a person approved or corrected; an unsafe one does not. It ends without that when the dispute
closes, when the neutral who could not read the text has gone, or when the author was erased. If a closed dispute is reopened,
or another neutral comes, the engine looks again at what is untranslated (`mediation.processes.translations`).

Both parties read the text, so both see the commitment. Of a text in caucus, only the party of that caucus sees what is owed
to it, and neither sees what is owed to the neutral (`domain.dispute.telling`).

Refusal
└── Conflict
    └── TranslationDecides
"""

from collections.abc import Iterator
from uuid import UUID

from domain.commitments import making
from domain.commitments.events import (
    UNTRANSLATED,
    CommitmentDischarged,
    CommitmentEvent,
    CommitmentKind,
    Matter,
    Origin,
    Participant,
    Promise,
)
from domain.commitments.state import Commitment
from domain.dispute.state import Dispute
from domain.kernel.base import Event, Instant, Role
from domain.kernel.people import Side
from domain.kernel.refusals import Conflict
from domain.kernel.text_places import Untranslated
from domain.policy.policy import Policy

# --- types ---


class TranslationDecides(Conflict):
    """The commitment is kept when the text is translated, and cannot end in this way.

    Why: Somebody cannot read a text of the dispute. A report that it was translated would not let them read it.

    What to do: Translate it with `POST /v1/disputes/{dispute_id}/translations/{translation_id}/correction`, or approve an
    unsafe translation that is right.

    Example: {"translation_id": "0d6c4bda-1a2b-5c3d-8e4f-9a0b1c2d3e4f"}
    """


# --- decisions ---


def owe(
    dispute: Dispute, policy: Policy, text: Untranslated, owed_to: Participant, now: Instant
) -> list[CommitmentEvent]:
    """The commitment to translate this text, if it is not owed already and its reader is still there."""
    owed = policy.translation is not None and policy.translation.otherwise == "owed"
    if not owed or dispute.imported or not _needed(dispute, text, owed_to) or find(dispute, text.translation_id):
        return []
    due_at, proof = policy.due("translation", None, now)
    promise = Promise(
        kind=CommitmentKind.TRANSLATE,
        owed_by=Participant.MARKETPLACE,
        owed_to=owed_to,
        due_at=due_at,
        proof=proof,
        about=Matter(what="text", text=text),
    )
    origin = Origin.TRANSLATION if text.of.side is None else Origin.CONFIDED
    return [making.make_commitment(dispute, promise, origin)]


def keep(dispute: Dispute, translation_id: UUID, by: Role, fact: Event, now: Instant) -> list[CommitmentEvent]:
    """The fact gives the reader this translation."""
    owed = find(dispute, translation_id)
    return [] if owed is None else [making.keep_commitment(owed, now, by, fact)]


def forget(dispute: Dispute, translation_id: UUID) -> list[CommitmentEvent]:
    """The author was erased, so nothing is left to translate."""
    owed = find(dispute, translation_id)
    return [] if owed is None else [CommitmentDischarged(commitment_id=owed.id, reason="author_erased")]


def over(dispute: Dispute) -> list[CommitmentEvent]:
    """Ends what nobody needs any more. It runs after every act, so no act can forget it."""
    return [
        CommitmentDischarged(commitment_id=owed.id, reason="dispute_over" if dispute.closed else "neutral_gone")
        for owed, text in _open(dispute)
        if not _needed(dispute, text, owed.owed_to)
    ]


def find(dispute: Dispute, translation_id: UUID) -> Commitment | None:
    """The open commitment to make the translation with this id."""
    return next((owed for owed, text in _open(dispute) if text.translation_id == translation_id), None)


def _open(dispute: Dispute) -> Iterator[tuple[Commitment, Untranslated]]:
    for owed in dispute.commitments.open.values():
        if owed.arises_from in UNTRANSLATED and (text := owed.translates) is not None:
            yield owed, text


def _needed(dispute: Dispute, text: Untranslated, owed_to: Participant) -> bool:
    if dispute.closed:
        return False
    return owed_to.value in set(Side) or dispute.escalation.neutral == text.neutral
