"""Why an act is refused. Each refusal is a type that names the broken rule and carries its facts.

    Refusal
    ├── Malformed      wrong in any state                  (422)
    ├── Conflict       refused by state or clock           (409)
    ├── Forbidden      no right to do this                 (403)
    └── Unknown        no such thing, for this caller      (404)

Each stage declares its own refusals beside its decisions, as subclasses of these four.
"""

from typing import Any, ClassVar


class Refusal(Exception):
    """A rule said no, and nothing was changed.

    `facts` are plain JSON values without personal data. `pointer` is a JSON pointer to the request field at fault, if
    there is one. The first line of the class's docstring is what a person reads.
    """

    pointer: ClassVar[str | None] = None

    def __init__(self, *, at: str | None = None, **facts: Any) -> None:
        self.facts = facts
        self.at = at if at is not None else self.pointer
        super().__init__(type(self).title())

    @property
    def code(self) -> str:
        return type(self).__name__

    @classmethod
    def title(cls) -> str:
        return (cls.__doc__ or cls.__name__).strip().splitlines()[0]


class Malformed(Refusal):
    """The request is wrong, whatever the state of the dispute."""


class Conflict(Refusal):
    """The state of the dispute, or the time, does not allow this now."""


class Forbidden(Refusal):
    """Your role does not have the right to do this."""


class Unknown(Refusal):
    """There is no such thing here."""


class DisputeIsClosed(Conflict):
    """The dispute is closed.

    Why: A closed dispute is over: both sides and the payment provider rely on that. `closed_as` says how it ended.

    What to do: Messages and service commitments are still possible. If the outcome was wrong, ask a supervisor to
    reopen the dispute.

    Example: {"closed_as": "withdrawn"}
    """


class NotYourMove(Conflict):
    """The dispute is at a stage that does not allow this, or it is not your move.

    Why: Each stage has its own acts, so that both sides know what is asked of them. `stage` or `awaiting` says where
    the dispute stands.

    What to do: Read `actions` of the case file: it lists what you can do now.

    Example: {"stage": "execution"}
    """


class DeadlineHasLapsed(Conflict):
    """The deadline for this has passed: `deadline` names it.

    Why: At the end of a window its consequence takes effect at once, and the other side relies on it.

    What to do: Look at the case file for what followed. After a default you can ask to set it aside while the deadline
    `set_aside` runs.

    Example: {"deadline": "answers-buyer"}
    """


class UnknownDispute(Unknown):
    """There is no dispute with this id that you can see.

    Why: A dispute can be seen by its own marketplace and by those who take part in it. To everybody else it does not
    exist, so that nobody learns which ids are used.

    What to do: Check the id and the marketplace of your token. A neutral sees a dispute that is assigned to them or
    that waits for a neutral.

    Example: {"dispute_id": "00000000-0000-0000-0000-0000000000d1"}
    """
