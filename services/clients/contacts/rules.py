"""How a client is reached: phones, e-mails and other ways, the first of each apart from the further ones. Pure.

The first phone and the first e-mail stand in columns of their own, which also the release before this one writes. So
what is stored is never two versions of one thing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from shared.texts import comparable_email

CHANNELS: Final = ("phone", "email", "other")
CONSENTS: Final = ("given", "refused", "not_asked")
NOT_ASKED: Final = "not_asked"
CONTACTS_MAX: Final = 20
EMERGENCY_CONTACTS_MAX: Final = 5
# Of two statements about one way to be reached the stricter one holds; nobody asked says nothing.
_STRICTEST_FIRST: Final = ("refused", "given", "not_asked")
_BEFORE_EXTENSION: Final = re.compile(r" ext")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One way to reach a client. `value`: a phone in E.164, an e-mail address, or what people call it."""

    channel: str
    value: str
    label: str | None = None
    consent: str = NOT_ASKED


@dataclass(frozen=True, slots=True)
class Ways:
    """All ways to reach a client, as they are stored."""

    phone: Contact | None
    email: Contact | None
    further: tuple[Contact, ...]

    @classmethod
    def of(cls, contacts: Iterable[Contact]) -> Ways:
        """The first phone and the first e-mail apart from the others, which stand by channel, each as they came."""
        ordered = sorted(contacts, key=lambda contact: CHANNELS.index(contact.channel))
        first = {contact.channel: contact for contact in reversed(ordered)}
        phone, email = first.get("phone"), first.get("email")
        return cls(phone, email, tuple(each for each in ordered if each is not phone and each is not email))

    @property
    def all(self) -> tuple[Contact, ...]:
        """By channel; the first of each channel first."""
        firsts = tuple(contact for contact in (self.phone, self.email) if contact is not None)
        return tuple(sorted((*firsts, *self.further), key=lambda contact: CHANNELS.index(contact.channel)))


def with_first(contacts: Sequence[Contact], channel: str, value: str | None) -> list[Contact]:
    """The contacts with another first phone or e-mail; None takes the first one away, so that the next is the first.

    Its label stays. Consent was given for what it was, so that for another value nobody was asked.
    """
    at = next((at for at, contact in enumerate(contacts) if contact.channel == channel), None)
    if at is None:
        return [*contacts, Contact(channel=channel, value=value)] if value is not None else [*contacts]
    before = contacts[at]
    if before.value == value:
        return [*contacts]
    first = [] if value is None else [replace(before, value=value, consent=NOT_ASKED)]
    return [*contacts[:at], *first, *contacts[at + 1 :]]


def way_of(contact: Contact) -> tuple[str, str]:
    """What two entries have in common that are one way to be reached."""
    value = comparable_email(contact.value) if contact.channel == "email" else contact.value.casefold()
    return contact.channel, value


def stricter(consent: str, other: str) -> str:
    """Which of two statements holds."""
    return min(consent, other, key=_STRICTEST_FIRST.index)


def consents_of(contacts: Iterable[Contact]) -> Mapping[tuple[str, str], str]:
    """What was said to each way to be reached, the strictest of several."""
    found: dict[tuple[str, str], str] = defaultdict(lambda: NOT_ASKED)
    for contact in contacts:
        found[way_of(contact)] = stricter(found[way_of(contact)], contact.consent)
    return found


def digits(phone: str) -> str:
    """The digits of a phone without its extension.

    >>> digits("+1 518-555-0143 ext. 12")
    '15185550143'
    """
    return re.sub(r"[^0-9]", "", _BEFORE_EXTENSION.split(phone)[0])


def stored(contacts: Iterable[Contact]) -> list[dict[str, Any]]:
    """As documents."""
    # Not `asdict`, which copies each value deeply: a list of clients is full of them.
    return [
        {"channel": contact.channel, "value": contact.value, "label": contact.label, "consent": contact.consent}
        for contact in contacts
    ]
