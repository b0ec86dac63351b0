"""Goods, money that was paid elsewhere or turned out to belong to another, and how a dispute ends and is reopened."""

from typing import assert_never

from api.audit.story.about import About, voucher
from api.audit.story.phrases import THE, plain, says, worded
from domain.remedies import (
    closure_facts,
    elsewhere_facts,
    goods_facts,
    inspection_facts,
    recovery_facts,
    reopening_facts,
    return_details_facts,
    voucher_facts,
)


def handled(event: goods_facts.GoodsEvent) -> str:
    match event:
        case goods_facts.GoodsAwaited(step=step, at_stake=at_stake):
            return f"{at_stake} waits for the goods ({worded(event.goods.act)}): {step}"
        case return_details_facts.ReturnDetailsGiven(by=by, details=details, freight=payer, freight_cost=cost):
            number = f", number {plain(details.rma)}" if details.rma else ""
            where = plain(", ".join(details.lines))
            bears = f"freight {cost or 'not known yet'}, by the {payer}{', paid already' if event.prepaid else ''}"
            return f"{THE[by]} says where the goods go back to: {where}{number}; {bears}"
        case return_details_facts.ReturnLabelAdded(by=by, file=file):
            return f"{THE[by]} adds the label of the return: {plain(file.name)}"
        case inspection_facts.GoodsInspected(by=by, verdict=verdict, lines=lines, statement=statement):
            found = ", ".join(f"{one.quantity} of line {one.line} {worded(one.condition)}" for one in lines)
            return f"the {by} looked at the goods ({verdict}): {found}{says(statement)}"
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


def beside_money(event: voucher_facts.VoucherEvent) -> str:
    match event:
        case voucher_facts.VoucherOwed(number=number, voucher=terms):
            return f"voucher {number} is owed to the buyer: {voucher(terms)}"
        case voucher_facts.VoucherIssued(number=number, by=by, expires_at=expires_at):
            return f"{THE[by]} issues voucher {number}, which expires on {expires_at:%Y-%m-%d}"
        case _:
            assert_never(event)


def recovered(event: recovery_facts.RecoveryEvent) -> str:
    match event:
        case recovery_facts.RulingExecuted(number=number, funded_by=funder):
            return f"ruling {number} executes before it is final, at the risk of {THE[funder]}"
        case recovery_facts.AwardOverturned(to_buyer=to_buyer, to_seller=to_seller):
            return f"what was decided counts no more; {to_buyer} had gone to the buyer, {to_seller} to the seller"
        case _:
            assert_never(event)


def paid_elsewhere(event: elsewhere_facts.ElsewhereEvent) -> str:
    if isinstance(event, elsewhere_facts.RefundElsewhereTakenBack):
        again = "" if event.on_claim.is_zero else f"; {event.on_claim} of it is claimed again"
        return f"{event.amount} that was refunded elsewhere was taken back from the buyer{again}"
    solved = "; the claim is resolved" if event.resolves else ""
    beyond = f", and {event.excess} beyond what was left of the order" if event.excess else ""
    return f"{event.amount} was refunded elsewhere ({event.how}){beyond}{solved}"


def ended(about: About, event: closure_facts.ClosureEvent) -> str:
    match event:
        case closure_facts.ClaimWithdrawn(reason=reason):
            return f"the claim is withdrawn{f'; {about.division(event.terms)}' if event.terms else ''}{says(reason)}"
        case closure_facts.DisputeCancelled(reason=reason):
            terms = f"; {about.division(event.terms)}" if event.terms else ""
            return f"the marketplace cancels the dispute{terms}{says(reason)}"
        case closure_facts.DisputeClosed(outcome=outcome):
            return f"closed: {worded(outcome)}"
        case _:
            assert_never(event)


def reopened(event: reopening_facts.ReopeningEvent) -> str:
    match event:
        case reopening_facts.DisputeReopened(ground=ground, by=by, reasons=reasons):
            return f"reopened by {THE[by]}: {worded(ground)}{says(reasons)}"
        case reopening_facts.HandlingRated(by=by, rating=rating, text=text):
            return f"the {by} rates the handling: {rating} of 5{says(text)}"
        case _:
            assert_never(event)
