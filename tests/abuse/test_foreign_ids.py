"""Abuse cases A-IDOR and A-TEN in bodies: an id of another organization, wherever a request may carry one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from embedded.stack import Stack
from gateway.route_table.api import ROUTE_TABLE
from gateway.route_table.row import Row
from shared.ids import new_id
from shared.testing.waiting import wait_until
from shared.web.examples import filled
from tests.access.specimens import SPECIMENS
from tests.access.test_matrix import path_of
from tests.access.worlds import ASSIGNED, ELSEWHERE, PLAN, Worlds
from tests.practice import SOAP, Practice
from tests.running import rows, settled

Request = tuple[str, str, dict[str, Any]]


@pytest.fixture(scope="module")
def worlds(besieged: Stack) -> Worlds:
    built = Worlds.build(besieged, principals=False)
    wait_until(lambda: settled(besieged), 30, "every event: from now on only these tests change anything")
    return built


def booking(ours: dict[str, str], **foreign: Any) -> dict[str, Any]:
    return {
        "client_ids": [ours["client_id"]],
        "staff_id": ours["staff_id"],
        "service_type_id": ours["service_type_id"],
        "starts_at_local": "2027-03-01T09:00",
        **foreign,
    }


def paid(ours: dict[str, str], **foreign: Any) -> dict[str, Any]:
    values = {"client_id": ours["client_id"], "amount_cents": 100, "method": "cash", "received_on": "2026-09-30"}
    return {**values, **foreign}


CASES: dict[str, Callable[[dict[str, str], dict[str, str]], Request]] = {
    "A-IDOR-supervisor-elsewhere": lambda us, them: (
        "PATCH",
        f"/staff/{us['staff_id']}",
        {"supervisor_id": them["staff_id"]},
    ),
    "A-IDOR-assign-staff-of-another": lambda us, them: (
        "PUT",
        f"/clients/{us['client_id']}/staff/{them['staff_id']}",
        {},
    ),
    "A-IDOR-assign-to-a-client-of-another": lambda us, them: (
        "PUT",
        f"/clients/{them['client_id']}/staff/{us['staff_id']}",
        {},
    ),
    "A-IDOR-staff-on-case": lambda us, them: ("PUT", f"/cases/{us['case_id']}/staff/{them['staff_id']}", {}),
    "A-IDOR-case-for-a-client-of-another": lambda us, them: (
        "POST",
        "/cases",
        {"client_id": them["client_id"], "name": "x"},
    ),
    "A-IDOR-case-staff": lambda us, them: (
        "POST",
        "/cases",
        {"client_id": us["client_id"], "name": "x", "staff_ids": [them["staff_id"]]},
    ),
    "A-IDOR-book-client": lambda us, them: ("POST", "/appointments", booking(us, client_ids=[them["client_id"]])),
    "A-IDOR-book-one-client-of-two": lambda us, them: (
        "POST",
        "/appointments",
        booking(us, client_ids=[us["client_id"], them["client_id"]]),
    ),
    "A-IDOR-book-staff": lambda us, them: ("POST", "/appointments", booking(us, staff_id=them["staff_id"])),
    "A-IDOR-book-service": lambda us, them: (
        "POST",
        "/appointments",
        booking(us, service_type_id=them["service_type_id"]),
    ),
    "A-IDOR-book-location": lambda us, them: ("POST", "/appointments", booking(us, location_id=them["location_id"])),
    "A-IDOR-book-case": lambda us, them: ("POST", "/appointments", booking(us, case_id=them["case_id"])),
    "A-IDOR-note-for-a-client-of-another": lambda us, them: (
        "POST",
        f"/appointments/{us['appointment_id']}/notes",
        {"client_id": them["client_id"], "template": "narrative", "content": {"text": "x"}},
    ),
    "A-IDOR-diagnosis-of-another-case": lambda us, them: (
        "PATCH",
        f"/cases/{us['case_id']}/diagnoses/{them['diagnosis_id']}",
        {"effective_to": "2030-01-01"},
    ),
    "A-IDOR-pay-for-a-client-of-another": lambda us, them: (
        "POST",
        "/payments",
        paid(us, client_id=them["client_id"]),
    ),
    "A-IDOR-pay-an-invoice-of-another": lambda us, them: (
        "POST",
        "/payments",
        paid(us, allocations=[{"invoice_id": them["invoice_id"], "amount_cents": 100}]),
    ),
    "A-IDOR-accept-an-amendment-of-another": lambda us, them: (
        "POST",
        f"/invoices/{us['amended_invoice_id']}/amendments/{them['amendment_id']}/accept",
        {},
    ),
    "A-IDOR-organization-in-the-body": lambda us, them: (
        "POST",
        "/clients",
        {
            "organization_id": them["staff_id"],
            "given_name": "A",
            "family_name": "B",
            "date_of_birth": "1990-01-01",
        },
    ),
    "A-IDOR-id-in-the-body": lambda us, them: (
        "POST",
        "/clients",
        {"id": them["client_id"], "given_name": "A", "family_name": "B", "date_of_birth": "1990-01-01"},
    ),
    "A-ROLE-mass-assign-active": lambda us, them: (
        "POST",
        "/staff",
        {
            "given_name": "A",
            "family_name": "B",
            "email": "mass@example.test",
            "levels": ["default"],
            "password_hash": "x",
            "joined": True,
        },
    ),
}

COUNTED = {
    "identity": "SELECT (SELECT count(*) FROM staff), (SELECT count(*) FROM staff WHERE supervisor_id IS NOT NULL)",
    "clients": "SELECT (SELECT count(*) FROM clients), (SELECT count(*) FROM assignments WHERE active)",
    "clinical": "SELECT (SELECT count(*) FROM cases), (SELECT count(*) FROM appointments),"
    " (SELECT count(*) FROM notes), (SELECT count(*) FROM case_members WHERE active)",
    "billing": "SELECT (SELECT count(*) FROM payments), (SELECT count(*) FROM postings),"
    " (SELECT count(*) FROM allocations)",
}


def counts(stack: Stack) -> dict[str, Any]:
    """How much of everything there is, in all organizations."""
    return {service: rows(stack, service, statement)[0] for service, statement in COUNTED.items()}


@pytest.mark.abuse(*CASES)
@pytest.mark.parametrize("name", CASES)
def test_an_id_from_elsewhere_is_nothing_here(besieged: Stack, worlds: Worlds, name: str) -> None:
    before = counts(besieged)
    method, path, body = CASES[name](worlds.of(ASSIGNED), worlds.of(ELSEWHERE))
    response = worlds.home.owner.call(method, path, **({"json": body} if method != "PUT" else {}))
    assert response.status_code in (404, 422), (response.status_code, response.text)
    foreign = worlds.of(ELSEWHERE)
    assert not [key for key, value in foreign.items() if value in response.text and value not in path], response.text
    assert counts(besieged) == before


@pytest.mark.abuse("A-TEN-idempotency")
def test_somebody_elses_idempotency_key_tells_nothing(worlds: Worlds) -> None:
    """A-TEN-idempotency: the same key of another person, or in another organization, is another key."""
    body = {"given_name": "Idem", "family_name": "Potent", "date_of_birth": "1990-01-01"}
    home, away = worlds.home, worlds.elsewhere
    first = home.owner.post("/clients", body, Idempotency_Key="the-same-key-1")
    for other in (home.people["desk"], away.owner):
        response = other.call("POST", "/clients", json=body, headers={"Idempotency-Key": "the-same-key-1"})
        assert response.status_code == 201 and response.json()["id"] != first["id"]
        assert "Idempotency-Replayed" not in response.headers


@pytest.mark.abuse("A-IDOR-replay")
def test_a_replay_is_asked_anew_whether_it_may(worlds: Worlds) -> None:
    """A-IDOR-replay: an answer kept under a key is not given to somebody who has lost the permission since."""
    home: Practice = worlds.home
    leaving = home.add("replaying", "administration")
    body = {"name": "Somewhere"}
    leaving.post("/locations", body, Idempotency_Key="a-key-of-mine-1")
    home.owner.patch(f"/staff/{home.staff_ids['replaying']}", {"levels": ["default"]})

    def refused() -> bool:
        headers = {"Idempotency-Key": "a-key-of-mine-1"}
        return leaving.call("POST", "/locations", json=body, headers=headers).status_code == 403

    wait_until(refused, 6, "the refusal")


@pytest.mark.abuse("A-IDOR-replay")
def test_a_replay_is_asked_anew_whose_client_it_is(worlds: Worlds) -> None:
    """What a therapist made, changed and did is not answered again once the client is somebody else's."""
    home: Practice = worlds.home
    therapist = home.people["therapist"]
    client_id, case_id = home.new_client()
    appointment_id = home.book(client_id, "2026-09-16T10:00")
    note = {"client_id": client_id, "template": "soap", "content": SOAP, "minutes": 55}
    diagnosis = {"code": "F41.1", "rank": 1, "effective_from": "2026-01-01"}
    sent = [
        ("/cases", {"client_id": client_id, "name": "Couple"}),
        (f"/cases/{case_id}/diagnoses", diagnosis),
        (f"/cases/{case_id}/treatment-plans", PLAN),
        (f"/appointments/{appointment_id}/notes", note),
    ]
    made = [therapist.post(path, body, Idempotency_Key=path) for path, body in sent]
    sent.append((f"/notes/{made[-1]['id']}/sign", {}))
    therapist.post(*sent[-1], expect=200, Idempotency_Key=sent[-1][0])
    path = f"/clients/{client_id}/staff/{home.staff_ids['therapist']}"
    assert home.owner.call("DELETE", path, json={"acknowledged": True}).status_code == 200

    def again(path: str, body: dict[str, Any]) -> int:
        return therapist.call("POST", path, json=body, headers={"Idempotency-Key": path}).status_code

    for path, body in sent:
        wait_until(lambda path=path, body=body: again(path, body) == 404, 20, f"the refusal of {path}")


