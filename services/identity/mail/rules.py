"""What mail says, and when it is tried again. Pure. No clinical word in it: being known here tells nobody anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, Final

TRIES_MAX: Final = 8
BACK_OFF: Final = timedelta(seconds=15)  # doubled each time: the eighth try comes after half an hour


@dataclass(frozen=True, slots=True)
class Template:
    """A subject and a body; `{link}` and the like are filled in."""

    subject: str
    body: str


TEMPLATES: Final[dict[str, Template]] = {
    "password_reset": Template(
        "Set a new password",
        "Somebody, probably you, asked for a new password for your account at {organization}.\n\n"
        "{link}\n\n"
        "The link works once, within 30 minutes. If you did not ask, leave it: nothing has changed.\n",
    ),
    "password_changed": Template(
        "Your password was changed",
        "The password of your account at {organization} was changed just now, and every other session was ended.\n\n"
        "If that was not you, ask for a new password at once and tell your administrator.\n",
    ),
    "email_change": Template(
        "Confirm your new e-mail address",
        "This address is to become the one of your account at {organization}.\n\n"
        "{link}\n\n"
        "The link works once, within 24 hours. If you did not ask, leave it.\n",
    ),
    "email_changing": Template(
        "Your e-mail address is being changed",
        "Somebody who knows your password asked to change the e-mail address of your account at {organization}.\n"
        "If that was not you, change your password at once and tell your administrator.\n",
    ),
    "emergency_access": Template(
        "A record was opened in an emergency",
        "{staff} opened the record of a client who is not assigned to them, at {organization}.\n\n"
        "Sign in to see whose, and why. Organization Administration reviews it.\n",
    ),
    "invitation": Template(
        "You are invited to {organization}",
        "{invited_by} invites you to {organization}.\n\n{link}\n\nThe link works once, within 72 hours.\n",
    ),
}


def rendered(template: str, values: Mapping[str, Any], recipient: str, sender: str) -> EmailMessage:
    """The message. A line break in an address or a subject is refused by the e-mail policy (`ValueError`)."""
    text = TEMPLATES[template]
    plain = {name: " ".join(str(value).split()) for name, value in values.items()}
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = recipient
    message["Subject"] = text.subject.format(**plain)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text.body.format(**plain))
    return message


def wait_before_try(attempts: int) -> timedelta:
    """How long to wait after so many failed tries."""
    return BACK_OFF * int(2 ** min(attempts - 1, 7))
