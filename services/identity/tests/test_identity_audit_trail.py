"""The chain: every alteration shows, and many writers make one chain."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.identity.audit_trail import queries
from services.identity.audit_trail.commands import append, grown_heads
from services.identity.audit_trail.rules import Break, Head, Link, first_break, hash_of
from services.identity.checks import read_checkpoints, verify
from shared.contracts.audit import AuditEntry
from shared.ids import new_id
from shared.testing.databases import database_of

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
            client_id=None,
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
    "client_id": ORGANIZATION,
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
    told = read_checkpoints(str(tmp_path / "checkpoints"))[ORGANIZATION]
    for links in (CHAIN, forged):
        assert first_break(links, head(links), told) == Break(11, "checkpoint")


def test_chains_that_grew_are_found_by_an_index(database) -> None:
    """Asked twice a second, however many organizations there are."""
    from sqlalchemy import text
    from sqlalchemy.dialects import postgresql

    worker = database_of(database, "worker")
    for _ in range(3):
        organization = new_id()
        worker.run(lambda s, one=organization: append(s, one, "clients", [entry(1)]), organization)
    statement = grown_heads(NOON + timedelta(days=3650)).with_for_update(skip_locked=True)
    compiled = str(statement.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))

    def plan(session) -> str:
        for setting in ("enable_seqscan", "enable_sort"):
            session.execute(text(f"SET LOCAL {setting} = off"))
        return "\n".join(session.scalars(text(f"EXPLAIN {compiled}".replace(":", r"\:"))))

    made = worker.run(plan)
    assert "ix_audit_heads_grown" in made and "Sort" not in made, made
    assert "Index Cond: (checkpoint_at <=" in made, made


def entry(number: int) -> AuditEntry:
    return AuditEntry(id=new_id(), at=NOON + timedelta(seconds=number), action="client.read", outcome="done")


def test_many_writers_make_one_chain(database) -> None:
    worker = database_of(database, "worker")
    organization = new_id()
    batches = [[entry(number) for number in range(size)] for size in (1, 3, 7, 20) * 12]
    twice = batches + batches[::5]  # some are delivered again

    def write(batch: list[AuditEntry]) -> int:
        return worker.run(lambda session: append(session, organization, "clients", batch), organization)

    with ThreadPoolExecutor(6) as pool:
        written = sum(pool.map(write, twice))
    assert written == sum(map(len, batches))
    assert verify(worker, organization, {}) == (None, written)


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
        {"staff_id": new_id()},
        {"object_id": new_id()},
        {"action": "note.read"},
        {"outcome": "denied"},
        {"from_instant": NOON, "to_instant": NOON + timedelta(days=365)},
    ],
)
def test_every_question_is_served_by_an_index(database, filters) -> None:
    from sqlalchemy import text
    from sqlalchemy.dialects import postgresql

    from services.identity.audit_trail.models import TrailEntry

    statement = queries.filtered(ORGANIZATION, filters)
    statement = statement.order_by(TrailEntry.at.desc(), TrailEntry.seq.desc()).limit(51)
    compiled = statement.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})

    def plan(session) -> str:
        session.execute(text("SET LOCAL enable_seqscan = off"))
        session.execute(text("SET LOCAL enable_sort = off"))
        return "\n".join(session.scalars(text(f"EXPLAIN {compiled}".replace(":", r"\:"))))

    made = database_of(database, "app").run(plan, ORGANIZATION)
    assert "Sort" not in made and "Index Scan" in made, made
