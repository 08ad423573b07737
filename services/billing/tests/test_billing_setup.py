"""Which first steps billing says are done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from services.billing.tests.conftest import Practice


def steps(practice: Practice) -> dict[str, Any]:
    response = practice.administrator.get("/setup/billing")
    assert response.status_code == 200, response.text
    return {step.pop("item"): step for step in response.json["items"]}


def test_a_service_and_an_invoice_are_what_billing_waits_for(new_practice: Callable[[], Practice]) -> None:
    practice = new_practice()
    nothing = {"done": False, "count": None, "of": None}
    assert steps(practice) == {"services": {"done": False, "count": 0, "of": None}, "invoice": nothing}
    service, client = practice.service(), practice.client()
    assert steps(practice) == {"services": {"done": True, "count": 1, "of": None}, "invoice": nothing}
    practice.draft(client, service)
    assert steps(practice)["invoice"] == nothing
    practice.issue(client, service)
    assert steps(practice)["invoice"] == {**nothing, "done": True}
    assert practice.administrator.patch(f"/service-types/{service}", {"active": False}).status_code == 200
    assert steps(practice)["services"] == {"done": False, "count": 0, "of": None}


def test_the_first_steps_are_administrations_and_of_one_practice(new_practice: Callable[[], Practice]) -> None:
    practice = new_practice()
    practice.service()
    assert practice.biller.get("/setup/billing").status_code == 403
    assert steps(new_practice())["services"]["count"] == 0
