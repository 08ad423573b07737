"""A client keeps when they were here last, so that who was not seen for long comes from an index."""

from alembic import op

revision = "clinical_0035"
down_revision = "clinical_0024"


def upgrade() -> None:
    """Triggers keep it, also for the code before this one. The default is a constant: no rewrite of the table.

    1970 says: never. Clients are locked in one order and before the visits are read, so that two appointments of one
    client that are kept at once are both counted.
    """
    op.execute(
        "ALTER TABLE client_copies ADD COLUMN last_visit_at timestamptz NOT NULL DEFAULT '1970-01-01 00:00:00+00'"
    )
    op.execute(
        """
        CREATE FUNCTION keep_last_visit(organization uuid, clients uuid[]) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
            PERFORM 1 FROM client_copies WHERE organization_id = organization AND id = ANY (clients)
                ORDER BY id FOR NO KEY UPDATE;
            UPDATE client_copies SET last_visit_at = visited.at
                FROM (SELECT client.id, coalesce((
                        SELECT attendee.starts_at FROM attendees attendee
                        JOIN appointments appointment ON appointment.organization_id = attendee.organization_id
                            AND appointment.id = attendee.appointment_id
                        WHERE attendee.organization_id = organization AND attendee.client_id = client.id
                            AND appointment.status = 'arrived'
                        ORDER BY attendee.starts_at DESC, attendee.appointment_id DESC LIMIT 1
                    ), '1970-01-01 00:00:00+00') AS at FROM unnest(clients) AS client (id)) AS visited
                WHERE organization_id = organization AND client_copies.id = visited.id
                    AND last_visit_at <> visited.at;
        END $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION appointment_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            PERFORM keep_last_visit(NEW.organization_id, ARRAY(SELECT client_id FROM attendees
                WHERE organization_id = NEW.organization_id AND appointment_id = NEW.id));
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER appointments_kept AFTER UPDATE OF status ON appointments FOR EACH ROW "
        "WHEN ((OLD.status = 'arrived') <> (NEW.status = 'arrived')) EXECUTE FUNCTION appointment_kept()"
    )
    op.execute(
        """
        CREATE FUNCTION attendee_kept() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE changed attendees := coalesce(NEW, OLD);
        BEGIN
            IF EXISTS (SELECT 1 FROM appointments WHERE organization_id = changed.organization_id
                    AND id = changed.appointment_id AND status = 'arrived') THEN
                PERFORM keep_last_visit(changed.organization_id, ARRAY[changed.client_id]);
            END IF;
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER attendees_kept AFTER INSERT OR DELETE OR UPDATE OF starts_at ON attendees FOR EACH ROW "
        "EXECUTE FUNCTION attendee_kept()"
    )
