"""The chain: every alteration shows, and many writers make one chain."""

from __future__ import annotations

import csv
import io
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import true

from services.identity.audit_trail import queries
from services.identity.audit_trail.commands import append, grown_heads
from services.identity.audit_trail.rules import Break, Head, Link, first_break, hash_of
from services.identity.checks import read_checkpoints, verify
from services.identity.tests.people import founding, fresh_email
from shared.contracts.audit import AuditEntry, ClientsAuditRecorded
from shared.ids import new_id
from shared.testing.databases import database_of
from shared.testing.events import apply
from shared.testing.plans import plan_of

ORGANIZATION = UUID("01a20900-0000-7000-8000-000000000001")
NOON = datetime(2026, 10, 6, 12, tzinfo=UTC)


def chain(length: int) -> list[Link]:
    links: list[Link] = []
    for number in range(1, length + 1):
        link = Link(
            organization_id=ORGANIZATION,
            seq=number,
            id=new_id(),
            service="clients",
            at=NOON + timedelta(seconds=number),
            recorded_at=NOON + timedelta(seconds=number + 1),
            action="client.read",
            outcome="done",
            actor_id=new_id(),
            session_id=None,
            object_id=new_id(),
            client_ids=(ORGANIZATION, new_id()),
            rule="assigned",
            request_id="r",
            correlation_id="r",
            network="203.0.113.0/24",
            details={"fields": ["name"], "a": 1},
            previous_hash=links[-1].hash if links else bytes(32),
        )
        links.append(replace(link, hash=hash_of(link)))
    return links


def head(links: list[Link]) -> Head:
    return Head(links[-1].seq, links[-1].hash)


def rechained(links: list[Link]) -> list[Link]:
    """As somebody would who may write everything and knows how hashes are made."""
    again: list[Link] = []
    for number, link in enumerate(links, 1):
        fresh = replace(link, seq=number, previous_hash=again[-1].hash if again else bytes(32))
        again.append(replace(fresh, hash=hash_of(fresh)))
    return again


CHANGES = {
    "service": "billing",
    "at": NOON - timedelta(days=1),
    "recorded_at": NOON - timedelta(days=1),
    "action": "note.read",
    "outcome": "denied",
    "actor_id": None,
    "session_id": ORGANIZATION,
    "object_id": None,
    "client_ids": (ORGANIZATION,),
    "rule": None,
    "request_id": "other",
    "correlation_id": None,
    "network": None,
    "details": {},
    "id": ORGANIZATION,
    "organization_id": new_id(),
    "previous_hash": bytes(32),
    "hash": bytes(32),
    "seq": 99,
}
CHAIN = chain(12)


@pytest.mark.abuse("A-LOG-audit-tamper")
@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_any_one_alteration_is_found_where_it_begins(data: st.DataObject) -> None:
    links = list(CHAIN)
    at = data.draw(st.integers(1, len(links) - 2))
    kind = data.draw(st.sampled_from(["change", "delete", "insert", "swap", "truncate"]))
    where = at + 1
    if kind == "change":
        field = data.draw(st.sampled_from(sorted(CHANGES)))
        links[at] = replace(links[at], **{field: CHANGES[field]})
    elif kind == "delete":
        del links[at]
    elif kind == "insert":
        links.insert(at, links[at - 1])
    elif kind == "swap":
        links[at], links[at + 1] = links[at + 1], links[at]
    else:
        del links[at:]
    found = first_break(links, head(CHAIN), {})
    assert found is not None and found.seq == where, (kind, found)


def test_a_sound_chain_and_none() -> None:
    assert first_break(CHAIN, head(CHAIN), {5: {CHAIN[4].hash}, 12: {CHAIN[11].hash}}) is None
    assert first_break([], Head(), {}) is None


