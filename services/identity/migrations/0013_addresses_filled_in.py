"""Open invitations went to the address that their member has now. Runs again if interrupted."""

from shared.database.migration import fill_in

revision = "identity_0013"
down_revision = "identity_0012"


def upgrade() -> None:
    """Short locks only. The code before this one revokes an invitation when the address changes."""
    fill_in(
        ["invitations", "staff"],
        "UPDATE invitations SET email_key = staff.email_key FROM staff "
        "WHERE staff.organization_id = invitations.organization_id AND staff.id = invitations.staff_id "
        "AND invitations.email_key IS NULL AND invitations.used_at IS NULL AND invitations.revoked_at IS NULL",
    )
