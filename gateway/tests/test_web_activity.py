"""The activity log in words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.route_table.api import ROUTE_TABLE
from gateway.web.activity.about import ONCE, SETTINGS, clients_in, ids_by_row, kind_of
from gateway.web.activity.views import NOBODY, SOMEBODY, action_names, entries_of, instants, together
from gateway.web.activity.words import ACTIONS, RULES
from services.identity.organization.schemas import OrganizationSchema

# What somebody does for themselves: the line's "Who" says it.
OWN = (
    "/me",
    "/sessions",
    "/passwords",
    "/email-changes",
    "/invitations/accept",
    "/organization/confirmation",
    "/tokens",
)
NOBODY_YET = {"access.preview", "invitation.lookup", "post_staff_table"}  # nobody, or many at once
NOW = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)


def item(**more: Any) -> dict[str, Any]:
    usual = {"at": "2026-11-27T14:05:00Z", "staff_id": "s1", "action": "note.read", "client_ids": [], "object_id": None}
    return {**usual, "outcome": "done", "rule": None, "network": None, **more}


def test_every_action_of_the_api_has_a_name() -> None:
    assert {row.audit for row in ROUTE_TABLE} <= action_names().keys()
    assert action_names()["post_session"] == "Sign in"


def test_a_line_names_who_what_whom_and_why_on_the_practices_clock() -> None:
    read = item(client_ids=["c1", "c2"], rule="assigned", network="10.0.0.0/24")
    (entry,) = entries_of([read], {"s1": "Maya Lind"}, {"c1": "Lena K. 1001"}, "America/New_York", NOW)
    assert entry.at == "Today, 9:05\u202fam"
    assert (entry.who, entry.about, entry.why, entry.network) == (
        "Maya Lind",
        [("Lena K. 1001", "/clients/c1")],
        "Assigned to the client",
        "10.0.0.0/24",
    )
    assert not entry.refused


def test_a_line_names_the_member_service_or_place_that_was_changed() -> None:
    things = {"s2": "Sam Tiller", "s1": "Maya Lind", "l1": "Mill Lane", "t1": "Psychotherapy 45"}
    items = [
        item(action="patch_member", object_id="s2"),
        item(action="patch_me", object_id="s1"),
        item(action="post_licence", object_id="s2"),
        item(action="post_location", object_id="l1"),
        item(action="post_rate", object_id="t1"),
        item(action="put_logo", object_id="some picture"),
        item(action="patch_organization", details={"fields": ["business_hours", "holidays", "npi"]}),
    ]
    lines = entries_of(items, {"s1": "Maya Lind"}, {}, "UTC", NOW, things)
    sam = ("Sam Tiller", "/settings/staff/s2")
    assert [line.about for line in lines] == [
        [sam],
        [],
        [sam],
        [("Mill Lane", "/settings/locations/l1")],
        [("Psychotherapy 45", "/settings/services/t1")],
        [("Logo", "/settings")],
        [("Opening hours", "/settings/hours"), ("Holidays", "/settings/hours"), ("Practice profile", "/settings")],
    ]
    assert ids_by_row(items)["GET /staff"] == {"s2"}


def test_everything_that_is_done_to_something_has_a_name_for_it() -> None:
    """By the client, by the id of a thing that can be looked up, or by what there is once in a practice."""
    nameless = {
        row.audit
        for row in ROUTE_TABLE
        if row.service == "identity"
        and ("{" in row.path or row.method != "GET")
        and kind_of(row) is None
        and row.audit not in ONCE
        and not row.path.startswith(OWN)
    }
    assert nameless == NOBODY_YET
    assert not ONCE.keys() - action_names().keys()
    assert SETTINGS.keys() <= OrganizationSchema().fields.keys()


def test_a_line_names_three_clients_and_says_how_many_more() -> None:
    read = item(client_ids=["c1", "c2", "c3", "c4", "c5"])
    (entry,) = entries_of([read], {}, {"c1": "Lena", "c3": "Bo", "c4": "Cy"}, "UTC", NOW)
    assert (entry.about, entry.more) == ([("Lena", "/clients/c1"), ("Bo", "/clients/c3")], 2)
    assert clients_in([read]) == ["c1", "c2", "c3"]


def test_words_are_for_actions_that_there_are() -> None:
    assert ACTIONS.keys() <= action_names().keys()
    assert "" not in {*ACTIONS.values(), *RULES.values()}


def test_events_and_people_who_left_have_words_too() -> None:
    system = item(staff_id=None, action="draft_invoice")
    left = item(staff_id="gone", outcome="denied")
    first, second = entries_of([system, left], {}, {}, "UTC", NOW)
    assert (first.who, first.what) == (NOBODY, "Draft invoice")
    assert (second.who, second.refused) == (SOMEBODY, True)


def test_days_are_whole_days_of_the_practice_also_when_a_clock_changes() -> None:
    assert instants("2026-11-01", "2026-11-01", "America/New_York") == (
        "2026-11-01T00:00:00-04:00",
        "2026-11-02T00:00:00-05:00",
    )
    assert instants("", "", "UTC") == (None, None)
    for no_day in ("yesterday", "20261101", "9999-12-31"):
        with pytest.raises(ValueError, match=no_day):
            instants("", no_day, "UTC")


def test_the_same_read_within_an_hour_is_one_line_and_a_change_never_is() -> None:
    reads = [
        item(at=f"2026-11-27T{at}:00Z", object_id="n1", client_ids=["c1"])
        for at in ("14:50", "14:20", "13:50", "13:40")
    ]
    other = item(at="2026-11-27T14:10:00Z", object_id="n2", client_ids=["c1"])
    changes = [item(at=f"2026-11-27T14:0{at}:00Z", action="patch_note", object_id="n1") for at in (5, 4)]
    found = together([reads[0], reads[1], other, *changes, reads[2], reads[3]])
    assert [(entry["at"][11:16], count) for entry, count in found] == [
        ("14:50", 3),
        ("14:10", 1),
        ("14:05", 1),
        ("14:04", 1),
        ("13:40", 1),
    ]
    refused = [item(outcome="denied"), item(outcome="denied")]
    assert [count for _, count in together(refused)] == [1, 1]
