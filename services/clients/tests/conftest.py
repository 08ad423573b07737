"""Clients' web application on a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest

from services.clients.bulk_assignments import commands as bulk
from shared.contracts.identity import StaffChanged
from shared.database.session import Database
from shared.ids import new_id, new_id_of
from shared.testing.databases import ServiceDatabase, TestServer, database_of
from shared.testing.events import apply
from shared.testing.web import Keys, ServiceClient, service_client

STEP_ROWS = 3


@dataclass
class Desk:
    """An organization's front desk, and its administrator."""

    web: ServiceClient
    database: ServiceDatabase
    worker: Database
    organization_id: UUID = field(default_factory=new_id)

    def __post_init__(self) -> None:
        self.desk = self.web.as_actor("default", organization_id=self.organization_id)
        self.administrator = self.web.as_actor("administration", organization_id=self.organization_id)

    def emit(self, *events: Any) -> None:
        """Have clients apply a batch of events."""
        apply("clients", self.worker, *events)

    def staff(
        self,
        *levels: str,
        grants: tuple[str, ...] = (),
        active: bool = True,
        restricts_administration: bool = False,
        brought_in_by: tuple[UUID, ...] = (),
    ) -> ServiceClient:
        """A member of staff whose event has arrived."""
        staff_id = new_id_of(self.organization_id)
        event = StaffChanged(self.organization_id, staff_id, 1, "Somebody", active, brought_in_by=brought_in_by)
        self.emit(event)
        return self.web.as_actor(
            *levels,
            organization_id=self.organization_id,
            staff_id=staff_id,
            grants=grants,
            restricts_administration=restricts_administration,
        )

    def add(self, given: str = "Ada", family: str = "Byron", born: str = "1990-01-02", **more: Any) -> dict[str, Any]:
        """A client."""
        body = {"given_name": given, "family_name": family, "date_of_birth": born, **more}
        response = self.desk.post("/clients", body)
        assert response.status_code == 201, response.text
        return dict(response.json)


@pytest.fixture(scope="session")
def clients_database(server: TestServer) -> ServiceDatabase:
    """The newest schema."""
    return server.service_database("clients")


@pytest.fixture(scope="session")
def clients_web(clients_database: ServiceDatabase, keys: Keys) -> ServiceClient:
    """The web application."""
    return service_client(clients_database, keys)


@pytest.fixture(scope="session")
def clients_worker(clients_database: ServiceDatabase) -> Iterator[Database]:
    """The database as the worker sees it."""
    database = database_of(clients_database, "worker")
    yield database
    database.dispose()


@pytest.fixture
def desk(clients_web: ServiceClient, clients_database: ServiceDatabase, clients_worker: Database) -> Desk:
    """A fresh organization."""
    return Desk(clients_web, clients_database, clients_worker)


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch, desk: Desk) -> Iterator[None]:
    """Steps of `STEP_ROWS` rows, and no job left over for the next test."""
    monkeypatch.setattr(bulk, "STEP_ROWS_MAX", STEP_ROWS)
    yield
    desk.database.rows("DELETE FROM job_queue RETURNING 1")
