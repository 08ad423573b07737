"""Who is assigned to whom: by hand, through a case, in any order."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.clients.assignments.commands import assign_staff, assign_through_case, hand_over, unassign_staff
from services.clients.assignments.models import Assignment
from services.clients.assignments.rules import NotAssigned
from services.clients.tests.conftest import Desk
from shared import clock
from shared.actor import Person, ServiceActor
from shared.contracts.identity import StaffChanged, WorkHandedOver
from shared.ids import new_id
from shared.messaging.handling import handle
from shared.testing.databases import load
from shared.testing.events import envelope_of
from shared.testing.waiting import wait_until
from shared.testing.web import ServiceClient


def told(desk: Desk, client_id: str) -> list[tuple[str, int, str | None]]:
    """The assignments that others were told of: kind, version, through which case."""
    return desk.database.rows(
        "SELECT split_part(type, '.', 2), aggregate_version, data ->> 'through_case_id' FROM outbox"
        f" WHERE aggregate_id = '{client_id}' AND type LIKE '%assigned%' ORDER BY id"
    )


def join_case(desk: Desk, client_id: str, staff_id: UUID, case_id: UUID, at: datetime | None = None) -> None:
    """What the event of joining a case does."""
    actor = ServiceActor(desk.organization_id)
    desk.worker.run(
        lambda session: assign_through_case(session, actor, UUID(client_id), staff_id, case_id, at or clock.now()),
        desk.organization_id,
    )


def staff_of(desk: Desk, client_id: str) -> set[str]:
    return {member["staff_id"] for member in desk.desk.get(f"/clients/{client_id}/staff").json["items"]}


def test_assigning_needs_the_permission_and_somebody_active(desk: Desk) -> None:
    client = desk.add()
    therapist, gone = desk.staff("therapist"), desk.staff("therapist", active=False)
    path = f"/clients/{client['id']}/staff"
    assert desk.desk.put(f"{path}/{therapist.staff_id}").status_code == 403
    granted = desk.staff("default", grants=("staff_assign",))
    assert granted.put(f"{path}/{therapist.staff_id}").status_code == 200
    assert desk.administrator.put(f"{path}/{therapist.staff_id}").status_code == 200, "again is no harm"
    assert desk.administrator.put(f"{path}/{gone.staff_id}").json["code"] == "staff_not_active"
    assert desk.administrator.put(f"{path}/{new_id()}").status_code == 404
    assert desk.administrator.delete(f"{path}/{therapist.staff_id}").json["assigned"] is False
    assert desk.administrator.delete(f"{path}/{therapist.staff_id}").status_code == 404
    history = desk.database.rows(
        f"SELECT change, by_staff_id FROM assignment_changes WHERE client_id = '{client['id']}' ORDER BY at"
    )
    assert history == [("assigned", granted.staff_id), ("unassigned", desk.administrator.staff_id)]


@pytest.mark.abuse("A-ROLE-restricted-administration")
def test_administration_with_its_own_cases_only_assigns_others_and_not_itself(desk: Desk) -> None:
    client, therapist = desk.add(), desk.staff("therapist")
    restricted = desk.staff("administration", restricts_administration=True)
    refused = restricted.put(f"/clients/{client['id']}/staff/{restricted.staff_id}")
    assert (refused.status_code, refused.json["code"]) == (403, "own_cases_only")
    assert told(desk, client["id"]) == []
    assert restricted.put(f"/clients/{client['id']}/staff/{therapist.staff_id}").status_code == 200
    free = desk.staff("administration")
    assert free.put(f"/clients/{client['id']}/staff/{free.staff_id}").status_code == 200


@pytest.mark.abuse("A-ROLE-second-self")
def test_administration_with_its_own_cases_only_assigns_nobody_whom_it_brought_in(desk: Desk) -> None:
    """It may have invited itself under another address. Organization Administration assigns them."""
    client = desk.add()["id"]
    restricted = desk.staff("administration", restricts_administration=True)
    colleague = desk.staff("administration")
    theirs = desk.staff("therapist", brought_in_by=(colleague.staff_id, restricted.staff_id))
    refused = restricted.put(f"/clients/{client}/staff/{theirs.staff_id}")
    assert (refused.status_code, refused.json["code"]) == (403, "own_cases_only")
    assert told(desk, client) == []
    other = desk.staff("therapist", brought_in_by=(colleague.staff_id,))
    assert restricted.put(f"/clients/{client}/staff/{other.staff_id}").status_code == 200
    assert (
        desk.staff("organization_administration").put(f"/clients/{client}/staff/{theirs.staff_id}").status_code == 200
    )


def test_assigning_to_a_client_is_told_for_all_cases_and_remembered(desk: Desk) -> None:
    """Story 10 as far as clients goes: that it reaches the cases is clinical's half."""
    client, therapist = desk.add()["id"], desk.staff("therapist")
    response = desk.administrator.put(f"/clients/{client}/staff/{therapist.staff_id}")
    assert response.json["assigned"] is True
    assert staff_of(desk, client) == {str(therapist.staff_id)}
    assert told(desk, client) == [("staff_assigned", 1, None)]
    ((by, at),) = desk.database.rows(
        f"SELECT by_staff_id, at FROM assignment_changes WHERE client_id = '{client}' AND change = 'assigned'"
    )
    assert by == desk.administrator.staff_id
    assert response.json["since"] == at.isoformat().replace("+00:00", "Z")


