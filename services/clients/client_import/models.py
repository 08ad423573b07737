"""Imports of clients, and the rows that were read from each file."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.clients.tables import Base
from shared.database.retention import Expired
from shared.database.session import Tenant

KEPT_DAYS: Final = 30
# The import itself goes a week after its rows, so that deleting it never takes a hundred thousand of them along.
IMPORT_KEPT_DAYS: Final = KEPT_DAYS + 7


class ClientImport(Tenant, Base):
    """One file. It itself is not kept: its rows are, for `KEPT_DAYS`."""

    __tablename__ = "client_imports"
    __table_args__ = (Index("ix_client_imports_created_at", "created_at"),)  # the purge

    created_at: Mapped[datetime]
    created_by: Mapped[UUID]
    dry_run: Mapped[bool]  # until somebody commits
    on_duplicate: Mapped[str] = mapped_column(Text)
    header: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'"))  # none where it was not kept so far
    mapping: Mapped[dict[str, Any]] = mapped_column(JSONB)  # fact -> header
    positions: Mapped[dict[str, Any]] = mapped_column(JSONB)  # fact -> position in `cells`
    # Columns, by position, that write dates as 31/1/1990, and the facts among them.
    day_first_at: Mapped[list[int]] = mapped_column(JSONB, server_default=text("'[]'"))
    day_first: Mapped[list[str]] = mapped_column(JSONB)
    ignored_columns: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    rows_total: Mapped[int]
    error_code: Mapped[str | None] = mapped_column(Text)  # why the file could not be read
    appointment_service_id: Mapped[UUID | None]  # of the next appointments; null: the only one of the practice
    decided: Mapped[int] = mapped_column(server_default=text("0"))  # rows on which somebody decided
    undone_at: Mapped[datetime | None]  # when somebody first began to take its clients back
    job_id: Mapped[UUID | None]  # checks the rows, adds the clients or takes them back: the last that was started


class ClientImportRow(Base):
    """One row of a file, and what became of it."""

    __tablename__ = "client_import_rows"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organization_id", "import_id"],
            ["client_imports.organization_id", "client_imports.id"],
            ondelete="CASCADE",
        ),
        Index("ix_client_import_rows_result", "organization_id", "import_id", "result", "number"),
        Index("ix_client_import_rows_person", "organization_id", "import_id", "person", "number"),
        Index("ix_client_import_rows_created_at", "created_at"),  # the purge
        *(
            Index(
                f"ix_client_import_rows_{state}",
                *("organization_id", "import_id", "number"),
                postgresql_where=text(f"booking = '{state}'"),
            )
            for state in ("waiting", "taken_back")
        ),
    )

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)  # in the file, where the header is 1
    created_at: Mapped[datetime]
    cells: Mapped[list[str]] = mapped_column(JSONB)
    result: Mapped[str | None] = mapped_column(Text)  # None: not checked so far
    person: Mapped[str | None] = mapped_column(Text(collation="C"))  # equal for two rows of one person
    # Whom the row would add, as the check has read them; none once they are added, or where an earlier release checked.
    checked: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    client_id: Mapped[UUID | None]  # who was added
    client_version: Mapped[int | None]  # as the import left them; none where they came before this was kept
    errors: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB)
    candidates: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB)
    staff_id: Mapped[UUID | None]  # to whom the client was assigned by the import, or would be
    appointment_at: Mapped[datetime | None]  # when the client comes next, where it can be booked
    booking: Mapped[str | None] = mapped_column(Text)  # one of `BOOKINGS`, once the client was added
    appointment_id: Mapped[UUID | None]
    decision: Mapped[str | None] = mapped_column(Text)  # of a person: create, skip, same
    decided_client_id: Mapped[UUID | None]  # who the person of the row is, with `same`
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]


EXPIRED: Final = (
    Expired("client_import_rows", "created_at", KEPT_DAYS),
    Expired("client_imports", "created_at", IMPORT_KEPT_DAYS),
)
