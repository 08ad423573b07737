"""The worklist: what waits for somebody, and nothing of what is others' to do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.clinical.tests.conftest import Clinic
from services.clinical.tests.test_clinical_supervision import Supervised, done, refused
from services.clinical.worklist.rules import KINDS
from shared import clock
from shared.ids import new_id
from shared.testing.web import ServiceClient

NOTHING = dict.fromkeys(KINDS, 0)
PLAN = {
    "problems": [
        {"description": "Worry", "goals": [{"description": "Sleep", "objectives": [{"description": "Six hours"}]}]}
    ]
}


def counts(who: ServiceClient) -> dict[str, int]:
    """How much of each kind waits, of what there is any."""
    found = done(who.get("/worklist"))["counts"]
    assert set(found) == set(KINDS)
    return {kind: count for kind, count in found.items() if count}


def items(who: ServiceClient, kind: str) -> list[dict[str, Any]]:
    """What waits of one kind."""
    found = done(who.get("/worklist", kind=kind))["items"]
    assert {item["kind"] for item in found} <= {kind}
    return list(found)


@pytest.mark.parametrize(("mode", "kind"), [("approve", "to_approve"), ("co_sign", "to_cosign")])
def test_a_note_waits_for_its_author_or_for_the_supervisor(clinic: Clinic, mode: str, kind: str) -> None:
    practice = Supervised(clinic, mode)
    path = practice.draft()
    note_id = path.rpartition("/")[2]
    (draft,) = items(practice.intern, "draft")
    assert (draft["note_id"], draft["client_id"], draft["due_on"]) == (note_id, clinic.client_id, None)
    begins = done(practice.intern.get(f"/appointments/{draft['appointment_id']}"))["starts_at"]
    assert draft["starts_at"] == begins != draft["since"], "the session's time, not when the note was begun"
    assert (counts(practice.intern), counts(practice.supervisor)) == ({"draft": 1}, {})
    done(practice.intern.post(f"{path}/submit"))
    assert (counts(practice.intern), counts(practice.supervisor)) == ({"submitted": 1}, {kind: 1})
    (waiting,) = items(practice.supervisor, kind)
    assert (waiting["note_id"], waiting["starts_at"]) == (note_id, begins)
    assert {draft["author_id"], waiting["author_id"]} == {str(practice.intern.staff_id)}
    done(practice.supervisor.post(f"{path}/return", {"comment": "x"}))
    assert (counts(practice.intern), counts(practice.supervisor)) == ({"returned": 1}, {})
    done(practice.intern.post(f"{path}/submit"))
    successor = clinic.staff("therapist")
    practice.under(successor, mode)
    assert (counts(practice.supervisor), counts(successor)) == ({}, {kind: 1})
    done(practice.finish(successor, path))
    assert (counts(practice.intern), counts(successor)) == ({}, {})


def test_the_author_lists_what_waits_for_the_supervisor_by_its_name_in_pages(clinic: Clinic) -> None:
    practice = Supervised(clinic, "approve")
    paths = [practice.submitted() for _ in range(3)]
    draft = practice.draft()
    (shown,) = done(practice.intern.get("/worklist"))["items"]
    assert f"/notes/{shown['note_id']}" == draft, "what was sent is the supervisor's turn"
    page = done(practice.intern.get("/worklist", kind="submitted", limit=2))
    rest = done(practice.intern.get("/worklist", kind="submitted", limit=2, cursor=page["next_cursor"]))
    assert [f"/notes/{item['note_id']}" for item in (*page["items"], *rest["items"])] == paths
    assert page["counts"] == rest["counts"] == {**NOTHING, "draft": 1, "submitted": 3}
    assert items(practice.supervisor, "submitted") == items(clinic.therapist, "submitted") == []
    done(practice.intern.post(f"{paths[0]}/withdraw"))
    assert counts(practice.intern) == {"draft": 2, "submitted": 2}
    practice.under(None, None)
    assert counts(practice.intern) == {"draft": 2, "submitted": 2}, "nobody decides: the author still finds it"
    done(clinic.administrator.delete(f"/cases/{clinic.case_id}/staff/{practice.intern.staff_id}"))
    assert counts(practice.intern) == {}


def test_a_past_appointment_waits_for_a_note_of_each_client(clinic: Clinic) -> None:
    second = clinic.client(clinic.therapist)
    clinic.open_case(clinic.therapist, second)
    group = clinic.book("2026-10-06T16:00", client_ids=[clinic.client_id, second])
    clinic.book(f"{clock.now() + timedelta(days=3):%Y-%m-%d}T09:00")
    gone = clinic.book("2026-10-07T16:00")
    done(clinic.desk.post(f"/appointments/{gone['id']}/status", {"status": "no_show"}))
    clinic.book(f"{clock.now() - timedelta(days=500):%Y-%m-%d}T09:00")
    waiting = items(clinic.therapist, "no_note")
    assert {(item["appointment_id"], item["client_id"]) for item in waiting} == {
        (group["id"], clinic.client_id),
        (group["id"], second),
    }
    assert {(item["since"], item["starts_at"]) for item in waiting} == {("2026-10-06T20:00:00Z",) * 2}
    clinic.note(group["id"])
    assert counts(clinic.therapist) == {"draft": 1, "no_note": 1}
    assert counts(clinic.administrator) == {}, "the appointment is the therapist's"


def test_it_is_asked_for_what_waits_about_one_client(clinic: Clinic) -> None:
    second = clinic.client(clinic.therapist)
    case_id = clinic.open_case(clinic.therapist, second)
    first, other = (
        clinic.book(f"2026-10-0{day}T16:00", client_ids=[who]) for day, who in ((6, clinic.client_id), (7, second))
    )
    clinic.note(clinic.book("2026-10-08T16:00")["id"])
    plan = done(clinic.therapist.post(f"/cases/{case_id}/treatment-plans", {"effective_from": "2026-01-01", **PLAN}))
    done(clinic.therapist.post(f"/treatment-plans/{plan['id']}/sign"))

    def about(client_id: str, **more: str) -> tuple[list[tuple[str, str | None]], dict[str, int]]:
        found = done(clinic.therapist.get("/worklist", client_id=client_id, **more))
        assert {item["client_id"] for item in found["items"]} <= {client_id}
        listed = [(item["kind"], item["appointment_id"]) for item in found["items"]]
        return listed, {kind: count for kind, count in found["counts"].items() if count}

    listed, counted = about(clinic.client_id)
    assert (listed[0], counted) == (("no_note", first["id"]), {"no_note": 1, "draft": 1})
    assert about(second) == ([("no_note", other["id"]), ("plan_due", None)], {"no_note": 1, "plan_due": 1})
    assert about(second, kind="draft") == ([], {"no_note": 1, "plan_due": 1})
    assert about(str(new_id())) == ([], {}), "nothing waits about nobody"
    assert refused(clinic.therapist.get("/worklist", client_id="x")) == (422, "invalid")


def test_a_plan_waits_from_two_weeks_before_its_review_until_another_is_signed(clinic: Clinic) -> None:
    path = f"/cases/{clinic.case_id}/treatment-plans"
    today = clock.today("America/New_York")

    def sign(effective: int, review: int) -> str:
        days = {"effective_from": str(today + timedelta(effective)), "review_on": str(today + timedelta(review))}
        plan = done(clinic.therapist.post(path, {**PLAN, **days}))
        done(clinic.therapist.post(f"/treatment-plans/{plan['id']}/sign"))
        return days["review_on"]

    assert counts(clinic.therapist) == {}, "without a plan there is no review"
    sign(-90, 15)
    assert counts(clinic.therapist) == {}
    due = sign(-89, 14)
    (waiting,) = items(clinic.therapist, "plan_due")
    assert (waiting["due_on"], waiting["case_id"], waiting["note_id"]) == (due, clinic.case_id, None)
    assert waiting["starts_at"] is None
    assert counts(clinic.staff("therapist")) == {}, "not on the case"
    sign(-1, 90)
    assert counts(clinic.therapist) == {}
    sign(0, 5)
    done(clinic.therapist.patch(f"/cases/{clinic.case_id}", {"status": "closed"}))
    assert counts(clinic.therapist) == {}


def test_pages_hold_every_item_once_and_the_longest_waiting_first(clinic: Clinic) -> None:
    for day in range(1, 8):
        appointment = clinic.book(f"2026-10-{day:02}T16:00")
        if day % 2:
            clinic.note(appointment["id"])
    seen: list[dict[str, Any]] = []
    cursor = None
    while True:
        page = done(clinic.therapist.get("/worklist", limit=2, **({"cursor": cursor} if cursor else {})))
        assert page["counts"] == {**NOTHING, "draft": 4, "no_note": 3}
        seen += page["items"]
        if (cursor := page["next_cursor"]) is None:
            break
    assert [item["since"] for item in seen] == sorted(item["since"] for item in seen)
    assert len({(item["kind"], item["appointment_id"]) for item in seen}) == len(seen) == 7


def test_a_draft_of_a_case_that_one_has_left_is_not_listed(clinic: Clinic) -> None:
    clinic.note(clinic.book("2026-10-06T16:00")["id"])
    assert counts(clinic.therapist) == {"draft": 1}
    done(clinic.administrator.delete(f"/cases/{clinic.case_id}/staff/{clinic.therapist.staff_id}"))
    assert counts(clinic.therapist) == {}


def test_who_has_no_worklist(clinic: Clinic) -> None:
    assert clinic.desk.get("/worklist").status_code == 403
    assert clinic.therapist.get("/worklist", kind="everything").status_code == 422
    other = clinic.web.as_actor("therapist", organization_id=UUID(int=1), staff_id=clinic.therapist.staff_id)
    assert other.get("/worklist").status_code in (404, 503), "another practice's therapist of the same id"
