"""Clients are imported: read, checked, added, each row once."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from services.clients.client_import import queries, steps
from services.clients.tests.conftest import Desk
from services.clients.tests.jobs import PLACES, killed_at, lease_is_over, run_all, runner_of
from shared.actor import Program
from shared.testing.web import Keys, ServiceClient

HEAD = "First Name,Last Name,Date of Birth,Mobile Phone,Email\n"
TEN = (
    HEAD
    + "Ada,Quint,1990-01-02,,\n"
    + "Ben,Quint,1991-02-03,212-555-0142,ben@example.org\n"
    + "Cleo,Rask,1992-03-04,,\n"
    + "Dan,Sole,1993-04-05,,=cmd()@example.org\n"
    + "Eve,Toll,1994-05-06,,\n"
    + "Fay,Ulm,1995-06-07,,\n"
    + "Gil,Voss,not a day,,\n"
    + "BEN,quint,2/3/1991,,\n"
    + "Known,Person,1980-01-01,,\n"
    + "Bobby,Near,1981-01-01,(212) 555-0199,\n"
).replace("=cmd()@example.org", "dan@example.org")


@pytest.fixture(autouse=True)
def few_rows(monkeypatch: pytest.MonkeyPatch, desk: Desk) -> Iterator[None]:
    """Steps of three rows, and no job left over for the next test."""
    monkeypatch.setattr(steps, "STEP_ROWS_MAX", 3)
    yield
    desk.database.rows("DELETE FROM job_queue RETURNING 1")


def upload(who: ServiceClient, file: bytes | str, **texts: str) -> dict[str, Any]:
    content = file.encode() if isinstance(file, str) else file
    response = who.upload("POST", "/client-imports", content, texts)
    assert response.status_code == 202, response.text
    assert response.headers["Location"] == f"/api/v1/client-imports/{response.json['id']}"
    return dict(response.json)


def imported(desk: Desk, file: bytes | str, **texts: str) -> dict[str, Any]:
    """An import after all its steps."""
    begun = upload(desk.administrator, file, **texts)
    run_all(desk)
    return read(desk, begun)


def read(desk: Desk, begun: dict[str, Any]) -> dict[str, Any]:
    return dict(desk.administrator.get(f"/client-imports/{begun['id']}").json)


def rows_of(desk: Desk, begun: dict[str, Any], **query: Any) -> list[dict[str, Any]]:
    return list(desk.administrator.get(f"/client-imports/{begun['id']}/rows", **query).json["items"])


def clients_of(desk: Desk) -> list[str]:
    return [client["display_name"] for client in desk.desk.get("/clients").json["items"]]


def test_an_import_with_duplicates(desk: Desk) -> None:
    known = desk.add("Known", "Person", "1980-01-01")
    near = desk.add("Robert", "Near", "1981-01-01", phone="+12125550199")
    checked = imported(desk, TEN)
    assert (checked["state"], checked["rows_total"], checked["rows_done"]) == ("done", 10, 10)
    assert checked["counts"] == {
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
    assert len(clients_of(desk)) == 2, "a dry run adds nobody"
    rows = {row["row"]: row for row in rows_of(desk, checked)}
    assert [(error["field"], error["code"]) for error in rows[8]["errors"]] == [("date_of_birth", "invalid")]
    assert rows[8]["values"] == {"given_name": "Gil", "family_name": "Voss", "date_of_birth": "not a day"}
    assert [error["code"] for error in rows[9]["errors"]] == ["twice_in_file"]
    assert rows[10]["candidates"] == [{"client_id": known["id"], "score": 100, "reasons": ["same_name_and_birth_date"]}]
    assert rows[11]["candidates"] == [{"client_id": near["id"], "score": 80, "reasons": ["same_contact"]}]
    commit = desk.administrator.post(f"/client-imports/{checked['id']}/commit")
    assert (commit.status_code, commit.json["state"]) == (202, "queued"), commit.text
    run_all(desk)
    ended = read(desk, checked)
    assert (ended["state"], ended["counts"]["created"], len(clients_of(desk))) == ("done", 6, 8)
    errors = desk.administrator.get(f"/client-imports/{checked['id']}/errors.csv")
    lines = list(csv.reader(io.StringIO(errors.text)))
    assert [line[0] for line in lines[1:]] == ["8", "9", "10", "11"]
    assert all(line[2] for line in lines[1:]), "each with its reason"
    again = imported(desk, TEN, dry_run="false")
    assert (again["counts"]["created"], len(clients_of(desk))) == (0, 8)
    added = {row["client_id"] for row in rows_of(desk, checked, result="created")}
    published = desk.database.rows(
        "SELECT aggregate_id::text FROM outbox WHERE organization_id = %s", desk.organization_id
    )
    audited = desk.database.rows(
        "SELECT client_id::text FROM audit_entries WHERE organization_id = %s AND action = 'post_client'"
        " AND details ? 'job_id'",
        desk.organization_id,
    )
    assert added <= {row[0] for row in published}
    assert sorted(row[0] for row in audited) == sorted(added)


def test_an_import_that_is_done_has_all_its_counts(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where its last step ends while somebody reads it: a page stops to look again once it is done."""
    begun, job_of = upload(desk.administrator, TEN), queries.job_of

    def ended_meanwhile(*of: Any) -> Any:
        run_all(desk)
        return job_of(*of)

    monkeypatch.setattr(queries, "job_of", ended_meanwhile)
    shown = read(desk, begun)
    assert (shown["state"], shown["counts"]["created"]) == ("done", 8)


