"""What client requests and answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.clients.profiles import rules
from services.clients.profiles.commands import ClientChanges, ClientDetails
from shared.web.fields import NAME_MAX, AddressSchema, Email, Phone, Stripped, TimeZone, choice, text
from shared.web.paging import CURSOR_CHARACTERS_MAX, LIMIT_DEFAULT, LIMIT_MAX, PageQuery, page_of

BORN = validate.Range(min=rules.BORN_FROM, error="Give a date after 1900.")


class EmergencyContactSchema(Stripped):
    """Whom to call."""

    name = text(NAME_MAX, "Name.", required=True)
    relationship = text(NAME_MAX, "What they are to the client.", load_default=None, allow_none=True)
    phone = Phone(required=True)


class _Optional(Stripped):
    preferred_name = text(NAME_MAX, "How they want to be called.", allow_none=True)
    pronouns = text(40, "As the client says.", allow_none=True)
    email = Email(allow_none=True, validate=validate.Length(max=254))
    phone = Phone(allow_none=True)
    address = fields.Nested(AddressSchema, allow_none=True)
    emergency_contact = fields.Nested(EmergencyContactSchema, allow_none=True)
    time_zone = TimeZone(allow_none=True, metadata={"description": "Where the client is; default the practice's."})


class NewClient(_Optional):
    """A client to add."""

    given_name = text(NAME_MAX, "Given name.", required=True)
    family_name = text(NAME_MAX, "Family name.", required=True)
    date_of_birth = fields.Date(required=True, validate=BORN)
    sex = choice(rules.SEXES, "As an insurer wants it.", load_default="unknown")

    @post_load
    def _details(self, data: dict[str, Any], **_: Any) -> ClientDetails:
        return ClientDetails(**data)


class ClientPatch(_Optional):
    """Changes to a client."""

    given_name = text(NAME_MAX, "Given name.")
    family_name = text(NAME_MAX, "Family name.")
    date_of_birth = fields.Date(validate=BORN)
    sex = choice(rules.SEXES, "As an insurer wants it.")
    status = choice(rules.STATUSES, "Archived clients stay, out of the way.")

    @post_load
    def _changes(self, data: dict[str, Any], **_: Any) -> ClientChanges:
        return ClientChanges(**data)


class ClientSchema(Schema):
    """A client's basic data."""

    id = fields.UUID()
    version = fields.Integer()
    display_name = fields.String()
    given_name = fields.String()
    family_name = fields.String()
    preferred_name = fields.String(allow_none=True)
    pronouns = fields.String(allow_none=True)
    date_of_birth = fields.Date()
    sex = fields.String()
    email = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    address = fields.Nested(AddressSchema, allow_none=True)
    emergency_contact = fields.Nested(EmergencyContactSchema, allow_none=True)
    time_zone = fields.String(allow_none=True)
    status = fields.String()


class PossibleDuplicateSchema(Schema):
    """Somebody who may be the same person."""

    id = fields.UUID()
    display_name = fields.String()
    reason = fields.String()


class CreatedClientSchema(ClientSchema):
    """A new client, and who may be the same person."""

    possible_duplicates = fields.List(fields.Nested(PossibleDuplicateSchema))


class ClientsQuery(PageQuery):
    """Which clients. People are never searched by a name in an address: see `POST /clients/search`."""

    status = choice(rules.STATUSES, "Only these.", load_default=None)


class ClientSearch(Stripped):
    """Words of the name, each from its beginning."""

    query = text(NAME_MAX, "e.g. `jo smi` finds Joanna Smith.", required=True)
    status = choice(rules.STATUSES, "Only these.", load_default=None, allow_none=True)
    limit = fields.Integer(strict=True, load_default=LIMIT_DEFAULT, validate=validate.Range(1, LIMIT_MAX))
    cursor = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=CURSOR_CHARACTERS_MAX))


ClientsPage = page_of(ClientSchema)
