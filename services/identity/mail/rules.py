"""What mail says, and when it is tried again. Pure. No clinical word in it: being known here tells nobody anything."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, Final

TRIES_MAX: Final = 8
BACK_OFF: Final = timedelta(seconds=15)  # doubled each time: the eighth try comes after half an hour
TRY_OVER: Final = timedelta(minutes=5)  # longer than any attempt lasts; when it lapses the message is sent again
SCHEMES: Final = ("smtp", "smtps", "smtp+plain")
LINK: Final = "link"
NAME_MAX: Final = 80  # characters of a name in a body: room for a name, not for a message
BUCKETS: Final = 1 << 30  # so many that hardly anybody ever shares a count with somebody else
PER_HOUR_MAX: Final = 10  # to one address, of one kind, from all organizations
PER_DAY_MAX: Final = 30
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
# What strangers can have sent to an address counts apart from what its owner must hear: they cannot silence the one
# with the other.
LINKS: Final = "links"
NOTICES: Final = "notices"
# What mail programs take for a dot within an address, ASCII's and its likenesses.
_INNER_DOT: Final = re.compile(r"([.\u2024\u3002\uff0e\uff61])(?=\S)")
_SCHEME: Final = re.compile(r"[:\uff1a]\s*[/\uff0f\\]+")
_AT: Final = re.compile(r"\s*[@\uff20]\s*")


@dataclass(frozen=True, slots=True)
class Template:
    """A subject, which is always ours, and a body, in which `{link}` and the like are filled in.

    `counted_as`: with which other mail it counts toward the limit of an address; None: it has a limit of its own.
    """

    subject: str
    body: str
    counted_as: str | None = NOTICES


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
        "You are invited to join a practice",
        "{invited_by} invites you to {organization}.\n\n{link}\n\nThe link works once, within 72 hours.\n",
        counted_as=LINKS,
    ),
}


def rendered(template: str, values: Mapping[str, Any], recipient: str, sender: str) -> EmailMessage:
    """The message, to one recipient. Raises `ValueError` for what is not one address, a line break in it included.

    Of the values only `link` is one: names are what somebody else wrote, and mail programs make links of what looks so.
    None of them stands in the subject.
    """
    text = TEMPLATES[template]
    plain = {name: one_line(str(value)) if name == LINK else name_in_mail(str(value)) for name, value in values.items()}
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = Address(addr_spec=recipient)
    message["Subject"] = text.subject
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text.body.format(**plain))
    return message


def one_line(text: str) -> str:
    """Without line breaks, control and invisible characters; single blanks."""
    seen = (" " if unicodedata.category(character)[0] in "CZ" else character for character in text)
    return " ".join("".join(seen).split())


def name_in_mail(text: str) -> str:
    """A name that no mail program makes a link of: `evil.test/x` reads `evil. test/x`. Longer ones are cut."""
    shown = _AT.sub(" at ", _SCHEME.sub(": ", _INNER_DOT.sub(r"\1 ", one_line(text))))
    return shown if len(shown) <= NAME_MAX else shown[: NAME_MAX - 1].rstrip() + "…"


def bucket_of(fingerprint: Callable[[bytes], bytes], template: str, email_key: str) -> int | None:
    """Where mail of that kind to an address is counted; None for what has a limit of its own.

    `fingerprint` is keyed: nobody finds an address that is counted in the same place as another's.
    """
    kind = TEMPLATES[template].counted_as
    if kind is None:
        return None
    return int.from_bytes(fingerprint(f"mail {kind}\n{email_key}".encode())[:8], "big") % BUCKETS


def mail_may_go(in_hour: int, hour_since: datetime, in_day: int, day_since: datetime, now: datetime) -> datetime:
    """When an address that got so many messages may get the next one: `now`, or when the full hour or day is over."""
    may = now
    if in_hour >= PER_HOUR_MAX and now - hour_since < HOUR:
        may = max(may, hour_since + HOUR)
    if in_day >= PER_DAY_MAX and now - day_since < DAY:
        may = max(may, day_since + DAY)
    return may


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
