"""What a client looks like in requests and answers."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate, validates_schema

from services.clients.contacts.schemas import (
    TO_CALL,
    EmergencyContactSchema,
    contacts_field,
    emergency_contacts_field,
    instead_of_first,
)
from services.clients.own_fields.schemas import given_values, shown_values
from services.clients.profiles import rules
from services.clients.profiles.commands import ClientChanges, ClientDetails
from services.clients.tags.schemas import tags_field
from services.clients.waiting.schemas import WaitingSchema
from shared.languages import LANGUAGES
from shared.web.fields import (
    NAME_MAX,
    AddressSchema,
    Day,
    Email,
    Instant,
    PastDay,
    Phone,
    Stripped,
    TimeZone,
    about,
    choice,
    text,
)
from shared.web.strict_fields import Id

FIRST = "The first {}. null takes it away, so that the next one is the first. Consent is asked for anew."
WAITS = "Place on the waiting list, of prospective clients alone."
NUMBER = "Number of the client at this practice, from 1001 up. It never changes and is never given again."
DUPLICATES = {
    "same_name_and_birth_date": "name and birthday are the same",
    "same_contact": "phone or e-mail, and a part of the name or the birthday",
    "similar_name": "the birthday, and a part of the name",
}
STATUS_MEANS = {
    "prospective": "asked for help, and may become a client",
    "active": "in treatment, or to be",
    "archived": "kept and out of the way: nothing new is booked",
}


def _sex(**options: Any) -> fields.String:
    meanings = {"female": "F on a claim", "male": "M on a claim", "unknown": "U on a claim"}
    return choice(rules.SEXES, "Legal sex, as the insurer has it on file.", meanings, **options)


def status_field(description: str, among: tuple[str, ...] = rules.STATUSES, **options: Any) -> fields.String:
    """How far treatment has come, in one of these."""
    return choice(among, description, {name: STATUS_MEANS[name] for name in among}, **options)


def _client_type(more: str = "", **options: Any) -> fields.String:
    meanings = {
        "adult": "somebody of age",
        "minor": "somebody for whom others consent",
        "couple": "two people in treatment together",
        "family": "several people in treatment together",
    }
    return choice(rules.TYPES, f"Who is in treatment.{more}", meanings, **options)


def _language(**options: Any) -> fields.String:
    about_it = "Language in which the client wants to be spoken to, by its code in ISO 639."
    return choice(LANGUAGES, about_it, LANGUAGES, allow_none=True, **options)


def _former_names(**options: Any) -> fields.List[Any]:
    return fields.List(
        text(NAME_MAX, "A name, as it was written."),
        validate=validate.Length(max=rules.FORMER_NAMES_MAX),
        metadata=about("Names that the client had before, at most 10. The client is found by them."),
        **options,
    )


class _Optional(Stripped):
    middle_name = text(NAME_MAX, "Middle name or its initial, as on the papers.", allow_none=True)
    name_suffix = text(20, "What follows the family name on the papers, such as Jr.", allow_none=True)
    gender_identity = text(NAME_MAX, "Gender in the client's own words.", allow_none=True)
    language = _language()
    referral_source = text(200, "Who sent the client, or how they found the practice.", allow_none=True)
    intake_date = Day(allow_none=True, metadata=about("Day on which treatment began, or is to begin."))
    preferred_name = text(
        NAME_MAX,
        "First name that the client wants to be called by; colleagues see it in `display_name`.",
        allow_none=True,
    )
    pronouns = text(40, allow_none=True)
    email = Email(allow_none=True, validate=validate.Length(max=254), metadata=about(FIRST.format("e-mail address")))
    phone = Phone(allow_none=True, metadata=about(FIRST.format("phone")))
    contacts = contacts_field()
    address = fields.Nested(AddressSchema, allow_none=True)
    emergency_contact = fields.Nested(
        EmergencyContactSchema, allow_none=True, metadata=about(f"{TO_CALL} The first one; null takes it away.")
    )
    emergency_contacts = emergency_contacts_field()
    time_zone = TimeZone(
        allow_none=True,
        metadata=about("Time zone of the place where the client lives, in IANA's naming. null: the practice's."),
    )

    waiting = fields.Nested(WaitingSchema, allow_none=True, metadata=about(f"{WAITS} null takes them off it."))
    tags = tags_field()
    custom = given_values()

    @validates_schema(skip_on_field_errors=True)
    def _once(self, data: dict[str, Any], **_: Any) -> None:
        instead_of_first(data)


class NewClient(_Optional):
    """A client to add."""

    given_name = text(NAME_MAX, "First name on the papers.", required=True)
    family_name = text(NAME_MAX, "Family name on the papers.", required=True)
    former_names = _former_names()
    date_of_birth = PastDay(required=True, metadata=about("The client's birthday, from 1900 on."))
    sex = _sex(load_default="unknown")
    client_type = _client_type(" Left out, the age says it: a minor until the eighteenth birthday.")
    status = status_field("How far treatment has come.", rules.FIRST_STATUSES, load_default="active")

    @post_load
    def _details(self, data: dict[str, Any], **_: Any) -> ClientDetails:
        return ClientDetails(**data)


class ClientPatch(_Optional):
    """Changes to a client. What is left out stays, what is null is emptied."""

    given_name = text(NAME_MAX, "First name on the papers.")
    family_name = text(NAME_MAX, "Family name on the papers.")
    former_names = _former_names()
    date_of_birth = PastDay(metadata=about("The client's birthday, from 1900 on."))
    sex = _sex()
    client_type = _client_type()
    status = status_field("How far treatment has come.")

    @post_load
    def _changes(self, data: dict[str, Any], **_: Any) -> ClientChanges:
        return ClientChanges(**data)


class ClientSchema(Schema):
    """A client's basic data. Nothing clinical is among them."""

    id = Id(metadata=about("Id of the client: a UUIDv7 that never changes and is never given again."))
    version = fields.Integer()
    number = fields.Integer(metadata=about(NUMBER))
    display_name = fields.String(metadata=about("The preferred or else the given name, and the family name."))
    given_name = fields.String(metadata=about("First name on the papers."))
    middle_name = fields.String(allow_none=True, metadata=about("Middle name or its initial, as on the papers."))
    family_name = fields.String(metadata=about("Family name on the papers."))
    name_suffix = fields.String(allow_none=True, metadata=about("What follows the family name, such as Jr."))
    preferred_name = fields.String(allow_none=True, metadata=about("First name that the client wants to be called by."))
    former_names = _former_names()
    pronouns = fields.String(allow_none=True)
    date_of_birth = fields.Date(metadata=about("The client's birthday."))
    sex = _sex()
    gender_identity = fields.String(allow_none=True, metadata=about("Gender in the client's own words."))
    language = _language()
    client_type = _client_type()
    referral_source = fields.String(
        allow_none=True, metadata=about("Who sent the client, or how they found the practice.")
    )
    intake_date = fields.Date(allow_none=True, metadata=about("Day on which treatment began, or is to begin."))
    email = Email(allow_none=True, metadata=about("The first e-mail address."))
    phone = Phone(allow_none=True, metadata=about("The first phone."))
    contacts = contacts_field()
    address = fields.Nested(AddressSchema, allow_none=True)
    emergency_contact = fields.Nested(
        EmergencyContactSchema, allow_none=True, metadata=about(f"{TO_CALL} The first one; null: nobody is named.")
    )
    emergency_contacts = emergency_contacts_field()
    time_zone = fields.String(
        allow_none=True,
        metadata=about("Time zone of the place where the client lives, in IANA's naming. null: the practice's."),
    )
    waiting = fields.Nested(WaitingSchema, allow_none=True, metadata=about(f"{WAITS} null: they are not on it."))
    tags = tags_field()
    custom = shown_values()
    status = status_field("How far treatment has come.")
    archived_from = status_field(
        "Status that an archived client had before. null: they are not archived, or nobody knows any longer.",
        rules.FIRST_STATUSES,
        allow_none=True,
    )


