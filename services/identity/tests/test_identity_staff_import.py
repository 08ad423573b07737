"""Inviting many: every row by the rules of one, and a report of each."""

from __future__ import annotations

import io

import openpyxl
import pytest

from services.identity.staff_import.rules import COLUMNS, REQUIRED, columns_of
from services.identity.staff_import.schemas import sheet_of
from services.identity.tests.people import fresh_email
from shared.names import words
from tests.architecture.source import ROOT

HEADER = "First name;Last name;E-mail;Role;Grants;License number;License state;License expires on;Credentials;Colour"


def table(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *rows]).encode()


def send(practice, file: bytes, web=None, **texts: str):
    return (web or practice.owner.web).upload("POST", "/staff/import", file, texts)


def outcomes(response):
    assert response.status_code == 200, response.text
    return [(row["row"], row["outcome"]) for row in response.json["rows"]]


def members(practice):
    return {member["email"] for member in practice.owner.web.get("/staff", limit=200).json["items"]}


def test_everybody_is_invited_with_what_their_row_says(practice, database):
    thea, ben = fresh_email(), fresh_email()
    response = send(
        practice,
        table(
            f"Thea;One;{thea};Therapist + Billing;assigned only;L-7;NY;2035-12-31;LCSW, PhD;",
            f"Ben;Two;{ben};default;;;;;;blue",
        ),
    )
    assert outcomes(response) == [(2, "invited"), (3, "invited")]
    assert response.json["counts"] == {"invited": 2}
    member = practice.owner.web.get(f"/staff/{response.json['rows'][0]['staff_id']}").json
    assert (member["email"], member["levels"]) == (thea, ["billing", "default", "therapist"])
    assert (member["grants"], member["credentials"]) == (["assigned_only"], ["LCSW", "PhD"])
    assert member["licence"] == {"number": "L-7", "state": "NY", "issued_on": None, "expires_on": "2035-12-31"}
    assert response.json["rows"][0]["levels"] == ["therapist", "billing"]
    mails = database.rows("SELECT recipient, template FROM mail WHERE organization_id = %s ORDER BY id", practice.id)
    assert mails == [(thea, "invitation"), (ben, "invitation")]
    assert response.json["rows"][0].keys() == {
        "row",
        "email",
        "levels",
        "ineffective_grants",
        "outcome",
        "staff_id",
        "errors",
    }, "and no token"


def test_the_sample_that_the_page_offers_can_be_invited():
    for name in ("staff-sample.csv", "staff-sample.xlsx"):
        sheet = sheet_of((ROOT / "gateway" / "web" / "static" / "samples" / name).open("rb"))
        assert len(sheet.rows) == 3 and sheet.ignored_columns == (), name
        assert all(row.details for row in sheet.rows), name


def test_the_mailed_link_lets_them_join(practice, database):
    email = fresh_email()
    send(practice, table(f"Thea;One;{email};therapist"))
    ((values,),) = database.rows('SELECT "values" FROM mail WHERE recipient = %s', email)
    assert practice.accept(values["path"].partition("#token=")[2]).status_code == 200


def test_a_report_of_every_row(practice):
    known, once = practice.owner.email, fresh_email()
    response = send(
        practice,
        table(
            f"Ada;One;{known.upper()};default",
            f"Ben;Two;{once};default",
            "",
            f"Cat;Three;{once};default",
            "Dan;Four;nobody;default",
            f"Eve;;{fresh_email()};chief",
            f"Fay;Six;{fresh_email()};therapist;;L;New York;2035-12-31",
        ),
    )
    assert outcomes(response) == [
        (2, "exists"),
        (3, "invited"),
        (5, "twice_in_file"),
        (6, "refused"),
        (7, "refused"),
        (8, "refused"),
    ]
    fields = [{error["field"] for error in row["errors"]} for row in response.json["rows"][3:]]
    assert fields == [{"email"}, {"family_name", "levels.0"}, {"licence.state"}]
    assert members(practice) == {known, once}


