"""What earlier clients get when the schema grows, also while the previous release still writes."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from shared.database import migration
from shared.database.migration import back_fills
from shared.ids import new_id
from shared.testing.databases import ServiceDatabase, TestServer, load

EARLY, LATER = datetime(2026, 9, 1, 14, tzinfo=UTC), datetime(2026, 10, 1, 14, tzinfo=UTC)


def add(database: ServiceDatabase, organization_id: UUID, *visits: tuple[datetime, str]) -> UUID:
    """A client with appointments, as the previous release writes them."""
    client_id = new_id()
    database.rows(
        "INSERT INTO client_copies (organization_id, id, version, display_name, status)"
        " VALUES (%s, %s, 1, 'Ada Early', 'active') RETURNING 1",
        *(organization_id, client_id),
    )
    for starts_at, status in visits:
        appointment_id = new_id()
        database.rows(
            "INSERT INTO appointments (organization_id, id, version, staff_id, service_type_id, starts_at, ends_at,"
            " time_zone, status, overridden, booked_by, created_at) VALUES (%s, %s, 1, %s, %s, %s,"
            " %s + interval '1 hour', 'UTC', %s, false, %s, now()) RETURNING 1",
            *(organization_id, appointment_id, new_id(), new_id(), starts_at, starts_at, status, new_id()),
        )
        database.rows(
            "INSERT INTO attendees (organization_id, appointment_id, client_id, starts_at, documented_version)"
            " VALUES (%s, %s, %s, %s, 0) RETURNING 1",
            *(organization_id, appointment_id, client_id, starts_at),
        )
    return client_id


def test_earlier_clients_keep_their_last_visit_too(server: TestServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(back_fills, "EARLIER_ROWS", 2)
    database, organizations = server.service_database_at("clinical", "clinical_0024"), [new_id(), new_id()]
    definition = load("clinical")
    wanted: dict[UUID, datetime | None] = {}
    for revision in ("clinical_0035", "head"):
        for organization_id in organizations:
            both = add(database, organization_id, (EARLY, "arrived"), (LATER, "arrived"))
            missed = add(database, organization_id, (EARLY, "arrived"), (LATER, "no_show"))
            wanted |= {both: LATER, missed: EARLY, add(database, organization_id, (LATER, "booked")): None}
        migration.upgrade(definition.migrations, definition.metadata, database.url("owner"), revision)
    kept = dict(database.rows("SELECT id, nullif(last_visit_at, '1970-01-01Z') FROM client_copies"))
    assert kept == wanted
