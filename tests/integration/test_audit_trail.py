"""Story 40: who opened this chart, did anything, or was refused; one trail of all services that nobody can edit."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest

from embedded.api_client import ApiClient
from embedded.stack import Stack
from services.identity.app import SERVICE
from shared.services import SERVICES
from shared.testing.waiting import wait_until
from tests.practice import Practice
from tests.running import count, rows

YOUNG = "SELECT id FROM audit_entries WHERE at > now() - interval '5 seconds'"


def entries(asker: ApiClient, **filters: Any) -> list[dict[str, Any]]:
    """Every entry that fits, latest first, through all pages."""
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        page = asker.get("/audit/entries", limit=200, **filters, **({"cursor": cursor} if cursor else {}))
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


def said(found: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    return {(entry["staff_id"], entry["action"], entry["outcome"]) for entry in found}


def test_story_40_who_opened_this_chart(practice: Practice) -> None:
    client_id, case_id = practice.new_client()
    practice.people["therapist"].get(f"/cases/{case_id}")
    practice.people["desk"].get(f"/clients/{client_id}")
    practice.people["manager"].get("/clients", limit=200)
    practice.people["desk"].get(f"/clients/{client_id}/ledger", expect=403)
    practice.people["biller"].get(f"/clients/{client_id}/cases", expect=403)
    stranger = practice.add("colleague", "therapist")
    stranger.get(f"/cases/{case_id}", expect=404)
    therapist, desk, biller = (practice.staff_ids[name] for name in ("therapist", "desk", "biller"))
    expected = {
        (therapist, "case.read", "done"),
        (practice.staff_ids["colleague"], "case.read", "denied"),
        (desk, "client.read", "done"),
        (practice.staff_ids["manager"], "clients.list", "done"),
        (desk, "ledger.read", "denied"),
        (biller, "cases.list", "denied"),
    }
    wait_until(lambda: expected <= said(entries(practice.owner, client_id=client_id)), 20, "the audit trail")
    found = entries(practice.owner, client_id=client_id)
    assert all(client_id in entry["client_ids"] for entry in found)
    assert [entry["at"] for entry in found] == sorted((entry["at"] for entry in found), reverse=True)
    assert {entry["network"] for entry in found if entry["staff_id"]} == {"127.0.0.0/24"}
    assert all(entry["request_id"] for entry in found if entry["staff_id"])
    assert said(entries(practice.owner, client_id=client_id, staff_id=desk)) == {
        (desk, "client.read", "done"),
        (desk, "ledger.read", "denied"),
    }
    assert {e["outcome"] for e in entries(practice.owner, client_id=client_id, outcome="denied")} == {"denied"}
    assert not entries(practice.owner, client_id=client_id, to="2026-01-01T00:00:00Z")
    # Who looks into the trail leaves an entry too.
    wait_until(
        lambda: any(
            entry["client_id"] == client_id
            for entry in entries(practice.owner, staff_id=practice.staff_ids["owner"], action="audit_trail.read")
        ),
        20,
        "the look into the trail",
    )


def test_sign_ins_and_exports_are_on_record(embedded_practice: Practice) -> None:
    practice = embedded_practice
    wait_until(lambda: len(entries(practice.owner)) > 12, 20, "the trail of the first minutes")
    response = practice.owner.call("GET", "/audit/export")
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/csv")
    assert "attachment" in response.headers["Content-Disposition"]
    lines = list(csv.DictReader(io.StringIO(response.text)))
    assert [line["at"] for line in lines] == sorted(line["at"] for line in lines) and len(lines) > 12
    owner = practice.staff_ids["owner"]

    def recorded() -> bool:
        return {(owner, "post_session", "done"), (owner, "audit_trail.export", "done")} <= said(
            entries(practice.owner, staff_id=owner)
        )

    wait_until(recorded, 20, "sign-in and export")


@pytest.mark.abuse("A-DOS-export-flood")
def test_five_exports_an_hour_and_who_may(embedded_practice: Practice) -> None:
    practice = embedded_practice
    practice.people["manager"].get("/audit/entries")
    practice.people["manager"].get("/audit/export", expect=403)
    practice.people["therapist"].get("/audit/entries", expect=403)
    for _ in range(5):
        assert practice.owner.call("GET", "/audit/export").status_code == 200
    refused = practice.owner.call("GET", "/audit/export")
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) > 0


@pytest.mark.abuse("A-TEN-audit-trail")
def test_another_practice_is_not_in_it(embedded_stack: Stack, embedded_practice: Practice) -> None:
    stranger = Practice(embedded_stack.url)
    client_id, _case = embedded_practice.new_client()
    wait_until(lambda: entries(embedded_practice.owner, client_id=client_id), 20, "the entries")
    assert entries(stranger.owner, client_id=client_id) == []


@pytest.mark.parametrize(
    "query", [{"from": "yesterday"}, {"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, {"outcome": "x"}]
)
def test_a_question_that_makes_no_sense(embedded_practice: Practice, query: dict[str, str]) -> None:
    embedded_practice.owner.get("/audit/entries", expect=422, **query)


def whole(stack: Stack) -> bool:
    pending = [count(stack, s, "SELECT count(*) FROM audit_pending") for s in SERVICES]
    outbox = "SELECT count(*) FROM outbox WHERE type LIKE '%audit%' AND settled_at IS NULL"
    return not sum(pending) and not sum(count(stack, s, outbox) for s in SERVICES)


def test_every_entry_of_every_service_is_in_the_chain_once(stack: Stack, practice: Practice) -> None:
    practice.document(practice.new_client()[0], "2026-09-01T10:00")
    wait_until(lambda: whole(stack), 30, "the chain")
    written = {
        (str(identifier), service)
        for service in SERVICES
        for (identifier,) in rows(stack, service, "SELECT id FROM audit_entries")
    }
    chained = [(str(i), str(s)) for i, s in rows(stack, "identity", "SELECT id, service FROM audit_trail")]
    assert len(chained) == len(set(chained))
    # Those of a moment ago may be on their way: what is chained was written, and what was written before is chained.
    assert set(chained) >= written - {
        (str(identifier), service)
        for service in SERVICES
        for (identifier,) in rows(
            stack, service, "SELECT id FROM audit_entries WHERE at > now() - interval '5 seconds'"
        )
    }


@pytest.fixture
def tampered(embedded_stack: Stack, embedded_practice: Practice) -> Iterator[tuple[Stack, str]]:
    """A practice whose trail a test may spoil, as the owner of the database could."""
    organization = embedded_practice.organization_id
    for _ in range(8):
        embedded_practice.owner.get("/staff")
    wait_until(
        lambda: (
            count(
                embedded_stack, "identity", f"SELECT count(*) FROM audit_trail WHERE organization_id = '{organization}'"
            )
            > 8
        ),
        20,
        "a trail",
    )
    yield embedded_stack, organization


ONE = "UPDATE audit_trail SET {} WHERE organization_id = '{o}' AND seq = 3 RETURNING 1"
TAMPERINGS = {
    "somebody else did it": ONE.format("actor_id = gen_random_uuid()", o="{o}"),
    "at another time": ONE.format("at = at - interval '1 second'", o="{o}"),
    "it was done, not denied": ONE.format("outcome = CASE outcome WHEN 'done' THEN 'denied' ELSE 'done' END", o="{o}"),
    "details": ONE.format("details = '{{\"x\": 1}}'", o="{o}"),
    "another client": ONE.format("client_ids = ARRAY[gen_random_uuid()]", o="{o}"),
    "taken out": "DELETE FROM audit_trail WHERE organization_id = '{o}' AND seq = 3 RETURNING 1",
    "the end cut off": "DELETE FROM audit_trail WHERE organization_id = '{o}' AND seq > 3 RETURNING 1",
}


@pytest.mark.abuse("A-LOG-audit-tamper")
@pytest.mark.parametrize("name", TAMPERINGS)
def test_the_command_names_the_first_bad_entry(
    tampered: tuple[Stack, str], capsys: pytest.CaptureFixture[str], name: str
) -> None:
    stack, organization = tampered

    def verified() -> tuple[int, str]:
        """The command's exit status and what it prints."""
        database = SERVICE.database(stack.database_url("identity", "worker"))
        status = SERVICE.commands["verify-audit"](database, ["--organization", organization])
        database.dispose()
        return status, capsys.readouterr().out

    status, printed = verified()
    assert status == 0 and "sound" in printed, printed
    rows(stack, "identity", TAMPERINGS[name].replace("{o}", organization).replace("{{", "{").replace("}}", "}"))
    status, printed = verified()
    at = 4 if name == "the end cut off" else 3
    assert status == 1 and f"BROKEN at entry {at} " in printed, printed


def test_the_end_cut_off_with_its_head_shows_against_a_checkpoint(tampered: tuple[Stack, str]) -> None:
    stack, organization = tampered
    wait_until(
        lambda: count(
            stack, "clients", f"SELECT count(*) FROM audit_checkpoints WHERE organization_id = '{organization}'"
        ),
        20,
        "a checkpoint",
    )
    checkpoints = stack.run_command("clients", "audit-checkpoints").stdout
    assert organization in {json.loads(line)["organization_id"] for line in checkpoints.splitlines()}
    sound = stack.run_command("identity", "verify-audit", "--organization", organization)
    assert sound.returncode == 0 and "sound" in sound.stdout, sound.stderr
    rows(stack, "identity", f"DELETE FROM audit_trail WHERE organization_id = '{organization}' RETURNING 1")
    rows(stack, "identity", f"DELETE FROM audit_heads WHERE organization_id = '{organization}' RETURNING 1")
    broken = stack.run_command("identity", "verify-audit", "--checkpoints", "-", given=checkpoints)
    assert broken.returncode == 1 and f"{organization}: BROKEN at entry 1 (checkpoint)" in broken.stdout
