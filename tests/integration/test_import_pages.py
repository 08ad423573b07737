"""The forms of importing clients: sent twice, by who may not, and about an import of another practice."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from embedded.stack import Stack
from shared import clock
from shared.testing.waiting import wait_until
from tests.access.test_pages import OURS, Window
from tests.practice import Practice

TABLE = b"First name,Last name,Date of birth\nIda,Import,1/2/1990\n"


@pytest.fixture(scope="module")
def practice(embedded_stack: Stack) -> Practice:
    """A practice with somebody who may import, and somebody who may not."""
    return Practice(embedded_stack.url)


def begun(practice: Practice, table: bytes = TABLE) -> str:
    """The path of the page of an import whose rows are checked."""
    response = practice.owner.call("POST", "/client-imports", files={"file": ("clients.csv", table)})
    import_id = response.json()["id"]
    wait_until(lambda: practice.owner.get(f"/client-imports/{import_id}")["state"] == "done", seconds=20)
    return f"/clients/import/{import_id}"


def test_clients_are_added_once_however_often_the_form_is_sent(practice: Practice) -> None:
    path, owner = begun(practice), Window(practice, "owner")
    token = owner.token()
    for _ in range(2):
        sent = owner.post(f"{path}/commit", OURS, csrf=token)
        assert (sent.status_code, sent.headers["Location"]) == (303, path)
    wait_until(lambda: "The import is done" in owner.get(path).text, seconds=20)
    assert "1 client is added." in owner.get(path).text
    ended = owner.post(f"{path}/cancel", OURS, csrf=token)
    assert (ended.status_code, ended.headers["Location"]) == (303, path), "what has ended is shown"
    assert [client["given_name"] for client in practice.owner.get("/clients")["items"]] == ["Ida"]


@pytest.mark.parametrize("which", ["commit", "undo", "cancel", "mapping"])
def test_a_form_about_an_import_of_others_changes_nothing(practice: Practice, which: str) -> None:
    path = begun(practice)
    other = Window(Practice(practice.url), "owner")
    assert other.post(f"{path}/{which}", OURS, csrf=other.token()).status_code == 404
    desk = Window(practice, "desk")
    assert desk.post(f"{path}/{which}", OURS, csrf=desk.token()).status_code == 403
    assert "Nothing is saved until you import." in Window(practice, "owner").get(path).text


def test_a_form_without_a_file_is_refused_and_an_odd_address_shows_the_rows_that_need_a_look(
    practice: Practice,
) -> None:
    owner = Window(practice, "owner")
    refused = owner.post("/clients/import", OURS, csrf=owner.token(), on_duplicate="skip")
    assert refused.status_code == 422 and "Choose a file first." in refused.text
    path = begun(practice)
    shown = owner.get(f"{path}?result=none-such&looks=x").text
    assert re.search(r'aria-current="page">\s*1 ', shown), "the first result that has rows"
    assert owner.get(f"{path}?cursor=none").status_code == 422


def test_a_file_that_names_columns_and_nobody_says_so_and_whose_list_it_looks_like(practice: Practice) -> None:
    header = b"Legal first name,Legal last name,Billing type,Date of birth\n"
    shown = Window(practice, "owner").get(begun(practice, header)).text
    assert "The file has no rows" in shown and "All rows are checked" not in shown
    assert "This looks like an export of SimplePractice." in shown


def test_a_file_with_headers_of_its_own_is_read_once_somebody_says_what_they_are(practice: Practice) -> None:
    path, owner = (
        begun(practice, b"Christened,Last name,Arrival on earth\nOda,Odd,25/1/1990\n"),
        Window(practice, "owner"),
    )
    shown = owner.get(path).text
    assert (
        'aria-label="Read Christened as"' in shown and "Oda" in shown and "1 with errors" in re.sub(r"\s+", " ", shown)
    )
    token = owner.token()
    twice = {"column.0": "family_name", "column.1": "family_name", "column.2": ""}
    refused = owner.post(f"{path}/mapping", OURS, csrf=token, **twice)
    assert refused.status_code == 422
    assert refused.text.count("Two columns are read as “Last name”. Choose one of them.") == 2
    right = {"column.0": "given_name", "column.1": "family_name", "column.2": "date_of_birth"}
    sent = owner.post(f"{path}/mapping", OURS, csrf=token, **right)
    assert (sent.status_code, sent.headers["Location"]) == (303, path)
    wait_until(lambda: "All rows are checked" in owner.get(path).text, seconds=20)
    assert "Import 1 client" in owner.get(path).text
    owner.post(f"{path}/commit", OURS, csrf=token)
    late = owner.post(f"{path}/mapping", OURS, csrf=token, **right)
    assert (late.status_code, late.headers["Location"]) == (303, path), "its page says what came of it"
    wait_until(lambda: "1 client is added." in owner.get(path).text, seconds=20)
    assert "Read Christened as" not in owner.get(path).text


def test_rows_that_may_be_clients_are_decided_on_side_by_side(practice: Practice) -> None:
    person = {"given_name": "Robert", "family_name": "Aside", "date_of_birth": "1981-01-02", "phone": "+12125550199"}
    known = practice.owner.post("/clients", person)["id"]
    table = b"First name,Last name,Date of birth,Phone\nBobby,Aside,1/2/1981,212 555 0199\nUna,Anew,5/6/1977,\n"
    begun = practice.owner.call("POST", "/client-imports", files={"file": ("clients.csv", table)}).json()["id"]
    wait_until(lambda: practice.owner.get(f"/client-imports/{begun}")["state"] == "done", seconds=20)
    path, owner = f"/clients/import/{begun}", Window(practice, "owner")
    shown = owner.get(f"{path}?result=needs_decision").text
    for words in ("Row 2: is this a client already?", "0 of 1 decided", "The same as Robert Aside", "Differs"):
        assert words in shown
    deciding = {"csrf": owner.token(), "decision": "same", "client_id": known, "result": "needs_decision"}
    sent = owner.post(f"{path}/rows/2", OURS, **deciding)
    assert (sent.status_code, sent.headers["Location"]) == (303, f"{path}?result=needs_decision")
    shown = owner.get(f"{path}?result=duplicate").text
    assert "1 of 1 decided" in shown and "Somebody decided who this person is." in shown
    desk = Window(practice, "desk")
    assert desk.post(f"{path}/rows/2", OURS, csrf=desk.token(), decision="skip").status_code == 403
    other = Window(Practice(practice.url), "owner")
    assert other.post(f"{path}/rows/2", OURS, csrf=other.token(), decision="skip").status_code == 404
    assert owner.post(f"{path}/rows/x", OURS, csrf=owner.token(), decision="skip").status_code == 404


# Six people, one wrong day, one of row 2 again, one who is a client, one who may be.
TEN = b"""First name,Last name,Date of birth,Phone
Ann,Undone,1/2/1990,
Bea,Undone,2/3/1991,
Cyd,Undone,3/4/1992,
Dee,Undone,4/5/1993,
Eli,Undone,5/6/1994,
Fia,Undone,6/7/1995,
Gus,Undone,13/13/1990,
ANN,undone,1/2/1990,
Known,Already,1/1/1980,
Bobby,Perhaps,1/1/1981,212 555 0187
"""


def test_an_import_with_duplicates_is_committed_repeated_and_undone_but_for_who_was_booked(practice: Practice) -> None:
    practice.owner.post("/clients", {"given_name": "Known", "family_name": "Already", "date_of_birth": "1980-01-01"})
    near = {"given_name": "Robert", "family_name": "Perhaps", "date_of_birth": "1981-01-01", "phone": "+12125550187"}
    practice.owner.post("/clients", near)
    owner = Window(practice, "owner")
    token = owner.token()

    def brought() -> str:
        begun = practice.owner.call("POST", "/client-imports", files={"file": ("clients.csv", TEN)}).json()["id"]
        wait_until(lambda: practice.owner.get(f"/client-imports/{begun}")["state"] == "done", seconds=20)
        return str(begun)

    def ended(import_id: str, which: str, words: str) -> str:
        path = f"/clients/import/{import_id}"
        assert owner.post(f"{path}/{which}", OURS, csrf=token).headers["Location"] == path
        wait_until(lambda: words in owner.get(path).text, seconds=60)
        return owner.get(path).text

    first = brought()
    counts = practice.owner.get(f"/client-imports/{first}")["counts"]
    assert [counts[name] for name in ("created", "errors", "duplicates", "needs_decision")] == [6, 1, 2, 1]
    assert "6 clients are added. 4 rows were not." in ended(first, "commit", "The import is done")
    page, manager = f"/clients/import/{first}", Window(practice, "manager")
    assert "Undo the import" in owner.get(page).text and "Undo the import" not in manager.get(page).text
    assert manager.post(f"{page}/undo", OURS, csrf=manager.token()).status_code == 403
    again = brought()
    assert practice.owner.get(f"/client-imports/{again}")["counts"]["created"] == 0
    rows = practice.owner.get(f"/client-imports/{first}/rows", result="created")["items"]
    booked = next(row["client_id"] for row in rows if row["values"]["given_name"] == "Cyd")
    practice.owner.put(f"/clients/{booked}/staff/{practice.staff_ids['therapist']}")
    practice.book(booked, "2026-09-02T10:00")
    shown = ended(first, "undo", "The import is undone")
    assert "5 clients are taken back." in shown and "Somebody has changed this client since the import." in shown
    assert f'href="/clients/{booked}"' in shown and "Undo the import" not in shown
    left = {item["display_name"] for item in practice.owner.get("/clients", limit=100)["items"]}
    assert {name for name in left if "Undone" in name} == {"Cyd Undone"}
    before = practice.owner.get(f"/client-imports/{first}")
    assert practice.owner.call("POST", f"/client-imports/{first}/undo").json()["counts"] == before["counts"]
    wait_until(
        lambda: practice.owner.call("GET", f"/clients/{rows[0]['client_id']}/appointments").status_code == 404,
        10,
        "404 in clinical",
    )


def test_next_appointments_are_booked_by_clinical_and_a_refused_one_is_said_on_its_row(
    embedded_stack: Stack,
) -> None:
    practice, day = Practice(embedded_stack.url), clock.today("America/New_York") + timedelta(days=30)
    practice.new_client()  # the therapist is known everywhere then
    therapist = practice.email("therapist")
    head = "First name,Last name,Date of birth,Therapist,Next appointment"
    rows = (f"Ida,First,1/2/1990,{therapist},{day} 9:00 AM", f"Jon,Same,1/3/1990,{therapist},{day} 9:30 AM")
    path = begun(practice, "\n".join((head, *rows)).encode())
    api, owner = path.replace("/clients/import/", "/client-imports/"), Window(practice, "owner")
    assert "Service of the next appointments" in owner.get(path).text
    owner.post(f"{path}/commit", OURS, csrf=owner.token())

    def answered() -> bool:
        counts = practice.owner.get(api)["counts"]
        return (counts["created"], counts["created_with_problem"], counts["bookings_waiting"]) == (1, 1, 0)

    wait_until(answered, seconds=30)
    shown = owner.get(f"{path}?result=created").text
    assert "9:00\u202fam, booked" in shown
    assert "the therapist has an appointment at that time" in owner.get(f"{path}?result=created_with_problem").text
    first, second = practice.owner.get(f"{api}/rows")["items"]
    booked = practice.owner.get(f"/appointments/{first['appointment_id']}")
    assert (booked["starts_at_local"], booked["client_ids"]) == (f"{day}T09:00", [first["client_id"]])
    assert practice.owner.get(f"/clients/{second['client_id']}/appointments")["items"] == []
