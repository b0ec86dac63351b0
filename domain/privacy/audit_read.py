"""What auditors read is itself on record. No rule stands behind it: whoever may read is let in before, by their role.

Each reading is a stream of its own, so that no two are ever in each other's way.
"""

from uuid import UUID

from domain.kernel.base import Event


class RecordRead(Event, kind="RecordRead", stream="reading"):
    """`route` is the name of what was asked for; `question` holds its parameters, free texts among them as keyed hashes.

    `dispute_id` is the dispute that was asked about, where it was one; its own trail stays what its parties made of it.
    """

    route: str
    dispute_id: UUID | None
    question: dict[str, str]
