"""The sentences that say where a dispute stands: whose move it is, what they must do, what follows if they do nothing.

Each is a whole sentence, because word order and forms differ between languages. A reader who must act is addressed.
"""

from collections.abc import Mapping

YOUR_MOVE = "It is your move."
PAUSED = "The dispute is paused. No deadline passes meanwhile."

MOVES: Mapping[str, str] = {
    "buyer": "It is the buyer's move.",
    "seller": "It is the seller's move.",
    "both": "The buyer and the seller can act.",
    "neutral": "It is the mediator's move.",
    "supervisor": "It is a supervisor's move.",
    "marketplace": "It is the marketplace's move.",
    "none": "Nobody has to act now.",
}

YOUR_STEPS: Mapping[str, str] = {
    "response": "Answer the claim: accept it, accept a part of it, or contest it.",
    "negotiation": "Look for an agreement with the other side.",
    "offer": "Accept or reject the other side's offer.",
    "proposal": "Accept or refuse the mediator's proposal.",
    "evidence": "Show the evidence that the mediator asked for.",
    "set_aside": "If you had a good reason not to answer, ask to undo the decision by default.",
    "ruling": "Rule on the claim.",
    "appeal": "If the ruling is wrong, appeal against it.",
    "answers": "Answer the key questions.",
}
"""What the reader can or must do before a deadline ends."""

YOU_MUST = "You must do this."
YOU_MAY = "You may do this, but you do not have to."
"""Beside a step of the reader. `domain.duties` says which one."""

STEPS: Mapping[str, str] = {
    "response": "The other side answers the claim.",
    "negotiation": "The buyer and the seller look for an agreement.",
    "offer": "The other side accepts or rejects the offer.",
    "proposal": "The other side accepts or refuses the mediator's proposal.",
    "evidence": "The other side shows the evidence that the mediator asked for.",
    "set_aside": "The other side can ask to undo the decision by default.",
    "ruling": "The mediator rules on the claim.",
    "appeal": "The other side can appeal against the ruling.",
    "answers": "The other side answers the key questions.",
}
"""The same, for a party who waits for the other side."""

STEPS_OF_BUYER: Mapping[str, str] = {
    "response": "The buyer answers the claim.",
    "offer": "The buyer accepts or rejects the offer.",
    "proposal": "The buyer accepts or refuses the mediator's proposal.",
    "evidence": "The buyer shows the evidence that the mediator asked for.",
    "set_aside": "The buyer can ask to undo the decision by default.",
    "appeal": "The buyer can appeal against the ruling.",
    "answers": "The buyer answers the key questions.",
}

STEPS_OF_SELLER: Mapping[str, str] = {
    "response": "The seller answers the claim.",
    "offer": "The seller accepts or rejects the offer.",
    "proposal": "The seller accepts or refuses the mediator's proposal.",
    "evidence": "The seller shows the evidence that the mediator asked for.",
    "set_aside": "The seller can ask to undo the decision by default.",
    "appeal": "The seller can appeal against the ruling.",
    "answers": "The seller answers the key questions.",
}
"""The same, for a reader who is neither buyer nor seller."""


def steps_of(whose: str, *, to_a_party: bool) -> Mapping[str, str]:
    """The steps of somebody else than the reader. A party who waits is told of "the other side"."""
    if to_a_party or whose not in ("buyer", "seller"):
        return STEPS
    return {**STEPS, **(STEPS_OF_BUYER if whose == "buyer" else STEPS_OF_SELLER)}


SILENCE: Mapping[str, str] = {
    "response": "If there is no answer by then, the claim is granted, unless the record or the rules speak against it.",
    "negotiation": "If there is no agreement by then, a mediator is called.",
    "offer": "If there is no answer by then, the offer expires.",
    "proposal": "If there is no answer by then, the proposal lapses, and the mediator rules.",
    "evidence": "If nothing is shown by then, the ruling may hold this against the side that was asked.",
    "set_aside": "If nobody asks by then, the decision by default stands.",
    "stay": "The dispute goes on then.",
    "ruling": "If there is no ruling by then, a supervisor takes over.",
    "appeal": "If nobody appeals by then, the ruling is final and is carried out.",
    "answers": "Answers that come later are not taken.",
}
"""What happens if nobody acts before a deadline ends."""

NOT_BEGUN = (
    "The time for this begins only when whoever must act has been told of it. Until then, silence has no consequences."
)
"""In place of what follows from silence, while a window waits for a notice."""

YOU_OWE_ANSWER = "You owe an answer since {since}."

ANSWER_OWED: Mapping[str, str] = {
    "buyer": "The buyer owes an answer since {since}.",
    "seller": "The seller owes an answer since {since}.",
    "neutral": "The mediator owes an answer since {since}.",
    "supervisor": "A supervisor owes an answer since {since}.",
    "marketplace": "The marketplace owes an answer since {since}.",
}
"""Whose answer a message waits for. `{since}` is the exact instant on the reader's clock."""

MISSING_ONE = "One answer or piece of evidence is still missing."
MISSING_MANY = "{number} answers or pieces of evidence are still missing."
YOURS_ONE = "One promise of yours is open."
YOURS_MANY = "{number} promises of yours are open."
OVERDUE_ONE = "One promise is overdue."
OVERDUE_MANY = "{number} promises are overdue."
