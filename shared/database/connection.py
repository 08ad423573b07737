"""The driver's connection, with fewer round trips: BEGIN travels with the tenant and what is surely asked for first,
and what nobody waits for, with the next statement.

It begins nothing by itself: outside of `begin` and COMMIT no tenant is named, so that a statement there sees no row of
any tenant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Self
from uuid import UUID

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow

from shared.failpoints import failpoint

Statement = tuple[bytes, Sequence[Any] | Mapping[str, Any]]  # in psycopg's form, and its parameters
COMMITTED: Final = "COMMIT"


@dataclass(slots=True)
class Kept:
    """A statement that goes out with the next one; `result` is there once it did."""

    statement: Statement
    result: psycopg.Cursor[TupleRow] | None = None


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
            for each in kept:
                each.result = self.connection.execute(*each.statement)
            return super().execute(query, params, **more)

    def executemany(self, query: Any, params_seq: Any, **more: Any) -> None:
        """As psycopg's, and as `execute` here."""
        for each in self._kept():
            each.result = self.connection.execute(*each.statement)
        super().executemany(query, params_seq, **more)

    @property
    def rowcount(self) -> int:
        """How many rows the statement changed or found, or will have changed."""
        return super().rowcount if self.kept_rows is None else self.kept_rows

    def _kept(self) -> list[Kept]:
        connection = self.connection
        return connection.take_kept() if isinstance(connection, Connection) else []


class Connection(psycopg.Connection[TupleRow]):
    """A connection in autocommit mode whose transactions `begin` starts, and `commit` or `rollback` ends."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.cursor_factory = Cursor
        self.keeps_writes = False  # whether nobody reads the answers of the writes that come now
        self._kept: list[Kept] = []

    def begin(self, organization_id: UUID | None, ahead: Sequence[Statement] = ()) -> list[psycopg.Cursor[TupleRow]]:
        """Begin a transaction that sees the rows of this organization, or of none, in one round trip.

        `ahead` are carried out in it, in their order, and travel along; returns the cursor of each, with its answer.
        """
        tenant = organization_id.hex if organization_id else ""
        if not ahead:
            self.execute(b"BEGIN; SELECT set_config('app.organization_id', '%b', true)" % tenant.encode())
            return []
        with self.pipeline():
            self.execute(b"BEGIN", prepare=False)
            self.execute(b"SELECT set_config('app.organization_id', %s, true)", [tenant])
            return [self.execute(*statement) for statement in ahead]

    def keep(self, statement: Statement) -> Kept:
        """Send a statement together with the next one, at the latest with COMMIT; its answer is found afterwards.

        An error of it is an error of what it is sent with.
        """
        assert self.info.transaction_status != TransactionStatus.IDLE, "no COMMIT would send it"
        kept = Kept(statement)
        self._kept.append(kept)
        return kept

    def take_kept(self) -> list[Kept]:
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
            if self._commit().statusmessage != COMMITTED:
                raise psycopg.errors.InFailedSqlTransaction("An error before COMMIT had ended the transaction.")
        except BaseException:
            # The pool takes a failed COMMIT for the end of the transaction. A statement that failed before it is none.
            with suppress(psycopg.Error):  # a connection that broke needs no end; the first error is the one to raise
                super().rollback()
            raise

    def _commit(self) -> psycopg.Cursor[TupleRow]:
        kept = self.take_kept()
        if not kept:
            return self.execute(b"COMMIT", prepare=False)
        with self.pipeline():
            for each in kept:
                each.result = self.execute(*each.statement)
            failpoint("commit.statements_sent")
            committed = self.execute(b"COMMIT", prepare=False)
            failpoint("commit.sent")
        return committed

    def rollback(self) -> None:
        """Undo the transaction, and forget what was kept. The pool does so before the next one gets the connection."""
        self.keeps_writes = False
        self._kept.clear()
        super().rollback()
