"""Mail that is to go out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.tables import Base
from shared.database.session import Tenant


class Mail(Tenant, Base):
    """One message. `values` holds what its template needs, tokens among it, and is emptied when it has gone out."""

    __tablename__ = "mail"
    __table_args__ = (
        Index("ix_mail_due", "next_try_at", postgresql_where=text("sent_at IS NULL AND given_up_at IS NULL")),
        Index("ix_mail_done", "created_at", postgresql_where=text("sent_at IS NOT NULL OR given_up_at IS NOT NULL")),
    )

    recipient: Mapped[str] = mapped_column(Text)
    template: Mapped[str] = mapped_column(Text)
    values: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime]
    useful_until: Mapped[datetime]
    next_try_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    sent_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
