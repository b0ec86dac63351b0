"""What is owed, by whom and until when."""

import re
from typing import assert_never

from api.audit.story.about import About
from api.audit.story.phrases import THE, moment, reckoned, says, worded
from domain.commitments import events as commitment_events
from domain.payments import execution_facts

_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


def promised(about: About, event: commitment_events.CommitmentEvent | execution_facts.ExecutionEvent) -> str:  # noqa: C901 - one arm an event
    name = about.commitments.get(event.commitment_id, "a commitment")
    match event:
        case commitment_events.CommitmentMade(promise=promise, number=number, message=message):
            amount = f" {promise.amount}" if promise.amount else ""
            name = f"commitment {number} ({worded(promise.kind)}{amount})"
            about.commitments[event.commitment_id] = name
            asked = message is not None and event.arises_from in commitment_events.ASKED
            given = f" in message {message}" if message else ""
            source = f" an answer to message {message}" if asked else f", from the {event.arises_from}{given}"
            owed = f"{THE[promise.owed_by]} owes {THE[promise.owed_to]}{source}"
            if (matter := promise.about) is not None:
                given += f", about the {worded(matter.what)}{f' {matter.number}' if matter.number else ''}"
            due = moment(promise.due_at, about.zone_of(promise.owed_by))
            shown = f"; {reckoned(promise.proof)}" if promise.proof else ""
            return f"{name}: {owed}, due {due}{shown}{says(promise.note)}"
        case commitment_events.CommitmentDeferred(due_at=due_at):
            return f"{name} is due later: {moment(due_at, about.zone_of('engine'))}"
        case commitment_events.CommitmentBreached():
            return f"{name} is overdue"
        case commitment_events.CommitmentKept(late=late, note=note, kept_by=act):
            return f"{name} is kept{', late' if late else ''}{_by_act(act)}{says(note)}"
        case commitment_events.CommitmentWaived(by=by, note=note):
            return f"{name} is waived by {THE[by]}{says(note)}"
        case commitment_events.CommitmentReplaced(by=by):
            return f"{name} is replaced, as {THE[by]} wishes"
        case commitment_events.CommitmentPassed(owed_by=owed_by):
            return f"{name} passes to {THE[owed_by]}"
        case commitment_events.CommitmentDischarged(reason=reason):
            return f"{name} is discharged: {worded(reason)}"
        case execution_facts.RefundUnderway(refund_id=refund_id):
            return f"{name}: payment {refund_id} is under way"
        case execution_facts.RefundReturned(refund_id=refund_id):
            return f"{name}: payment {refund_id} came back"
        case execution_facts.RefundStalled(refund_id=refund_id):
            return f"{name}: payment {refund_id} failed; it is still owed"
        case execution_facts.RefundReferred(refund_id=refund_id, why=why):
            return f"{name}: a supervisor is to decide about payment {refund_id} ({worded(why)})"
        case _:
            assert_never(event)


def _by_act(act: commitment_events.KeptBy | None) -> str:
    return f" ({_CAPITAL.sub(' ', act.fact).lower()}{f' {act.number}' if act.number else ''})" if act else ""
