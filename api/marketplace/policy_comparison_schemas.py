"""What a policy changes, whether it would be published, and which languages its texts miss."""

from typing import Annotated, Self

from pydantic import Field

from api.http.bodies import Answer, example
from api.http.problem_schemas import Problem
from api.words.policy_texts import missing
from domain.policy import policy
from domain.policy.comparison import Change, compare
from domain.policy.policy import VersionName

_CHANGE = {"pointer": "/windows/response", "before": "5 calendar days", "after": "7 calendar days"}
_MISSING = {
    "pointer": "/reasons/not_as_described/questions/0/text",
    "has": ["en", "it", "zh-Hans"],
    "missing": ["de", "fr", "es", "ru", "pt", "ar"],
}


class PolicyChange(Answer):
    """One field that changes."""

    model_config = example(_CHANGE)

    pointer: Annotated[str, Field(description="The field in the policy. A change inside a list points to the list.")]
    before: Annotated[str | None, Field(description="The former value, in words; none where there was no value.")]
    after: Annotated[str | None, Field(description="The new value, in words; none where there is no value any more.")]

    @classmethod
    def of(cls, change: Change) -> Self:
        return cls(pointer=change.pointer, before=change.before, after=change.after)


class Comparison(Answer):
    """What changes from one version to another."""

    model_config = example({"before": "first-2026", "after": "autumn-2026", "changes": [_CHANGE]})

    before: VersionName
    after: VersionName
    changes: list[PolicyChange]

    @classmethod
    def of(cls, before: policy.Policy, after: policy.Policy) -> Self:
        changes = [PolicyChange.of(change) for change in compare(before, after)]
        return cls(before=before.version, after=after.version, changes=changes)


class MissingLanguages(Answer):
    """A text that is not given in all languages of the engine. Its other readers get the nearest text, or the English one."""

    model_config = example(_MISSING)

    pointer: Annotated[str, Field(description="The text in the policy.")]
    has: Annotated[list[str], Field(description="The tags of its languages. A plain text says none.")]
    missing: Annotated[
        list[str], Field(description="The languages of the engine for whose readers no text is near enough.")
    ]


class Validated(Answer):
    """Whether a policy would be published, everything that is wrong with it, and what it changes in the current one."""

    model_config = example(
        {
            "valid": False,
            "problems": [
                {
                    "type": "/problems/RulingTooShort",
                    "title": "`ruling` is not longer than the windows of `evidence` and `disclosure` together.",
                    "status": 422,
                    "code": "RulingTooShort",
                    "pointer": "/windows/ruling",
                }
            ],
            "comparison": {"before": "first-2026", "after": "autumn-2026", "changes": [_CHANGE]},
            "missing_languages": [_MISSING],
        }
    )

    valid: bool
    problems: list[Problem]
    comparison: Comparison
    missing_languages: Annotated[
        list[MissingLanguages],
        Field(
            description="Advice, and no reason to refuse: the texts that not every reader gets in their own language."
        ),
    ]

    @classmethod
    def of(cls, problems: list[Problem], before: policy.Policy, after: policy.Policy) -> Self:
        lacking = [MissingLanguages(**one._asdict()) for one in missing(after)]
        compared = Comparison.of(before, after)
        return cls(valid=not problems, problems=problems, comparison=compared, missing_languages=lacking)
