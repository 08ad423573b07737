"""What pairs of clients who may be the same person look like in answers."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.clients.profiles.schemas import DUPLICATES
from shared.web.fields import Instant, about, choice, written_flag
from shared.web.paging import PageQuery, page_of
from shared.web.strict_fields import Id


class ClientDuplicateSchema(Schema):
    """Two clients who may be the same person."""

    id = Id(metadata=about("Id of the pair. It stays as long as both clients are there and resemble each other."))
    client_ids = fields.List(Id(metadata=about("Id of a client.")), metadata=about("Both clients."))
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
