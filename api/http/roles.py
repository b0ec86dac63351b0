"""The roles that acts and reads are opened for, by what they have in common."""

from domain.kernel.base import Role

PARTIES = frozenset({Role.BUYER, Role.SELLER})
READERS = PARTIES | {Role.MARKETPLACE, Role.NEUTRAL, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR}
OVERSEERS = READERS - {Role.NEUTRAL}
DECIDERS = frozenset({Role.NEUTRAL, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR})
"""Who may know how often somebody claims, or is claimed of: whoever decides, and whoever audits that."""
DESK = OVERSEERS - PARTIES
PROVERS = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
PROMISERS = PARTIES | {Role.MARKETPLACE, Role.NEUTRAL, Role.SUPERVISOR}
GROUPERS = frozenset({Role.NEUTRAL, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.MARKETPLACE})
