"""Ways to spoil a sound result, which prove that every rule of the cuts works. `tests.harness.soak.tampering` has those of any
log."""

from projections.pending_commitments import PENDING_COMMITMENTS
from tests.harness.soak.tampering import Spoiled

_VIEW = f"views.{PENDING_COMMITMENTS.table}"
_TWICE = """INSERT INTO event SELECT (SELECT max(position) FROM event) + 1, recorded_at, occurred_at, stream_id, dispute_id,
  correlation_id, gen_random_uuid(), actor, version + 1000, schema_version, marketplace, kind, body FROM event
  WHERE kind = 'MessagePosted' LIMIT 1"""

WAYS = (
    Spoiled(
        "DELETE FROM command_result WHERE key = (SELECT key FROM soak.sent WHERE acknowledged LIMIT 1)",
        "what was acknowledged is there, once",
    ),
    Spoiled(_TWICE, "what was not acknowledged is whole or absent, and nothing was done twice"),
    Spoiled(
        "INSERT INTO soak.paid SELECT refund, 'again', minor, currency, status FROM soak.paid LIMIT 1",
        "what the buyer of each dispute was told to be owed was paid once, to the last unit",
    ),
    Spoiled(
        "DELETE FROM soak.paid WHERE reference = (SELECT min(reference) FROM soak.paid)",
        "every refund on record is confirmed, and bears the payment that was made",
    ),
    Spoiled(
        f"DELETE FROM {_VIEW} WHERE ctid = (SELECT min(ctid) FROM {_VIEW} WHERE ended_position IS NULL)",
        "every promise is in the view as the log tells it, none lost or doubled",
    ),
    Spoiled(
        f"UPDATE {_VIEW} SET status = 'pending' WHERE commitment_class = 'remedy' AND ended_position IS NULL",
        "nothing that blocks a closure is still owed",
    ),
    Spoiled("INSERT INTO parked VALUES ('made_up@1', gen_random_uuid(), 1)", "nothing is parked"),
)