def test_joining_a_case_assigns_to_the_client_and_to_no_other_case(desk: Desk) -> None:
    """Story 11; an assignment by hand afterwards means every case, so it is told again."""
    client, therapist, case_id = desk.add()["id"], desk.staff("therapist"), new_id()
    join_case(desk, client, therapist.staff_id, case_id)
    join_case(desk, client, therapist.staff_id, new_id())
    assert staff_of(desk, client) == {str(therapist.staff_id)}
    assert told(desk, client) == [("staff_assigned", 1, str(case_id))]
    audited = desk.database.rows(f"SELECT action, actor_id FROM audit_entries WHERE object_id = '{therapist.staff_id}'")
    assert audited == [("assign_through_case", None)]
    for _ in range(2):
        assert desk.administrator.put(f"/clients/{client}/staff/{therapist.staff_id}").status_code == 200
    assert told(desk, client)[1:] == [("staff_assigned", 2, None)]


def test_a_joining_that_comes_late_does_not_undo_the_unassignment_after_it(desk: Desk) -> None:
    client, therapist = desk.add()["id"], desk.staff("therapist")
    path = f"/clients/{client}/staff/{therapist.staff_id}"
    desk.administrator.put(path)
    joined_at = clock.now()
    desk.administrator.delete(path)
    join_case(desk, client, therapist.staff_id, new_id(), joined_at)
    assert staff_of(desk, client) == set()
    join_case(desk, client, therapist.staff_id, new_id())
    assert staff_of(desk, client) == {str(therapist.staff_id)}, "but a later one counts"


def test_a_therapist_who_sees_assigned_only_is_assigned_to_whom_they_add_without_waiting_for_the_bus(
    desk: Desk,
) -> None:
    unheard_of = desk.web.as_actor("therapist", organization_id=desk.organization_id, grants=["assigned_only"])
    body = {"given_name": "Ada", "family_name": "Byron", "date_of_birth": "1990-01-02"}
    added = unheard_of.post("/clients", body)
    assert added.status_code == 201
    assert unheard_of.get(f"/clients/{added.json['id']}").status_code == 200
    assert told(desk, added.json["id"]) == [("staff_assigned", 1, None)]


