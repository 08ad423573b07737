"""Which first steps identity says are done."""

from __future__ import annotations

import pytest

ADDRESS = {"line1": "12 Mill Lane", "city": "Albany", "state": "NY", "postal_code": "12207-1234"}
FILLED = {"phone": "+12125550123", "address": ADDRESS, "npi": "1234567893"}
UNFILLED = [{"phone": None}, {"address": None}, {"npi": None}]


def steps(web):
    response = web.get("/setup/identity")
    assert response.status_code == 200, response.json
    return response.json["items"]


def settings_done(practice):
    return steps(practice.owner.web)[0]["done"]


def test_a_new_practice_has_done_nothing(practice):
    assert steps(practice.owner.web) == [
        {"item": "organization_settings", "done": False, "count": None, "of": None},
        {"item": "staff", "done": False, "count": 1, "of": None},
    ]


@pytest.mark.parametrize("missing", UNFILLED)
def test_the_settings_are_done_when_all_of_them_are_there(practice, missing):
    practice.owner.web.patch("/organization", {**FILLED, **missing})
    assert not settings_done(practice)
    practice.owner.web.patch("/organization", FILLED)
    assert settings_done(practice)
    practice.owner.web.patch("/organization", {"npi": None, "tax_id": "12-3456789"})
    assert settings_done(practice)


def test_staff_is_done_when_somebody_else_is_active(practice, new_practice):
    colleague = practice.member("therapist")
    assert steps(practice.owner.web)[1] == {"item": "staff", "done": True, "count": 2, "of": None}
    practice.owner.web.patch(colleague.path, {"active": False})
    assert steps(practice.owner.web)[1] == {"item": "staff", "done": False, "count": 1, "of": None}
    assert steps(new_practice().owner.web)[1]["count"] == 1, "others' staff is not counted"


def test_a_practice_that_works_alone_has_no_staff_to_add(practice):
    assert practice.owner.web.get("/organization").json["works_alone"] is False
    changed = practice.owner.web.patch("/organization", {"works_alone": True})
    assert (changed.status_code, changed.json["works_alone"]) == (200, True)
    assert steps(practice.owner.web)[1] == {"item": "staff", "done": True, "count": 1, "of": None}
    assert practice.owner.web.patch("/organization", {"works_alone": "yes"}).status_code == 422
    assert practice.member("default").web.patch("/organization", {"works_alone": True}).status_code == 403


@pytest.mark.parametrize("level", ["default", "therapist", "billing"])
def test_the_first_steps_are_administrations(practice, level):
    assert practice.owner.web.as_actor(level, organization_id=practice.id).get("/setup/identity").status_code == 403
    assert practice.owner.web.as_program("staff:read").get("/setup/identity").status_code == 403
