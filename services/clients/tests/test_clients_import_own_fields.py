"""Columns of a file may be the practice's own fields: by `custom.<slug>` or by their name, each value of its type."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.clients.client_import.columns import mapped
from services.clients.client_import.values import own_value
from services.clients.own_fields.rules import Choice, Definition
from services.clients.tests.conftest import Desk
from services.clients.tests.jobs import run_all
from services.clients.tests.test_clients_import import few_rows, imported, rows_of  # noqa: F401 - autouse

HEAD = "First Name,Last Name,Date of Birth,Pets,custom.siblings,Seen on,Smoker?\n"
FIELDS: tuple[dict[str, Any], ...] = (
    {"name": "Pets", "type": "choice", "choices": [{"name": "Guide dog"}, {"name": "Cat"}]},
    {"name": "Siblings", "type": "number"},
    {"name": "Seen on", "type": "date"},
    {"name": "Smokes", "type": "yes_no"},
    {"name": "City", "type": "text"},  # a fact of every client is called so
)


def test_own_fields_are_read_by_name_and_a_wrong_value_is_its_rows_reason(desk: Desk) -> None:
    made = [desk.administrator.post("/client-fields", field).json for field in FIELDS]
    cells = ("guide  dog,2,13/10/2026,Yes", ",many,2026-10-06,", "Bird,,,", ",,,no")
    file = HEAD + "".join(f"P{at},Quint,19{60 + at}-01-01,{row}\n" for at, row in enumerate(cells))
    checked = imported(desk, file, mapping='{"Smoker?": "custom.smokes"}')
    assert checked["ignored_columns"] == [] and checked["mapping"]["Pets"] == "custom.pets"
    wrong = [[(error["field"], error["code"]) for error in row["errors"]] for row in rows_of(desk, checked)]
    assert wrong == [[], [("custom.siblings", "invalid")], [("custom.pets", "invalid")], []]
    path = f"/client-imports/{checked['id']}"
    refused = desk.administrator.put(f"{path}/mapping", {"mapping": {"Pets": "custom.none"}})
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "unknown")
    assert desk.administrator.put(f"{path}/mapping", {"mapping": {"Pets": "custom."}}).status_code == 422
    smokes = next(field for field in made if field["slug"] == "smokes")
    assert desk.administrator.patch(f"/client-fields/{smokes['id']}", {"archived": True}).status_code == 200
    desk.administrator.post(f"{path}/commit", {})
    run_all(desk)
    rows = rows_of(desk, checked)
    assert [row["result"] for row in rows] == ["error"] * 4, "an archived field takes nothing"
    assert [row["errors"][-1]["code"] for row in (rows[0], rows[3])] == ["archived", "archived"]
    assert desk.administrator.patch(f"/client-fields/{smokes['id']}", {"archived": False}).status_code == 200
    again = imported(desk, file, mapping='{"Smoker?": "custom.smokes"}', dry_run="false")
    first = desk.desk.get(f"/clients/{rows_of(desk, again)[0]['client_id']}").json
    assert first["custom"] == {"pets": "guide_dog", "siblings": 2, "seen_on": "2026-10-13", "smokes": True}


def test_a_fact_of_every_client_comes_before_an_own_field_of_its_name() -> None:
    assert mapped(["City", "Pets"], {}, own={"city": "City", "pets": "Pets"}).fields == {"city": 0, "custom.pets": 1}


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        ("number", "1,234.50", 1234.5),
        ("number", "-3.0", -3),
        ("number", "1,23", "1,23"),
        ("yes_no", " TRUE ", True),
        ("yes_no", "maybe", "maybe"),
        ("choice", "Old", "Old"),
        ("text", "Yes", "Yes"),
    ],
)
def test_a_cell_is_read_as_the_type_of_its_field(kind: str, cell: str, value: Any) -> None:
    definition = Definition("a", kind, (Choice("old", "Old", archived=True),))
    found = own_value(definition, cell, day_first=False, today=date(2026, 1, 1))
    assert (found, type(found)) == (value, type(value))
