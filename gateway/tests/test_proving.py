"""A signature in a browser, or what lets somebody in from there, asks that its person has just proved who they are; a
program's token is no browser's.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from gateway.config import Settings
from gateway.edge import door as door_module
from gateway.edge.bodies import Body
from gateway.edge.denials import Denials
from gateway.edge.door import PROVED_FOR, Call, Door, ReauthenticationNeeded, Visitor
from gateway.edge.proofs import VersionRequired
from gateway.edge.sessions import Session
from gateway.edge.upstream import Upstream, UpstreamResponse
from gateway.route_table.api import ROUTE_TABLE
from gateway.route_table.row import Row
from gateway.web.proving import is_file
from shared import clock
from shared.actor import Person
from shared.ids import new_id
from shared.services import SERVICES
from shared.settings import Environment
from shared.testing.web import Keys

PROVING = [row for row in ROUTE_TABLE if row.proves]
PROVING_FOR = [row for row in ROUTE_TABLE if row.proves_for and row.method != "GET"]
FILES = [row for row in ROUTE_TABLE if row.proves_for and row.method == "GET"]
FACTOR = "DELETE /staff/{staff_id}/second-factors"
LETS_IN = {
    FACTOR,
    "POST /staff",
    "POST /staff/import",
    "POST /staff/{staff_id}/invitation",
    "POST /staff/{staff_id}/reactivate",
    "POST /api-clients",
    "POST /api-clients/{api_client_id}/rotate",
    "POST /staff/{staff_id}/licences",
    "PATCH /staff/{staff_id}/licences/{licence_id}",
    "DELETE /staff/{staff_id}/licences/{licence_id}",
    "POST /staff/{staff_id}/hand-over",
    "POST /staff/{staff_id}/hand-over-client",
    "POST /break-glass/{opening_id}/review",
    "POST /assignments",
    "POST /jobs/clients/{job_id}/undo",
    "POST /clients/{client_id}/merge",
    "POST /client-merges/{merge_id}/undo",
    "POST /organization/billing-profiles",
    "POST /payments/{payment_id}/refunds",
    "GET /audit/export",
}
SEEN = {"If-Match": '"3"'}
SIGNATURES = [row for row in PROVING if row.name not in LETS_IN]
THERAPIST = Person(new_id(), new_id(), levels=frozenset({"therapist"}), session_id=new_id())
OWNER = Person(new_id(), new_id(), levels=frozenset({"organization_administration"}), session_id=new_id())


@pytest.fixture
def door(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    """A door whose services say yes to everything."""

    def yes(*_: Any, **__: Any) -> UpstreamResponse:
        return UpstreamResponse(200, {}, b"{}")

    monkeypatch.setattr(Upstream, "send", yes)
    monkeypatch.setattr(Upstream, "get", yes)
    urls = {f"{name.upper()}_URL": "http://127.0.0.1:1" for name in SERVICES}
    yield Door(Settings.load(Environment({**urls, "SIGNING_KEY_FILE": str(keys.private_file("gateway"))})))


@pytest.fixture(autouse=True)
def noted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What goes to the audit trail: the action that was refused, and the code."""
    denials: list[tuple[str, str]] = []

    def note(_self: Denials, _actor: object, row: Row, _ids: object, _network: object, rule: str) -> None:
        denials.append((row.audit, rule))

    monkeypatch.setattr(Denials, "note", note)
    return denials


def ask(
    door: Door,
    row: Row,
    session: Session,
    body: bytes = b"",
    query: str = "",
    headers: Mapping[str, str] = SEEN,
) -> int:
    ids = {name: str(new_id()) for name in re.findall(r"{(\w+)}", row.path)}
    call = Call(row.method, row.path, Body(io.BytesIO(body), len(body)), query, headers=headers, ids=ids)
    passed = door.ask(session, row, call, Visitor("192.0.2.1"))
    passed.done()
    return passed.response.status


def test_every_signature_is_one() -> None:
    signed = {row.path.rpartition("/")[2] for row in SIGNATURES}
    assert signed == {"sign", "submit", "approve", "co-sign", "addenda", "amendments"}
    added = {"addenda", "amendments"}  # with a signature that is theirs
    assert all(row.permission.endswith(":sign") for row in SIGNATURES if row.path.rpartition("/")[2] not in added)
    assert {row.path for row in ROUTE_TABLE if row.path.endswith("/sign")} <= {row.path for row in SIGNATURES}
    assert {row.name for row in PROVING if row not in SIGNATURES} == LETS_IN


@pytest.mark.parametrize("row", SIGNATURES, ids=lambda row: row.path)
def test_a_browser_signs_the_version_that_its_person_saw(door: Door, row: Row) -> None:
    session = Session(THERAPIST, clock.now())
    assert ask(door, row, session) == 200
    with pytest.raises(VersionRequired):
        ask(door, row, session, headers={})
    assert ask(door, row, Session(THERAPIST), headers={}) == 200, "a program says which version where it wants to"


def test_of_the_version_that_was_seen_no_other_request_must_say() -> None:
    assert [row for row in ROUTE_TABLE if row.seen] == SIGNATURES


