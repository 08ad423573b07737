"""Checkpoints of the audit trail that identity keeps."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.clients.tables import Base


class Checkpoint(Base):
    """Entry `seq` had this hash. Two hashes for one entry are both kept: the trail was made anew in between."""

    __tablename__ = "audit_checkpoints"

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[datetime]
