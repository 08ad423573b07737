"""Responsible people and their shares, and how these were changed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Text, false
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.clients.responsible_people import rules
from services.clients.responsible_people.rules import Share, Term
from services.clients.tables import Base
from shared.database.session import Tenant


def _of_a_client() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["organization_id", "client_id"], ["clients.organization_id", "clients.id"], ondelete="CASCADE"
    )


class ResponsiblePerson(Tenant, Base):
    """Somebody who pays a share for a client, on its days. What counted once is kept: it ends, and is not deleted.

    The service that a share names is billing's, and is not looked up here.
    """

    __tablename__ = "responsible_people"
    __table_args__ = (
        _of_a_client(),
        Index("ix_responsible_people_client", "organization_id", "client_id", "effective_from", "id"),  # the list
        CheckConstraint(f"kind IN {rules.KINDS}", name="kind"),
        CheckConstraint("(kind = 'percent') = (percent IS NOT NULL) AND percent BETWEEN 1 AND 100", name="percent"),
        CheckConstraint("(kind IN ('fixed', 'cap')) = (cents IS NOT NULL) AND cents > 0", name="cents"),
        CheckConstraint("effective_to >= effective_from", name="days"),
    )

    version: Mapped[int] = mapped_column(default=1)
    client_id: Mapped[UUID]
    given_name: Mapped[str] = mapped_column(Text)
    family_name: Mapped[str] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    address: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    kind: Mapped[str] = mapped_column(Text)
    percent: Mapped[int | None]
    cents: Mapped[int | None] = mapped_column(BigInteger)
    service_type_id: Mapped[UUID | None]
    effective_from: Mapped[date]
    effective_to: Mapped[date | None]  # the last day
    # By a merge, since it does not agree with the shares of who stays: it counts for nobody until it does.
    set_aside: Mapped[bool] = mapped_column(server_default=false(), default=False)

    @property
    def share(self) -> Share:
        """What they pay."""
        return Share(kind=self.kind, percent=self.percent, cents=self.cents, service_type_id=self.service_type_id)

    @share.setter
    def share(self, share: Share) -> None:
        self.kind, self.percent = share.kind, share.percent
        self.cents, self.service_type_id = share.cents, share.service_type_id

    @property
    def term(self) -> Term:
        """By what it is compared with the other shares of the client."""
        return Term(
            person=rules.person_of(self.given_name, self.family_name, self.email),
            share=self.share,
            first=self.effective_from,
            last=self.effective_to,
        )

    @property
    def stored(self) -> dict[str, Any]:
        """As JSON, for the history."""
        return {
            "given_name": self.given_name,
            "family_name": self.family_name,
            "email": self.email,
            "address": self.address,
            "share": self.share.stored,
            "effective_from": self.effective_from.isoformat(),
            "effective_to": self.effective_to.isoformat() if self.effective_to else None,
        }


class ResponsibleChange(Tenant, Base):
    """How a share was before and after somebody changed it. Rows are added only, and go with the client."""

    __tablename__ = "responsible_changes"
    __table_args__ = (
        _of_a_client(),
        Index("ix_responsible_changes_client", "organization_id", "client_id", "id"),  # the history
        CheckConstraint(f"change IN {rules.DEEDS}", name="change"),
    )

    client_id: Mapped[UUID]
    responsible_person_id: Mapped[UUID]
    at: Mapped[datetime]
    by: Mapped[UUID]
    change: Mapped[str] = mapped_column(Text)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
