"""Who is signed in to the console."""

from datetime import datetime
from uuid import UUID

from api.http.auth import Principal
from domain.kernel.frozen import frozen


@frozen
class Session:
    """A person who is signed in, in one browser. `csrf` is sent back with every form: a page of another origin cannot know it.

    `name` is what the person is called on screen, as the identity provider says it; None if it says nothing. `id` is the id of
    the stored session, which began at `begun_at`. `renewed` is the secret that the browser keeps from now on, if it has just
    changed.
    """

    principal: Principal
    csrf: str
    name: str | None = None
    id: UUID | None = None
    begun_at: datetime | None = None
    renewed: str | None = None
