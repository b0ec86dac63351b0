"""Commitments that only an act of their own keeps: nobody reports that they were kept, and nobody gives them up."""

from domain.commitments import matters
from domain.commitments.events import Origin
from domain.commitments.reach import ReachDecides
from domain.commitments.state import Commitment
from domain.commitments.translate import TranslationDecides
from domain.dispute.state import Dispute
from domain.kernel.refusals import Conflict

# --- types ---


class RefundDecides(Conflict):
    """The commitment is kept when its refund is confirmed, and cannot end in this way.

    Why: The payment of a refund is proven by the payment provider or the marketplace, and not by what a person says.

    What to do: Confirm the refund (`POST /v1/refunds/{refund_id}/confirmation`), or report its failure. The commitment
    then follows by itself.

    Example: {"commitment_id": "61e1c337-7ccb-5701-81b8-5243eed4597f"}
    """


class AnswerDecides(Conflict):
    """The commitment is kept when the recommendation is answered, and cannot end in this way.

    Why: The marketplace owes an answer to a recommendation, and only that answer keeps it. So nobody can make the
    recommendation disappear unanswered.

    What to do: Answer it with `POST /v1/recommendations/{recommendation_id}/answer`.

    Example: {"recommendation_id": "0ba5470c-403a-59c6-8c24-e450dde05b41"}
    """


class ErasureDecides(Conflict):
    """The commitment is kept when the person is erased, and cannot end in this way.

    Why: A person's right to be erased cannot be waived by somebody else, and cannot be reported as done while the key
    still exists.

    What to do: Remove what stands in the way of the erasure, which the list of erasures shows. The engine then erases
    the person and keeps the commitment.

    Example: {"commitment_id": "61e1c337-7ccb-5701-81b8-5243eed4597f"}
    """


class AccessDecides(Conflict):
    """The commitment is kept when the access request is answered, and cannot end in this way.

    Why: The person is to get what is kept about them. A report that it was given would not give it.

    What to do: Make sure who asks, and open the answer with `POST /v1/access-requests/{person}/{number}/answer`.

    Example: {"commitment_id": "5158f16d-380b-56f2-b6a4-4f48bef08e43"}
    """


class ReviewDecides(Conflict):
    """The commitment is kept when the review is answered, and cannot end in this way.

    Why: The party is to get an answer with reasons by a person. A report that it was reviewed holds no reasons.

    What to do: A supervisor answers with `POST /v1/disputes/{dispute_id}/decisions/{number}/review`.

    Example: {"commitment_id": "5158f16d-380b-56f2-b6a4-4f48bef08e43"}
    """


class RequestDecides(Conflict):
    """The commitment is kept when the other party's request is answered or declined, and cannot end in this way.

    Why: The request ends together with the answer that it waits for. So both sides see how it ended.

    What to do: Answer the request with `POST /v1/disputes/{dispute_id}/party-requests/{number}/answer`, decline it at
    `…/refusal`, or withdraw it at `…/withdrawal` if it is yours.

    Example: {"number": 1}
    """


class VoucherDecides(Conflict):
    """The commitment is kept when the voucher is issued, and not by a report.

    Why: The buyer has the voucher only with its code. A report without the code would not give it.

    What to do: The issuer records the code with `POST /v1/disputes/{dispute_id}/vouchers/{number}/code`. The buyer can
    waive the voucher.

    Example: {"number": 1}
    """


class AssignmentDecides(Conflict):
    """The commitment is kept when a neutral is assigned, and cannot end in this way.

    Why: A dispute that waits for a neutral waits until it has one. No statement can take the place of the assignment.

    What to do: Assign a neutral with `POST /v1/disputes/{dispute_id}/assignment`.

    Example: {"commitment_id": "61e1c337-7ccb-5701-81b8-5243eed4597f"}
    """


class RulingDecides(Conflict):
    """The commitment is kept when the ruling is issued, and cannot end in this way.

    Why: The neutral owes the marketplace a ruling in time. If it could be waived or confirmed, parties could wait for a
    ruling that nobody owes.

    What to do: Issue the ruling, or declare the claim inadmissible. A supervisor can extend the deadline `ruling`, and
    the commitment moves with it.

    Example: {"commitment_id": "9bb17ffc-be40-541e-be25-855f9788b6e1"}
    """


class ActDecides(Conflict):
    """The commitment is kept by the act about `about`, and that act has not been done yet.

    Why: Somebody waits for this act. If the commitment could be reported as kept, or waived, nobody would owe what the
    dispute still needs.

    What to do: Do the act: decide the `challenge`, the request about the `default` or the `co_signature`; for
    `first_act`, the neutral acts in the case. The creditor can give more time with a replacement.

    Example: {"commitment_id": "61e1c337-7ccb-5701-81b8-5243eed4597f", "about": "challenge"}
    """


# --- decisions ---


def check_not_by_its_own_act(commitment: Commitment) -> None:
    if commitment.owes_neutral:
        raise AssignmentDecides(commitment_id=str(commitment.id))
    if commitment.is_ruling:
        raise RulingDecides(commitment_id=str(commitment.id))
    if commitment.arises_from is Origin.ERASURE:
        raise ErasureDecides(commitment_id=str(commitment.id))
    if commitment.arises_from is Origin.ACCESS:
        raise AccessDecides(commitment_id=str(commitment.id))
    if commitment.arises_from is Origin.NOTICE:
        raise ReachDecides(commitment_id=str(commitment.id))
    if commitment.translates is not None:
        raise TranslationDecides(translation_id=str(commitment.translates.translation_id))
    if commitment.is_review:
        raise ReviewDecides(commitment_id=str(commitment.id))
    if commitment.arises_from is Origin.REQUEST and commitment.about is not None:
        raise RequestDecides(number=commitment.about.number)
    if commitment.kept_by_its_own_act:
        raise AnswerDecides(recommendation_id=str(commitment.id))


def waits_for(dispute: Dispute, commitment: Commitment) -> str | None:
    """What an act must be about to keep this. None: somebody may report that it was kept.

    A person who promises something about one thing has to do that, as long as it can be done.
    """
    about = commitment.about
    if about is not None and commitment.beyond_claim and matters.is_open(dispute, commitment, about):
        return about.what
    return commitment.waits_for


def is_answer_of_supervisor(commitment: Commitment) -> bool:
    """Whether a request waits for it, so that its creditor cannot waive it: somebody else may wait too."""
    return commitment.waits_for is not None and not commitment.is_first_act