@pytest.mark.abuse("A-LOG-audit-tamper")
def test_made_anew_or_cut_off_with_its_head_shows_against_a_checkpoint() -> None:
    forged = rechained([*CHAIN[:4], *CHAIN[5:]])
    assert first_break(forged, head(forged), {}) is None
    assert first_break(forged, head(forged), {11: {CHAIN[10].hash}}) == Break(11, "checkpoint")
    cut = CHAIN[:7]
    assert first_break(cut, head(cut), {}) is None
    assert first_break(cut, head(cut), {10: {CHAIN[9].hash}}) == Break(8, "checkpoint")


@pytest.mark.parametrize("order", [1, -1])
def test_two_checkpoints_of_one_entry_that_differ_are_a_break(tmp_path, order) -> None:
    """Whichever is the present one's, and in whatever order they are printed."""
    forged = rechained([*CHAIN[:4], *CHAIN[5:]])
    lines = [
        json.dumps({"organization_id": str(ORGANIZATION), "seq": 11, "hash": links[10].hash.hex()})
        for links in (CHAIN, forged)
    ][::order]
    (tmp_path / "checkpoints").write_text("\n".join([*lines, lines[0]]))
    checkpoints = read_checkpoints(str(tmp_path / "checkpoints"))[ORGANIZATION]
    for links in (CHAIN, forged):
        assert first_break(links, head(links), checkpoints) == Break(11, "checkpoint")


def test_chains_that_grew_are_found_by_an_index(database) -> None:
    """Asked twice a second, however many organizations there are."""
    statement = grown_heads(NOON + timedelta(days=3650)).with_for_update(skip_locked=True)
    made = plan_of(database, None, statement, role="worker")
    assert "ix_audit_heads_grown" in made and "Sort" not in made, made
    assert "Index Cond: (checkpoint_at <=" in made, made


def entry(number: int, *clients: UUID) -> AuditEntry:
    return AuditEntry(
        id=new_id(), at=NOON + timedelta(seconds=number), action="client.read", outcome="done", client_ids=clients
    )


def test_many_writers_make_one_chain(database) -> None:
    worker = database_of(database, "worker")
    organization = new_id()
    batches = [[entry(number, new_id(), new_id()) for number in range(size)] for size in (1, 3, 7, 20) * 12]
    twice = batches + batches[::5]  # some are delivered again

    def write(batch: list[AuditEntry]) -> int:
        return worker.run(lambda session: append(session, organization, "clients", batch), organization)

    with ThreadPoolExecutor(6) as pool:
        written = sum(pool.map(write, twice))
    assert written == sum(map(len, batches))
    assert verify(worker, organization, {}) == (None, written)


def test_what_comes_together_is_chained_in_its_order_and_once(database, public) -> None:
    worker, organization = database_of(database, "worker"), new_id()
    first, second, third = (entry(number, new_id()) for number in range(3))
    parts = ((first,), (second, first), (third,))  # one is told of twice
    apply("identity", worker, *(ClientsAuditRecorded(organization, at, part) for at, part in enumerate(parts)))
    assert verify(worker, organization, {}) == (None, 3)
    owner = public.as_actor("organization_administration", organization_id=organization)
    shown = owner.get("/audit/entries").json["items"]
    assert [item["at"] for item in shown[::-1]] == [f"2026-10-06T12:00:0{second}Z" for second in range(3)]


@pytest.mark.abuse("A-LOG-audit-delete")
def test_the_web_role_may_not_append(database) -> None:
    web = database_of(database, "app")
    organization = new_id()
    with pytest.raises(Exception, match="permission denied"):
        web.run(lambda session: append(session, organization, "clients", [entry(1)]), organization)


