"""What is told about a dispute before it is filed."""

from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field

from api.disputes.clocks.deadline_schemas import DueDate
from api.disputes.filing.key_questions import CalledForShown, KeyQuestionShown, MissingShown
from api.http.bodies import Answer, example
from api.http.problem_schemas import Problem
from api.http.relative import ago, ahead
from domain.kernel.base import Instant
from domain.kernel.people import Awaiting, Outcome, Stage
from domain.policy.policy import Desk, Policy, VersionName
from projections.case_story.filing import ContractWithdrawalShown, FastLaneShown, InadmissibleShown, StatutoryShown
from projections.case_story.reviews import MachineDecisionShown
from projections.table import Doc

_OF_CLAIMANT = {"of": "claimant", "side": "buyer", "language": "en", "until": ahead(days=5)}
_QUESTION = {**_OF_CLAIMANT, "name": "difference", "text": "What exactly is different from what was ordered?"}
_WINDOW: dict[str, Any] = {
    "name": "response",
    "whose": "seller",
    "due_at": ahead(days=5),
    "local": {
        "buyer": {"time": ahead("Europe/Rome", days=5), "time_zone": "Europe/Rome"},
        "seller": {"time": ahead("Asia/Shanghai", days=5), "time_zone": "Asia/Shanghai"},
    },
    "proof": {
        "rule": "first-2026/response",
        "window": {"amount": 5, "unit": "calendar_days"},
        "starts_at": ago(seconds=0),
        "calendar": "holidays 0.109 CN",
        "time_zone": "Asia/Shanghai",
        "tzdata": "2026.6",
        "closed": [],
        "region": None,
        "counted_by": "national",
        "population": None,
        "outages": [],
    },
    "status": "running",
    "ended_at": None,
    "recorded_at": None,
    "moved": [],
    "remind_at": [],
}
_ELIGIBLE: dict[str, Any] = {
    "eligible": True,
    "refusal": None,
    "may_file_from": None,
    "policy_version": "first-2026",
    "desk": {"country": None, "time_zone": "UTC", "region": None},
    "way": "ordinary",
    "stage": "negotiation",
    "awaiting": "respondent",
    "outcome": None,
    "inadmissible": None,
    "fast_lane": None,
    "statutory": None,
    "contract_withdrawal": None,
    "decisions": [],
    "key_questions": [{**_QUESTION, "answers": []}],
    "evidence_called_for": [],
    "missing": [{**_QUESTION, "what": "answer"}],
    "deadlines": [_WINDOW],
}

_FORETOLD = (
    "stage",
    "awaiting",
    "outcome",
    "inadmissible",
    "fast_lane",
    "statutory",
    "contract_withdrawal",
    "decisions",
    "key_questions",
    "evidence_called_for",
    "missing",
    "deadlines",
)
"""The fields that stand in the case file under the same names."""

Way = Literal["ordinary", "fast_lane", "contract_withdrawal", "neutral"]


class Eligibility(Answer):
    """What filing would do now. Nothing of it is recorded. Every field beside the first five is as the claimant would read
    it in the case file.
    """

    model_config = example(_ELIGIBLE) | ConfigDict(json_schema_serialization_defaults_required=True)

    eligible: Annotated[
        bool,
        Field(
            description="True if the claim would be filed and heard. False if filing would be refused (`refusal`), or if "
            "the claim would be recorded and closed at once (`inadmissible`)."
        ),
    ]
    refusal: Annotated[Problem | None, Field(description="The problem that filing would answer.")] = None
    may_file_from: Annotated[
        Instant | None,
        Field(
            description="The first instant at which the same claim is eligible, if only time is missing and nothing else "
            "changes. None if the engine knows no such instant."
        ),
    ] = None
    policy_version: Annotated[VersionName, Field(description="The rules under which the dispute would be filed.")]
    desk: Annotated[Desk, Field(description="Where the neutrals work who would decide the dispute.")]
    way: Annotated[
        Way | None,
        Field(
            description="`ordinary`: the respondent answers first. `fast_lane`: the claim is granted at once. "
            "`contract_withdrawal`: the goods go back, then the money, and nobody has to grant it. `neutral`: a neutral "
            "is called at once. None if the claim is not eligible."
        ),
    ] = None
    stage: Stage | None = None
    awaiting: Annotated[Awaiting | None, Field(description="Whose move it would be.")] = None
    outcome: Outcome | None = None
    inadmissible: Annotated[InadmissibleShown | None, Field(description="Why the claim would not be heard.")] = None
    fast_lane: FastLaneShown | None = None
    statutory: Annotated[
        StatutoryShown | None,
        Field(description="The clock of the law, if the policy states one for the claim's legal basis."),
    ] = None
    contract_withdrawal: ContractWithdrawalShown | None = None
    decisions: Annotated[
        tuple[MachineDecisionShown, ...],
        Field(description="What the engine would decide by itself against the claimant, and on which facts."),
    ] = ()
    key_questions: tuple[KeyQuestionShown, ...] = ()
    evidence_called_for: tuple[CalledForShown, ...] = ()
    missing: Annotated[
        tuple[MissingShown, ...],
        Field(description="Answers and evidence that this filing lacks: which, from whom, until when."),
    ] = ()
    deadlines: Annotated[
        tuple[DueDate, ...],
        Field(description="The windows that would begin, if the claim were filed at this instant."),
    ] = ()

    @classmethod
    def refused(cls, refusal: Problem, policy: Policy) -> Self:
        return cls(eligible=False, refusal=refusal, policy_version=policy.version, desk=policy.desk)

    @classmethod
    def of(cls, case: Doc, policy: Policy, may_file_from: Instant | None) -> Self:
        """`case` is the case file that filing would make, as the claimant may see it."""
        heard = case["inadmissible"] is None
        told = {
            "eligible": heard,
            "may_file_from": may_file_from,
            "policy_version": policy.version,
            "desk": policy.desk,
            "way": _way(case) if heard else None,
        }
        return cls.model_validate(told | {name: case[name] for name in _FORETOLD})


def _way(case: Doc) -> Way:
    if case["fast_lane"] is not None:
        return "fast_lane"
    if case["contract_withdrawal"] is not None:
        return "contract_withdrawal"
    return "ordinary" if case["escalation"] is None else "neutral"
