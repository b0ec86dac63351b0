"""Processes turn events into commands: what the engine does by itself, in its own name.

Each process keeps a table of its own tasks. `store.follow` feeds the table. The process carries out the tasks with
commands that are harmless when repeated.
"""

from uuid import UUID

from domain.kernel.base import Actor, Role

ENGINE = Actor(subject=UUID("00000000-0000-8000-8000-0000656e6769"), role=Role.ENGINE)
"""The actor of every command that the engine sends by itself."""
