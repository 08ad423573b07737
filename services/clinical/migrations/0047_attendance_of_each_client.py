"""What became of an appointment for each of its clients, where several come."""

import sqlalchemy as sa
from alembic import op

revision = "clinical_0047"
down_revision = "clinical_0055"

STATUSES = "('booked','confirmed','arrived','no_show','late_cancelled','cancelled')"


def upgrade() -> None:
    """Add only: null stands for the appointment's own status, as it was. Visits and counts of open work follow it."""
    op.add_column("attendees", sa.Column("status", sa.Text(), nullable=True))
    op.execute(f"ALTER TABLE attendees ADD CONSTRAINT ck_attendees_status CHECK (status IN {STATUSES}) NOT VALID")
    op.add_column("appointment_changes", sa.Column("client_id", sa.UUID(), nullable=True))
    op.execute(
        """
        CREATE OR REPLACE FUNCTION keep_last_visit(organization uuid, clients uuid[]) RETURNS void
        LANGUAGE plpgsql AS $$ BEGIN
            PERFORM 1 FROM client_copies WHERE organization_id = organization AND id = ANY (clients)
                ORDER BY id FOR NO KEY UPDATE;
            UPDATE client_copies SET last_visit_at = visited.at
                FROM (SELECT client.id, coalesce((
                        SELECT attendee.starts_at FROM attendees attendee
                        JOIN appointments appointment ON appointment.organization_id = attendee.organization_id
                            AND appointment.id = attendee.appointment_id
                        WHERE attendee.organization_id = organization AND attendee.client_id = client.id
                            AND coalesce(attendee.status, appointment.status) = 'arrived'
                        ORDER BY attendee.starts_at DESC, attendee.appointment_id DESC LIMIT 1
                    ), '1970-01-01 00:00:00+00') AS at FROM unnest(clients) AS client (id)) AS visited
                WHERE organization_id = organization AND client_copies.id = visited.id
                    AND last_visit_at <> visited.at;
        END $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION attendance_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            PERFORM keep_last_visit(NEW.organization_id, ARRAY[NEW.client_id]);
            RETURN NULL;
        END $$
        """
    )
    for name, function in (("attendance_kept", "attendance_kept"), ("attendance_marked", "mark_attendee")):
        op.execute(
            f"CREATE TRIGGER {name} AFTER UPDATE OF status ON attendees FOR EACH ROW "
            f"WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION {function}()"
        )
