"""Work items: what raises and settles them, who sees which, and what people do with them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from services.clinical.tests.conftest import Clinic
from services.clinical.tests.emergency import JUDGEMENT, break_glass
from services.clinical.tests.test_clinical_hand_over import changed, handed_over, in_days, leave
from services.clinical.work_items.queries import HOST
from shared.actor import Person
from shared.database.purge import Purge
from shared.ids import new_id
from shared.testing.databases import load
from shared.testing.plans import plan_of
from shared.testing.web import ServiceClient
from shared.work_items.models import EXPIRED, KEPT_DAYS, WorkItem
from shared.work_items.queries import seen_by

ITEMS = "/work-items/clinical"


def items(who: ServiceClient, **query: str) -> list[dict[str, Any]]:
    response = who.get(ITEMS, **query)
    assert response.status_code == 200, response.text
    return list(response.json["items"])


def left_behind(clinic: Clinic, hour: int = 14) -> tuple[dict[str, Any], ServiceClient]:
    """An appointment that stays with somebody who left, and the successor who is busy."""
    successor = clinic.staff("therapist")
    appointment = clinic.book(in_days(5, hour))
    clinic.book(in_days(5, hour), staff_id=str(successor.staff_id), client_ids=[clinic.client(successor)])
    leave(clinic, successor)
    return appointment, successor


def change(who: ServiceClient, item: dict[str, Any], body: dict[str, Any], expect: int = 200) -> dict[str, Any]:
    response = who.patch(f"{ITEMS}/{item['id']}", body)
    assert response.status_code == expect, response.text
    return dict(response.json)


def test_an_emergency_access_waits_for_its_review_and_closes_with_it(open_clinic: Clinic) -> None:
    clinic, colleague = open_clinic, open_clinic.staff("therapist")
    opening = break_glass(clinic, colleague)
    (item,) = items(clinic.administrator, kind="emergency_access")
    assert item["subject"] == {"type": "break_glass_opening", "id": opening["id"]}
    assert (item["client_id"], item["level"], item["assignee_id"]) == (clinic.client_id, "administration", None)
    assert item["due_on"] and not item["by_hand"]
    assert break_glass(clinic, colleague, 200)["id"] == opening["id"]
    assert len(items(clinic.administrator)) == 1
    assert change(clinic.administrator, item, {"state": "done"}, 409)["code"] == "not_by_hand"
    colleague.post(f"/break-glass/{opening['id']}/end")
    assert clinic.administrator.post(f"/break-glass/{opening['id']}/review", JUDGEMENT).status_code == 200
    assert items(clinic.administrator) == []
    (done,) = items(clinic.administrator, state="done")
    assert done["done_by"] is None
    assert change(clinic.administrator, done, {"state": "open"}, 409)["code"] == "settled"
    lines = clinic.administrator.get(f"{ITEMS}/{item['id']}").json["history"]
    assert [(line["change"], line["by_staff_id"]) for line in lines] == [("settled", None), ("raised", None)]


@pytest.mark.parametrize("by", ["rebooking", "cancelling", "hand_over"])
def test_an_appointment_left_behind_is_looked_at_until_somebody_gives_it(clinic: Clinic, by: str) -> None:
    appointment, _ = left_behind(clinic)
    (item,) = items(clinic.administrator)
    assert (item["kind"], item["client_id"]) == ("appointment_left_behind", clinic.client_id)
    assert item["subject"] == {"type": "appointment", "id": appointment["id"]}
    assert item["due_on"] == appointment["starts_at_local"][:10]
    other = clinic.staff("therapist")
    if by == "rebooking":
        moved = clinic.administrator.patch(f"/appointments/{appointment['id']}", {"staff_id": str(other.staff_id)})
        assert moved.status_code == 200, moved.text
    elif by == "cancelling":
        clinic.administrator.post(f"/appointments/{appointment['id']}/status", {"status": "cancelled"})
    else:
        clinic.emit(handed_over(clinic, clinic.therapist, other))
    assert items(clinic.administrator) == []


def test_what_is_left_behind_again_opens_again_though_somebody_marked_it_as_done(clinic: Clinic) -> None:
    _, successor = left_behind(clinic)
    (item,) = items(clinic.administrator)
    change(clinic.administrator, item, {"state": "done"})
    clinic.emit(handed_over(clinic, clinic.therapist, successor))
    (again,) = items(clinic.administrator)
    assert (again["id"], again["version"]) == (item["id"], item["version"] + 2)


def test_people_assign_comment_close_and_reopen_and_the_history_says_who(clinic: Clinic) -> None:
    left_behind(clinic)
    boss, colleague = clinic.administrator, clinic.staff("administration")
    (item,) = items(boss, assignee="none")
    given = {"assignee_id": str(colleague.staff_id), "comment": "Call them.", "due_on": "2026-12-24"}
    shown = change(boss, item, given)
    assert {name: shown[name] for name in given} == given
    assert items(boss, assignee="none") == [] == items(boss, assignee="me")
    assert [mine["id"] for mine in items(colleague, assignee="me")] == [item["id"]]
    assert [mine["id"] for mine in items(boss, assignee="team")] == [item["id"]]
    assert colleague.get(f"{ITEMS}/count").json == {"mine": 1}
    assert boss.get(f"{ITEMS}/count").json == {"mine": 0}
    assert change(boss, item, given)["version"] == shown["version"], "nothing differed"
    done = change(colleague, item, {"state": "done"})
    assert (done["state"], done["done_by"]) == ("done", str(colleague.staff_id))
    assert change(boss, item, {"assignee_id": None}, 409)["code"] == "item_done"
    change(boss, item, {"state": "open", "assignee_id": None})
    history = boss.get(f"{ITEMS}/{item['id']}").json["history"]
    assert [line["change"] for line in history] == [
        *("reopened", "unassigned", "done", "commented", "due", "assigned", "raised")
    ]
    by = {line["change"]: line["by_staff_id"] for line in history}
    assert (by["done"], by["commented"]) == (str(colleague.staff_id), str(boss.staff_id))
    entries = clinic.database.rows(
        "SELECT client_id, rule, details FROM audit_entries WHERE action = 'patch_clinical_work_item'"
        " AND outcome = 'done' AND object_id = %s ORDER BY at LIMIT 1",
        UUID(item["id"]),
    )
    assert entries == [(UUID(clinic.client_id), "level", {"fields": ["assignee_id", "comment", "due_on"]})]


def test_a_change_of_an_older_version_is_stale(clinic: Clinic) -> None:
    left_behind(clinic)
    (item,) = items(clinic.administrator)
    path = f"{ITEMS}/{item['id']}"
    tag = clinic.administrator.get(path).headers["ETag"]
    assert clinic.administrator.patch(path, {"comment": "First"}, **{"If-Match": tag}).status_code == 200
    assert clinic.administrator.patch(path, {"comment": "Second"}, **{"If-Match": tag}).status_code == 412


def test_levels_and_tenants_decide_who_sees_an_item(clinic: Clinic) -> None:
    left_behind(clinic)
    (item,) = items(clinic.administrator)
    stranger = clinic.web.as_actor("organization_administration", organization_id=new_id())
    narrowed = clinic.staff("administration", restricts_administration=True)
    assert [seen["id"] for seen in items(narrowed)] == [item["id"]]
    for other in (clinic.desk, clinic.staff("therapist"), clinic.staff("billing"), stranger):
        assert items(other) == []
        assert other.get(f"{ITEMS}/{item['id']}").status_code == 404
        assert change(other, item, {"comment": "Mine"}, 404)["code"] == "not_found"


def test_nobody_gets_an_item_that_they_may_not_see(clinic: Clinic) -> None:
    left_behind(clinic)
    boss, (item,) = clinic.administrator, items(clinic.administrator)
    gone = clinic.staff("administration", active=False)
    for staff_id, code in (
        (clinic.desk.staff_id, "may_not_see"),
        (gone.staff_id, "not_active"),
        (new_id(), "unknown"),
    ):
        refused = change(boss, item, {"assignee_id": str(staff_id)}, 422)
        assert [(error["field"], error["code"]) for error in refused["errors"]] == [("assignee_id", code)]
    for body in ({"comment": ""}, {"state": "lost"}, {"kind": "notice"}, {"due_on": "soon"}):
        assert change(boss, item, body, 422)["code"] == "invalid"
    assert items(boss) == [item]


def test_who_leaves_or_loses_the_level_leaves_their_items_to_the_team(clinic: Clinic) -> None:
    left_behind(clinic)
    boss, (item,) = clinic.administrator, items(clinic.administrator)
    for version, (levels, active) in enumerate(((("default",), True), (("administration",), False)), 2):
        colleague = clinic.staff("administration")
        change(boss, item, {"assignee_id": str(colleague.staff_id)})
        clinic.emit(changed(clinic, colleague, version, "administration"))
        assert items(boss, assignee="none") == []
        clinic.emit(changed(clinic, colleague, version + 1, *levels, active=active))
        assert [free["id"] for free in items(boss, assignee="none")] == [item["id"]]


def test_pages_go_by_the_day_and_filters_narrow_them(clinic: Clinic) -> None:
    successor = clinic.staff("therapist")
    for days in (9, 4, 6):
        clinic.book(in_days(days, 14))
        clinic.book(in_days(days, 14), staff_id=str(successor.staff_id), client_ids=[clinic.client(successor)])
    leave(clinic, successor)
    days = [item["due_on"] for item in items(clinic.administrator)]
    assert days == sorted(days) and len(days) == 3
    first = clinic.administrator.get(ITEMS, limit="2").json
    second = clinic.administrator.get(ITEMS, limit="2", cursor=first["next_cursor"]).json
    assert [item["due_on"] for item in (*first["items"], *second["items"])] == days
    assert [item["due_on"] for item in items(clinic.administrator, due_by=days[1])] == days[:2]
    assert len(items(clinic.administrator, client_id=clinic.client_id)) == 3
    assert items(clinic.administrator, client_id=str(new_id())) == []
    for query in ({"assignee": "us"}, {"kind": "draft"}, {"state": "all"}, {"due_by": "x"}, {"cursor": "x"}):
        assert clinic.administrator.get(ITEMS, **query).status_code == 422


def test_lists_and_the_count_go_by_an_index(clinic: Clinic) -> None:
    admin = clinic.administrator.actor
    assert isinstance(admin, Person)
    seen = select(WorkItem).where(seen_by(HOST, admin))
    is_open = seen.where(WorkItem.state == "open")
    by_day, mine = (WorkItem.sorts_on, WorkItem.id), WorkItem.assignee_id == admin.staff_id
    for statement, index in (
        (is_open.order_by(*by_day).limit(51), "ix_work_items_open"),
        (is_open.where(mine).limit(100), "ix_work_items_assignee"),
        (
            seen.where(WorkItem.state == "done").order_by(WorkItem.done_at.desc(), WorkItem.id.desc()).limit(51),
            "ix_work_items_done",
        ),
    ):
        assert index in str(plan_of(clinic.database, clinic.organization_id, statement)), index


def test_what_is_done_for_long_goes_with_its_history_and_what_is_open_stays(clinic: Clinic) -> None:
    left_behind(clinic)
    (item,) = items(clinic.administrator)
    age = "UPDATE work_items SET raised_at = raised_at - interval '900 days' WHERE id = %s RETURNING 1"
    clinic.database.rows(age, UUID(item["id"]))
    purge = Purge("clinical", clinic.worker, (EXPIRED,))
    purge.all()
    assert len(items(clinic.administrator)) == 1
    change(clinic.administrator, item, {"state": "done"})
    old = f"UPDATE work_items SET done_at = now() - interval '{KEPT_DAYS + 1} days' WHERE id = %s RETURNING 1"
    clinic.database.rows(old, UUID(item["id"]))
    purge.all()
    lines = "SELECT count(*) FROM work_item_changes WHERE item_id = %s"
    assert items(clinic.administrator, state="done") == []
    assert clinic.database.rows(lines, UUID(item["id"])) == [(0,)]
    assert EXPIRED in load("clinical").expired


def test_drafts_of_somebody_who_lost_the_level_wait_until_somebody_takes_them_over(clinic: Clinic) -> None:
    boss, draft = clinic.administrator, clinic.note(clinic.book("2026-10-06T16:00")["id"])
    clinic.emit(changed(clinic, clinic.therapist, 2, "default"))
    (item,) = items(boss, kind="orphan_draft")
    assert item["subject"] == {"type": "note", "id": draft["id"]} and item["client_id"] == clinic.client_id
    narrowed = clinic.staff("administration", restricts_administration=True)
    assert items(narrowed) == [], "of cases that they work in alone"
    assert narrowed.get(f"{ITEMS}/{item['id']}").status_code == 404
    assert boss.post(f"/notes/{draft['id']}/take-over").status_code == 200
    assert items(boss) == []
    assert [done["id"] for done in items(boss, state="done")] == [item["id"]]


def test_a_draft_is_left_while_its_author_cannot_finish_it_and_no_longer(clinic: Clinic) -> None:
    boss = clinic.administrator
    clinic.note(clinic.book("2026-10-06T16:00")["id"])
    clinic.unassign(clinic.client_id, clinic.therapist, 2)
    (left,) = items(boss)
    clinic.assign(clinic.client_id, clinic.therapist, 3)
    assert items(boss) == []
    for version, levels, count in ((2, ("default",), 1), (3, ("therapist",), 0), (4, ("default",), 1)):
        clinic.emit(changed(clinic, clinic.therapist, version, *levels))
        assert [item["id"] for item in items(boss)] == [left["id"]] * count
