"""Stories 7 and 40: somebody loses a level in the middle of work, somebody leaves; nothing is lost."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from shared.testing.waiting import wait_until
from tests.practice import SOAP, Practice


def soon(days: int, hour: int) -> str:
    return f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%d}T{hour:02d}:00"


@pytest.mark.abuse("A-ROLE-downgrade-with-an-open-session")
def test_story_7_a_level_is_taken_in_mid_work(practice: Practice) -> None:
    client_id, case_id = practice.new_client()
    therapist, owner = practice.people["therapist"], practice.owner
    note_id = practice.draft_note(practice.book(client_id, "2026-09-01T10:00"), client_id)
    unstarted = practice.book(client_id, "2026-09-02T10:00")
    draft = therapist.get(f"/notes/{note_id}")
    path = f"/staff/{practice.staff_ids['therapist']}"
    owner.patch(path, {"levels": ["default"]})
    asked_at = time.monotonic()
    clinical = {"client_id": client_id, "template": "soap", "content": SOAP}
    wait_until(lambda: therapist.call("GET", f"/notes/{note_id}").status_code == 403, 5, "the next call's denial")
    assert therapist.call("GET", f"/cases/{case_id}").status_code == 403
    assert therapist.call("POST", f"/appointments/{unstarted}/notes", json=clinical).status_code == 403
    assert therapist.call("POST", f"/notes/{note_id}/sign").status_code == 403
    assert therapist.call("GET", "/clients").status_code == 200, "what everybody may stays"
    assert time.monotonic() - asked_at < 5
    wait_until(lambda: owner.get("/orphan-drafts")["items"], 20, "the orphan draft")
    (orphan,) = owner.get("/orphan-drafts")["items"]
    assert orphan["id"] == note_id
    assert owner.get(f"/notes/{note_id}")["content"] == draft["content"]
    practice.people["desk"].get("/orphan-drafts", expect=403)


def test_story_40_somebody_leaves_and_hands_over(practice: Practice) -> None:
    owner, leaving = practice.owner, practice.people["therapist"]
    successor = practice.add("successor", "therapist")
    clients = [practice.new_client() for _ in range(3)]
    coming = [practice.book(client_id, soon(20, 9 + n)) for n, (client_id, _) in enumerate(clients)]
    busy_client, _ = practice.new_client("successor")
    practice.book(busy_client, soon(20, 9), therapist="successor")
    signed = practice.document(clients[0][0], "2026-09-01T10:00")
    draft = practice.draft_note(practice.book(clients[1][0], "2026-09-02T10:00"), clients[1][0])
    path = f"/staff/{practice.staff_ids['therapist']}"

    def work() -> tuple[int, int, int]:
        found = owner.get(f"{path}/open-work")
        return found["clients"], found["appointments"]["count"], found["drafts"]["count"]

    wait_until(lambda: work() == (3, 3, 1), 20, "the open work")
    owner.post(f"{path}/deactivate", {"successor_id": practice.staff_ids["successor"], "reason": "moves"}, expect=200)
    wait_until(lambda: leaving.call("GET", "/me").status_code == 401, 5, "the end of their session")

    wait_until(
        lambda: all(successor.call("GET", f"/cases/{case_id}").status_code == 200 for _, case_id in clients),
        20,
        "the successor on every case",
    )
    # One appointment clashes with the successor's own: it stays, and is listed, until somebody decides.
    wait_until(lambda: work() == (0, 1, 1), 20, "the hand-over")
    moved = {appointment_id: owner.get(f"/appointments/{appointment_id}")["staff_id"] for appointment_id in coming}
    assert [moved[appointment_id] == practice.staff_ids["successor"] for appointment_id in coming] == [
        False,
        True,
        True,
    ]
    for client_id, _ in clients:
        staff = {member["staff_id"] for member in owner.get(f"/clients/{client_id}/staff")["items"]}
        assert staff == {practice.staff_ids["successor"]}

    # What they signed stays theirs; what they left unsigned is finished, and billed as their service.
    (note,) = [n for n in successor.get(f"/cases/{clients[0][1]}/notes")["items"] if n["appointment_id"] == signed]
    assert note["author_id"] == practice.staff_ids["therapist"]
    successor.post(f"/notes/{draft}/take-over", expect=200)
    successor.post(f"/notes/{draft}/sign", expect=200)
    appointment = successor.get(f"/notes/{draft}")["appointment_id"]
    assert practice.draft_of(appointment)["client_id"] == clients[1][0]

    third = practice.add("third", "therapist")
    owner.post(f"{path}/hand-over", {"successor_id": practice.staff_ids["third"]}, expect=200)
    wait_until(lambda: work() == (0, 0, 0), 20, "the rest")
    assert third.get(f"/appointments/{coming[0]}")["staff_id"] == practice.staff_ids["third"]