CURSORS = ["W10", "bnVsbA", "WyInOyBEUk9QIFRBQkxFIHN0YWZmOy0tIiwgIjEiXQ", "e30", "A" * 500, "%00", "WzEsIDJd"]


@pytest.mark.abuse("A-INJ-cursor")
@pytest.mark.parametrize("cursor", CURSORS)
def test_a_cursor_that_no_list_gave_is_refused(worlds: Worlds, cursor: str) -> None:
    """A-INJ-cursor: whatever stands in it, it neither fails nor shows another's rows."""
    theirs = worlds.of(ELSEWHERE)
    for path in ("/clients", "/staff", "/locations", "/service-types", "/invoices", "/payments"):
        response = worlds.home.owner.call("GET", path, params={"cursor": cursor})
        assert response.status_code == 422, (path, response.text)
        assert not [value for value in theirs.values() if value in response.text]


INJECTIONS = [
    "'",
    "' OR 1=1 --",
    "%",
    "_",
    "\\",
    "%' AND pg_sleep(5) --",
    "{{7*7}}",
    "${7*7}",
    "$(id)",
    "*",
    "../../etc",
]


@pytest.mark.abuse("A-INJ-search", "A-INJ-sort", "A-INJ-filter", "A-INJ-like")
@pytest.mark.parametrize("text", INJECTIONS)
def test_what_is_searched_for_is_only_text(worlds: Worlds, text: str) -> None:
    """A-INJ: in a search, a name, a filter."""
    owner = worlds.home.owner
    response = owner.call("POST", "/clients/search", json={"query": text})
    assert response.status_code in (200, 422) and response.elapsed.total_seconds() < 3
    if response.status_code == 200 and not any(letter.isalnum() for letter in text):
        assert len(response.json()["items"]) == 0, "a pattern matched more than its letters"
    body = {"given_name": text, "family_name": "Injected", "date_of_birth": "1990-01-01"}
    made = owner.post("/clients", body)
    assert made["given_name"] == text
    for path in ("/clients", "/staff", "/invoices"):
        assert owner.call("GET", path, params={"sort": text}).status_code == 422
        assert owner.call("GET", path, params={"status": text}).status_code == 422


