"""The practice's decisions: security settings, their history, hours, policies, rooms."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.locations.rules import merged_rooms
from services.identity.organization.rules import overlapping
from shared.errors import Invalid
from shared.ids import new_id

HOURS = [
    {"weekday": "monday", "opens": "08:30", "closes": "12:00"},
    {"weekday": "monday", "opens": "13:00", "closes": "24:00"},
]
POLICY = {
    "effective_from": "2026-01-01",
    "notice_hours": 24,
    "late_cancel_fee_cents": 7500,
    "no_show_fee_cents": 15000,
    "text": "Cancel a day ahead.",
}
SECURITY: dict[str, Any] = {
    "requires_second_factor": True,
    "idle_minutes": 20,
    "restricts_administration": True,
    "break_glass_enabled": True,
    "break_glass_minutes": 240,
    "author_access_days": 3_650,
}


def administrator(practice):
    return practice.member("administration").web


@pytest.mark.parametrize("setting", SECURITY)
def test_what_keeps_records_safe_is_organization_administrations_to_change(practice, setting):
    manager = administrator(practice)
    refused = manager.patch("/organization", {setting: SECURITY[setting], "name": "Other"})
    assert (refused.status_code, refused.json["code"]) == (403, "security_settings")
    assert practice.owner.web.get("/organization").json["version"] == 1
    assert practice.owner.web.patch("/organization", {setting: SECURITY[setting]}).json[setting] == SECURITY[setting]


def test_every_setting_has_its_history(practice):
    web, manager = practice.owner.web, administrator(practice)
    web.patch("/organization", {"session_minutes": 50, "break_glass_enabled": True})
    manager.patch("/organization", {"session_minutes": 45})
    first, second = manager.get("/organization/history").json["items"]
    assert first["changes"] == {"session_minutes": [50, 45]}
    assert second["changes"] == {"session_minutes": [60, 50], "break_glass_enabled": [False, True]}
    assert (first["version"], second["version"], second["changed_by"]) == (3, 2, str(practice.owner.id))
    for level in ("default", "billing", "therapist"):
        web = practice.public.as_actor(level, organization_id=practice.id)
        assert web.get("/organization/history").status_code == 403


def test_what_changes_nothing_leaves_version_and_history_alone(practice):
    web = practice.owner.web
    assert web.patch("/organization", {"session_minutes": 60, "holidays": []}).json["version"] == 1
    assert web.get("/organization/history").json["items"] == []


def test_hours_and_holidays(practice):
    web = practice.owner.web
    holidays = [{"on": "2026-12-25", "name": "Christmas"}, {"on": "2026-11-26", "name": "Thanksgiving"}]
    set_ = web.patch("/organization", {"business_hours": HOURS, "holidays": holidays})
    assert set_.status_code == 200, set_.text
    shown = practice.public.as_actor("default", organization_id=practice.id).get("/organization").json
    assert shown["business_hours"] == HOURS
    assert [day["on"] for day in shown["holidays"]] == ["2026-11-26", "2026-12-25"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"business_hours": [{"weekday": "monday", "opens": "09:00", "closes": "09:00"}]},
        {"business_hours": [{"weekday": "monday", "opens": "9:00", "closes": "17:00"}]},
        {"business_hours": [{"weekday": "moonday", "opens": "09:00", "closes": "17:00"}]},
        {"business_hours": [{"weekday": "monday", "opens": "24:00", "closes": "24:00"}]},
        {"business_hours": [*HOURS, {"weekday": "monday", "opens": "11:59", "closes": "12:30"}]},
        {"holidays": [{"on": "2026-12-25", "name": "a"}, {"on": "2026-12-25", "name": "b"}]},
        {"holidays": [{"on": "25.12.2026", "name": "a"}]},
        {"break_glass_minutes": 241},
        {"break_glass_minutes": 14},
        {"author_access_days": 3_651},
        {"session_minutes": "60"},
        {"session_minutes": 0},
        {"write_off_limit_cents": -1},
        {"plan_review_days": 6},
        {"email": "nobody"},
        {"restricts_administration": "yes"},
    ],
)
def test_settings_that_make_no_sense(practice, wrong):
    assert practice.owner.web.patch("/organization", wrong).status_code == 422
    assert practice.owner.web.get("/organization").json["version"] == 1


def test_the_others_hear_what_the_practice_decided(practice, database):
    decided = {"break_glass_enabled": True, "write_off_limit_cents": 10_000, "restricts_administration": True}
    practice.owner.web.patch("/organization", decided)
    ((published,),) = database.rows(
        "SELECT data FROM outbox WHERE organization_id = %s AND type LIKE %s AND aggregate_version = 2",
        practice.id,
        "identity.organization%",
    )
    assert {name: published[name] for name in decided} == decided


def test_a_restricted_administrator_signs_in_restricted_and_grants_stay_as_given(practice):
    manager = practice.member("administration", grants=["double_book"])
    token = practice.sign_in(manager).json["access_token"]
    assert practice.resolve(token).json["grants"] == ["double_book"]
    practice.owner.web.patch("/organization", {"restricts_administration": True})
    assert set(practice.resolve(token).json["grants"]) == {"double_book", "cases_assigned"}
    assert practice.owner.web.get(manager.path).json["grants"] == ["double_book"]
    assert practice.owner.web.patch(manager.path, {"grants": ["cases_assigned"]}).status_code == 422
    practice.owner.web.patch("/organization", {"restricts_administration": False})
    assert practice.resolve(token).json["grants"] == ["double_book"]


def test_policies_come_in_versions(practice):
    web = practice.owner.web
    assert [web.post("/cancellation-policies", POLICY).json["version"] for _ in range(2)] == [1, 2]
    early = web.post("/cancellation-policies", {**POLICY, "effective_from": "2025-12-31"})
    assert (early.status_code, early.json["code"]) == (409, "effective_too_early")
    colleague = practice.public.as_actor("therapist", organization_id=practice.id)
    assert [policy["version"] for policy in colleague.get("/cancellation-policies").json["items"]] == [2, 1]
    assert colleague.post("/cancellation-policies", POLICY).status_code == 403


def test_policies_are_their_organizations_alone(practice, new_practice):
    practice.owner.web.post("/cancellation-policies", POLICY)
    assert new_practice().owner.web.get("/cancellation-policies").json["items"] == []


@pytest.mark.parametrize(
    "wrong", [{"notice_hours": -1}, {"no_show_fee_cents": 1.5}, {"text": " "}, {"effective_from": "soon"}]
)
def test_policies_that_make_no_sense(practice, wrong):
    assert practice.owner.web.post("/cancellation-policies", {**POLICY, **wrong}).status_code == 422
    assert practice.owner.web.get("/cancellation-policies").json["items"] == []


def test_rooms_are_kept_closed_when_they_are_left_out(practice):
    web = practice.owner.web
    location = web.post("/locations", {"name": "Downtown", "rooms": [{"name": "Blue", "capacity": 8}, {"name": "Red"}]})
    path, (blue, red) = f"/locations/{location.json['id']}", location.json["rooms"]
    changed = web.patch(path, {"rooms": [{**blue, "name": "Azure"}, {"name": "Green"}]}).json["rooms"]
    assert [(room["name"], room["active"]) for room in changed] == [("Azure", True), ("Green", True), ("Red", False)]
    assert changed[0]["id"] == blue["id"] and changed[2]["id"] == red["id"]
    stranger = {**blue, "id": str(new_id())}
    assert web.patch(path, {"rooms": [stranger]}).json["errors"][0]["field"] == "rooms.0.id"
    assert web.patch(path, {"rooms": [blue, blue]}).status_code == 422
    same_name = web.patch(path, {"rooms": [{"name": "Tan"}, {"name": "Grey"}, {"name": "Tan"}]})
    assert [error["field"] for error in same_name.json["errors"]] == ["rooms.2.name"]
    assert web.patch(path, {"place_of_service": "77"}).status_code == 422
    assert web.get(path).json["rooms"] == changed
    web.post("/locations", {"name": "Uptown"})
    assert [found["name"] for found in web.get("/locations", ids=location.json["id"]).json["items"]] == ["Downtown"]
    assert web.get("/locations", ids="x").status_code == 422


ROOMS = st.lists(st.fixed_dictionaries({"name": st.sampled_from("abcdef"), "capacity": st.none()}), max_size=6)


@given(ROOMS, ROOMS, st.lists(st.booleans(), min_size=6, max_size=6))
def test_no_room_is_ever_lost(first, more, kept):
    organization_id = new_id()

    def put(present, given_rooms):
        try:
            return merged_rooms(organization_id, present, given_rooms)
        except Invalid:
            return present

    before = put([], [{**room, "id": None, "active": True} for room in first])
    given_rooms = [room for room, keep in zip(before, kept, strict=False) if keep]
    after = put(before, given_rooms + [{**room, "id": None, "active": True} for room in more])
    assert {room["id"] for room in before} <= {room["id"] for room in after}
    assert len({room["id"] for room in after}) == len(after)


CLOCK = st.integers(0, 24 * 60 - 1).map(lambda minute: f"{minute // 60:02d}:{minute % 60:02d}")
SPAN = st.tuples(CLOCK, CLOCK).filter(lambda pair: pair[0] < pair[1])


@given(st.lists(st.tuples(st.sampled_from(["monday", "sunday"]), SPAN), max_size=6))
def test_overlap_is_a_shared_minute(spans):
    hours = [{"weekday": day, "opens": opens, "closes": closes} for day, (opens, closes) in spans]
    shared = any(
        span[0] == other[0] and max(span[1][0], other[1][0]) < min(span[1][1], other[1][1])
        for position, span in enumerate(spans)
        for other in spans[position + 1 :]
    )
    assert overlapping(hours) == shared
