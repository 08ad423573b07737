"""Where people's data must never lie: words that were written through the API are looked for everywhere else.

The tables that own the data are named here. Whatever else holds a word is a leak: a queue, the broker's disk, another
table, a log, a measure, a file that somebody left.
"""

from __future__ import annotations

import re
import secrets
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import pika
import psycopg
from psycopg import sql

from embedded.stack import Stack
from shared.messaging.rabbit.queues import EXCHANGE
from shared.services import SERVICES
from shared.testing.rabbitmq import Broker

# The record itself: who a client is, what was written about them, and the copies by which others name them.
OWNERS: Final = frozenset(
    {
        "clients.clients",
        "clients.client_tokens",
        "clients.client_tags",
        "clients.work_items",
        "clients.work_item_changes",
        "clients.client_addresses",
        "clients.profile_changes",
        "clients.client_import_rows",
        "clients.responsible_people",
        "clients.responsible_changes",
        "clinical.cases",
        "clinical.case_status_changes",
        "clinical.client_copies",
        "clinical.groups",
        "clinical.group_changes",
        "clinical.notes",
        "clinical.note_versions",
        "clinical.addenda",
        "clinical.treatment_plans",
        "clinical.work_items",
        "clinical.work_item_changes",
        "billing.client_copies",
    }
)
TAP: Final = "canary.tap"


@dataclass(frozen=True)
class Canaries:
    """Words that nobody else writes. `pattern` finds each of them, and what was made of it (`Zqx…` in any case)."""

    mark: str = field(default_factory=lambda: "zqx" + "".join(secrets.choice("bcdfghklmnprst") for _ in range(8)))
    phone: str = field(default_factory=lambda: f"20255501{secrets.randbelow(90) + 10}")
    born: str = "1907-03-19"

    def word(self, what: str) -> str:
        """A word for a field."""
        return f"{self.mark.title()}{what}"

    @property
    def pattern(self) -> str:
        """A regular expression, for texts in lower case."""
        return "|".join((self.mark, self.phone, self.born))


class Scan:
    """Looks through everything that a running stack keeps, says and sends."""

    def __init__(self, stack: Stack, broker: Broker | None) -> None:
        self._stack = stack
        self._broker = broker

    def places(self, pattern: str) -> set[str]:
        """The places outside the tables that own the data where the pattern is found."""
        return {*self.of_the_bus(pattern), *self._tables(pattern), *self.said(pattern)}

    def said(self, pattern: str) -> set[str]:
        """Those where processes tell of themselves: logs, PostgreSQL's too, measures, and files that somebody left."""
        return {*self._files(pattern), *self._measures(pattern)}

    def of_the_bus(self, pattern: str) -> set[str]:
        """Those of the bus alone: what waits on it, and what lies on its disk."""
        if self._broker is None:
            return set(self._tables_of("bus", pattern))
        found = {f"broker's disk: {name}" for name in self._broker.files_with(pattern)}
        if any(re.search(pattern, text) for text in tapped(self._broker.url)):
            found.add("broker: a queue")
        return found

    def owners(self, pattern: str) -> set[str]:
        """The tables that own the data where the pattern is found."""
        return {table for service in SERVICES for table in self._tables_of(service, pattern)} & OWNERS

    def _tables(self, pattern: str) -> Iterator[str]:
        for service in SERVICES:
            yield from (table for table in self._tables_of(service, pattern) if table not in OWNERS)

    def _tables_of(self, database: str, pattern: str) -> Iterator[str]:
        """Every table with a row in which the pattern is found; bytes count as what they say."""
        url = self._stack.postgres.admin_url.rsplit("/", 1)[0] + f"/{database}"
        with psycopg.connect(url, autocommit=True) as connection:
            columns: dict[str, list[Any]] = {}
            for table, column, kind in connection.execute(
                "SELECT table_name, column_name, data_type FROM information_schema.columns"
                " JOIN information_schema.tables USING (table_schema, table_name)"
                " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
            ):
                as_text = "encode({}, 'escape')" if kind == "bytea" else "{}::text"
                columns.setdefault(table, []).append(sql.SQL(as_text).format(sql.Identifier(column)))
            for table, texts in columns.items():
                statement = sql.SQL("SELECT 1 FROM {} WHERE lower(concat_ws(' ', {})) ~ %s LIMIT 1")
                if connection.execute(
                    statement.format(sql.Identifier(table), sql.SQL(", ").join(texts)), [pattern]
                ).fetchone():
                    yield f"{database}.{table}"

    def _files(self, pattern: str) -> Iterator[str]:
        """Everything in the data folder but the database's own files: logs, mail, what is temporary."""
        folder = self._stack.home.folder
        for file in folder.rglob("*"):
            if not file.is_file() or self._stack.postgres.data in file.parents:
                continue
            if re.search(pattern, file.read_text(encoding="utf-8", errors="replace").lower()):
                yield f"file: {file.relative_to(folder)}"

    def _measures(self, pattern: str) -> Iterator[str]:
        for name, port in self._stack.ports.items():
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as response:
                if re.search(pattern, response.read().decode().lower()):
                    yield f"measures: {name}"


@contextmanager
def tap(url: str) -> Iterator[None]:
    """While it lasts a queue of RabbitMQ keeps a copy of everything that is published, on its disk as the others do."""
    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    channel.queue_declare(TAP, durable=True, arguments={"x-queue-type": "quorum"})
    channel.queue_bind(TAP, EXCHANGE, "#")
    connection.close()
    try:
        yield
    finally:
        connection = pika.BlockingConnection(pika.URLParameters(url))
        connection.channel().queue_delete(TAP)
        connection.close()


def tapped(url: str) -> list[str]:
    """The messages of the tap, in lower case, with their headers. They stay there."""
    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    found = []
    while True:
        method, properties, body = channel.basic_get(TAP)
        if method is None:
            break
        found.append(f"{method.routing_key} {properties} {body.decode(errors='replace')}".lower())
    connection.close()
    return found
