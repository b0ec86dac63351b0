"""What the fields of forms and their values are called. What has no words here is called by its name.

All of it is said in the context of the console. `texts()` are the keys of the catalogues.
"""

from collections.abc import Iterator, Mapping

from api.acts.registry import DECLARED
from api.console.acts.fields import Field, fields_of
from api.console.shown import CONTEXT
from api.words import terms
from api.words.catalogue import Catalogue

_FIELDS: Mapping[str, str] = {
    "Instalment.after": "How long after the acceptance",
    "OnCounterclaim.amount": "How much of the counterclaim",
    "ExtendDeadline.name": "Which deadline",
    "NameRepresentative.name": "Name",
    "NameRepresentative.id": "The marketplace's id of the person",
    "Window.amount": "How many",
    "Window.unit": "Hours or days",
    "MatterOfPromise.number": "Its number",
    "MatterOfPromise.what": "What the promise is about",
    "Goods.act": "What is done with them",
    "Goods.parts": "Only these goods",
    "Claim.parts": "Only so much of a line",
    "ClaimedPart.line": "Line of the order",
    "ClaimedPart.quantity": "How much of it",
    "Line.measure": "Weight, volume, length or area",
    "GoodsPart.line": "Line of the order",
    "GoodsPart.quantity": "How much of it",
    "SendGoods.number": "Tracking number",
    "Parcel.number": "Tracking number",
    "AnswerPartyRequest.exhibits": "Evidence that shows it",
    "AnswerPartyRequest.text": "Your answer",
    "DeclinePartyRequest.text": "Why, if you want to say so",
    "MakePartyRequest.asks_for": "What you ask for",
    "MakePartyRequest.days": "Days to answer, if other than usual",
    "MakePartyRequest.text": "In your own words",
    "RequestEvidence.fact": "What the evidence is to show",
    "RequestEvidence.of": "From whom",
    "FailRefund.reason": "Why the refund failed",
    "Award.buyer": "The buyer gets",
    "Award.seller": "The seller gets",
    "DeemTold.to": "Who counts as told",
    "DeemTold.reasons": "Reasons, which this side may read",
    "RecordReached.to": "Whom it is about",
    "RecordReached.how": "In which way",
    "RecordReached.note": "Note, which this side may read",
    "RecordReached.reached": "Were they reached?",
    "RateHandling.text": "In your own words",
    "CorrectTranslation.text": "The right translation",
    "RecordRefundElsewhere.how": "How it was paid",
    "SettleRefundOtherwise.how": "How it was paid",
    "MessageForm.to": "To",
    "MakeOffer.amount": "The claimant gets",
    "MakeOffer.message": "Message to the other side",
    "Respond.answer": "Your answer",
    "Respond.conceded": "How much you accept",
    "GivenAnswer.question": "Question",
    "GivenAnswer.answer": "Answer",
    "RaiseCounterclaim.relief": "What you ask for",
    "ReassignNeutral.neutral": "Who takes over",
    "ReassignNeutral.reason": "Reason, for both sides",
    "ReassignNeutral.note": "Note to whoever takes over, for the desk alone",
    "AnswerReview.answer": "Your decision",
    "DecideChallenge.granted": "Is another mediator to take over?",
    "RectifyRecord.what": "What is wrong",
    "about": "What it is about",
    "address": "Address on the web",
    "addresses_inferences": "Evidence that was asked for and did not come: the ruling weighs this",
    "amount": "Amount",
    "answers": "Answers",
    "answers_request": "Request that it answers",
    "award": "Division of the amount in dispute",
    "began_at": "When the call began",
    "call": "The telephone call that it tells of",
    "capacity": "In which capacity",
    "carrier": "Carrier",
    "channel_id": "Its id in that channel",
    "channel": "How the message came",
    "cites_clauses": "Rules that the ruling cites",
    "cites_exhibits": "Evidence that the ruling cites",
    "cites_shared": "What concerns many disputes, and the ruling cites",
    "commitment_id": "Promise",
    "correction": "What is right",
    "counterclaim": "Decision on the counterclaim",
    "counters": "Offer that this one answers",
    "description": "What it is, and what it shows",
    "disclosed": "Your interests in the case; leave it empty if you have none",
    "delivered": "It was shown",
    "due_at": "Due at",
    "file": "File",
    "files": "Files",
    "freight": "Who pays for the transport",
    "freight_cost": "Cost of the transport",
    "goods": "What happens to the goods",
    "goodwill": "It is goodwill, beyond what is in dispute",
    "granted": "Granted",
    "how": "How",
    "ground": "Ground",
    "in_reply_to": "Number of the message that it answers",
    "instalments": "Instalments",
    "kind": "What is promised",
    "language": "Language",
    "machine_written": "A computer program wrote this, and no person",
    "message": "Message",
    "message_id": "Message-ID of the mail",
    "more": "How much more time",
    "name": "Name",
    "neutral": "Mediator",
    "note": "Note",
    "owed_by": "Who owes it",
    "owed_to": "To whom",
    "paid": "Paid",
    "paid_at": "Paid at",
    "party": "The marketplace's id of the person",
    "payout": "Paid out in another currency",
    "promise": "A promise that comes with it",
    "provider_reference": "Reference of the payment provider",
    "public": "Where everybody can read it",
    "public_since": "Public since",
    "quoted_at": "Time of the rate",
    "rate": "Rate",
    "rating": "Rating, from 1 to 5",
    "reason": "Reason",
    "reasons": "Reasons",
    "recording_consent": "Everybody who spoke agreed to a recording",
    "reference": "Reference",
    "seconds": "How many seconds the call took",
    "shows": "Evidence that the rules call for",
    "side": "Side",
    "source": "Source of the rate",
    "spoke": "Who spoke",
    "statement": "Statement",
    "status": "Code in the report",
    "text_is": "What the text is",
    "to_buyer": "The buyer gets",
    "until": "Until",
    "up_to": "Up to which message",
    "vexatious": "Why the claim is abusive, if it is",
    "what": "What it is",
    "why": "Why",
    "written_at": "Written at",
}
"""By the model and the name of the field, or by the name alone."""

