"""The trigger that wakes those who claim work from a table: NOTIFY on the channel that has the table's name."""

from __future__ import annotations


def wake_trigger(table: str, *, releases: str = "") -> tuple[str, str]:
    """Statements that make it, run by a migration. `releases`: a column whose change makes a row due, too."""
    written = f"INSERT OR UPDATE OF {releases}" if releases else "INSERT"
    return (
        f"CREATE FUNCTION wake_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN PERFORM pg_notify('{table}', ''); RETURN NULL; END $$",
        f"CREATE TRIGGER {table}_wake AFTER {written} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION wake_{table}()",
    )
