"""Signing up."""

from __future__ import annotations

from dataclasses import dataclass

from services.identity.account_changes.commands import mail_confirmation
from services.identity.login_throttling.commands import remember_place
from services.identity.organization.commands import create_organization
from services.identity.organization.models import Organization
from services.identity.passwords.commands import set_password
from services.identity.staff.commands import MemberDetails, add_member
from services.identity.staff.models import Staff
from services.identity.staff.rules import OWNER
from shared import audit
from shared.database.session import Session


@dataclass(frozen=True, slots=True)
class Administrator:
    """The person who signs the practice up."""

    given_name: str
    family_name: str
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class SignUp:
    """A practice to sign up, with its first administrator."""

    name: str
    time_zone: str
    administrator: Administrator


def sign_up(session: Session, request: SignUp) -> tuple[Organization, Staff]:
    """A new organization whose first member holds Organization Administration, and is mailed a link to confirm that.

    Raises `GuessablePassword`, `BreachedPassword`.
    """
    organization = create_organization(session, request.name, request.time_zone)
    founder = request.administrator
    details = MemberDetails(
        given_name=founder.given_name, family_name=founder.family_name, email=founder.email, levels=[OWNER]
    )
    member = add_member(session, organization.organization_id, details)
    set_password(session, member, founder.password, "administrator.password")
    organization.unconfirmed_founder_id = member.id
    session.flush()
    mail_confirmation(session, member)
    remember_place(session, organization.organization_id, member.id)
    audit.describe(session, actor_id=member.id, object_id=organization.organization_id)
    return organization, member
