"""The parties, the order, the claim, and whether the claim is heard."""

from typing import Annotated, assert_never
from uuid import UUID

from pydantic import Field

from domain.filing.admissibility_facts import DeclaredInadmissible, Ground
from domain.filing.claim_facts import ClaimBeyondLimit, What
from domain.filing.delivery_facts import DeliveryReported
from domain.filing.fast_lane_facts import FastLaneContested, FastLaneEvent, FastLaneGranted, ShownBy
from domain.filing.filing_facts import ReliefSought
from domain.filing.representation_facts import Capacity, RepresentationEnded, RepresentationEvent, RepresentativeNamed
from domain.filing.resolution_facts import ResolutionGranted
from domain.kernel.base import Instant, Role
from domain.kernel.money import Money
from domain.kernel.people import Side
from domain.kernel.places import Country, LanguageTag, TimeZone
from domain.kernel.quantities import Measure, Quantity
from domain.kernel.regions import Region
from domain.policy.reasons import ClaimReason
from domain.policy.resolution_rules import Charged, ResolutionGround
from domain.privacy.rectification_facts import Corrected, RecordRectified
from mediation.store.log.recorded import Recorded
from projections.case_story.items import instant, item
from projections.case_story.parts import Part, Said
from projections.table import Doc


class PartyShown(Part):
    """A buyer or a seller. Of the other party, each sees name, country, region, language and time zone."""

    id: Annotated[str | None, Field(description="A party sees only its own.")]
    name: str | None
    email: Annotated[str | None, Field(description="Not shown to the other party.")]
    country: Country
    language: LanguageTag
    time_zone: TimeZone
    tier: Annotated[str | None, Field(description="Not shown to the other party.")]
    region: Annotated[Region | None, Field(description="The part of the country, by ISO 3166-2, if it is known.")] = (
        None
    )


class RepresentativeShown(Part):
    """A person who acts for a party. In the dispute's history, `subject` is the `actor` of this person's acts."""

    side: Side
    subject: UUID
    id: Annotated[str | None, Field(description="A party sees only its own.")]
    name: str | None
    capacity: Capacity
    by: Role
    named_at: Instant
    ended_at: Instant | None
    ended_by: Role | None


class LineShown(Part):
    id: str
    title: str
    quantity: int
    amount: Money
    measure: Annotated[
        Measure | None, Field(description="How much it is, where it is sold by weight, volume, length or area.")
    ] = None


class HeldShown(Part):
    by: Side
    amount: Money


class ChargeShown(Part):
    label: str
    amount: Money


class TrackingShown(Part):
    carrier: str
    number: str
    status: str
    at: Instant


class TransactionShown(Part):
    """The order, as it was described at filing."""

    order_id: str
    payment_reference: Annotated[str | None, Field(description="Not shown to the parties.")]
    paid: Money
    paid_at: Instant
    delivered_at: Instant | None
    latest_delivery_at: Instant | None
    lines: list[LineShown]
    held: list[HeldShown]
    charges: list[ChargeShown]
    tracking: list[TrackingShown]


class DeliveryShown(Part):
    """What the marketplace reported about the delivery after filing. What a report leaves out is unchanged."""

    carrier: str | None
    number: Annotated[str | None, Field(description="The tracking number.")]
    delivered_at: Instant | None
    latest_delivery_at: Instant | None
    at: Instant


class ClaimedPartShown(Part):
    line: Annotated[str, Field(description="The id of the order line.")]
    quantity: Quantity


class ClaimShown(Part):
    reason: ClaimReason
    lines: list[str]
    amount: Money
    relief_sought: ReliefSought
    statement: Said
    parts: Annotated[
        tuple[ClaimedPartShown, ...],
        Field(description="How much is claimed of a line, where that is not all of it: in its measure, or in pieces."),
    ] = ()


class InadmissibleShown(Part):
    """Why the claim is not heard."""

    ground: Annotated[
        Ground, Field(description="`policy`: a limit of the policy. The claimant finds it in `decisions`.")
    ]
    by: Annotated[Role, Field(description="`engine`: the policy decided it at filing.")]
    clause: Annotated[str | None, Field(description="The rule of the policy. None if a person declared it.")]
    reasons: Said | None
    may_file_from: Annotated[
        Instant | None, Field(description="When the seller will have had enough time, if that is the only reason.")
    ]
    at: Instant


class BeyondLimitShown(Part):
    """The policy limits `what` to `most` in so many days."""

    what: What
    most: str
    days: int


class FastLaneShown(Part):
    """The claim was granted at filing, under a clause of the policy. The respondent can contest this by responding.

    `shown_by` is the part of the record that proves the claim, `up_to` the limit of the clause. Until the result stands,
    `funded_by` bears the cost.
    """

    clause: str
    shown_by: ShownBy
    claimant_receives: Money
    up_to: Money
    funded_by: str | None
    at: Instant
    contested_at: Instant | None


class ResolutionShown(Part):
    """An agent of the desk filed the claim and granted it in one act. `said` is what the buyer was told.

    The marketplace pays. `charged_to` bears it in the end; a seller can contest that by responding.
    """

    clause: str
    ground: ResolutionGround
    said: Said
    by: str
    claimant_receives: Money
    up_to: Money
    charged_to: Charged
    at: Instant
    contested_at: Instant | None


class RectificationShown(Part):
    """A correction of what is recorded about a party."""

    number: int
    by: Side
    what: Corrected
    correction: Said
    at: Instant


def rectified(doc: Doc, event: RecordRectified, recorded: Recorded) -> Doc:
    return {"rectifications": [*doc["rectifications"], item(event, at=instant(recorded.occurred_at))]}


def represented(doc: Doc, event: RepresentationEvent, recorded: Recorded) -> Doc:
    at, representatives = instant(recorded.occurred_at), doc["representatives"]
    match event:
        case RepresentativeNamed():
            return {"representatives": [*representatives, item(event, named_at=at, ended_at=None, ended_by=None)]}
        case RepresentationEnded():
            ended = {"ended_at": at, "ended_by": event.by.value}
            mine = (str(event.subject), None)
            told = [{**r, **ended} if (r["subject"], r["ended_at"]) == mine else r for r in representatives]
            return {"representatives": told}
        case _:
            assert_never(event)


def beyond_limit(doc: Doc, event: ClaimBeyondLimit, recorded: Recorded) -> Doc:
    return {"beyond_limit": item(event)}


def delivered(doc: Doc, event: DeliveryReported, recorded: Recorded) -> Doc:
    return {"deliveries": [*doc["deliveries"], item(event, at=instant(recorded.occurred_at))]}


def not_heard(doc: Doc, event: DeclaredInadmissible, recorded: Recorded) -> Doc:
    return {"inadmissible": item(event, at=instant(recorded.occurred_at))}


def at_once(doc: Doc, event: FastLaneEvent, recorded: Recorded) -> Doc:
    at = instant(recorded.occurred_at)
    match event:
        case FastLaneGranted():
            return {"fast_lane": item(event, at=at, contested_at=None)}
        case ResolutionGranted():
            return {"resolution": item(event, at=at, contested_at=None)}
        case FastLaneContested():
            by = "resolution" if doc["resolution"] else "fast_lane"
            return {by: doc[by] and {**doc[by], "contested_at": at}}
        case _:
            assert_never(event)
