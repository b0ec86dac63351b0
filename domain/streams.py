"""The streams of a case. For each: its first state, how an event changes the state, and the id that a command needs."""

from collections.abc import Callable, Mapping
from typing import Generic, TypeGuard, TypeVar
from uuid import UUID

from domain import stream_ids
from domain.access import revocation_facts
from domain.access.revocation import RevocationCommand
from domain.contacts import contact_facts
from domain.contacts.contact_facts import contacts_id
from domain.contacts.contacts import ContactCommand
from domain.dispute.case import EMPTY, Case
from domain.dispute.events import DisputeEvent
from domain.dispute.evolve import evolve, filed
from domain.dispute.state import Dispute
from domain.evidence.attachments import AttachmentCommand
from domain.evidence.machine_reading import MachineReadingCommand
from domain.filing import claim_facts, standing_rules_facts
from domain.filing.file_dispute import FileDispute, ResolveClaim
from domain.filing.filing_facts import DisputeFiled
from domain.incidents import incident_facts
from domain.kernel.base import (
    Command,
    Event,
    Instant,
    OnDispute,
    Stream,
)
from domain.kernel.frozen import frozen, replace
from domain.neutral import mandate_facts
from domain.notices import notices_facts
from domain.notices.notices import NoticeCommand
from domain.notices.otherwise import OtherwiseCommand
from domain.payments import reconciliation_facts, refund_facts, transaction_facts
from domain.payments.reconciliation import ReconciliationCommand
from domain.policy import book
from domain.privacy import erasure_facts
from domain.privacy.access import AccessCommand
from domain.privacy.erasure import ErasureCommand
from domain.remedies.closure_facts import DisputeClosed
from domain.settlement import conversation_facts, notes_facts, replies_facts
from domain.settlement.conversation import ConversationCommand
from domain.settlement.replies import NoReplyNeeded, SeeMessages
from domain.settlement.translation import TranslationCommand

S = TypeVar("S")
E = TypeVar("E", bound=Event)
State = TypeVar("State", covariant=True)


@frozen
class StreamFold(Generic[State]):
    """One stream of a case: how its state is built, and where the case keeps it.

    `kind` is the stream that its events name. `evolve` takes the state, one more event and the instant at which that
    event happened, and gives the new state. `id_of` gives the id of the stream that a command needs; None if it needs
    none, or if the case does not show it yet. `read` and `write` get the state from a case and put it there.

    The type is covariant, so that one table holds all folds. A state goes back only to the fold that it came
    from.
    """

    name: Stream
    kind: Stream
    initial: State
    evolve: Callable[[State, Event, Instant], State]
    id_of: Callable[[Command, Case], UUID | None]
    read: Callable[[Case], State]
    write: Callable[[Case, State], Case]

    def after(self, case: Case, event: Event, at: Instant) -> Case:
        return self.write(case, self.evolve(self.read(case), event, at))


def streams(command: Command, case: Case) -> dict[Stream, UUID]:
    """The streams that the command needs, as far as `case` shows them. Ask again once these are loaded."""
    ids: dict[Stream, UUID] = {}
    files = isinstance(command, FileDispute) and not isinstance(command, ResolveClaim)
    for fold in FOR_FILING if files else STREAMS.values():
        if (stream_id := fold.id_of(command, case)) is not None:
            ids[fold.name] = stream_id
    return ids


def after(case: Case, event: Event, at: Instant, stream: Stream) -> Case:
    return STREAMS[stream].after(case, event, at)


# --- how each stream is folded ---


def _folds(kind: Stream, evolve: Callable[[S, E, Instant], S]) -> Callable[[S, Event, Instant], S]:
    """`evolve` for any event. An event of another stream raises TypeError."""

    def belongs(event: Event) -> TypeGuard[E]:
        return event.stream == kind

    def fold(state: S, event: Event, at: Instant) -> S:
        if not belongs(event):
            raise TypeError(f"{event.kind} does not belong to a stream of the kind {kind!r}")
        return evolve(state, event, at)

    return fold