_NONE: Mapping[str, str] = {
    "MessageForm.to": "Both sides",
    "ReassignNeutral.neutral": "Nobody yet: the case waits for a mediator",
}
"""What it means that nothing is chosen in a field that may be left out."""

_FACTS: Mapping[str, str] = {
    "actions": "What you can do now",
    "at_stake": "At stake",
    "awaiting": "Whose move it is",
    "challenges": "Requests for another mediator",
    "citable_at": "May be cited from",
    "closed_as": "How it ended",
    "closed_at": "Ended at",
    "deadline": "Deadline",
    "exhibit": "Number of the exhibit",
    "exhibits": "Exhibits",
    "extendable": "Deadlines that can get more time",
    "how": "How it ended",
    "in_dispute": "In dispute",
    "known": "What there is",
    "languages": "Languages",
    "latest": "At the latest",
    "limit": "Limit",
    "missing": "Still missing",
    "most": "Limit",
    "neutral_reads": "The mediator reads",
    "offered": "Offered",
    "opens_at": "Opens at",
    "parties": "Sides",
    "promised": "Promised",
    "retry_after": "Seconds to wait",
    "role": "Role",
    "roles": "Who can do it",
    "stage": "Stage",
    "status": "Status",
    "step": "Step",
    "total": "Sum of the parts",
    "unknown": "What there is not",
    "wanted": "Languages asked for",
    "without_consent": "Who has not agreed",
}
"""What the facts of refusals are called that are no fields of a form."""

