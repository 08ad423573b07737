"""What pairs of clients who may be the same person look like in answers."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.clients.profiles.schemas import DUPLICATES, NUMBER, status_field
from shared.web.fields import Email, Instant, Phone, about, choice, written_flag
from shared.web.paging import PageQuery, page_of
from shared.web.strict_fields import Id


class ComparedClientSchema(Schema):
    """What tells a client from others."""

    id = Id(metadata=about("Id of the client."))
    number = fields.Integer(metadata=about(NUMBER))
    display_name = fields.String(metadata=about("The preferred or else the given name, and the family name."))
    given_name = fields.String(metadata=about("First name on the papers."))
    middle_name = fields.String(allow_none=True, metadata=about("Middle name or its initial, as on the papers."))
    family_name = fields.String(metadata=about("Family name on the papers."))
    name_suffix = fields.String(allow_none=True, metadata=about("What follows the family name, such as Jr."))
    date_of_birth = fields.Date(metadata=about("The client's birthday."))
    email = Email(allow_none=True, metadata=about("The first e-mail address."))
    phone = Phone(allow_none=True, metadata=about("The first phone."))
    status = status_field("How far treatment has come.")


class ClientDuplicateSchema(Schema):
    """Two clients who may be the same person."""

    id = Id(metadata=about("Id of the pair. It stays as long as both clients are there and resemble each other."))
    client_ids = fields.List(Id(metadata=about("Id of a client.")), metadata=about("Both clients."))
    clients = fields.List(
        fields.Nested(ComparedClientSchema), metadata=about("What tells both apart, in the order of `client_ids`.")
    )
    score = fields.Integer(metadata=about("How likely they are the same person, of 100. 100: name and birthday agree."))
    reasons = fields.List(
        choice(tuple(DUPLICATES), "What agrees.", DUPLICATES),
        metadata=about("Everything that speaks for it, the strongest first."),
    )
    found_at = Instant(metadata=about("When the pair was found."))
    dismissed_by = Id(allow_none=True, metadata=about("Member of staff who said that they are two people."))
    dismissed_at = Instant(allow_none=True, metadata=about("When that was said; null: nobody has."))


class ClientDuplicatesQuery(PageQuery):
    """Which pairs."""

    dismissed = written_flag("true: pairs of which somebody said that they are two people.", load_default=False)


ClientDuplicatesPage = page_of(ClientDuplicateSchema, "The likeliest first; equally likely ones: found last first.")
