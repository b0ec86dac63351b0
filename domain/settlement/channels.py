"""What each channel needs: a telephone call says who spoke, when and how long; what is public says where it can be read.

    Malformed
    ├── ChannelNeedsMore
    ├── NotOfThisChannel
    └── ChannelAhead

`arrived_before` is for whatever brings messages in: it says whether a message with this id came over its channel already.
"""

from uuid import UUID

from domain.kernel.base import Instant, Value
from domain.kernel.channels import PUBLIC_CHANNELS, Address, Call, Channel
from domain.kernel.refusals import Malformed
from domain.settlement.conversation_facts import Arrived, Conversation

# --- types ---


class Publication(Value):
    """Where the public reads a message, and since when."""

    address: Address
    public_since: Instant


class ChannelNeedsMore(Malformed):
    """The message came over a channel that needs `field` too, and `field` is missing.

    Why: What somebody said in a call can be judged only if it is known who spoke, when and how long. A review or a post can be
    answered only where it stands.

    What to do: Send `field`. For `phone` it is `call`; for `social`, `review_site` and `forum` it is `public`.

    Example: {"channel": "phone", "field": "call"}
    """


class NotOfThisChannel(Malformed):
    """`field` does not belong to a message over this channel.

    Why: `call` tells of a telephone call, and `public` of something that everybody can read. Over another channel they would
    contradict what the message says of itself.

    What to do: Correct `channel`, or leave out `field`.

    Example: {"channel": "email", "field": "call"}
    """


class ChannelAhead(Malformed):
    """`field` lies in the future: the call or the publication comes later than the message about it.

    Why: A message tells of a call, or of something public, that has already happened.

    What to do: Correct `field`. An instant needs the right offset from UTC.

    Example: {"field": "began_at", "now": "2026-11-02T10:00:00+00:00"}
    """


# --- decisions ---


def check(channel: Channel, call: Call | None, public: Publication | None, now: Instant) -> None:
    """What was stored before these rules, and what is imported, is not checked.

    Raises ChannelNeedsMore, NotOfThisChannel, ChannelAhead.
    """
    belongs = {"call": channel == "phone", "public": channel in PUBLIC_CHANNELS}
    for field, given in (("call", call), ("public", public)):
        if belongs[field] and given is None:
            raise ChannelNeedsMore(channel=channel, field=field)
        if given is not None and not belongs[field]:
            raise NotOfThisChannel(channel=channel, field=field)
    for field, at in (
        ("began_at", call.began_at if call else None),
        ("public_since", public.public_since if public else None),
    ):
        if at is not None and at > now:
            raise ChannelAhead(field=field, now=now.isoformat())


def arrived_before(conversation: Conversation, arrival: UUID | None) -> Arrived | None:
    """The message that came with this arrival already, if one did. Its second coming is no fact and no error."""
    return conversation.arrived.get(arrival) if arrival is not None else None
