"""What invitation requests and answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from services.identity.staff.schemas import MemberSchema
from shared.web.fields import Instant
from shared.web.paging import page_of

PASSWORD_MIN, PASSWORD_MAX = 12, 128


def password(**options: Any) -> fields.String:
    """A password; how guessable it is gets judged when it is set."""
    return fields.String(
        validate=validate.Length(PASSWORD_MIN, PASSWORD_MAX),
        load_only=True,
        metadata={
            "description": f"{PASSWORD_MIN} to {PASSWORD_MAX} characters, not guessable.",
            "format": "password",
        },
        **options,
    )


class InvitationSchema(Schema):
    """How to join. The token is shown this once."""

    token = fields.String(allow_none=True, metadata={"description": "null: it went by mail alone."})
    expires_at = Instant()


class OpenInvitationSchema(Schema):
    """An invitation that has not been used yet."""

    id = fields.UUID()
    staff_id = fields.UUID()
    invited_by = fields.UUID()
    created_at = Instant()
    expires_at = Instant()


InvitationsPage = page_of(OpenInvitationSchema)


class InvitedMemberSchema(MemberSchema):
    """A new member with the invitation."""

    invitation = fields.Nested(InvitationSchema)


class AcceptInvitation(Schema):
    """The token from the invitation, and the password from now on."""

    token = fields.String(required=True, validate=validate.Length(1, 200), load_only=True)
    password = password(required=True)


class JoinedSchema(Schema):
    """Who joined."""

    id = fields.UUID()
    email = fields.String()
    given_name = fields.String()
    family_name = fields.String()
