"""A practice of its own for every test, on one database: the tenants' walls keep the tests apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.billing import checks
from shared import clock
from shared.contracts.clients import ChangeDecided, ClientChanged, StaffAssigned
from shared.contracts.clinical import AppointmentDocumented
from shared.contracts.identity import (
    BillingProfileRecorded,
    OrganizationChanged,
    PrintedLocation,
    PrintedOrganization,
    PrintedStaff,
)
from shared.database.session import Database
from shared.ids import new_id
from shared.testing.databases import ServiceDatabase, TestServer, database_of
from shared.testing.events import apply
from shared.testing.web import Keys, ServiceClient, service_client

PSYCHOTHERAPY_60 = {
    "name": "Psychotherapy 60",
    "kind": "cpt",
    "code": "90837",
    "rate_cents": 16_000,
    "duration_minutes": 60,
    "note_minutes_min": 53,
    "note_minutes_max": 60,
}


SINCE_EVER = date(1900, 1, 1)
PRINTED: dict[str, Callable[..., Any]] = {
    "organization": PrintedOrganization,
    "location": PrintedLocation,
    "staff": PrintedStaff,
}


@pytest.fixture(scope="session")
def billing_database() -> Iterator[ServiceDatabase]:
    """Billing's newest schema on a real server."""
    server = TestServer()
    yield server.service_database("billing")
    server.close()


@pytest.fixture(scope="session")
def worker(billing_database: ServiceDatabase) -> Iterator[Database]:
    """The database as the worker sees it."""
    database = database_of(billing_database, "worker")
    yield database
    database.dispose()


@pytest.fixture(scope="session")
def web(billing_database: ServiceDatabase) -> Iterator[ServiceClient]:
    """Billing's web application."""
    keys = Keys()
    yield service_client(billing_database, keys)


