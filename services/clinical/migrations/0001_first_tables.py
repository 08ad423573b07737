"""Copies, cases, diagnoses, treatment plans, appointments, notes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.clinical.diagnoses.code_set import icd10_codes
from shared.database.migration import protect_common_tables, protect_tenant_table, share_code_set

revision = "clinical_0001"
down_revision = None


def upgrade() -> None:
    """Create every table, then its policies and grants."""
    op.create_table(
        "appointments",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.UUID(), nullable=False),
        sa.Column("service_type_id", sa.UUID(), nullable=False),
        sa.Column("location_id", sa.UUID(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_reason", sa.Text(), nullable=True),
        sa.Column("overridden", sa.Boolean(), nullable=False),
        sa.Column("override_reason", sa.Text(), nullable=True),
        sa.Column("booked_by", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.CheckConstraint(
            "status IN ('booked','confirmed','arrived','no_show','late_cancelled','cancelled')",
            name=op.f("ck_appointments_status"),
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_appointments_period")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_appointments")),
    )
    op.create_index("ix_appointments_staff", "appointments", ["organization_id", "staff_id", "starts_at"], unique=False)
    op.create_index("ix_appointments_start", "appointments", ["organization_id", "starts_at", "id"], unique=False)
    op.create_table(
        "assignment_copies",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("staff_id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "client_id", "staff_id", name=op.f("pk_assignment_copies")),
    )
    op.create_index(
        "ix_assignment_copies_staff",
        "assignment_copies",
        ["organization_id", "staff_id", "client_id"],
        unique=False,
    )
    op.create_table(
        "audit_entries",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.UUID(), nullable=True),
        sa.Column("session_id", sa.UUID(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("object_id", sa.UUID(), nullable=True),
        sa.Column("client_id", sa.UUID(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("correlation_id", sa.Text(), nullable=True),
        sa.Column("details", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_audit_entries")),
    )
    op.create_index("ix_audit_entries_actor", "audit_entries", ["organization_id", "actor_id", "at"], unique=False)
    op.create_index("ix_audit_entries_client", "audit_entries", ["organization_id", "client_id", "at"], unique=False)
    op.create_table(
        "case_member_changes",
        sa.Column("case_id", sa.UUID(), nullable=False),
        sa.Column("staff_id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("by_staff_id", sa.UUID(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_case_member_changes")),
    )
    op.create_index(
        "ix_case_member_changes_case",
        "case_member_changes",
        ["organization_id", "case_id", "at"],
        unique=False,
    )
    op.create_table(
        "cases",
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("opened_by", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.CheckConstraint("status IN ('open', 'closed')", name=op.f("ck_cases_status")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_cases")),
    )
    op.create_index("ix_cases_client", "cases", ["organization_id", "client_id", "id"], unique=False)
    op.create_table(
        "client_copies",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_client_copies")),
    )
    op.create_table(
        "dead_letters",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=True),
        sa.Column("event_id", sa.UUID(), nullable=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("headers", postgresql.JSONB(), nullable=False),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("receipted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replayed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("discarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("discard_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dead_letters")),
    )
    op.create_index(
        "ix_dead_letters_open",
        "dead_letters",
        ["parked_at"],
        unique=False,
        postgresql_where=sa.text("replayed_at IS NULL AND discarded_at IS NULL"),
    )
    op.create_index(
        "uq_dead_letters_event_open",
        "dead_letters",
        ["event_id"],
        unique=True,
        postgresql_where=sa.text("event_id IS NOT NULL AND replayed_at IS NULL AND discarded_at IS NULL"),
    )
    op.create_table(
        "icd10_codes",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_icd10_codes")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("scope", sa.LargeBinary(), nullable=False),
        sa.Column("body_digest", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "scope", name=op.f("pk_idempotency_keys")),
    )
    op.create_index(op.f("ix_idempotency_keys_created_at"), "idempotency_keys", ["created_at"], unique=False)
    op.create_table(
        "inbox",
        sa.Column("event_id", sa.UUID(), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("receipted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_inbox")),
    )
    op.create_index(op.f("ix_inbox_received_at"), "inbox", ["received_at"], unique=False)
    op.create_index(
        "ix_inbox_unreceipted",
        "inbox",
        ["received_at"],
        unique=False,
        postgresql_where=sa.text("receipted_at IS NULL"),
    )
    op.create_table(
        "location_copies",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_location_copies")),
    )
    op.create_table(
        "organization_copies",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("pk_organization_copies")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("aggregate_id", sa.UUID(), nullable=False),
        sa.Column("aggregate_version", sa.Integer(), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("correlation_id", sa.Text(), nullable=True),
        sa.Column("causation_id", sa.UUID(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("awaiting", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["next_try_at", "id"],
        unique=False,
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_index(
        "ix_outbox_settled",
        "outbox",
        ["settled_at"],
        unique=False,
        postgresql_where=sa.text("settled_at IS NOT NULL"),
    )
    op.create_table(
        "service_type_copies",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_service_type_copies")),
    )
    op.create_table(
        "staff_copies",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("supervisor_id", sa.UUID(), nullable=True),
        sa.Column("licences", postgresql.JSONB(), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_staff_copies")),
    )
    op.create_table(
        "used_tokens",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("token_id", sa.UUID(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "token_id", name=op.f("pk_used_tokens")),
    )
    op.create_index(op.f("ix_used_tokens_expires_at"), "used_tokens", ["expires_at"], unique=False)
    op.create_table(
        "attendees",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("appointment_id", sa.UUID(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("case_id", sa.UUID(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("documented_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "appointment_id"],
            ["appointments.organization_id", "appointments.id"],
            name=op.f("fk_attendees_organization_id_appointment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "case_id"],
            ["cases.organization_id", "cases.id"],
            name=op.f("fk_attendees_organization_id_case_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "appointment_id", "client_id", name=op.f("pk_attendees")),
    )
    op.create_index("ix_attendees_client", "attendees", ["organization_id", "client_id", "starts_at"], unique=False)
    op.create_table(
        "case_members",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("case_id", sa.UUID(), nullable=False),
        sa.Column("staff_id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "case_id"],
            ["cases.organization_id", "cases.id"],
            name=op.f("fk_case_members_organization_id_case_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "case_id", "staff_id", name=op.f("pk_case_members")),
    )
    op.create_index("ix_case_members_staff", "case_members", ["organization_id", "staff_id", "case_id"], unique=False)
    op.create_table(
        "diagnoses",
        sa.Column("case_id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.Column("added_by", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.CheckConstraint("effective_to IS NULL OR effective_to >= effective_from", name=op.f("ck_diagnoses_period")),
        sa.CheckConstraint("rank BETWEEN 1 AND 12", name=op.f("ck_diagnoses_rank")),
        sa.ForeignKeyConstraint(
            ["organization_id", "case_id"],
            ["cases.organization_id", "cases.id"],
            name=op.f("fk_diagnoses_organization_id_case_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_diagnoses")),
    )
    op.create_index(
        "ix_diagnoses_case",
        "diagnoses",
        ["organization_id", "case_id", "rank", "effective_from"],
        unique=False,
    )
    op.create_table(
        "treatment_plans",
        sa.Column("case_id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("problems", postgresql.JSONB(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=True),
        sa.Column("created_by", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_by", sa.UUID(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.CheckConstraint("(signed_at IS NULL) = (signed_by IS NULL)", name=op.f("ck_treatment_plans_signature")),
        sa.ForeignKeyConstraint(
            ["organization_id", "case_id"],
            ["cases.organization_id", "cases.id"],
            name=op.f("fk_treatment_plans_organization_id_case_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_treatment_plans")),
    )
    op.create_index(
        "ix_treatment_plans_case",
        "treatment_plans",
        ["organization_id", "case_id", "effective_from"],
        unique=False,
    )
    op.create_table(
        "notes",
        sa.Column("appointment_id", sa.UUID(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("case_id", sa.UUID(), nullable=False),
        sa.Column("author_id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_by", sa.UUID(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.CheckConstraint("(signed_at IS NULL) = (signed_by IS NULL)", name=op.f("ck_notes_signature")),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_notes_minutes")),
        sa.ForeignKeyConstraint(
            ["organization_id", "appointment_id", "client_id"],
            ["attendees.organization_id", "attendees.appointment_id", "attendees.client_id"],
            name=op.f("fk_notes_organization_id_appointment_id_client_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "case_id"],
            ["cases.organization_id", "cases.id"],
            name=op.f("fk_notes_organization_id_case_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_notes")),
    )
    op.create_index("ix_notes_case", "notes", ["organization_id", "case_id", "id"], unique=False)
    op.create_index("uq_notes_attendee", "notes", ["organization_id", "appointment_id", "client_id"], unique=True)
    op.create_table(
        "addenda",
        sa.Column("note_id", sa.UUID(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("signed_by", sa.UUID(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "note_id"],
            ["notes.organization_id", "notes.id"],
            name=op.f("fk_addenda_organization_id_note_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_addenda")),
    )
    op.create_index("ix_addenda_note", "addenda", ["organization_id", "note_id", "id"], unique=False)
    op.create_table(
        "note_versions",
        sa.Column("note_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("service_type_id", sa.UUID(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("signed_by", sa.UUID(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "note_id"],
            ["notes.organization_id", "notes.id"],
            name=op.f("fk_note_versions_organization_id_note_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_note_versions")),
    )
    op.create_index("uq_note_versions_number", "note_versions", ["organization_id", "note_id", "number"], unique=True)
    protect_common_tables("clinical")
    for table in (
        "organization_copies",
        "location_copies",
        "staff_copies",
        "client_copies",
        "service_type_copies",
        "assignment_copies",
        "cases",
        "case_members",
        "diagnoses",
        "treatment_plans",
        "appointments",
        "attendees",
        "notes",
    ):
        protect_tenant_table("clinical", table)
    for table in ("case_member_changes", "note_versions", "addenda"):
        protect_tenant_table("clinical", table, "SELECT, INSERT")
    share_code_set("clinical", "icd10_codes")
    # No extension gives gist equality on uuid here; a range of one value with itself does the same.
    op.execute("CREATE TYPE uuidrange AS RANGE (subtype = uuid)")
    op.execute(
        """
        ALTER TABLE appointments ADD CONSTRAINT ex_appointments_staff
        EXCLUDE USING gist (uuidrange(staff_id, staff_id, '[]') WITH &&,
                            tstzrange(starts_at, ends_at) WITH &&)
        WHERE (status IN (\x27booked\x27, \x27confirmed\x27, \x27arrived\x27) AND NOT overridden)
        """
    )
    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION \x27what is signed does not change\x27; END $$
        """
    )
    for table in ("notes", "treatment_plans"):
        op.execute(
            f"CREATE TRIGGER {table}_sealed BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW"
            " WHEN (OLD.signed_at IS NOT NULL) EXECUTE FUNCTION refuse_change()"
        )
    with op.get_bind().connection.cursor() as cursor:
        with cursor.copy("COPY icd10_codes (code, title) FROM STDIN") as copy:
            for row in icd10_codes():
                copy.write_row(row)