@pytest.fixture
def therapist(desk: Desk) -> ServiceClient:
    return desk.staff("therapist")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.sampled_from(["assign", "unassign", "join", "deliver"]), max_size=8),
    seed=st.integers(0, 1_000),
)
def test_any_interleaving_ends_in_the_state_of_the_highest_version(
    desk: Desk, therapist: ServiceClient, steps: list[str], seed: int
) -> None:
    """Assigning, unassigning, joining cases, and events of joining that come late, repeated and out of order.

    Not covered: clocks of two services that disagree by more than the time between joining and unassignment.
    """
    chance = random.Random(seed)
    actor = Person(desk.organization_id, desk.administrator.staff_id, frozenset({"administration"}))
    service = ServiceActor(desk.organization_id)
    client_id, staff_id = UUID(desk.add()["id"]), therapist.staff_id
    joined: list[tuple[UUID, datetime]] = []
    assigned, left_at = False, None

    def deliver(session: Any, case_id: UUID, joined_at: datetime) -> bool:
        assign_through_case(session, service, client_id, staff_id, case_id, joined_at)
        return assigned or left_at is None or joined_at > left_at

    for step in [*steps, *["deliver"] * 2]:
        if step == "assign":
            desk.worker.run(lambda s: assign_staff(s, actor, client_id, staff_id, "active"), desk.organization_id)
            assigned = True
        elif step == "unassign" and not assigned:
            with pytest.raises(NotAssigned):
                desk.worker.run(lambda s: unassign_staff(s, actor, client_id, staff_id), desk.organization_id)
        elif step == "unassign":
            row = desk.worker.run(lambda s: unassign_staff(s, actor, client_id, staff_id).since, desk.organization_id)
            assigned, left_at = False, row
        elif step == "join":
            joined.append((new_id(), clock.now()))
        elif joined:
            member = chance.choice(joined)
            assigned = desk.worker.run(lambda s, o=member: deliver(s, *o), desk.organization_id)

    def stored(session: Any) -> tuple[bool, int]:
        row = session.get(Assignment, (desk.organization_id, client_id, staff_id))
        return (row.active, row.version) if row else (False, 0)

    active, version = desk.worker.run(stored, desk.organization_id)
    assert active == assigned
    events = told(desk, str(client_id))
    assert [number for _, number, _ in events] == list(range(1, version + 1)), "each change is told once"
    kept = (0, False)  # what a consumer ends with that keeps the highest version it saw
    for kind, number, _ in chance.sample(events * 2, k=len(events) * 2):
        kept = max(kept, (number, kind == "staff_assigned"))
    assert kept == (version, active)


def take_over(desk: Desk, leaving: ServiceClient, successor: ServiceClient) -> None:
    """What the event of handing over does."""
    actor, by = ServiceActor(desk.organization_id), desk.administrator.staff_id
    desk.worker.run(
        lambda session: hand_over(session, actor, leaving.staff_id, successor.staff_id, by), desk.organization_id
    )


def test_the_clients_of_somebody_who_left_are_the_successors(desk: Desk) -> None:
    leaving, successor = desk.staff("therapist"), desk.staff("therapist")
    own, shared_one, through, ended = (desk.add()["id"] for _ in range(4))
    for client_id in (own, shared_one, ended):
        desk.administrator.put(f"/clients/{client_id}/staff/{leaving.staff_id}")
    desk.administrator.put(f"/clients/{shared_one}/staff/{successor.staff_id}")
    desk.administrator.delete(f"/clients/{ended}/staff/{leaving.staff_id}")
    join_case(desk, through, leaving.staff_id, new_id())
    take_over(desk, leaving, successor)
    assert staff_of(desk, own) == staff_of(desk, shared_one) == {str(successor.staff_id)}
    assert staff_of(desk, through) == staff_of(desk, ended) == set(), "clinical puts the successor on that case"
    assert told(desk, own) == [("staff_assigned", 1, None), ("staff_assigned", 1, None), ("staff_unassigned", 2, None)]
    history = desk.database.rows(
        "SELECT staff_id, change, by_staff_id FROM assignment_changes WHERE client_id = %s ORDER BY at OFFSET 1", own
    )
    by = desk.administrator.staff_id
    assert history == [(successor.staff_id, "assigned", by), (leaving.staff_id, "unassigned", by)]
    before = desk.database.rows("SELECT count(*) FROM outbox")
    take_over(desk, leaving, successor)
    assert desk.database.rows("SELECT count(*) FROM outbox") == before, "again is no harm"


