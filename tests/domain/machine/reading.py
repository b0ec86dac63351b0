"""Texts that somebody cannot read: what the process does about them, and the rule that none of them is ever lost."""

from collections.abc import Iterator
from uuid import UUID

from domain.commitments.events import (
    UNTRANSLATED,
    CommitmentDischarged,
    CommitmentKept,
    CommitmentMade,
    CommitmentReplaced,
    CommitmentWaived,
    Origin,
    Participant,
)
from domain.commitments.state import Commitment
from domain.dispute.state import Dispute
from domain.kernel.base import Event, Instant
from domain.kernel.people import Side
from domain.kernel.text_places import TextPlace
from domain.remedies.closure_facts import DisputeClosed
from domain.settlement.conversation_facts import Conversation
from domain.settlement.translation import (
    ApproveTranslation,
    CorrectTranslation,
    GiveUpTranslation,
    OweTranslation,
    RecordTranslation,
    Wanted,
)
from domain.settlement.translation_facts import TRANSLATED, Translated, translation_id_of
from domain.stream_ids import conversation_id
from tests.domain.law.acts import FILED_AT, Act, Somebody
from tests.domain.law.cast import buyer, engine, seller, supervisor
from tests.domain.law.rules import POLICIES
from tests.domain.law.world import World

TEXTS = ("statement", "answer", "exhibit", "caucus")
"""By the buyer for the seller, by the seller for the buyer, by the buyer for the neutral, and the same in caucus."""

_PLACES = {
    "statement": TextPlace(fact="DisputeFiled", field="claim.statement"),
    "answer": TextPlace(fact="ResponseGiven", field="statement"),
    "exhibit": TextPlace(fact="ExhibitAdded", number=1, field="description"),
    "caucus": TextPlace(fact="CaucusMessagePosted", number=1, field="message", side=Side.BUYER),
}
_READERS = {"statement": Participant.SELLER, "answer": Participant.BUYER}


def looks_at(dispute: Dispute, text: str, how: str) -> Act | None:
    """What the process does about a text: nobody translates it, or an engine does, unsafely or safely. None: no need."""
    if (needed := _needed(dispute, text)) is None:
        return None
    author = seller if text == "answer" else buyer
    about = {"subject": author.subject, "source": _source(text), "written_at": FILED_AT, "language": "ar"}
    if how == "given up":
        return engine.act(GiveUpTranslation, wanted=needed, **about).about(dispute.id)
    made = {"text": "…", "engine": "local", "engine_version": "1", "faults": ("lost",) if how == "unsafe" else ()}
    return engine.act(RecordTranslation, wanted=needed, **about, **made).about(dispute.id)


def looks_again(world: World, dispute: Dispute) -> Iterator[Act]:
    """What the process does when a neutral came or the dispute was reopened."""
    for text in TEXTS:
        known = _known(world, dispute, text)
        needed = _needed(dispute, text)
        if known is not None and needed is not None and not known.safe:
            subject = known.author or buyer.subject
            about = {"subject": subject, "written_at": FILED_AT, "translation_id": _id(dispute, text)}
            yield engine.act(OweTranslation, wanted=needed, **about).about(dispute.id)


def translates(world: World, dispute: Dispute, text: str, who: Somebody = supervisor) -> Iterator[Act]:
    """A person approves an unsafe translation, or makes the one that nobody made."""
    if (known := _known(world, dispute, text)) is not None and not known.safe:
        about = {"translation_id": _id(dispute, text)}
        act = who.act(CorrectTranslation, text="…", **about) if known.given_up else who.act(ApproveTranslation, **about)
        yield act.about(dispute.id)


def check(world: World, dispute: Dispute) -> None:
    """What is owed is something that somebody needs and that nobody has translated safely. It is owed once."""
    owed = _owed(dispute)
    assert len({one.translates.translation_id for one in owed if one.translates}) == len(owed)
    allowed = POLICIES[dispute.policy_version].translation is not None and not dispute.imported and not dispute.closed
    assert allowed or not owed
    for one in owed:
        assert one.translates is not None
        known = _conversation(world, dispute).translations.by[one.translates.translation_id]
        assert not known.safe
        assert one.owed_to is not Participant.NEUTRAL or one.translates.neutral == dispute.escalation.neutral


def nothing_is_missing(world: World, dispute: Dispute) -> None:
    """Once the process has looked again: whatever somebody needs and nobody has translated safely is owed."""
    if POLICIES[dispute.policy_version].translation is None or dispute.imported or dispute.closed:
        return
    owed = {one.translates.translation_id for one in _owed(dispute) if one.translates}
    for text in TEXTS:
        known = _known(world, dispute, text)
        if known is not None and not known.safe and _needed(dispute, text) is not None:
            assert _id(dispute, text) in owed, f"the {text} is lost"


def of_texts(world: World, dispute_id: UUID) -> None:
    """From the log alone: what is to be translated ends by a translation, or because nobody needs it any more."""
    owed: dict[UUID, CommitmentMade] = {}
    closed = False
    for event in _events(world, dispute_id):
        match event:
            case DisputeClosed():
                closed = True
            case CommitmentMade(arises_from=Origin.TRANSLATION | Origin.CONFIDED):
                owed[event.commitment_id] = event
            case CommitmentKept(commitment_id=cid) if cid in owed:
                assert event.kept_by is not None
                assert event.kept_by.fact in {fact.kind for fact in TRANSLATED}
                del owed[cid]
            case CommitmentDischarged(commitment_id=cid, reason=reason) if cid in owed:
                to_neutral = owed.pop(cid).promise.owed_to is Participant.NEUTRAL
                assert (reason == "dispute_over" and closed) or (reason == "neutral_gone" and to_neutral)
            case CommitmentWaived(commitment_id=cid) | CommitmentReplaced(commitment_id=cid):
                assert cid not in owed


def _needed(dispute: Dispute, text: str) -> Wanted | None:
    if (reader := _READERS.get(text)) is not None:
        return Wanted(of=_PLACES[text], by=reader)
    if dispute.escalation.neutral is None:
        return None
    return Wanted(of=_PLACES[text], by=Participant.NEUTRAL, neutral=dispute.escalation.neutral)


def _source(text: str) -> str:
    return f"{TEXTS.index(text) + 1:x}" * 64


def _id(dispute: Dispute, text: str) -> UUID:
    return translation_id_of(dispute.id, _source(text), "ar")


def _known(world: World, dispute: Dispute, text: str) -> Translated | None:
    return _conversation(world, dispute).translations.by.get(_id(dispute, text))


def _conversation(world: World, dispute: Dispute) -> Conversation:
    known = world.states.get(conversation_id(dispute.id), Conversation())
    assert isinstance(known, Conversation)
    return known


def _owed(dispute: Dispute) -> list[Commitment]:
    return [one for one in dispute.commitments.open.values() if one.arises_from in UNTRANSLATED]


def _events(world: World, dispute_id: UUID) -> Iterator[Event]:
    return (stored.event for stored in world.log if stored.dispute_id == dispute_id)


def process(world: World, dispute_id: UUID, now: Instant) -> None:
    """The process looks again at everything that is untranslated."""
    for act in [*looks_again(world, world.dispute(dispute_id))]:
        world.do(act.command(now))
    nothing_is_missing(world, world.dispute(dispute_id))
