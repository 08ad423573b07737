"""The driver's connection, with fewer round trips: BEGIN travels with the tenant, and last statements with COMMIT.

Between BEGIN and COMMIT it is an ordinary connection of psycopg. It begins nothing by itself: outside of `begin` and
COMMIT no tenant is named, so that a statement there sees no row of any tenant.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext, suppress
from typing import Any, Final
from uuid import UUID

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow

Statement = tuple[bytes, Sequence[Any]]  # in psycopg's form, and its parameters
COMMITTED: Final = "COMMIT"


class Connection(psycopg.Connection[TupleRow]):
    """A connection in autocommit mode whose transactions `begin` starts, and `commit` or `rollback` ends."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
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
        """Send a statement that returns nothing together with COMMIT. An error of it is an error of COMMIT."""
        assert self.info.transaction_status != TransactionStatus.IDLE, "no COMMIT would send it"
        self._kept.append(statement)

    def take_kept(self) -> list[Statement]:
        """What was kept until now, to be sent by the caller."""
        kept, self._kept = self._kept, []
        return kept

    def commit(self) -> None:
        """Send what was kept, and COMMIT; return when PostgreSQL has confirmed it. Nothing to do outside of one.

        Raises what psycopg raises, also where PostgreSQL answers COMMIT by rolling back.
        """
        kept = self.take_kept()
        if self.info.transaction_status == TransactionStatus.IDLE:
            return
        try:
            self._commit(kept)
        except BaseException:
            # The pool takes a failed COMMIT for the end of the transaction. A statement that failed before it is none.
            with suppress(psycopg.Error):  # a connection that broke needs no end; the first error is the one to raise
                super().rollback()
            raise

    def _commit(self, kept: Sequence[Statement]) -> None:
        # A pipeline stops at the first error: then COMMIT is not carried out, and the error is raised at its end.
        with self.pipeline() if kept else nullcontext():
            for text, parameters in kept:
                self.execute(text, parameters)
            ended = self.execute(b"COMMIT", prepare=False)
        if ended.statusmessage != COMMITTED:
            raise psycopg.errors.InFailedSqlTransaction("An error before COMMIT had ended the transaction.")

    def rollback(self) -> None:
        """Undo the transaction, and forget what was kept. The pool does so before the next one gets the connection."""
        self._kept.clear()
        super().rollback()
