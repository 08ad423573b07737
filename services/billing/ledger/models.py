"""The journal (append-only, by grants and by trigger) and what is derived from it per client."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.tables import Base
from shared.database.session import Tenant


class JournalEntry(Tenant, Base):
    """Something that happened to money. Its key is derived from what happened, so nothing is posted twice."""

    __tablename__ = "journal_entries"
    __table_args__ = (UniqueConstraint("organization_id", "key"),)

    key: Mapped[str] = mapped_column(Text)  # invoice:{id}:issue, payment:{id}:receive, allocation:{id} …
    kind: Mapped[str] = mapped_column(Text)
    client_id: Mapped[UUID]
    effective_on: Mapped[date]
    posted_at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    # Legs may be added only in the transaction that wrote the entry: the balance trigger compares.
    transaction_id: Mapped[int] = mapped_column(BigInteger, server_default=text("txid_current()"))


class Posting(Base):
    """One leg of an entry: debit +, credit -, never zero. A deferred trigger wants Σ = 0 per entry."""

    __tablename__ = "postings"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organization_id", "entry_id"], ["journal_entries.organization_id", "journal_entries.id"]
        ),
        CheckConstraint("amount_cents <> 0", name="amount_cents"),
        # What is still due on an invoice, and on each of its lines.
        Index("ix_postings_invoice", "organization_id", "invoice_id", "account"),
        Index("ix_postings_client", "organization_id", "client_id", "account"),
    )

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    leg: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(Text)
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    client_id: Mapped[UUID]
    invoice_id: Mapped[UUID | None]
    line_id: Mapped[UUID | None]
    payment_id: Mapped[UUID | None]


class LedgerRow(Base):
    """A row of a client's ledger: an entry that changed the balance, with the balance after it.

    Stored, so that any page of a ledger costs the same however long it is; checked against the postings.
    """

    __tablename__ = "ledger_rows"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organization_id", "entry_id"], ["journal_entries.organization_id", "journal_entries.id"]
        ),
        # Once for each client whose balance it changed.
        Index("uq_ledger_rows_entry", "organization_id", "entry_id", "client_id", unique=True),
        # By day; with what the balances and sums of some days need, so that they are read from it alone.
        Index("ix_ledger_rows_by_day", "organization_id", "client_id", "on", "entry_id", "kind", "amount_cents"),
    )

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[UUID]
    on: Mapped[date]
    kind: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    balance_after_cents: Mapped[int] = mapped_column(BigInteger)
    # Where credit lies on an invoice of another client, merged with this one at that time: that client, on both rows.
    other_client_id: Mapped[UUID | None]
