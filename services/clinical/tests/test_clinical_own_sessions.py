"""A clinician's own kept sessions are counted by day."""

from __future__ import annotations

from typing import Any

from services.clinical.tests.conftest import Clinic
from shared.testing.databases import ServiceDatabase
from shared.testing.plans import plan_of
from shared.testing.web import ServiceClient

DAYS = {"from": "2026-10-05", "to": "2026-10-07"}


def kept(clinic: Clinic, start: str) -> None:
    appointment = clinic.book(start)
    response = clinic.therapist.post(f"/appointments/{appointment['id']}/status", {"status": "arrived"})
    assert response.status_code == 200, response.text


def counted(member: ServiceClient, **query: str) -> list[dict[str, Any]]:
    response = member.get("/agenda/own-by-day", **{**DAYS, **query})
    assert response.status_code == 200, response.text
    return list(response.json["items"])


def test_kept_sessions_count_on_the_day_of_their_own_clocks(clinic: Clinic) -> None:
    for start in ("2026-10-04T22:00", "2026-10-05T22:00", "2026-10-05T09:00", "2026-10-07T23:00", "2026-10-08T00:30"):
        kept(clinic, start)
    clinic.book("2026-10-06T09:00")
    assert counted(clinic.therapist) == [
        {"on": "2026-10-05", "sessions": 2, "minutes": 120},
        {"on": "2026-10-07", "sessions": 1, "minutes": 60},
    ]
    assert counted(clinic.administrator) == [], "one's own alone"
    assert clinic.staff("default").get("/agenda/own-by-day", **DAYS).status_code == 403


def test_days_out_of_order_and_too_many_are_refused(clinic: Clinic) -> None:
    for wrong in ({"to": "2026-10-04"}, {"to": "2027-02-02"}, {"from": "soon"}):
        assert clinic.therapist.get("/agenda/own-by-day", **{**DAYS, **wrong}).status_code == 422, wrong
    assert counted(clinic.therapist, to="2027-02-01") == []


def test_an_index_serves_the_count(clinic: Clinic, clinical_database: ServiceDatabase) -> None:
    """Asked as the web process asks."""
    plan = plan_of(
        clinical_database,
        clinic.organization_id,
        "SELECT count(*) FROM appointments WHERE organization_id = %s AND staff_id = %s"
        " AND starts_at >= timestamptz '2026-10-01Z' AND starts_at < timestamptz '2026-11-01Z' AND status = 'arrived'",
        clinic.organization_id,
        clinic.therapist.staff_id,
    )
    assert "ix_appointments_staff" in plan and "Seq Scan" not in plan, plan
