"""Marks of what may have changed somebody's open work with a client, and the counts that clients was told."""

import sqlalchemy as sa
from alembic import op

from shared.database.migration import protect_worker_table

revision = "clinical_0043"
down_revision = "clinical_0037"

# Each finds the pairs by an index. `OLD` and `NEW` are the row before and after; both mark, for either may be counted.
FUNCTIONS = {
    "mark_appointment": """
        INSERT INTO open_work_marks (organization_id, id, client_id, staff_id)
        SELECT NEW.organization_id, gen_random_uuid(), attendee.client_id, staff.id
        FROM attendees attendee, (SELECT OLD.staff_id UNION SELECT NEW.staff_id) AS staff (id)
        WHERE attendee.organization_id = NEW.organization_id AND attendee.appointment_id = NEW.id;
    """,
    "mark_attendee": """
        INSERT INTO open_work_marks (organization_id, id, client_id, staff_id)
        SELECT organization_id, gen_random_uuid(), (coalesce(NEW, OLD)).client_id, staff_id FROM appointments
        WHERE organization_id = (coalesce(NEW, OLD)).organization_id AND id = (coalesce(NEW, OLD)).appointment_id;
    """,
    "mark_new_note": """
        INSERT INTO open_work_marks (organization_id, id, client_id, staff_id)
        VALUES (NEW.organization_id, gen_random_uuid(), NEW.client_id, NEW.author_id);
    """,
    "mark_note": """
        INSERT INTO open_work_marks (organization_id, id, client_id, staff_id)
        SELECT NEW.organization_id, gen_random_uuid(), NEW.client_id, staff.id FROM (
            SELECT OLD.author_id UNION SELECT NEW.author_id
            UNION SELECT supervisor_id FROM staff_copies
                WHERE organization_id = NEW.organization_id AND id = NEW.author_id AND supervisor_id IS NOT NULL
        ) AS staff (id);
    """,
    "mark_supervision": """
        INSERT INTO open_work_marks (organization_id, id, client_id, staff_id)
        SELECT NEW.organization_id, gen_random_uuid(), note.client_id, staff.id FROM (
            SELECT DISTINCT client_id FROM notes
            WHERE organization_id = NEW.organization_id AND author_id = NEW.id AND signed_at IS NULL
                AND review = 'submitted'
        ) AS note, (SELECT OLD.supervisor_id UNION SELECT NEW.supervisor_id) AS staff (id) WHERE staff.id IS NOT NULL;
    """,
    "mark_case_member": """
        INSERT INTO open_work_marks (organization_id, id, client_id, staff_id)
        SELECT organization_id, gen_random_uuid(), client_id, NEW.staff_id FROM cases
        WHERE organization_id = NEW.organization_id AND id = NEW.case_id;
    """,
    "mark_case": """
        INSERT INTO open_work_marks (organization_id, id, client_id, staff_id)
        SELECT organization_id, gen_random_uuid(), NEW.client_id, staff_id FROM case_members
        WHERE organization_id = NEW.organization_id AND case_id = NEW.id AND active;
    """,
    "mark_plan": """
        INSERT INTO open_work_marks (organization_id, id, client_id, staff_id)
        SELECT member.organization_id, gen_random_uuid(), cases.client_id, member.staff_id FROM case_members member
        JOIN cases ON cases.organization_id = member.organization_id AND cases.id = member.case_id
        WHERE member.organization_id = NEW.organization_id AND member.case_id = NEW.case_id AND member.active;
    """,
}
TRIGGERS = (
    "appointments_marked AFTER UPDATE OF staff_id, status, starts_at ON appointments FOR EACH ROW "
    "WHEN ((OLD.staff_id, OLD.status, OLD.starts_at) IS DISTINCT FROM (NEW.staff_id, NEW.status, NEW.starts_at)) "
    "EXECUTE FUNCTION mark_appointment()",
    "attendees_marked AFTER INSERT OR DELETE ON attendees FOR EACH ROW EXECUTE FUNCTION mark_attendee()",
    "notes_marked_new AFTER INSERT ON notes FOR EACH ROW EXECUTE FUNCTION mark_new_note()",
    "notes_marked AFTER UPDATE OF author_id, signed_at, review ON notes FOR EACH ROW "
    "WHEN ((OLD.author_id, OLD.signed_at, OLD.review) IS DISTINCT FROM (NEW.author_id, NEW.signed_at, NEW.review)) "
    "EXECUTE FUNCTION mark_note()",
    "staff_copies_marked AFTER UPDATE OF supervisor_id ON staff_copies FOR EACH ROW "
    "WHEN (OLD.supervisor_id IS DISTINCT FROM NEW.supervisor_id) EXECUTE FUNCTION mark_supervision()",
    "case_members_marked_new AFTER INSERT ON case_members FOR EACH ROW WHEN (NEW.active) "
    "EXECUTE FUNCTION mark_case_member()",
    "case_members_marked AFTER UPDATE OF active ON case_members FOR EACH ROW "
    "WHEN (OLD.active <> NEW.active) EXECUTE FUNCTION mark_case_member()",
    "cases_marked AFTER UPDATE OF status ON cases FOR EACH ROW WHEN (OLD.status <> NEW.status) "
    "EXECUTE FUNCTION mark_case()",
    "treatment_plans_marked AFTER UPDATE OF signed_at ON treatment_plans FOR EACH ROW "
    "WHEN (OLD.signed_at IS DISTINCT FROM NEW.signed_at) EXECUTE FUNCTION mark_plan()",
)


def upgrade() -> None:
    """Triggers mark, also for the code before this one. A mark is a row of its own: nobody waits for another's."""
    uuid = sa.UUID()
    op.create_table(
        "open_work_marks",
        sa.Column("organization_id", uuid, nullable=False),
        sa.Column("id", uuid, nullable=False),
        sa.Column("client_id", uuid, nullable=False),
        sa.Column("staff_id", uuid, nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_open_work_marks")),
    )
    op.create_table(
        "open_work_counts",
        sa.Column("organization_id", uuid, nullable=False),
        sa.Column("client_id", uuid, nullable=False),
        sa.Column("staff_id", uuid, nullable=False),
        *(
            sa.Column(name, sa.Integer(), server_default="0", nullable=False)
            for name in ("version", "appointments", "drafts", "to_review", "plans_due")
        ),
        sa.Column("count_again_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("organization_id", "client_id", "staff_id", name=op.f("pk_open_work_counts")),
    )
    op.create_index(
        "ix_open_work_counts_again",
        "open_work_counts",
        ["count_again_at"],
        postgresql_where=sa.text("count_again_at IS NOT NULL"),
    )
    protect_worker_table("clinical", "open_work_marks", "INSERT", "SELECT, INSERT, DELETE")
    protect_worker_table("clinical", "open_work_counts", "", "SELECT, INSERT, UPDATE")
    for name, statement in FUNCTIONS.items():
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {statement} RETURN NULL; END $$"
        )
    for trigger in TRIGGERS:
        op.execute(f"CREATE TRIGGER {trigger}")
