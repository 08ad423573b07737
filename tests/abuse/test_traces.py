"""Abuse cases A-LOG: what people tell us is in the database, and leaves no trace in logs, measures, answers, records.

Each thing that must not be seen again holds a word that occurs nowhere else. After everything was asked, also wrongly,
every log of every process is read, and everything that the machinery remembers.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import requests

from embedded.api_client import ApiClient
from embedded.stack import Stack
from shared.services import SERVICES
from shared.testing.waiting import wait_until
from tests.practice import PASSWORD, Practice
from tests.running import rows, settled

REMEMBERING = ("audit_entries", "audit_trail", "outbox", "inbox", "dead_letters", "idempotency_keys", "used_tokens")


@dataclass
class Planted:
    """What was told, thing -> word; the answers that refused it; the last request's id."""

    words: dict[str, str] = field(default_factory=dict)
    refusals: list[requests.Response] = field(default_factory=list)
    last_request_id: str = ""

    def word(self, thing: str) -> str:
        """A fresh word for a thing."""
        self.words[thing] = "zq" + secrets.token_hex(8)
        return self.words[thing]


@pytest.fixture(scope="module")
def planted(besieged: Stack, home: Practice) -> Planted:
    """A day's work and a day's mistakes."""
    planted = Planted()
    owner, therapist, nobody = home.owner, home.people["therapist"], ApiClient(home.url)
    client = {
        "given_name": planted.word("given name"),
        "family_name": planted.word("family name"),
        "date_of_birth": "1990-01-02",
    }
    client_id = owner.post("/clients", client, Idempotency_Key=planted.word("idempotency key"))["id"]
    owner.put(f"/clients/{client_id}/staff/{home.staff_ids['therapist']}")
    case = therapist.post("/cases", {"client_id": client_id, "name": planted.word("case name")})
    appointment = home.book(client_id, "2026-09-03T10:00")
    note = {"client_id": client_id, "template": "soap", "minutes": 55}
    content = {part: planted.word(part) for part in ("subjective", "objective", "assessment", "plan")}
    note_id = therapist.post(f"/appointments/{appointment}/notes", {**note, "content": content})["id"]
    therapist.post(f"/notes/{note_id}/sign", expect=200)
    therapist.post(f"/notes/{note_id}/addenda", {"text": planted.word("addendum")})
    owner.post("/clients/search", {"query": planted.word("search")}, expect=200)
    home.draft_of(appointment)

    def mistake(asker: ApiClient, method: str, path: str, **options: object) -> None:
        response = asker.call(method, path, **options)
        assert 400 <= response.status_code < 500, (path, response.text)
        planted.refusals.append(response)
        planted.last_request_id = response.headers["X-Request-Id"]

    word = planted.word
    mistake(nobody, "POST", "/sessions", json={"email": home.email("owner"), "password": word("wrong password")})
    mistake(nobody, "POST", "/sessions", json={"email": "nobody@example.test", "password": 5, word("field"): 1})
    mistake(nobody, "POST", "/passwords/reset", json={"token": word("reset token"), "new_password": word("password")})
    mistake(nobody, "POST", "/tokens", json={"client_id": client_id, "client_secret": word("secret")})
    mistake(ApiClient(home.url, word("access token")), "GET", "/me")
    mistake(owner, "POST", "/clients", data=f'{{"given_name": "{word("not json")}'.encode())
    mistake(owner, "POST", "/clients", json={**client, "date_of_birth": word("date")})
    mistake(owner, "GET", f"/clients/{word('path')}")
    mistake(owner, "GET", f"/clients?{word('parameter')}=1")
    mistake(owner, "GET", f"/clients?cursor={word('cursor')}")
    taken = {"given_name": word("taken name"), "family_name": "T", "email": home.email("desk"), "levels": ["default"]}
    mistake(owner, "POST", "/staff", json=taken)
    mistake(owner, "POST", f"/clients/{client_id}/break-glass", json={"reason": word("reason") + " in a sentence."})
    mistake(therapist, "PATCH", f"/notes/{note_id}", json={"content": {"subjective": word("after signing")}})
    mistake(owner, "PATCH", f"/cases/{case['id']}", json={"name": word("stale")}, headers={"If-Match": '"99"'})
    planted.words |= {"sign-in token": str(home.people["desk"].token), "password in use": PASSWORD}
    wait_until(lambda: planted.last_request_id in "".join(text for _, text in logs(besieged)), 10, "the last line")
    wait_until(lambda: settled(besieged), 30, "the events")
    return planted


def logs(stack: Stack) -> Iterator[tuple[str, str]]:
    """Every log of the stack: (file, text)."""
    files = [*stack.home.logs.glob("*.log*"), *stack.home.postgres.rglob("*.log")]
    for file in (*files, stack.postgres.log):
        yield file.name, file.read_text(encoding="utf-8", errors="replace")


