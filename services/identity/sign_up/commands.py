"""Signing up."""

from __future__ import annotations

from typing import Any

from services.identity.guesses.commands import remember_network
from services.identity.organization.commands import create_organization
from services.identity.organization.models import Organization
from services.identity.passwords.commands import set_password
from services.identity.staff.commands import add_member
from services.identity.staff.models import Staff
from services.identity.staff.rules import OWNER
from shared import audit
from shared.database.session import Session


def sign_up(session: Session, values: dict[str, Any]) -> tuple[Organization, Staff]:
    """A new organization whose first member holds Organization Administration.

    Raises `GuessablePassword`, `BreachedPassword`.
    """
    organization = create_organization(session, values["name"], values["time_zone"])
    administrator = dict(values["administrator"])
    password = administrator.pop("password")
    member = add_member(session, organization.organization_id, {**administrator, "levels": [OWNER]})
    set_password(session, member, password, "administrator.password")
    session.flush()
    remember_network(session, organization.organization_id, member.id)
    audit.describe(session, actor_id=member.id, object_id=organization.organization_id)
    return organization, member
