"""What related clients look like in requests and answers."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, fields

from services.clients.profiles.schemas import NUMBER, status_field
from services.clients.relations import rules
from shared.web.fields import Instant, Stripped, about, choice
from shared.web.paging import page_of
from shared.web.strict_fields import Id

MEANINGS: Final = {
    "partner": "they are a couple",
    "parent": "the parent of this client",
    "child": "the child of this client",
    "guardian": "who consents and decides for this client",
    "ward": "for whom this client consents and decides",
    "sibling": "brother or sister",
    "household": "the couple or family, seen as one client, to which this client belongs",
    "member": "one of the couple or family that this client is",
    "other": "another relation",
}


def _kind(**options: Any) -> fields.String:
    return choice(rules.INVERSE, "What the related client is to this one.", MEANINGS, **options)


class RelationSchema(Stripped):
    """How a client belongs to another."""

    kind = _kind(required=True)


class RelatedClientSchema(Schema):
    """A client who belongs to another."""

    client_id = Id(metadata=about("Id of the related client."))
    number = fields.Integer(metadata=about(NUMBER))
    display_name = fields.String(metadata=about("The preferred or else the given name, and the family name."))
    status = status_field("How far treatment has come.")
    kind = _kind()
    since = Instant(metadata=about("When it was written down as it is."))


RelatedClientsPage = page_of(RelatedClientSchema, "In the order in which the related clients were added.")
