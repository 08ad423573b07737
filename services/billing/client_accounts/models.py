"""A client's totals."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from services.billing.tables import Base


class ClientAccount(Base):
    """A client's totals, and the row that everything which moves this client's money locks first.

    Only the ledger changes them, with each entry it posts.
    """

    __tablename__ = "client_accounts"

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    receivable_cents: Mapped[int] = mapped_column(BigInteger, default=0)
    credit_cents: Mapped[int] = mapped_column(BigInteger, default=0)
    insurance_due_cents: Mapped[int] = mapped_column(BigInteger, default=0)
    last_sequence: Mapped[int] = mapped_column(default=0)
    # The newest entry: ids of entries rise within an account, also where the clock of a machine is behind.
    last_entry_id: Mapped[UUID | None]

    @property
    def balance_cents(self) -> int:
        """What the client owes less their credit; negative: the practice owes them."""
        return self.receivable_cents - self.credit_cents
