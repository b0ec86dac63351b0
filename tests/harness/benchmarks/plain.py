"""The comparison: disputes written with the eventsourcing library as its documentation shows, over its default
recorder.

It has aggregates with explicit events, an application, the AES cipher from environment variables, and a projection with
a tracked view in PostgreSQL, one transaction per event.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.application import Application
from eventsourcing.cipher import AESCipher
from eventsourcing.dispatch import singledispatchmethod
from eventsourcing.domain import Aggregate, DomainEventProtocol, event
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Identifier
from psycopg.types.json import Jsonb

Doc = dict[str, Any]


def environment(conninfo: str, *, connections: int = 15) -> Mapping[str, str]:
    """The settings of the library: its PostgreSQL module and its cipher. Its own default is a pool of 5 connections and
    10 more."""
    where = conninfo_to_dict(conninfo)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": str(where["dbname"]),
        "POSTGRES_HOST": str(where["host"]),
        "POSTGRES_PORT": str(where["port"]),
        "POSTGRES_USER": str(where["user"]),
        "POSTGRES_PASSWORD": "",
        "POSTGRES_POOL_SIZE": "5",
        "POSTGRES_MAX_OVERFLOW": str(connections - 5),
        "CIPHER_TOPIC": "eventsourcing.cipher:AESCipher",
        "CIPHER_KEY": AESCipher.create_key(num_bytes=32),
    }


class Order(Aggregate):
    """The known facts of an order, and the claims about it."""

    @dataclass(frozen=True)
    class Recorded(Aggregate.Created):
        order_id: str
        order: Doc

    @dataclass(frozen=True)
    class ClaimOpened(Aggregate.Event):
        dispute_id: UUID
        lines: list[str]
        amount: Doc

    @event(Recorded)
    def __init__(self, order_id: str, order: Doc) -> None:
        self.order = order
        self.claims: list[UUID] = []

    @staticmethod
    def create_id(order_id: str) -> UUID:
        return uuid5(NAMESPACE_URL, f"/orders/{order_id}")

    @event(ClaimOpened)
    def open_claim(self, dispute_id: UUID, lines: list[str], amount: Doc) -> None:
        self.claims.append(dispute_id)


class Dispute(Aggregate):
    @dataclass(frozen=True)
    class Filed(Aggregate.Created):
        reference: str
        order: Doc
        buyer: Doc
        seller: Doc
        claimant: str
        claim: Doc

    @dataclass(frozen=True)
    class DeadlineSet(Aggregate.Event):
        name: str
        due_at: str

    @dataclass(frozen=True)
    class MessagePosted(Aggregate.Event):
        by: str
        author: UUID
        text: str
        language: str
        channel: str

    @event(Filed)
    def __init__(self, reference: str, order: Doc, buyer: Doc, seller: Doc, claimant: str, claim: Doc) -> None:
        self.reference = reference
        self.claimant = claimant
        self.deadlines: dict[str, str] = {}
        self.messages = 0

    @event(DeadlineSet)
    def set_deadline(self, name: str, due_at: str) -> None:
        self.deadlines[name] = due_at

    @event(MessagePosted)
    def post_message(self, by: str, author: UUID, text: str, language: str, channel: str) -> None:
        self.messages += 1


class Disputes(Application[UUID]):
    def file(self, filing: Doc, deadlines: Mapping[str, str]) -> UUID:
        """Five events of two aggregates, in one transaction."""
        order = filing["transaction"]
        dispute = Dispute(
            filing["marketplace_reference"],
            order,
            filing["buyer"],
            filing["seller"],
            filing["claimant"],
            filing["claim"],
        )
        for name, due_at in deadlines.items():
            dispute.set_deadline(name, due_at)
        bought = Order(order["order_id"], order)
        bought.open_claim(dispute.id, filing["claim"]["lines"], filing["claim"]["amount"])
        self.save(dispute, bought)
        return dispute.id


class CaseFiles(PostgresTrackingRecorder):
    """The materialised view: one row per dispute. Each change commits together with its tracking record."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        table = Identifier("case_files")
        self.sql_create_statements.append(
            SQL("CREATE TABLE IF NOT EXISTS {} (id uuid PRIMARY KEY, doc jsonb NOT NULL)").format(table)
        )
        self._insert = SQL("INSERT INTO {} (id, doc) VALUES (%s, %s)").format(table)
        self._change = SQL("UPDATE {} SET doc = jsonb_set(doc, %s, %s) WHERE id = %s").format(table)

    def filed(self, dispute_id: UUID, doc: Doc, tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(self._insert, (dispute_id, Jsonb(doc)), prepare=True)

    def changed(self, dispute_id: UUID, path: list[str], value: Any, tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(self._change, (path, Jsonb(value), dispute_id), prepare=True)


class CaseFilesProjection(Projection[CaseFiles]):
    name = "case_files"

    @singledispatchmethod
    def process_event(self, domain_event: DomainEventProtocol[UUID], tracking: Tracking) -> None:
        self.view.insert_tracking(tracking)

    @process_event.register
    def _(self, domain_event: Dispute.Filed, tracking: Tracking) -> None:
        doc = {"reference": domain_event.reference, "claim": domain_event.claim, "deadlines": {}, "last_message": None}
        self.view.filed(domain_event.originator_id, doc, tracking)

    @process_event.register
    def _(self, domain_event: Dispute.DeadlineSet, tracking: Tracking) -> None:
        self.view.changed(domain_event.originator_id, ["deadlines", domain_event.name], domain_event.due_at, tracking)

    @process_event.register
    def _(self, domain_event: Dispute.MessagePosted, tracking: Tracking) -> None:
        self.view.changed(domain_event.originator_id, ["last_message"], domain_event.text, tracking)
