"""Lines of an import of past cases, and the result of each line."""

from functools import cache
from http import HTTPStatus
from inspect import signature
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from api.acts.registry import ACTS
from api.disputes.filing.filing_schemas import EXAMPLE
from api.http.bodies import Act, Answer, Body, Id, Label, Number, When, example
from api.http.problem_schemas import Problem
from api.http.relative import ago
from domain.kernel.people import Side

MAX_LINE = 1024 * 1024
"""Bytes."""

MAX_LINES = 100_000
"""The most lines of one request. The next request continues."""


def _known(name: str) -> str:
    if name not in ACTS:
        raise ValueError(f"not an act; one of {', '.join(ACTS)}")
    return name


@cache
def _needs(act: str) -> frozenset[str]:
    return frozenset(signature(ACTS[act].command).parameters)


class PastAct(Body):
    """One act of a past case: one line. The lines of a case stand in the order in which its acts happened."""

    model_config = ConfigDict(validate_by_name=True, serialize_by_alias=True) | example(
        {
            "case": "234",
            "act": "file_dispute",
            "as": "buyer",
            "occurred_at": ago(days=5),
            "body": EXAMPLE,
        },
        {
            "case": "234",
            "act": "confirm_refund",
            "as": "marketplace",
            "recipient": "buyer",
            "occurred_at": ago(days=1),
            "body": {"provider_reference": "re_3Nf8"},
        },
    )

    case: Annotated[
        Label, Field(description="The file's own name for the case. The same name always leads to the same dispute.")
    ]
    act: Annotated[str, AfterValidator(_known), Field(description="The act.", json_schema_extra={"enum": list(ACTS)})]
    as_: Annotated[
        Literal["buyer", "seller", "neutral", "supervisor", "marketplace"],
        Field(alias="as", description="The role in which it was done."),
    ]
    neutral: Annotated[
        UUID | None, Field(description="The neutral who acted. Only with `as` neutral, and required there.")
    ] = None
    number: Annotated[
        Number | None,
        Field(
            description="The number of the offer, proposal, exhibit or commitment that the act is about, if it is "
            "about one."
        ),
    ] = None
    recipient: Annotated[
        Side | None,
        Field(description="The recipient of the money. Only with `confirm_refund` and `fail_refund`."),
    ] = None
    representative: Annotated[
        Id | None,
        Field(description="The `id` under which the representative was named. Only with `end_representation`."),
    ] = None
    occurred_at: Annotated[
        When,
        Field(
            description="The instant at which it happened: not before the previous act of the case, and not in the "
            "future."
        ),
    ]
    body: Annotated[
        dict[str, Any],
        Field(
            description="The same body as over HTTP. Its fields depend on the act."
            "The same body as over HTTP. Its fields depend on the act."
        ),
    ] = {}  # noqa: RUF012 - pydantic copies it

    @property
    def asked(self) -> Act:
        """The body, read as the body of its act. Raises pydantic.ValidationError."""
        return ACTS[self.act].model_validate(self.body)

    @property
    def needs(self) -> frozenset[str]:
        """The names of the values that the act needs beside its body."""
        return _needs(self.act)

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        needs = self.needs
        wanted = (
            ("neutral", self.neutral, self.as_ == "neutral"),
            ("number", self.number, bool(needs & {"number", "commitment_id"})),
            ("recipient", self.recipient, "refund_id" in needs),
            ("representative", self.representative, "representative" in needs),
        )
        for name, given, needed in wanted:
            if needed and given is None:
                raise ValueError(f"{self.act} as {self.as_} needs `{name}`")
            if given is not None and not needed:
                raise ValueError(f"{self.act} as {self.as_} has no `{name}`")
        return self


class LineResult(Answer):
    """The result of one line, in the order of the lines.

    `stored`: it was new, and is on record now. `repeated`: it was on record already, or changed nothing. `refused`:
    `problem` says why. `skipped`: an earlier line of the case was refused.
    """

    model_config = example(
        {
            "line": 1,
            "case": "234",
            "status": "stored",
            "dispute_id": "8f1d4c1e-52a6-8d1c-9d0a-3f1f3f6c2a11",
            "position": "mX3v",
        }
    )

    line: Annotated[int, Field(description="Counted from 1, blank lines included.")]
    case: Annotated[str | None, Field(description="None where the line could not be read that far.")] = None
    status: Literal["stored", "repeated", "refused", "skipped"]
    dispute_id: UUID | None = None
    position: Annotated[str | None, Field(description="For `At-Least`, where something was stored.")] = None
    problem: Problem | None = None

    @property
    def worth_repeating(self) -> bool:
        """The line is correct. It could not be carried out at that moment, and neither could the lines after it."""
        return self.problem is not None and self.problem.status == HTTPStatus.SERVICE_UNAVAILABLE
