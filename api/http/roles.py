"""Named sets of roles that may use acts and reads."""

from domain.kernel.base import Role

PARTIES = frozenset({Role.BUYER, Role.SELLER})
DESK = frozenset({Role.MARKETPLACE, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR})
ALL_BUT_NEUTRALS = PARTIES | DESK
READERS = ALL_BUT_NEUTRALS | {Role.NEUTRAL}
KNOW_CLAIM_HISTORIES = frozenset({Role.NEUTRAL, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR})
"""The roles that may see claim histories: those that decide, and the auditor."""
KNOW_CONTACTS = DESK | {Role.NEUTRAL}
"""The roles that may see what people asked the marketplace for about an order: never a party."""
AT_THE_DESK = frozenset({Role.NEUTRAL, Role.SUPERVISOR, Role.ADMINISTRATOR})
"""The people who act on cases. They see who else is at a case, and are seen."""
PROVERS = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
PROMISERS = PARTIES | {Role.MARKETPLACE, Role.NEUTRAL, Role.SUPERVISOR}
GROUPERS = frozenset({Role.NEUTRAL, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.MARKETPLACE})
