"""When a plan is due for review: as many days after it takes effect as the practice decided, unless it says a day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from services.clinical.tests.conftest import Clinic
from services.clinical.tests.emergency import decide
from shared import clock

PROBLEMS = [{"description": "Worry", "goals": [{"description": "Sleep", "objectives": [{"description": "7 hours"}]}]}]
HERE = "America/New_York"


def plan(clinic: Clinic, effective_from: date, **facts: Any) -> dict[str, Any]:
    body = {"effective_from": str(effective_from), "problems": PROBLEMS, **facts}
    response = clinic.therapist.post(f"/cases/{clinic.case_id}/treatment-plans", body)
    assert response.status_code == 201, response.text
    return dict(response.json)


@pytest.mark.parametrize("days", [7, 89, 91, 180, 365, 730])
def test_a_plan_without_a_day_is_due_when_the_practice_decided(clinic: Clinic, days: int) -> None:
    today = clock.today(HERE)
    assert plan(clinic, today)["review_on"] == str(today + timedelta(90)), "as a new practice has it"
    decide(clinic, version=2, plan_review_days=days)
    assert plan(clinic, today)["review_on"] == str(today + timedelta(days))
    named = today + timedelta(30)
    assert plan(clinic, today, review_on=str(named))["review_on"] == str(named)


def test_plans_that_were_written_keep_their_day(clinic: Clinic) -> None:
    before = plan(clinic, clock.today(HERE))
    decide(clinic, version=2, plan_review_days=30)
    assert clinic.therapist.get(f"/treatment-plans/{before['id']}").json["review_on"] == before["review_on"]


def test_the_worklist_announces_the_day_that_the_practice_decided(clinic: Clinic) -> None:
    began = clock.today(HERE) - timedelta(50)

    def due() -> list[str]:
        signed = plan(clinic, began)
        assert clinic.therapist.post(f"/treatment-plans/{signed['id']}/sign").status_code == 200
        return [item["due_on"] for item in clinic.therapist.get("/worklist", kind="plan_due").json["items"]]

    assert due() == [], "90 days are not near yet"
    decide(clinic, version=2, plan_review_days=60)
    assert due() == [str(began + timedelta(60))]
    decide(clinic, version=3, plan_review_days=120)
    assert due() == []
