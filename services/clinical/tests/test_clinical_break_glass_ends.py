"""Emergency access when the right to it changes while a record is open, and how often it may be opened."""

from __future__ import annotations

import pytest

from services.clinical.break_glass.rules import OPENINGS_MAX
from services.clinical.tests.conftest import Clinic
from services.clinical.tests.emergency import JUDGEMENT, REASON, break_glass, decide
from shared import clock
from shared.contracts.identity import StaffChanged
from shared.testing.web import ServiceClient


def changed(clinic: Clinic, staff: ServiceClient, version: int, *grants: str) -> StaffChanged:
    return StaffChanged(
        organization_id=clinic.organization_id,
        staff_id=staff.staff_id,
        version=version,
        display_name="Somebody",
        active=True,
        levels=("default", "therapist"),
        grants=grants,
        licences=(),
    )


def is_open(clinic: Clinic, opening_id: str) -> bool:
    return bool(clinic.administrator.get(f"/break-glass/{opening_id}").json["is_open"])


def narrowed(clinic: Clinic, colleague: ServiceClient) -> ServiceClient:
    """The same person in a session that knows of the narrowing, as the gateway tells it."""
    return clinic.web.as_actor(
        "therapist",
        organization_id=clinic.organization_id,
        staff_id=colleague.staff_id,
        grants=("assigned_only",),
        emergency_access=True,
    )


@pytest.mark.abuse("A-ROLE-break-glass-narrowed")
def test_who_is_narrowed_while_a_record_is_open_reads_no_further(open_clinic: Clinic) -> None:
    clinic, colleague = open_clinic, open_clinic.staff("therapist")
    opening, path = break_glass(clinic, colleague), f"/cases/{open_clinic.case_id}"
    assert colleague.get(path).status_code == 200
    assert narrowed(clinic, colleague).get(path).status_code == 404, "also before the event has come"
    clinic.emit(changed(clinic, colleague, 2, "assigned_only"))
    assert not is_open(clinic, opening["id"])
    clinic.emit(changed(clinic, colleague, 3))
    assert colleague.get(path).status_code == 404, "it does not come back"


@pytest.mark.abuse("A-ROLE-break-glass-narrowed")
def test_a_narrowing_that_is_heard_of_late_ends_what_was_open_then(open_clinic: Clinic) -> None:
    clinic, colleague = open_clinic, open_clinic.staff("therapist")
    opening = break_glass(clinic, colleague)
    clinic.emit(changed(clinic, colleague, 4))
    assert is_open(clinic, opening["id"]), "another change of theirs ends nothing"
    clinic.emit(changed(clinic, colleague, 3, "assigned_only"))
    assert not is_open(clinic, opening["id"])
    before, since = clock.now(), break_glass(clinic, colleague)
    clinic.emit(changed(clinic, colleague, 3, "assigned_only"), before)
    assert is_open(clinic, since["id"]), "opened after they were narrowed no longer"


def test_somebody_narrowed_opens_and_reads_a_client_who_is_assigned(open_clinic: Clinic) -> None:
    """They know of the client, and are on none of the cases."""
    clinic, colleague = open_clinic, open_clinic.staff("therapist", grants=("assigned_only",))
    clinic.assign(clinic.client_id, colleague)
    path = f"/cases/{clinic.case_id}"
    assert clinic.administrator.delete(f"{path}/staff/{colleague.staff_id}").status_code == 200
    assert narrowed(clinic, colleague).get(path).status_code == 404
    break_glass(clinic, narrowed(clinic, colleague))
    assert narrowed(clinic, colleague).get(path).status_code == 200


@pytest.mark.abuse("A-ROLE-break-glass-narrowed")
def test_narrowing_administration_ends_what_somebody_may_have_open_for_it(open_clinic: Clinic) -> None:
    clinic = open_clinic
    manager = clinic.staff("administration")
    second_self = clinic.staff("therapist", brought_in_by=(manager.staff_id,))
    opening, path = break_glass(clinic, second_self), f"/cases/{clinic.case_id}"
    decide(clinic, 7, break_glass_enabled=True)
    assert is_open(clinic, opening["id"]), "another setting ends nothing"
    decide(clinic, 8, break_glass_enabled=True, restricts_administration=True)
    assert not is_open(clinic, opening["id"])
    assert second_self.get(path).status_code == 404
    assert break_glass(clinic, second_self, 403)["code"] == "own_cases_only"
    entitled = clinic.staff("therapist")
    opening = break_glass(clinic, entitled)
    decide(clinic, 9, break_glass_enabled=True, restricts_administration=True, break_glass_minutes=30)
    assert is_open(clinic, opening["id"]), "it was narrowed before"


@pytest.mark.abuse("A-ROLE-break-glass-flood")
def test_nobody_opens_a_record_on_and_on_to_bury_one_opening_among_many(open_clinic: Clinic) -> None:
    clinic, colleague = open_clinic, open_clinic.staff("therapist")
    opened = []
    for _ in range(OPENINGS_MAX):
        opened.append(break_glass(clinic, colleague)["id"])
        assert colleague.post(f"/break-glass/{opened[-1]}/end").status_code == 200
    assert break_glass(clinic, colleague, 409)["code"] == "review_pending"
    assert break_glass(clinic, clinic.staff("therapist"))["is_open"], "somebody else has openings of their own"
    assert clinic.administrator.post(f"/break-glass/{opened[0]}/review", JUDGEMENT).status_code == 200
    assert colleague.post(f"/clients/{clinic.client_id}/break-glass", REASON).status_code == 201
