"""What revisions fill in, with rows in the schema and the previous release still running."""

from __future__ import annotations

from contextlib import contextmanager

import psycopg
import pytest
from psycopg.errors import UniqueViolation
from sqlalchemy.exc import DBAPIError

from services.billing import checks
from shared.database import migration
from shared.ids import new_id
from shared.testing.databases import load

RELEASED = "0007"
APPOINTMENTS = 2_500  # more than two batches of revision 0009
INVOICE = (
    "INSERT INTO invoices (organization_id, id, client_id, appointment_id, status, total_cents, client_due_cents,"
    " insurance_due_cents, version, created_at) VALUES (%s, %s, %s, %s, 'draft', 0, 0, 0, 1, now())"
)
LINE = (
    "INSERT INTO invoice_draft_lines (organization_id, id, invoice_id, live, holds, appointment_id, client_id,"
    " documented_version, case_id, note_id, service_type_id, rendering_staff_id, service_date, minutes,"
    " diagnosis_codes, kind, code, modifiers, description, units, charge_cents, client_cents, insurance_cents)"
    " SELECT %s, {id}, %s, {live}, '[]', {appointment}, %s, {version}, {u}, {u}, {u}, {u}, '2026-03-02', 55, '{{}}',"
    " 'cpt', {code}, '{{}}', 'x', 1, 100, 100, 0"
).replace("{u}", "gen_random_uuid()")
KEYS = "SELECT appointment_id, code, line_id, documented_version FROM billed_services ORDER BY documented_version, code"


class Previous:
    """What the previous release's code writes, for one appointment and client, as the role and tenant it has."""

    def __init__(self, database):
        self.database = database
        self.here, self.client, self.appointment = new_id(), new_id(), new_id()

    @contextmanager
    def transaction(self):
        with psycopg.connect(self.database.url("worker")) as connection:
            connection.execute("SELECT set_config('app.organization_id', %s, true)", [str(self.here)])
            yield connection

    def drafts(self, version=1, code="90837"):
        invoice = new_id()
        with self.transaction() as connection:
            connection.execute(INVOICE, (self.here, invoice, self.client, self.appointment))
            return self.line(connection, invoice, version, code)

    def line(self, connection, invoice, version, code):
        line = new_id()
        values = {"id": "%s", "live": "true", "appointment": "%s", "version": "%s", "code": "%s"}
        facts = (self.here, line, invoice, self.appointment, self.client, version, code)
        connection.execute(LINE.format(**values), facts)
        return line

    def changes(self, line, **columns):
        names = ", ".join(f"{name} = %s" for name in columns)
        with self.transaction() as connection:
            connection.execute(f"UPDATE invoice_draft_lines SET {names} WHERE id = %s", (*columns.values(), line))

    def keys(self):
        rows = self.database.rows(
            f"SELECT code, line_id, documented_version FROM ({KEYS}) k WHERE appointment_id = %s", self.appointment
        )
        return {code: (line, version) for code, line, version in rows}


def many(database, organizations):
    """Lines of many appointments: every third was discarded, of every fifth an earlier line was."""
    for here in organizations:
        invoice, client = new_id(), new_id()
        database.rows(INVOICE + " RETURNING 1", here, invoice, client, new_id())
        appointment = "md5(n::text)::uuid"
        kinds = [("n % 3 > 0", "2", ""), ("false", "1", " WHERE n % 5 = 0")]
        for live, version, only in kinds:
            statement = LINE.format(
                id="gen_random_uuid()", live=live, appointment=appointment, version=version, code="'9083' || n % 8"
            )
            statement = statement.replace("%s", "§").replace("%", "%%").replace("§", "%s")
            rows = f" FROM generate_series(1, {APPOINTMENTS}) n{only.replace('%', '%%')} RETURNING 1"
            database.rows(statement + rows, here, invoice, client)


EXPECTED = (
    "SELECT organization_id, appointment_id, client_id, code, (array_agg(id) FILTER (WHERE live))[1], 2"
    " FROM invoice_draft_lines GROUP BY 1, 2, 3, 4"
)


