"""From events to commands: what the engine does by itself, in its own name.

A process remembers what it has to do in a table of its own, fed by `store.follow`, and works through it with commands that
are harmless when repeated.
"""

from uuid import UUID

from domain.kernel.base import Actor, Role

ENGINE = Actor(subject=UUID("00000000-0000-8000-8000-0000656e6769"), role=Role.ENGINE)
"""Who acts when the engine acts by itself."""
