"""The results of claims that the policy granted at filing."""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Annotated, Any, Self

from pydantic import Field

from api.http.bodies import Answer, example
from domain.kernel.money import Money
from projections.fast_lane import Granted


def _counted(claims: int, amount: str) -> dict[str, Any]:
    return {"claims": claims, "amount": {"amount": amount, "currency": "EUR"}}


_CLAUSE: dict[str, Any] = {
    "clause": "evidence",
    "granted": _counted(120, "3120.00"),
    "open": _counted(20, "540.00"),
    "stood": _counted(92, "2360.00"),
    "contested": _counted(10, "260.00"),
    "upheld": _counted(5, "130.00"),
    "overturned": _counted(2, "60.00"),
    "undecided": _counted(1, "30.00"),
    "kept": {"amount": "2510.00", "currency": "EUR"},
    "share_stood": 0.98,
}


class ClaimsAndSum(Answer):
    claims: int
    amount: Annotated[Money, Field(description="The total that was granted.")]


class FastLaneOfClause(Answer):
    """All that was `granted` under one clause in one currency. Each claim is still `open`, `stood`, was `upheld` or
    `overturned` after it was contested, or ended `undecided`.
    """

    model_config = example(_CLAUSE)

    clause: str
    granted: ClaimsAndSum
    open: Annotated[ClaimsAndSum, Field(description="May still be contested, or waits for a person's decision.")]
    stood: Annotated[ClaimsAndSum, Field(description="Nobody contested it.")]
    contested: Annotated[ClaimsAndSum, Field(description="All that were contested, decided or not.")]
    upheld: Annotated[ClaimsAndSum, Field(description="Contested, and the claimant keeps all of it.")]
    overturned: Annotated[ClaimsAndSum, Field(description="The claimant keeps less of it, or nothing.")]
    undecided: Annotated[
        ClaimsAndSum,
        Field(description="Contested, and then withdrawn, cancelled or resolved elsewhere, without a finding."),
    ]
    kept: Annotated[Money, Field(description="What the claimants keep of all that is not open.")]
    share_stood: Annotated[
        float | None,
        Field(
            description="The share that stood or was upheld, among those and the overturned, from 0 to 1; none where "
            "there are none."
        ),
    ]

    @classmethod
    def of(cls, clause: str, currency: str, tallies: Sequence[Granted]) -> Self:
        def counted(which: Callable[[Granted], bool]) -> ClaimsAndSum:
            those = [one for one in tallies if which(one)]
            minor = sum(one.granted for one in those)
            return ClaimsAndSum(claims=sum(one.claims for one in those), amount=Money(minor, currency))

        kept = sum(one.kept for one in tallies if one.how != "open")
        stood = sum(one.claims for one in tallies if one.how in ("stood", "upheld"))
        overturned = counted(lambda one: one.how == "overturned")
        found = stood + overturned.claims
        return cls(
            clause=clause,
            granted=counted(lambda _: True),
            open=counted(lambda one: one.how == "open"),
            stood=counted(lambda one: one.how == "stood"),
            contested=counted(lambda one: one.contested),
            upheld=counted(lambda one: one.how == "upheld"),
            overturned=overturned,
            undecided=counted(lambda one: one.how == "undecided"),
            kept=Money(kept, currency),
            share_stood=stood / found if found else None,
        )


class FastLaneReport(Answer):
    model_config = example({"items": [_CLAUSE]})

    items: Annotated[list[FastLaneOfClause], Field(description="By clause, then by currency.")]

    @classmethod
    def of(cls, tallies: Sequence[Granted]) -> Self:
        by_clause = groupby(tallies, key=lambda one: (one.clause, one.currency))
        return cls(items=[FastLaneOfClause.of(*of_one, list(those)) for of_one, those in by_clause])