@pytest.mark.abuse("A-LOG-person", "A-LOG-token", "A-LOG-url")
def test_no_log_line_holds_what_was_told(besieged: Stack, planted: Planted) -> None:
    read = list(logs(besieged))
    assert len(read) >= 2 * len(SERVICES) + 2 and sum(len(text) for _, text in read) > 20_000
    found = [(file, thing) for file, text in read for thing, word in planted.words.items() if word in text]
    assert not found


@pytest.mark.abuse("A-LOG-postgres-detail")
def test_the_databases_log_names_no_values(besieged: Stack, home: Practice, planted: Planted) -> None:
    """PostgreSQL says which values break a constraint, in a detail; it must not be written down."""
    with pytest.raises(Exception, match="duplicate key") as broken:
        rows(
            besieged,
            "identity",
            'INSERT INTO staff SELECT (jsonb_populate_record(s, \'{"id": "01a20900-0000-7000-8000-000000000001"}\')).*'
            f" FROM staff s WHERE email = '{home.email('desk')}' RETURNING id",
        )
    assert home.email("desk") in str(broken.value), "the detail that this is about"
    text = besieged.postgres.log.read_text(encoding="utf-8", errors="replace")
    assert home.email("desk") not in text and not [word for word in planted.words.values() if word in text]


@pytest.mark.abuse("A-LOG-metrics")
def test_no_measure_names_anybody(besieged: Stack, planted: Planted, home: Practice) -> None:
    addresses = [f"http://127.0.0.1:{port}/metrics" for port in besieged.ports.values()]
    assert requests.get(f"{home.url}/metrics", timeout=10).status_code == 404, "the published port shows no measures"
    for address in addresses:
        text = requests.get(address, timeout=10).text
        assert "caseload_" in text or "python_info" in text, address
        assert not [thing for thing, word in planted.words.items() if word in text], address
        assert not [
            identifier for identifier in (*home.staff_ids.values(), home.organization_id) if identifier in text
        ], address


@pytest.mark.abuse("A-LOG-error", "A-LOG-trace")
def test_no_refusal_repeats_what_was_sent_or_says_where_it_failed(planted: Planted) -> None:
    own = {
        planted.words["field"],
        planted.words["parameter"],
    }  # which field, which parameter: that is what they need to hear
    for response in planted.refusals:
        repeated = [thing for thing, word in planted.words.items() if word in response.text and word not in own]
        assert not repeated, response.text
        for trace in ("Traceback", "psycopg", "sqlalchemy", "/services/", ".py", "SELECT ", "werkzeug"):
            assert trace not in response.text
        assert not [name for name in response.headers if planted.words["sign-in token"] in response.headers[name]]


@pytest.mark.abuse("A-LOG-audit-values")
def test_what_the_machinery_remembers_holds_ids_and_no_words(besieged: Stack, planted: Planted) -> None:
    """Audit trail, outbox, inbox, dead letters, kept answers, spent tokens: of every service."""
    looked_at = 0
    for service in SERVICES:
        present = {str(name) for (name,) in rows(besieged, service, "SELECT tablename FROM pg_tables")}
        for table in sorted(present & set(REMEMBERING)):
            text = str(rows(besieged, service, f"SELECT t::text FROM {table} t"))
            looked_at += 1
            # The others need a client's name on their own pages; of all else an event says nothing.
            names = {"given name", "family name"} if table == "outbox" and service == "clients" else set()
            found = [thing for thing, word in planted.words.items() if word in text and thing not in names]
            assert not found, (service, table)
    assert looked_at >= 4 * len(SERVICES)


@pytest.mark.abuse("A-LOG-injection")
def test_nobody_writes_a_line_of_the_log(besieged: Stack, home: Practice) -> None:
    """Line breaks, quotes and made-up request ids: every line stays one JSON object of ours."""
    forged = '\r\n{"event":"request","status":200,"forged":true}\r\n'
    owner = home.owner
    owner.post("/clients", {"given_name": forged, "family_name": "x", "date_of_birth": "1990-01-02"}, expect=201)
    for headers in ({"X-Request-Id": 'mine","forged":"true'}, {"User-Agent": '","forged":true,"'}):
        response = owner.call("GET", "/me", headers=headers)
        assert response.headers["X-Request-Id"] != headers.get("X-Request-Id")
    for path in ("/me%0d%0a{forged}", '/clients/","forged":true', "/clients/\u2028forged"):
        assert owner.call("GET", path).status_code == 404
    last = owner.call("GET", "/me").headers["X-Request-Id"]
    wait_until(lambda: last in (besieged.home.logs / "gateway.log").read_text(encoding="utf-8"), 10, "the last line")
    for service in ("gateway", *(f"{name}-web" for name in SERVICES)):
        for line in (besieged.home.logs / f"{service}.log").read_text(encoding="utf-8").splitlines():
            assert "forged" not in line
            assert isinstance(json.loads(line), dict), line
