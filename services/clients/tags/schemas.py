"""What tags look like in requests and answers."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from services.clients.tags.rules import TAG_CHARACTERS_MAX, TAGS_MAX
from shared.web.fields import about, text
from shared.web.paging import page_of


def tag_field(description: str, **options: Any) -> fields.String:
    """One tag."""
    return text(TAG_CHARACTERS_MAX, description, **options)


def tags_field(**options: Any) -> fields.List[Any]:
    """All tags of a client."""
    return fields.List(
        tag_field("A word of the practice's own, such as Sliding scale."),
        validate=validate.Length(max=TAGS_MAX),
        metadata=about("Words that the practice puts on the client, at most 20, each once, by the alphabet."),
        **options,
    )


class ClientTagSchema(Schema):
    """A tag in use."""

    tag = fields.String(metadata=about("The word. Differences of case alone make no other tag."))
    client_count = fields.Integer(metadata=about("How many clients have it, of those whom you may see."))


ClientTagsPage = page_of(ClientTagSchema, "By the alphabet.")
