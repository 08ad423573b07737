"""Deleting a client through the whole stack: every service agrees, or nothing is changed."""

from __future__ import annotations

from typing import Any

from embedded.api_client import ApiClient
from shared.testing.waiting import wait_until
from tests.access.test_pages import OURS, Window
from tests.practice import Practice


def ended(who: ApiClient, client_id: str) -> dict[str, Any]:
    """The job that deletes a client, once it has ended."""
    response = who.call("DELETE", f"/clients/{client_id}", json={"reason": "mistake"})
    assert response.status_code == 202, response.text
    path = f"/jobs/clients/{response.json()['id']}"
    wait_until(lambda: who.get(path)["state"] in ("done", "failed"), 30, "the end of the job")
    job: dict[str, Any] = who.get(path)
    return job


def test_who_was_added_in_error_goes_everywhere_and_who_was_booked_stays(practice: Practice) -> None:
    deleter = practice.owner
    added = {"given_name": "Ada", "family_name": "Twice", "date_of_birth": "1990-01-02"}
    wrong, right = (practice.owner.post("/clients", added)["id"] for _ in range(2))
    for client_id in (wrong, right):
        deleter.put(f"/clients/{client_id}/staff/{practice.staff_ids['therapist']}")
    practice.book(right, "2026-09-01T10:00")
    assert ended(deleter, wrong)["counts"] == {"deleted": 1}
    for path in ("", "/staff", "/cases", "/appointments", "/ledger"):
        wait_until(
            lambda: practice.owner.call("GET", f"/clients/{wrong}{path}").status_code == 404,  # noqa: B023 - called in this turn
            10,
            f"404 at {path or 'the client'}",
        )
    refused = ended(deleter, right)
    assert (refused["state"], refused["error"]["code"]) == ("failed", "used")
    assert practice.owner.get(f"/clients/{right}")["id"] == right
    case = {"client_id": right, "name": "Individual"}
    wait_until(lambda: practice.owner.call("POST", "/cases", json=case).status_code == 201, 10, "the end of the hold")


def test_the_pages_delete_who_was_added_in_error_and_offer_to_archive_who_was_used(practice: Practice) -> None:
    owner, desk = Window(practice, "owner"), Window(practice, "desk")
    token = owner.token()
    added = {"given_name": "Ada", "family_name": "Twice", "date_of_birth": "1990-01-02"}
    wrong, right = (practice.owner.post("/clients", added)["id"] for _ in range(2))
    practice.owner.put(f"/clients/{right}/staff/{practice.staff_ids['therapist']}")
    practice.book(right, "2026-09-01T10:00")
    assert f"/clients/{wrong}/details/delete" in owner.get(f"/clients/{wrong}/details").text
    assert "details/delete" not in desk.get(f"/clients/{wrong}/details").text
    form = f"/clients/{wrong}/details/delete"
    # The menu beside the name leads there from every tab, which takes a few presses of Tab.
    assert form in owner.get(f"/clients/{wrong}").text and form not in desk.get(f"/clients/{wrong}").text
    assert desk.post(form, OURS, csrf=desk.token(), reason="mistake").status_code == 403
    assert owner.post(form, OURS, csrf=token, reason="").status_code == 422

    def started(client_id: str) -> str:
        sent = owner.post(f"/clients/{client_id}/details/delete", OURS, csrf=token, reason="duplicate")
        assert sent.status_code == 303, sent.text
        return sent.headers["Location"]

    there = started(right)
    wait_until(lambda: "The client was not deleted" in owner.get(there).text, 30, "the refusal")
    refused = owner.get(there).text
    assert "This client has appointments. Archive them instead." in refused
    assert f"/clients/{right}/details/archive" in refused
    assert "data-job-words" in refused and "data-job-words" in owner.get(started(right)).text, "what is read out"
    for query in ("", "?client=../me"):  # the list of jobs leads here, and the job itself names its client
        found = owner.get(there.split("?")[0] + query).text
        assert f'This is about <a href="/clients/{right}"><bdi>Ada Twice</bdi></a>' in found
    assert "Delete a client" in owner.get("/jobs").text
    gone = started(wrong)
    wait_until(lambda: "The client is deleted" in owner.get(gone).text, 30, "the end of the job")
    led = owner.get(f"{gone}&looks=1")
    assert (led.status_code, led.headers["Location"]) == (303, "/clients?done=client_deleted")
    assert owner.get(f"/clients/{wrong}/details").status_code == 404
