"""Who is signed in to the console."""

from api.http.auth import Principal
from domain.kernel.frozen import frozen


@frozen
class Session:
    """A person who is signed in, in one browser. `csrf` is sent back with every form: a page of another origin cannot know it.

    `name` is what the person is called on screen, as the identity provider says it; None if it says nothing.
    """

    principal: Principal
    csrf: str
    name: str | None = None