_VALUES: Mapping[str, str] = {
    "answer:changed": "Change the decision",
    "answer:concede": "Accept the whole claim",
    "answer:concede_part": "Accept a part of the claim",
    "answer:contest": "Contest the claim",
    "answer:upheld": "Let the decision stand",
    "act:destroy": "The buyer destroys them",
    "act:pick_up": "They are picked up",
    "act:replace": "They are replaced",
    "act:return": "The buyer sends them back",
    "arbitration": "Arbitration",
    "authority": "An authority",
    "bank_transfer": "Bank transfer",
    "bias": "Bias",
    "bounced_refund": "A refund bounced",
    "business_days": "Business days",
    "calendar_days": "Calendar days",
    "cash": "Cash",
    "challenge": "The request for another mediator",
    "chargeback": "A chargeback",
    "claim": "The claim",
    "conduct": "Conduct",
    "court": "A court",
    "customs": "Customs",
    "damaged": "Damaged",
    "default": "The decision by default",
    "empty_box": "The box was empty",
    "evidence_request": "A request for evidence",
    "asks_for:address": "An address",
    "asks_for:document": "A document",
    "asks_for:explanation": "An explanation",
    "asks_for:photo": "A photograph",
    "asks_for:tracking": "A tracking number",
    "party_request": "A request of the other side",
    "fraud": "Fraud",
    "goods": "Goods",
    "guardian": "Guardian",
    "hours": "Hours",
    "in_person": "In person",
    "how:chat": "Chat",
    "how:other": "In another way",
    "how:phone": "Telephone",
    "how:post": "Letter",
    "interest": "An interest in the matter",
    "language": "Language",
    "late_delivery": "The goods arrived late",
    "lost": "Lost",
    "new_evidence": "New evidence",
    "kg": "Kilograms",
    "g": "Grams",
    "l": "Litres",
    "ml": "Millilitres",
    "m": "Metres",
    "cm": "Centimetres",
    "m2": "Square metres",
    "not_the_goods": "Other goods were in the parcel",
    "no_mailbox": "The mailbox does not exist",
    "mailbox_full": "The mailbox is full",
    "blocked": "It was blocked",
    "expired": "It could not be delivered in time",
    "note": "A note of what was said",
    "other": "Something else",
    "other_forum": "Another body deals with it",
    "out_of_scope": "These rules do not cover it",
    "refunded_elsewhere": "It was refunded in another way",
    "refused": "Refused",
    "representative": "Representative",
    "return_of_goods": "The goods back",
    "seller_not_contacted": "The seller was not asked first",
    "spoke:buyer": "The buyer",
    "spoke:machine": "A program",
    "spoke:marketplace": "The marketplace",
    "spoke:neutral": "The mediator",
    "spoke:other": "Somebody else",
    "spoke:seller": "The seller",
    "spoke:supervisor": "A supervisor",
    "stated_error": "An error in the ruling",
    "store_credit": "Store credit",
    "transcript": "Every word that was said",
    "translation_corrected": "A translation was corrected",
    "vexatious": "The claim is abusive",
    "voucher": "Voucher",
}
"""By the name of the field and the value, or by the value alone."""

_KINDS = ("roles", "commitments", "reasons", "reliefs", "channels")
"""The engine's own words fit a choice if they have all of its values."""


def label(one: Field, words: Catalogue) -> str:
    return words.say(CONTEXT, _label(one))


def _label(one: Field) -> str:
    return _FIELDS.get(f"{one.model}.{one.name}") or _FIELDS.get(one.name) or as_words(one.name)


def none(one: Field, words: Catalogue) -> str:
    text = _NONE.get(f"{one.model}.{one.name}")
    return words.say(CONTEXT, text) if text else ""


def value(one: Field, given: str, words: Catalogue) -> str:
    for kind in _KINDS:
        if given in terms.KINDS[kind] and terms.KINDS[kind].keys() >= set(one.values):
            return words.say(kind, terms.KINDS[kind][given])
    return words.say(CONTEXT, _value(one, given))


def _value(one: Field, given: str) -> str:
    return _VALUES.get(f"{one.name}:{given}") or _VALUES.get(given) or as_words(given)


def named(name: str, words: Catalogue) -> str:
    """What a field of this name is called in most forms."""
    return words.say(CONTEXT, _FIELDS.get(name) or _FACTS.get(name) or as_words(name))


def is_field(name: str) -> bool:
    """Whether fields of forms have this name. Other names are those of facts alone."""
    return name in _FIELDS


def as_words(name: str) -> str:
    """`quoted_at` as "Quoted at"."""
    return name.replace("_", " ").capitalize()


def texts() -> Iterator[str]:
    """Every label, and every value of a choice that the engine has no other words for."""
    yield from _FACTS.values()
    yield from _NONE.values()
    for act in DECLARED.values():
        for one in _all(fields_of(act.with_files or act.form)):
            yield _label(one)
            if not any(terms.KINDS[kind].keys() >= set(one.values) for kind in _KINDS):
                yield from (_value(one, given) for given in one.values)


def _all(fields: tuple[Field, ...]) -> Iterator[Field]:
    for one in fields:
        yield one
        yield from _all(one.inner)
