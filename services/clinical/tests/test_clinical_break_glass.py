"""Breaking the glass: every refusal, and the walls it must not tear down."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.clinical.break_glass.rules import WITHIN, ReviewPending, time_left
from services.clinical.tests.conftest import Clinic
from services.clinical.tests.emergency import JUDGEMENT, REASON, break_glass, decide, reads
from shared.contracts.clinical import BreakGlassOpened
from shared.messaging import outbox
from shared.testing.databases import load


def test_it_is_off_unless_the_organization_turns_it_on(clinic: Clinic) -> None:
    colleague = clinic.staff("therapist")
    assert break_glass(clinic, colleague, 403)["code"] == "break_glass_off"


def test_the_record_opens_for_reading_and_for_one_person(open_clinic: Clinic) -> None:
    clinic, colleague, other = open_clinic, open_clinic.staff("therapist"), open_clinic.staff("therapist")
    paths = reads(clinic)
    assert {colleague.get(path).status_code for path in paths} == {404}
    opening = break_glass(clinic, colleague)
    assert opening["is_open"] and opening["client_id"] == clinic.client_id
    assert {colleague.get(path).status_code for path in paths} == {200}
    assert [case["id"] for case in colleague.get(f"/clients/{clinic.client_id}/cases").json["items"]]
    assert {other.get(path).status_code for path in paths} == {404}


# Reads of clinical that broken glass does not open.
CLOSED_TO_GLASS = {
    "active_clients_report.read",
    "agenda.read",
    "agenda.count",
    "appointment.history",
    "appointment.read",
    "appointment.roster",
    "appointments.list",
    "break_glass.list",
    "break_glass.read",
    "diagnosis_codes.search",
    "former_notes.list",
    "merge_preview.read",
    "not_seen_report.read",
    "notes.list",
    "own_sessions_by_day.read",
    "group.appointments",
    "group.history",
    "group.read",
    "groups.list",
    "open_work.read",
    "worklist.read",
    "orphan_drafts.list",
    "setup.read",
    "visits.lookup",
    "work_item.read",
    "work_items.count",
    "work_items.list",
}


@pytest.mark.abuse("A-ROLE-break-glass-unseen")
def test_every_look_is_on_record_as_broken_glass(open_clinic: Clinic) -> None:
    clinic, colleague = open_clinic, open_clinic.staff("therapist")
    paths = reads(clinic)
    break_glass(clinic, colleague)
    for asker in (colleague, clinic.therapist, clinic.administrator):
        for path in (*paths, f"/clients/{clinic.client_id}/cases"):
            assert asker.get(path).status_code == 200
        searched = asker.post(f"/cases/{clinic.case_id}/notes/search", {"words": "added"})
        assert [item["line"] for item in searched.json["items"]] == ["Added."]
        mine = {"client_id": clinic.client_id, "staff_id": str(asker.staff_id)}
        assert asker.get("/access/explain", **mine).json["items"][0]["cases"]
    every = {route.audit for route in load("clinical").routes if not route.writes} - CLOSED_TO_GLASS
    every.add("case_notes.search")  # a POST, for its words
    for asker, rule in (
        (colleague, "break_glass"),
        (clinic.therapist, "on_case"),
        (clinic.administrator, "administrator"),
    ):
        found = clinic.database.rows(
            "SELECT action, rule FROM audit_entries WHERE outcome = 'done' AND action LIKE '%%.%%'"
            " AND actor_id = %s AND client_id = %s",
            asker.staff_id,
            clinic.client_id,
        )
        assert sorted(found) == sorted((action, rule) for action in every)


@pytest.mark.abuse("A-ROLE-break-glass-write")
def test_nothing_is_written_through_broken_glass(open_clinic: Clinic) -> None:
    clinic, colleague = open_clinic, open_clinic.staff("therapist")
    appointment = clinic.book("2026-10-06T16:00")
    note = clinic.note(appointment["id"])
    other = clinic.book("2026-10-07T16:00")
    break_glass(clinic, colleague)
    case = f"/cases/{clinic.case_id}"
    plan = {
        "effective_from": "2026-01-01",
        "problems": [{"description": "d", "goals": [{"description": "g", "objectives": []}]}],
    }
    draft = {"client_id": clinic.client_id, "template": "soap", "content": {"subjective": "s"}, "minutes": 50}
    booking = clinic.booking("2026-10-08T10:00", staff_id=str(colleague.staff_id), case_id=clinic.case_id)
    attempts = [
        colleague.patch(case, {"name": "Mine"}),
        colleague.post(f"{case}/diagnoses", {"code": "F41.1", "rank": 1, "effective_from": "2026-01-01"}),
        colleague.post(f"{case}/treatment-plans", plan),
        colleague.patch(f"/notes/{note['id']}", {"minutes": 5}),
        colleague.post(f"/notes/{note['id']}/sign"),
        colleague.post(f"/notes/{note['id']}/addenda", {"text": "mine"}),
        colleague.post(f"/notes/{note['id']}/amendments", {"reason": "mine", "minutes": 5}),
        colleague.post(f"/appointments/{other['id']}/notes", draft),
        colleague.post("/cases", {"client_id": clinic.client_id, "name": "Mine"}),
        colleague.post("/appointments", booking),
    ]
    assert [response.status_code for response in attempts] == [404, 404, 404, 404, 404, 404, 404, 404, 403, 422]


@pytest.mark.abuse("A-ROLE-break-glass-for-ever")
def test_it_ends_with_the_time(open_clinic: Clinic) -> None:
    clinic, colleague = open_clinic, open_clinic.staff("therapist")
    opening = break_glass(clinic, colleague)
    lasts = datetime.fromisoformat(opening["ends_at"]) - datetime.fromisoformat(opening["opened_at"])
    assert lasts == timedelta(minutes=120)
    clinic.database.rows(
        "UPDATE break_glass_openings SET ends_at = now() - interval '1 second' WHERE id = %s RETURNING id",
        opening["id"],
    )
    assert colleague.get(f"/cases/{clinic.case_id}").status_code == 404
    assert not colleague.get(f"/break-glass/{opening['id']}").json["is_open"]
    assert break_glass(clinic, colleague)["id"] != opening["id"]


def test_turned_off_it_is_off_before_the_event_has_come(open_clinic: Clinic) -> None:
    """Also with the bus away: who signs in is told by identity whether the organization allows it."""
    clinic, colleague = open_clinic, open_clinic.staff("therapist")
    break_glass(clinic, colleague)
    path = f"/cases/{clinic.case_id}"
    assert colleague.get(path).status_code == 200
    manager = clinic.web.as_actor("therapist", organization_id=clinic.organization_id, staff_id=colleague.staff_id)
    assert manager.get(path).status_code == 404
    colleague.post(f"/break-glass/{colleague.get('/break-glass').json['items'][0]['id']}/end")
    refused = manager.post(f"/clients/{clinic.client_id}/break-glass", REASON)
    assert (refused.status_code, refused.json["code"]) == (403, "break_glass_off")


def test_it_ends_when_it_is_ended_or_the_organization_ends_all(open_clinic: Clinic) -> None:
    clinic, colleague = open_clinic, open_clinic.staff("therapist")
    opening = break_glass(clinic, colleague)
    assert colleague.post(f"/break-glass/{opening['id']}/end").json["is_open"] is False
    assert colleague.get(f"/cases/{clinic.case_id}").status_code == 404
    again = break_glass(clinic, colleague)
    assert clinic.therapist.post(f"/break-glass/{again['id']}/end").status_code == 403
    assert clinic.administrator.post(f"/break-glass/{again['id']}/end").status_code == 200
    break_glass(clinic, colleague)
    decide(clinic, 3, break_glass_enabled=False)
    assert colleague.get(f"/cases/{clinic.case_id}").status_code == 404
    decide(clinic, 4, break_glass_enabled=True)
    break_glass(clinic, colleague)
    decide(clinic, 6, break_glass_enabled=True)
    decide(clinic, 5, break_glass_enabled=False)  # heard of late
    assert colleague.get(f"/cases/{clinic.case_id}").status_code == 404


def test_the_time_is_shared_by_all_openings_until_somebody_reviews(open_clinic: Clinic) -> None:
    clinic, colleague = open_clinic, open_clinic.staff("therapist")
    first = break_glass(clinic, colleague)
    had(clinic, first, minutes=90)
    second = break_glass(clinic, colleague)
    lasts = datetime.fromisoformat(second["ends_at"]) - datetime.fromisoformat(second["opened_at"])
    assert timedelta(minutes=29) < lasts <= timedelta(minutes=30)
    had(clinic, second, minutes=30)
    assert break_glass(clinic, colleague, 409)["code"] == "review_pending"
    refused = clinic.database.rows(
        "SELECT rule, client_ids FROM audit_entries WHERE actor_id = %s AND outcome = 'denied'", colleague.staff_id
    )
    assert refused == [("review_pending", [UUID(clinic.client_id)])]
    assert break_glass(clinic, clinic.staff("therapist")), "somebody else's time is their own"
    path = f"/break-glass/{first['id']}/review"
    assert clinic.administrator.post(path, JUDGEMENT).status_code == 200
    assert break_glass(clinic, colleague)["is_open"]


def test_an_emergency_of_tomorrow_waits_for_no_review(open_clinic: Clinic) -> None:
    clinic, colleague = open_clinic, open_clinic.staff("therapist")
    had(clinic, break_glass(clinic, colleague), minutes=120)
    assert break_glass(clinic, colleague, 409)["code"] == "review_pending"
    clinic.database.rows(
        "UPDATE break_glass_openings SET opened_at = opened_at - interval '1 day', ends_at = ends_at - interval '1 day'"
        " WHERE organization_id = %s RETURNING id",
        clinic.organization_id,
    )
    assert break_glass(clinic, colleague)["is_open"]


def had(clinic: Clinic, opening: dict[str, Any], minutes: int) -> None:
    """It was opened so long ago, and ended just now."""
    clinic.database.rows(
        "UPDATE break_glass_openings SET opened_at = now() - %s * interval '1 minute', ends_at = now()"
        " WHERE id = %s RETURNING id",
        minutes,
        opening["id"],
    )


NOON = datetime(2026, 10, 6, 12, tzinfo=UTC)
MINUTES = st.integers(1, 30 * 60)


@given(st.integers(15, 240), st.lists(st.tuples(MINUTES, MINUTES), max_size=6))
def test_no_day_holds_more_unreviewed_time_than_the_organization_gives(
    minutes: int, attempts: list[tuple[int, int]]
) -> None:
    """Somebody who tries again and again, and ends at will."""
    had_so_far: list[tuple[datetime, datetime]] = []
    now = NOON
    for pause, wanted in attempts:
        now += timedelta(minutes=pause)
        try:
            lasts = time_left(minutes, had_so_far, now)
        except ReviewPending:
            continue
        had_so_far.append((now, now + min(lasts, timedelta(minutes=wanted))))
        now = had_so_far[-1][1]
        day = now - WITHIN
        within = sum((max(end - max(begin, day), timedelta()) for begin, end in had_so_far), timedelta())
        assert within <= timedelta(minutes=minutes)


def test_turning_it_off_ends_what_is_being_opened_at_that_moment(
    open_clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic, colleague = open_clinic, open_clinic.staff("therapist")
    reached, go_on = threading.Event(), threading.Event()
    tell = outbox.add

    def slowly(session: Any, event: Any) -> Any:
        if isinstance(event, BreakGlassOpened):
            reached.set()
            go_on.wait(1.5)
        return tell(session, event)

    monkeypatch.setattr(outbox, "add", slowly)
    with ThreadPoolExecutor(2) as pool:
        opening = pool.submit(break_glass, clinic, colleague)
        assert reached.wait(5), "the row is inserted, and not committed"
        off = pool.submit(decide, clinic, 3, break_glass_enabled=False)
        wait([off], timeout=0.5)
        go_on.set()
        off.result()
        opened = opening.result()
    assert not colleague.get(f"/break-glass/{opened['id']}").json["is_open"]
    assert colleague.get(f"/cases/{clinic.case_id}").status_code == 404
    assert break_glass(clinic, colleague, 403)["code"] == "break_glass_off"


def test_one_client_at_a_time_and_asking_again_changes_nothing(open_clinic: Clinic) -> None:
    clinic, colleague = open_clinic, open_clinic.staff("therapist")
    another = clinic.client(clinic.therapist)
    clinic.open_case(clinic.therapist, another)
    opening = break_glass(clinic, colleague)
    assert break_glass(clinic, colleague, 200) == opening
    refused = colleague.post(f"/clients/{another}/break-glass", REASON)
    assert (refused.status_code, refused.json["code"]) == (409, "one_at_a_time")


def test_who_can_open_the_record_anyway_does_not_break_glass(open_clinic: Clinic) -> None:
    clinic = open_clinic
    assert break_glass(clinic, clinic.therapist, 409)["code"] == "nothing_hidden"
    owner = clinic.staff("organization_administration")
    assert break_glass(clinic, owner, 409)["code"] == "nothing_hidden"
    for level in ("default", "billing"):
        assert break_glass(clinic, clinic.staff(level), 403)["code"] == "forbidden"
    restricted = clinic.staff("administration", restricts_administration=True)
    assert break_glass(clinic, restricted, 403)["code"] == "not_for_administration"


def test_a_narrowed_therapist_knows_of_no_other_client(open_clinic: Clinic) -> None:
    narrowed = open_clinic.staff("therapist", grants=("assigned_only",))
    assert break_glass(open_clinic, narrowed, 404)["code"] == "not_found"


@pytest.mark.parametrize("reason", ["", "because", "   because    ", "x" * 1001, None, 5])
def test_a_reason_is_a_sentence(open_clinic: Clinic, reason: object) -> None:
    colleague = open_clinic.staff("therapist")
    response = colleague.post(f"/clients/{open_clinic.client_id}/break-glass", {"reason": reason})
    assert response.status_code == 422
    assert colleague.get(f"/cases/{open_clinic.case_id}").status_code == 404
