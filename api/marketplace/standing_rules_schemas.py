"""A seller's standing rules: what is answered for the seller as soon as a claim is filed."""

from typing import Annotated, Any, ClassVar

from pydantic import Field

from api.http.answers import DONE, Position
from api.http.bodies import Act, Answer, Context, example
from api.http.relative import ago
from domain.filing import standing_rules
from domain.filing.standing_rules_facts import MAX_RULES, StandingRule
from domain.kernel.base import Instant, Role


def _rule(reasons: list[str], up_to: str, answer: str, **more: Any) -> dict[str, Any]:
    terms = {"countries": [], "share": None, "return_freight": None, **more}
    return {"reasons": reasons, "up_to": {"amount": up_to, "currency": "EUR"}, "answer": answer, **terms}


_RULES = [
    _rule(["item_not_received", "damaged"], "20.00", "concede"),
    _rule(["not_as_described"], "80.00", "offer", countries=["IT", "FR"], share=3000),
]
_VERSION: dict[str, Any] = {"version": 2, "rules": _RULES, "by": "seller", "at": ago(days=30)}


class SetStandingRules(Act):
    """All rules from now on, in the order in which they are tried. They replace all earlier ones.

    They apply to claims that are filed from now on. The first rule that fits a claim answers it, as soon as it is filed.
    """

    model_config = example({"rules": _RULES})

    rules: Annotated[list[StandingRule], Field(min_length=1, max_length=MAX_RULES)]

    def command(self, at: Context, *, party: str, expected: tuple[int, ...]) -> standing_rules.SetStandingRules:
        return standing_rules.SetStandingRules(
            **at.common(), seller=at.party(party), expected=expected, rules=tuple(self.rules)
        )


class WithdrawStandingRules(Act):
    """From now on nothing is answered for the seller. Claims that were filed before keep the rules of their filing."""

    model_config = example({})

    def command(self, at: Context, *, party: str, expected: tuple[int, ...]) -> standing_rules.WithdrawStandingRules:
        return standing_rules.WithdrawStandingRules(**at.common(), seller=at.party(party), expected=expected)


class StandingRulesVersion(Answer):
    """One version. One without rules is a withdrawal."""

    version: int
    rules: list[StandingRule]
    by: Role
    at: Instant


class StandingRulesShown(Answer):
    """The rules in force, in the order in which they are tried, and all versions with the first one first."""

    model_config = example({"version": 2, "rules": _RULES, "versions": [{**_VERSION, "version": 1}, _VERSION]})

    version: Annotated[int, Field(description="The version in force, also sent as the ETag; 0 if there was never any.")]
    rules: list[StandingRule]
    versions: list[StandingRulesVersion]


class StandingRulesRecorded(Answer):
    """The version that is in force now."""

    model_config = example({"version": 3, "position": DONE["position"]})
    spared: ClassVar[bool] = True

    version: Annotated[int, Field(description="Also sent as the ETag.")]
    position: Position
