"""Clinical's web application on a database of its own; its copies are fed by the events that would come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest

from services.clinical.copies import queries
from services.clinical.tests.emergency import decide
from shared.contracts.billing import ServiceTypeChanged
from shared.contracts.clients import ClientChanged, StaffAssigned, StaffUnassigned
from shared.contracts.identity import Licence, OrganizationChanged, StaffChanged
from shared.database.session import Database
from shared.ids import new_id, new_id_of
from shared.testing.databases import ServiceDatabase, TestServer, database_of
from shared.testing.events import apply
from shared.testing.web import Keys, ServiceClient, service_client

SOAP = {"subjective": "s", "objective": "o", "assessment": "a", "plan": "p"}


@dataclass
class Clinic:
    """An organization with a licensed therapist, a service and a client who is assigned to them."""

    web: ServiceClient
    database: ServiceDatabase
    worker: Database
    organization_id: UUID = field(default_factory=new_id)

    def __post_init__(self) -> None:
        self.emit(
            OrganizationChanged(
                organization_id=self.organization_id, version=1, name="Clinic", time_zone="America/New_York"
            )
        )
        self.therapist = self.staff("therapist")
        self.administrator = self.staff("administration")
        self.desk = self.staff("default")
        self.service_type_id = self.service("90837", 60)
        self.client_id = self.client(self.therapist)
        self.case_id = self.open_case(self.therapist, self.client_id)

    def emit(self, event: Any, occurred_at: datetime | None = None) -> None:
        """Have clinical apply an event; without `occurred_at` it has happened just now."""
        apply("clinical", self.worker, event, occurred_at=occurred_at)

    def staff(
        self,
        *levels: str,
        grants: tuple[str, ...] = (),
        licence_until: date | None = date(2035, 1, 1),
        supervisor: ServiceClient | None = None,
        active: bool = True,
        restricts_administration: bool = False,
        brought_in_by: tuple[UUID, ...] = (),
    ) -> ServiceClient:
        """A member of staff; the organization allows emergency access."""
        staff_id = new_id_of(self.organization_id)
        licences = (Licence("L", "NY", licence_until),) if licence_until else ()
        self.emit(
            StaffChanged(
                organization_id=self.organization_id,
                staff_id=staff_id,
                version=1,
                display_name="Somebody",
                active=active,
                levels=levels,
                licences=licences,
                supervisor_id=supervisor.staff_id if supervisor else None,
                brought_in_by=brought_in_by,
            )
        )
        return self.web.as_actor(
            *levels,
            organization_id=self.organization_id,
            staff_id=staff_id,
            grants=grants,
            restricts_administration=restricts_administration,
            emergency_access=True,
        )

    def service(self, code: str, minutes: int) -> str:
        """A bookable service."""
        identifier = new_id_of(self.organization_id)
        self.emit(
            ServiceTypeChanged(
                organization_id=self.organization_id,
                service_type_id=identifier,
                version=1,
                name=code,
                code=code,
                duration_minutes=minutes,
                active=True,
            )
        )
        return str(identifier)

    def client(self, *staff: ServiceClient) -> str:
        """A client with these assigned."""
        identifier = new_id_of(self.organization_id)
        self.emit(
            ClientChanged(
                organization_id=self.organization_id,
                client_id=identifier,
                version=1,
                display_name="Ada Client",
                status="active",
            )
        )
        for member in staff:
            self.assign(str(identifier), member)
        return str(identifier)

    def assign(self, client_id: str, staff: ServiceClient, version: int = 1) -> None:
        """Assign somebody."""
        self.emit(
            StaffAssigned(
                organization_id=self.organization_id,
                client_id=UUID(client_id),
                staff_id=staff.staff_id,
                assignment_version=version,
            )
        )

    def unassign(self, client_id: str, staff: ServiceClient, version: int) -> None:
        """Take somebody off."""
        self.emit(
            StaffUnassigned(
                organization_id=self.organization_id,
                client_id=UUID(client_id),
                staff_id=staff.staff_id,
                assignment_version=version,
            )
        )

    def open_case(self, staff: ServiceClient, client_id: str) -> str:
        """A case opened by that person."""
        response = staff.post("/cases", {"client_id": client_id, "name": "Individual"})
        assert response.status_code == 201, response.text
        return str(response.json["id"])

    def booking(self, start: str, **more: Any) -> dict[str, Any]:
        """The body of a booking with the therapist and the client."""
        return {
            "client_ids": [self.client_id],
            "staff_id": str(self.therapist.staff_id),
            "service_type_id": self.service_type_id,
            "starts_at_local": start,
            **more,
        }

    def book(self, start: str, **more: Any) -> dict[str, Any]:
        """An appointment."""
        response = self.desk.post("/appointments", self.booking(start, **more))
        assert response.status_code == 201, response.text
        return dict(response.json)

    def note(self, appointment_id: str, **more: Any) -> dict[str, Any]:
        """A complete draft."""
        body = {"client_id": self.client_id, "template": "soap", "content": SOAP, "minutes": 55, **more}
        response = self.therapist.post(f"/appointments/{appointment_id}/notes", body)
        assert response.status_code == 201, response.text
        return dict(response.json)

    def documented(self) -> list[tuple[object, ...]]:
        """The data of each AppointmentDocumented in the outbox, in order."""
        return self.database.rows(
            "SELECT data FROM outbox WHERE type = 'clinical.appointment_documented.v1'"
            f" AND organization_id = '{self.organization_id}' ORDER BY id"
        )


@pytest.fixture(scope="session")
def clinical_database(server: TestServer) -> ServiceDatabase:
    """The newest schema."""
    return server.service_database("clinical")


@pytest.fixture(scope="session")
def clinical_web(clinical_database: ServiceDatabase, keys: Keys) -> ServiceClient:
    """The web application."""
    return service_client(clinical_database, keys)


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has not arrived is not waited for: it is not under way."""
    monkeypatch.setattr(queries, "wait_until_true", lambda _session, look, _seconds=1.0: look())


@pytest.fixture(scope="session")
def clinical_worker(clinical_database: ServiceDatabase) -> Iterator[Database]:
    """The database as the worker sees it."""
    database = database_of(clinical_database, "worker")
    yield database
    database.dispose()


@pytest.fixture
def clinic(clinical_web: ServiceClient, clinical_database: ServiceDatabase, clinical_worker: Database) -> Clinic:
    """A fresh clinic."""
    return Clinic(clinical_web, clinical_database, clinical_worker)


@pytest.fixture
def open_clinic(clinic: Clinic) -> Clinic:
    """A clinic that allows emergency access, for two hours."""
    decide(clinic, 2, break_glass_enabled=True, break_glass_minutes=120)
    return clinic
