"""What was open before the triggers is marked, to be counted. Runs again if interrupted: a mark too many is harmless."""

from shared.database.migration import fill_in

revision = "clinical_0044"
down_revision = "clinical_0043"

TABLES = (
    "appointments",
    "attendees",
    "notes",
    "staff_copies",
    "cases",
    "case_members",
    "treatment_plans",
    "open_work_marks",
)


def upgrade() -> None:
    """One mark for each pair: of coming appointments, unsigned notes and their supervisors, open cases with a plan."""
    fill_in(
        TABLES,
        """
        INSERT INTO open_work_marks (organization_id, id, client_id, staff_id)
        SELECT organization_id, gen_random_uuid(), client_id, staff_id FROM (
            SELECT attendee.organization_id, attendee.client_id, appointment.staff_id FROM attendees attendee
            JOIN appointments appointment ON appointment.organization_id = attendee.organization_id
                AND appointment.id = attendee.appointment_id
            WHERE appointment.starts_at > now() AND appointment.status IN ('booked', 'confirmed', 'arrived')
            UNION
            SELECT organization_id, client_id, author_id FROM notes
            WHERE signed_at IS NULL AND review IS DISTINCT FROM 'discarded'
            UNION
            SELECT note.organization_id, note.client_id, staff.supervisor_id FROM notes note
            JOIN staff_copies staff ON staff.organization_id = note.organization_id AND staff.id = note.author_id
            WHERE note.signed_at IS NULL AND note.review = 'submitted' AND staff.supervisor_id IS NOT NULL
            UNION
            SELECT member.organization_id, cases.client_id, member.staff_id FROM case_members member
            JOIN cases ON cases.organization_id = member.organization_id AND cases.id = member.case_id
            WHERE member.active AND cases.status = 'open' AND EXISTS (SELECT FROM treatment_plans plan
                WHERE plan.organization_id = cases.organization_id AND plan.case_id = cases.id
                AND plan.signed_at IS NOT NULL)
        ) AS pairs
        """,
    )
