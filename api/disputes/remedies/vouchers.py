"""Vouchers: as terms, and the act that gives one to the buyer."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from api.acts.declare import Acts
from api.http.bodies import Act, Body, Context, Id, When, example
from api.http.relative import ahead
from domain.kernel.base import Role
from domain.kernel.money import Money
from domain.remedies import voucher_facts, vouchers
from domain.remedies.voucher_facts import Issuer

ACTS = Acts("Vouchers")

TERMS: dict[str, Any] = {"amount": {"amount": "30.00", "currency": "EUR"}, "issued_by": "seller", "valid_days": 365}


class Voucher(Body):
    """A voucher for the buyer, beside the money. It is no refund: no sum of the order counts it."""

    model_config = example(TERMS)

    amount: Annotated[Money, Field(description="In the currency of the amount in dispute.")]
    issued_by: Annotated[Issuer, Field(description="`marketplace` only where the policy says so.")]
    valid_days: Annotated[
        int | None,
        Field(
            ge=1,
            le=36_600,
            description="How long it is valid from its issue, in calendar days. Left out: `least_days` of the policy.",
        ),
    ] = None

    def domain(self) -> voucher_facts.Voucher:
        return voucher_facts.Voucher(amount=self.amount, issued_by=self.issued_by, valid_days=self.valid_days)


@ACTS.act(
    "/vouchers/{number}/code",
    "Gives the buyer the code of a voucher. Only the buyer and the issuer see it.",
    by={Role.SELLER, Role.MARKETPLACE},
)
class IssueVoucher(Act):
    """The code of the voucher, and until when it is valid. It cannot be changed."""

    model_config = example({"code": "SUMMER-7Q4X-91KD", "expires_at": ahead(days=800)})

    code: Annotated[Id, Field(description="What the buyer gives at the shop. It is stored sealed.")]
    expires_at: Annotated[When, Field(description="Not earlier than `valid_days` of the voucher from now.")]

    def command(self, at: Context, *, dispute_id: UUID, number: int) -> vouchers.IssueVoucher:
        return vouchers.IssueVoucher(
            **at.common(), dispute_id=dispute_id, number=number, code=self.code, expires_at=self.expires_at
        )
