"""What a policy says about requests from one party to the other."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from domain.kernel.base import Value
from domain.kernel.windows import Window

# --- types ---


class PartyRequestRules(Value):
    """The time to answer is `window`. A party may ask for another time, in calendar days, from `at_least_days` to
    `at_most_days`. A party has at most `open_at_once` requests that wait for an answer.
    """

    window: Window = Window(amount=3, unit="calendar_days")
    at_least_days: Annotated[int, Field(ge=1, le=90, strict=True)] = 1
    at_most_days: Annotated[int, Field(ge=1, le=90, strict=True)] = 14
    open_at_once: Annotated[int, Field(ge=1, le=20, strict=True)] = 5

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.at_least_days > self.at_most_days:
            raise ValueError("at_least_days is more than at_most_days")
        return self
