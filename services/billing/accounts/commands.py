"""Keeping the copies: each event carries the whole present state, so the highest version simply wins."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from services.billing.accounts.models import (
    AssignmentCopy,
    BillingProfileCopy,
    ClientCopy,
    LocationCopy,
    OrganizationCopy,
    StaffCopy,
)
from services.billing.accounts.rules import Subject
from services.billing.tables import Base
from shared.database.session import Session


def copy_organization(session: Session, organization_id: UUID, version: int, **facts: Any) -> None:
    """Remember an organization's name, time zone and invoice prefix."""
    _upsert(session, OrganizationCopy, {"organization_id": organization_id}, version, facts)


def copy_billing_profile(
    session: Session,
    organization_id: UUID,
    subject: Subject,
    version: int,
    effective_from: date,
    printed: dict[str, Any],
) -> None:
    """Remember what the practice, a location or a member of staff prints and bills under from a day on."""
    kind, subject_id = subject
    row = {"organization_id": organization_id, "subject": kind, "subject_id": subject_id, "version": version}
    statement = insert(BillingProfileCopy).values(**row, effective_from=effective_from, printed=printed)
    session.execute(statement.on_conflict_do_nothing())


def copy_location(session: Session, organization_id: UUID, location_id: UUID, version: int, **facts: Any) -> None:
    """Remember a location."""
    _upsert(session, LocationCopy, {"organization_id": organization_id, "id": location_id}, version, facts)


def copy_staff(session: Session, organization_id: UUID, staff_id: UUID, version: int, **facts: Any) -> None:
    """Remember a member of staff."""
    _upsert(session, StaffCopy, {"organization_id": organization_id, "id": staff_id}, version, facts)


def copy_client(session: Session, organization_id: UUID, client_id: UUID, version: int, **facts: Any) -> None:
    """Remember a client."""
    _upsert(session, ClientCopy, {"organization_id": organization_id, "id": client_id}, version, facts)


def copy_assignment(
    session: Session, organization_id: UUID, client_id: UUID, staff_id: UUID, version: int, *, assigned: bool
) -> None:
    """Remember whether this member of staff is assigned to this client."""
    key = {"organization_id": organization_id, "client_id": client_id, "staff_id": staff_id}
    _upsert(session, AssignmentCopy, key, version, {"assigned": assigned})


def _upsert(session: Session, model: type[Base], key: dict[str, Any], version: int, facts: dict[str, Any]) -> None:
    table = model.__table__
    statement = insert(model).values(**key, version=version, **facts)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=list(key),
            set_={name: statement.excluded[name] for name in ("version", *facts)},
            where=statement.excluded.version > table.c.version,
        )
    )
