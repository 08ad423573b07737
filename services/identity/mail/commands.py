"""Writing mail of a practice down: for whom it counts, and whether it waits for the practice's founder."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.identity.config import Resources
from services.identity.mail.rules import TEMPLATES
from services.identity.organization.models import Organization
from services.identity.staff.rules import email_key
from shared.database.session import Session
from shared.mail.limits import bucket_of
from shared.mail.outgoing import write


def send_later(
    session: Session,
    organization_id: UUID,
    recipient: str,
    template: str,
    values: dict[str, Any],
    useful: timedelta,
    *,
    asked_by: UUID | None = None,
    about: UUID | None = None,
) -> None:
    """Write a message down; it goes out once this transaction has committed, if at all within `useful`.

    Until the practice's founder is confirmed it waits, unless it is to show that an address is the founder's: then
    `asked_by` is the member whose address that is. `about` is the invitation in it.
    """
    founder = _unconfirmed_founder(session, organization_id)
    held = founder is not None and founder != asked_by
    bucket = _bucket(session, template, recipient)
    write(session, organization_id, recipient, template, values, useful, bucket=bucket, held=held, about=about)


def _unconfirmed_founder(session: Session, organization_id: UUID) -> UUID | None:
    """Who is to confirm their address; with a lock, so that mail is written before the confirmation or goes out."""
    founder = select(Organization.unconfirmed_founder_id).where(Organization.organization_id == organization_id)
    if session.scalar(founder) is None:
        return None
    return session.scalar(founder.with_for_update(read=True))


def _bucket(session: Session, template: str, recipient: str) -> int | None:
    """Where a message counts; the worker, which has no key, writes only what goes to the staff of a practice."""
    if not isinstance(session.resources, Resources):
        return None
    return bucket_of(session.resources.sealer.fingerprint, TEMPLATES[template], email_key(recipient))
