"""Words by whose beginnings earlier staff are found. Runs again if interrupted."""

from alembic import op
from sqlalchemy import text

from shared.database.migration import earlier_rows
from shared.names import KEY_CHARACTERS_MAX, found_by

revision = "identity_0042"
down_revision = "identity_0041"
NAMES = ("given_name", "family_name", "email_key")


def upgrade() -> None:
    """Short locks only. A name that somebody changes meanwhile has its words already."""
    write = text(
        "INSERT INTO staff_tokens (organization_id, staff_id, token)"
        " SELECT organization_id, id, unnest(CAST(:words AS text[])) FROM staff"
        " WHERE organization_id = :organization_id AND id = :id AND given_name = :given_name"
        " AND family_name = :family_name AND email_key = :email_key ON CONFLICT DO NOTHING"
    )
    for batch in earlier_rows("staff", NAMES, beside=["staff_tokens"]):
        op.get_bind().execute(
            write,
            [
                {
                    **row._mapping,
                    "words": sorted({*found_by([row.given_name, row.family_name]), row.email_key[:KEY_CHARACTERS_MAX]}),
                }
                for row in batch
            ],
        )
