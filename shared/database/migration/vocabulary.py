"""The words in which revisions speak of tenants, roles and row-level security. Their meaning is frozen."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

from shared.database.grown_tables import COUNT_GROWN_TABLES
from shared.database.job_trigger import JOB_TRIGGER
from shared.database.outbox_trigger import OUTBOX_TRIGGER
from shared.database.wake_trigger import wake_trigger

TENANT: Final = "organization_id = nullif(current_setting('app.organization_id', true), '')::uuid"

# Table -> which of its rows have done their duty.
UNSETTLED_STAY: Final = {
    "outbox": "settled_at IS NOT NULL",
    "inbox": "receipted_at IS NOT NULL",
    "dead_letters": "replayed_at IS NOT NULL OR discarded_at IS NOT NULL",
}


def protect_tenant_table(service: str, table: str, privileges: str = "SELECT, INSERT, UPDATE, DELETE") -> None:
    """Force row-level security on `table` by tenant, and grant the web and worker roles `privileges`."""
    _force(table)
    op.execute(f"CREATE POLICY tenant ON {table} USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute(f"GRANT {privileges} ON {table} TO {service}_app, {service}_worker")


def protect_worker_table(
    service: str, table: str, app_privileges: str, worker_privileges: str = "SELECT, INSERT, UPDATE, DELETE"
) -> None:
    """Like `protect_tenant_table`, but the worker role sees every organization's rows: outbox, inbox, dead letters.

    Relay and consumer serve all organizations at once; this is all that they see across them.
    """
    _force(table)
    op.execute(f"CREATE POLICY tenant ON {table} TO {service}_app USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute(f"CREATE POLICY worker ON {table} TO {service}_worker USING (true) WITH CHECK (true)")
    if app_privileges:
        op.execute(f"GRANT {app_privileges} ON {table} TO {service}_app")
    op.execute(f"GRANT {worker_privileges} ON {table} TO {service}_worker")


def share_code_set(service: str, table: str) -> None:
    """A table of public codes (ICD-10-CM …) without a tenant: both roles may read it, nobody writes it."""
    op.execute(f"GRANT SELECT ON {table} TO {service}_app, {service}_worker")


def protect_common_tables(service: str) -> None:
    """The tables of `shared.tables`, and the trigger that wakes the relay."""
    protect_tenant_table(service, "audit_entries", "SELECT, INSERT")
    protect_worker_table(service, "outbox", "INSERT")
    protect_worker_table(service, "inbox", "")
    protect_worker_table(service, "dead_letters", "")
    protect_worker_table(service, "idempotency_keys", "SELECT, INSERT")
    protect_worker_table(service, "used_tokens", "SELECT, INSERT")
    for statement in OUTBOX_TRIGGER:
        op.execute(statement)


def let_worker_purge(service: str, table: str, condition: str) -> None:
    """The worker role sees and deletes those rows of a tenant table for which `condition` holds, of every organization.

    For what is past its retention, and nothing else.
    """
    for command_ in ("SELECT", "DELETE"):
        op.execute(
            f"CREATE POLICY purge_{command_.lower()} ON {table} FOR {command_} TO {service}_worker USING ({condition})"
        )


def protect_jobs(service: str) -> None:
    """The tables of `shared.jobs`. Nobody changes what a job was told to do, or in whose name it acts.

    The worker role sees across organizations only whose turn it is, and of `jobs` what is past its retention.
    """
    app, worker = f"{service}_app", f"{service}_worker"
    protect_tenant_table(service, "jobs", "SELECT")
    op.execute(f"GRANT INSERT, UPDATE (state, finished_at) ON jobs TO {app}")
    columns = "state, cursor, done, counts, result, error, started_at, finished_at"
    op.execute(f"GRANT DELETE, UPDATE ({columns}) ON jobs TO {worker}")
    op.execute(f"CREATE POLICY open_stay ON jobs AS RESTRICTIVE FOR DELETE TO {worker} USING (finished_at IS NOT NULL)")
    let_worker_purge(service, "jobs", "finished_at < now() - interval '30 days'")
    protect_worker_table(service, "job_queue", "INSERT", "SELECT, UPDATE, DELETE")
    for statement in JOB_TRIGGER:
        op.execute(statement)


def protect_work_items(service: str) -> None:
    """The tables of `shared.work_items`. Nobody changes what an item is about, whom a notice is for, or its history.

    The worker role sees across organizations only what is past its retention; a line of history goes with its item.
    """
    app, worker = f"{service}_app", f"{service}_worker"
    protect_tenant_table(service, "work_items", "SELECT, INSERT")
    columns = "client_id, assignee_id, due_on, sorts_on, state, comment, raised_at, done_at, done_by, version"
    op.execute(f"GRANT UPDATE ({columns}) ON work_items TO {app}, {worker}")
    op.execute(f"GRANT DELETE ON work_items TO {worker}")
    op.execute(
        f"CREATE POLICY open_stay ON work_items AS RESTRICTIVE FOR DELETE TO {worker} USING (done_at IS NOT NULL)"
    )
    let_worker_purge(service, "work_items", "done_at < now() - interval '365 days'")
    protect_tenant_table(service, "work_item_changes", "SELECT, INSERT")


def protect_files(service: str) -> None:
    """The tables of `shared.files` and `shared.data_keys`. Nobody changes what a file is, or which key seals it.

    The worker role sees across organizations the files whose bytes are to be taken away, and the wrapped data keys.
    """
    app, worker = f"{service}_app", f"{service}_worker"
    protect_worker_table(service, "data_keys", "SELECT, INSERT", "SELECT")
    op.execute(f"GRANT UPDATE (wrapped, wrapped_by) ON data_keys TO {worker}")
    protect_tenant_table(service, "files", "SELECT")
    op.execute(f"GRANT INSERT, UPDATE (byte_count, sha256, wrapped_key, due_at) ON files TO {app}")
    op.execute(f"GRANT DELETE ON files TO {worker}")
    op.execute(f"CREATE POLICY kept_stay ON files AS RESTRICTIVE FOR DELETE TO {worker} USING (due_at IS NOT NULL)")
    let_worker_purge(service, "files", "due_at < now()")


def wake_when_written(table: str, *, releases: str = "") -> None:
    """Notify the channel `table` of each statement that inserts into it or changes its column `releases`."""
    for statement in wake_trigger(table, releases=releases):
        op.execute(statement)


def keep_unsettled_events(service: str) -> None:
    """The worker role deletes events only when they are settled, receipted, replayed or discarded.

    A restrictive policy narrows what others allow: without it a worker that was broken into could make events vanish.
    """
    for table, condition in UNSETTLED_STAY.items():
        op.execute(
            f"CREATE POLICY unsettled_stay ON {table} AS RESTRICTIVE FOR DELETE TO {service}_worker USING ({condition})"
        )


def feed_audit_trail(service: str) -> None:
    """`audit_entries.network`, and `audit_pending`, which a trigger fills with every row from now on.

    Earlier rows follow with `queue_earlier_entries`, in a revision of its own: this one locks the table.
    """
    uuid = sa.UUID()
    op.add_column("audit_entries", sa.Column("network", sa.Text(), nullable=True))
    op.create_table(
        "audit_pending",
        sa.Column("organization_id", uuid, nullable=False),
        sa.Column("entry_id", uuid, nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "entry_id", name=op.f("pk_audit_pending")),
    )
    op.create_index("ix_audit_pending_oldest", "audit_pending", ["entry_id"], unique=False)
    protect_worker_table(service, "audit_pending", "INSERT")
    op.execute(
        "CREATE FUNCTION queue_audit_entries() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "INSERT INTO audit_pending (organization_id, entry_id) SELECT organization_id, id FROM added; "
        "RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_entries_queue AFTER INSERT ON audit_entries REFERENCING NEW TABLE AS added "
        "FOR EACH STATEMENT EXECUTE FUNCTION queue_audit_entries()"
    )


def _force(table: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def let_worker_count_tables(service: str) -> None:
    """The worker role may have tables counted that have grown: see `shared.database.grown_tables`."""
    op.execute(COUNT_GROWN_TABLES)
    op.execute("REVOKE ALL ON FUNCTION count_grown_tables() FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION count_grown_tables() TO {service}_worker")
