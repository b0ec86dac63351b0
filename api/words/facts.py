"""What happened, for a person: the title of each kind of fact, and which facts say nothing that another one does not say.

A title is said to everybody who may see the fact. The story of an audit (`api.audit.story`) tells all of it, in English.
"""

import re
from collections.abc import Mapping

from api.words.catalogue import Catalogue

_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")

CONTEXT = "facts"
"""The context of the titles in the catalogues."""

_TITLES: Mapping[str, str] = {
    "AdverseInferenceRecorded": "The evidence that was asked for did not come",
    "AppealLodged": "Appeal against the ruling",
    "AppealSentBack": "Case sent back for a new ruling",
    "AppealWaived": "Right to appeal given up",
    "AppealWindowLapsed": "The time to appeal is over",
    "AwardOverturned": "What was decided counts no more",
    "BulkActNotReached": "What was proposed to many disputes did not reach this one",
    "BulkActReached": "What was proposed to many disputes reached this one",
    "CaucusConsentGiven": "Agreed that the same mediator rules",
    "CaucusMessagePosted": "Message in the private talk with the mediator",
    "ChallengeDecided": "Request for another mediator decided",
    "ClaimBeyondLimit": "More claims than the rules allow",
    "ClaimFoundVexatious": "Claim found abusive",
    "CoSignatureRefused": "Second signature refused",
    "CommitmentBreached": "Promise overdue",
    "CommitmentDeferred": "Promise due later",
    "CommitmentDischarged": "Promise no longer owed",
    "CommitmentKept": "Promise kept",
    "CommitmentMade": "Promise made",
    "CommitmentPassed": "Promise passed on to somebody else",
    "CommitmentReplaced": "Promise replaced by another one",
    "CommitmentWaived": "A promise need not be kept",
    "DeadlineEnded": "Deadline no longer runs",
    "DeadlineLapsed": "Deadline passed",
    "DeclaredInadmissible": "The claim is not heard",
    "DefaultDeclined": "No answer came, but the claim was not granted for that alone",
    "DefaultGranted": "No answer came: the claim was granted",
    "DefaultSetAside": "Decision by default undone",
    "DeliveryReported": "Tracking or delivery reported",
    "DisputeResumed": "The dispute goes on",
    "DisputeStayed": "Dispute paused",
    "Escalated": "Mediator called",
    "EscalationJoined": "The other side wants a mediator too",
    "EvidenceRequested": "Evidence asked for",
    "ExhibitAdded": "Evidence added",
    "ExhibitAnswered": "Evidence answered",
    "ExhibitWithdrawn": "Evidence withdrawn",
    "FastLaneContested": "What was granted at once is contested",
    "FastLaneGranted": "Claim granted at once",
    "FileNotRead": "The text in a file could not be read",
    "GoodsAwaited": "Money waits for the goods",
    "GoodsDecided": "Contested goods decided",
    "GoodsEnded": "The matter of the goods is closed",
    "ImpasseDeclared": "No agreement is possible",
    "MachineDecided": "Decided automatically",
    "MessagePosted": "Message written",
    "MessageSeen": "Message read",
    "MovePassed": "Who acts next",
    "NeutralAssigned": "Mediator assigned",
    "NeutralChallenged": "Another mediator asked for",
    "NeutralReleased": "Mediator released from the case",
    "NoteWritten": "Internal note written",
    "NoticeDeemed": "Decided that a person counts as told",
    "ParallelProceedingEnded": "Chargeback or court case ended",
    "ParallelProceedingRecorded": "Chargeback or court case recorded",
    "PartyRequestAnswered": "A request of the other side answered",
    "PartyRequestDeclined": "A request of the other side declined",
    "PartyRequestMade": "Asked the other side for something",
    "PartyRequestWithdrawn": "A request to the other side withdrawn",
    "RebuttalGiven": "Reply to the answer",
    "RecordRectified": "Data about a person corrected",
    "Referred": "Passed to a supervisor",
    "RefundBounced": "Refund came back",
    "RefundConfirmed": "Refund paid",
    "RefundInstructed": "Refund ordered",
    "RefundPaidAgainstRecord": "Payment that does not fit the record",
    "RefundPaidDifferently": "Another sum paid than was owed",
    "RefundReferred": "Refund passed to a supervisor",
    "RefundReturned": "Refund came back and is owed again",
    "RefundSettledOtherwise": "Refund paid in another way",
    "RefundStalled": "Refund failed and is still owed",
    "RefundSubmitted": "Refund sent to the payment provider",
    "RefundUnderway": "Refund on its way",
    "RefundedElsewhere": "Refund paid elsewhere",
    "Reminded": "Reminder sent",
    "ReplyNotNeeded": "No reply needed",
    "ResolutionGranted": "Claim granted on the phone",
    "ResponseGiven": "Claim answered",
    "ReviewAnswered": "Automatic decision reviewed by a person",
    "ReviewRequested": "Review by a person asked for",
    "RulingBecameFinal": "The ruling is final",
    "RulingCoSigned": "Ruling signed a second time",
    "RulingExecuted": "Ruling carried out",
    "SetAsideRefused": "The decision by default stands",
    "SetAsideRequested": "Asked to undo the decision by default",
    "SharedAnswered": "Answered what concerns many disputes",
    "SharedCited": "The ruling cites what concerns many disputes",
    "StayLifted": "Pause ended",
    "StayOrdered": "Pause ordered",
    "TextFound": "Text in a file read by a program",
    "TranslationUnderRulingCorrected": "Translation corrected that the ruling rests on",
    "UnsignedRulingEnded": "The ruling can no longer get its second signature",
}
"""Where the stored name of a kind, as words, would say too little."""

_QUIET = frozenset(
    {
        "CommitmentDeferred",
        "DeadlineEnded",
        "DeadlineMoved",
        "DeadlineSet",
        "FileNotRead",
        "MessageSeen",
        "MovePassed",
        "Reminded",
        "SharedCited",
        "TextFound",
    }
)


def title(kind: str) -> str:
    """The English title, which is its key in the catalogues. Without a title of its own, `OfferMade` is "Offer made"."""
    return _TITLES.get(kind) or _WORD.sub(" ", kind).capitalize()


def said(words: Catalogue, kind: str) -> str:
    """The title in the reader's language."""
    return words.say(CONTEXT, title(kind))


def is_quiet(kind: str) -> bool:
    """Whether it is bookkeeping: it follows from what somebody did, and nobody has to look at it."""
    return kind in _QUIET
