"""What invitation requests and answers look like."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from services.identity.passwords.schemas import password
from services.identity.staff.schemas import MemberSchema
from shared.web.fields import Email, Instant, about
from shared.web.paging import page_of


class InvitationSchema(Schema):
    """How somebody is to join. The token is shown this once."""

    token = fields.String(
        allow_none=True, metadata=about("What to accept the invitation with. null: it went by mail alone.")
    )
    expires_at = Instant()


class OpenInvitationSchema(Schema):
    """An invitation that has not been used, has not expired and was not revoked."""

    id = fields.UUID()
    staff_id = fields.UUID(metadata=about("Id of the member of staff who is invited."))
    invited_by = fields.UUID(metadata=about("Id of the member of staff who invited them."))
    created_at = Instant()
    expires_at = Instant()


InvitationsPage = page_of(OpenInvitationSchema)


class InvitedMemberSchema(MemberSchema):
    """A new member of staff with their invitation."""

    invitation = fields.Nested(InvitationSchema, metadata=about("The invitation, which is mailed to them too."))


class AcceptInvitation(Schema):
    """The token from the invitation, and the password from now on."""

    token = fields.String(
        required=True,
        validate=validate.Length(1, 200),
        load_only=True,
        metadata=about("The token in the link of the invitation. It works once."),
    )
    password = password(required=True)


class JoinedSchema(Schema):
    """Who joined."""

    id = fields.UUID(metadata=about("Id of the member of staff."))
    email = Email(metadata=about("The address to sign in with."))
    given_name = fields.String()
    family_name = fields.String()
