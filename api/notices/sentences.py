"""The sentences of notices. Each is a whole sentence, and addresses a party of the dispute.

A notice quotes nobody: a mail passes through many hands. It says what happened, and sends the reader to the dispute.
"""

from collections.abc import Mapping

HAPPENED: Mapping[str, str] = {
    "claim_filed": "A claim was filed against you.",
    "granted_at_once": "A claim against you was granted at once, because the record shows it.",
    "granted_on_phone": "The marketplace granted a claim against you. You can contest that.",
    "claim_granted": "Your claim was granted.",
    "granted_by_default": "The claim was granted, because there was no answer in time.",
    "not_heard": "The claim is not heard.",
    "claim_answered": "The other side answered your claim.",
    "reply_given": "The other side replied to your answer.",
    "counterclaim_raised": "The other side raised a counterclaim.",
    "evidence_asked": "The mediator asks you for evidence.",
    "evidence_shown": "The other side showed new evidence.",
    "offer_made": "The other side made you an offer.",
    "offer_accepted": "The other side accepted your offer.",
    "offer_rejected": "The other side rejected your offer.",
    "proposal_made": "The mediator proposes how to settle your dispute.",
    "proposal_refused": "The other side refused the mediator's proposal.",
    "no_agreement": "There was no agreement. The mediator will rule.",
    "settled": "You and the other side have settled.",
    "message": "There is a new message in your dispute.",
    "message_to_you": "There is a new message to you.",
    "message_in_confidence": "There is a confidential message for you.",
    "mediator_called": "A mediator was called to your dispute.",
    "mediator_assigned": "A mediator looks after your dispute now.",
    "ruling_issued": "There is a ruling in your dispute.",
    "ruling_final": "The ruling is final.",
    "appeal_lodged": "The other side appeals against the ruling.",
    "appeal_sent_back": "After the appeal, your dispute is ruled on again.",
    "set_aside_asked": "The other side asks to undo the decision by default.",
    "default_set_aside": "The decision by default was undone. The dispute goes on.",
    "set_aside_refused": "The decision by default stands.",
    "machine_decided": "A decision was made by machine. You can ask for a person to look at it.",
    "review_answered": "A person has looked at the decision that was made by machine.",
    "request_of_party": "The other side asks you for something, and waits for your answer.",
    "promise_owed": "You owe something in your dispute.",
    "promise_overdue": "What you owe is overdue.",
    "promise_to_you_overdue": "What is owed to you is overdue.",
    "reminder": "Something in your dispute is due soon.",
    "deadline_moved": "You have more time.",
    "goods_sent": "The other side sent the goods.",
    "goods_contested": "The goods that were sent are in dispute.",
    "goods_decided": "It was decided what happens with the goods.",
    "refund_paid": "Your refund was paid.",
    "paused": "Your dispute is paused. No deadline passes meanwhile.",
    "resumed": "Your dispute goes on.",
    "reopened": "Your dispute was reopened.",
    "claim_withdrawn": "The claim against you was withdrawn.",
    "cancelled": "The marketplace cancelled the dispute.",
    "closed": "Your dispute is closed.",
}
"""What happened, by the template that a cause names."""

AND_ONE = "There is one more thing."
AND_MANY = "There are {number} more things."
WHAT_NOW = "What you can do"
UNTIL = "Until {instant}"
YOU_OWE = "What you owe"
DUE = "Due {instant}"
NOTHING_RUNS = "No deadline of yours is running now."
WHERE = "Everything else is in the dispute."
OPEN = "Open the dispute"
CASE = "Case"
ORDER = "Order"
WHY = "You get this message because you are a party to this dispute. It was sent automatically."

FRAME = (WHAT_NOW, UNTIL, YOU_OWE, DUE, NOTHING_RUNS, WHERE, OPEN, CASE, ORDER, WHY)
