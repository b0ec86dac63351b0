"""The filing, its admissibility, and the respondent's answer."""

from typing import assert_never

from api.audit.story.about import About
from api.audit.story.phrases import THE, moment, says, worded
from domain.filing import admissibility_facts, fast_lane_facts, response_facts
from domain.filing.filing_facts import DisputeFiled


def filed(about: About, event: DisputeFiled) -> str:
    claim, held = event.claim, ", all that is held in escrow" if event.order.held else ""
    told = "past case, imported" if event.imported else "filed"
    sought = f"{worded(claim.reason)}; the {event.claimant} seeks {worded(claim.relief_sought)} of {claim.amount}"
    dispute = f"in dispute: {event.in_dispute}{held}"
    contacted = event.seller_contacted_at
    before = f"; the seller was told {moment(contacted, about.zone_of('seller'))}" if contacted else ""
    before += f"; before another forum too ({worded(event.other_forum)})" if event.other_forum else ""
    return f"{told} under policy {event.policy_version}: {sought}; {dispute}{before}{says(claim.statement)}"


def not_heard(about: About, event: admissibility_facts.DeclaredInadmissible) -> str:
    by = f"by {event.clause}" if event.clause else f"as {THE[event.by]} declares"
    again = event.may_file_from
    cured = f"; may be filed from {moment(again, about.zone_of(about.filed.claimant))}" if again else ""
    return f"inadmissible, {by}: {worded(event.ground)}{cured}{says(event.reasons)}"


_SHOWN = {
    "tracking": "tracking shows that the parcel is overdue",
    "charges": "the transaction shows that it was charged twice",
}


def at_once(about: About, event: fast_lane_facts.FastLaneEvent) -> str:
    match event:
        case fast_lane_facts.FastLaneGranted(clause=clause, claimant_receives=amount, up_to=up_to, funded_by=funder):
            borne = f"; {THE[funder]} bears it until it stands" if funder else "; out of what is held"
            shown = f"{_SHOWN[event.shown_by]}, and no more than {up_to} is in dispute"
            return f"granted at once by {about.filed.policy_version}/{clause}, {amount}: {shown}{borne}"
        case fast_lane_facts.FastLaneContested(by=by):
            return f"the {by} contests what was granted at once: it stands no more, and a person decides"
        case _:
            assert_never(event)


def answered(event: response_facts.ResponseEvent) -> str:
    match event:
        case response_facts.ResponseGiven(answer=answer, by=by, conceded=conceded, statement=statement):
            return f"the {by} answers: {worded(answer)}{f' {conceded}' if conceded else ''}{says(statement)}"
        case response_facts.DefaultGranted(claimant_receives=amount):
            return f"no answer came: {amount} granted by default"
        case response_facts.DefaultDeclined(reason=reason):
            return f"no answer came, but that alone does not decide: {worded(reason)}"
        case _:
            assert_never(event)
