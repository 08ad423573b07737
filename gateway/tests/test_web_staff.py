"""What the pages of staff show, without a browser."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from gateway.web import people, static_files, weekly_hours
from gateway.web.forms import Form
from gateway.web.open_work import NAMED, open_work
from gateway.web.staff import access_view, api_client_view, views
from shared import permissions
from shared.spreadsheets.spreadsheet import read_table

# Permissions that no area shows: everybody has the first, and pages check the others where they use them.
NO_AREA = {
    "jobs:cancel",  # one's own
    "jobs:read",
    *(
        permission
        for permission in permissions.DEFAULT
        if permission.split(":")[0] in ("self", "sessions", "passwords", "second_factors")
    ),
    "setup:read",
    "audit:export",
    "break_glass:read",
    "break_glass:open",
    "break_glass:review",
}
MEMBER = {"id": "01a21bc7-f66a-75ba-a4c9-eb3d06264ddb", "given_name": "Daniel", "family_name": "Reyes"}
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def previewed(levels=(), grants=(), **more):
    held = sorted(permissions.effective(levels, grants))
    return {"permissions": held, "gained": [], "lost": [], "client_scope": "all", "case_scope": "none", **more}


def test_every_permission_has_its_area():
    shown = frozenset().union(*(area.view | area.edit | area.delete for area in access_view.AREAS))
    assert shown == permissions.ALL - NO_AREA


def test_every_level_and_grant_has_its_words():
    assert list(access_view.LEVELS) == sorted(permissions.LEVELS, key=list(access_view.LEVELS).index)
    assert access_view.FLAGS.keys() == permissions.GRANTS.keys()
    for level, included in access_view.INCLUDED.items():
        for item in included:
            assert permissions.LEVELS[item] <= permissions.LEVELS[level]


@pytest.mark.parametrize(
    ("chosen", "mine", "ticked", "open_ones", "kept"),
    [
        (
            ["default"],
            ["organization_administration"],
            {"default"},
            {"therapist", "billing", "administration", "organization_administration"},
            {"default"},
        ),
        (
            ["administration", "therapist"],
            ["organization_administration"],
            {"default", "therapist", "billing", "administration"},
            {"administration", "organization_administration"},
            {"therapist"},
        ),
        (["therapist"], ["administration"], {"default", "therapist"}, {"therapist", "billing"}, set()),
    ],
)
def test_cards_that_are_included_or_not_mine_to_give_are_fixed(chosen, mine, ticked, open_ones, kept):
    boxes = access_view.level_boxes(chosen, mine, read_only=False)
    assert {box.slug for box in boxes if box.ticked} == ticked
    assert {box.slug for box in boxes if not box.fixed} == open_ones
    assert {box.slug for box in boxes if box.kept} == kept
    assert all(box.fixed for box in access_view.level_boxes(chosen, mine, read_only=True))


def test_what_a_level_comes_to_is_shown_by_area():
    rows = {row.name: row for row in access_view.area_rows(previewed(["billing"]), ["billing"])}
    ledgers = rows["Ledgers and invoices"]
    assert (ledgers.view, ledgers.edit, ledgers.delete, ledgers.scope) == ("yes", "yes", "yes", "All clients")
    assert (rows["Cases and notes"].view, rows["Cases and notes"].scope) == ("no", "No access")
    assert rows["Activity"].edit == ""
    assert rows["Staff"].scope == "What colleagues see"


def test_scopes_and_changes_are_the_apis():
    narrowed = previewed(["therapist"], client_scope="assigned", case_scope="assigned", lost=["ledger:read"])
    rows = {row.name: row for row in access_view.area_rows(narrowed, ["therapist"])}
    assert rows["Client details"].scope == "Assigned clients only"
    assert rows["Cases and notes"].scope == "Cases they work in or supervise"
    assert rows["Ledgers and invoices"].change == "less"


def test_flags_without_an_effect_are_not_shown_and_not_lost():
    boxes = access_view.flag_boxes(["refunds", "claims_submit"], ["refunds"], read_only=False)
    assert "claims_submit" not in {box.slug for box in boxes}
    assert access_view.kept_flags(["refunds", "claims_submit"]) == ["claims_submit"]
    assert next(box for box in boxes if box.slug == "refunds").note == "No effect without Billing."
    (narrow, *_) = access_view.flag_boxes(["assigned_only"], ["assigned_only"], read_only=False)
    assert narrow.note == access_view.narrows_nobody(["assigned_only"]) == access_view.NARROWS_NOBODY
    assert access_view.narrows_nobody(["refunds"]) == ""


def test_hours_go_to_the_form_and_back():
    hours = [
        {"weekday": "monday", "opens": "09:00", "closes": "12:00"},
        {"weekday": "monday", "opens": "13:00", "closes": "24:00"},
        {"weekday": "friday", "opens": "09:00", "closes": "12:00"},
    ]
    form = weekly_hours.form_of_hours(hours)
    assert form.text("monday.1.closes") == "00:00"
    assert weekly_hours.hours_of(form) == (hours, ["monday.0", "monday.1", "friday.0"])
    assert weekly_hours.spans_of(weekly_hours.form_of_hours([hours[0]] * 3)) == 3


def test_what_the_api_says_of_an_entry_stands_at_its_input():
    problem = {"errors": [{"field": "working_hours.1.closes", "detail": "Give a time after opens."}]}
    moved = weekly_hours.at_inputs(problem, "working_hours", ["monday.0", "friday.0"])
    assert moved["errors"][0]["field"] == "friday.0.closes"
    whole = {"errors": [{"field": "working_hours", "detail": "Two of these hours overlap."}]}
    shown = weekly_hours.at_inputs(whole, "working_hours", [])
    assert Form().refused(shown).errors == {"working_hours": "Two of these hours overlap."}
    item = views.in_one_input({"errors": [{"field": "credentials.0", "detail": "Too long."}]}, "credentials")
    assert item["errors"][0]["field"] == "credentials"


@pytest.mark.parametrize(
    ("facts", "chip"),
    [
        ({"active": False, "joined": True}, "Deactivated"),
        ({"active": True, "joined": True}, "Active"),
        ({"active": True, "joined": False}, "Invitation expired"),
        ({"active": True, "joined": False, "id": "invited"}, "Invited"),
    ],
)
def test_where_somebody_stands(facts, chip):
    assert views.state_chip({**MEMBER, **facts}, {"invited"})[0] == chip


@pytest.mark.parametrize(
    ("state", "levels", "words"),
    [
        ("none", ["therapist"], "No license"),
        ("none", ["billing"], ""),
        ("expires_soon", ["therapist"], "Expires Wed, Dec 30, 2026"),
        ("expired", ["therapist"], "Expired"),
    ],
)
def test_how_licences_stand(state, levels, words):
    member = {**MEMBER, "licence_state": state, "licence": {"expires_on": "2026-12-30"}, "levels": levels}
    assert views.licence_chip(member)[0] == words


def test_open_work_is_told_by_kind():
    none = {"count": 0, "items": []}
    starts = [f"2026-11-{day}T15:00:00Z" for day in (27, 28, 29, 30)]
    coming = [{"starts_at": start, "time_zone": "America/New_York"} for start in starts]
    work = {
        "clients": 2,
        "cases": 3,
        "appointments": {"count": 9, "items": coming},
        "drafts": none,
        "to_review": none,
        "plans_due": {"count": 1, "items": [{"due_on": "2026-11-20"}]},
        "supervised": {"count": 1, "items": [{"display_name": "Ada Intern"}]},
    }
    kinds = {kind.name: kind for kind in open_work(work, "America/New_York", NOW)}
    assert kinds["Clients"].count == 2 and kinds["Unsigned notes"].count == 0
    assert kinds["Coming appointments"].count == 9
    assert len(kinds["Coming appointments"].first) == NAMED
    assert kinds["Coming appointments"].first[0].startswith("Today, 10:00")
    assert kinds["Treatment plans to review"].first == ["Fri, Nov 20, 2026"]
    assert kinds["Staff whom they supervise"].first == ["Ada Intern"]


def test_every_permission_of_programs_has_its_words_and_only_ones_own_are_offered():
    known = {permission for area in api_client_view.AREAS.values() for permission in area}
    assert known == permissions.API_PERMISSIONS
    offered = api_client_view.areas(lambda permission: permission == "clients:read", ["notes:read"])
    assert [(area.name, [slug for slug, _, _ in area.boxes]) for area in offered] == [
        ("Clients", ["clients:read"]),
        ("Cases and notes", ["notes:read"]),
    ]
    assert api_client_view.in_words(["notes:read"]) == ["View notes"]


def test_a_last_day_is_the_practices_day():
    ends = api_client_view.end_of("2026-11-30", "America/New_York")
    assert ends == "2026-12-01T05:00:00Z"
    assert api_client_view.day_of(ends, "America/New_York") == "2026-11-30"
    assert api_client_view.end_of("soon", "America/New_York") is None
    assert api_client_view.usual_end(date(2026, 11, 27)) == "2027-05-26"


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({}, "Works"),
        ({"secret_works": False}, "Needs a new secret"),
        ({"expires_at": "2026-12-01T00:00:00Z"}, "Ends soon"),
        ({"expires_at": "2026-11-01T00:00:00Z"}, "Ended"),
        ({"revoked_at": "2026-11-01T00:00:00Z"}, "Revoked"),
    ],
)
def test_how_an_api_client_stands(facts, state):
    client = {
        "id": "1",
        "name": "Export",
        "permissions": ["invoices:read", "clients:read"],
        "expires_at": "2027-05-01T00:00:00Z",
        "revoked_at": None,
        "last_used_at": None,
        "secret_works": True,
    }
    row = api_client_view.row_of({**client, **facts}, "America/New_York", NOW)
    assert (row.state[0], row.areas, row.last_used) == (state, "Clients, Billing", "Never")


def test_the_history_of_permissions_is_told_in_words():
    words = {"therapist": "Therapist", "billing": "Billing", "refunds": "Give refunds"}

    def told(before, after, **facts):
        change = {
            "changed_at": "2026-11-27T11:00:00Z",
            "changed_by": "someone",
            "levels_before": before,
            "levels_after": after,
            "grants_before": [],
            "grants_after": [],
            "active_before": True,
            "active_after": True,
            "reason": None,
        }
        (shown,) = views.past_changes([{**change, **facts}], {"someone": "Maya Lindqvist"}, words, "UTC", NOW)
        return shown

    everybody = ["default"]
    assert told([], ["default", "therapist"], active_before=False).words == "Added. Given: Therapist"
    both = told(["default", "therapist"], ["billing", "default"], grants_after=["refunds"])
    assert both.words == "Given: Billing, Give refunds. Taken away: Therapist"
    left = told(everybody, everybody, active_after=False, reason="Moved.", changed_by=None)
    assert (left.words, left.reason, left.by) == ("Deactivated", "Moved.", "The sign-up")
    assert told(everybody, everybody, active_before=False, changed_by="gone").by == "A colleague"


def test_the_sample_files_say_the_same():
    folder = Path(static_files.__file__).parent / "static" / "samples"
    tables = [read_table((folder / name).read_bytes(), 200) for name in ("staff-sample.csv", "staff-sample.xlsx")]
    assert tables[0] == tables[1]
    assert {"staff-sample.csv", "staff-sample.xlsx"} <= static_files.static_files().keys()


def test_what_is_wrong_with_a_file_is_said_in_sentences():
    errors = [{"field": "given_name", "code": "missing", "detail": "There is no such column."}]
    assert views.file_problems({"errors": errors}) == ["The column “given name” is missing."]
    late = {"field": "licence.expires_on", "code": "invalid", "detail": "Enter a day."}
    assert views.cell_problem(late) == "License expires on: Enter a day."
    level = {"field": "levels.0", "code": "choice", "detail": "Must be one of: billing, organization_administration."}
    assert views.cell_problem(level) == "Levels: Must be one of: billing, organization administration."
    assert views.cell_problem({"field": "", "code": "x", "detail": "Not allowed."}) == "Not allowed."


SIGNS = {**MEMBER, "levels": ["default", "therapist"], "active": True, "supervisor_id": None}


@pytest.mark.parametrize(
    ("facts", "among"),
    [
        ({}, {"active", "succeeding", "supervising", "signing"}),
        ({"joined": False}, {"active", "succeeding", "supervising"}),
        ({"supervision_mode": "access_only"}, {"active", "succeeding", "supervising", "signing"}),
        ({"supervision_mode": "approve"}, {"active", "succeeding", "signing"}),
        ({"supervision_mode": "co_sign"}, {"active", "succeeding", "signing"}),
        ({"levels": ["default", "billing"]}, {"active"}),
    ],
)
def test_who_is_offered_for_what(facts, among):
    assert {which for which in people.WHICH if people.offered({**SIGNS, **facts}, which)} == among | {"all"}


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, ""),
        ({"supervision_mode": "approve", "supervises": 2}, "Supervised, and supervises"),
        ({"supervision_mode": "co_sign", "supervises": 0}, ""),
        ({"supervision_mode": "access_only", "supervises": 1}, ""),
        ({"supervisor_id": "middle", "supervision_mode": "access_only"}, "Is supervised"),
        ({"supervisor_id": "middle", "active": False}, ""),
        ({"supervisor_id": "top", "supervision_mode": "approve"}, ""),
    ],
)
def test_a_chain_of_supervisors_is_shown_to_be_mended(facts, words):
    assert views.to_mend({**SIGNS, **facts}, {"middle"}) == words
