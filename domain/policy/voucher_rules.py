"""What a policy says about vouchers: who issues them, how long they last, and whether a ruling may award one."""

from typing import Annotated

from pydantic import Field

from domain.kernel.base import Value

# --- types ---


class VoucherRules(Value):
    """A voucher is valid for at least `least_days` from its issue, in calendar days.

    With `marketplace_issues`, the marketplace stands by vouchers of its own that the parties agree on or a ruling awards;
    without it, only sellers issue them. With `by_ruling`, a neutral may award one that the buyer did not agree to.
    """

    least_days: Annotated[int, Field(ge=1, le=3_660, strict=True)] = 365
    marketplace_issues: bool = False
    by_ruling: bool = False
