"""Named sets of roles that may use acts and reads."""

from domain.kernel.base import Role

PARTIES = frozenset({Role.BUYER, Role.SELLER})
READERS = PARTIES | {Role.MARKETPLACE, Role.NEUTRAL, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR}
OVERSEERS = READERS - {Role.NEUTRAL}
DECIDERS = frozenset({Role.NEUTRAL, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR})
"""The roles that may see claim histories: those that decide, and the auditor."""
DESK = OVERSEERS - PARTIES
PROVERS = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
PROMISERS = PARTIES | {Role.MARKETPLACE, Role.NEUTRAL, Role.SUPERVISOR}
GROUPERS = frozenset({Role.NEUTRAL, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.MARKETPLACE})
