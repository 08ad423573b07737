"""What prints and bills is what held on the day that counts, whatever has been said since."""

from __future__ import annotations

from typing import Any

from shared.testing.waiting import wait_until
from tests.practice import Practice

MAIN = {"line1": "1 Main St", "line2": None, "city": "New York", "state": "NY", "postal_code": "10001"}
ELM = {"line1": "9 Elm St", "line2": "Suite 2", "city": "Albany", "state": "NY", "postal_code": "12207-1234"}


def line_of(practice: Practice, client_id: str, location_id: str, start: str) -> dict[str, Any]:
    """The line of a session that was kept, documented and invoiced."""
    appointment_id = practice.book(client_id, start, location_id=location_id)
    note_id = practice.draft_note(appointment_id, client_id)
    practice.people["therapist"].post(f"/notes/{note_id}/sign", expect=200)
    invoice_id = practice.draft_of(appointment_id)["id"]
    (draft,) = practice.people["biller"].get(f"/invoices/{invoice_id}")["lines"]
    assert (draft["rendering"], draft["place"]) == (None, None)
    issued = practice.people["biller"].post(f"/invoices/{invoice_id}/issue", expect=200)
    assert issued["biller"]["name"] == "Practice"
    return dict(issued["lines"][0])


def test_a_location_moves_and_a_clinician_marries_on_the_first_of_november(embedded_practice: Practice) -> None:
    practice = embedded_practice
    manager, thea = practice.people["manager"], f"/staff/{practice.staff_ids['therapist']}"
    location = manager.post("/locations", {"name": "Main Street", "address": MAIN})
    manager.post(f"{thea}/billing-profiles", {"effective_from": "2020-01-01", "credentials": ["LCSW"]})
    moves = {"effective_from": "2026-11-01", "name": "Elm Street", "address": ELM, "place_of_service": "49"}
    manager.post(f"/locations/{location['id']}/billing-profiles", moves)
    manager.post(f"{thea}/billing-profiles", {"effective_from": "2026-11-01", "family_name": "Married"})
    practice.people["biller"].post(f"{thea}/billing-profiles", {"effective_from": "2026-11-01"}, expect=403)
    client_id, _case = practice.new_client()

    october = line_of(practice, client_id, location["id"], "2026-10-30T10:00")
    assert october["rendering"] == {
        "given_name": "Therapist",
        "family_name": "Staff",
        "credentials": ["LCSW"],
        "npi": None,
        "taxonomy": None,
    }
    assert october["place"] == {
        "name": "Main Street",
        "address": MAIN,
        "npi": None,
        "phone": None,
        "place_of_service": "11",
    }
    november = line_of(practice, client_id, location["id"], "2026-11-02T10:00")
    assert (november["rendering"]["family_name"], november["rendering"]["credentials"]) == ("Married", ["LCSW"])
    assert (november["place"]["name"], november["place"]["address"]) == ("Elm Street", ELM)
    assert manager.get(f"{thea}/billing-profile", on="2026-10-30")["family_name"] == "Staff"
    wait_until(lambda: manager.get(thea)["family_name"] == "Married", 5, "the name of today")