def test_only_who_may_import_does(desk: Desk) -> None:
    other = desk.web.as_program("clients:create", "clients:read", organization_id=desk.organization_id)
    program = desk.web.as_program("client_imports:manage", "clients:read", organization_id=desk.organization_id)
    for who in (other, desk.desk):
        response = who.upload("POST", "/client-imports", TEN.encode())
        assert (response.status_code, response.json["code"]) == (403, "forbidden")
    assert desk.database.rows("SELECT 1 FROM client_imports WHERE organization_id = %s", desk.organization_id) == []
    begun = upload(program, TEN)
    stranger = desk.web.as_actor("organization_administration")
    for path in ("", "/rows", "/errors.csv"):
        assert stranger.get(f"/client-imports/{begun['id']}{path}").status_code == 404
    assert stranger.get("/client-imports").json["items"] == []
    assert stranger.post(f"/client-imports/{begun['id']}/commit").status_code == 404
    assert [item["id"] for item in program.get("/client-imports").json["items"]] == [begun["id"]]


@pytest.mark.abuse("A-IDOR-who-is-a-client")
def test_a_program_that_does_not_read_clients_imports_none(desk: Desk) -> None:
    """What becomes of a row says who is a client. Nothing of its own import is open to it either."""
    both = desk.web.as_program("client_imports:manage", "clients:read", organization_id=desk.organization_id)
    begun = upload(both, TEN)
    run_all(desk)
    path = f"/client-imports/{begun['id']}"
    assert rows_of(desk, begun)[0]["result"] == "would_create"
    assert isinstance(both.actor, Program)
    alone = replace(both, actor=replace(both.actor, scope=frozenset({"client_imports:manage"})))
    asked_for = [
        alone.upload("POST", "/client-imports", TEN.encode()),
        alone.put(f"{path}/mapping", {"mapping": {"Remarks": None}}),
        alone.patch(f"{path}/rows/2", {"decision": "create"}),
        *(alone.get(f"{path}{end}") for end in ("", "/rows", "/errors.csv")),
        *(alone.post(f"{path}{end}") for end in ("/commit", "/undo", "/cancel")),
    ]
    for response in asked_for:
        assert (response.status_code, response.json["code"]) == (403, "forbidden"), response.text
        assert response.json["errors"][0]["value"] == "clients:read"
    assert len(both.get("/client-imports").json["items"]) == 1


def bomb() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 20_000_000)
    return content.getvalue()


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (bomb(), "zip_bomb"),
        (b"PK\x03\x04 no archive", "unreadable"),
        (b"a,b\n\0,1\n", "unreadable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (b"," * 200 + b"\n", "too_many_columns"),
        (b"n\n" + b"1\n" * 100_001, "too_many_rows"),
    ],
    ids=["zip_bomb", "no_archive", "no_text", "encrypted", "too_many_columns", "too_many_rows"],
)
def test_a_hostile_file_is_an_import_that_has_failed(desk: Desk, file: bytes, code: str) -> None:
    begun = upload(desk.administrator, file)
    assert (begun["state"], begun["error"]["code"], begun["rows_total"]) == ("failed", code, 0)
    refused = desk.administrator.post(f"/client-imports/{begun['id']}/commit")
    assert (refused.status_code, refused.json["code"]) == (409, "import_not_checked")