@pytest.mark.parametrize(
    "filters",
    [
        {"client_id": new_id()},
        {"client_id": new_id(), "from_instant": NOON, "to_instant": NOON + timedelta(days=365)},
        {"client_ids": (new_id(), new_id(), new_id())},
        {"staff_id": new_id()},
        {"object_id": new_id()},
        {"action": "note.read"},
        {"outcome": "denied"},
        {"kind": "changes"},
        {"kind": "reads"},
        {"kind": "refusals"},
        {"from_instant": NOON, "to_instant": NOON + timedelta(days=365)},
    ],
)
def test_every_question_is_served_by_an_index(database, filters) -> None:
    order = [column.desc() for column in queries.order_of(filters)]
    narrow = {"changes": "ix_audit_trail_changes", "refusals": "ix_audit_trail_denied"}
    for branch in queries.branches_of(filters) or [true()]:  # of which the list reads a page each
        statement = queries.filtered(ORGANIZATION, filters).where(branch).order_by(*order).limit(51)
        made = plan_of(database, ORGANIZATION, statement)
        assert "Sort" not in made and "Index" in made and "Seq Scan" not in made, made
        assert narrow.get(filters.get("kind", ""), "") in made, made
        by_client = not {"client_id", "client_ids"}.isdisjoint(filters)
        assert ("ix_audit_trail_clients_client" in made) == by_client, made


def listed(public, organization: UUID, **filters: str) -> list[int]:
    """What an administrator finds, oldest first, through pages of two."""
    asker = public.as_actor("administration", organization_id=organization)
    found, cursor = [], {}
    while True:
        page = asker.get("/audit/entries", limit=2, **filters, **cursor).json
        found += [row["seq"] for row in page["items"]]
        if page["next_cursor"] is None:
            return found[::-1]
        cursor = {"cursor": page["next_cursor"]}


def test_an_entry_is_found_under_every_client_it_names(database, public) -> None:
    worker, organization = database_of(database, "worker"), new_id()
    first, other = new_id(), new_id()
    entries = [entry(1, first), entry(2, other), entry(3, first, other, first), entry(4), entry(5, other, first)]
    worker.run(lambda session: append(session, organization, "clients", entries), organization)
    assert listed(public, organization, client_id=str(first)) == [1, 3, 5]
    assert listed(public, organization, client_id=str(other)) == [2, 3, 5]
    assert listed(public, organization, client_id=str(new_id())) == []
    later = (NOON + timedelta(seconds=4)).isoformat()
    assert listed(public, organization, client_id=str(first), **{"from": later}) == [5]
    family = f"{first},{other},{new_id()}"
    assert listed(public, organization, client_ids=family) == [1, 2, 3, 5], "of several, each entry once"
    assert listed(public, organization, client_ids=family, **{"from": later}) == [5]
    owner = public.as_actor("organization_administration", organization_id=organization)
    shown = owner.get("/audit/entries", client_id=str(first)).json["items"]
    assert [item["client_ids"] for item in shown] == [[str(other), str(first)], [str(first), str(other)], [str(first)]]
    assert [item["client_id"] for item in shown] == [None, None, str(first)]
    exported = list(csv.DictReader(io.StringIO(owner.get("/audit/export", client_id=str(first)).text)))
    assert [(line["client_id"], line["client_ids"]) for line in exported] == [
        (str(first), str(first)),
        ("", f"{first} {other}"),
        ("", f"{other} {first}"),
    ]
    of_both = list(csv.DictReader(io.StringIO(owner.get("/audit/export", client_ids=f"{other},{first}").text)))
    assert [line["seq"] for line in of_both] == ["1", "2", "3", "5"]
    for wrong in ({"client_ids": "x"}, {"client_ids": str(first), "client_id": str(other)}):
        assert owner.get("/audit/entries", **wrong).status_code == 422
    assert owner.get("/audit/entries", client_ids=",".join(str(new_id()) for _ in range(21))).status_code == 422
    (recorded,) = database.rows(
        "SELECT client_ids FROM audit_entries WHERE actor_id = %s AND action = 'audit_trail.read'", owner.staff_id
    )
    assert recorded == ([first],), (
        "who looks into the trail has asked about one client, not about the others named in it"
    )