def told(worlds: Worlds, row: Row, ids: dict[str, str]) -> tuple[int, str]:
    """The answer to that row's request about these things, with what names them blanked."""
    specimen = SPECIMENS[f"{row.method} {row.path}"]
    named = {**worlds.of(ASSIGNED), **ids}
    body, query = filled(specimen.body, named), filled(specimen.query, named)
    response = worlds.home.owner.call(row.method, path_of(row, named), json=body, params=query)
    return response.status_code, re.sub(
        r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "", response.text
    )


@pytest.mark.abuse("A-IDOR-existence")
def test_what_is_somebody_elses_and_what_is_nobodys_are_one_answer(worlds: Worlds) -> None:
    """Word for word, on every row that names a thing: whether an id exists elsewhere is not to be found out."""
    theirs = worlds.of(ELSEWHERE)
    nobodys = {name: str(new_id()) for name in theirs}
    compared = 0
    for row in ROUTE_TABLE:
        name = f"{row.method} {row.path}"
        if name in SPECIMENS and ("{" in row.path or SPECIMENS[name].names_a_record):
            assert told(worlds, row, theirs) == told(worlds, row, nobodys), name
            compared += 1
    assert compared > 50


QUERIES = {
    "/invoices": ("client_id", "appointment_id"),
    "/payments": ("client_id",),
    "/agenda": ("staff_id", "staff_ids", "location_id"),
    "/access/explain": ("client_id", "staff_id"),
}


@pytest.mark.abuse("A-IDOR-query")
@pytest.mark.parametrize("path", QUERIES)
def test_a_filter_by_somebody_elses_id_finds_what_a_made_up_one_finds(worlds: Worlds, path: str) -> None:
    needed = {"/agenda": {"from": "2026-09-01", "to": "2026-09-30"}}.get(path, {})
    theirs, owner = worlds.of(ELSEWHERE), worlds.home.owner
    for name in QUERIES[path]:
        named = [
            owner.call("GET", path, params={**needed, name: value})
            for value in (theirs[name.removesuffix("s")], str(new_id()))
        ]
        assert named[0].status_code == named[1].status_code, (name, named[0].text)
        assert named[0].status_code in (200, 404, 422)
        if named[0].status_code == 200:
            assert [response.json()["items"] for response in named] == [[], []], name
