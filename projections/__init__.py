"""The views: one module each, with its row, its pure fold and its query.

`view` is what they share, `lives` selects the state at an instant, `paging` makes pages. `case_story` is the fold of
`case_file`, one module for each part of a dispute's life.
"""

from typing import Any

from projections.access_requests import ACCESS_REQUESTS
from projections.case_file import CASE_FILE
from projections.caseload import CASELOAD
from projections.claim_history import CLAIM_HISTORY
from projections.contacts import CONTACTS
from projections.conversations import CONVERSATIONS
from projections.erasures import ERASURES, LEGAL_HOLDS
from projections.incident_members import INCIDENT_MEMBERS
from projections.incidents import INCIDENTS
from projections.machine_readings import MACHINE_READINGS
from projections.mandates import MANDATES
from projections.pending_commitments import PENDING_COMMITMENTS
from projections.recommendations import RECOMMENDATIONS
from projections.reconciliations import RECONCILIATIONS
from projections.refund_ledger import REFUND_LEDGER
from projections.table import Table
from projections.translations import TRANSLATIONS
from projections.view import View

VIEWS: tuple[View[Any], ...] = (
    CASELOAD,
    PENDING_COMMITMENTS,
    REFUND_LEDGER,
    CONVERSATIONS,
    CONTACTS,
    MANDATES,
    INCIDENTS,
    INCIDENT_MEMBERS,
    CLAIM_HISTORY,
    RECOMMENDATIONS,
    RECONCILIATIONS,
    ACCESS_REQUESTS,
    ERASURES,
    LEGAL_HOLDS,
    TRANSLATIONS,
    MACHINE_READINGS,
)
"""Every view, each a consumer of the log."""

TABLES: tuple[Table[Any], ...] = (*VIEWS, CASE_FILE)
"""Every table here. The documents of cases are kept by their readers."""
