"""What client requests and answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.clients.profiles import rules
from services.clients.profiles.commands import ClientChanges, ClientDetails
from services.clients.profiles.queries import ORDERS
from shared.web.cursors import CURSOR_CHARACTERS_MAX
from shared.web.fields import (
    NAME_MAX,
    AddressSchema,
    Day,
    Email,
    Phone,
    Stripped,
    TimeZone,
    about,
    choice,
    flag,
    text,
    written_flag,
)
from shared.web.paging import LIMIT_DEFAULT, LIMIT_MAX, PageQuery, page_of
from shared.web.strict_fields import Id

LOOKED_UP_MAX = 200
NUMBER = "Number of the client at this practice, from 1001 up. It never changes and is never given again."
ASSIGNED_TO = "Only clients to whom this member of staff is assigned. It takes the permission `assignments:read`."
UNASSIGNED = (
    "true: only clients to whom nobody is assigned; false: only others. It takes the permission `assignments:read`."
)
DUPLICATES = {
    "same_name_and_birth_date": "name and birthday are the same",
    "same_contact": "phone or e-mail, and a part of the name or the birthday",
    "similar_name": "the birthday, and a part of the name",
}


def _sex(**options: Any) -> fields.String:
    meanings = {"female": "F on a claim", "male": "M on a claim", "unknown": "U on a claim"}
    return choice(rules.SEXES, "Sex as the insurer has it on file.", meanings, **options)


def _status(description: str, **options: Any) -> fields.String:
    meanings = {"active": "in treatment, or to be", "archived": "kept and out of the way: nothing new is booked"}
    return choice(rules.STATUSES, description, meanings, **options)


class EmergencyContactSchema(Stripped):
    """Whom to call in an emergency."""

    name = text(NAME_MAX, "Whom to ask for, first name first.", required=True)
    relationship = text(NAME_MAX, "What they are to the client, such as mother.", load_default=None, allow_none=True)
    phone = Phone(required=True)


class _Optional(Stripped):
    preferred_name = text(
        NAME_MAX,
        "First name that the client wants to be called by; colleagues see it in `display_name`.",
        allow_none=True,
    )
    pronouns = text(40, allow_none=True)
    email = Email(allow_none=True, validate=validate.Length(max=254))
    phone = Phone(allow_none=True)
    address = fields.Nested(AddressSchema, allow_none=True)
    emergency_contact = fields.Nested(
        EmergencyContactSchema, allow_none=True, metadata=about("Whom to call in an emergency; null: nobody is named.")
    )
    time_zone = TimeZone(
        allow_none=True,
        metadata=about("Time zone of the place where the client lives, in IANA's naming. null: the practice's."),
    )


class NewClient(_Optional):
    """A client to add."""

    given_name = text(NAME_MAX, required=True)
    family_name = text(NAME_MAX, required=True)
    date_of_birth = Day(required=True, metadata=about("The client's birthday, from 1900 on."))
    sex = _sex(load_default="unknown")

    @post_load
    def _details(self, data: dict[str, Any], **_: Any) -> ClientDetails:
        return ClientDetails(**data)


class ClientPatch(_Optional):
    """Changes to a client. What is left out stays, what is null is emptied."""

    given_name = text(NAME_MAX)
    family_name = text(NAME_MAX)
    date_of_birth = Day(metadata=about("The client's birthday, from 1900 on."))
    sex = _sex()
    status = _status("Whether the client is in treatment.")

    @post_load
    def _changes(self, data: dict[str, Any], **_: Any) -> ClientChanges:
        return ClientChanges(**data)


class ClientSchema(Schema):
    """A client's basic data. Nothing clinical is among them."""

    id = Id(metadata=about("Id of the client: a UUIDv7 that never changes and is never given again."))
    version = fields.Integer()
    number = fields.Integer(metadata=about(NUMBER))
    display_name = fields.String(metadata=about("The preferred or else the given name, and the family name."))
    given_name = fields.String()
    family_name = fields.String()
    preferred_name = fields.String(allow_none=True, metadata=about("First name that the client wants to be called by."))
    pronouns = fields.String(allow_none=True)
    date_of_birth = fields.Date(metadata=about("The client's birthday."))
    sex = _sex()
    email = Email(allow_none=True)
    phone = Phone(allow_none=True)
    address = fields.Nested(AddressSchema, allow_none=True)
    emergency_contact = fields.Nested(
        EmergencyContactSchema, allow_none=True, metadata=about("Whom to call in an emergency; null: nobody is named.")
    )
    time_zone = fields.String(
        allow_none=True,
        metadata=about("Time zone of the place where the client lives, in IANA's naming. null: the practice's."),
    )
    status = _status("Whether the client is in treatment.")


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
        metadata=about("Clients who may be the same person, at most ten, of those whom you may see."),
    )


class ClientsQuery(PageQuery):
    """Which clients. Nobody is searched by a name in an address: see `POST /clients/search`."""

    status = _status("Only clients in this status.", load_default=None)
    assigned_to = Id(load_default=None, metadata=about(ASSIGNED_TO))
    unassigned = written_flag(UNASSIGNED, load_default=None)
    sort = ORDERS.parameter()


class ClientSearch(Stripped):
    """Whom to look for. The words stand in the body, so that nothing of a client gets into an address."""

    query = text(
        NAME_MAX,
        "Words of the name, each from its beginning, in any order: `jo smi` finds Joanna Smith. Among them may stand"
        " the birthday, four or more digits from either end of the phone, or the number of the client.",
        required=True,
    )
    status = _status("Only clients in this status.", load_default=None, allow_none=True)
    assigned_to = Id(load_default=None, allow_none=True, metadata=about(ASSIGNED_TO))
    unassigned = flag(UNASSIGNED, load_default=None, allow_none=True)
    limit = fields.Integer(strict=True, load_default=LIMIT_DEFAULT, validate=validate.Range(1, LIMIT_MAX))
    cursor = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=CURSOR_CHARACTERS_MAX))


class ClientLookup(Schema):
    """Ids of clients whose names are wanted."""

    ids = fields.List(
        Id(),
        required=True,
        validate=validate.Length(max=LOOKED_UP_MAX),
        metadata=about("Ids of clients, at most 200."),
    )


class NamedClientSchema(Schema):
    """A client by name."""

    id = Id(metadata=about("Id of the client."))
    name = fields.String(
        attribute="display_name", metadata=about("The preferred or else the given name, and the family name.")
    )
    number = fields.Integer(metadata=about(NUMBER))
    status = _status("Whether the client is in treatment.")


class NamedClientsSchema(Schema):
    """The clients of a look-up whom the person may see."""

    items = fields.List(
        fields.Nested(NamedClientSchema),
        metadata=about("In the order of the ids, each once. Clients whom you may not see are left out."),
    )


ClientsPage = page_of(ClientSchema, "As `sort` says.")
FoundClientsPage = page_of(
    ClientSchema,
    "By the part of the name that begins with the rarest word; with a date or digits, by name.",
    name="FoundClientsPage",
)
