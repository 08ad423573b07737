"""A person decides on rows of an import that nobody can be sure of."""

from __future__ import annotations

import csv
import io
from typing import Any

from werkzeug.test import TestResponse

from services.clients.tests.conftest import Desk
from services.clients.tests.jobs import run_all
from services.clients.tests.merging import merged, merger
from services.clients.tests.test_clients_import import (  # noqa: F401 - the fixture applies to these tests too
    HEAD,
    TEN,
    clients_of,
    few_rows,
    imported,
    read,
    rows_of,
    upload,
)


def decide(desk: Desk, begun: dict[str, Any], row: int, decision: str, **client: str) -> TestResponse:
    path = f"/client-imports/{begun['id']}/rows/{row}"
    return desk.administrator.patch(path, {"decision": decision, **client})


def commit(desk: Desk, begun: dict[str, Any]) -> dict[str, Any]:
    response = desk.administrator.post(f"/client-imports/{begun['id']}/commit")
    assert response.status_code == 202, response.text
    run_all(desk)
    return read(desk, begun)


def result_of(desk: Desk, begun: dict[str, Any], row: int) -> tuple[str, list[str]]:
    found = next(item for item in rows_of(desk, begun) if item["row"] == row)
    return found["result"], [error["code"] for error in found["errors"]]


def test_a_list_with_duplicates_is_checked_decided_on_imported_and_imported_again(desk: Desk) -> None:
    """Story 8, up to its undo."""
    desk.add("Known", "Person", "1980-01-01")
    near = desk.add("Robert", "Near", "1981-01-01", phone="+12125550199")

    checked = imported(desk, TEN)
    counts = {
        "created": 6,
        "created_with_problem": 0,
        "errors": 1,
        "duplicates": 2,
        "needs_decision": 1,
        "decided": 0,
        "removed": 0,
        "kept": 0,
        "bookings_waiting": 0,
        "bookings_taken_back": 0,
    }
    assert checked["counts"] == counts and len(clients_of(desk)) == 2, "nothing is written"

    response = decide(desk, checked, 11, "same", client_id=near["id"])
    assert response.status_code == 200, response.text
    decided = {name: response.json[name] for name in ("decision", "decided_client_id", "result", "date_of_birth")}
    assert decided == {
        "decision": "same",
        "decided_client_id": near["id"],
        "result": "duplicate",
        "date_of_birth": "1981-01-01",
    }
    assert read(desk, checked)["counts"] == {
        **counts,
        "duplicates": 3,
        "needs_decision": 0,
        "decided": 1,
        "removed": 0,
        "kept": 0,
        "bookings_waiting": 0,
        "bookings_taken_back": 0,
    }

    ended = commit(desk, checked)
    assert ended["counts"]["created"] == 6 and len(clients_of(desk)) == 8
    errors = desk.administrator.get(f"/client-imports/{checked['id']}/errors.csv").text
    lines = list(csv.reader(io.StringIO(errors)))[1:]
    assert [line[0] for line in lines] == ["8", "9", "10", "11"] and all(line[2] for line in lines)

    again = imported(desk, TEN, dry_run="false")
    assert again["counts"]["created"] == 0 and len(clients_of(desk)) == 8


def test_who_is_decided_to_be_new_is_added_also_where_the_file_names_two(desk: Desk) -> None:
    desk.add("Robert", "Near", "1981-01-01", phone="+12125550199")
    checked = imported(desk, TEN)
    for row in (9, 11):
        assert decide(desk, checked, row, "skip").json["result"] == "duplicate"
        assert decide(desk, checked, row, "create").json["errors"] == []
    assert read(desk, checked)["counts"]["decided"] == 2, "deciding anew is no second decision"
    assert commit(desk, checked)["counts"]["created"] == 9


def test_who_has_come_since_and_surely_is_the_person_is_not_added_twice(desk: Desk) -> None:
    desk.add("Robert", "Near", "1981-01-01", phone="+12125550199")
    checked = imported(desk, TEN)
    assert decide(desk, checked, 11, "create").status_code == 200
    desk.add("Bobby", "Near", "1981-01-01")
    commit(desk, checked)
    assert result_of(desk, checked, 11) == ("duplicate", [])


def test_a_client_who_was_chosen_and_is_gone_is_an_error_of_the_row(desk: Desk) -> None:
    near = desk.add("Robert", "Near", "1981-01-01", phone="+12125550199")
    checked = imported(desk, TEN)
    assert decide(desk, checked, 11, "same", client_id=near["id"]).status_code == 200
    desk.database.rows(
        "UPDATE client_import_rows SET decided_client_id = gen_random_uuid() WHERE decision = 'same' AND import_id = %s"
        " RETURNING 1",
        checked["id"],
    )
    commit(desk, checked)
    assert result_of(desk, checked, 11) == ("error", ["client_gone"])


def test_what_is_refused(desk: Desk) -> None:
    near = desk.add("Robert", "Near", "1981-01-01", phone="+12125550199")
    begun = upload(desk.administrator, HEAD + "Ada,Quint,1990-01-02,,\nBobby,Near,1981-01-01,(212) 555-0199,\n")
    assert decide(desk, begun, 3, "skip").json["code"] == "import_not_checked"
    run_all(desk)
    assert decide(desk, begun, 2, "create").json["code"] == "no_decision_needed"
    for body in ({}, {"decision": "same"}, {"decision": "skip", "client_id": near["id"]}, {"decision": "maybe"}):
        refused = desk.administrator.patch(f"/client-imports/{begun['id']}/rows/3", body)
        assert refused.status_code == 422, body
    elsewhere = desk.web.as_actor("organization_administration")
    theirs = elsewhere.post("/clients", {"given_name": "A", "family_name": "B", "date_of_birth": "1990-01-01"})
    assert decide(desk, begun, 3, "same", client_id=theirs.json["id"]).status_code == 404
    assert decide(desk, begun, 9, "skip").status_code == 404
    path = f"/client-imports/{begun['id']}/rows/3"
    assert elsewhere.patch(path, {"decision": "skip"}).status_code == 404
    assert desk.desk.patch(path, {"decision": "skip"}).status_code == 403
    assert result_of(desk, begun, 3) == ("needs_decision", []), "nothing of this decided anything"
    commit(desk, begun)
    assert decide(desk, begun, 3, "skip").json["code"] == "import_committed"


def test_somebody_who_was_merged_away_is_proposed_as_the_client_who_stays(desk: Desk) -> None:
    stays = desk.add("Ada", "Stays", "1980-02-03")["id"]
    ends = desk.add("Ida", "Earlier")["id"]
    merged(desk, merger(desk), ends, stays)
    rows = "First Name,Last Name,DOB\nIda,Earlier,1990-01-02\nAda,Stays,1980-02-03\n"
    for row in rows_of(desk, imported(desk, rows)):
        assert row["result"] == "duplicate", row
        assert [candidate["client_id"] for candidate in row["candidates"]] == [stays], row
