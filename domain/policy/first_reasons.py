"""What the first policy asks for each reason. Every reason is in scope, and no buyer must contact the seller first.

The names never change, because answers and exhibits on record refer to them.
"""

from collections.abc import Mapping

from domain.policy.reasons import CalledFor, ClaimReason, Pleader, Question, ReasonTerms


def _asks(of: Pleader, **texts: str) -> tuple[Question, ...]:
    return tuple(Question(name=name, of=of, text=text) for name, text in texts.items())


def _calls_for(of: Pleader, **texts: str) -> tuple[CalledFor, ...]:
    return tuple(CalledFor(name=name, of=of, text=text) for name, text in texts.items())


_TRACKING = CalledFor(
    name="tracking",
    of="respondent",
    text="Tracking by the carrier, from dispatch to its last report.",
    by_tracking=True,
)
_GOODS_ARE_AT_FAULT = _asks(
    "claimant",
    difference="What exactly is different from what was ordered?",
    noticed="When was it noticed, and has it been used since?",
    goods_now="Where are the goods now, and can they be sent back?",
)
_PHOTOS = _calls_for("claimant", photos="Photographs of the goods that show the fault, and of the label.")
_LISTING = _calls_for("respondent", listing="The listing as it stood when the order was placed.")

FIRST_REASONS: Mapping[ClaimReason, ReasonTerms] = {
    ClaimReason.ITEM_NOT_RECEIVED: ReasonTerms(
        questions=(
            *_asks(
                "claimant",
                address="Is the address on the order right, and who could have taken the parcel in?",
                carrier_asked="Was the carrier asked, and what did it say?",
            ),
            *_asks(
                "respondent",
                dispatched="When was it sent, by which carrier, and to which address?",
                investigated="Was the carrier asked to trace the parcel, and what came of it?",
            ),
        ),
        evidence=(_TRACKING, *_calls_for("respondent", dispatch="Proof that the carrier took the parcel.")),
    ),
    ClaimReason.NOT_AS_DESCRIBED: ReasonTerms(
        questions=(
            *_GOODS_ARE_AT_FAULT,
            *_asks("respondent", described="Where in the listing is what the claimant misses?"),
        ),
        evidence=(*_PHOTOS, *_LISTING),
    ),
    ClaimReason.DAMAGED: ReasonTerms(
        questions=(
            *_asks(
                "claimant",
                damage="What is damaged, and does it still work?",
                packaging_state="In what state did the parcel arrive, inside and outside?",
                carrier_told="Was the damage reported to the carrier?",
            ),
            *_asks("respondent", packed="How was it packed, and in what state was it sent?"),
        ),
        evidence=(
            *_PHOTOS,
            *_calls_for("claimant", packaging="Photographs of the parcel and its packing."),
            *_calls_for("respondent", before_dispatch="Anything that shows the state of the goods before dispatch."),
        ),
    ),
    ClaimReason.COUNTERFEIT: ReasonTerms(
        questions=(
            *_asks("claimant", how_known="What shows that it is not genuine, and who says so?"),
            *_asks("respondent", source="From whom were the goods bought, and when?"),
        ),
        evidence=(
            *_PHOTOS,
            *_calls_for("claimant", expertise="What the maker, a dealer or an expert says."),
            *_calls_for("respondent", invoice="The invoice of the supplier, or the maker's authorisation."),
        ),
    ),
    ClaimReason.WRONG_ITEM: ReasonTerms(
        questions=(
            *_asks(
                "claimant",
                received="What came instead of what was ordered?",
                goods_now="Where are the goods now, and can they be sent back?",
            ),
            *_asks("respondent", sent="What was sent, according to the packing list?"),
        ),
        evidence=(*_PHOTOS, *_LISTING, *_calls_for("respondent", packing_list="The packing list of this order.")),
    ),
    ClaimReason.CUSTOMS_SEIZED: ReasonTerms(
        questions=(
            *_asks(
                "claimant",
                authority="Which customs office holds the goods, and on what ground?",
                appealed="Was anything done against the seizure, and by when could it be?",
            ),
            *_asks("respondent", declared="What was declared, with which value and papers?"),
        ),
        evidence=(
            *_calls_for("claimant", notice="The notice of the customs office."),
            *_calls_for("respondent", declaration="The customs declaration and the commercial invoice."),
        ),
    ),
    ClaimReason.CREDIT_NOT_PROCESSED: ReasonTerms(
        questions=(
            *_asks("claimant", promised="Who promised the credit, when, and how much?"),
            *_asks("respondent", credited="Was the credit given, when, and with which reference?"),
        ),
        evidence=(
            *_calls_for("claimant", promise="The message or note in which the credit was promised."),
            *_calls_for("respondent", credit="Proof of the credit from the payment provider."),
        ),
    ),
    ClaimReason.DUPLICATE_CHARGE: ReasonTerms(
        questions=(
            *_asks("claimant", charges="Which charges, on which days, are for the same purchase?"),
            *_asks("respondent", separate="If the charges are for different purchases: for which?"),
        ),
        evidence=(
            *_calls_for("claimant", statement="The statement that shows both charges."),
            *_calls_for("respondent", receipts="A receipt for each charge."),
        ),
    ),
    ClaimReason.PRICE_DIFFERENCE: ReasonTerms(
        questions=(
            *_asks("claimant", agreed="Which price was agreed, and where was it shown?"),
            *_asks("respondent", charged="Why was this price charged?"),
        ),
        evidence=(*_calls_for("claimant", price_shown="The offer or page that shows the price."), *_LISTING),
    ),
    ClaimReason.PAYMENT_NOT_RECEIVED: ReasonTerms(
        questions=(
            *_asks("claimant", expected="Which payment was due, when, and to which account?"),
            *_asks("respondent", paid="Was it paid, when, how, and to which account?"),
        ),
        evidence=(
            *_calls_for("claimant", account="The account's statement for the days in question."),
            *_calls_for("respondent", payment="Proof of the payment from the bank or the provider."),
        ),
    ),
    ClaimReason.PARCEL_TURNED_UP: ReasonTerms(
        questions=(
            *_asks("claimant", turned_up="When and where did the parcel turn up?"),
            *_asks("respondent", has_it="Have you received the parcel, and when?"),
        ),
        evidence=(
            CalledFor(name="tracking", of="claimant", text="Tracking that shows the delivery.", by_tracking=True),
        ),
    ),
    ClaimReason.OTHER: ReasonTerms(
        questions=(
            *_asks("claimant", happened="What happened, and when?", wanted="What would put it right?"),
            *_asks("respondent", account="What happened as you see it?"),
        ),
    ),
}
