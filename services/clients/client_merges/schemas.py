"""What clients tells of two clients who are one person."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.clients.client_merges.queries import COLLIDES
from shared.web.client_merges import MergePreviewSchema, collisions, count
from shared.web.fields import about


class ProfileMovesSchema(Schema):
    """What the client who stays would take over of a profile. What both have counts too."""

    staff = count("Members of staff who are assigned.")
    contacts = count("Phones, e-mails and other ways to reach the client.")
    related_clients = count("Related clients whom the person may see, without the one who stays.")
    tags = count("Words that the practice put on the client.")


class ProfileMergePreviewSchema(MergePreviewSchema):
    """What a merge would find in clients. It changes nothing."""

    moves = fields.Nested(ProfileMovesSchema, metadata=about("What the client who stays would take over."))
    collides = collisions(COLLIDES)
