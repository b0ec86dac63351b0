"""The clock of a test marketplace."""

from typing import Annotated

from pydantic import Field

from api.http.bodies import Answer, Body, When, example
from api.http.relative import ahead
from domain.kernel.base import Instant


class TurnClock(Body):
    model_config = example({"now": ahead(days=10)})

    now: Annotated[When, Field(description="Not earlier than the present time there, and at most ten years ahead.")]


class Clock(Answer):
    model_config = example({"now": ahead(days=10), "ahead_seconds": 864000})

    now: Instant
    ahead_seconds: Annotated[int, Field(description="How far it is ahead of the real time.")]
