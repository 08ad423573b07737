"""A clinic that allows emergency access, and somebody who breaks the glass, as two files of tests need them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.contracts.identity import OrganizationChanged
from shared.testing.web import ServiceClient

if TYPE_CHECKING:
    from services.clinical.tests.conftest import Clinic  # which imports this file

REASON = {"reason": "Colleague is ill, client in crisis on the phone."}
JUDGEMENT = {"outcome": "justified", "comment": "Checked with the clinician on duty."}


def decide(clinic: Clinic, version: int, **settings: Any) -> None:
    """The organization's settings, as their event brings them."""
    clinic.emit(
        OrganizationChanged(
            organization_id=clinic.organization_id,
            version=version,
            name="Clinic",
            time_zone="America/New_York",
            **settings,
        )
    )


def break_glass(clinic: Clinic, staff: ServiceClient, expect: int = 201) -> dict[str, Any]:
    response = staff.post(f"/clients/{clinic.client_id}/break-glass", REASON)
    assert response.status_code == expect, response.text
    return dict(response.json)


WORRY = {"description": "Worry", "goals": [{"description": "Calm", "objectives": [{"description": "Sleeps"}]}]}


def reads(clinic: Clinic) -> list[str]:
    """Every path that shows the record."""
    note = f"/notes/{clinic.note(clinic.book('2026-10-06T16:00')['id'])['id']}"
    case = f"/cases/{clinic.case_id}"
    made = (
        clinic.therapist.post(f"{case}/diagnoses", {"code": "F41.1", "rank": 1, "effective_from": "2026-10-01"}),
        clinic.therapist.post(f"{case}/treatment-plans", {"effective_from": "2026-10-01", "problems": [WORRY]}),
        clinic.therapist.post(f"{note}/sign"),
        clinic.therapist.post(f"{note}/addenda", {"text": "Added."}),
    )
    assert clinic.therapist.post(f"/treatment-plans/{made[1].json['id']}/sign").status_code == 200
    for status in ("closed", "open"):  # so that its history shows something
        clinic.therapist.patch(case, {"status": status})
    histories = [f"{case}/staff/history", f"{case}/status/history"]
    lists = [f"{case}/diagnoses", f"{case}/treatment-plans", f"{case}/notes", f"{case}/goals", *histories]
    one_each = [
        response.headers["Location"].removeprefix("/api/v1") for response in made if response.status_code == 201
    ]
    assert len(one_each) == 3, [response.text for response in made]
    return [case, note, *lists, *one_each]
