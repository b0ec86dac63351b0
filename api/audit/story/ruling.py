"""Rulings and appeals."""

from collections.abc import Mapping
from typing import assert_never

from api.audit.story.about import About
from api.audit.story.phrases import THE, says, worded
from domain.filing import pleading_facts
from domain.ruling import ruling_facts

_ENDED: Mapping[ruling_facts.WhyEnded, str] = {
    "dispute_decided": "the dispute is decided in another way",
    "appeal_withdrawn": "the appeal is withdrawn",
    "exhibit_withdrawn": "an exhibit that it cites is withdrawn",
    "counterclaim_raised": "a counterclaim is raised that it does not decide",
    "amount_changed": "another amount is in dispute",
}


def ruled(about: About, event: ruling_facts.RulingEvent) -> str:
    match event:
        case ruling_facts.RulingIssued():
            cites = [*(f"exhibit {n}" for n in event.cites_exhibits), *(f"clause {c}" for c in event.cites_clauses)]
            told = f"ruling {event.number}, {worded(event.outcome)}: {about.division(event.award)}"
            waits = ", awaiting a co-signature" if event.awaits_co_signature else ""
            on_appeal = f", which {event.on_appeal} the one appealed" if event.on_appeal else ""
            on_appeal += _on_counterclaim(event.counterclaim)
            return f"{told}{on_appeal}{waits}; cites {', '.join(cites)}{says(event.reasons)}"
        case ruling_facts.RulingCoSigned(number=number):
            return f"a supervisor co-signs ruling {number}: it is in effect"
        case ruling_facts.CoSignatureRefused(number=number, reasons=reasons):
            return f"a supervisor does not co-sign ruling {number}: the neutral rules anew{says(reasons)}"
        case ruling_facts.UnsignedRulingEnded(number=number, why=why):
            return f"ruling {number} can no longer be co-signed: {_ENDED[why]}"
        case ruling_facts.AppealLodged(number=number, by=by, ground=ground, statement=statement):
            return f"the {by} appeals ruling {number}, on {worded(ground)}{says(statement)}"
        case ruling_facts.AppealSentBack(number=number, reasons=reasons):
            return f"ruling {number} falls, and is sent back to be made anew{says(reasons)}"
        case ruling_facts.AppealWithdrawn(number=number, by=by):
            return f"the {by} withdraws the appeal from ruling {number}"
        case ruling_facts.AppealWaived(by=by):
            return f"the {by} waives the appeal"
        case ruling_facts.AppealWindowLapsed(by=by):
            return f"the {by} did not appeal in time"
        case ruling_facts.RulingBecameFinal(number=number):
            return f"ruling {number} is final, and executes"
        case ruling_facts.TranslationUnderRulingCorrected(number=number, by=by, language=language, of=of):
            return f"{THE[by]} corrects the translation into {language} of what ruling {number} rests on ({of.fact})"
        case _:
            assert_never(event)


def _on_counterclaim(decided: pleading_facts.OnCounterclaim | None) -> str:
    if decided is None:
        return ""
    amount = f" {decided.amount}" if decided.amount else ""
    return f"; counterclaim {f'granted{amount}' if decided.granted else 'dismissed'}"
