"""Remembering, knowing again and forgetting the browsers of an account."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, delete, select

from services.identity.config import sealer
from services.identity.known_devices import rules
from services.identity.known_devices.models import KnownDevice
from shared import client_network, clock
from shared.database.session import Session


def device_of(session: Session, organization_id: UUID, staff_id: UUID) -> bytes | None:
    """The fingerprint by which the browser that asks is known to the account; None where it is not, or not lately.

    The transaction's tenant is that organization.
    """
    sent = list(_fingerprints(session))
    if not sent:
        return None
    found = session.scalars(
        select(KnownDevice)
        .where(*_of(organization_id, staff_id), KnownDevice.device.in_(sent))
        .order_by(KnownDevice.last_used_at.desc())
    ).first()
    return found.device if found and clock.now() - found.last_used_at < rules.KNOWN_FOR else None


def remember_device(session: Session, organization_id: UUID, staff_id: UUID) -> str:
    """Somebody signed in with the browser that asks; returns its next cookie.

    Each sign-in makes a new token and ends the account's earlier one in this browser, so that a copy is soon worth
    nothing. The transaction's tenant is that organization.
    """
    sent = _fingerprints(session)
    ended = session.scalars(
        delete(KnownDevice)
        .where(*_of(organization_id, staff_id), KnownDevice.device.in_(list(sent)))
        .returning(KnownDevice.device)
    ).all()
    kept = select(KnownDevice.device).where(*_of(organization_id, staff_id))
    latest = kept.order_by(KnownDevice.last_used_at.desc(), KnownDevice.device).limit(rules.PER_ACCOUNT_MAX - 1)
    session.execute(delete(KnownDevice).where(*_of(organization_id, staff_id), KnownDevice.device.not_in(latest)))
    token = rules.new_token()
    session.add(
        KnownDevice(
            organization_id=organization_id,
            staff_id=staff_id,
            device=_fingerprint(session, token),
            last_used_at=clock.now(),
        )
    )
    return rules.cookie_of(token, [other for device, other in sent.items() if device not in ended])


def forget_devices(session: Session, organization_id: UUID, staff_id: UUID) -> None:
    """The account is its owner's again: no browser that it signed in with earlier is known."""
    session.execute(delete(KnownDevice).where(*_of(organization_id, staff_id)))


def _of(organization_id: UUID, staff_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return KnownDevice.organization_id == organization_id, KnownDevice.staff_id == staff_id


def _fingerprints(session: Session) -> dict[bytes, str]:
    return {_fingerprint(session, token): token for token in rules.tokens_of(client_network.device.get())}


def _fingerprint(session: Session, token: str) -> bytes:
    return sealer(session).fingerprint(f"device {token}".encode())