def test_a_formula_is_a_text_and_no_formula_in_the_file_of_errors(desk: Desk) -> None:
    ended = imported(desk, HEAD + "=cmd(),Quint,1990-01-02,,\n=cmd(),Quint,nonsense,,\n", dry_run="false")
    assert (ended["counts"]["created"], clients_of(desk)) == (1, ["=cmd() Quint"])
    errors = desk.administrator.get(f"/client-imports/{ended['id']}/errors.csv").text
    assert '"\'=cmd()"' in errors


def test_a_workbook_is_read_too(desk: Desk) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["DOB", "Client Name", "", "Shoe size", "Status"])
    book.active.append(["1990-01-02", "Quint, Ada Maria", "12.50", "38", "Discharged"])
    content = io.BytesIO()
    book.save(content)
    ended = imported(desk, content.getvalue(), dry_run="false")
    assert ended["ignored_columns"] == [
        {"column": "", "reason": "no_header"},
        {"column": "Shoe size", "reason": "unknown"},
    ]
    client_id = rows_of(desk, ended)[0]["client_id"]
    client = desk.desk.get(f"/clients/{client_id}").json
    names = client["given_name"], client["middle_name"], client["family_name"]
    assert (*names, client["status"]) == ("Ada", "Maria", "Quint", "archived")


def test_the_sample_that_the_page_offers_is_taken_whole_and_a_long_cell_is_shown_in_part(desk: Desk) -> None:
    sample = Path(__file__).parents[3] / "gateway" / "web" / "static" / "samples" / "clients-sample.csv"
    checked = imported(desk, sample.read_bytes())
    assert (checked["counts"]["created"], checked["rows_total"], checked["ignored_columns"]) == (3, 3, [])
    long = imported(desk, HEAD + f"Ada,{'Q' * 300},1990-01-02,,\n")
    assert rows_of(desk, long)[0]["values"]["family_name"] == "Q" * 200


def test_a_mapping_changes_what_a_column_is(desk: Desk) -> None:
    table = "A;B;Born on;Email\nQuint;Ada;31.1.1990;none\n"
    mapping = '{"A": "family_name", "B": "given_name", "Born on": "date_of_birth", "Email": null}'
    ended = imported(desk, table, mapping=mapping)
    assert ended["counts"]["created"] == 1
    assert ended["mapping"] == {"A": "family_name", "B": "given_name", "Born on": "date_of_birth"}
    for wrong in ('{"C": "sex"}', '{"A": "shoe_size"}', "[]", "{"):
        refused = desk.administrator.upload("POST", "/client-imports", table.encode(), {"mapping": wrong})
        assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "mapping"), wrong


def test_clients_are_added_once_and_only_after_the_check(desk: Desk) -> None:
    begun = upload(desk.administrator, TEN)
    path = f"/client-imports/{begun['id']}"
    assert desk.administrator.post(f"{path}/commit").json["code"] == "import_not_checked"
    run_all(desk)
    assert desk.administrator.post(f"{path}/commit").status_code == 202
    assert desk.administrator.post(f"{path}/commit").json["code"] == "import_committed"
    assert runner_of(desk).do_one_step()
    cancelled = desk.administrator.post(f"{path}/cancel")
    assert (cancelled.status_code, cancelled.json["state"]) == (200, "cancelled")
    run_all(desk)
    assert (read(desk, begun)["counts"]["created"], len(clients_of(desk))) == (3, 3)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("steps_before", [0, 1, 5])
def test_an_import_that_is_killed_comes_to_the_same_end(
    desk: Desk, keys: Keys, tmp_path: Path, place: str, steps_before: int
) -> None:
    begun = upload(desk.administrator, TEN, dry_run="false")
    for _ in range(steps_before):
        assert runner_of(desk).do_one_step()
    killed_at(place, desk, tmp_path, keys)
    lease_is_over(desk)
    run_all(desk)
    ended = read(desk, begun)
    assert (ended["state"], len(clients_of(desk))) == ("done", 8)
    assert ended["counts"] == {
        "created": 8,
        "created_with_problem": 0,
        "errors": 1,
        "duplicates": 1,
        "needs_decision": 0,
        "decided": 0,
        "removed": 0,
        "kept": 0,
        "bookings_waiting": 0,
        "bookings_taken_back": 0,
    }
