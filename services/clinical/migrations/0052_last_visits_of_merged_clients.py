"""The last visit of a client is also that of somebody who was merged into them."""

from alembic import op

revision = "clinical_0052"
down_revision = "clinical_0050"


def upgrade() -> None:
    """What was counted stays as it is: nobody is merged so far. A visit counts for who had it, and for who stays.

    All of them are locked in one order and before the visits are read, as they were.
    """
    op.execute(
        """
        CREATE OR REPLACE FUNCTION keep_last_visit(organization uuid, clients uuid[]) RETURNS void
        LANGUAGE plpgsql AS $$
        DECLARE counted uuid[] := ARRAY(SELECT id FROM unnest(clients) AS client (id) UNION SELECT merged_into
            FROM client_copies WHERE organization_id = organization AND id = ANY (clients) AND merged_into IS NOT NULL);
        BEGIN
            PERFORM 1 FROM client_copies WHERE organization_id = organization AND id = ANY (counted)
                ORDER BY id FOR NO KEY UPDATE;
            UPDATE client_copies SET last_visit_at = visited.at
                FROM (SELECT client.id, coalesce(max(visit.starts_at), '1970-01-01 00:00:00+00') AS at
                    FROM unnest(counted) AS client (id)
                    CROSS JOIN LATERAL (SELECT client.id UNION ALL SELECT copy.id FROM client_copies copy
                        WHERE copy.organization_id = organization AND copy.merged_into = client.id) AS member (id)
                    LEFT JOIN LATERAL (
                        SELECT attendee.starts_at FROM attendees attendee
                        JOIN appointments appointment ON appointment.organization_id = attendee.organization_id
                            AND appointment.id = attendee.appointment_id
                        WHERE attendee.organization_id = organization AND attendee.client_id = member.id
                            AND coalesce(attendee.status, appointment.status) = 'arrived'
                        ORDER BY attendee.starts_at DESC, attendee.appointment_id DESC LIMIT 1
                    ) AS visit ON true
                    GROUP BY client.id) AS visited
                WHERE organization_id = organization AND client_copies.id = visited.id
                    AND last_visit_at <> visited.at;
        END $$
        """
    )