def test_keys_of_before_are_filled_in_in_batches(server):
    database = server.service_database_at("billing", RELEASED)
    many(database, (new_id(), new_id()))
    load("billing").migrate(database.url("owner"))
    filled = database.rows(
        "SELECT organization_id, appointment_id, client_id, code, line_id, documented_version FROM billed_services"
    )
    assert len(filled) == 2 * APPOINTMENTS and set(filled) == set(database.rows(EXPECTED))
    forced = "SELECT count(*) FROM pg_class WHERE relrowsecurity AND NOT relforcerowsecurity"
    assert database.rows(forced) == [(0,)]
    definition = load("billing")
    migration.drift(definition.migrations, definition.metadata, database.url("owner"))


def test_what_was_interrupted_runs_again(server):
    database = server.service_database_at("billing", RELEASED)
    many(database, (new_id(),))
    definition = load("billing")
    migration.upgrade(definition.migrations, definition.metadata, database.url("owner"), "0008")
    with psycopg.connect(database.admin_url, autocommit=True) as connection:
        connection.execute(
            "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'killed'; END $$;"
            "CREATE TRIGGER die BEFORE INSERT ON billed_services FOR EACH ROW"
            " WHEN (NEW.appointment_id > 'aaaaaaaa-0000-0000-0000-000000000000') EXECUTE FUNCTION die()"
        )
        with pytest.raises(DBAPIError):
            definition.migrate(database.url("owner"))
        begun = connection.execute("SELECT count(*) FROM billed_services").fetchone()[0]
        assert 0 < begun < APPOINTMENTS, "a batch was kept"
        connection.execute("DROP TRIGGER die ON billed_services")
    definition.migrate(database.url("owner"))
    assert database.rows("SELECT count(*) FROM billed_services") == [(APPOINTMENTS,)]
    forced = "SELECT count(*) FROM pg_class WHERE relrowsecurity AND NOT relforcerowsecurity"
    assert database.rows(forced) == [(0,)]


def test_what_the_previous_release_gives_back_before_it_is_filled_in_stays_given_back(server):
    database = server.service_database_at("billing", RELEASED)
    previous = Previous(database)
    line = previous.drafts()
    definition = load("billing")
    migration.upgrade(definition.migrations, definition.metadata, database.url("owner"), "0008")
    assert previous.keys() == {}
    previous.changes(line, live=False)
    definition.migrate(database.url("owner"))
    assert previous.keys() == {"90837": (None, 1)}


def test_the_previous_release_goes_on_writing(server):
    previous = Previous(server.service_database("billing"))
    line = previous.drafts()
    assert previous.keys() == {"90837": (line, 1)}
    previous.changes(line, documented_version=2)
    assert previous.keys() == {"90837": (line, 2)}
    previous.changes(line, code="90834", documented_version=3)
    assert previous.keys() == {"90837": (None, 2), "90834": (line, 3)}
    previous.changes(line, code="90837")
    assert previous.keys() == {"90837": (line, 3), "90834": (None, 3)}
    # Withdrawn together with a pending amendment: in two statements, as that code does it.
    previous.changes(line, live=False)
    previous.changes(line, documented_version=5)
    assert previous.keys()["90837"] == (None, 5)
    previous.database.rows("UPDATE invoices SET status = 'void' WHERE client_id = %s RETURNING 1", previous.client)
    again = previous.drafts(version=5)
    assert previous.keys()["90837"] == (again, 5)
    previous.changes(line, documented_version=6)
    assert previous.keys()["90837"] == (again, 5), "a line that bills nothing says nothing of the one that does"


def test_the_previous_release_accepts_an_amendment(server):
    previous = Previous(server.service_database("billing"))
    line = previous.drafts()
    with previous.transaction() as connection:
        (invoice,) = connection.execute("SELECT invoice_id FROM invoice_draft_lines").fetchone()
        connection.execute("UPDATE invoice_draft_lines SET live = false WHERE id = %s", [line])
        holder = previous.line(connection, invoice, 2, "90834")
    assert previous.keys() == {"90837": (None, 1), "90834": (holder, 2)}