def _folds_at_any_time(kind: Stream, evolve: Callable[[S, E], S]) -> Callable[[S, Event, Instant], S]:
    """`_folds` for a state that does not depend on when an event happened."""

    def timeless(state: S, event: E, _: Instant) -> S:
        return evolve(state, event)

    return _folds(kind, timeless)


def _evolve_dispute(dispute: Dispute | None, event: DisputeEvent, at: Instant) -> Dispute:
    if isinstance(event, DisputeFiled):
        return filed(event, at)
    assert dispute is not None, "a dispute's stream begins with its filing"
    after_it = evolve(dispute, event)
    return replace(after_it, closed_at=at) if isinstance(event, DisputeClosed) else after_it


# --- the streams ---

_Conversing = ConversationCommand | NoReplyNeeded | TranslationCommand | AttachmentCommand | MachineReadingCommand


POLICIES = StreamFold(
    name="policies",
    kind="policies",
    initial=EMPTY.policies,
    evolve=_folds("policies", book.evolve),
    id_of=lambda command, _: stream_ids.policies_id(command.marketplace),
    read=lambda case: case.policies,
    write=lambda case, state: replace(case, policies=state),
)
DISPUTE = StreamFold(
    name="dispute",
    kind="dispute",
    initial=EMPTY.dispute,
    evolve=_folds("dispute", _evolve_dispute),
    id_of=lambda command, _: (
        command.dispute_id if isinstance(command, OnDispute | ErasureCommand | AccessCommand) else None
    ),
    read=lambda case: case.dispute,
    write=lambda case, state: replace(case, dispute=state),
)
TRANSACTION = StreamFold(
    name="transaction",
    kind="transaction",
    initial=EMPTY.transaction,
    evolve=_folds_at_any_time("transaction", transaction_facts.evolve),
    id_of=stream_ids.transaction_for,
    read=lambda case: case.transaction,
    write=lambda case, state: replace(case, transaction=state),
)
MANDATE = StreamFold(
    name="mandate",
    kind="mandate",
    initial=EMPTY.mandate,
    evolve=_folds_at_any_time("mandate", mandate_facts.evolve),
    id_of=lambda command, case: stream_ids.named_mandate(command) or stream_ids.held_mandate(command, case),
    read=lambda case: case.mandate,
    write=lambda case, state: replace(case, mandate=state),
)
PREDECESSOR = StreamFold(
    name="predecessor",
    kind="mandate",
    initial=EMPTY.predecessor,
    evolve=MANDATE.evolve,
    id_of=stream_ids.predecessor_for,
    read=lambda case: case.predecessor,
    write=lambda case, state: replace(case, predecessor=state),
)
INCIDENT = StreamFold(
    name="incident",
    kind="incident",
    initial=EMPTY.incident,
    evolve=_folds_at_any_time("incident", incident_facts.evolve),
    id_of=stream_ids.incident_for,
    read=lambda case: case.incident,
    write=lambda case, state: replace(case, incident=state),
)
CLAIMS = StreamFold(
    name="claims",
    kind="claims",
    initial=EMPTY.claims,
    evolve=_folds_at_any_time("claims", claim_facts.evolve),
    id_of=stream_ids.claims_for,
    read=lambda case: case.claims,
    write=lambda case, state: replace(case, claims=state),
)
CONVERSATION = StreamFold(
    name="conversation",
    kind="conversation",
    initial=EMPTY.conversation,
    evolve=_folds("conversation", conversation_facts.evolve),
    id_of=lambda command, _: (
        stream_ids.conversation_id(command.dispute_id) if isinstance(command, _Conversing) else None
    ),
    read=lambda case: case.conversation,
    write=lambda case, state: replace(case, conversation=state),
)
SEEN = StreamFold(
    name="seen",
    kind="seen",
    initial=EMPTY.seen,
    evolve=_folds_at_any_time("seen", replies_facts.evolve),
    id_of=lambda command, _: stream_ids.seen_id(command.dispute_id) if isinstance(command, SeeMessages) else None,
    read=lambda case: case.seen,
    write=lambda case, state: replace(case, seen=state),
)
NOTES = StreamFold(
    name="notes",
    kind="notes",
    initial=EMPTY.notes,
    evolve=_folds_at_any_time("notes", notes_facts.evolve),
    id_of=stream_ids.notes_for,
    read=lambda case: case.notes,
    write=lambda case, state: replace(case, notes=state),
)
NOTICES = StreamFold(
    name="notices",
    kind="notices",
    initial=EMPTY.notices,
    evolve=_folds("notices", notices_facts.evolve),
    id_of=lambda command, _: (
        stream_ids.notices_id(command.dispute_id) if isinstance(command, NoticeCommand | OtherwiseCommand) else None
    ),
    read=lambda case: case.notices,
    write=lambda case, state: replace(case, notices=state),
)
REFUND = StreamFold(
    name="refund",
    kind="refund",
    initial=EMPTY.refund,
    evolve=_folds("refund", refund_facts.evolve),
    id_of=stream_ids.refund_for,
    read=lambda case: case.refund,
    write=lambda case, state: replace(case, refund=state),
)
RECONCILIATION = StreamFold(
    name="reconciliation",
    kind="reconciliation",
    initial=EMPTY.reconciliation,
    evolve=_folds("reconciliation", reconciliation_facts.evolve),
    id_of=lambda command, _: (
        stream_ids.reconciliation_id(command.marketplace) if isinstance(command, ReconciliationCommand) else None
    ),
    read=lambda case: case.reconciliation,
    write=lambda case, state: replace(case, reconciliation=state),
)
CONTACTS = StreamFold(
    name="contacts",
    kind="contacts",
    initial=EMPTY.contacts,
    evolve=_folds("contacts", contact_facts.evolve),
    id_of=lambda command, _: contacts_id(command.transaction_id) if isinstance(command, ContactCommand) else None,
    read=lambda case: case.contacts,
    write=lambda case, state: replace(case, contacts=state),
)
PERSON = StreamFold(
    name="person",
    kind="person",
    initial=EMPTY.person,
    evolve=_folds("person", erasure_facts.evolve),
    id_of=stream_ids.person_for,
    read=lambda case: case.person,
    write=lambda case, state: replace(case, person=state),
)

