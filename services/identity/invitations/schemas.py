"""What invitation requests and answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.identity.invitations.commands import Acceptance
from services.identity.passwords.schemas import password
from services.identity.staff.schemas import MemberSchema
from shared.web.fields import Email, Instant, about
from shared.web.paging import page_of


class InvitationSchema(Schema):
    """How somebody is to join. The token is shown this once."""

    id = fields.UUID(metadata=about("The id of the invitation."))
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


class OneInvitationSchema(OpenInvitationSchema):
    """An invitation, and what became of it."""

    used_at = Instant(allow_none=True, metadata=about("When they joined with it; null: not yet."))
    revoked_at = Instant(
        allow_none=True, metadata=about("When it was revoked, or replaced by another one; null: it was not.")
    )


InvitationsPage = page_of(OpenInvitationSchema, "Oldest first.")


class InvitedMemberSchema(MemberSchema):
    """A new member of staff with their invitation."""

    invitation = fields.Nested(InvitationSchema, metadata=about("The invitation, which is mailed to them too."))


class InvitationToken(Schema):
    """The token from the invitation."""

    token = fields.String(
        required=True,
        validate=validate.Length(1, 200),
        load_only=True,
        metadata=about("The token in the link of the invitation. It works once."),
    )


class InvitationBehindSchema(Schema):
    """Where an invitation leads to, for the person who holds its link."""

    organization_name = fields.String(metadata=about("What the practice is called."))
    invited_by_name = fields.String(metadata=about("The name of the member of staff who invited them."))
    expires_at = Instant()


class AcceptInvitation(InvitationToken):
    """The token from the invitation, and the password from now on."""

    password = password(required=True)

    @post_load
    def _acceptance(self, data: dict[str, Any], **_: Any) -> Acceptance:
        return Acceptance(**data)


class JoinedSchema(Schema):
    """Who joined."""

    id = fields.UUID(metadata=about("Id of the member of staff."))
    email = Email(metadata=about("The address to sign in with."))
    given_name = fields.String()
    family_name = fields.String()
