"""A check keeps whom each row would add: adding them reads no cell again, and comes to the same."""

from __future__ import annotations

from datetime import date
from typing import Any

import orjson
import pytest

from services.clients.client_import import people
from services.clients.client_import.people import Person
from services.clients.contacts.rules import Contact
from services.clients.profiles.commands import ClientDetails
from services.clients.tests.conftest import Desk
from services.clients.tests.jobs import run_all
from services.clients.tests.test_clients_import import few_rows, imported, read, rows_of  # noqa: F401 - autouse
from shared import clock

HEAD = (
    "First Name,Middle Name,Last Name,Preferred Name,Date of Birth,Sex,Pronouns,Language,Status,Mobile Phone,"
    "Home Phone,Email,Street,City,State,Zip,Referred By,Intake Date,Tags\n"
)
FILE = (
    HEAD
    + "Ada,Maria,Quint,Addie,1990-01-02,F,she/her,Spanish,Inactive,(212) 555-0142,(212) 555-0143,ADA@example.org,"
    + "1 Mill Lane,Albany,NY,12207,A friend,5/2/2024,evening; sliding scale\n"
    + f"Ben,,Quint,,{clock.now().year - 9}-01-01,,,,Prospect,,,,,,,,,,\n"
    + "Cleo,,Rask,,1992-03-04,,,,,,,,,,,,,,\n"
)
LATER = ("id", "number", "client_number", "created_at")  # of each client anew


def added(desk: Desk, of: dict[str, Any]) -> list[dict[str, Any]]:
    """The clients of a checked import, once they are added, without what no two clients share."""
    assert desk.administrator.post(f"/client-imports/{of['id']}/commit").status_code == 202
    run_all(desk)
    assert read(desk, of)["counts"]["created"] == 3
    clients = [desk.desk.get(f"/clients/{row['client_id']}").json for row in rows_of(desk, of)]
    return [{name: value for name, value in client.items() if name not in LATER} for client in clients]


def test_adding_reads_no_cell_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    checked = imported(desk, FILE)

    def no_more(*_: Any) -> None:
        raise AssertionError("a cell was read again")

    monkeypatch.setattr(people, "person_of", no_more)
    ada, ben, cleo = added(desk, checked)
    assert (ada["status"], ada["tags"], ada["intake_date"], ada["language"]) == (
        "archived",
        ["evening", "sliding scale"],
        "2024-05-02",
        "es",
    )
    assert [way["value"] for way in ada["contacts"]] == ["+12125550142", "+12125550143", "ADA@example.org"]
    assert (ben["client_type"], ben["status"], cleo["client_type"]) == ("minor", "prospective", "adult")
    kept = desk.database.rows(
        "SELECT count(*) FROM client_import_rows WHERE organization_id = %s AND checked IS NOT NULL",
        desk.organization_id,
    )
    assert kept == [(0,)], "what they say is with the clients now"


def test_rows_that_an_earlier_release_has_checked_are_added_as_well(desk: Desk) -> None:
    kept = added(desk, imported(desk, FILE))
    other = Desk(desk.web, desk.database, desk.worker)
    checked = imported(other, FILE)
    other.database.rows(
        "UPDATE client_import_rows SET checked = NULL WHERE organization_id = %s RETURNING 1", other.organization_id
    )
    assert added(other, checked) == kept


def test_who_would_be_added_is_kept_whole() -> None:
    person = Person(
        ClientDetails(
            given_name="Ada",
            family_name="Quint",
            date_of_birth=date(1990, 1, 2),
            sex="female",
            status="active",
            intake_date=date(2024, 5, 2),
            contacts=[Contact(channel="phone", value="+12125550142", label="mobile")],
            address={"line1": "1 Mill Lane"},
            tags=["evening"],
            custom={"pets": "cat"},
        ),
        archived=True,
    )
    assert Person.of(orjson.loads(orjson.dumps(person.kept))) == person