def test_a_dry_run_does_nothing(practice, database):
    body = table(f"Ben;Two;{fresh_email()};default", f"Ada;One;{practice.owner.email};default")
    response = send(practice, body, dry_run="true")
    assert outcomes(response) == [(2, "would_be_invited"), (3, "exists")]
    assert response.json["rows"][0]["staff_id"] is None
    assert members(practice) == {practice.owner.email}
    for name in ("mail", "invitations"):
        assert database.rows(f"SELECT count(*) FROM {name} WHERE organization_id = %s", practice.id) == [(0,)]
    published = "SELECT count(*) FROM outbox WHERE organization_id = %s AND type = 'identity.staff_changed.v1'"
    assert database.rows(published, practice.id) == [(1,)], "the owner's own"


def test_a_file_that_is_sent_again_invites_nobody_twice(practice, database):
    """Another boundary, the same key: most programs make a boundary for every attempt."""
    people, key = table(f"Ben;Two;{fresh_email()};default"), {"Idempotency_Key": "once"}
    web = practice.owner.web
    first, again = (web.upload("POST", "/staff/import", people, **key) for _ in range(2))
    assert (again.json, again.headers["Idempotency-Replayed"]) == (first.json, "true")
    mails = database.rows("SELECT count(*) FROM mail WHERE organization_id = %s", practice.id)
    assert mails == [(1,)]
    other = web.upload("POST", "/staff/import", people, {"dry_run": "true"}, **key)
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")


def test_what_stands_beside_the_file_is_checked(practice):
    for texts, field in (({"dry_run": "perhaps"}, "dry_run"), ({"kind": "csv"}, "kind")):
        refused = send(practice, table(), **texts)
        assert (refused.status_code, [error["field"] for error in refused.json["errors"]]) == (422, [field])
    assert practice.owner.web.post("/staff/import", {"dry_run": True}).status_code == 415


def test_a_workbook_does_as_well(practice):
    book, content = openpyxl.Workbook(), io.BytesIO()
    email = fresh_email()
    for row in (["given_name", "family_name", "email", "levels"], ["Thea", "One", email, "therapist; billing"]):
        book.active.append(row)
    book.save(content)
    assert outcomes(send(practice, content.getvalue())) == [(2, "invited")]
    assert email in members(practice)


@pytest.mark.abuse("A-ROLE-invite-higher")
def test_nobody_gives_more_by_table_than_by_hand(practice, database):
    manager = practice.member("administration").web
    body = table(f"Ben;Two;{fresh_email()};administration", f"Cat;Three;{fresh_email()};therapist")
    response = send(practice, body, manager)
    assert outcomes(response) == [(2, "refused"), (3, "invited")]
    assert response.json["rows"][0]["errors"][0]["code"] == "more_than_own"
    assert outcomes(send(practice, body, manager, dry_run="true")) == [(2, "refused"), (3, "exists")]
    on_record = database.rows(
        "SELECT rule, details->>'row', details->>'dry_run' FROM audit_entries"
        " WHERE organization_id = %s AND action = 'post_staff' AND outcome = 'denied' ORDER BY id",
        practice.id,
    )
    assert on_record == [("more_than_own", "2", dry_run) for dry_run in ("false", "true")], "and no other row"
    assert send(practice, body, practice.member("billing").web).status_code == 403


def test_the_days_invitations_are_the_same_fifty(practice):
    rows = [f"Ben;Nr{number};{fresh_email()};default" for number in range(55)]
    response = send(practice, table(*rows))
    assert response.json["counts"] == {"invited": 50, "refused": 5}
    assert response.json["rows"][-1]["errors"][0]["code"] == "too_many_invitations"
    assert len(members(practice)) == 51, "nobody is there without an invitation"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (table("x", header="name;mail"), "columns_missing"),
        (table("x", header="given_name;first name;family_name;email;levels"), "columns_missing"),
        (b"", "columns_missing"),
        (b"PK\x03\x04 nothing", "unreadable_file"),
        (b"%PDF-1.7\n\x00", "unreadable_file"),
        (table(*["a;b;c;d"] * 201), "too_many_rows"),
    ],
)
def test_what_is_no_table_of_people(practice, body, code):
    response = send(practice, body)
    assert (response.status_code, response.json["code"]) == (422, code)


