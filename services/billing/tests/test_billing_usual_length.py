"""The length of a service that is added without one: the practice's usual length, as it has been told."""

from __future__ import annotations

import pytest

from services.billing.tests.conftest import PSYCHOTHERAPY_60
from shared.contracts.identity import OrganizationChanged

WITHOUT = {name: value for name, value in PSYCHOTHERAPY_60.items() if name != "duration_minutes"}


def decide(practice, version, **settings):
    facts = {"name": "Practice", "time_zone": "America/New_York", "invoice_prefix": "NY-", **settings}
    practice.emit(OrganizationChanged(organization_id=practice.organization_id, version=version, **facts))


def added(practice, **facts):
    response = practice.administrator.post("/service-types", {**WITHOUT, **facts})
    assert response.status_code == 201, response.json
    return response.json


@pytest.mark.parametrize("minutes", [5, 45, 50, 90, 480])
def test_a_service_without_a_length_has_the_usual_one(practice, minutes):
    assert added(practice)["duration_minutes"] == 60, "as a new practice has it"
    decide(practice, 2, session_minutes=minutes)
    assert added(practice)["duration_minutes"] == minutes
    assert added(practice, duration_minutes=None)["duration_minutes"] == minutes
    assert added(practice, duration_minutes=53)["duration_minutes"] == 53


def test_services_there_are_keep_their_length(practice):
    before = added(practice)
    decide(practice, 2, session_minutes=45)
    assert practice.administrator.get(f"/service-types/{before['id']}").json["duration_minutes"] == 60


def test_what_is_told_late_does_not_count(practice):
    decide(practice, 3, session_minutes=45)
    decide(practice, 2, session_minutes=30)
    assert added(practice)["duration_minutes"] == 45


@pytest.mark.parametrize("wrong", [0, -1, "45", 45.5, 1441])
def test_a_length_that_is_given_is_still_looked_at(practice, wrong):
    assert practice.administrator.post("/service-types", {**WITHOUT, "duration_minutes": wrong}).status_code == 422
