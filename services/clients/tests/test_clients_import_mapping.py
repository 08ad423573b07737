"""The columns of a checked file are read as somebody says, and its rows are checked anew."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from services.clients.tests.conftest import Desk
from services.clients.tests.jobs import run_all
from services.clients.tests.test_clients_import import (  # noqa: F401 - the fixture applies to these tests too
    clients_of,
    few_rows,
    imported,
    read,
    rows_of,
    upload,
)

STRANGE = "Christened,Surname,Came to us,Day of birth,Notes\n" + "".join(
    f"{name},Quint,{came},{born},x\n"
    for name, came, born in (
        ("Ada", "5/1/2024", "25/12/1985"),
        ("Ben", "6/1/2024", "1/2/1990"),
        ("Ben", "6/1/2024", "1/2/1990"),
        ("Cleo", "7/1/2024", "3/4/1991"),
        ("Dan", "7/1/2024", "not a day"),
    )
)
RIGHT = {"Christened": "given_name", "Day of birth": "date_of_birth", "Came to us": "intake_date"}


def read_as(desk: Desk, begun: dict[str, Any], mapping: Any) -> TestResponse:
    return desk.administrator.put(f"/client-imports/{begun['id']}/mapping", {"mapping": mapping})


def columns_of(state: dict[str, Any]) -> dict[str, tuple[str | None, str | None]]:
    return {column["column"]: (column["fact"], column["reason"]) for column in state["columns"]}


def test_a_file_with_headers_of_its_own_is_read_once_somebody_says_what_they_are(desk: Desk) -> None:
    checked = imported(desk, STRANGE)
    assert checked["counts"]["errors"] == 5
    assert columns_of(checked) == {
        "Christened": (None, "unknown"),
        "Surname": ("family_name", None),
        "Came to us": (None, "unknown"),
        "Day of birth": (None, "unknown"),
        "Notes": (None, "unknown"),
    }
    assert checked["columns"][3]["examples"] == ["25/12/1985", "1/2/1990", "1/2/1990"]

    response = read_as(desk, checked, {**RIGHT, "Notes": None})
    assert response.status_code == 202, response.text
    assert response.json["counts"]["errors"] == 0, "what the first check said is forgotten at once"
    run_all(desk)
    again = read(desk, checked)
    assert (again["state"], again["dry_run"]) == ("done", True) and clients_of(desk) == []
    assert {name: again["counts"][name] for name in ("created", "errors", "duplicates")} == {
        "created": 3,
        "errors": 1,
        "duplicates": 1,
    }
    assert columns_of(again)["Notes"] == (None, "left_out") and columns_of(again)["Surname"] == ("family_name", None)
    born = {item["values"]["given_name"]: item["date_of_birth"] for item in rows_of(desk, checked)}
    assert born == {"Ada": "1985-12-25", "Ben": "1990-02-01", "Cleo": "1991-04-03", "Dan": None}, "by the whole column"

    assert desk.administrator.post(f"/client-imports/{checked['id']}/commit").status_code == 202
    run_all(desk)
    assert sorted(clients_of(desk)) == ["Ada Quint", "Ben Quint", "Cleo Quint"]


def test_what_was_decided_is_decided_again(desk: Desk) -> None:
    checked = imported(desk, STRANGE, mapping='{"Christened": "given_name", "Day of birth": "date_of_birth"}')
    decided = desk.administrator.patch(f"/client-imports/{checked['id']}/rows/4", {"decision": "create"})
    assert decided.status_code == 200 and read(desk, checked)["counts"]["decided"] == 1
    read_as(desk, checked, RIGHT)
    run_all(desk)
    counts = read(desk, checked)["counts"]
    assert (counts["decided"], counts["duplicates"], counts["created"]) == (0, 1, 3)
    assert all(item["decision"] is None and item["decided_by"] is None for item in rows_of(desk, checked))


@pytest.mark.parametrize(
    ("mapping", "errors"),
    [
        ({"Nickname": "given_name"}, [("mapping", "no_such_column")]),
        ({"Christened": "family_name", "Surname": "family_name"}, [("mapping", "twice")]),
        ({"Christened": "favorite_color"}, None),
        ({"Christened": 7}, None),
        ({}, None),
        ([], None),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused_and_nothing_is_checked_anew(
    desk: Desk, mapping: Any, errors: list[tuple[str, str]] | None
) -> None:
    checked = imported(desk, STRANGE)
    before, rows = read(desk, checked), rows_of(desk, checked)
    response = read_as(desk, checked, mapping)
    assert response.status_code == 422, response.text
    found = [(error["field"], error["code"]) for error in response.json["errors"]]
    assert found == errors if errors else all(field.startswith("mapping") for field, _ in found) and found
    assert (read(desk, checked), rows_of(desk, checked)) == (before, rows)


def test_only_what_is_checked_and_not_committed_is_read_otherwise(desk: Desk) -> None:
    begun = upload(desk.administrator, STRANGE)
    response = read_as(desk, begun, RIGHT)
    assert (response.status_code, response.json["code"]) == (409, "import_not_checked")
    run_all(desk)
    read_as(desk, begun, RIGHT)
    run_all(desk)
    desk.administrator.post(f"/client-imports/{begun['id']}/commit")
    response = read_as(desk, begun, {"Notes": "tags"})
    assert (response.status_code, response.json["code"]) == (409, "import_committed")
    run_all(desk)
    assert len(clients_of(desk)) == 3 and columns_of(read(desk, begun))["Notes"] == (None, "unknown")
    assert desk.desk.put(f"/client-imports/{begun['id']}/mapping", {"mapping": RIGHT}).status_code == 403


def test_columns_without_a_header_of_their_own_are_named_and_left_out(desk: Desk) -> None:
    checked = imported(desk, "First name,Last name,DOB,,Phone,Phone\nAda,Quint,1990-01-02,z,212-555-0142,\n")
    assert [(column["column"], column["fact"], column["reason"]) for column in checked["columns"]] == [
        ("First name", "given_name", None),
        ("Last name", "family_name", None),
        ("DOB", "date_of_birth", None),
        ("", None, "no_header"),
        ("Phone", "phone", None),
        ("Phone", None, "twice"),
    ]
