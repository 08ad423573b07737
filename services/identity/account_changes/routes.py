"""The endpoints of passwords and of moving to another e-mail address."""

from __future__ import annotations

from typing import Any

from services.identity.account_changes import commands, queries
from services.identity.account_changes.commands import NewEmail, NewPassword, ResetPassword
from services.identity.account_changes.schemas import (
    AcceptedSchema,
    EmailChange,
    EmailConfirmation,
    OrganizationConfirmation,
    PasswordChange,
    PasswordReset,
    ResetRequestBody,
    WaitingEmailChangeSchema,
    WhoseSchema,
)
from services.identity.mailed_tokens.models import MailedToken
from services.identity.sessions.schemas import NextCookieSchema
from services.identity.staff.models import Staff
from shared.actor import Person
from shared.database.session import Session
from shared.web.routes import PUBLIC, ResponseWith, Route
from shared.web.tags import SIGN_IN

MAIL_IS_COMING = {"detail": "If this address has an account, mail is on its way."}


def post_password_change(session: Session, actor: Person, body: NewPassword) -> dict[str, Any]:
    """Change one's password

    Ends every other session of the signed-in person, and gives a browser that asks a new token. Needs the present
    password, and a second factor where there is one.
    """
    return {"access_token": commands.change_password(session, actor, body)}


def post_reset_request(session: Session, actor: None, body: dict[str, Any]) -> dict[str, Any]:
    """Ask for a new password by mail

    Mails a link if the address has an account. The answer is the same for every address.
    """
    commands.request_reset(session, body["email"])
    return MAIL_IS_COMING


def post_password_reset(session: Session, actor: None, body: ResetPassword) -> Staff:
    """Set a new password with the token from the mail

    Uses the token up, ends every session of the account and leaves its second factors on.
    """
    return commands.reset_password(session, body)


def post_email_change(session: Session, actor: Person, body: NewEmail) -> dict[str, Any]:
    """Move to another e-mail address

    Mails a token to the new address and a notice to the old one. The address changes when the token is
    confirmed.
    """
    commands.request_email_change(session, actor, body)
    return {"detail": "Mail is on its way to the new address."}


def get_email_change(session: Session, actor: Person) -> MailedToken | dict[str, None]:
    """Which change of one's e-mail address waits

    Shows the new address and until when its link holds, or null where no change waits to be confirmed.
    """
    return queries.waiting_email_change(session, actor) or {"new_email": None, "created_at": None, "expires_at": None}


def delete_email_change(session: Session, actor: Person) -> ResponseWith:
    """Keep one's e-mail address after all

    The link that was mailed to the new address stops working. Where no change waits, nothing changes.
    """
    commands.cancel_email_change(session, actor)
    return ResponseWith(None, status=204)


def post_email_confirmation(session: Session, actor: None, body: dict[str, Any]) -> Staff:
    """Confirm the new e-mail address with the token from the mail

    Gives the account its new address and uses the token up.
    """
    return commands.confirm_email_change(session, body["token"])


def post_organization_confirmation(session: Session, actor: None, body: dict[str, Any]) -> Staff:
    """Confirm the founder's address with the token from the mail

    Uses the token up. Invitations and other mail of the practice that waited for it go out.
    """
    return commands.confirm_organization(session, body["token"])


def post_confirmation_request(session: Session, actor: Person) -> dict[str, Any]:
    """Ask for the founder's confirmation link again

    Mails the link to the founder who asks, at most three times an hour. Until it is opened, invitations and other
    mail of the practice wait.
    """
    commands.request_confirmation(session, actor)
    return {"detail": "Mail is on its way to your address."}


ROUTES = (
    Route(
        "POST",
        "/api/v1/passwords/change",
        "passwords:change",
        post_password_change,
        body=PasswordChange,
        response=NextCookieSchema,
        keyed=False,
        example={"current_password": "{password}", "new_password": "four-herons-cross-the-weir"},
    ),
    Route(
        "POST",
        "/api/v1/passwords/reset-request",
        PUBLIC,
        post_reset_request,
        body=ResetRequestBody,
        response=AcceptedSchema,
        status=202,
        keyed=False,
        example={"email": "maya@example.org"},
        tag=SIGN_IN,
    ),
    Route(
        "POST",
        "/api/v1/passwords/reset",
        PUBLIC,
        post_password_reset,
        body=PasswordReset,
        response=WhoseSchema,
        example={"token": "the-token-of-the-mail", "new_password": "four-herons-cross-the-weir"},
        tag=SIGN_IN,
    ),
    Route(
        "POST",
        "/api/v1/me/email",
        "passwords:change",
        post_email_change,
        body=EmailChange,
        response=AcceptedSchema,
        status=202,
        example={"new_email": "maya.lind@example.org", "password": "{password}"},
    ),
    Route(
        "GET",
        "/api/v1/me/email-change",
        "passwords:change",
        get_email_change,
        response=WaitingEmailChangeSchema,
        audit="email_change.read",
    ),
    Route("DELETE", "/api/v1/me/email-change", "passwords:change", delete_email_change, status=204),
    Route(
        "POST",
        "/api/v1/email-changes/confirm",
        PUBLIC,
        post_email_confirmation,
        body=EmailConfirmation,
        response=WhoseSchema,
        example={"token": "the-token-of-the-mail"},
    ),
    Route(
        "POST",
        "/api/v1/organizations/confirm",
        PUBLIC,
        post_organization_confirmation,
        body=OrganizationConfirmation,
        response=WhoseSchema,
        keyed=False,
        example={"token": "the-token-of-the-mail"},
        tag=SIGN_IN,
    ),
    Route(
        "POST",
        "/api/v1/organization/confirmation",
        "passwords:change",
        post_confirmation_request,
        response=AcceptedSchema,
        status=202,
    ),
)
