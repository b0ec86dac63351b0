"""How often somebody has claimed, and has been claimed against: for those who decide, never for the parties."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from api.http.bodies import Answer, example
from api.http.relative import ago
from domain.kernel.base import Instant
from domain.kernel.money import Money
from domain.kernel.people import Outcome
from domain.policy.reasons import ClaimReason
from projections.claim_history import Tally

Result = Literal[
    "granted",
    "granted_in_part",
    "refused",
    "settled",
    "withdrawn",
    "cancelled",
    "inadmissible",
    "resolved_otherwise",
    "open",
]

_RESULTS: Mapping[str | None, Result] = {
    None: "open",
    Outcome.CONCEDED: "granted",
    Outcome.GRANTED_BY_DEFAULT: "granted",
    Outcome.RULED_FOR_CLAIMANT: "granted",
    Outcome.RULED_SPLIT: "granted_in_part",
    Outcome.RULED_FOR_RESPONDENT: "refused",
    Outcome.SETTLED: "settled",
    Outcome.WITHDRAWN: "withdrawn",
    Outcome.CANCELLED: "cancelled",
    "inadmissible": "inadmissible",
}

_CLAIMS: dict[str, Any] = {
    "claims": 3,
    "first_filed_at": ago(days=245),
    "last_filed_at": ago(days=2),
    "by_reason": {"not_as_described": 2, "item_not_received": 1},
    "by_result": {"granted": 1, "refused": 1, "open": 1},
    "claimed": [{"amount": "389.70", "currency": "EUR"}],
    "granted": [{"amount": "129.90", "currency": "EUR"}],
    "vexatious": 0,
    "appeals_decided": 1,
    "stood_on_appeal": 1,
    "share_stood": 1.0,
}
_NONE: dict[str, Any] = {
    "claims": 0,
    "first_filed_at": None,
    "last_filed_at": None,
    "by_reason": {},
    "by_result": {},
    "claimed": [],
    "granted": [],
    "vexatious": 0,
    "appeals_decided": 0,
    "stood_on_appeal": 0,
    "share_stood": None,
}
HISTORY: dict[str, Any] = {"filed": _CLAIMS, "against": _NONE}
SUMMARY: dict[str, Any] = {"filed": 3, "granted": 1, "refused": 1, "against": 0}


class ClaimsCounted(Answer):
    """`granted` is what the claimants got, parts that were conceded included."""

    claims: int
    first_filed_at: Instant | None
    last_filed_at: Instant | None
    by_reason: dict[ClaimReason, int]
    by_result: dict[Result, int]
    claimed: Annotated[list[Money], Field(description="One sum for each currency.")]
    granted: Annotated[list[Money], Field(description="One sum for each currency.")]
    vexatious: Annotated[int, Field(description="Claims that were finally found vexatious.")]
    appeals_decided: int
    stood_on_appeal: Annotated[int, Field(description="Appeals in which the ruling stood.")]
    share_stood: Annotated[float | None, Field(description="From 0 to 1; none where no appeal was decided.")]

    @classmethod
    def of(cls, tallies: Sequence[Tally]) -> Self:
        reasons, results = Counter[str](), Counter[str]()
        for one in tallies:
            reasons[one.reason] += one.claims
            results[_RESULTS.get(one.outcome, "resolved_otherwise")] += one.claims
        appeals, stood = sum(one.appeals for one in tallies), sum(one.affirmed for one in tallies)
        return cls.model_validate(
            {
                "claims": reasons.total(),
                "first_filed_at": min((one.first for one in tallies), default=None),
                "last_filed_at": max((one.last for one in tallies), default=None),
                "by_reason": reasons,
                "by_result": results,
                "claimed": _sums((one.claimed, one.currency) for one in tallies),
                "granted": _sums((one.granted, one.currency) for one in tallies),
                "vexatious": sum(one.vexatious for one in tallies),
                "appeals_decided": appeals,
                "stood_on_appeal": stood,
                "share_stood": stood / appeals if appeals else None,
            }
        )


class ClaimHistory(Answer):
    """The claims of one buyer or one seller: those they `filed`, and those `against` them."""

    model_config = example(HISTORY)

    filed: ClaimsCounted
    against: ClaimsCounted

    @classmethod
    def of(cls, tallies: Sequence[Tally]) -> Self:
        filed = ClaimsCounted.of([one for one in tallies if one.filed])
        return cls(filed=filed, against=ClaimsCounted.of([one for one in tallies if not one.filed]))


class ClaimHistories(Answer):
    """The histories of both parties of a dispute, this dispute included."""

    model_config = example({"buyer": HISTORY, "seller": HISTORY})

    buyer: ClaimHistory
    seller: ClaimHistory


class HistoryInShort(Answer):
    """How many claims a party has `filed`, how many of these were `granted` and `refused`, and how many were `against` it."""

    filed: int
    granted: int
    refused: int
    against: int

    @classmethod
    def of(cls, tallies: Sequence[Tally]) -> Self:
        history = ClaimHistory.of(tallies)
        results = history.filed.by_result
        granted = results.get("granted", 0) + results.get("granted_in_part", 0)
        refused = results.get("refused", 0) + results.get("inadmissible", 0)
        return cls(filed=history.filed.claims, granted=granted, refused=refused, against=history.against.claims)


class HistoriesInShort(Answer):
    buyer: HistoryInShort
    seller: HistoryInShort


def _sums(parts: Any) -> list[Money]:
    sums = Counter[str]()
    for minor, currency in parts:
        sums[currency] += minor
    return [Money(minor, currency) for currency, minor in sorted(sums.items())]
