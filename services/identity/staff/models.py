"""Staff and their licences."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Connection,
    ForeignKeyConstraint,
    Index,
    Text,
    Uuid,
    delete,
    event,
    insert,
    inspect,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from services.identity.access.rules import Access
from services.identity.billing_profiles.rules import STAFF
from services.identity.staff.rules import LicenceDetails, found_by, is_reviewed
from services.identity.tables import Base
from shared.database.session import Tenant
from shared.database.sort_keys import Sorted
from shared.ids import new_id
from shared.texts import email_hash


class Staff(Tenant, Sorted, Base):
    """A member of staff. The id is never reused; an e-mail address may move on to somebody else."""

    __tablename__ = "staff"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id"], ["organizations.organization_id"]),
        ForeignKeyConstraint(["organization_id", "supervisor_id"], ["staff.organization_id", "staff.id"]),
        Index("uq_staff_email_key", "organization_id", "email_key", unique=True),
        Index("ix_staff_sign_in", "email_key"),  # the look-up across organizations, before sign-in
        Index("ix_staff_sort_key", "organization_id", "sort_key", "id"),  # the list
        Index("ix_staff_supervisor", "organization_id", "supervisor_id"),  # whom somebody supervises
        CheckConstraint("'default' = ANY (levels)", name="default_is_implied"),
    )

    PROFILE_KIND: ClassVar[str] = STAFF
    SORTED_BY = ("family_name", "given_name")

    version: Mapped[int] = mapped_column(default=1)
    given_name: Mapped[str] = mapped_column(Text)
    family_name: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(Text)
    email_key: Mapped[str] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    npi: Mapped[str | None] = mapped_column(Text)
    taxonomy: Mapped[str | None] = mapped_column(Text)
    pronouns: Mapped[str | None] = mapped_column(Text)
    colour: Mapped[str | None] = mapped_column(Text)  # what they chose
    hue: Mapped[str] = mapped_column(Text, server_default="c1")  # what they are shown in, see `hues.py`
    job_title: Mapped[str | None] = mapped_column(Text)
    credentials: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    working_hours: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default="[]")
    supervisor_id: Mapped[UUID | None]
    supervision_mode: Mapped[str | None] = mapped_column(Text)
    levels: Mapped[list[str]] = mapped_column(ARRAY(Text))
    grants: Mapped[list[str]] = mapped_column(ARRAY(Text))
    active: Mapped[bool] = mapped_column(default=True)
    password_hash: Mapped[str | None] = mapped_column(Text)
    email_confirmed_at: Mapped[datetime | None]  # when a token from the mailbox showed that the address is theirs
    signed_out_at: Mapped[datetime | None]  # sessions begun before mean nothing, also after a reactivation
    created_at: Mapped[datetime]
    # Who invited them, or changed their address before they joined: they may have done it for themselves.
    brought_in_by: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list, server_default="{}")
    preferences: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")  # what they chose

    licences: Mapped[list[Licence]] = relationship(
        order_by="Licence.expires_on.desc()", lazy="selectin", cascade="all, delete-orphan"
    )

    @property
    def display_name(self) -> str:
        """As colleagues see them."""
        return f"{self.given_name} {self.family_name}"

    @property
    def licence(self) -> Licence | None:
        """The licence that runs longest."""
        return max(self.licences, key=lambda licence: licence.expires_on, default=None)

    @property
    def email_hash(self) -> str:
        """By what the other services know their address, without reading it."""
        return email_hash(self.organization_id, self.email_key)

    @property
    def ineffective_grants(self) -> tuple[str, ...]:
        """Grants that mean nothing with the levels that are held."""
        return Access.of(self.levels, self.grants).ineffective_grants

    @property
    def reviewed(self) -> bool:
        """Whether a supervisor has the last word on their notes."""
        return is_reviewed(self.supervisor_id, self.supervision_mode)

    @property
    def joined(self) -> bool:
        """Whether the invitation was accepted."""
        return self.password_hash is not None

    def enter_licence(self, details: LicenceDetails) -> None:
        """Add a licence. The same state and number is the same licence, renewed."""
        for licence in self.licences:
            if (licence.state, licence.number) == (details.state, details.number):
                licence.issued_on, licence.expires_on = details.issued_on, details.expires_on
                return
        self.licences.append(
            Licence(organization_id=self.organization_id, id=new_id(), staff_id=self.id, **asdict(details))
        )


class Licence(Tenant, Base):
    """A licence to practise, per state and number. In force from `issued_on` through `expires_on`."""

    __tablename__ = "licences"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "staff_id"], ["staff.organization_id", "staff.id"]),
        Index("uq_licences_number", "organization_id", "staff_id", "state", "number", unique=True),
        CheckConstraint("issued_on IS NULL OR issued_on <= expires_on", name="period"),
    )

    staff_id: Mapped[UUID]
    number: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    issued_on: Mapped[date | None]
    expires_on: Mapped[date]


class StaffToken(Base):
    """A word by whose beginning a member is found: of the names, and the address. A search reads a range of its index.

    Collation C: the index is in the order of characters, so that what begins with a word stands together.
    """

    __tablename__ = "staff_tokens"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "staff_id"], ["staff.organization_id", "staff.id"]),
        Index("ix_staff_tokens_prefix", "organization_id", "token", "staff_id"),
    )

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)


@event.listens_for(Staff, "after_insert")
@event.listens_for(Staff, "after_update")
def _keep_tokens(_mapper: Mapper[Staff], connection: Connection, member: Staff) -> None:
    """Keep the words with the names: nobody who changes one can forget the other."""
    attributes = inspect(member).attrs
    if not any(attributes[name].history.has_changes() for name in ("given_name", "family_name", "email_key")):
        return
    here = {"organization_id": member.organization_id, "staff_id": member.id}
    connection.execute(
        delete(StaffToken).where(StaffToken.organization_id == member.organization_id, StaffToken.staff_id == member.id)
    )
    tokens = sorted(found_by(member.given_name, member.family_name, member.email_key))
    connection.execute(insert(StaffToken), [{**here, "token": token} for token in tokens])


def licence_values(licence: Licence) -> dict[str, Any]:
    """A licence's facts as the event carries them."""
    return {
        "number": licence.number,
        "state": licence.state,
        "issued_on": licence.issued_on,
        "expires_on": licence.expires_on,
    }