REVOCATIONS = StreamFold(
    name="revocations",
    kind="revocations",
    initial=EMPTY.revocations,
    evolve=_folds_at_any_time("revocations", revocation_facts.evolve),
    id_of=lambda command, _: (
        stream_ids.revocations_id(command.marketplace) if isinstance(command, RevocationCommand) else None
    ),
    read=lambda case: case.revocations,
    write=lambda case, state: replace(case, revocations=state),
)

STANDING_RULES = StreamFold(
    name="standing_rules",
    kind="standing_rules",
    initial=EMPTY.standing_rules,
    evolve=_folds_at_any_time("standing_rules", standing_rules_facts.evolve),
    id_of=stream_ids.standing_rules_for,
    read=lambda case: case.standing_rules,
    write=lambda case, state: replace(case, standing_rules=state),
)

STREAMS: Mapping[Stream, StreamFold[object]] = {
    fold.name: fold
    for fold in (
        POLICIES, DISPUTE, TRANSACTION, MANDATE, PREDECESSOR, INCIDENT, CLAIMS, CONVERSATION, SEEN, NOTES, NOTICES, REFUND,
        RECONCILIATION, CONTACTS, PERSON, REVOCATIONS, STANDING_RULES,
    )
}  # fmt: skip
"""No fold has the stream `reading`: no command is decided on it (see `domain.privacy.audit_read`)."""

FOR_FILING: tuple[StreamFold[object], ...] = (POLICIES, DISPUTE, TRANSACTION, CLAIMS)
"""All that a filing can need: no dispute exists yet that names other streams. No command is more frequent."""
