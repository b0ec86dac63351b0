"""Commitments, and how money and goods move."""

import re
from typing import assert_never

from api.audit.story.about import About
from api.audit.story.phrases import THE, moment, plain, reckoned, says, worded
from domain.commitments import events as commitment_events
from domain.kernel.base import Role
from domain.kernel.conversion import Payout
from domain.payments import execution_facts, refund_facts
from domain.remedies import elsewhere_facts, goods_facts, recovery_facts

_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


def promised(about: About, event: commitment_events.CommitmentEvent | execution_facts.ExecutionEvent) -> str:  # noqa: C901 - one arm an event
    name = about.commitments.get(event.commitment_id, "a commitment")
    match event:
        case commitment_events.CommitmentMade(promise=promise, number=number, message=message):
            amount = f" {promise.amount}" if promise.amount else ""
            name = f"commitment {number} ({worded(promise.kind)}{amount})"
            about.commitments[event.commitment_id] = name
            given = f" in message {message}" if message else ""
            owed = f"{THE[promise.owed_by]} owes {THE[promise.owed_to]}, from the {event.arises_from}{given}"
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


def paid(event: refund_facts.RefundEvent) -> str:
    match event:
        case refund_facts.RefundInstructed(amount=amount, recipient=recipient, funded_by=funder):
            return f"payment of {amount} to the {recipient} instructed, borne by {THE[funder]}"
        case refund_facts.RefundSubmitted(attempt=attempt, by=by):
            again = f" again, attempt {attempt}" if attempt > 1 else ""
            return f"payment submitted{again}{f', as {THE[by]} wants' if by is not Role.ENGINE else ''}"
        case refund_facts.RefundConfirmed(provider_reference=reference, payout=payout):
            return f"payment confirmed{f': {plain(reference)}' if reference else ''}{_paid_out(payout)}"
        case refund_facts.RefundFailed(reason=reason, retry_at=retry_at):
            again = f"; again from {moment(retry_at, 'UTC')}" if retry_at else ""
            return f"payment failed: {worded(reason)}{again}"
        case refund_facts.RefundSettledOtherwise(how=how, by=by, reference=reference, payout=payout):
            return f"paid in another way ({worded(how)}: {plain(reference)}), says {THE[by]}{_paid_out(payout)}"
        case refund_facts.RefundBounced():
            return "payment came back"
        case refund_facts.RefundCancelled():
            return "payment cancelled"
        case _:
            assert_never(event)


def _paid_out(payout: Payout | None) -> str:
    return f", paid out as {payout.paid} at {payout.rate} ({payout.source})" if payout else ""


def paid_elsewhere(event: elsewhere_facts.RefundedElsewhere) -> str:
    solved = "; the claim is resolved" if event.resolves else ""
    beyond = f", and {event.excess} beyond what was left of the order" if event.excess else ""
    return f"{event.amount} was refunded elsewhere ({event.how}){beyond}{solved}"


def recovered(event: recovery_facts.RecoveryEvent) -> str:
    match event:
        case recovery_facts.RulingExecuted(number=number, funded_by=funder):
            return f"ruling {number} executes before it is final, at the risk of {THE[funder]}"
        case recovery_facts.AwardOverturned(to_buyer=to_buyer, to_seller=to_seller):
            return f"what was decided counts no more; {to_buyer} had gone to the buyer, {to_seller} to the seller"
        case _:
            assert_never(event)


def handled(event: goods_facts.GoodsEvent) -> str:
    match event:
        case goods_facts.GoodsAwaited(step=step, at_stake=at_stake):
            return f"{at_stake} waits for the goods ({worded(event.goods.act)}): {step}"
        case goods_facts.GoodsSent(by=by, shipment=shipment, statement=statement):
            how = f" with {plain(shipment.carrier)} {plain(shipment.number)}" if shipment else ""
            return f"the {by} sends the goods{how}{says(statement)}"
        case goods_facts.GoodsContested(by=by, ground=ground, statement=statement):
            return f"{THE[by]} contests the goods: {worded(ground)}{says(statement)}"
        case goods_facts.GoodsDecided(by=by, to_buyer=to_buyer, to_seller=to_seller, reasons=reasons):
            return f"{THE[by]} decides: {to_buyer} to the buyer, {to_seller} to the seller{says(reasons)}"
        case goods_facts.GoodsEnded(how=how, to_buyer=to_buyer, to_seller=to_seller):
            return f"the goods: {worded(how)}; {to_buyer} to the buyer, {to_seller} to the seller"
        case _:
            assert_never(event)
