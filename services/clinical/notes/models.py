"""Notes, their signed versions, their addenda."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlalchemy.orm import Mapped, composite, declared_attr, mapped_column, relationship

from services.clinical.copies.models import StaffCopy, as_known_today
from services.clinical.notes.rules import ServiceGiven
from services.clinical.tables import Base
from shared.database.session import Tenant

SEVERAL_IDS = ARRAY(PgUUID(as_uuid=True), as_tuple=True)


class Signed:
    """Who signed a row and when, under the name and the credentials of that moment.

    Rows from before these were kept have neither: they show the name of today, and no credentials.
    """

    signed_by: Mapped[UUID]
    signed_at: Mapped[datetime]
    signer_name: Mapped[str | None] = mapped_column(Text)
    signer_credentials: Mapped[list[str] | None] = mapped_column(ARRAY(Text))

    @declared_attr
    def signer_today(cls) -> Mapped[StaffCopy | None]:  # noqa: N805 - SQLAlchemy hands the class over
        """Who signed it, as they are called today."""
        return as_known_today(cls, "signed_by")

    @property
    def signed_by_name(self) -> str | None:
        """The name that was signed with; None: not known."""
        return self.signer_name or (self.signer_today.display_name if self.signer_today else None)


class Note(Tenant, Base):
    """A note about one appointment of one client. Signed, its row is sealed: a trigger refuses any change, but for
    making it the draft of its next version; the versions that were signed stay.
    """

    __tablename__ = "notes"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "case_id"], ["cases.organization_id", "cases.id"]),
        ForeignKeyConstraint(
            ["organization_id", "appointment_id", "client_id"],
            ["attendees.organization_id", "attendees.appointment_id", "attendees.client_id"],
        ),
        Index(
            "uq_notes_attendee",
            "organization_id",
            "appointment_id",
            "client_id",
            unique=True,
            postgresql_where=text("review IS DISTINCT FROM 'discarded'"),
        ),
        Index("ix_notes_case", "organization_id", "case_id", "id"),
        Index("ix_notes_client", "organization_id", "client_id", "id"),
        Index("ix_notes_written", "organization_id", "author_id", "id"),
        Index("ix_notes_template", "organization_id", "template", "id"),
        Index("ix_notes_drafts", "organization_id", "id", postgresql_where=text("signed_at IS NULL")),
        Index("ix_notes_author", "organization_id", "author_id", "id", postgresql_where=text("signed_at IS NULL")),
        Index("ix_notes_submitted", "organization_id", "id", postgresql_where=text("review = 'submitted'")),
        Index(
            "ix_notes_awaited",
            "organization_id",
            "appointment_id",
            postgresql_where=text("review = 'discarded' AND awaited_supervisor_id IS NOT NULL"),
        ),
        CheckConstraint("minutes > 0", name="minutes"),
        CheckConstraint("review IS NULL OR signed_at IS NULL", name="review"),
        CheckConstraint("(signed_at IS NULL) = (signed_by IS NULL)", name="signature"),
    )

    appointment_id: Mapped[UUID]
    client_id: Mapped[UUID]
    case_id: Mapped[UUID]
    author_id: Mapped[UUID]
    drafted_by: Mapped[UUID | None]  # who was with the client, where somebody else took the draft over
    version: Mapped[int] = mapped_column(default=1)
    template: Mapped[str] = mapped_column(Text)
    content: Mapped[dict[str, str]] = mapped_column(JSONB)
    started_at: Mapped[datetime | None]
    minutes: Mapped[int | None]
    place_of_service: Mapped[str | None] = mapped_column(Text)  # this and telehealth are null: as it was booked
    telehealth: Mapped[bool | None]
    add_on_service_type_ids: Mapped[tuple[UUID, ...]] = mapped_column(SEVERAL_IDS, default=(), server_default="{}")
    goals: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")  # as the plan words them
    risk: Mapped[str | None] = mapped_column(Text)  # null: nobody said
    # Of the next version, where there was one: the service, if an amendment changed it, and why it is written.
    service_type_id: Mapped[UUID | None]
    reason: Mapped[str | None] = mapped_column(Text)
    # Between author and supervisor: submitted, returned; discarded; null otherwise.
    review: Mapped[str | None] = mapped_column(Text)
    submitted_at: Mapped[datetime | None]
    # Under which name and credentials the author signed what waits for the supervisor.
    submitter_name: Mapped[str | None] = mapped_column(Text)
    submitter_credentials: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    # To whom it was submitted last, and in which mode: theirs is the last word until they decide, or another
    # supervises its author.
    awaited_supervisor_id: Mapped[UUID | None]
    awaited_mode: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    signed_by: Mapped[UUID | None]
    signed_at: Mapped[datetime | None]

    versions: Mapped[list[SignedVersion]] = relationship(order_by="SignedVersion.number", lazy="selectin")
    addenda: Mapped[list[Addendum]] = relationship(order_by="Addendum.id", lazy="selectin")
    reviews: Mapped[list[NoteReview]] = relationship(order_by="NoteReview.id", lazy="selectin")

    @property
    def rendering_staff_id(self) -> UUID:
        """Who rendered the service, also where somebody else finished the note."""
        return self.drafted_by or self.author_id

    @property
    def status(self) -> str:
        """draft, submitted, returned, discarded or signed."""
        return "signed" if self.signed_at else self.review or "draft"

    @property
    def signed_by_name(self) -> str | None:
        """How the signer of the newest version was called; None while the note is a draft, or not known."""
        return self.versions[-1].signed_by_name if self.signed_at else None

    @property
    def signed_by_credentials(self) -> list[str] | None:
        """Their credentials; None while the note is a draft, or not known."""
        return self.versions[-1].signer_credentials if self.signed_at else None

    @property
    def current(self) -> Note | SignedVersion:
        """The newest signed version of a signed note, else the draft: of the first version, or of the next one."""
        return self.versions[-1] if self.signed_at else self


class SignedVersion(Signed, Tenant, Base):
    """What was signed: the note itself as number 1, each amendment as one more. Never changed."""

    __tablename__ = "note_versions"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "note_id"], ["notes.organization_id", "notes.id"]),
        Index("uq_note_versions_number", "organization_id", "note_id", "number", unique=True),
    )

    note_id: Mapped[UUID]
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    service_type_id: Mapped[UUID]
    minutes: Mapped[int]
    started_at: Mapped[datetime | None]
    place_of_service: Mapped[str | None] = mapped_column(Text)
    telehealth: Mapped[bool | None]
    supervising_staff_id: Mapped[UUID | None]
    add_on_service_type_ids: Mapped[tuple[UUID, ...]] = mapped_column(SEVERAL_IDS, server_default="{}")
    given: Mapped[ServiceGiven] = composite(ServiceGiven, *(field.name for field in fields(ServiceGiven)))
    goals: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    risk: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)  # null: the note itself
    content_hash: Mapped[str] = mapped_column(Text)
    # The supervisor's, where there is one: approved, co_signed.
    countersignature: Mapped[str | None] = mapped_column(Text)
    countersigned_by: Mapped[UUID | None]
    countersigned_at: Mapped[datetime | None]
    countersigner_name: Mapped[str | None] = mapped_column(Text)
    countersigner_credentials: Mapped[list[str] | None] = mapped_column(ARRAY(Text))

    @declared_attr
    def countersigner_today(cls) -> Mapped[StaffCopy | None]:  # noqa: N805 - SQLAlchemy hands the class over
        """The supervisor who signed it too, as they are called today."""
        return as_known_today(cls, "countersigned_by")

    @property
    def countersigned_by_name(self) -> str | None:
        """The supervisor's name when they signed; None: there is no such signature, or it is not known."""
        if self.countersigned_by is None:
            return None
        return self.countersigner_name or (self.countersigner_today.display_name if self.countersigner_today else None)


class Addendum(Signed, Tenant, Base):
    """Something added to a signed note, signed at once. Never changed."""

    __tablename__ = "addenda"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "note_id"], ["notes.organization_id", "notes.id"]),
        Index("ix_addenda_note", "organization_id", "note_id", "id"),
    )

    note_id: Mapped[UUID]
    text: Mapped[str] = mapped_column(Text)
    content_hash: Mapped[str] = mapped_column(Text)


class NoteReview(Tenant, Base):
    """What passed between a note's author and the supervisor, why it was reopened or discarded. Never changed."""

    __tablename__ = "note_reviews"
    __table_args__ = (
        ForeignKeyConstraint(["organization_id", "note_id"], ["notes.organization_id", "notes.id"]),
        Index("ix_note_reviews_note", "organization_id", "note_id", "id"),
    )

    note_id: Mapped[UUID]
    # One of: submitted, withdrawn, returned, approved, co_signed, reopened, discarded.
    action: Mapped[str] = mapped_column(Text)
    comment: Mapped[str | None] = mapped_column(Text)
    by_staff_id: Mapped[UUID]
    at: Mapped[datetime]
