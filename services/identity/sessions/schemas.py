"""What session requests and answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.identity.organization.schemas import PublicOrganizationSchema
from services.identity.passkeys.schemas import AuthenticationSchema
from services.identity.preferences.schemas import PreferencesSchema
from services.identity.sessions.commands import PasskeyAttempt, SignInAttempt
from services.identity.sessions.queries import PresentedToken
from services.identity.staff.schemas import MemberSchema, permissions_of
from shared.web.fields import Instant, about, flag, written_flag
from shared.web.strict_fields import Id

TOKEN_MAX = 200


def _for_browser() -> fields.Boolean:
    return flag(
        "true: a session for a browser. It has one token that holds as long as the session (12 hours, and the "
        "organization's idle minutes) and no refresh token.",
        load_default=False,
    )


class NextCookieSchema(Schema):
    """What a browser goes on with, once the way in which its person proves who they are has changed."""

    access_token = fields.String(
        allow_none=True,
        metadata=about(
            "The next token of a browser's session, for its cookie; the one that asked has ended. null in other "
            "sessions."
        ),
    )


class SignIn(Schema):
    """An e-mail address and its password, with a second factor where the account has one."""

    email = fields.String(
        required=True,
        validate=validate.Length(1, 254),
        metadata=about("Address of the account. Capital and small letters make no difference."),
    )
    # Longer than any password may be is wrong; hashing it would only cost time.
    password = fields.String(
        required=True, validate=validate.Length(1, 128), load_only=True, metadata=about("The password of the account.")
    )
    organization_id = Id(
        load_default=None,
        metadata=about(
            "Id of the organization to sign in to, where the address and password fit in several "
            "(`choose_organization`)."
        ),
    )
    totp_code = fields.String(
        load_default=None,
        allow_none=True,
        load_only=True,
        validate=validate.Length(max=10),
        metadata=about("The six digits that the authenticator app shows now, where the account has one."),
    )
    recovery_code = fields.String(
        load_default=None,
        allow_none=True,
        load_only=True,
        validate=validate.Length(max=20),
        metadata=about("One of the recovery codes, instead of `totp_code`. Each works once."),
    )
    browser = _for_browser()

    @post_load
    def _attempt(self, data: dict[str, Any], **_: Any) -> SignInAttempt:
        return SignInAttempt(**data)


class PasskeySignIn(Schema):
    """What the browser answered to the options of `POST /sessions/passkey-options`."""

    credential = fields.Nested(AuthenticationSchema, required=True, metadata=about("The passkey that was used."))
    browser = _for_browser()

    @post_load
    def _attempt(self, data: dict[str, Any], **_: Any) -> PasskeyAttempt:
        return PasskeyAttempt(**data)


class Refresh(Schema):
    """The refresh token that was given last."""

    refresh_token = fields.String(
        required=True,
        validate=validate.Length(1, TOKEN_MAX),
        load_only=True,
        metadata=about("The refresh token that was given last. It works once; used again, it ends the session."),
    )


class TokensSchema(Schema):
    """The tokens of a session. The session itself lasts at most 12 hours."""

    access_token = fields.String()
    refresh_token = fields.String(
        allow_none=True,
        metadata=about(
            "Exchange it for new tokens at `POST /sessions/refresh`. Keep it secret; it works once. null in the "
            "session of a browser, whose one token holds as long as the session."
        ),
    )
    token_type = fields.String()
    expires_in_seconds = fields.Integer()
    device = fields.String(
        allow_none=True,
        metadata=about(
            "What the web app keeps in a cookie of its own, so that this browser is known again and strangers' failed "
            "sign-ins do not keep it out. It signs nobody in. null in sessions that are no browser's."
        ),
    )


class OwnSessionSchema(Schema):
    """A session of the signed-in person."""

    id = Id()
    created_at = Instant()
    last_used_at = Instant(metadata=about("When a request last came with it, to the minute."))
    expires_at = Instant(metadata=about("When it ends at the latest."))
    network = fields.String(allow_none=True)
    factors = fields.List(
        fields.String(), metadata=about("What it was begun with: `password`, `totp`, `recovery_code`, `passkey`.")
    )
    browser = fields.Boolean(metadata=about("Whether it is the session of a browser, which has a cookie."))
    current = fields.Boolean(metadata=about("Whether this very request came with it."))


class OwnSessionsSchema(Schema):
    """The sessions of the signed-in person that have not ended, newest first, at most 100."""

    items = fields.List(fields.Nested(OwnSessionSchema), metadata={"description": "Newest first."})


class SignOutQuery(Schema):
    """Where to sign out."""

    keep_current = written_flag("true: everywhere but in the session of this request.", load_default=False)


class EndedSchema(Schema):
    """How many sessions were ended."""

    ended = fields.Integer(metadata=about("How many sessions were ended."))


class MeSchema(Schema):
    """The signed-in person, their organization and what they may do there."""

    staff = fields.Nested(MemberSchema, metadata=about("The signed-in person's own row of the staff."))
    organization = fields.Nested(
        PublicOrganizationSchema, metadata=about("The organization that they are signed in to.")
    )
    confirmation_awaited = fields.Boolean(
        metadata=about(
            "Whether the practice's mail, invitations among it, waits until this person opens the link that was "
            "mailed to them when they signed the practice up."
        )
    )
    has_passkey = fields.Boolean(metadata=about("Whether the account has a passkey, which proves who they are."))
    levels = fields.List(
        fields.String(),
        metadata=about("Permission levels in force; `enrolling` alone while a second factor has to be set up first."),
    )
    grants = fields.List(
        fields.String(),
        metadata=about(
            "Grants in force: their own, and those that settings add (`cases_assigned`, `emergency_access`)."
        ),
    )
    permissions = permissions_of("What levels and grants come to together, in the order of the alphabet.")
    preferences = fields.Nested(PreferencesSchema, metadata=about("How they like the web app, in full."))


class Resolve(Schema):
    """What the gateway asks of a token."""

    access_token = fields.String(
        required=True,
        validate=validate.Length(1, TOKEN_MAX),
        load_only=True,
        metadata=about("The token that a request came with."),
    )
    in_use = flag("false: asked by a program in the background; the session lies idle all the same.", load_default=True)
    cookie = flag("true: it came as a browser's cookie. false: it came as a bearer token.", load_default=False)

    @post_load
    def _presented(self, data: dict[str, Any], **_: Any) -> PresentedToken:
        return PresentedToken(**data)


class ResolvedSchema(Schema):
    """Whose token it is."""

    session_id = Id()
    organization_id = Id()
    staff_id = Id()
    levels = fields.List(fields.String(), metadata=about("Permission levels in force now."))
    grants = fields.List(fields.String(), metadata=about("Grants in force now."))
    expires_at = Instant(metadata=about("When the token stops working."))
    browser = fields.Boolean(metadata=about("Whether it is the session of a browser."))
    authenticated_at = Instant(
        allow_none=True,
        metadata=about("When the person last proved who they are: by signing in, or once more. null for a program."),
    )
