"""What session requests and answers look like."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from services.identity.organization.schemas import PublicOrganizationSchema
from services.identity.staff.schemas import MemberSchema
from shared.web.fields import Instant, flag

TOKEN_MAX = 200


class SignIn(Schema):
    """An e-mail address and its password."""

    email = fields.String(required=True, validate=validate.Length(1, 254))
    # Longer than any password may be is wrong; hashing it would only cost time.
    password = fields.String(required=True, validate=validate.Length(1, 128), load_only=True)
    organization_id = fields.UUID(load_default=None, metadata={"description": "When several organizations fit."})
    totp_code = fields.String(
        load_default=None,
        allow_none=True,
        load_only=True,
        validate=validate.Length(max=10),
        metadata={"description": "The six digits of the authenticator app, where the account has one."},
    )
    recovery_code = fields.String(
        load_default=None,
        allow_none=True,
        load_only=True,
        validate=validate.Length(max=20),
        metadata={"description": "Instead of totp_code; each works once."},
    )


class Refresh(Schema):
    """The refresh token last given."""

    refresh_token = fields.String(required=True, validate=validate.Length(1, TOKEN_MAX), load_only=True)


class TokensSchema(Schema):
    """The tokens of a session."""

    access_token = fields.String()
    refresh_token = fields.String()
    token_type = fields.String()
    expires_in_seconds = fields.Integer()


class OwnSessionSchema(Schema):
    """One of one's own sessions."""

    id = fields.UUID()
    created_at = Instant()
    last_used_at = Instant(metadata={"description": "Exact to a minute."})
    expires_at = Instant()
    network = fields.String(allow_none=True, metadata={"description": "Where it was begun, as coarse as a network."})
    factors = fields.List(fields.String())
    current = fields.Boolean(metadata={"description": "Whether this very request came with it."})


class OwnSessionsSchema(Schema):
    """One's own sessions, newest first."""

    items = fields.List(fields.Nested(OwnSessionSchema))


class SignOutQuery(Schema):
    """Where to sign out."""

    keep_current = fields.Boolean(load_default=False, metadata={"description": "true: everywhere but here."})


class EndedSchema(Schema):
    """How many sessions ended."""

    ended = fields.Integer()


class MeSchema(Schema):
    """The signed-in person."""

    staff = fields.Nested(MemberSchema)
    organization = fields.Nested(PublicOrganizationSchema)
    levels = fields.List(fields.String())
    grants = fields.List(fields.String())
    permissions = fields.List(fields.String())


class Resolve(Schema):
    """What the gateway asks."""

    access_token = fields.String(required=True, validate=validate.Length(1, TOKEN_MAX), load_only=True)
    in_use = flag("false: asked by a program in the background; the session lies idle all the same.", load_default=True)


class ResolvedSchema(Schema):
    """Whose token it is."""

    session_id = fields.UUID()
    organization_id = fields.UUID()
    staff_id = fields.UUID()
    levels = fields.List(fields.String())
    grants = fields.List(fields.String())
    expires_at = Instant()