def test_a_key_that_this_release_gave_away_is_not_taken_by_the_previous_one(practice, billing_database):
    client, service = practice.client(), practice.service()
    issued = practice.issue(client, service)
    previous = Previous(billing_database)
    previous.here, previous.client, previous.appointment = practice.organization_id, client, issued["appointment_id"]
    with pytest.raises(UniqueViolation):
        previous.drafts(version=2)


def test_a_draft_that_the_previous_release_wrote_is_this_one_s(practice, billing_database):
    """It drafts; this release brings up to date, issues and voids; it drafts again; this one ignores the repetition."""
    client, service = practice.client(), practice.service()
    first = practice.draft(client, service)
    previous = Previous(billing_database)
    previous.here, previous.client, previous.appointment = practice.organization_id, client, first["appointment_id"]
    practice.biller.post(f"/invoices/{first['id']}/void", {"reason": "pro bono", "redraft": False})
    line = previous.drafts(version=2)
    practice.document(client, service, appointment_id=first["appointment_id"], version=2)
    assert previous.keys() == {"90837": (line, 2)}
    practice.document(client, service, appointment_id=first["appointment_id"], version=3, minutes=57)
    (draft,) = [invoice for invoice in practice.invoices(first["appointment_id"]) if invoice["status"] == "draft"]
    assert [line["minutes"] for line in draft["lines"]] == [57]
    assert practice.biller.post(f"/invoices/{draft['id']}/issue", {}).json["total_cents"] == 16_000
    live = "SELECT id, documented_version FROM invoice_draft_lines WHERE organization_id = %s AND live"
    assert billing_database.rows(live, practice.organization_id) == [(line, 3)], "what the previous release reads"
    body = {"reason": "courtesy", "redraft": False}
    assert practice.biller.post(f"/invoices/{draft['id']}/void", body).status_code == 200
    assert billing_database.rows(live, practice.organization_id) == []


def test_a_key_and_its_line_that_differ_are_found(practice, billing_database):
    client, service = practice.client(), practice.service()
    practice.issue(client, service)
    stolen = "UPDATE billed_services SET line_id = %s WHERE organization_id = %s RETURNING line_id"
    (line,) = billing_database.rows(
        "SELECT line_id FROM billed_services WHERE organization_id = %s", practice.organization_id
    )[0]
    billing_database.rows(stolen, new_id(), practice.organization_id)
    found = practice.worker.run(checks.services_are_billed_once, practice.organization_id)
    assert len(found) == 2
    billing_database.rows(stolen, line, practice.organization_id)


def test_earlier_invoices_get_their_place_by_number_and_the_previous_release_gives_it_too(server):
    database = server.service_database_at("billing", "0024")
    here, draft = new_id(), new_id()
    database.rows(
        "INSERT INTO invoices (organization_id, id, client_id, appointment_id, status, total_cents, client_due_cents,"
        " insurance_due_cents, version, created_at, number, issued_on) SELECT %s, gen_random_uuid(), gen_random_uuid(),"
        " gen_random_uuid(), 'open', 0, 0, 0, 1, now(), 'A1-2026-' || n, '2026-01-01'"
        f" FROM generate_series(1, {APPOINTMENTS}) n RETURNING 1",
        here,
    )
    database.rows(INVOICE + " RETURNING 1", here, draft, new_id(), new_id())
    definition = load("billing")
    migration.upgrade(definition.migrations, definition.metadata, database.url("owner"), "0025")
    number = "UPDATE invoices SET number = 'A1-2026-9999', issued_on = '2026-01-01' WHERE id = %s RETURNING 1"
    database.rows(number, draft)
    definition.migrate(database.url("owner"))
    places = database.rows("SELECT split_part(number, '-', 3)::bigint, number_place FROM invoices ORDER BY 1")
    assert places == [(n, 2026 * 1_000_000_000 + n) for n in (*range(1, APPOINTMENTS + 1), 9999)]
    migration.drift(definition.migrations, definition.metadata, database.url("owner"))
