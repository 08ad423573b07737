"""Who may do what, through the gateway: stories 4 to 7, other organizations, forged tokens."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests

from embedded.api_client import ApiClient
from embedded.stack import Stack
from shared.ids import new_id
from tests.practice import SOAP, Practice
from tests.running import rows


@pytest.fixture(scope="module")
def practice(embedded_stack: Stack) -> Practice:
    made = Practice(embedded_stack.url)
    made.add_everyone()
    return made


@pytest.fixture(scope="module")
def documented(practice: Practice) -> dict[str, str]:
    """A client of the therapist with a case, a documented appointment and an issued invoice."""
    client_id, case_id = practice.new_client()
    appointment_id = practice.book(client_id, "2026-10-06T16:00")
    note_id = practice.draft_note(appointment_id, client_id)
    practice.people["therapist"].post(f"/notes/{note_id}/sign", expect=200)
    invoice_id = practice.draft_of(appointment_id)["id"]
    practice.people["biller"].post(f"/invoices/{invoice_id}/issue", expect=200)
    return {
        "client": client_id,
        "case": case_id,
        "appointment": appointment_id,
        "note": note_id,
        "invoice": invoice_id,
    }


def test_story_4_scheduler_limits(practice: Practice, documented: dict[str, str]) -> None:
    desk = practice.people["desk"]
    day = {"from": "2026-10-06", "to": "2026-10-06"}
    items = desk.get("/agenda", **day)["items"]
    assert documented["appointment"] in [item["id"] for item in items]
    assert not {"diagnosis", "balance", "note", "case_id"} & set().union(*(item.keys() for item in items))
    for path in (
        f"/cases/{documented['case']}",
        f"/notes/{documented['note']}",
        f"/cases/{documented['case']}/treatment-plans",
        f"/clients/{documented['client']}/ledger",
        f"/invoices/{documented['invoice']}",
    ):
        assert desk.get(path, expect=403)["code"] == "forbidden"


def test_story_5_biller_limits(practice: Practice, documented: dict[str, str]) -> None:
    biller = practice.people["biller"]
    biller.get(f"/clients/{documented['client']}/ledger")
    invoice = biller.get(f"/invoices/{documented['invoice']}")
    assert "content" not in str(invoice)
    biller.get(f"/notes/{documented['note']}", expect=403)
    biller.patch(f"/notes/{documented['note']}", {"content": SOAP}, expect=403)


def test_story_6_therapist_limits(practice: Practice, documented: dict[str, str]) -> None:
    therapist = practice.people["therapist"]
    other = practice.add("unassigned", "therapist")
    therapist.get(f"/cases/{documented['case']}")
    other.get(f"/cases/{documented['case']}", expect=404)
    other.get(f"/notes/{documented['note']}", expect=404)
    other.get(f"/clients/{documented['client']}")
    therapist.get(f"/clients/{documented['client']}/ledger", expect=403)


@pytest.mark.abuse("A-ROLE-narrowing-wins")
def test_story_6_with_billing_and_assigned_only(practice: Practice, documented: dict[str, str]) -> None:
    narrowed = practice.add("narrowed", "therapist", "billing", grants=["assigned_only"])
    for path in ("/clients/{}", "/clients/{}/ledger"):
        narrowed.get(path.format(documented["client"]), expect=404)
    assert narrowed.get("/agenda", **{"from": "2026-10-06", "to": "2026-10-06"})["items"] == []
    assert narrowed.get("/clients")["items"] == []
    practice.owner.put(f"/clients/{documented['client']}/staff/{practice.staff_ids['narrowed']}")
    deadline = time.monotonic() + 10
    while narrowed.call("GET", f"/clients/{documented['client']}/ledger").status_code != 200:
        assert time.monotonic() < deadline
    narrowed.get(f"/clients/{documented['client']}")


def test_story_7_a_lost_level_is_lost_everywhere_within_seconds(practice: Practice, documented: dict[str, str]) -> None:
    leaving = practice.add("leaving", "therapist")
    client_id, case_id = practice.new_client("leaving")
    leaving.get(f"/cases/{case_id}")
    practice.people["manager"].patch(f"/staff/{practice.staff_ids['leaving']}", {"levels": ["default"]})
    deadline = time.monotonic() + 5
    while leaving.call("GET", f"/cases/{case_id}").status_code != 403:
        assert time.monotonic() < deadline, "still allowed after 5 s"
    leaving.get(f"/clients/{client_id}")


def test_a_deactivated_colleague_is_signed_out_within_seconds(practice: Practice) -> None:
    gone = practice.add("gone", "therapist")
    practice.owner.patch(f"/staff/{practice.staff_ids['gone']}", {"active": False})
    deadline = time.monotonic() + 5
    while gone.call("GET", "/me").status_code != 401:
        assert time.monotonic() < deadline, "still signed in after 5 s"


def test_nobody_elevates_themselves_or_gives_more_than_they_hold(practice: Practice) -> None:
    manager = practice.people["manager"]
    own = f"/staff/{practice.staff_ids['manager']}"
    assert manager.patch(own, {"levels": ["organization_administration"]}, expect=403)["code"] == "own_permissions"
    desk = f"/staff/{practice.staff_ids['desk']}"
    assert manager.patch(desk, {"levels": ["administration"]}, expect=403)["code"] == "more_than_own"
    practice.people["biller"].patch(desk, {"levels": ["billing"]}, expect=403)
    owner = f"/staff/{practice.staff_ids['owner']}"
    assert manager.patch(owner, {"levels": ["default"]}, expect=403)["code"] == "not_yours_to_manage"


@pytest.mark.abuse("A-TEN-id")
def test_another_organization_sees_nothing_of_it(practice: Practice, documented: dict[str, str]) -> None:
    stranger = Practice(practice.url).owner
    for path in (
        f"/clients/{documented['client']}",
        f"/clients/{documented['client']}/ledger",
        f"/cases/{documented['case']}",
        f"/notes/{documented['note']}",
        f"/appointments/{documented['appointment']}",
        f"/invoices/{documented['invoice']}",
        f"/staff/{practice.staff_ids['desk']}",
        f"/service-types/{practice.service_type_id}",
    ):
        stranger.get(path, expect=404)
    stranger.patch(f"/clients/{documented['client']}", {"preferred_name": "x"}, expect=404)
    stranger.post(f"/notes/{documented['note']}/sign", expect=404)
    stranger.post(f"/invoices/{documented['invoice']}/void", {"reason": "x"}, expect=404)
    booking = {
        "client_ids": [documented["client"]],
        "staff_id": practice.staff_ids["therapist"],
        "service_type_id": practice.service_type_id,
        "starts_at_local": "2026-10-06T10:00",
    }
    assert stranger.call("POST", "/appointments", json=booking).status_code in (422, 503)


def test_without_a_token_or_with_a_wrong_one_nobody_is_anybody(practice: Practice) -> None:
    for token in (None, "nonsense", "a.b", "A" * 500):
        ApiClient(practice.url, token).get("/me", expect=401)
    signed_out = practice.sign_in("desk")
    signed_out.delete("/sessions/current", expect=204)
    deadline = time.monotonic() + 5
    while signed_out.call("GET", "/me").status_code != 401:
        assert time.monotonic() < deadline


FORGED = [
    {"Caseload-Actor": "x"},
    {"X-User": "owner", "X-Role": "admin"},
    {"X-Forwarded-User": "owner"},
    {"X-Original-URL": "/api/v1/organization"},
    {"X-HTTP-Method-Override": "PATCH"},
    {"Cookie": "session=1"},
    {"Connection": "close, Authorization"},
]


@pytest.mark.abuse("A-HEAD-borrowed-identity")
@pytest.mark.parametrize("headers", FORGED, ids=lambda headers: next(iter(headers)))
def test_headers_that_claim_an_identity_change_nothing(practice: Practice, headers: dict[str, str]) -> None:
    response = requests.get(f"{practice.url}/api/v1/me", headers=headers, timeout=10)
    assert response.status_code == 401


@pytest.mark.abuse("A-TOK-service-reached-directly")
def test_a_service_reached_directly_answers_nothing(practice: Practice, embedded_stack: Stack) -> None:
    from gateway.route_table.api import ROUTE_TABLE

    for row in ROUTE_TABLE:
        path = row.path
        while "{" in path:
            path = path[: path.index("{")] + str(new_id()) + path[path.index("}") + 1 :]
        port = embedded_stack.ports[row.service]
        for headers in ({}, {"Caseload-Actor": "e30.e30.e30"}, {"Authorization": "Bearer x"}):
            response = requests.request(
                row.method, f"http://127.0.0.1:{port}/api/v1{path}", headers=headers, timeout=10
            )
            assert response.status_code == 401, (row, response.text)


def test_denials_and_reads_of_notes_are_on_record(
    practice: Practice, documented: dict[str, str], embedded_stack: Stack
) -> None:
    practice.people["therapist"].get(f"/notes/{documented['note']}")
    practice.add("curious", "therapist").get(f"/notes/{documented['note']}", expect=404)
    found: list[Any] = rows(
        embedded_stack,
        "clinical",
        f"SELECT action, outcome, request_id FROM audit_entries WHERE object_id = '{documented['note']}' ORDER BY at",
    )
    assert ("note.read", "done") in [row[:2] for row in found]
    assert ("note.read", "denied") in [row[:2] for row in found]
    assert all(row[2] for row in found)
