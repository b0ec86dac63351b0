"""What people asked the marketplace for about an order, in words."""

from typing import assert_never

from api.audit.story.about import About
from api.audit.story.phrases import moment
from domain.contacts.contact_facts import ContactEvent, ContactRecorded, ContactsDestroyed

_BECAME = {
    "done": "it is done",
    "refused": "it is refused",
    "failed": "it fails on the way",
    "abandoned": "the person gives up",
}


def tried(about: About, event: ContactEvent) -> str:
    match event:
        case ContactRecorded(number=number, side=side, channel=channel, wanted=wanted, outcome=outcome, reason=reason):
            at = moment(event.happened_at, about.zone_of(side))
            why = f", because {event.reason_code.replace('_', ' ')}" if event.reason_code else ""
            said = f': "{reason.text}"' if reason else ""
            want = wanted.replace("_", " ")
            return f"contact {number}: the {side} wants {want} ({channel}, {at}), and {_BECAME[outcome]}{why}{said}"
        case ContactsDestroyed(up_to=up_to, rule=rule):
            return f"what one person was told in contacts up to {up_to} is destroyed, by {rule}"
        case _:
            assert_never(event)
