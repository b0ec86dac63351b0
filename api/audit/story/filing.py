"""The filing, the people who act for a party, and whether the claim is heard."""

from typing import assert_never

from api.audit.story.about import About
from api.audit.story.phrases import THE, moment, plain, says, worded
from domain.filing import (
    admissibility_facts,
    claim_facts,
    delivery_facts,
    fast_lane_facts,
    representation_facts,
    vexatious_facts,
)
from domain.filing.filing_facts import DisputeFiled
from domain.filing.resolution_facts import ResolutionGranted
from domain.privacy import rectification_facts

_SHOWN = {
    "tracking": "tracking shows that the parcel is overdue",
    "charges": "the transaction shows that it was charged twice",
}


def filed(about: About, event: DisputeFiled) -> str:
    claim, held = event.claim, ", all that is held in escrow" if event.order.held else ""
    told = "past case, imported" if event.imported else "filed"
    sought = f"{worded(claim.reason)}; the {event.claimant} seeks {worded(claim.relief_sought)} of {claim.amount}"
    dispute = f"in dispute: {event.in_dispute}{held}"
    contacted = event.seller_contacted_at
    before = f"; the seller was told {moment(contacted, about.zone_of('seller'))}" if contacted else ""
    before += f"; before another forum too ({worded(event.other_forum)})" if event.other_forum else ""
    return f"{told} under policy {event.policy_version}: {sought}; {dispute}{before}{says(claim.statement)}"


def represented(event: representation_facts.RepresentationEvent) -> str:
    match event:
        case representation_facts.RepresentativeNamed(side=side, capacity=capacity, name=name, id=id_, by=by):
            return f"{plain(name or id_)} acts for the {side} as {capacity}, named by {THE[by]}"
        case representation_facts.RepresentationEnded(side=side, by=by):
            return f"a representative acts for the {side} no more, as {THE[by]} says"
        case _:
            assert_never(event)


def rectified(event: rectification_facts.RecordRectified) -> str:
    return f"the {event.by} corrects the record of {worded(event.what)}{says(event.correction)}"


def limited(event: claim_facts.ClaimBeyondLimit | vexatious_facts.ClaimFoundVexatious) -> str:
    if isinstance(event, claim_facts.ClaimBeyondLimit):
        over = f"beyond the limit of the policy, {event.most} ({worded(event.what)}) in {event.days} days"
        return f"filed {over}: a person looks at it"
    return f"the claim is found vexatious{says(event.reasons)}"


def delivered(about: About, event: delivery_facts.DeliveryReported) -> str:
    zone = about.zone_of("buyer")
    parcel = f"with {plain(event.carrier or '')} {plain(event.number)}" if event.number else ""
    came = f"delivered {moment(event.delivered_at, zone)}" if event.delivered_at else ""
    due = f"expected by {moment(event.latest_delivery_at, zone)}" if event.latest_delivery_at else ""
    return f"the marketplace reports about the order: {', '.join(filter(None, (parcel, came, due)))}"


def not_heard(about: About, event: admissibility_facts.DeclaredInadmissible) -> str:
    by = f"by {event.clause}" if event.clause else f"as {THE[event.by]} declares"
    again = event.may_file_from
    cured = f"; may be filed from {moment(again, about.zone_of(about.filed.claimant))}" if again else ""
    return f"inadmissible, {by}: {worded(event.ground)}{cured}{says(event.reasons)}"


_GROUNDS = {
    "seller_at_fault": "the seller is at fault",
    "carrier_at_fault": "the carrier is at fault",
    "marketplace_at_fault": "the marketplace is at fault",
    "proven": "the buyer has proven it",
    "goodwill": "of goodwill",
}


def at_once(about: About, event: fast_lane_facts.FastLaneEvent) -> str:
    match event:
        case fast_lane_facts.FastLaneGranted(clause=clause, claimant_receives=amount, up_to=up_to, funded_by=funder):
            borne = f"; {THE[funder]} bears it until it stands" if funder else "; out of what is held"
            shown = f"{_SHOWN[event.shown_by]}, and no more than {up_to} is in dispute"
            return f"granted at once by {about.filed.policy_version}/{clause}, {amount}: {shown}{borne}"
        case ResolutionGranted(clause=clause, by=role, claimant_receives=amount, up_to=up_to, charged_to=charged):
            under = (
                f"{about.filed.policy_version}/{clause}, {amount} of at most {up_to}, because {_GROUNDS[event.ground]}"
            )
            borne = "the marketplace bears it" if charged == "marketplace" else "the seller bears it once it stands"
            return f"{THE[role]} filed the claim and grants it by {under}; {borne}{says(event.said)}"
        case fast_lane_facts.FastLaneContested(by=by):
            return f"the {by} contests what was granted at once: it stands no more, and a person decides"
        case _:
            assert_never(event)
