"""The driver's connection, with fewer round trips: BEGIN travels with the tenant, and a write whose answer nobody reads
with the next statement.

It begins nothing by itself: outside of `begin` and COMMIT no tenant is named, so that a statement there sees no row of
any tenant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, Self
from uuid import UUID

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow

Statement = tuple[bytes, Sequence[Any] | Mapping[str, Any]]  # in psycopg's form, and its parameters
COMMITTED: Final = "COMMIT"


class Cursor(psycopg.Cursor[TupleRow]):
    """A cursor that sends what its connection has kept, in order, and its own statement after it, as one pipeline."""

    kept_rows: int | None = None  # of a statement that was kept: how many rows it changes, or else fails

    def execute(self, query: Any, params: Any = None, **more: Any) -> Self:
        """As psycopg's; raises the first error, also where it is one of a statement that was kept."""
        kept = self._kept()
        if not kept:
            return super().execute(query, params, **more)
        # A pipeline stops at the first error: what comes after it is not carried out, be it COMMIT.
        with self.connection.pipeline():
            for statement in kept:
                self.connection.execute(*statement)
            return super().execute(query, params, **more)

    def executemany(self, query: Any, params_seq: Any, **more: Any) -> None:
        """As psycopg's, and as `execute` here."""
        for statement in self._kept():
            self.connection.execute(*statement)
        super().executemany(query, params_seq, **more)

    @property
    def rowcount(self) -> int:
        """How many rows the statement changed or found, or will have changed."""
        return super().rowcount if self.kept_rows is None else self.kept_rows

    def _kept(self) -> list[Statement]:
        connection = self.connection
        return connection.take_kept() if isinstance(connection, Connection) else []


class Connection(psycopg.Connection[TupleRow]):
    """A connection in autocommit mode whose transactions `begin` starts, and `commit` or `rollback` ends."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.cursor_factory = Cursor
        self.keeps_writes = False  # whether nobody reads the answers of the writes that come now
        self._kept: list[Statement] = []

    def begin(self, organization_id: UUID | None, first: Statement | None = None) -> int:
        """Begin a transaction that sees the rows of this organization, or of none, in one round trip.

        `first` is carried out in it and travels along; returns how many rows it changed.
        """
        tenant = organization_id.hex if organization_id else ""
        if first is None:
            self.execute(b"BEGIN; SELECT set_config('app.organization_id', '%b', true)" % tenant.encode())
            return 0
        with self.pipeline():
            self.execute(b"BEGIN", prepare=False)
            self.execute(b"SELECT set_config('app.organization_id', %s, true)", [tenant])
            changed = self.execute(*first)
        return changed.rowcount

    def keep(self, statement: Statement) -> None:
        """Send a statement whose answer nobody reads together with the next one, at the latest with COMMIT.

        An error of it is an error of what it is sent with.
        """
        assert self.info.transaction_status != TransactionStatus.IDLE, "no COMMIT would send it"
        self._kept.append(statement)

    def take_kept(self) -> list[Statement]:
        """What was kept until now, to be sent by the caller."""
        kept = self._kept
        if kept:
            self._kept = []
        return kept

    def commit(self) -> None:
        """Send what was kept, and COMMIT; return when PostgreSQL has confirmed it. Nothing to do outside of one.

        Raises what psycopg raises, also where PostgreSQL answers COMMIT by rolling back.
        """
        if self.info.transaction_status == TransactionStatus.IDLE:
            return
        try:
            if self.execute(b"COMMIT", prepare=False).statusmessage != COMMITTED:
                raise psycopg.errors.InFailedSqlTransaction("An error before COMMIT had ended the transaction.")
        except BaseException:
            # The pool takes a failed COMMIT for the end of the transaction. A statement that failed before it is none.
            with suppress(psycopg.Error):  # a connection that broke needs no end; the first error is the one to raise
                super().rollback()
            raise

    def rollback(self) -> None:
        """Undo the transaction, and forget what was kept. The pool does so before the next one gets the connection."""
        self.keeps_writes = False
        self._kept.clear()
        super().rollback()
