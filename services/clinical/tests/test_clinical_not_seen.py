"""Report: who was not seen for some days and has nothing booked."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import openpyxl
import pytest

from services.clinical.client_reports import queries
from services.clinical.tests.conftest import Clinic
from shared import clock
from shared.contracts.clients import ClientChanged
from shared.ids import first_id_at
from shared.testing.databases import ServiceDatabase
from shared.testing.plans import plan_of
from shared.testing.web import ServiceClient

pytestmark = pytest.mark.usefixtures("no_waiting")
NEW_YORK = "America/New_York"
PATH = "/reports/clients/not-seen"


def on(days: int, hour: int = 10) -> str:
    """A local start so many days from today."""
    return f"{clock.today(NEW_YORK) + timedelta(days=days)}T{hour:02}:00"


def old_client(clinic: Clinic, days: int, name: str = "Ada Client", status: str = "active") -> str:
    """Somebody who was added so many days ago."""
    born = first_id_at(clock.now() - timedelta(days=days))
    client_id = UUID(int=born.int | 7 << 76 | 2 << 62 | uuid4().int & 0xFFFFFFFF)
    clinic.emit(
        ClientChanged(
            organization_id=clinic.organization_id, client_id=client_id, version=1, display_name=name, status=status
        )
    )
    return str(client_id)


def seen(clinic: Clinic, client_id: str, days: int, hour: int = 10) -> dict[str, Any]:
    """The client was here so many days ago."""
    booked = clinic.book(on(-days, hour), client_ids=[client_id])
    become(clinic, booked, "arrived")
    return booked


def become(clinic: Clinic, appointment: dict[str, Any], status: str) -> None:
    """Set what became of an appointment."""
    response = clinic.desk.post(f"/appointments/{appointment['id']}/status", {"status": status})
    assert response.status_code == 200, response.text


def found(asker: ServiceClient, **query: Any) -> list[str]:
    """The clients of the report, in its order."""
    response = asker.get(PATH, **query)
    assert response.status_code == 200, response.text
    return [item["client_id"] for item in response.json["items"]]


def test_who_was_last_here_sixty_days_ago_and_has_nothing_booked(clinic: Clinic) -> None:
    away, lately, comes, longest = (clinic.client() for _ in range(4))
    last = seen(clinic, away, 60, 11)
    seen(clinic, lately, 59)
    seen(clinic, comes, 70)
    clinic.book(on(5), client_ids=[comes])
    seen(clinic, longest, 80)
    clinic.assign(away, clinic.therapist)
    never, new = old_client(clinic, 61), clinic.client()
    response = clinic.desk.get(PATH, days=60)
    assert [item["client_id"] for item in response.json["items"]] == [never, longest, away]
    assert response.json["name"] == "not-seen" and response.json["as_of"].endswith("Z")
    assert response.json["items"][0]["last_visit"] is None
    assert response.json["items"][2] == {
        "client_id": away,
        "display_name": "Ada Client",
        "staff": [{"staff_id": str(clinic.therapist.staff_id), "display_name": "Somebody"}],
        "last_visit": {
            "appointment_id": last["id"],
            **{name: last[name] for name in ("starts_at", "starts_at_local", "time_zone")},
        },
    }
    assert found(clinic.desk, days=59) == [never, longest, away, lately] and new not in found(clinic.desk, days=1)


def test_active_clients_stand_with_their_last_and_next_visit(clinic: Clinic) -> None:
    visited, archived = clinic.client(clinic.therapist), old_client(clinic, 90, status="archived")
    last = seen(clinic, visited, 3)
    coming = clinic.book(on(4), client_ids=[visited])
    items = clinic.desk.get("/reports/clients/active").json["items"]
    assert [item["client_id"] for item in items] == [clinic.client_id, visited] and archived not in str(items)
    assert items[0]["last_visit"] is items[0]["next_appointment"] is None
    assert items[1]["last_visit"]["appointment_id"] == last["id"]
    assert items[1]["next_appointment"]["appointment_id"] == coming["id"]
    unbooked = clinic.desk.get("/reports/clients/active", booked="nothing").json["items"]
    assert [item["client_id"] for item in unbooked] == [clinic.client_id]
    rows = list(csv.reader(io.StringIO(clinic.desk.get("/reports/clients/active", format="csv").text)))
    days = [(clock.today(NEW_YORK) + timedelta(days=days)).isoformat() for days in (-3, 4)]
    assert rows[0] == ["Client", "Clinicians", "Last visit", "Next appointment"]
    assert rows[2] == ["Ada Client", "Somebody", *days]


def test_who_is_archived_or_prospective_is_left_out(clinic: Clinic) -> None:
    clients = [old_client(clinic, 90, status=status) for status in ("active", "archived", "prospective")]
    assert found(clinic.desk) == clients[:1]


CHANGES: dict[str, Callable[[Clinic, dict[str, Any]], object]] = {
    "it was a mistake": lambda clinic, visit: become(clinic, visit, "booked"),
    "they did not come": lambda clinic, visit: become(clinic, visit, "no_show"),
    "it was on another day": lambda clinic, visit: clinic.desk.patch(
        f"/appointments/{visit['id']}", {"starts_at_local": on(-70, 15)}
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_last_visit_is_always_that_of_the_appointments(clinic: Clinic, change: str) -> None:
    """What triggers keep is what the appointments say, also of a group, whatever is corrected."""
    group = [clinic.client(), clinic.client()]
    visit = clinic.book(on(-2), client_ids=group)
    become(clinic, visit, "arrived")
    seen(clinic, group[0], 40)
    assert kept(clinic) == computed(clinic)
    before = kept(clinic)
    CHANGES[change](clinic, visit)
    assert kept(clinic) == computed(clinic) != before


def kept(clinic: Clinic) -> list[tuple[object, ...]]:
    """The stored last visits."""
    return clinic.database.rows(
        "SELECT id, nullif(last_visit_at, '1970-01-01Z') FROM client_copies WHERE organization_id = %s ORDER BY id",
        clinic.organization_id,
    )


def computed(clinic: Clinic) -> list[tuple[object, ...]]:
    """The last visits as appointments say."""
    return clinic.database.rows(
        "SELECT c.id, (SELECT max(p.starts_at) FROM attendees a JOIN appointments p"
        " ON p.organization_id = a.organization_id AND p.id = a.appointment_id"
        " WHERE a.organization_id = c.organization_id AND a.client_id = c.id AND p.status = 'arrived')"
        " FROM client_copies c WHERE c.organization_id = %s ORDER BY c.id",
        clinic.organization_id,
    )


def test_who_sees_assigned_clients_only_finds_these_on_pages_and_in_files(clinic: Clinic) -> None:
    own, other = old_client(clinic, 90, "Olive Own"), old_client(clinic, 90, "Otto Other")
    narrow = clinic.staff("therapist", grants=("assigned_only",))
    clinic.assign(own, narrow)
    assert found(narrow) == [own] and set(found(clinic.desk)) == {own, other}
    assert "Otto" not in narrow.get(PATH, format="csv").text


def test_pages_follow_each_other(clinic: Clinic) -> None:
    clients = [old_client(clinic, 90) for _ in range(2)] + [clinic.client()]
    seen(clinic, clients[2], 80)
    first = clinic.desk.get(PATH, limit=2).json
    second = clinic.desk.get(PATH, limit=2, cursor=first["next_cursor"]).json
    shown = [item["client_id"] for page in (first, second) for item in page["items"]]
    assert set(shown[:2]) == set(clients[:2]) and shown[2:] == clients[2:] and second["next_cursor"] is None


def test_files_hold_every_row_and_no_formula(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.web.reports.BATCH_ROWS", 2)
    clients = [old_client(clinic, 90, name) for name in ("=1+1", "Bea", "Cy")]
    seen(clinic, clients[1], 65)
    response = clinic.desk.get(PATH, format="csv", limit=1)
    assert response.headers["Content-Disposition"] == 'attachment; filename="not-seen.csv"'
    head, *rows = list(csv.reader(io.StringIO(response.text)))
    day = (clock.today(NEW_YORK) - timedelta(days=65)).isoformat()
    assert head == ["Client", "Clinicians", "Last visit", "Days since"]
    assert sorted(rows) == [["'=1+1", "", "", ""], ["Bea", "", day, "65"], ["Cy", "", "", ""]]
    workbook = openpyxl.load_workbook(io.BytesIO(clinic.desk.get(PATH, format="xlsx").data))
    cells = {row[0].value: row for row in workbook.worksheets[0].iter_rows(min_row=2)}
    assert {name: row[0].data_type for name, row in cells.items()} == dict.fromkeys(("=1+1", "Bea", "Cy"), "s")
    assert cells["Bea"][2].value.date().isoformat() == day and cells["Bea"][3].value == 65


def test_each_batch_of_a_file_is_on_record_with_its_clients(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.web.reports.BATCH_ROWS", 2)
    clients = {UUID(old_client(clinic, 90)) for _ in range(3)}
    response = clinic.desk.get(PATH, format="csv")
    assert response.text.count("Ada Client") == 3  # read to its end, long after the request's own transaction
    request_id = response.headers["X-Request-Id"]
    entries = clinic.database.rows(
        "SELECT details->>'format', (details->>'rows')::int, client_ids FROM audit_entries"
        " WHERE actor_id = %s AND action = 'not_seen_report.read' AND request_id = %s ORDER BY id",
        clinic.desk.staff_id,
        request_id,
    )
    assert [entry[:2] for entry in entries] == [("csv", None), (None, 2), (None, 1)]
    assert {client_id for *_, named in entries for client_id in named} == clients


def test_five_files_within_an_hour_and_as_many_pages_as_somebody_likes(clinic: Clinic) -> None:
    statuses = [clinic.desk.get(PATH, format=kind).status_code for kind in ("csv", "xlsx", "csv", "csv", "csv", "csv")]
    assert statuses == [200] * 5 + [429]
    assert clinic.desk.get(PATH).status_code == 200


@pytest.mark.parametrize("query", [{"days": 0}, {"days": 3651}, {"days": "x"}, {"format": "pdf"}, {"cursor": "x"}])
def test_what_it_does_not_take(clinic: Clinic, query: dict[str, Any]) -> None:
    assert clinic.desk.get(PATH, **query).status_code == 422


def test_an_index_serves_the_order(clinic: Clinic, clinical_database: ServiceDatabase) -> None:
    actor = clinic.desk.actor
    assert actor is not None
    now = clock.now()
    for statement in (queries.not_seen_since(actor, now - timedelta(days=60), now), queries.unbooked(actor, now)):
        plan = plan_of(clinical_database, clinic.organization_id, statement.order_by(*queries.KEYS).limit(51))
        assert "ix_client_copies_last_visit" in plan and "ix_attendees_client_start" in plan and "Sort" not in plan, (
            plan
        )