def test_what_came_through_a_case_becomes_the_successors_own_when_they_get_the_client(desk: Desk) -> None:
    leaving, successor = desk.staff("therapist"), desk.staff("therapist")
    client_id = desk.add()["id"]
    desk.administrator.put(f"/clients/{client_id}/staff/{leaving.staff_id}")
    case_id = new_id()
    join_case(desk, client_id, successor.staff_id, case_id)
    take_over(desk, leaving, successor)
    assert [line for line in told(desk, client_id) if line[0] == "staff_assigned"] == [
        ("staff_assigned", 1, None),
        ("staff_assigned", 1, str(case_id)),
        ("staff_assigned", 2, None),
    ]


@pytest.mark.abuse("A-ROLE-assigned-while-leaving")
@pytest.mark.parametrize("first", ["assigning", "leaving"])
def test_who_leaves_while_they_are_assigned_keeps_no_client(desk: Desk, first: str) -> None:
    """Either the assignment comes first and is handed over with the rest, or it is refused."""
    leaving, successor, client_id = desk.staff("therapist"), desk.staff("therapist"), desk.add()["id"]
    here, gone, by = desk.organization_id, leaving.staff_id, desk.administrator.staff_id
    events = (
        StaffChanged(here, gone, 2, "Somebody", active=False),
        WorkHandedOver(here, gone, 2, successor.staff_id, handed_over_by=by),
    )
    actor = desk.administrator.actor
    assert isinstance(actor, Person)
    waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with ThreadPoolExecutor(1) as pool:
        if first == "assigning":
            with desk.worker.transaction(here) as session:
                assign_staff(session, actor, UUID(client_id), gone, "active")
                applied = pool.submit(desk.emit, *events)
                wait_until(lambda: applied.done() or desk.database.rows(waiting), what="the events wait")
            applied.result()
            assert staff_of(desk, client_id) == {str(successor.staff_id)}
        else:
            with desk.worker.transaction(here) as session:
                handle("clients", session, load("clients").handlers, [(each, envelope_of(each)) for each in events])
                put = pool.submit(desk.administrator.put, f"/clients/{client_id}/staff/{gone}")
                wait_until(lambda: put.done() or desk.database.rows(waiting), what="the request waits")
            assert put.result().json["code"] == "staff_not_active"
            assert staff_of(desk, client_id) == set()


def pages(asker: ServiceClient, path: str) -> list[dict[str, Any]]:
    """Every item of a history, two at a time."""
    items, place = [], {}
    while True:
        page = asker.get(path, limit=2, **place).json
        items += page["items"]
        if page["next_cursor"] is None:
            return items
        place = {"cursor": page["next_cursor"]}


def test_the_history_says_who_assigned_whom_when_and_through_which_case(desk: Desk) -> None:
    client, first, other, case_id = desk.add()["id"], desk.staff("therapist"), desk.staff("therapist"), new_id()
    path, by = f"/clients/{client}/staff", str(desk.administrator.staff_id)
    join_case(desk, client, other.staff_id, case_id)
    since = desk.administrator.put(f"{path}/{first.staff_id}").json["since"]
    desk.administrator.delete(f"{path}/{other.staff_id}")
    desk.administrator.put(f"{path}/{other.staff_id}")
    history = pages(first, f"{path}/history")
    published = [(item["staff_id"], item["change"], item["by"], item["through_case_id"]) for item in history]
    assert published == [
        (str(other.staff_id), "assigned", by, None),
        (str(other.staff_id), "unassigned", by, None),
        (str(first.staff_id), "assigned", by, None),
        (str(other.staff_id), "assigned", None, str(case_id)),
    ]
    assert history[2]["at"] == since
    assert {item["through_case_id"] for item in pages(desk.desk, f"{path}/history")} == {None}, "no word of a case"


def test_a_history_is_for_those_who_may_know_of_the_client(desk: Desk) -> None:
    path = f"/clients/{desk.add()['id']}/staff/history"
    narrowed = desk.staff("therapist", grants=("assigned_only",))
    assert narrowed.get(path).status_code == 404
    assert desk.web.as_actor("administration").get(path).status_code == 404, "of another practice"
    assert desk.desk.get(path).json == {"items": [], "next_cursor": None}