class HeldRecordsSchema(Schema):
    """Somebody who was merged into the client, who holds their records too."""

    merge_id = Id(metadata=about("Id of the merge, by which it is read and taken back."))
    client_id = Id(metadata=about("Id of the client who was merged. It means who stays."))
    number = fields.Integer(metadata=about("The practice's own number of who was merged."))
    merged_at = Instant(metadata=about("Since when they are one."))


class OneClientSchema(ClientSchema):
    """A client's basic data, and whose records they hold besides their own."""

    merged = fields.List(
        fields.Nested(HeldRecordsSchema),
        metadata=about("Who was merged into the client, in that order, at most 19; empty: nobody."),
    )


class PossibleDuplicateSchema(Schema):
    """A client who may be the same person."""

    id = Id(metadata=about("Id of that client."))
    number = fields.Integer(metadata=about(NUMBER))
    display_name = fields.String()
    reason = choice(
        DUPLICATES,
        "Why they may be the same person.",
        DUPLICATES,
    )


class CreatedClientSchema(ClientSchema):
    """A new client, and who may be the same person."""

    possible_duplicates = fields.List(
        fields.Nested(PossibleDuplicateSchema),
        metadata=about(
            "Clients who may be the same person, at most ten, of those whom you may see; none without clients:read."
        ),
    )
