"""What a supervised author adds to signed notes and plans, and who signs it."""

from __future__ import annotations

from datetime import date

import pytest

from services.clinical.tests.conftest import Clinic
from services.clinical.tests.test_clinical_supervision import PLAN, Supervised, done


@pytest.mark.parametrize("mode", ["approve", "co_sign"])
@pytest.mark.abuse("A-ROLE-addendum-alone")
def test_a_supervised_author_adds_nothing_alone(clinic: Clinic, mode: str) -> None:
    """An addendum is signed at once; an amendment goes to the supervisor, as the note did."""
    supervised = Supervised(clinic, mode)
    path = supervised.submitted()
    done(supervised.finish(supervised.supervisor, path))
    refused = supervised.intern.post(f"{path}/addenda", {"text": "Added."})
    assert (refused.status_code, refused.json["code"]) == (409, "supervised")
    assert "Amend this note" in refused.json["detail"]
    assert done(supervised.intern.get(path))["addenda"] == []
    assert supervised.supervisor.post(f"{path}/addenda", {"text": "Discussed."}).status_code == 201
    supervised.under(supervised.supervisor, "access_only")
    assert supervised.intern.post(f"{path}/addenda", {"text": "Added."}).status_code == 201


@pytest.mark.parametrize("mode", ["approve", "co_sign"])
@pytest.mark.abuse("A-ROLE-plan-alone")
def test_the_supervisor_signs_the_plan_of_a_supervised_author(clinic: Clinic, mode: str) -> None:
    supervised = Supervised(clinic, "access_only")
    supervisor, intern = supervised.supervisor, supervised.intern
    done(clinic.staff("administration").put(f"/cases/{clinic.case_id}/staff/{intern.staff_id}"))
    supervised.under(supervisor, mode)
    assert supervisor.get(f"/cases/{clinic.case_id}").status_code == 404
    plan = done(intern.post(f"/cases/{clinic.case_id}/treatment-plans", PLAN))
    path = f"/treatment-plans/{plan['id']}"
    refused = intern.post(f"{path}/sign")
    assert (refused.status_code, refused.json["code"]) == (409, "supervised")
    assert done(intern.get(path))["status"] == "draft"
    waiting = done(supervisor.get("/worklist"))
    (work,) = waiting["items"]
    assert (work["kind"], work["case_id"], work["client_id"]) == ("plan_to_sign", clinic.case_id, clinic.client_id)
    assert (work["note_id"], work["appointment_id"], work["due_on"]) == (None, None, None)
    assert waiting["counts"]["plan_to_sign"] == 1
    assert done(intern.get("/worklist"))["counts"]["plan_to_sign"] == 0
    successor = clinic.staff("therapist")
    supervised.under(successor, mode)
    assert done(supervisor.get("/worklist"))["counts"]["plan_to_sign"] == 0
    assert done(successor.get("/worklist"))["counts"]["plan_to_sign"] == 1, "the queue moves with the supervisor"
    signed = done(successor.post(f"{path}/sign"))
    assert (signed["signed_by"], signed["created_by"]) == (str(successor.staff_id), str(intern.staff_id))
    assert done(successor.get("/worklist"))["counts"]["plan_to_sign"] == 0


@pytest.mark.parametrize("licence_until", [None, date(2020, 1, 1)])
@pytest.mark.abuse("A-ROLE-plan-alone")
def test_a_plan_takes_a_license_in_force_today(clinic: Clinic, licence_until: date | None) -> None:
    plan = done(clinic.therapist.post(f"/cases/{clinic.case_id}/treatment-plans", PLAN))
    office = clinic.staff("administration", licence_until=licence_until)
    refused = office.post(f"/treatment-plans/{plan['id']}/sign")
    assert (refused.status_code, refused.json["code"]) == (409, "licence")
    assert done(clinic.therapist.post(f"/treatment-plans/{plan['id']}/sign"))["status"] == "signed"


@pytest.mark.parametrize("licence_until", [None, date(2020, 1, 1)])
@pytest.mark.abuse("A-ROLE-addendum-alone")
def test_an_addendum_takes_a_license_in_force(clinic: Clinic, licence_until: date | None) -> None:
    note = clinic.note(clinic.book("2026-10-06T16:00")["id"])
    path = f"/notes/{note['id']}"
    done(clinic.therapist.post(f"{path}/sign"))
    office = clinic.staff("administration", licence_until=licence_until)
    refused = office.post(f"{path}/addenda", {"text": "Paid late."})
    assert (refused.status_code, refused.json["code"]) == (409, "licence")
    assert clinic.staff("administration").post(f"{path}/addenda", {"text": "Read."}).status_code == 201
