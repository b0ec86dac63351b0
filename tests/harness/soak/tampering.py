"""Ways to spoil a sound result, each with the rule that must find it. They prove that every rule works."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spoiled:
    """`log`: the evidence must be read from the log again."""

    by: str
    rule: str
    log: bool = False


_SOME = "(SELECT op FROM soak.op WHERE outcome = 'stored' AND what = 'ticks' ORDER BY w, n LIMIT 1)"
_COPY = """INSERT INTO event SELECT (SELECT max(position) FROM event) + row_number() OVER (ORDER BY position), recorded_at,
  occurred_at, stream_id, dispute_id, correlation_id, gen_random_uuid(), actor,
  (SELECT max(version) FROM event s WHERE s.stream_id = e.stream_id)
    + row_number() OVER (PARTITION BY stream_id ORDER BY position),
  schema_version, marketplace, kind, body FROM event e WHERE {}"""
_BODY = """UPDATE event SET body = convert_to(jsonb_set(convert_from(body, 'UTF8')::jsonb, '{paid,amount}', '"0.01"')::text,
  'UTF8') WHERE kind = 'TransactionRecorded'"""
_SWAP = """UPDATE event e SET version = o.version + 1000000 FROM (SELECT a.position AS p, b.version FROM event a JOIN event b
  ON a.stream_id = b.stream_id AND a.version = 1 AND b.version = 2 LIMIT 1) o WHERE e.position = o.p"""

OF_WRITING = (
    Spoiled("UPDATE soak.op SET outcome = NULL WHERE w = 0 AND n = 0", "every thing that was begun has an answer"),
    Spoiled("INSERT INTO soak.odd VALUES (0, 'KeyError')", "nothing unforeseen was raised"),
    Spoiled(
        f"DELETE FROM event WHERE correlation_id = {_SOME}",
        "what was acknowledged is in the log, whole, and where it was said to be",
        log=True,
    ),
    Spoiled(
        f"DELETE FROM soak.op WHERE op = {_SOME}", "nothing is in the log that was refused, or that nobody asked for"
    ),
    Spoiled(
        f"UPDATE soak.segment SET version = version + 1 WHERE op = {_SOME}",
        "each fact is what was to be stored, in its stream, at its version",
    ),
    Spoiled(_COPY.format(f"correlation_id = {_SOME}"), "no fact is there twice", log=True),
    Spoiled(_SWAP, "versions of a stream have no gap, in order of position", log=True),
    Spoiled("UPDATE soak.op SET n = -n WHERE w = 0", "what one writer did is in the order in which it did it"),
)

OF_THE_LOG = (
    Spoiled("DELETE FROM event WHERE position = 7", "positions have no gap", log=True),
    Spoiled(
        "UPDATE event SET recorded_at = recorded_at - interval '1 day' WHERE position = 77",
        "recorded_at never goes back",
        log=True,
    ),
    Spoiled(
        "UPDATE soak.op SET at = (SELECT max(ended_at) FROM soak.op) WHERE op = (SELECT op FROM soak.log WHERE position = 1)",
        "what was acknowledged before something else began comes before it",
    ),
    Spoiled(
        _COPY.format(
            "correlation_id = (SELECT op FROM soak.op WHERE outcome = 'stored' AND what = 'PostMessage' LIMIT 1)"
        ),
        "the facts of a command stand side by side, and nothing was done twice",
        log=True,
    ),
    Spoiled(
        "DELETE FROM command_result WHERE first_position = (SELECT max(first_position) FROM command_result)",
        "each key has its one result, and only what was stored has one",
    ),
    Spoiled(_COPY.format("kind = 'RefundConfirmed'"), "what can happen only once did", log=True),
    Spoiled("UPDATE soak.op SET spot = gen_random_uuid() WHERE what = 'FileDispute'", "what was granted is on record"),
    Spoiled(
        "UPDATE soak.op SET minor = 1000 * minor WHERE refund IS NOT NULL",
        "refunds stay below what was paid, by what the writers were told",
    ),
    Spoiled(_BODY, "refunds stay below what was paid, by the log"),
    Spoiled("INSERT INTO soak.looked VALUES (0, 5, 4)", "whoever was told that a view is there found it there"),
    Spoiled("SET LOCAL synchronous_commit = off", "the server kept its promises about the disk"),
    Spoiled(
        "INSERT INTO parked VALUES ('made_up@1', gen_random_uuid(), 1)",
        "exactly what is poisoned is parked, and all that follows it",
    ),
    Spoiled("INSERT INTO parked VALUES ('made_up@1', gen_random_uuid(), 1)", "nothing is parked any more"),
)

_DEFAULT_AGAIN = "kind = 'CommitmentMade' AND convert_from(body, 'UTF8')::jsonb ->> 'arises_from' = 'default'"
_OUTAGE = """INSERT INTO event SELECT 0, recorded_at, occurred_at, gen_random_uuid(), NULL, correlation_id, causation_id, actor,
  1, 1, marketplace, 'OutageRecorded', convert_to('{"outage": {"began_at": "2000-01-01T00:00:00Z", "ended_at": "'
  || (SELECT max(occurred_at) FROM event)::text || '"}}', 'UTF8') FROM event WHERE position = 1"""

OF_CLOCKS = (
    Spoiled(
        "UPDATE event SET occurred_at = occurred_at + interval '10 years' WHERE kind = 'DefaultGranted'",
        "nothing lapses before any clock of the marketplace has shown its end",
    ),
    Spoiled(
        "UPDATE event SET occurred_at = occurred_at - interval '1 s' WHERE kind = 'DeadlineLapsed'",
        "what lapses was due then, as far as was known",
    ),
    Spoiled(_OUTAGE, "nothing lapses in an outage that is on record"),
    Spoiled(
        "DELETE FROM views.timer", "no deadline is lost: what is over has lapsed or ended, and what runs has its timer"
    ),
    Spoiled(_COPY.format(_DEFAULT_AGAIN), "no default makes a commitment twice"),
)


_ONE_LESS = "DELETE FROM views.{0} WHERE ctid = (SELECT min(ctid) FROM views.{0})"
_MADE_UP = """INSERT INTO views.{0} SELECT made.* FROM jsonb_populate_record(NULL::views.{0}, (
  SELECT jsonb_object_agg(attname, CASE atttypid::regtype::text WHEN 'uuid' THEN to_jsonb(gen_random_uuid())
    WHEN 'bigint' THEN '1' WHEN 'boolean' THEN 'true' WHEN 'jsonb' THEN '{{}}'
    WHEN 'timestamp with time zone' THEN to_jsonb(now()) ELSE '"made up"' END)
  FROM pg_attribute WHERE attrelid = 'views.{0}'::regclass AND attnum > 0 AND NOT attisdropped)) made
WHERE NOT EXISTS (SELECT FROM views.{0})"""


def of_views(rules: Iterable[str]) -> Iterable[Spoiled]:
    """In each view, one row is deleted. In a view without rows, one is invented."""
    for rule in rules:
        table = rule.split()[0] if " equals " in rule else "tally_1"
        yield Spoiled(f"{_ONE_LESS}; {_MADE_UP}".format(table), rule)
