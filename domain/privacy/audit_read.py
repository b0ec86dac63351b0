"""What auditors read is recorded. There is no rule behind it: a reader's role is checked before.

Each reading is a stream of its own, so that two readings never conflict.
"""

from uuid import UUID

from domain.kernel.base import Event


class RecordRead(Event, kind="RecordRead", stream="reading"):
    """An auditor read something.

    `route` is the name of the route. `question` holds its parameters; free texts among them are keyed hashes.
    `dispute_id` is the dispute that was read, if it was one. The reading is not part of that dispute's own trail.
    """

    route: str
    dispute_id: UUID | None
    question: dict[str, str]
