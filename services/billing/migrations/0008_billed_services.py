"""The business key in a table of its own, in step with the draft lines that held it until now.

While the previous release still runs, it reads and writes `invoice_draft_lines.live`: two triggers keep that and
`billed_services` in step, each for what the other release wrote. The next release drops both, the column and the
draft lines that stand beside issued ones only to hold a key.
"""

import sqlalchemy as sa
from alembic import op

from shared.database.migration import protect_tenant_table

revision = "0008"
down_revision = "0007"

# What the previous release writes: a live line takes the key, a line that is live no longer gives it back. The
# depth keeps one trigger from answering the other.
FOLLOW_DRAFT_LINES = """
CREATE FUNCTION follow_draft_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.live AND (NOT NEW.live OR NEW.code <> OLD.code) THEN
        UPDATE billed_services SET line_id = NULL
        WHERE organization_id = OLD.organization_id AND appointment_id = OLD.appointment_id
            AND client_id = OLD.client_id AND code = OLD.code AND line_id = OLD.id;
    END IF;
    INSERT INTO billed_services AS b
        (organization_id, appointment_id, client_id, code, line_id, documented_version)
    VALUES (NEW.organization_id, NEW.appointment_id, NEW.client_id, NEW.code,
        CASE WHEN NEW.live THEN NEW.id END, NEW.documented_version)
    ON CONFLICT (organization_id, appointment_id, client_id, code) DO UPDATE
        SET line_id = excluded.line_id, documented_version = greatest(b.documented_version, excluded.documented_version)
        WHERE b.line_id IS NULL OR b.line_id = NEW.id;
    IF NEW.live AND NOT FOUND THEN
        RAISE EXCEPTION 'another line bills this service' USING ERRCODE = 'unique_violation';
    END IF;
    RETURN NULL;
END $$
"""

# What this release writes, for the previous one: `live`, the version, and beside an issued line that replaced
# another a draft line, which is where the previous release looks for the key.
COPIED = (
    "organization_id, id, invoice_id, appointment_id, client_id, documented_version, case_id, note_id, service_type_id, "
    "rendering_staff_id, location_id, service_date, minutes, diagnosis_codes, kind, code, modifiers, description, units, "
    "rate_cents, charge_cents, client_cents, insurance_cents"
)
FOLLOW_BILLED_SERVICES = f"""
CREATE FUNCTION follow_billed_service() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.line_id IS DISTINCT FROM NEW.line_id THEN
        UPDATE invoice_draft_lines SET live = false, documented_version = NEW.documented_version
        WHERE organization_id = OLD.organization_id AND id = OLD.line_id AND code = OLD.code AND live;
    END IF;
    IF NEW.line_id IS NOT NULL THEN
        UPDATE invoice_draft_lines SET live = true, documented_version = NEW.documented_version
        WHERE organization_id = NEW.organization_id AND id = NEW.line_id
            AND (NOT live OR documented_version <> NEW.documented_version);
        INSERT INTO invoice_draft_lines ({COPIED}, live, holds)
        SELECT {COPIED}, true, '[]' FROM invoice_lines
        WHERE organization_id = NEW.organization_id AND id = NEW.line_id
        ON CONFLICT (organization_id, id) DO NOTHING;
    END IF;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    """Create and protect the table, and keep it in step from now on; what there is follows in the next revision."""
    op.create_table(
        "billed_services",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("appointment_id", sa.UUID(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("line_id", sa.UUID(), nullable=True),
        sa.Column("documented_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "organization_id", "appointment_id", "client_id", "code", name=op.f("pk_billed_services")
        ),
        sa.UniqueConstraint("organization_id", "line_id", name=op.f("uq_billed_services_organization_id_line_id")),
    )
    protect_tenant_table("billing", "billed_services", "SELECT, INSERT, UPDATE")
    op.execute(FOLLOW_DRAFT_LINES)
    op.execute(FOLLOW_BILLED_SERVICES)
    op.execute(
        "CREATE TRIGGER follow AFTER INSERT OR UPDATE OF live, code, documented_version ON invoice_draft_lines "
        "FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION follow_draft_line()"
    )
    op.execute(
        "CREATE TRIGGER follow AFTER INSERT OR UPDATE ON billed_services "
        "FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION follow_billed_service()"
    )
