"""Fields that several schemas of clients share."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import fields, validate

from services.clients.contacts import rules as contacts
from services.clients.contacts.schemas import ContactSchema, EmergencyContactSchema
from services.clients.profiles import rules
from shared.languages import LANGUAGES
from shared.web.fields import NAME_MAX, about, choice, text

FORMER_NAMES_MAX: Final = 10
TO_CALL: Final = "Whom to call in an emergency."

STATUS_MEANS: Final = {
    "prospective": "asked for help, and may become a client",
    "active": "in treatment, or to be",
    "archived": "kept and out of the way: nothing new is booked",
}


def sex_field(**options: Any) -> fields.String:
    """Legal sex."""
    meanings = {"female": "F on a claim", "male": "M on a claim", "unknown": "U on a claim"}
    return choice(rules.SEXES, "Legal sex, as the insurer has it on file.", meanings, **options)


def status_field(description: str, among: tuple[str, ...] = rules.STATUSES, **options: Any) -> fields.String:
    """How far treatment has come; `among`: the statuses that it may be."""
    return choice(among, description, {name: STATUS_MEANS[name] for name in among}, **options)


def client_type_field(more: str = "", **options: Any) -> fields.String:
    """Who is in treatment."""
    meanings = {
        "adult": "somebody of age",
        "minor": "somebody for whom others consent",
        "couple": "two people in treatment together",
        "family": "several people in treatment together",
    }
    return choice(rules.TYPES, f"Who is in treatment.{more}", meanings, **options)


def language_field(**options: Any) -> fields.String:
    """A language."""
    about_it = "Language in which the client wants to be spoken to, by its code in ISO 639."
    return choice(LANGUAGES, about_it, LANGUAGES, allow_none=True, **options)


def contacts_field() -> fields.List[Any]:
    """All ways to reach a client."""
    return fields.List(
        fields.Nested(ContactSchema),
        validate=validate.Length(max=contacts.CONTACTS_MAX),
        metadata=about("All ways to reach the client, at most 20: phones, e-mails, others, the first of each first."),
    )


def emergency_contacts_field() -> fields.List[Any]:
    """All whom to call."""
    return fields.List(
        fields.Nested(EmergencyContactSchema),
        validate=validate.Length(max=contacts.EMERGENCY_CONTACTS_MAX),
        metadata=about(f"{TO_CALL} At most 5, in this order."),
    )


def former_names_field(**options: Any) -> fields.List[Any]:
    """Names of the past."""
    return fields.List(
        text(NAME_MAX, "A name, as it was written."),
        validate=validate.Length(max=FORMER_NAMES_MAX),
        metadata=about("Names that the client had before, at most 10. The client is found by them."),
        **options,
    )
