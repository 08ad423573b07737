"""The table of a service that keeps files. Their bytes lie in the store, at `<organization>/<file>`."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, LargeBinary, MetaData, Text, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.data_keys import DataKey
from shared.database.session import COLUMN_TYPES, Tenant, metadata


class _Base(DeclarativeBase):
    metadata = metadata()
    type_annotation_map = COLUMN_TYPES


DataKey.metadata.tables["data_keys"].to_metadata(_Base.metadata)


class StoredFile(Tenant, _Base):
    """One file. While `due_at` is null it is kept; otherwise the sweep takes it away at that instant.

    The instant is the database's, on whose clock the sweep looks.
    """

    __tablename__ = "files"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organization_id", "data_key_id"],
            ["data_keys.organization_id", "data_keys.id"],
        ),
        Index("ix_files_due_at", "due_at", postgresql_where=text("due_at IS NOT NULL")),
        Index("ix_files_not_kept", "organization_id", postgresql_where=text("due_at IS NOT NULL")),
    )

    kind: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    byte_count: Mapped[int | None] = mapped_column(BigInteger)  # of the content; null until it has arrived
    sha256: Mapped[bytes | None] = mapped_column(LargeBinary)  # the same
    data_key_id: Mapped[UUID]
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary)  # null once the file is forgotten
    created_at: Mapped[datetime]
    due_at: Mapped[datetime | None]


def add_file_tables(into: MetaData) -> None:
    """Copy files and data keys into a service's metadata, so that Alembic compares them with the database."""
    for table in _Base.metadata.sorted_tables:
        table.to_metadata(into)
