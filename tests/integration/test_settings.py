"""Stories 1 and 17, and what the practice decides about clinical records: in force in every service."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from embedded.api_client import ApiClient
from embedded.stack import Stack
from shared.testing.waiting import wait_until
from tests.practice import Practice
from tests.running import rows

PROFILE = {
    "name": "Maple Street Therapy",
    "legal_name": "Maple Street Therapy PLLC",
    "npi": "1234567893",
    "address": {"line1": "1 Maple St", "line2": None, "city": "Albany", "state": "NY", "postal_code": "12207-1234"},
    "time_zone": "America/New_York",
    "invoice_prefix": "MST-",
}
REASON = {"reason": "Her clinician is ill; she called in a crisis."}


def opens(person: ApiClient, case_id: str) -> bool:
    return person.call("GET", f"/cases/{case_id}").status_code == 200


def recorded(practice: Practice, **filters: Any) -> list[dict[str, Any]]:
    return list(practice.owner.get("/audit/entries", limit=200, **filters)["items"])


def test_story_1_the_organizations_profile(practice: Practice) -> None:
    saved = practice.owner.patch("/organization", PROFILE)
    assert {name: saved[name] for name in PROFILE} == PROFILE
    owner = practice.staff_ids["owner"]
    wait_until(lambda: recorded(practice, action="patch_organization", staff_id=owner), 20, "the audit entry")
    wrong = practice.owner.patch("/organization", {"npi": "1234567890"}, expect=422)
    assert wrong["errors"][0]["field"] == "npi"
    practice.people["biller"].patch("/organization", {"name": "Mine"}, expect=403)
    wait_until(lambda: recorded(practice, staff_id=practice.staff_ids["biller"], outcome="denied"), 20, "the denial")
    door = practice.people["desk"].get("/organization")
    assert door["name"] == PROFILE["name"] and not {"npi", "legal_name", "tax_id", "invoice_prefix"} & door.keys()
    assert practice.owner.get("/organization")["npi"] == PROFILE["npi"]


def test_story_17_a_new_time_zone_moves_nothing(practice: Practice) -> None:
    client_id, _case = practice.new_client()
    soon = datetime.now(UTC) + timedelta(days=30)
    before = [practice.book(client_id, f"{soon:%Y-%m-%d}T{hour:02d}:00") for hour in (9, 12, 16)]
    cancelled = practice.book(client_id, f"{soon:%Y-%m-%d}T18:00")
    practice.owner.post(f"/appointments/{cancelled}/status", {"status": "cancelled"}, expect=200)
    past = practice.book(client_id, "2026-03-02T10:00")
    as_they_were = {
        appointment_id: practice.owner.get(f"/appointments/{appointment_id}")
        for appointment_id in (*before, cancelled, past)
    }
    warning = practice.owner.get("/agenda/time-zone-change", time_zone="America/Chicago")
    assert warning == {"time_zone": "America/Chicago", "before": "America/New_York", "kept": 3}
    practice.owner.patch("/organization", {"time_zone": "America/Chicago"})
    wait_until(
        lambda: (
            practice.owner.get("/agenda/time-zone-change", time_zone="America/Chicago")["before"] == "America/Chicago"
        ),
        20,
        "the new zone in clinical",
    )
    for appointment_id, was in as_they_were.items():
        assert practice.owner.get(f"/appointments/{appointment_id}") == was
    assert {was["time_zone"] for was in as_they_were.values()} == {"America/New_York"}
    fresh = practice.owner.get(f"/appointments/{practice.book(client_id, f'{soon:%Y-%m-%d}T20:00')}")
    assert (fresh["time_zone"], fresh["starts_at_local"]) == ("America/Chicago", f"{soon:%Y-%m-%d}T20:00")


def test_administration_may_be_restricted_to_its_own_cases(practice: Practice) -> None:
    client_id, case_id = practice.new_client()
    manager, owner = practice.people["manager"], practice.owner
    assert opens(manager, case_id)
    owner.patch("/organization", {"restricts_administration": True})
    wait_until(lambda: not opens(manager, case_id), 5, "the restriction")
    assert opens(owner, case_id)
    (why,) = owner.get("/access/explain", client_id=client_id, staff_id=practice.staff_ids["manager"])["items"]
    assert why["clinical"]["rule"] == "restricted" and why["record"]["allowed"] and why["ledger"]["allowed"]
    owner.put(f"/cases/{case_id}/staff/{practice.staff_ids['manager']}")
    assert opens(manager, case_id)
    owner.patch("/organization", {"restricts_administration": False})


def test_emergency_access_from_the_crisis_to_the_review(stack: Stack, practice: Practice) -> None:
    client_id, case_id = practice.new_client()
    colleague = practice.add("colleague", "therapist")
    colleague.post(f"/clients/{client_id}/break-glass", REASON, expect=403)
    practice.people["manager"].patch("/organization", {"break_glass_enabled": True}, expect=403)
    practice.owner.patch("/organization", {"break_glass_enabled": True, "break_glass_minutes": 30})

    def broken() -> bool:
        return colleague.call("POST", f"/clients/{client_id}/break-glass", json=REASON).status_code == 201

    wait_until(broken, 20, "emergency access")
    (opening,) = colleague.get("/break-glass")["items"]
    assert opens(colleague, case_id)
    colleague.patch(f"/cases/{case_id}", {"name": "Mine"}, expect=404)
    seen = {item["staff_id"]: item for item in practice.owner.get("/access/explain", client_id=client_id)["items"]}
    assert seen[practice.staff_ids["colleague"]]["clinical"]["rule"] == "break_glass"

    # Organization Administration and the assigned therapist hear of it, by mail that names no client.
    def told() -> set[object]:
        statement = (
            "SELECT recipient FROM mail WHERE template = 'emergency_access' "
            f"AND organization_id = '{practice.organization_id}'"
        )
        return {recipient for (recipient,) in rows(stack, "identity", statement)}

    wait_until(lambda: told() == {practice.email("owner"), practice.email("therapist")}, 20, "the alert")
    assert practice.people["therapist"].get("/break-glass")["items"][0]["reason"] == REASON["reason"]

    path = f"/break-glass/{opening['id']}"
    colleague.post(f"{path}/end", expect=200)
    assert not opens(colleague, case_id)
    judgement = {"outcome": "justified", "comment": "Confirmed with the clinic on call."}
    colleague.post(f"{path}/review", judgement, expect=403)
    practice.owner.post(f"{path}/review", judgement, expect=200)
    assert practice.owner.get("/break-glass", state="to_review")["items"] == []

    def on_record() -> set[tuple[str, str | None]]:
        found = recorded(practice, client_id=client_id, staff_id=practice.staff_ids["colleague"])
        return {(entry["action"], entry["rule"]) for entry in found}

    wait_until(
        lambda: {("post_break_glass", "break_glass"), ("case.read", "break_glass")} <= on_record(), 20, "the trail"
    )
