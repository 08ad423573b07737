"""From the last released schema to the newest, with rows in it and the code before still running."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import psycopg
import pytest

from shared.contracts.envelope import from_data
from shared.contracts.identity import LocationChanged, OrganizationChanged, StaffChanged
from shared.database import migration
from shared.database.migration import back_fills
from shared.ids import new_id
from shared.pictures import jpeg as jpegs
from shared.pictures import png as pngs
from shared.testing import pictures
from shared.testing.databases import ServiceDatabase, database_of, load
from shared.testing.events import apply
from shared.testing.web import service_client
from shared.texts import email_hash

RELEASED = {"identity": "identity_0002", "clients": "clients_0003", "clinical": "clinical_0001", "billing": "0004"}
TOLD_BEFORE_ADDRESSES = (  # staff are told of once more in revision 0054, with a hash of their address
    "SELECT data, awaiting FROM outbox WHERE type = 'identity.staff_changed.v1' AND NOT data ? 'email_hash'"
)
AUDIT = (
    "INSERT INTO audit_entries (organization_id, id, at, action, outcome, details)"
    " VALUES (%s, %s, now(), 'x', 'done', '{}')"
)


def written(database: ServiceDatabase, organizations: int = 3, entries: int = 4) -> set[tuple[object, object]]:
    made = {
        (organization, new_id()) for organization in (new_id() for _ in range(organizations)) for _ in range(entries)
    }
    for organization_id, entry_id in made:
        database.rows(AUDIT + " RETURNING 1", organization_id, entry_id)
    return made


def signed_up(database: ServiceDatabase, **columns: object) -> tuple[object, object, object]:
    """An organization, a location and a member of staff as the code before writes them."""
    here, office, thea = new_id(), new_id(), new_id()
    database.rows(
        "INSERT INTO organizations (organization_id, version, name, time_zone, invoice_prefix, created_at)"
        " VALUES (%s, 1, 'Ames', 'America/New_York', '', now()) RETURNING 1",
        here,
    )
    database.rows(
        "INSERT INTO locations (organization_id, id, version, name, active, created_at)"
        " VALUES (%s, %s, 1, 'Downtown', true, now()) RETURNING 1",
        *(here, office),
    )
    names = "".join(f", {name}" for name in columns)
    database.rows(
        "INSERT INTO staff (organization_id, id, version, given_name, family_name, email, email_key, levels, grants,"
        f" active, created_at{names}) VALUES (%s, %s, 1, 'Thea', 'One', 'a@b.test', 'a@b.test',"
        f" '{{default,organization_administration}}', '{{}}', true, now(){', %s' * len(columns)}) RETURNING 1",
        *(here, thea, *columns.values()),
    )
    return here, office, thea


def sign_in(database: ServiceDatabase, here: object, staff: object, began: str) -> object:
    """A session as the code before writes it."""
    identifier = new_id()
    database.rows(
        "INSERT INTO sessions (organization_id, id, staff_id, access_hash, access_expires_at, refresh_hash, created_at,"
        f" expires_at) VALUES (%s, %s, %s, %s, now(), %s, now() - interval '{began}', now() + interval '9 hours')"
        " RETURNING 1",
        *(here, identifier, staff, identifier.bytes, identifier.bytes),
    )
    return identifier


@pytest.mark.parametrize("service", RELEASED)
def test_entries_of_before_are_queued_in_batches_while_others_write(server, service, monkeypatch):
    database = server.service_database_at(service, RELEASED[service])
    before = written(database)
    monkeypatch.setattr(back_fills, "QUEUE_ROWS", 5)
    batch, meanwhile = back_fills._queue_batch, []

    def beside_a_request(*key):
        if len(meanwhile) == 3:
            return batch(*key)
        pair = (new_id(), new_id())
        with psycopg.connect(database.url("app"), options="-c lock_timeout=1000") as connection:
            connection.execute("SELECT set_config('app.organization_id', %s, true)", [str(pair[0])])
            connection.execute(AUDIT, pair)
            last = batch(*key)  # while that transaction is open
        meanwhile.append(pair)
        return last

    monkeypatch.setattr(back_fills, "_queue_batch", beside_a_request)
    load(service).migrate(database.url("owner"))
    assert len(meanwhile) == 3, "several batches"
    queued = database.rows("SELECT organization_id, entry_id FROM audit_pending")
    assert set(queued) == before | set(meanwhile)
    forced = "SELECT count(*) FROM pg_class WHERE relrowsecurity AND NOT relforcerowsecurity"
    assert database.rows(forced) == [(0,)]


@pytest.mark.parametrize("service", RELEASED)
def test_what_was_interrupted_runs_again(server, service, monkeypatch):
    database = server.service_database_at(service, RELEASED[service])
    before = written(database)

    def dies(*_key):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(back_fills, "_queue_batch", dies)
        with pytest.raises(KeyboardInterrupt):
            load(service).migrate(database.url("owner"))
    load(service).migrate(database.url("owner"))
    assert set(database.rows("SELECT organization_id, entry_id FROM audit_pending")) == before
    assert database.rows("SELECT count(*) FROM pg_index WHERE NOT indisvalid") == [(0,)]
    definition = load(service)
    migration.drift(definition.migrations, definition.metadata, database.url("owner"))


def test_whoever_is_signed_in_at_the_deployment_stays_so(server):
    database = server.service_database_at("identity", RELEASED["identity"])
    here, _, thea = signed_up(database)
    before = sign_in(database, here, thea, "3 hours")
    load("identity").migrate(database.url("owner"))
    beside = sign_in(database, here, thea, "0 hours")
    found = database.rows("SELECT id, last_used_at > now() - interval '5 minutes' FROM sessions ORDER BY id")
    assert found == [(before, True), (beside, True)]


def test_a_supervisor_of_before_has_a_mode(server):
    database = server.service_database_at("identity", RELEASED["identity"])
    here, _, thea = signed_up(database)
    database.rows("UPDATE staff SET supervisor_id = id WHERE organization_id = %s RETURNING 1", here)
    load("identity").migrate(database.url("owner"))
    assert database.rows("SELECT id, supervision_mode FROM staff") == [(thea, "access_only")]


def test_older_invitations_and_those_of_older_code_fit_the_address_they_went_to(server):
    database = server.service_database_at("identity", RELEASED["identity"])
    here, _, thea = signed_up(database)
    columns = "organization_id, id, staff_id, token_hash, expires_at, used_at, invited_by, created_at"
    kept = f"INSERT INTO invitations ({columns}) VALUES (%s, %s, %s, %s, now(), %s, %s, now()) RETURNING id"
    used, of_before, beside = new_id(), new_id(), new_id()
    database.rows(kept, here, used, thea, used.bytes, datetime.now(UTC), thea)
    database.rows(kept, here, of_before, thea, of_before.bytes, None, thea)
    load("identity").migrate(database.url("owner"))
    database.rows("UPDATE invitations SET revoked_at = now() WHERE id = %s RETURNING 1", of_before)
    with psycopg.connect(database.url("app")) as connection:
        connection.execute("SELECT set_config('app.organization_id', %s, true)", [str(here)])
        connection.execute(kept, (here, beside, thea, beside.bytes, None, thea))
    found = dict(database.rows("SELECT id, email_key FROM invitations"))
    assert found == {used: None, of_before: "a@b.test", beside: "a@b.test"}


def test_a_usual_length_of_before_is_told_again(server):
    database = server.service_database_at("identity", "identity_0019")
    here, there = signed_up(database)[0], signed_up(database)[0]
    database.rows("UPDATE organizations SET session_minutes = 45 WHERE organization_id = %s RETURNING 1", here)
    load("identity").migrate(database.url("owner"))
    ((version, data),) = database.rows(
        "SELECT aggregate_version, data FROM outbox WHERE type = 'identity.organization_changed.v1'"
    )
    event = from_data(OrganizationChanged, data)
    assert (event.organization_id, event.version, event.session_minutes, event.name) == (here, version, 45, "Ames")
    found = dict(database.rows("SELECT organization_id, version FROM organizations"))
    assert found == {here: 2, there: 1}
    assert version == 2


def test_what_the_code_before_creates_after_the_migration_prints_as_it_says(server, keys):
    database = server.service_database("identity")
    here, office, thea = signed_up(database, npi="1234567893")
    owner = service_client(database, keys).as_actor("organization_administration", organization_id=here, staff_id=thea)
    paths = {"/organization": "Ames", f"/locations/{office}": "Downtown", f"/staff/{thea}": "Thea"}
    for path, name in paths.items():
        shown = owner.get(f"{path}/billing-profile")
        assert shown.status_code == 200, shown.json
        assert shown.json["version"] == 1 and shown.json["effective_from"] == "1900-01-01"
        assert name in (shown.json.get("name"), shown.json.get("given_name"))
        assert owner.get(f"{path}/billing-profile", on="1900-01-01").status_code == 200
        assert owner.get(path).status_code == 200 and owner.get(f"{path}/billing-profiles").json["items"] == []
    assert database.rows("SELECT 1 FROM billing_profiles") == [], "reading records nothing"
    assert owner.patch("/organization", {"phone": "+12125550123"}).status_code == 200
    assert owner.patch(f"/locations/{office}", {"name": "Uptown"}).status_code == 200
    assert owner.patch(f"/staff/{thea}", {"family_name": "Two"}).status_code == 200
    recorded = database.rows("SELECT subject, version FROM billing_profiles ORDER BY subject, version")
    assert recorded == [(kind, version) for kind in ("location", "organization", "staff") for version in (1, 2)]
    first = "SELECT printed->>'phone' FROM billing_profiles WHERE subject = 'organization' ORDER BY version"
    assert database.rows(first) == [(None,), ("+12125550123",)], "what was printed until now stays so"
    published = database.rows("SELECT count(*) FROM outbox WHERE type = 'identity.billing_profile_recorded.v1'")
    assert published == [(6,)]


def test_two_who_migrate_at_once_do_not_wait_for_each_other(server):
    """Building an index beside the others waits for every statement under way: also for one that waits for a lock."""
    database = server.service_database_at("identity", RELEASED["identity"])
    definition = load("identity")
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: definition.migrate(database.url("owner")), range(2)))
    migration.drift(definition.migrations, definition.metadata, database.url("owner"))


def test_the_place_of_service_of_every_location_is_told(server):
    database = server.service_database_at("identity", "identity_0013")
    locations = {signed_up(database)[1] for _ in range(2)}
    load("identity").migrate(database.url("owner"))
    rows = database.rows("SELECT data FROM outbox WHERE type = 'identity.location_changed.v1'")
    events = [from_data(LocationChanged, data) for (data,) in rows]
    assert {event.location_id for event in events} == locations
    assert {(event.version, event.place_of_service) for event in events} == {(2, "11")}
    assert database.rows("SELECT DISTINCT version FROM locations") == [(2,)]


def test_earlier_staff_get_the_colours_near_their_own_and_by_turn(server):
    database = server.service_database_at("identity", "identity_0034")
    here, _, thea = signed_up(database)
    there = signed_up(database, colour="#6D4FC1")[2]
    add = (
        "INSERT INTO staff (organization_id, id, version, given_name, family_name, email, email_key, levels, grants,"
        " active, created_at, colour) VALUES (%s, %s, 1, 'Uma', 'Two', %s, %s, '{default}', '{}', true, now(), %s)"
        " RETURNING 1"
    )
    people = [thea]
    for number, colour in enumerate((None, "#12807a", None)):
        people.append(new_id())
        database.rows(add, here, people[-1], f"{number}@b.test", f"{number}@b.test", colour)
    load("identity").migrate(database.url("owner"))
    hues = dict(database.rows("SELECT id, hue FROM staff"))
    assert [hues[staff_id] for staff_id in people] == ["c2", "c3", "c1", "c4"] and hues[there] == "c2"


def test_the_credentials_there_are_are_told(server):
    database = server.service_database_at("identity", "identity_0039")
    here, _, thea = signed_up(database, credentials=["PhD", "LP"])
    signed_up(database)
    load("identity").migrate(database.url("owner"))
    ((data, awaiting),) = database.rows(TOLD_BEFORE_ADDRESSES)
    event = from_data(StaffChanged, data)
    assert (event.organization_id, event.staff_id, event.version) == (here, thea, 2)
    assert (event.display_name, event.credentials, event.joined) == ("Thea One", ("PhD", "LP"), False)
    assert sorted(awaiting) == ["billing", "clients", "clinical"]
    assert sorted(database.rows("SELECT version FROM staff")) == [(2,), (3,)], "of who has none, only the address"
    later = database.rows("SELECT data FROM outbox WHERE type = 'identity.staff_changed.v1' AND data ? 'email_hash'")
    events = [from_data(StaffChanged, data) for (data,) in later]
    expected = {event.staff_id: email_hash(event.organization_id, "a@b.test") for event in events}
    assert {event.staff_id: event.email_hash for event in events} == expected and len(expected) == 2
    assert next(event for event in events if event.staff_id == thea).credentials == ("PhD", "LP")


def test_who_brought_earlier_staff_in_reaches_clinical(server):
    """Clinical kept the member from before it kept who brought them in."""
    boss = new_id()
    database, clinical = server.service_database_at("identity", "identity_0042"), server.service_database("clinical")
    here, _, thea = signed_up(database, brought_in_by=[boss], credentials=["PhD"])
    signed_up(database)
    worker = database_of(clinical, "worker")
    known = StaffChanged(organization_id=here, staff_id=thea, version=1, display_name="Thea One", active=True)
    apply("clinical", worker, known)
    kept = "SELECT version, brought_in_by FROM staff_copies WHERE id = %s"
    assert clinical.rows(kept, thea) == [(1, [])]
    load("identity").migrate(database.url("owner"))
    ((data, awaiting),) = database.rows(TOLD_BEFORE_ADDRESSES)
    event = from_data(StaffChanged, data)
    assert (event.staff_id, event.credentials, event.joined) == (thea, ("PhD",), False)
    assert sorted(awaiting) == ["billing", "clients", "clinical"]
    apply("clinical", worker, event)
    assert clinical.rows(kept, thea) == [(2, [boss])]
    worker.dispose()


@pytest.mark.abuse("A-FILE-place-of-taking")
def test_earlier_logos_say_nothing_besides(server):
    """What draws stays byte for byte; again is no harm, and what cannot be read stays."""
    database = server.service_database_at("identity", "identity_0043")
    here, _, thea = signed_up(database)
    exif, comment = jpegs.segment(0xE1, b"Exif\x00\x00MM\x00*SECRET"), pngs.chunk(b"tEXt", b"Comment\x00SECRET")
    cut_short = pictures.jpeg(9, 9, exif)[:-2]
    logos = {
        new_id(): ("image/jpeg", pictures.jpeg(9, 9, exif), pictures.jpeg(9, 9)),
        new_id(): ("image/png", pictures.png(9, 9, before=comment), pictures.png(9, 9)),
        new_id(): ("image/png", pictures.png(8, 8), pictures.png(8, 8)),
        new_id(): ("image/jpeg", cut_short, cut_short),
    }
    add = (
        "INSERT INTO logos (organization_id, id, media_type, content, uploaded_by, uploaded_at)"
        " VALUES (%s, %s, %s, %s, %s, now()) RETURNING 1"
    )
    for logo_id, (media_type, before, _) in logos.items():
        database.rows(add, here, logo_id, media_type, before, thea)
    load("identity").migrate(database.url("owner"))
    after = {logo_id: bytes(content) for logo_id, content in database.rows("SELECT id, content FROM logos")}
    assert after == {logo_id: content for logo_id, (_, _, content) in logos.items()}
