"""What mail says, and when it is tried again. Pure. No clinical word in it: being known here tells nobody anything."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, Final

TRIES_MAX: Final = 8
BACK_OFF: Final = timedelta(seconds=15)  # doubled each time: the eighth try comes after half an hour
TRY_OVER: Final = timedelta(minutes=5)  # longer than any attempt lasts; when it lapses the message is sent again
SCHEMES: Final = ("smtp", "smtps", "smtp+plain")
LINK: Final = "link"
# What mail programs take for a dot within an address, ASCII's and its likenesses.
_INNER_DOT: Final = re.compile(r"([.\u2024\u3002\uff0e\uff61])(?=\S)")
_SCHEME: Final = re.compile(r"[:\uff1a]\s*[/\uff0f\\]+")
_AT: Final = re.compile(r"\s*[@\uff20]\s*")


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
    "second_factors_changed": Template(
        "Your second factor was changed",
        "{what} at {organization}, just now.\n\n"
        "If that was not you, set a new password at once and tell your administrator.\n",
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
    """The message, to one recipient. Raises `ValueError` for what is not one address, a line break in it included.

    Of the values only `link` is one: names are what somebody else wrote, and mail programs make links of what looks so.
    """
    text = TEMPLATES[template]
    plain = {name: one_line(str(value)) if name == LINK else name_in_mail(str(value)) for name, value in values.items()}
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = Address(addr_spec=recipient)
    message["Subject"] = text.subject.format(**plain)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text.body.format(**plain))
    return message


def one_line(text: str) -> str:
    """Without line breaks, control and invisible characters; single blanks."""
    seen = (" " if unicodedata.category(one)[0] in "CZ" else one for one in text)
    return " ".join("".join(seen).split())


def name_in_mail(text: str) -> str:
    """A name that no mail program makes a link of: `evil.test/x` reads `evil. test/x`."""
    return _AT.sub(" at ", _SCHEME.sub(": ", _INNER_DOT.sub(r"\1 ", one_line(text))))


def must_encrypt(scheme: str, host: str) -> bool:
    """Whether mail goes to that host by STARTTLS or not at all: unless it is this machine, or plain was asked for."""
    return scheme == "smtp" and not is_loopback(host)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, by its name or address alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def wait_before_try(attempts: int) -> timedelta:
    """How long to wait after so many failed tries."""
    return BACK_OFF * int(2 ** min(attempts - 1, 7))
