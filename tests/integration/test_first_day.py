"""The first day of a practice, from sign-up to the ledger, through the gateway; the same on both buses."""

from __future__ import annotations

from typing import Any

from embedded.api_client import ApiClient
from shared.testing.waiting import wait_until
from tests.practice import SOAP, Practice


def test_from_sign_up_to_the_ledger(practice: Practice) -> None:
    desk, therapist, biller = (practice.people[name] for name in ("desk", "therapist", "biller"))
    practice.owner.patch(
        "/organization",
        {
            "legal_name": "Practice PLLC",
            "npi": "1234567893",
            "invoice_prefix": "RB",
            "address": {"line1": "12 Mill Lane", "city": "Albany", "state": "NY", "postal_code": "12207-1234"},
        },
    )
    location = practice.owner.post("/locations", {"name": "Mill Lane"})
    client = desk.post("/clients", {"given_name": "Ada", "family_name": "Byron", "date_of_birth": "1990-01-02"})
    assert client["possible_duplicates"] == []
    practice.people["manager"].put(f"/clients/{client['id']}/staff/{practice.staff_ids['therapist']}")
    case = therapist.post("/cases", {"client_id": client["id"], "name": "Individual"})
    assert case["staff_ids"] == [practice.staff_ids["therapist"]]
    therapist.post(f"/cases/{case['id']}/diagnoses", {"code": "F41.1", "rank": 1, "effective_from": "2026-10-01"})
    objective = {"description": "One skill a day", "measure": "log", "interventions": [{"description": "CBT"}]}
    plan = therapist.post(
        f"/cases/{case['id']}/treatment-plans",
        {
            "effective_from": "2026-10-01",
            "problems": [
                {"description": "Worry", "goals": [{"description": "Sleep", "objectives": [objective]}]},
            ],
        },
    )
    assert therapist.post(f"/treatment-plans/{plan['id']}/sign", expect=200)["status"] == "signed"

    booked = desk.post(
        "/appointments",
        {
            "client_ids": [client["id"]],
            "staff_id": practice.staff_ids["therapist"],
            "service_type_id": practice.service_type_id,
            "location_id": location["id"],
            "starts_at_local": "2026-10-06T16:00",
        },
    )
    assert booked["starts_at"] == "2026-10-06T20:00:00Z"
    assert booked["ends_at"] == "2026-10-06T21:00:00Z"
    assert (booked["time_zone"], booked["status"]) == ("America/New_York", "booked")
    (item,) = desk.get("/agenda", **{"from": "2026-10-06", "to": "2026-10-06"})["items"]
    assert item["clients"] == [{"id": client["id"], "name": "Ada Byron"}]
    assert item["documented"] is False
    desk.post(f"/appointments/{booked['id']}/status", {"status": "arrived"}, expect=200)

    note = therapist.post(
        f"/appointments/{booked['id']}/notes",
        {"client_id": client["id"], "template": "soap", "content": SOAP, "minutes": 55},
    )
    assert biller.get("/invoices", appointment_id=booked["id"])["items"] == []
    assert therapist.post(f"/notes/{note['id']}/sign", expect=200)["status"] == "signed"
    draft = practice.draft_of(booked["id"])
    assert (draft["status"], draft["number"], draft["holds"]) == ("draft", None, [])
    (line,) = draft["lines"]
    assert (line["code"], line["service_date"], line["charge_cents"]) == ("90837", "2026-10-06", 15_000)
    assert (line["client_cents"], line["insurance_cents"]) == (15_000, 0)

    issued = biller.post(f"/invoices/{draft['id']}/issue", expect=200)
    assert issued["status"] == "open"
    assert issued["number"].startswith("RB2026-")
    biller.post("/payments", payment(client["id"], 5_000, "cash"))
    assert biller.get(f"/invoices/{draft['id']}")["status"] == "partially_paid"
    biller.post("/payments", payment(client["id"], 10_000, "card"))
    paid = biller.get(f"/invoices/{draft['id']}")
    assert (paid["status"], paid["balance_cents"]) == ("paid", 0)
    ledger = biller.get(f"/clients/{client['id']}/ledger")
    assert [entry["amount_cents"] for entry in ledger["entries"]] == [15_000, -5_000, -10_000]
    assert [entry["balance_after_cents"] for entry in ledger["entries"]] == [15_000, 10_000, 0]
    assert ledger["balance_cents"] == 0