SPOILINGS = {
    "one taken out": "DELETE FROM audit_trail_clients WHERE organization_id = %s AND seq = 2 RETURNING 1",
    "one put in": "INSERT INTO audit_trail_clients SELECT organization_id, seq, gen_random_uuid(), at"
    " FROM audit_trail WHERE organization_id = %s AND seq = 2 RETURNING 1",
    "at another time": "UPDATE audit_trail_clients SET at = at - interval '9 years'"
    " WHERE organization_id = %s AND seq = 2 RETURNING 1",
}


@pytest.mark.parametrize("how", SPOILINGS)
def test_whoever_hides_an_entry_from_the_search_by_client_is_found_out(database, how) -> None:
    worker, organization = database_of(database, "worker"), new_id()
    entries = [entry(number, new_id()) for number in range(5)]
    worker.run(lambda session: append(session, organization, "clients", entries), organization)
    assert verify(worker, organization, {}) == (None, 5)
    database.rows(SPOILINGS[how], organization)
    assert verify(worker, organization, {}) == (Break(2, "clients"), 5)


def actions(database, asker) -> list[tuple[object, ...]]:
    return database.rows(
        "SELECT action, outcome, rule, details FROM audit_entries WHERE actor_id = %s ORDER BY id", asker
    )


def test_a_wrong_password_of_somebody_signed_in_is_on_record(practice, database) -> None:
    owner = practice.owner
    before = len(actions(database, owner.id))
    change = {"current_password": "wrong", "new_password": "another heron lantern 42"}
    assert owner.web.post("/passwords/change", change).json["code"] == "wrong_password"
    assert actions(database, owner.id)[before:] == [("post_password_change", "denied", "wrong_password", {})]


def test_changes_reads_and_refusals_are_told_apart(database, public) -> None:
    worker, organization = database_of(database, "worker"), new_id()
    entries = [
        replace(entry(number), action=action, outcome=outcome)
        for number, (action, outcome) in enumerate(
            [("client.read", "done"), ("patch_client", "done"), ("patch_client", "denied"), ("note.read", "denied")]
        )
    ]
    worker.run(lambda session: append(session, organization, "clients", entries), organization)
    assert listed(public, organization, kind="reads") == [1]
    assert listed(public, organization, kind="changes") == [2]
    assert listed(public, organization, kind="refusals") == [3, 4]
    asker = public.as_actor("administration", organization_id=organization)
    assert asker.get("/audit/entries", kind="writes").status_code == 422


def test_what_managers_see_of_staff_and_settings_is_on_record(practice, database) -> None:
    colleague = practice.member("therapist")
    manager = practice.member("administration")
    paths = ("/staff", colleague.path, "/organization")
    for person in (colleague, manager):
        assert {person.web.get(path).status_code for path in paths} == {200}
    read = {"staff.list", "staff.read", "organization.read"}
    assert read & {action for action, *_ in actions(database, colleague.id)} == set()
    assert read <= {action for action, *_ in actions(database, manager.id)}


def test_an_answer_given_again_before_sign_in_is_on_record_too(public, database) -> None:
    body = founding(fresh_email())
    first, again = (public.post("/organizations", body, Idempotency_Key="my-practice") for _ in range(2))
    assert first.json == again.json and again.headers["Idempotency-Replayed"] == "true"
    founder = UUID(first.json["staff"]["id"])
    done = [(action, outcome, details.get("replayed")) for action, outcome, _, details in actions(database, founder)]
    assert done == [("post_organization", "done", None), ("post_organization", "done", True)]


def test_a_preview_is_made_anew_every_time(practice) -> None:
    proposals = ({"levels": ["therapist"], "grants": []}, {"levels": ["billing"], "grants": []})
    for body in proposals:
        response = practice.owner.web.post("/access-preview", body, Idempotency_Key="same")
        assert response.status_code == 200 and "Idempotency-Replayed" not in response.headers


@pytest.mark.abuse("A-DOS-export-flood")
def test_exports_asked_for_at_once_are_counted_one_by_one(practice):
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: practice.owner.web.get("/audit/export").status_code, range(12)))
    assert sorted(answers) == [200] * 5 + [429] * 7