@pytest.mark.abuse("A-SES-lasting-gain")
@pytest.mark.parametrize("row", PROVING, ids=lambda row: row.path)
def test_a_browser_signs_only_within_five_minutes_of_a_proof(door: Door, row: Row) -> None:
    somebody = OWNER if row.name in LETS_IN else THERAPIST
    just_now = Session(somebody, clock.now() - PROVED_FOR + timedelta(seconds=5))
    assert ask(door, row, just_now) == 200
    long_ago = Session(somebody, clock.now() - PROVED_FOR - timedelta(seconds=1))
    with pytest.raises(ReauthenticationNeeded):
        ask(door, row, long_ago)
    assert ask(door, row, Session(somebody)) == 200, "a program's token has no five minutes"


@pytest.mark.abuse("A-SES-lasting-gain")
def test_who_may_sign_and_who_takes_clients_over_is_changed_after_a_proof() -> None:
    grave = {row.name: row.proves_for for row in PROVING_FOR}
    assert grave["PATCH /staff/{staff_id}"] >= {"licence", "supervisor_id", "supervision_mode"}
    assert grave["POST /staff/{staff_id}/deactivate"] == {"successor_id"}
    changes = [row for row in ROUTE_TABLE if row.method != "GET"]
    kinds = [row for row in changes if re.search("/licences|/hand-over|/review$", row.path)]
    assert len(kinds) >= 6 and all(row.proves for row in kinds), "a new row of these kinds proves as well"


def test_what_wants_a_proof_stands_in_the_audit_trail(door: Door, noted: list[tuple[str, str]]) -> None:
    signature, access = SIGNATURES[0], PROVING_FOR[0]
    field = next(iter(access.proves_for))
    for row, somebody in ((signature, THERAPIST), (access, OWNER)):
        body = b'{"%s": 1}' % field.encode()
        assert ask(door, row, Session(somebody, clock.now()), body) == 200
        with pytest.raises(ReauthenticationNeeded):
            ask(door, row, Session(somebody, clock.now() - timedelta(hours=1)), body)
    assert noted == [(signature.audit, "reauthentication_needed"), (access.audit, "reauthentication_needed")]


@pytest.mark.parametrize("row", PROVING_FOR, ids=lambda row: row.path)
def test_some_fields_are_as_grave(door: Door, row: Row) -> None:
    long_ago = Session(OWNER, clock.now() - PROVED_FOR - timedelta(seconds=1))
    just_now = Session(OWNER, clock.now())
    assert ask(door, row, long_ago, b'{"name": "Mill Lane"}') == 200
    for field in row.proves_for:
        for body in (b'{"%s": 1}', b'{"name": "Mill Lane", "%s": null}', b'{"%s": 1, "%s": 2}'):
            grave = body.replace(b"%s", field.encode())
            assert ask(door, row, just_now, grave) == 200
            assert ask(door, row, Session(OWNER), grave) == 200
            with pytest.raises(ReauthenticationNeeded):
                ask(door, row, long_ago, grave)


@pytest.mark.parametrize("body", [b"[]", b"{", b'"levels"', b"\xff\xfe{\x00", b'\xef\xbb\xbf{"levels": []}'])
@pytest.mark.parametrize("row", PROVING_FOR, ids=lambda row: row.path)
def test_what_nobody_can_read_here_asks_as_well(door: Door, row: Row, body: bytes) -> None:
    with pytest.raises(ReauthenticationNeeded):
        ask(door, row, Session(OWNER, clock.now() - timedelta(hours=1)), body)


@pytest.mark.abuse("A-SES-bulk-copy")
@pytest.mark.parametrize("row", FILES, ids=lambda row: row.path)
def test_a_report_asks_where_all_of_it_is_wanted_as_a_file(door: Door, row: Row) -> None:
    long_ago = Session(OWNER, clock.now() - PROVED_FOR - timedelta(seconds=1))
    assert ask(door, row, long_ago, query="limit=200&days=60") == 200, "a page of it is the day's work"
    for query in ("format=csv", "limit=1&format=xlsx", "format", "form%61t=csv"):
        assert ask(door, row, Session(OWNER, clock.now()), query=query) == 200
        with pytest.raises(ReauthenticationNeeded):
            ask(door, row, long_ago, query=query)


def test_after_the_proof_files_are_offered_and_nothing_else() -> None:
    files = "/clients/reports/active/file", f"/clients/{OWNER.actor_id}/ledger/file", "/activity/export"
    assert [is_file(path) for path in files] == [True] * 3
    others = "/home", "/clients/reports/active", f"/clients/{OWNER.actor_id}/ledger", "/clients/a/b/ledger/file", ""
    assert not any(is_file(path) for path in others)


def test_nothing_else_asks_for_a_proof(door: Door) -> None:
    long_ago = Session(THERAPIST, clock.now() - timedelta(hours=11))
    others = [row for row in ROUTE_TABLE if not row.proves and row.permission in THERAPIST.permissions]
    assert {ask(door, row, long_ago) for row in others} == {200}


def test_the_time_is_counted_from_the_proof_and_not_from_the_last_request(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = clock.now()
    session = Session(THERAPIST, began)
    for minutes in (1, 2, 3, 4, 5):
        monkeypatch.setattr(door_module.clock, "now", lambda minutes=minutes: began + timedelta(minutes=minutes))
        assert ask(door, SIGNATURES[0], session) == 200
    monkeypatch.setattr(door_module.clock, "now", lambda: began + timedelta(minutes=5, seconds=1))
    with pytest.raises(ReauthenticationNeeded):
        ask(door, SIGNATURES[0], session)