def test_story_22_signing_makes_exactly_one_draft(practice: Practice) -> None:
    client_id, _ = practice.new_client()
    appointment_id = practice.book(client_id, "2026-10-07T09:00")
    note_id = practice.draft_note(appointment_id, client_id)
    therapist = practice.people["therapist"]
    first = therapist.post(f"/notes/{note_id}/sign", expect=200, Idempotency_Key="sign-once")
    again = therapist.post(f"/notes/{note_id}/sign", expect=200, Idempotency_Key="sign-once")
    assert first == again
    refused = therapist.post(f"/notes/{note_id}/sign", expect=409)
    assert refused["code"] == "note_signed"
    practice.draft_of(appointment_id)
    assert len(practice.invoices(appointment_id)) == 1


def test_story_10_assigned_staff_join_every_open_case_and_no_closed_one(practice: Practice) -> None:
    second = practice.add("second", "therapist")
    client_id, old = practice.new_client()
    therapist = practice.people["therapist"]
    therapist.patch(f"/cases/{old}", {"status": "closed"})
    individual = therapist.post("/cases", {"client_id": client_id, "name": "Individual"})["id"]
    group = therapist.post("/cases", {"client_id": client_id, "name": "Group"})["id"]
    second.get(f"/cases/{individual}", expect=404)
    practice.people["manager"].put(f"/clients/{client_id}/staff/{practice.staff_ids['second']}")
    wait_until(lambda: len(cases_of(second, client_id)) == 2, 10, "both open cases")
    assert cases_of(second, client_id) == {individual, group}
    later = therapist.post("/cases", {"client_id": client_id, "name": "Couples"})
    assert practice.staff_ids["second"] not in later["staff_ids"]


def test_story_11_joining_one_case_assigns_to_the_client_and_adds_no_other_case(practice: Practice) -> None:
    third = practice.add("third", "therapist")
    client_id, individual = practice.new_client()
    therapist = practice.people["therapist"]
    therapist.post("/cases", {"client_id": client_id, "name": "Group"})
    practice.people["manager"].put(f"/cases/{individual}/staff/{practice.staff_ids['third']}")

    def assigned() -> bool:
        staff = practice.owner.get(f"/clients/{client_id}/staff")["items"]
        return practice.staff_ids["third"] in [member["staff_id"] for member in staff]

    wait_until(assigned, 10, "the assignment")
    assert cases_of(third, client_id) == {individual}


def test_taken_off_the_client_is_off_every_case(practice: Practice) -> None:
    client_id, case_id = practice.new_client()
    practice.people["manager"].delete(f"/clients/{client_id}/staff/{practice.staff_ids['therapist']}")
    wait_until(
        lambda: practice.people["therapist"].call("GET", f"/cases/{case_id}").status_code == 404,
        10,
        "the loss of sight",
    )


def test_story_27_an_amendment_after_the_invoice_changes_nothing_by_itself(practice: Practice) -> None:
    practice.owner.post(
        "/service-types",
        {
            "name": "Psychotherapy 45",
            "kind": "cpt",
            "code": "90834",
            "rate_cents": 12_000,
            "duration_minutes": 45,
            "note_minutes_min": 38,
            "note_minutes_max": 52,
        },
    )
    client_id, _ = practice.new_client()
    appointment_id = practice.book(client_id, "2026-10-07T09:00")
    note_id = practice.draft_note(appointment_id, client_id)
    therapist, biller = practice.people["therapist"], practice.people["biller"]
    therapist.post(f"/notes/{note_id}/sign", expect=200)
    invoice = practice.draft_of(appointment_id)
    biller.post(f"/invoices/{invoice['id']}/issue", expect=200)
    therapist.post(f"/notes/{note_id}/addenda", {"text": "typo in goal"})
    therapist.post(f"/notes/{note_id}/amendments", {"reason": "stop time", "minutes": 45})
    note = therapist.get(f"/notes/{note_id}")
    assert [version["minutes"] for version in note["versions"]] == [55, 45]
    assert len(note["addenda"]) == 1
    (amendment,) = wait_until(
        lambda: biller.get(f"/invoices/{invoice['id']}")["amendments"], 10, "the pending amendment"
    )
    assert biller.get(f"/invoices/{invoice['id']}")["total_cents"] == 15_000
    assert amendment["state"] == "pending"


def cases_of(person: ApiClient, client_id: str) -> set[str]:
    return {case["id"] for case in person.get(f"/clients/{client_id}/cases")["items"] if case["status"] == "open"}


def payment(client_id: str, amount_cents: int, method: str) -> dict[str, Any]:
    return {"client_id": client_id, "amount_cents": amount_cents, "method": method, "received_on": "2026-10-08"}
