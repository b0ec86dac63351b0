"""Every act by name: the body that asks for it. Over HTTP and in an import of past cases, the same body makes the command.

The names are those of `domain.moves`, of the commands, and of the routes.

    ACTS["make_offer"].model_validate(body).command(Context(…), dispute_id=…)

Beside the context, each takes what it names: `dispute_id`; `number` for what is answered by number; `commitment_id`;
`refund_id`; `representative`, whom it is about; `claimant` where an award is divided between buyer and seller
(`Engine.dispute` tells).
"""

from collections.abc import Mapping

from api.disputes.clocks.stay_schemas import (
    EndParallelProceeding,
    ExtendDeadline,
    LiftStay,
    OrderStay,
    RecordParallelProceeding,
    RecordRefundElsewhere,
)
from api.disputes.commitments.commitment_schemas import (
    KeepCommitment,
    MakeCommitment,
    ReplaceCommitment,
    WaiveCommitment,
)
from api.disputes.evidence.exhibit_schemas import (
    AddExhibit,
    AnswerExhibit,
    ConsentToNeutral,
    PostInCaucus,
    RequestEvidence,
    WithdrawExhibit,
)
from api.disputes.filing.filing_schemas import FileDispute
from api.disputes.filing.key_question_schemas import AnswerKeyQuestions
from api.disputes.filing.representation_schemas import EndRepresentation, NameRepresentative
from api.disputes.filing.response_schemas import RaiseCounterclaim, Rebut, Respond
from api.disputes.filing.set_aside_schemas import RefuseSetAside, RequestSetAside, SetDefaultAside
from api.disputes.neutral.assignment_schemas import (
    AssignNeutral,
    ChallengeNeutral,
    DecideChallenge,
    DeclareInterests,
    ReassignNeutral,
    Recuse,
)
from api.disputes.remedies.closure_schemas import CancelDispute, DeclareInadmissible, Withdraw
from api.disputes.remedies.goods_schemas import ContestGoods, DecideGoods, SendGoods
from api.disputes.remedies.reopening_schemas import RateHandling, Reopen
from api.disputes.ruling.ruling_schemas import (
    Appeal,
    CoSignRuling,
    IssueRuling,
    RefuseCoSignature,
    SendBack,
    WaiveAppeal,
    WithdrawAppeal,
)
from api.disputes.settlement.conversation_schemas import PostMessage
from api.disputes.settlement.negotiation_schemas import AcceptOffer, MakeOffer, RejectOffer
from api.disputes.settlement.proposal_schemas import (
    AcceptProposal,
    DeclareImpasse,
    Escalate,
    MakeProposal,
    RefuseProposal,
)
from api.http.bodies import Act
from api.marketplace.incident_schemas import AnswerShared
from api.marketplace.refund_schemas import ConfirmRefund, FailRefund, RetryRefund, SettleRefundOtherwise

OF_THE_ENGINE = frozenset(
    {
        "carry_bulk_act", "count_case", "hand_over", "instruct_refund", "pursue_erasure", "record_erased", "record_lapses",
        "record_not_reached", "refer_refund", "release_refund",
    }
)  # fmt: skip
"""The commands that nobody asks for by name: processes send them."""

OF_THE_PRESENT = frozenset({"answer_recommendation", "join_incident", "leave_incident", "request_erasure"})
"""What a past case cannot tell: it is grouped with others when it is here, and nothing was recommended about it."""

ACTS: Mapping[str, type[Act]] = {
    "file_dispute": FileDispute,
    "name_representative": NameRepresentative,
    "end_representation": EndRepresentation,
    "respond": Respond,
    "add_exhibit": AddExhibit,
    "withdraw_exhibit": WithdrawExhibit,
    "answer_exhibit": AnswerExhibit,
    "answer_shared": AnswerShared,
    "request_evidence": RequestEvidence,
    "post_in_caucus": PostInCaucus,
    "consent_to_neutral": ConsentToNeutral,
    "answer_key_questions": AnswerKeyQuestions,
    "rebut": Rebut,
    "raise_counterclaim": RaiseCounterclaim,
    "post_message": PostMessage,
    "make_offer": MakeOffer,
    "accept_offer": AcceptOffer,
    "reject_offer": RejectOffer,
    "escalate": Escalate,
    "assign_neutral": AssignNeutral,
    "reassign_neutral": ReassignNeutral,
    "recuse": Recuse,
    "declare_interests": DeclareInterests,
    "challenge_neutral": ChallengeNeutral,
    "decide_challenge": DecideChallenge,
    "make_proposal": MakeProposal,
    "accept_proposal": AcceptProposal,
    "refuse_proposal": RefuseProposal,
    "declare_impasse": DeclareImpasse,
    "issue_ruling": IssueRuling,
    "co_sign_ruling": CoSignRuling,
    "refuse_co_signature": RefuseCoSignature,
    "appeal": Appeal,
    "send_back": SendBack,
    "waive_appeal": WaiveAppeal,
    "withdraw_appeal": WithdrawAppeal,
    "request_set_aside": RequestSetAside,
    "set_default_aside": SetDefaultAside,
    "refuse_set_aside": RefuseSetAside,
    "withdraw": Withdraw,
    "cancel_dispute": CancelDispute,
    "declare_inadmissible": DeclareInadmissible,
    "send_goods": SendGoods,
    "contest_goods": ContestGoods,
    "decide_goods": DecideGoods,
    "order_stay": OrderStay,
    "lift_stay": LiftStay,
    "extend_deadline": ExtendDeadline,
    "record_parallel_proceeding": RecordParallelProceeding,
    "end_parallel_proceeding": EndParallelProceeding,
    "record_refund_elsewhere": RecordRefundElsewhere,
    "reopen": Reopen,
    "rate_handling": RateHandling,
    "make_commitment": MakeCommitment,
    "keep_commitment": KeepCommitment,
    "waive_commitment": WaiveCommitment,
    "replace_commitment": ReplaceCommitment,
    "confirm_refund": ConfirmRefund,
    "fail_refund": FailRefund,
    "retry_refund": RetryRefund,
    "settle_refund_otherwise": SettleRefundOtherwise,
}
