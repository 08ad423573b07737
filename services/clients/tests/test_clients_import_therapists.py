"""A column of a file says who a client is assigned to: by name or by e-mail, as far as the importer may assign."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from services.clients.client_import.therapists import ways_to_read
from services.clients.client_import.undo import UNDO
from services.clients.tests.conftest import Desk
from services.clients.tests.jobs import run_all
from services.clients.tests.test_clients_import import imported, read, rows_of, upload
from services.clients.tests.test_clients_import_undone import begun, few_rows, run_undo, told  # noqa: F401 - autouse
from shared.contracts.identity import StaffChanged
from shared.ids import new_id_of
from shared.testing.web import ServiceClient
from shared.texts import comparable_email, email_hash

HEAD = "First Name,Last Name,Date of Birth,Status,Primary Clinician\n"


def hire(desk: Desk, name: str, email: str = "", *, active: bool = True, **facts: Any) -> str:
    staff_id = new_id_of(desk.organization_id)
    known_by = email_hash(desk.organization_id, comparable_email(email)) if email else None
    desk.emit(StaffChanged(desk.organization_id, staff_id, 1, name, active, email_hash=known_by, **facts))
    return str(staff_id)


def table(*therapists: str) -> str:
    return HEAD + "".join(
        f'P{number},Quint,19{60 + number}-01-01,,"{name}"\n' for number, name in enumerate(therapists, 1)
    )


def problems(rows: list[dict[str, Any]]) -> dict[str, str | None]:
    return {row["values"].get("therapist", ""): row["errors"][0]["code"] if row["errors"] else None for row in rows}


def team_of(desk: Desk, client_id: str) -> list[str]:
    return [member["staff_id"] for member in desk.administrator.get(f"/clients/{client_id}/staff").json["items"]]


def test_names_and_addresses_find_active_staff_and_the_row_says_why_somebody_is_not_assigned(desk: Desk) -> None:
    muller = hire(desk, "Zoë Müller", "Zoe@Practice.example.org")
    for name in ("Sam Twin", "Sam Twin"):
        hire(desk, name)
    gone, back = hire(desk, "Lea Gone", "lea@practice.example.org", active=False), hire(desk, "Lea Gone")
    hire(desk, "Old Leaver", active=False)
    found = ("Zoe Mueller", "müller, zoë", "Dr. Zoë Müller, LCSW", "zoe@practice.example.org")
    lost = {"Nobody Here": "staff_unknown", "Sam Twin": "staff_ambiguous", "Old Leaver": "staff_not_active"}
    lost |= {"lea@practice.example.org": "staff_not_active", "x@example.org": "staff_unknown"}
    checked = imported(desk, table(*found, *lost, "Lea Gone", ""))
    assert (checked["ignored_columns"], checked["counts"]["created"]) == ([], 6)
    assert checked["counts"]["created_with_problem"] == 5
    assert problems(rows_of(desk, checked, result="would_create_with_problem")) == lost
    meant = {row["values"].get("therapist"): row["staff_id"] for row in rows_of(desk, checked, result="would_create")}
    assert meant == {**dict.fromkeys(found, muller), "Lea Gone": back, None: None} and gone != back
    assert told(desk, "staff_assigned") == [], "nothing is saved yet"

    desk.administrator.post(f"/client-imports/{checked['id']}/commit")
    run_all(desk)
    ended = read(desk, checked)
    assert (ended["counts"]["created"], ended["counts"]["created_with_problem"]) == (6, 5)
    added = rows_of(desk, ended, result="created")
    assert [team_of(desk, row["client_id"]) for row in added] == [[muller]] * 4 + [[back], []]
    in_part = rows_of(desk, ended, result="created_with_problem")
    assert problems(in_part) == lost and [team_of(desk, row["client_id"]) for row in in_part] == [[]] * 5
    assert all(row["errors"][0]["field"] == "therapist" and row["errors"][0]["detail"] for row in in_part)
    assert len(told(desk, "staff_assigned")) == 5
    audited = desk.database.rows(
        "SELECT object_id::text, rule FROM audit_entries WHERE organization_id = %s AND action = 'put_client_staff'"
        " AND details ? 'job_id'",
        desk.organization_id,
    )
    assert sorted(audited) == sorted([(muller, "level")] * 4 + [(back, "level")])
    in_file = desk.administrator.get(f"/client-imports/{ended['id']}/errors.csv").text
    assert (in_file.count("Quint"), in_file.count("created_with_problem")) == (5, 5)


def test_who_left_between_check_and_import_is_assigned_to_nobody_and_an_archived_client_keeps_theirs(
    desk: Desk,
) -> None:
    staff_id = UUID(hire(desk, "Ida Leaving"))
    stays = hire(desk, "Oda Staying")
    file = table("Ida Leaving") + "Bo,Rask,1970-01-01,discharged,Oda Staying\n"
    checked = imported(desk, file)
    assert checked["counts"]["created"] == 2
    desk.emit(StaffChanged(desk.organization_id, staff_id, 2, "Ida Leaving", active=False))
    desk.administrator.post(f"/client-imports/{checked['id']}/commit")
    run_all(desk)
    first, second = rows_of(desk, checked)
    assert (first["result"], first["staff_id"], first["errors"][0]["code"]) == (
        "created_with_problem",
        None,
        "staff_not_active",
    )
    assert (second["result"], second["staff_id"], team_of(desk, second["client_id"])) == ("created", stays, [stays])
    assert desk.desk.get(f"/clients/{second['client_id']}").json["status"] == "archived"


@pytest.mark.abuse("A-IMPORT-assigns")
def test_the_column_acts_only_for_who_may_assign_that_member_by_hand(desk: Desk) -> None:
    hire(desk, "Zoë Müller")
    program = desk.web.as_program("client_imports:manage", "clients:read", organization_id=desk.organization_id)
    begun_by_program = upload(program, table("Zoë Müller"), dry_run="false")
    run_all(desk)
    assert begun_by_program["ignored_columns"] == [{"column": "Primary Clinician", "reason": "not_allowed"}]
    chosen = program.upload(
        "POST", "/client-imports", table("x").encode(), {"mapping": '{"Primary Clinician": "therapist"}'}
    )
    assert chosen.json["ignored_columns"] == [{"column": "Primary Clinician", "reason": "not_allowed"}]
    (row,) = rows_of(desk, begun_by_program)
    assert (row["result"], row["staff_id"], row["errors"]) == ("created", None, [])
    run_all(desk)

    own = UUID(hire(desk, "Narrow Manager"))
    brought = hire(desk, "Second Self", brought_in_by=(own,))
    narrow: ServiceClient = desk.web.as_actor(
        "administration", organization_id=desk.organization_id, staff_id=own, restricts_administration=True
    )
    theirs = upload(narrow, table("Narrow Manager", "Second Self").replace(",196", ",195"), dry_run="false")
    run_all(desk)
    rows = rows_of(desk, theirs)
    assert [(row["result"], row["errors"][0]["code"]) for row in rows] == [
        ("created_with_problem", "own_cases_only")
    ] * 2
    assert told(desk, "staff_assigned") == [] and brought
    denied = desk.database.rows(
        "SELECT DISTINCT object_id::text, rule, details->>'row' FROM audit_entries WHERE actor_id = %s"
        " AND outcome = 'denied' AND action = 'put_client_staff' ORDER BY 3",
        own,
    )
    assert denied == [(str(own), "own_cases_only", "2"), (brought, "own_cases_only", "3")]


def test_undoing_takes_the_assignment_back_and_one_by_hand_keeps_the_client(desk: Desk) -> None:
    zoe, other = hire(desk, "Zoë Müller"), hire(desk, "Sam Second")
    done = imported(desk, table(*["Zoë Müller"] * 3, "Nobody Here"), dry_run="false")
    ids = {row["values"]["given_name"]: row["client_id"] for row in rows_of(desk, done)}
    assert desk.administrator.put(f"/clients/{ids['P2']}/staff/{other}").status_code == 200
    for change in (desk.administrator.delete, desk.administrator.put):
        assert change(f"/clients/{ids['P3']}/staff/{zoe}").status_code in (200, 204)
    begun(desk, done)
    run_undo(desk)
    counts = read(desk, done)["counts"]
    assert (counts["removed"], counts["kept"], counts["created_with_problem"]) == (2, 2, 0)
    assert {row["values"]["given_name"]: row["errors"][0]["code"] for row in rows_of(desk, done, result="kept")} == {
        "P2": "changed_since",
        "P3": "changed_since",
    }
    assert set(team_of(desk, ids["P2"])) == {zoe, other}
    taken = [event for event in told(desk, "staff_unassigned") if event["client_id"] == ids["P1"]]
    assert [(event["staff_id"], event["assignment_version"]) for event in taken] == [(zoe, 2)]
    history = desk.database.rows(
        "SELECT change FROM assignment_changes WHERE client_id = %s ORDER BY version", UUID(ids["P1"])
    )
    assert [row[0] for row in history] == ["assigned", "unassigned"]
    assert desk.database.rows("SELECT 1 FROM assignments WHERE client_id = %s", UUID(ids["P1"])) == []
    assert UNDO.needs == "client_imports:manage"


def test_a_decision_and_another_mapping_settle_the_therapist_anew(desk: Desk) -> None:
    desk.add("Robert", "Quint", "1961-01-01", phone="+12125550199")
    zoe = hire(desk, "Zoë Müller")
    file = (
        "First Name,Last Name,Date of Birth,Phone,Helper\nBobby,Quint,1961-01-01,(212) 555-0199,Zoë Müller\n"
        "Cleo,Quint,1962-01-01,,Nobody Here\n"
    )
    checked = imported(desk, file, mapping='{"Helper": "therapist"}')
    path = f"/client-imports/{checked['id']}"
    before = desk.administrator.get(f"{path}/rows").json["items"][0]
    assert (before["result"], before["staff_id"]) == ("needs_decision", None)
    decided = desk.administrator.patch(f"{path}/rows/2", {"decision": "create"}).json
    assert (decided["result"], decided["staff_id"]) == ("would_create", zoe)
    left = desk.administrator.patch(f"{path}/rows/2", {"decision": "skip"}).json
    assert (left["result"], left["staff_id"]) == ("duplicate", None)
    assert desk.administrator.put(f"{path}/mapping", {"mapping": {"Helper": None}}).status_code == 202
    run_all(desk)
    again = rows_of(desk, checked)
    assert [(row["result"], row["staff_id"], row["errors"]) for row in again[1:]] == [("would_create", None, [])]


@pytest.mark.parametrize(
    ("cell", "ways"),
    [
        ("Ada Byron", ["Ada Byron"]),
        ("Byron, Ada", ["Byron, Ada", "Ada Byron", "Byron"]),
        ("DR ADA BYRON, PhD, LCSW", ["ADA BYRON, PhD, LCSW", "PhD ADA BYRON", "ADA BYRON"]),
        ("Drew Msida", ["Drew Msida"]),
    ],
)
def test_a_name_is_read_in_the_ways_that_lists_write_it(cell: str, ways: list[str]) -> None:
    assert list(ways_to_read(cell)) == ways