class Practice:
    """An organization in New York: who works there, what happens there, and whether its books agree."""

    def __init__(self, web: ServiceClient, worker: Database, prefix: str = "NY-") -> None:
        self.organization_id = new_id()
        self.worker = worker
        self._web = web
        self.emit(
            OrganizationChanged(
                organization_id=self.organization_id,
                version=1,
                name="Practice",
                time_zone="America/New_York",
                invoice_prefix=prefix,
            )
        )
        self.clinician_id, self.location_id = new_id(), new_id()
        self.emit(
            self.printed("organization", self.organization_id, name="Practice"),
            self.printed("staff", self.clinician_id, given_name="Thea", family_name="One"),
            self.printed("location", self.location_id, name="Office", place_of_service="11"),
        )
        self.biller = self.somebody("billing")
        self.administrator = self.somebody("administration")

    def somebody(
        self, *levels: str, grants: tuple[str, ...] = (), organization_id: UUID | None = None
    ) -> ServiceClient:
        """A member of staff, here or in another practice."""
        return self._web.as_actor(*levels, organization_id=organization_id or self.organization_id, grants=grants)

    def emit(self, *events: Any) -> None:
        """Have billing apply a batch of events."""
        apply("billing", self.worker, *events)

    def printed(
        self, subject: str, subject_id: UUID, version: int = 1, effective_from: date = SINCE_EVER, **facts: Any
    ) -> BillingProfileRecorded:
        """What identity tells of what the practice, a location or a member of staff prints from a day on."""
        return BillingProfileRecorded(
            organization_id=self.organization_id,
            subject=subject,
            subject_id=subject_id,
            version=version,
            effective_from=effective_from,
            **{subject: PRINTED[subject](**facts)},
        )

    def client(self) -> UUID:
        """A client whose event has arrived."""
        client_id = new_id()
        self.emit(
            ClientChanged(
                organization_id=self.organization_id,
                client_id=client_id,
                version=1,
                display_name="Ada L.",
                status="active",
            )
        )
        return client_id

    def assign(self, client_id: UUID, staff_id: UUID) -> None:
        """Assign staff to a client."""
        self.emit(
            StaffAssigned(
                organization_id=self.organization_id,
                client_id=client_id,
                staff_id=staff_id,
                assignment_version=1,
            )
        )

    def merge(self, ends: UUID, stays: UUID) -> None:
        """Clients decides that one client ends in another one."""
        self._decide("merge", ends, stays)

    def separate(self, ended: UUID, stays: UUID) -> None:
        """Clients decides that the two are separate again."""
        self._decide("unmerge", ended, stays)

    def _decide(self, kind: str, *client_ids: UUID) -> None:
        self.emit(ChangeDecided(self.organization_id, new_id(), 2, kind, client_ids, applies=True))

    def service(self, **facts: Any) -> UUID:
        """A service of the catalogue: 90837 at 160.00 for 53 to 60 minutes unless told otherwise."""
        response = self.administrator.post("/service-types", {**PSYCHOTHERAPY_60, **facts})
        assert response.status_code == 201, response.json
        return UUID(response.json["id"])

    def document(
        self,
        client_id: UUID,
        service_type_id: UUID,
        *,
        appointment_id: UUID | None = None,
        version: int = 1,
        minutes: int = 55,
        service_date: date | None = None,
        **more: Any,
    ) -> UUID:
        """A signed note arrives; returns the appointment's id."""
        facts = {"appointment_id": appointment_id or new_id(), "version": version, "minutes": minutes, **more}
        event = self.documented(client_id, service_type_id, service_date=service_date or self.today(), **facts)
        self.emit(event)
        return event.appointment_id

    def documented(self, client_id: UUID, service_type_id: UUID, **facts: Any) -> AppointmentDocumented:
        """What clinical tells of a signed note."""
        usual = {
            "appointment_id": new_id(),
            "version": 1,
            "service_date": self.today(),
            "minutes": 55,
            "rendering_staff_id": self.clinician_id,
            "location_id": self.location_id,
            "case_id": new_id(),
            "note_id": new_id(),
            "diagnosis_codes": ("F41.1",),
        }
        return AppointmentDocumented(
            organization_id=self.organization_id,
            client_id=client_id,
            service_type_id=service_type_id,
            **{**usual, **facts},
        )

    def invoices(self, appointment_id: UUID) -> list[dict[str, Any]]:
        """What an appointment was billed with."""
        response = self.biller.get("/invoices", appointment_id=str(appointment_id))
        assert response.status_code == 200, response.json
        return list(response.json["items"])

    def draft(self, client_id: UUID, service_type_id: UUID, **facts: Any) -> dict[str, Any]:
        """The draft of a fresh appointment."""
        (drafted,) = self.invoices(self.document(client_id, service_type_id, **facts))
        return drafted

    def issue(self, client_id: UUID, service_type_id: UUID, **facts: Any) -> dict[str, Any]:
        """The issued invoice of a fresh appointment."""
        response = self.biller.post(f"/invoices/{self.draft(client_id, service_type_id, **facts)['id']}/issue", {})
        assert response.status_code == 200, response.json
        return dict(response.json)

    def pay(self, client_id: UUID, cents: int, method: str = "cash", **facts: Any) -> dict[str, Any]:
        """A payment received today."""
        response = self.try_to_pay(client_id, cents, method, **facts)
        assert response.status_code == 201, response.json
        return dict(response.json)

    def try_to_pay(self, client: UUID | str, cents: Any, method: str = "cash", **facts: Any) -> Any:
        """The answer to a payment, whatever it is."""
        body = {"client_id": str(client), "amount_cents": cents, "method": method}
        return self.biller.post("/payments", {**body, "received_on": str(self.today()), **facts})

    def ledger(self, client_id: UUID, **query: Any) -> dict[str, Any]:
        """A client's ledger."""
        return dict(self.biller.get(f"/clients/{client_id}/ledger", **query).json)

    def entries(self, client_id: UUID, **query: Any) -> list[dict[str, Any]]:
        """All entries of a client's ledger, page by page; each page but the last is full."""
        found: list[dict[str, Any]] = []
        cursor: dict[str, str] = {}
        while True:
            page = self.ledger(client_id, **query, **cursor)
            found += page["entries"]
            if page["next_cursor"] is None:
                return found
            assert len(page["entries"]) == int(query.get("limit", 50))
            cursor = {"cursor": page["next_cursor"]}

    def today(self) -> date:
        """Today in New York."""
        return clock.today("America/New_York")

    def contradictions(self) -> list[str]:
        """What is wrong with the books."""
        return self.worker.run(checks.contradictions, self.organization_id)


@pytest.fixture
def practice(web: ServiceClient, worker: Database) -> Iterator[Practice]:
    """A fresh practice, whose books must agree when the test is over."""
    fresh = Practice(web, worker)
    yield fresh
    assert fresh.contradictions() == []


@pytest.fixture(scope="session")
def new_practice(web: ServiceClient, worker: Database) -> Callable[[], Practice]:
    """Founds practices, for tests that need many."""
    return lambda: Practice(web, worker)
