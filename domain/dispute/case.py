"""What one command may read and write: the dispute, and the other streams that it needs."""

from domain.access.revocation_facts import Revocations
from domain.contacts.contact_facts import Contacts
from domain.dispute.state import Dispute
from domain.filing.claim_facts import ClaimRecord
from domain.filing.standing_rules_facts import StandingRules
from domain.incidents.incident_facts import Incident
from domain.kernel.frozen import frozen
from domain.neutral.mandate_facts import Mandate
from domain.notices.notices_facts import Notices
from domain.payments.reconciliation_facts import Reconciliation
from domain.payments.refund_facts import Refund
from domain.payments.transaction_facts import Transaction
from domain.policy.book import PolicyBook
from domain.policy.policy import Policy
from domain.privacy.erasure_facts import Person
from domain.settlement.conversation_facts import Conversation
from domain.settlement.notes_facts import Notes
from domain.settlement.replies_facts import Seen


@frozen
class Case:
    """The streams that one command may read and write. None where nothing has happened yet.

    `mandate` is the mandate of the neutral whom the command names, or else of the neutral who has the dispute. If the
    command names another neutral, `predecessor` is the mandate of the neutral who has the dispute. `claims` are those
    of one party, where policy counts them. `incident` is the one that the command names, or else the dispute's.
    `standing_rules` are those of the seller.
    """

    dispute: Dispute | None = None
    transaction: Transaction = Transaction()
    conversation: Conversation = Conversation()
    seen: Seen = Seen()
    notes: Notes = Notes()
    notices: Notices = Notices()
    refund: Refund | None = None
    mandate: Mandate | None = None
    predecessor: Mandate | None = None
    policies: PolicyBook = PolicyBook()
    incident: Incident | None = None
    claims: ClaimRecord = ClaimRecord()
    reconciliation: Reconciliation = Reconciliation()
    contacts: Contacts = Contacts()
    person: Person = Person()
    revocations: Revocations = Revocations()
    standing_rules: StandingRules = StandingRules()


EMPTY = Case()


@frozen
class Basis:
    """What a stage decides a command on: the filed dispute, the policy that it was filed under, and its case."""

    dispute: Dispute
    policy: Policy
    case: Case
