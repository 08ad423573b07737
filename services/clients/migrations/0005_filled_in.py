"""Indexes of tables that are large by now; entries of before for the audit trail. Runs again if interrupted."""

from shared.database.migration import build_index, queue_earlier_entries

revision = "clients_0005"
down_revision = "clients_0004"


def upgrade() -> None:
    """Short locks only."""
    for closed in ("replayed", "discarded"):
        build_index(f"ix_dead_letters_{closed}_at", "dead_letters", [f"{closed}_at"], where=f"{closed}_at IS NOT NULL")
    queue_earlier_entries()
