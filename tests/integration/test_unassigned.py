"""Story 12 through the whole stack: nobody is taken off a client before their open work is moved or acknowledged."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from embedded.stack import Stack
from shared import clock
from shared.testing.waiting import wait_until
from tests.practice import Practice
from tests.running import rows

KINDS: Final = ("appointments", "drafts", "to_review", "plans_due")


def coming(days: int) -> str:
    return f"{clock.now() + timedelta(days=days):%Y-%m-%d}T10:00"


def work(practice: Practice, staff_id: str, client_id: str) -> dict[str, Any]:
    found: dict[str, Any] = practice.owner.get(f"/staff/{staff_id}/open-work", client_id=client_id)
    return {kind: found[kind]["count"] for kind in KINDS}


def counts(stack: Stack, client_id: str, staff_id: str) -> dict[str, int]:
    """What clients knows of the pair."""
    statement = (
        f"SELECT {', '.join(KINDS)} FROM open_work_copies WHERE client_id = '{client_id}' AND staff_id = '{staff_id}'"
    )
    return {kind: number for row in rows(stack, "clients", statement) for kind, number in zip(KINDS, row, strict=True)}


def test_story_12_what_is_open_is_transferred_or_acknowledged(stack: Stack, practice: Practice) -> None:
    manager, second, third = (
        practice.people["manager"],
        practice.people["therapist"],
        practice.add("third", "therapist"),
    )
    t2, t3 = practice.staff_ids["therapist"], practice.staff_ids["third"]
    intern = practice.add("intern", "therapist", supervisor_id=t2, supervision_mode="co_sign")

    # C1 with two cases, of which T2 is on both.
    client_id, individual = practice.new_client()
    group = second.post("/cases", {"client_id": client_id, "name": "Group"})["id"]
    team = f"/clients/{client_id}/staff"
    manager.put(f"{team}/{practice.staff_ids['intern']}")

    # T2 has a signed note, which is billed. Open: 3 future appointments, 1 unsigned note, 1 pending co-signature.
    documented = practice.book(client_id, "2026-09-01T10:00", case_id=individual)
    signed = practice.draft_note(documented, client_id)
    second.post(f"/notes/{signed}/sign", expect=200)
    invoice = practice.owner.post(f"/invoices/{practice.draft_of(documented)['id']}/issue", {}, expect=200)
    ledger = practice.owner.get(f"/clients/{client_id}/ledger")
    ahead = [practice.book(client_id, coming(days), case_id=individual) for days in (5, 6, 7)]
    unsigned = practice.draft_note(practice.book(client_id, "2026-09-02T10:00", case_id=individual), client_id)
    wait_until(lambda: intern.call("GET", f"/cases/{individual}").status_code == 200, 10, "the intern on the case")
    of_intern = practice.book(client_id, "2026-09-03T10:00", "intern", case_id=individual)
    submitted = practice.draft_note(of_intern, client_id, "intern")
    intern.post(f"/notes/{submitted}/submit", expect=200)
    assert work(practice, t2, client_id) == {"appointments": 3, "drafts": 1, "to_review": 1, "plans_due": 0}

    # Not taken off while nobody says what becomes of it.
    counted = {"appointments": 3, "drafts": 1, "to_review": 1, "plans_due": 0}
    wait_until(lambda: counts(stack, client_id, t2) == counted, 20, "the counts at clients")
    refused = manager.delete(f"{team}/{t2}", expect=409)
    assert refused["code"] == "open_work"
    assert [(error["field"], error["value"]) for error in refused["errors"]] == [
        ("appointments", "3"),
        ("drafts", "1"),
        ("to_review", "1"),
    ]

    # T3 takes over what can be moved; the co-signature goes with its author's supervision.
    moved = manager.post(f"/staff/{t2}/hand-over-client", {"client_id": client_id, "to_staff_id": t3}, expect=200)
    assert (moved["appointments"], moved["drafts"], moved["refused"]) == (ahead, [unsigned], [])
    assert set(moved["cases"]) == {individual, group}
    left = {"appointments": 0, "drafts": 0, "to_review": 1, "plans_due": 0}
    wait_until(lambda: counts(stack, client_id, t2) == left, 20, "what is left")
    assert manager.delete(f"{team}/{t2}", expect=409)["code"] == "open_work"
    assert manager.call("DELETE", f"{team}/{t2}", json={"acknowledged": True}).status_code == 200

    # Afterwards T2 is denied, on both cases; told once.
    wait_until(lambda: second.call("GET", f"/cases/{individual}").status_code == 404, 10, "the loss of sight")
    for path in (f"/cases/{group}", f"/notes/{signed}", f"/notes/{unsigned}", f"/notes/{submitted}"):
        second.get(path, expect=404)
    assert manager.delete(f"{team}/{t2}", expect=404)["code"] == "not_assigned"
    history = [change for change in practice.owner.get(f"{team}/history")["items"] if change["staff_id"] == t2]
    assert [change["change"] for change in history] == ["unassigned", "assigned"]

    # T2's signed notes still show T2 as author; the draft shows who took it over and who began it.
    sealed = practice.owner.get(f"/notes/{signed}")
    assert (sealed["author_id"], sealed["status"]) == (t2, "signed")
    taken = third.get(f"/notes/{unsigned}")
    assert (taken["author_id"], taken["drafted_by"]) == (t3, t2)
    assert practice.owner.get(f"/invoices/{invoice['id']}") == invoice
    assert practice.owner.get(f"/clients/{client_id}/ledger") == ledger

    # T2's calendar no longer shows the transferred dates.
    span = {"from": coming(4)[:10], "to": coming(8)[:10]}
    assert practice.owner.get("/agenda", **span, staff_ids=t2)["items"] == []
    assert [item["id"] for item in practice.owner.get("/agenda", **span, staff_ids=t3)["items"]] == ahead


def test_what_was_acknowledged_stays_listed_and_can_be_handed_over_later(practice: Practice) -> None:
    manager, staff_id = practice.people["manager"], practice.staff_ids["therapist"]
    practice.add("third", "therapist")
    client_id, _ = practice.new_client()
    appointment_id = practice.book(client_id, coming(5))
    path = f"/clients/{client_id}/staff/{staff_id}"
    assert manager.call("DELETE", path, json={"acknowledged": True}).status_code == 200
    assert work(practice, staff_id, client_id)["appointments"] == 1
    body = {"client_id": client_id, "to_staff_id": practice.staff_ids["third"]}
    assert manager.post(f"/staff/{staff_id}/hand-over-client", body, expect=200)["appointments"] == [appointment_id]