def test_the_row_that_cannot_be_read_is_named(practice):
    long = table("Ada;Lind;ada@example.test;default", "x" * 5_001 + ";b;c;d")
    (wrong,) = send(practice, long).json["errors"]
    assert (wrong["field"], wrong["code"], wrong["value"]) == ("file", "cell_too_long", "3")


@pytest.mark.abuse("A-CSV-import")
def test_hostile_cells_stay_text(practice):
    email = fresh_email()
    response = send(practice, table(f"=cmd();<script>;{email};default"))
    member = practice.owner.web.get(f"/staff/{response.json['rows'][0]['staff_id']}").json
    assert (member["given_name"], member["family_name"]) == ("=cmd()", "<script>")


HEADERS = {
    "email": (
        "E-mail address",
        "E-Mail",
        "Email Address *",
        "EMAIL (required)",
        "Work e-mail:",
        "email_address",
        "Mail",
    ),
    "given_name": ("First name", "FIRST-NAME", "Forename", "Given name", "first_name "),
    "family_name": ("Last name", "Surname", "Family name", "lastname"),
    "levels": ("Role", "Access level", "Levels", "Permissions"),
    "phone": ("Phone #", "Telephone", "Cell phone", "Mobile number", "Phone number"),
    "licence_number": ("License #", "Licence no.", "License number", "LICENSE"),
    "licence_state": ("License state", "State", "Licensed in"),
    "licence_issued_on": ("License issued", "Issue date", "Licence issue date"),
    "licence_expires_on": ("License expiry", "License expiration date", "Expires", "Expiry date", "licence exp. date"),
}


@pytest.mark.parametrize("name", sorted(COLUMNS))
def test_a_column_may_be_called_by_any_of_its_names(name):
    for header in (name, name.upper().replace("_", " "), *COLUMNS[name], *HEADERS.get(name, ())):
        others = [column for column in REQUIRED if column != name]
        assert columns_of([*others, header])[name] == len(others), header


def test_no_header_means_two_columns():
    headers = [header for name in COLUMNS for header in (name, *COLUMNS[name])]
    assert len({"".join(words(header)).replace("license", "licence") for header in headers}) == len(headers)


@pytest.mark.parametrize("header", ["Supervisor", "Name of insurer", "Colour", "Licence type", "NPI of group", "xyz"])
def test_a_column_that_is_not_read_is_reported(practice, header):
    body = table(
        f"Ben;Two;{fresh_email()};default;something;;more", header=f"First name;Last name;E-mail;Role;{header};Empty"
    )
    response = send(practice, body)
    assert outcomes(response) == [(2, "invited")]
    assert response.json["ignored_columns"] == [
        {"column": header, "position": 5, "reason": "unknown"},
        {"column": "Empty", "position": 6, "reason": "unknown"},
        {"column": "", "position": 7, "reason": "no_header"},
    ]


def test_a_licence_is_read_under_headers_that_people_write(practice):
    header = "First name;Last name;E-mail address;Role;License #;License state;License issued;License expiry"
    response = send(practice, table(f"Thea;One;{fresh_email()};therapist;L-7;NY;2020-01-01;2035-12-31", header=header))
    assert (outcomes(response), response.json["ignored_columns"]) == ([(2, "invited")], [])
    member = practice.owner.web.get(f"/staff/{response.json['rows'][0]['staff_id']}").json
    assert member["licence"] == {
        "number": "L-7",
        "state": "NY",
        "issued_on": "2020-01-01",
        "expires_on": "2035-12-31",
    }
