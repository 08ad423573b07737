"""Appointments and their clients."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKeyConstraint, Index, Text, func, or_, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.clinical.agenda.rules import OCCUPYING, Slot
from services.clinical.tables import Base
from shared import clock
from shared.database.session import Tenant

SEVERAL_IDS = ARRAY(PgUUID(as_uuid=True), as_tuple=True)


class Appointment(Tenant, Base):
    """An appointment of one clinician with one client or several.

    Start and end are instants; `time_zone` is the one it was booked in, which never changes by a setting elsewhere.
    The exclusion constraint `ex_appointments_staff` (see the migration) is the second guard against double booking.
    """

    __tablename__ = "appointments"
    __table_args__ = (
        Index("ix_appointments_staff", "organization_id", "staff_id", "starts_at"),  # agenda, conflicts
        Index("ix_appointments_start", "organization_id", "starts_at", "id"),  # agenda of everybody
        Index(
            "ix_appointments_group",
            "organization_id",
            "group_id",
            "starts_at",
            postgresql_where=text("group_id IS NOT NULL"),
        ),
        CheckConstraint("starts_at < ends_at", name="period"),
        # `rules.LONGEST`: what goes on at a time is looked for no further back.
        CheckConstraint("ends_at - starts_at <= '24:00:00'::interval", name="longest"),
        CheckConstraint(
            "status IN ('booked','confirmed','arrived','no_show','late_cancelled','cancelled')", name="status"
        ),
    )

    version: Mapped[int] = mapped_column(default=1)
    staff_id: Mapped[UUID]
    service_type_id: Mapped[UUID]
    group_id: Mapped[UUID | None]  # whose roster of the day it has, until it begins or somebody writes about it
    location_id: Mapped[UUID | None]
    place_of_service: Mapped[str | None] = mapped_column(Text)  # this and telehealth are null where nobody said
    telehealth: Mapped[bool | None]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    time_zone: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, default="booked")
    status_reason: Mapped[str | None] = mapped_column(Text)
    overridden: Mapped[bool] = mapped_column(default=False)
    override_reason: Mapped[str | None] = mapped_column(Text)
    overrode: Mapped[tuple[UUID, ...] | None] = mapped_column(SEVERAL_IDS)  # what was in the way, and was accepted
    booked_by: Mapped[UUID]
    created_at: Mapped[datetime]

    attendees: Mapped[list[Attendee]] = relationship(order_by="Attendee.client_id", lazy="selectin")

    @property
    def slot(self) -> Slot:
        """The time that it takes, or took, of whom. Clients of a group who called off or stayed away have theirs."""
        clients = tuple(
            attendee.client_id for attendee in self.attendees if attendee.status is None or attendee.status in OCCUPYING
        )
        return Slot(self.staff_id, clients, *self.span, self.id)

    @property
    def span(self) -> tuple[datetime, datetime]:
        """The instants at which it starts and ends."""
        return self.starts_at, self.ends_at

    def status_of(self, attendee: Attendee) -> str:
        """What became of it for one of its clients."""
        return attendee.status or self.status

    def override(self, accepted: Sequence[UUID], reason: str | None) -> None:
        """Keep that these appointments are in the way, and why that is accepted. Others are not."""
        self.overridden, self.override_reason = True, reason
        self.overrode = tuple(dict.fromkeys([*(self.overrode or ()), *accepted]))

    @property
    def starts_at_local(self) -> datetime:
        """What clocks show at the start, in the zone in which it was booked."""
        return clock.utc_to_local(self.starts_at, self.time_zone)

    @property
    def service_date(self) -> date:
        """The date of service: the local date of the start."""
        return self.starts_at_local.date()

    @property
    def duration_minutes(self) -> int:
        """Clock minutes, also across a change of clocks."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60


class Attendee(Base):
    """One client of an appointment, and whether and for which version it is documented for them."""

    __tablename__ = "attendees"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organization_id", "appointment_id"], ["appointments.organization_id", "appointments.id"]
        ),
        ForeignKeyConstraint(["organization_id", "case_id"], ["cases.organization_id", "cases.id"]),
        # Conflicts, and a client's appointments in their order.
        Index("ix_attendees_client_start", "organization_id", "client_id", "starts_at", "appointment_id"),
        CheckConstraint(
            "status IN ('booked','confirmed','arrived','no_show','late_cancelled','cancelled')", name="status"
        ),
    )

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    appointment_id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID | None]
    starts_at: Mapped[datetime]  # the appointment's, for the index
    documented_version: Mapped[int] = mapped_column(default=0)  # 0: not documented
    status: Mapped[str | None] = mapped_column(Text)  # null: the appointment's; of several clients each has their own

    @staticmethod
    def attendance() -> ColumnElement[str]:
        """What became of an appointment for one of its clients, where both rows are joined."""
        return func.coalesce(Attendee.status, Appointment.status)

    @staticmethod
    def takes_time() -> ColumnElement[bool]:
        """The condition that a client of an appointment that takes its clinician's time has not called it off."""
        return or_(Attendee.status.is_(None), Attendee.status.in_(OCCUPYING))


class AppointmentChange(Tenant, Base):
    """One line of an appointment's history: a status, a reason, or what else changed. Never changed itself."""

    __tablename__ = "appointment_changes"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organization_id", "appointment_id"], ["appointments.organization_id", "appointments.id"]
        ),
        Index("ix_appointment_changes_appointment", "organization_id", "appointment_id", "id"),
    )

    appointment_id: Mapped[UUID]
    at: Mapped[datetime]
    by_actor_id: Mapped[UUID | None]  # null: the service, on an event
    client_id: Mapped[UUID | None]  # whose status or reason, where several come; null: of the whole appointment
    status: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    override_reason: Mapped[str | None] = mapped_column(Text)
    changes: Mapped[dict[str, str | None]] = mapped_column(JSONB, default=dict)


class GivenSession(Tenant, Base):
    """That a supervised clinician gave a client a session, and when, as it was before anything of it changed.

    Never changed itself, but for `released_at`: their supervisor let somebody else have it.
    """

    __tablename__ = "given_sessions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organization_id", "appointment_id"], ["appointments.organization_id", "appointments.id"]
        ),
        Index("ix_given_sessions_client", "organization_id", "client_id", "starts_at"),
        Index("ix_given_sessions_appointment", "organization_id", "appointment_id"),
    )

    appointment_id: Mapped[UUID]
    client_id: Mapped[UUID]
    staff_id: Mapped[UUID]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
