"""Clients from before the trigger are marked. Runs again if interrupted: a mark too many is harmless."""

from shared.database.migration import fill_in

revision = "clients_0094"
down_revision = "clients_0093"


def upgrade() -> None:
    """One mark for each client; the finder takes them a batch at a time."""
    fill_in(
        ("clients", "client_pair_marks"),
        """
        INSERT INTO client_pair_marks (organization_id, id, client_id)
        SELECT organization_id, gen_random_uuid(), id FROM clients
        """,
    )
