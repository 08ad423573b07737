"""What ways to reach a client look like in requests and answers."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import ValidationError, fields, post_load, validate

from services.clients.contacts.rules import (
    CHANNELS,
    CONSENTS,
    CONTACTS_MAX,
    EMERGENCY_CONTACTS_MAX,
    NOT_ASKED,
    Contact,
)
from shared.web.fields import NAME_MAX, Email, Phone, Stripped, about, choice, text

VALUE_MAX: Final = 254
TO_CALL: Final = "Whom to call in an emergency."
_READ: Final = {"phone": Phone(), "email": Email(validate=validate.Length(max=VALUE_MAX))}


class ContactSchema(Stripped):
    """One way to reach a client."""

    channel = choice(
        CHANNELS,
        "What it is.",
        {"phone": "a telephone number", "email": "an e-mail address", "other": "another way, in words"},
        required=True,
    )
    value = text(VALUE_MAX, "The number, the address, or the other way in words.", required=True)
    label = text(40, "Which of several it is, such as work.", load_default=None, allow_none=True)
    consent = choice(
        CONSENTS,
        "Whether the client agreed to be contacted by it.",
        {"given": "they agreed", "refused": "they are not to be contacted by it", "not_asked": "nobody asked yet"},
        load_default=NOT_ASKED,
    )

    @post_load
    def _contact(self, data: dict[str, Any], **_: Any) -> Contact:
        """The contact with its value in the form that its channel has."""
        field: fields.Field[Any] | None = _READ.get(data["channel"])
        try:
            value = data["value"] if field is None else field.deserialize(data["value"])
        except ValidationError as error:
            raise ValidationError(error.messages, "value") from error
        return Contact(**{**data, "value": value})


class EmergencyContactSchema(Stripped):
    """Whom to call in an emergency."""

    name = text(NAME_MAX, "Whom to ask for, first name first.", required=True)
    relationship = text(NAME_MAX, "What they are to the client, such as mother.", load_default=None, allow_none=True)
    phone = Phone(required=True)


def contacts_field() -> fields.List[Any]:
    """All ways to reach a client."""
    return fields.List(
        fields.Nested(ContactSchema),
        validate=validate.Length(max=CONTACTS_MAX),
        metadata=about("All ways to reach the client, at most 20: phones, e-mails, others, the first of each first."),
    )


def emergency_contacts_field() -> fields.List[Any]:
    """All whom to call."""
    return fields.List(
        fields.Nested(EmergencyContactSchema),
        validate=validate.Length(max=EMERGENCY_CONTACTS_MAX),
        metadata=about(f"{TO_CALL} At most 5, in this order."),
    )


def instead_of_first(data: dict[str, Any]) -> None:
    """Raises `ValidationError` where a request gives all of something and the first of it besides."""
    for several, firsts in (("contacts", ("phone", "email")), ("emergency_contacts", ("emergency_contact",))):
        if several in data and any(first in data for first in firsts):
            raise ValidationError(f"Give {several}, or {' and '.join(firsts)}, not both.", several)
