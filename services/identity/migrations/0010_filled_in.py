"""Indexes of tables that are large by now, and what earlier rows have of what is new. Runs again if interrupted."""

from shared.database.migration import build_index, fill_in, queue_earlier_entries

revision = "identity_0010"
down_revision = "identity_0009"

EVENT = "identity.billing_profile_recorded.v1"
# Kind of subject -> its table, the column of its id, what is printed of it.
SUBJECTS = {
    "organization": (
        "organizations",
        "organization_id",
        ("name", "legal_name", "npi", "tax_id", "taxonomy", "phone", "fax", "email", "address"),
    ),
    "location": ("locations", "id", ("name", "npi", "phone", "address", "place_of_service")),
    "staff": ("staff", "id", ("given_name", "family_name", "credentials", "npi", "taxonomy")),
}


def upgrade() -> None:
    """Short locks only. Billing profiles come last: what they tell of is told in the same statement."""
    build_index("ix_sessions_latest", "sessions", ["organization_id", "staff_id", "id"])
    build_index("ix_sessions_expires_at", "sessions", ["expires_at"])
    build_index("ix_invitations_created", "invitations", ["organization_id", "created_at"])
    build_index("ix_invitations_expires_at", "invitations", ["expires_at"])
    build_index(
        "uq_invitations_open",
        "invitations",
        ["organization_id", "staff_id"],
        unique=True,
        where="used_at IS NULL AND revoked_at IS NULL",
    )
    for closed in ("replayed", "discarded"):
        build_index(f"ix_dead_letters_{closed}_at", "dead_letters", [f"{closed}_at"], where=f"{closed}_at IS NOT NULL")
    fill_in(
        ["staff"],
        "UPDATE staff SET supervision_mode = 'access_only' "
        "WHERE supervisor_id IS NOT NULL AND supervision_mode IS NULL",
    )
    queue_earlier_entries()
    for kind, (table, identifier, printed) in SUBJECTS.items():
        fill_in([table, "billing_profiles", "outbox"], _first_versions(kind, table, identifier, printed))


def _first_versions(kind: str, table: str, identifier: str, printed: tuple[str, ...]) -> str:
    """What each prints at present becomes its first version, in force since ever; billing is told of it."""
    facts = ", ".join(f"'{name}', {name}" for name in printed)
    return (
        "WITH recorded AS (INSERT INTO billing_profiles "
        "(organization_id, id, subject, subject_id, version, effective_from, printed, recorded_at) "
        f"SELECT organization_id, {identifier}, '{kind}', {identifier}, 1, DATE '1900-01-01', "
        f"jsonb_build_object({facts}), created_at FROM {table} ON CONFLICT DO NOTHING RETURNING *) "
        "INSERT INTO outbox (id, organization_id, type, aggregate_id, aggregate_version, data, occurred_at, awaiting, "
        f"next_try_at) SELECT gen_random_uuid(), organization_id, '{EVENT}', subject_id, version, "
        "jsonb_build_object('organization_id', organization_id, 'subject', subject, 'subject_id', subject_id, "
        "'version', version, 'effective_from', effective_from, subject, printed), now(), ARRAY['billing'], now() "
        "FROM recorded"
    )
