"""The rules that must hold after every command was cut off and everything has ended. Each is a query for what breaks
it.

They compare the log with what the senders know, and with what the provider says that it paid. `tests.harness.soak.checks` has
the rules for any log.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import psycopg

from domain.kernel.money import Money
from projections.pending_commitments import PENDING_COMMITMENTS
from tests.harness.cuts.client import Done
from tests.harness.soak import checks
from tests.harness.soak.checks import Broken

_TABLES = """
CREATE UNLOGGED TABLE soak.sent (key bytea PRIMARY KEY, what text, expects text, dispute uuid, acknowledged bool,
  owed bigint, currency text);
CREATE UNLOGGED TABLE soak.paid (refund uuid, reference text, minor bigint, currency text, status text);
"""

OF_ANY_LOG = (
    "versions of a stream have no gap, in order of position",
    "positions have no gap",
    "recorded_at never goes back",
    "what can happen only once did",
    "refunds stay below what was paid, by the log",
    "the server kept its promises about the disk",
    "the table of events is whole, and every index holds every row",
)

_REFUNDS = """(SELECT stream_id AS refund, dispute_id AS dispute, b ->> 'commitment_id' AS commitment,
  b #>> '{amount,amount}' AS amount, b #>> '{amount,currency}' AS currency FROM (SELECT stream_id, dispute_id,
  convert_from(body, 'UTF8')::jsonb AS b FROM event WHERE kind = 'RefundInstructed') e)"""
_STANDING = """(SELECT DISTINCT ON (id) id, status FROM (
  SELECT convert_from(body, 'UTF8')::jsonb ->> 'commitment_id' AS id, position, CASE kind WHEN 'CommitmentMade' THEN 'pending'
    WHEN 'CommitmentBreached' THEN 'overdue' WHEN 'CommitmentWaived' THEN 'waived' WHEN 'CommitmentReplaced' THEN 'replaced'
    WHEN 'CommitmentDischarged' THEN 'discharged'
    ELSE CASE WHEN convert_from(body, 'UTF8')::jsonb @> '{"late": true}' THEN 'kept_late' ELSE 'kept' END END AS status
  FROM event WHERE kind IN ('CommitmentMade', 'CommitmentBreached', 'CommitmentKept', 'CommitmentWaived',
    'CommitmentReplaced', 'CommitmentDischarged')) told ORDER BY id, position DESC)"""
"""The status of each commitment, by the log alone."""

COMMANDS: Mapping[str, str] = {
    "what was acknowledged is there, once": """
        SELECT s.what, s.dispute, r.events, l.* FROM soak.sent s LEFT JOIN command_result r USING (key)
        LEFT JOIN LATERAL (SELECT count(*) AS n, count(DISTINCT causation_id) AS commands,
          count(*) FILTER (WHERE kind = s.expects) AS expected FROM event
          WHERE position BETWEEN r.first_position AND r.first_position + r.events - 1) l ON true
        WHERE (s.acknowledged AND r.key IS NULL) OR (r.key IS NOT NULL AND (l.n <> r.events OR l.commands <> 1
          OR l.expected <> 1))""",
    "what was not acknowledged is whole or absent, and nothing was done twice": """
        SELECT e.causation_id, min(e.position), max(e.position), count(*), count(DISTINCT r.key) FROM event e
        LEFT JOIN command_result r ON e.position BETWEEN r.first_position AND r.first_position + r.events - 1
        LEFT JOIN soak.sent s USING (key)
        WHERE e.actor <> '00000000-0000-8000-8000-0000656e6769'
        GROUP BY 1 HAVING count(DISTINCT r.key) <> 1 OR count(s.key) <> count(*)
          OR max(e.position) - min(e.position) + 1 <> count(*)""",
}

MONEY: Mapping[str, str] = {
    "what the buyer of each dispute was told to be owed was paid once, to the last unit": f"""
        SELECT dispute, o.*, p.* FROM (SELECT dispute, owed AS minor, currency FROM soak.sent
          WHERE owed IS NOT NULL AND (acknowledged OR key IN (SELECT key FROM command_result))) o
        FULL JOIN (SELECT f.dispute, sum(p.minor) AS minor,
          min(p.currency) AS currency, count(*) AS payments, bool_and(p.status = 'paid') AS paid
          FROM soak.paid p LEFT JOIN {_REFUNDS} f USING (refund) GROUP BY 1) p USING (dispute)
        WHERE (o.minor, o.currency, 1, true) IS DISTINCT FROM (p.minor, p.currency, p.payments, p.paid)""",
    "every refund on record is confirmed, and bears the payment that was made": f"""
        SELECT f.*, p.*, c.n FROM {_REFUNDS} f FULL JOIN soak.paid p USING (refund)
        LEFT JOIN LATERAL (SELECT count(*) AS n FROM event e WHERE e.stream_id = refund AND kind = 'RefundConfirmed') c ON true
        WHERE c.n IS DISTINCT FROM 1 OR p.refund IS NULL OR f.currency <> p.currency""",
    "every promise is in the view as the log tells it, none lost or doubled": f"""
        SELECT id, l.status, v.* FROM {_STANDING} l FULL JOIN (SELECT commitment_id::text AS id, min(status) AS status,
          count(*) AS rows FROM views.{PENDING_COMMITMENTS.table} WHERE ended_position IS NULL GROUP BY 1) v USING (id)
        WHERE (l.status, 1) IS DISTINCT FROM (v.status, v.rows)""",
    "nothing that blocks a closure is still owed": f"""
        SELECT commitment_id, status FROM views.{PENDING_COMMITMENTS.table} WHERE ended_position IS NULL
        AND commitment_class = 'remedy' AND status IN ('pending', 'overdue')""",
    "nothing is parked": "SELECT consumer, subject, error FROM parked",
}


def gather(
    connection: psycopg.Connection[Any],
    sent: Iterable[Done],
    paid: Iterable[Mapping[str, Any]],
) -> None:
    """Loads what the senders and the provider know."""
    connection.execute(_TABLES)
    for name, rows in (("sent", map(_sent, sent)), ("paid", map(_payment, paid))):
        with connection.cursor().copy(f"COPY soak.{name} FROM STDIN".encode()) as copy:
            for row in rows:
                copy.write_row(row)
    connection.execute("ANALYZE")


def _sent(done: Done) -> tuple[object, ...]:
    owed = done.act.owed
    money = (None, None) if owed is None else (owed.minor, owed.currency)
    return done.key, done.act.route, done.act.expects, done.dispute, done.status is not None, *money


def _payment(one: Mapping[str, Any]) -> tuple[object, ...]:
    amount = Money.of(one["amount"]["amount"], one["amount"]["currency"])
    return one["refund_id"], one["reference"], amount.minor, amount.currency, one["status"]


def rules(connection: psycopg.Connection[Any]) -> dict[str, str]:
    of_log = {**checks.WRITING, **checks.LOG}
    twins = {rule: query for rule, query in checks.of_views(connection).items() if " equals " in rule}
    return {**{rule: of_log[rule] for rule in OF_ANY_LOG}, **COMMANDS, **MONEY, **twins}


def objects(connection: psycopg.Connection[Any], rule: str) -> bool:
    return bool(checks.broken(connection, {rule: rules(connection)[rule]}))


def ask(connection: psycopg.Connection[Any]) -> tuple[int, list[Broken]]:
    """The number of rules, and the broken ones."""
    asked = rules(connection)
    return len(asked), checks.broken(connection, asked)
