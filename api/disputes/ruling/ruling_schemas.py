"""The ruling, its co-signature and its appeal."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.acts.declare import Acts
from api.disputes.settlement.proposal import Award
from api.http.bodies import Act, Context, Number, Statement, example, words
from api.http.roles import PARTIES
from domain.filing.pleading_facts import OnCounterclaim
from domain.kernel.base import Role
from domain.kernel.people import Side
from domain.policy.fast_lane_rules import ClauseName
from domain.ruling import appeal, co_signature, rulings
from domain.ruling.ruling_facts import Ground

ACTS = Acts("Adjudication")

RULING = {
    "award": {"buyer": {"amount": "60.00", "currency": "EUR"}, "seller": {"amount": "69.90", "currency": "EUR"}},
    "cites_exhibits": [1],
    "cites_clauses": ["conformity", "evidence"],
    "reasons": {"text": "Exhibit 1 shows the damage; who caused it remains open.", "language": "en"},
}


@ACTS.by_hand(by={Role.NEUTRAL})
class IssueRuling(Act):
    """Divides the amount in dispute, with reasons that cite the record and the policy. A ruling cannot be changed."""

    model_config = example(RULING)

    award: Award
    cites_exhibits: Annotated[tuple[Number, ...], Field(max_length=100)] = ()
    cites_shared: Annotated[
        tuple[Number, ...],
        Field(max_length=100, description="The numbers of items that the dispute's incident shares."),
    ] = ()
    cites_clauses: Annotated[
        list[ClauseName],
        Field(min_length=1, max_length=50, description="The names of clauses of the dispute's policy."),
    ]
    addresses_inferences: Annotated[
        tuple[Number, ...],
        Field(
            max_length=100,
            description="The numbers of all evidence requests with an adverse inference. The ruling must address each one.",
        ),
    ] = ()
    counterclaim: Annotated[
        OnCounterclaim | None, Field(description="The decision on the counterclaim, if one was raised.")
    ] = None
    reasons: Statement
    vexatious: Annotated[
        Statement | None,
        Field(description="Why the claim is vexatious, if the neutral finds so. Only if the whole claim is refused."),
    ] = None

    def command(self, at: Context, *, dispute_id: UUID, claimant: Side) -> rulings.IssueRuling:
        return rulings.IssueRuling(
            **at.common(),
            dispute_id=dispute_id,
            award=self.award.division(claimant),
            cites_exhibits=self.cites_exhibits,
            cites_shared=self.cites_shared,
            cites_clauses=tuple(self.cites_clauses),
            addresses_inferences=self.addresses_inferences,
            counterclaim=self.counterclaim,
            reasons=self.reasons.words(),
            vexatious=words(self.vexatious),
        )


@ACTS.act(
    "/rulings/{number}/co-signature",
    "Co-signs a ruling above the neutral's authority. The ruling then takes effect.",
    by={Role.SUPERVISOR},
    if_match=True,
)
class CoSignRuling(Act):
    """A supervisor co-signs a ruling above the neutral's authority. The ruling then takes effect."""

    model_config = example({})

    def command(self, at: Context, *, dispute_id: UUID, number: int) -> co_signature.CoSignRuling:
        return co_signature.CoSignRuling(**at.common(), dispute_id=dispute_id, number=number)


@ACTS.act(
    "/rulings/{number}/co-signature-refusal",
    "Refuses to co-sign a ruling, with reasons. The neutral rules again.",
    by={Role.SUPERVISOR},
)
class RefuseCoSignature(Act):
    """A supervisor refuses to co-sign, with reasons. The neutral rules again."""

    model_config = example({"reasons": {"text": "Clause 3 on returns was not looked at.", "language": "en"}})

    reasons: Statement

    def command(self, at: Context, *, dispute_id: UUID, number: int) -> co_signature.RefuseCoSignature:
        return co_signature.RefuseCoSignature(
            **at.common(), dispute_id=dispute_id, number=number, reasons=self.reasons.words()
        )


@ACTS.act(
    "/appeal",
    "Appeals the ruling to a neutral who took no part in it. Each side can appeal once, within its window, on a ground.",
    by=PARTIES,
)
class Appeal(Act):
    """A side that did not get everything appeals to another neutral: once, on a ground."""

    model_config = example(
        {"ground": "new_evidence", "statement": {"text": "È emersa la ricevuta del corriere.", "language": "it"}}
    )

    ground: Annotated[Ground, Field(description="New evidence, or an error that the statement names.")]
    statement: Statement

    def command(self, at: Context, *, dispute_id: UUID) -> appeal.Appeal:
        return appeal.Appeal(**at.common(), dispute_id=dispute_id, ground=self.ground, statement=self.statement.words())


@ACTS.act(
    "/appeal/return",
    "On appeal: sets the ruling aside. The dispute goes back to adjudication.",
    by={Role.NEUTRAL},
)
class SendBack(Act):
    """The neutral who hears the appeal sets the ruling aside. A new ruling is needed."""

    model_config = example({"reasons": {"text": "The seller was not heard on exhibit 4.", "language": "en"}})

    reasons: Statement

    def command(self, at: Context, *, dispute_id: UUID) -> appeal.SendBack:
        return appeal.SendBack(**at.common(), dispute_id=dispute_id, reasons=self.reasons.words())


@ACTS.act(
    "/appeal/withdrawal",
    "Withdraws your appeal before it is decided. The ruling is final, unless the other side can still appeal.",
    by=PARTIES,
)
class WithdrawAppeal(Act):
    """Withdraws your side's appeal before it is decided. The ruling stands."""

    model_config = example({})

    def command(self, at: Context, *, dispute_id: UUID) -> appeal.WithdrawAppeal:
        return appeal.WithdrawAppeal(**at.common(), dispute_id=dispute_id)


@ACTS.act(
    "/appeal-waiver",
    "Waives your right to appeal. When nobody can appeal any more, the ruling is executed.",
    by=PARTIES,
)
class WaiveAppeal(Act):
    """One side waives its right to appeal. When nobody can appeal any more, the ruling is executed."""

    model_config = example({})

    def command(self, at: Context, *, dispute_id: UUID) -> rulings.WaiveAppeal:
        return rulings.WaiveAppeal(**at.common(), dispute_id=dispute_id)
