"""What identity's mail says. Pure. No clinical word in it: being known here tells nobody anything."""

from __future__ import annotations

from typing import Final

from shared.mail.composing import Template

# What strangers can have sent to an address counts apart from what its owner must hear: they cannot silence the one
# with the other.
LINKS: Final = "links"
NOTICES: Final = "notices"

TEMPLATES: Final[dict[str, Template]] = {
    "password_reset": Template(
        "Set a new password",
        "Somebody, probably you, asked for a new password for your account at {organization}.\n\n"
        "{link}\n\n"
        "The link works once, within 30 minutes. If you did not ask, leave it: nothing has changed.\n",
        counted_as=None,
    ),
    "organization_confirmation": Template(
        "Confirm your e-mail address",
        "Somebody, probably you, signed a practice up with this address.\n\n"
        "{link}\n\n"
        "The link works once, within 24 hours. Until then the practice's invitations wait.\n"
        "If you did not sign up, leave it.\n",
        counted_as=LINKS,
    ),
    "password_changed": Template(
        "Your password was changed",
        "The password of your account at {organization} was changed just now, and every other session was ended.\n\n"
        "If that was not you, ask for a new password at once and tell your administrator.\n",
        counted_as=NOTICES,
    ),
    "email_change": Template(
        "Confirm your new e-mail address",
        "This address is to become the one of your account at {organization}.\n\n"
        "{link}\n\n"
        "The link works once, within 24 hours. If you did not ask, leave it.\n",
        counted_as=LINKS,
    ),
    "email_changing": Template(
        "Your e-mail address is being changed",
        "Somebody who knows your password asked to change the e-mail address of your account at {organization}.\n"
        "If that was not you, change your password at once and tell your administrator.\n",
        counted_as=NOTICES,
    ),
    "second_factors_changed": Template(
        "Your second factor was changed",
        "{what} at {organization}, just now.\n\n"
        "If that was not you, set a new password at once and tell your administrator.\n",
        counted_as=NOTICES,
    ),
    "emergency_access": Template(
        "A record was opened in an emergency",
        "{staff} opened the record of a client who is not assigned to them, at {organization}.\n\n"
        "Sign in to see whose, and why. Organization Administration reviews it.\n",
        counted_as=NOTICES,
    ),
    "invitation": Template(
        "You are invited to join a practice",
        "{invited_by} invites you to {organization}.\n\n{link}\n\nThe link works once, within 72 hours.\n",
        counted_as=LINKS,
    ),
}
