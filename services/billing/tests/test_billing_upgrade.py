"""What revisions fill in, with rows in the schema and the previous release still running."""

from __future__ import annotations

from contextlib import contextmanager

import psycopg
import pytest
from psycopg.errors import UniqueViolation
from sqlalchemy.exc import DBAPIError

from services.billing import checks
from services.billing.tests.conftest import Practice
from shared.database import migration
from shared.ids import new_id
from shared.testing.databases import database_of, load
from shared.testing.web import Keys, service_client

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


REPLACEMENT = (
    "INSERT INTO invoice_lines (organization_id, id, invoice_id, supersedes_line_id, appointment_id, client_id,"
    " documented_version, case_id, note_id, service_type_id, rendering_staff_id, service_date, minutes,"
    " diagnosis_codes, kind, code, modifiers, description, units, charge_cents, client_cents, insurance_cents)"
    " SELECT organization_id, %s, invoice_id, %s, appointment_id, client_id, 2, case_id, note_id, service_type_id,"
    " rendering_staff_id, service_date, minutes, diagnosis_codes, kind, '90834', modifiers, description, units,"
    " charge_cents, client_cents, insurance_cents FROM invoice_draft_lines WHERE id = %s"
)


def test_nothing_is_kept_for_the_release_that_looked_for_keys_on_draft_lines(server):
    database = server.service_database_at("billing", "0026")
    previous, replacement = Previous(database), new_id()
    line = previous.drafts()
    with previous.transaction() as connection:
        connection.execute(REPLACEMENT, (replacement, line, line))
        connection.execute("UPDATE billed_services SET line_id = NULL WHERE line_id = %s", [line])
        connection.execute(
            "INSERT INTO billed_services"
            " (organization_id, appointment_id, client_id, code, line_id, documented_version)"
            " VALUES (%s, %s, %s, '90834', %s, 2)",
            (previous.here, previous.appointment, previous.client, replacement),
        )
    lines = "SELECT id FROM invoice_draft_lines"
    assert set(database.rows(lines)) == {(line,), (replacement,)}, "a trigger copied the replacement"
    definition = load("billing")
    definition.migrate(database.url("owner"))
    assert database.rows(lines) == [(line,)], "the draft's own line stays as it was"
    assert previous.keys() == {"90837": (None, 1), "90834": (replacement, 2)}
    assert database.rows("SELECT tgname FROM pg_trigger WHERE tgname = 'follow'") == []
    assert database.rows("SELECT proname FROM pg_proc WHERE proname LIKE 'follow%'") == []
    migration.drift(definition.migrations, definition.metadata, database.url("owner"))


def test_the_previous_release_drafts_voids_and_drafts_again(server):
    """It writes `live` on every line and never takes it back: what is void may not stand in a new line's way."""
    previous = Previous(server.service_database("billing"))
    for _ in range(2):
        previous.drafts()
        statement = "UPDATE invoices SET status = 'void' WHERE client_id = %s RETURNING 1"
        previous.database.rows(statement, previous.client)
    assert previous.database.rows("SELECT count(*) FROM invoice_draft_lines WHERE live") == [(2,)]


def test_this_release_works_without_the_column_that_the_next_one_drops(server):
    database = server.service_database("billing")
    with psycopg.connect(database.admin_url, autocommit=True) as connection:
        connection.execute("ALTER TABLE invoice_draft_lines DROP COLUMN live")
    practice = Practice(service_client(database, Keys()), database_of(database, "worker"))
    client, service = practice.client(), practice.service()
    first = practice.draft(client, service)
    practice.document(client, service, appointment_id=first["appointment_id"], version=2, minutes=57)
    body = {"reason": "courtesy", "redraft": True}
    assert practice.biller.post(f"/invoices/{first['id']}/void", body).status_code == 200
    (draft,) = [invoice for invoice in practice.invoices(first["appointment_id"]) if invoice["status"] == "draft"]
    assert draft["lines"][0]["minutes"] == 57
    assert practice.biller.post(f"/invoices/{draft['id']}/issue", {}).status_code == 200


def test_the_key_alone_guards_that_one_line_bills_a_service(practice, billing_database):
    issued = practice.issue(practice.client(), practice.service())
    key = (practice.organization_id, issued["appointment_id"])
    again = (
        "INSERT INTO billed_services SELECT organization_id, appointment_id, client_id, code, gen_random_uuid(), 9"
        " FROM billed_services WHERE organization_id = %s AND appointment_id = %s RETURNING 1"
    )
    with pytest.raises(UniqueViolation):
        billing_database.rows(again, *key)


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
