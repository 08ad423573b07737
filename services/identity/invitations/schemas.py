"""What invitation requests and answers look like."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from services.identity.passwords.schemas import password
from services.identity.staff.schemas import MemberSchema
from shared.web.fields import Instant
from shared.web.paging import page_of


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
