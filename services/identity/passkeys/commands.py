"""Making passkeys, and proving who somebody is with one.

Challenges are not kept: each is a sealed note that says what for and until when, and only an answered one leaves a
row, so that strangers who ask for many fill no table.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, options_to_json_dict, parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from services.identity.config import sealer
from services.identity.organization.queries import own_organization
from services.identity.passkeys import rules
from services.identity.passkeys.models import Passkey
from services.identity.passkeys.queries import passkeys_of, relying_party
from services.identity.staff.models import Staff
from shared import clock
from shared.actor import Person
from shared.database.session import Session, set_tenant
from shared.ids import new_id
from shared.keys.sealing import Unsealable
from shared.web.used_tokens import spend_once

# What the library raises for bytes that are no answer of a device, beside its own.
UNREADABLE: Final = (WebAuthnException, ValueError, TypeError, LookupError)


def offer(session: Session, actor: Person, member: Staff, standing: bytes) -> dict[str, Any]:
    """What the browser needs to make a passkey for `member`. Raises `TooManyPasskeys`, `NoDomain`.

    `standing` says what second factors they have: the answer is good while they stay as they are.
    """
    present = passkeys_of(session, member.organization_id, member.id)
    if len(present) >= rules.PER_MEMBER_MAX:
        raise rules.TooManyPasskeys()
    here = relying_party(session)
    handle = rules.user_handle(member.organization_id, member.id)
    options = generate_registration_options(
        rp_id=here.domain,
        rp_name=own_organization(session, actor).name,
        user_id=handle,
        user_name=member.email,
        user_display_name=member.display_name,
        challenge=_challenge(session, rules.REGISTRATION + handle + standing),
        timeout=int(rules.CHALLENGE_LIFETIME.total_seconds() * 1000),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=passkey.credential_id) for passkey in present],
    )
    return options_to_json_dict(options)


def add(session: Session, member: Staff, name: str, credential: dict[str, Any], standing: bytes) -> Passkey:
    """Keep the passkey that a device has just made. Raises `PasskeyNotMade`, `TooManyPasskeys`, `NoDomain`."""
    if len(passkeys_of(session, member.organization_id, member.id)) >= rules.PER_MEMBER_MAX:
        raise rules.TooManyPasskeys()
    here = relying_party(session)
    purpose = rules.REGISTRATION + rules.user_handle(member.organization_id, member.id) + standing
    try:
        made = verify_registration_response(
            credential=credential,
            expected_challenge=_answered(session, credential, purpose, member.organization_id),
            expected_rp_id=here.domain,
            expected_origin=here.origin,
            require_user_verification=True,
        )
    except UNREADABLE as error:
        raise rules.PasskeyNotMade() from error
    passkey = Passkey(
        organization_id=member.organization_id,
        id=new_id(),
        staff_id=member.id,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        transports=credential["response"].get("transports", []),
        synced=made.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
        name=name,
        created_at=clock.now(),
    )
    try:
        with session.begin_nested():
            session.add(passkey)
    except IntegrityError as error:  # this device has one here already
        raise rules.PasskeyNotMade() from error
    return passkey


def ask_for_one(session: Session) -> dict[str, Any]:
    """What the browser needs to sign somebody in: the same for everybody. Raises `NoDomain`."""
    options = generate_authentication_options(
        rp_id=relying_party(session).domain,
        challenge=_challenge(session, rules.SIGN_IN),
        timeout=int(rules.CHALLENGE_LIFETIME.total_seconds() * 1000),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


def claimed(session: Session, credential: dict[str, Any]) -> Passkey | None:
    """The passkey that the answer of a device claims to be of, locked; nothing is proven yet.

    The transaction's tenant is its organization from here on.
    """
    try:
        owner = rules.owner_of(base64url_to_bytes(credential["response"]["userHandle"]))
        credential_id = base64url_to_bytes(credential["rawId"])
    except UNREADABLE:
        return None
    if owner is None:
        return None
    organization_id, staff_id = owner
    set_tenant(session, organization_id)
    statement = select(Passkey).where(
        Passkey.organization_id == organization_id, Passkey.credential_id == credential_id, Passkey.staff_id == staff_id
    )
    return session.scalars(statement.with_for_update()).first()


def prove(session: Session, passkey: Passkey, credential: dict[str, Any]) -> None:
    """Whether the answer proves this passkey, here, now and for the first time. Raises `BadPasskey`, `NoDomain`."""
    here = relying_party(session)
    try:
        proof = verify_authentication_response(
            credential=credential,
            expected_challenge=_answered(session, credential, rules.SIGN_IN, passkey.organization_id),
            expected_rp_id=here.domain,
            expected_origin=here.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except UNREADABLE as error:
        raise rules.BadPasskey() from error
    passkey.sign_count, passkey.last_used_at = proof.new_sign_count, clock.now()
    session.flush()


def _challenge(session: Session, purpose: bytes) -> bytes:
    return sealer(session).seal(rules.good_until(clock.now()), purpose)


def _answered(session: Session, credential: dict[str, Any], purpose: bytes, organization_id: UUID) -> bytes:
    """The challenge that was answered, used up.

    Raises `ValueError` for one that is not ours, stale or used, and for an answer given within another site's page.
    """
    client_data = base64url_to_bytes(credential["response"]["clientDataJSON"])
    challenge = parse_client_data_json(client_data).challenge
    if not rules.was_asked_by_our_own_page(json.loads(client_data)):
        raise ValueError("the page that asked stood within another site's page")
    try:
        expiry = sealer(session).open(challenge, purpose)
    except Unsealable as error:
        raise ValueError("not a challenge of ours") from error
    if not rules.is_still_good(expiry, clock.now()):
        raise ValueError("the challenge is stale")
    token_id = UUID(bytes=hashlib.sha256(challenge).digest()[:16])
    if not spend_once(session, organization_id, token_id, rules.ends_at(expiry)):
        raise ValueError("the challenge was answered before")
    return challenge
