"""Reading which change of one's own account waits."""

from __future__ import annotations

from sqlalchemy import select

from services.identity.mailed_tokens.models import MailedToken
from services.identity.mailed_tokens.rules import EMAIL_CHANGE
from shared import clock
from shared.actor import Person
from shared.database.session import Session


def waiting_email_change(session: Session, actor: Person) -> MailedToken | None:
    """The link that waits in the mailbox of the new address, and still holds; None where there is none."""
    statement = select(MailedToken).where(
        MailedToken.organization_id == actor.organization_id,
        MailedToken.staff_id == actor.staff_id,
        MailedToken.purpose == EMAIL_CHANGE,
        MailedToken.used_at.is_(None),
        MailedToken.expires_at > clock.now(),
    )
    return session.scalars(statement.order_by(MailedToken.created_at.desc()).limit(1)).first()
