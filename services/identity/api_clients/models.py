"""API clients, their secrets, their tokens. Of secrets and tokens only hashes are kept."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnExpressionArgument, ForeignKeyConstraint, Index, LargeBinary, Text, exists, or_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from services.identity.staff.models import Staff
from services.identity.staff.rules import OWNER
from services.identity.tables import Base
from shared.database.session import Tenant


class ApiClient(Tenant, Base):
    """A program with permissions of its own. Revoked ones stay, for the audit trail names them."""

    __tablename__ = "api_clients"
    __table_args__ = (ForeignKeyConstraint(["organization_id"], ["organizations.organization_id"]),)

    version: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(Text)
    permissions: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]  # when it last got a token

    secret_works = False  # not a column: the query that reads a client sets it, see `queries.with_secrets`


class ApiSecret(Tenant, Base):
    """One secret of a client. At most two live at a time: the present one, and the one before for the overlap.

    It works as long as the person who was shown it is here: nobody leaves with a key in the pocket.
    """

    __tablename__ = "api_secrets"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "api_client_id"], ["api_clients.organization_id", "api_clients.id"]),
        Index("uq_api_secrets_hash", "organization_id", "hash", unique=True),
        Index("ix_api_secrets_expires_at", "expires_at"),  # what is purged
        Index("ix_api_secrets_client", "organization_id", "api_client_id"),
    )

    api_client_id: Mapped[UUID]
    shown_to: Mapped[UUID]
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class ApiToken(Tenant, Base):
    """An access token of a client. It works as long as the secret that it was got with."""

    __tablename__ = "api_tokens"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "api_client_id"], ["api_clients.organization_id", "api_clients.id"]),
        Index("uq_api_tokens_hash", "organization_id", "hash", unique=True),
        Index("ix_api_tokens_expires_at", "expires_at"),  # what is purged
        Index("ix_api_tokens_client", "organization_id", "api_client_id"),
    )

    api_client_id: Mapped[UUID]
    shown_to: Mapped[UUID]  # the secret that it was got with
    secret_created_at: Mapped[datetime]
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


def still_here(
    organization_id: InstrumentedAttribute[UUID],
    staff_id: InstrumentedAttribute[UUID],
    since: InstrumentedAttribute[datetime],
) -> ColumnExpressionArgument[bool]:
    """That a member has been here without a break since then, and still is one who may have a program's secret."""
    return exists().where(
        Staff.organization_id == organization_id,
        Staff.id == staff_id,
        Staff.active,
        Staff.levels.contains([OWNER]),
        or_(Staff.signed_out_at.is_(None), Staff.signed_out_at < since),
    )
