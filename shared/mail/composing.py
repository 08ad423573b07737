"""What a message looks like: its subject, its body, and names that no mail program makes a link of. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, Final

LINK: Final = "link"
NAME_MAX: Final = 80  # characters of a name in a body: room for a name, not for a message
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
    counted_as: str | None


def rendered(template: Template, values: Mapping[str, Any], recipient: str, sender: str) -> EmailMessage:
    """The message, to one recipient. Raises `ValueError` for what is not one address, a line break in it included.

    Of the values only `link` is one: names are what somebody else wrote, and mail programs make links of what looks so.
    None of them stands in the subject.
    """
    plain = {name: one_line(str(value)) if name == LINK else name_in_mail(str(value)) for name, value in values.items()}
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = Address(addr_spec=recipient)
    message["Subject"] = template.subject
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(template.body.format(**plain))
    return message


def one_line(text: str) -> str:
    """Without line breaks, control and invisible characters; single blanks."""
    seen = (" " if unicodedata.category(character)[0] in "CZ" else character for character in text)
    return " ".join("".join(seen).split())


def name_in_mail(text: str) -> str:
    """A name that no mail program makes a link of: `evil.test/x` reads `evil. test/x`. Longer ones are cut."""
    shown = _AT.sub(" at ", _SCHEME.sub(": ", _INNER_DOT.sub(r"\1 ", one_line(text))))
    return shown if len(shown) <= NAME_MAX else shown[: NAME_MAX - 1].rstrip() + "…"
