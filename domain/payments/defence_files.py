"""The files on record for a payment provider: what each is for there, and whether the provider takes it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Literal

from pydantic import Field

from domain.kernel.base import Value
from domain.kernel.frozen import frozen

# --- types ---

Kind = Literal[
    "delivery",
    "dispatch",
    "listing",
    "condition",
    "authenticity",
    "receipt",
    "refund_policy",
    "refund",
    "separate_charges",
    "correspondence",
    "other",
]
"""What a file shows."""

_KINDS: Mapping[str, Kind] = {
    "tracking": "delivery",
    "delivery": "delivery",
    "dispatch": "dispatch",
    "packing_list": "dispatch",
    "listing": "listing",
    "before_dispatch": "condition",
    "invoice": "authenticity",
    "receipt": "receipt",
    "refund_policy": "refund_policy",
    "return_policy": "refund_policy",
    "credit": "refund",
    "receipts": "separate_charges",
}
"""By the name of the evidence in the policy: those of the first policy, and names that others may use for the rest."""

Refused = Literal["media_type", "too_large", "too_large_together", "no_field_left"]
"""Why the provider would not take a file as it is."""


@frozen
class Document:
    """A file on record. `exhibit` is its number, or `shared` that of an exhibit that an incident shares. The correspondence has
    neither.
    """

    kind: Kind
    href: str
    name: str
    media_type: str
    size: int
    exhibit: int | None = None
    shared: int | None = None


class FileOffered(Value):
    """A file for the provider. Get it from `href` with your token, and upload it to the provider yourself."""

    field: Annotated[str, Field(description="The provider's own name of what the file is for.")]
    exhibit: Annotated[int | None, Field(description="The number of the exhibit.")]
    shared: Annotated[int | None, Field(description="The number of the exhibit, if the dispute's incident shares it.")]
    href: str
    name: str
    media_type: str
    size: Annotated[int, Field(description="The size in bytes.")]
    taken: Annotated[bool, Field(description="Whether the provider takes a file of this type and size.")]
    why: Annotated[
        Refused | None,
        Field(
            description="Why not. `too_large_together`: with the files before it. `no_field_left`: the provider takes one "
            "file for each purpose, and another exhibit stands there."
        ),
    ]


@frozen
class Limits:
    """What files a provider takes: the largest size in bytes by media type, and of all files together."""

    sizes: Mapping[str, int]
    together: int | None = None


# --- decisions ---


def kind_of(evidence: str | None) -> Kind:
    """What an exhibit shows, by the name that the policy gives the evidence. A name of the policy's own says nothing here."""
    return _KINDS.get(evidence or "", "other")


def placed(
    documents: Sequence[Document], fields: Callable[[Kind], Sequence[str]], limits: Limits, *, one_each: bool = True
) -> tuple[FileOffered, ...]:
    """Each file, in the first of the fields for its kind that is free. `one_each`: a field takes one file."""
    offered, used, total = list[FileOffered](), set[str](), 0
    for one in documents:
        wanted = fields(one.kind)
        free = [field for field in wanted if not one_each or field not in used]
        why = _refused(one, limits, total) or (None if free else "no_field_left")
        if why is None:
            used.add(free[0])
            total += one.size
        offered.append(
            FileOffered(
                field=free[0] if free else wanted[0],
                exhibit=one.exhibit,
                shared=one.shared,
                href=one.href,
                name=one.name,
                media_type=one.media_type,
                size=one.size,
                taken=why is None,
                why=why,
            )
        )
    return tuple(offered)


def _refused(one: Document, limits: Limits, total: int) -> Refused | None:
    if one.media_type not in limits.sizes:
        return "media_type"
    if one.size > limits.sizes[one.media_type]:
        return "too_large"
    return "too_large_together" if limits.together is not None and total + one.size > limits.together else None
