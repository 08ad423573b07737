"""What is sent to merge two clients who are one person, and what clients tells of it."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load

from services.clients.client_merges.commands import Into
from services.clients.client_merges.queries import COLLIDES
from services.clients.client_merges.rules import REASONS
from shared.jobs.schemas import STATES, JobErrorSchema
from shared.web.client_merges import MergePreviewSchema, collisions, count
from shared.web.fields import Instant, about, choice
from shared.web.strict_fields import Id


class ProfileMovesSchema(Schema):
    """What the client who stays would take over of a profile. What both have counts too."""

    staff = count("Members of staff who are assigned.")
    contacts = count("Phones, e-mails and other ways to reach the client.")
    related_clients = count("Related clients whom the person may see, without the one who stays.")
    tags = count("Words that the practice put on the client.")
    addresses = count("Addresses on record, the earlier and the coming ones too.")
    responsible_people = count("Shares of people who pay for the client, the ended ones too.")
    own_fields = count("Fields of the practice's own that say something of the client.")


class _Left(Schema):
    contacts = count("Ways to reach the client for which there is no room.")
    emergency_contacts = count("People to call for whom there is no room.")
    tags = count("Words for which there is no room.")
    former_names = count("Names from before for which there is no room.")
    details = count("Single details, such as pronouns or language, of which who stays has another one.")
    own_fields = count("Fields of the practice's own of which who stays has another value.")
    addresses = count("Addresses of days on which who stays has one. They are listed and hold on no day.")
    responsible_people = count(
        "Shares that do not agree with those of who stays. They are listed and count on no day (`set_aside`)."
    )


class ProfileLeftSchema(_Left):
    """What would be left on the record of who ends, because who stays has it otherwise, or it does not fit."""


class ProfileMergePreviewSchema(MergePreviewSchema):
    """What a merge would find in clients. It changes nothing."""

    moves = fields.Nested(ProfileMovesSchema, metadata=about("What the client who stays would take over."))
    left = fields.Nested(ProfileLeftSchema, metadata=about("What of it would be left on the record that ends."))
    collides = collisions(COLLIDES)


class MergeBodySchema(Schema):
    """Into whom a client is merged, and why."""

    into_client_id = Id(required=True, metadata=about("Id of the client who stays, and takes over the records."))
    reason = choice(REASONS, "Why there were two. It stays in the audit trail.", REASONS, required=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Into:
        return Into(**data)


class MergedPartsSchema(Schema):
    """Of the profile of who was merged, what who stays did not have before."""

    staff = fields.Integer(metadata=about("Members of staff who are assigned."))
    contacts = fields.Integer(metadata=about("Phones, e-mails and other ways to reach the client."))
    emergency_contacts = fields.Integer(metadata=about("People to call in an emergency."))
    related_clients = fields.Integer(metadata=about("Clients who are related to them."))
    tags = fields.Integer(metadata=about("Words that the practice puts on clients."))
    former_names = fields.Integer(metadata=about("Names from before."))
    details = fields.Integer(metadata=about("Single details, such as pronouns or language, that were empty."))
    own_fields = fields.Integer(metadata=about("Fields of the practice's own that were empty."))
    addresses = fields.Integer(metadata=about("Addresses of days on which there was none."))
    responsible_people = fields.Integer(metadata=about("Shares of people who pay."))


class LeftPartsSchema(_Left):
    """What was left on the record of who was merged, because who stays has it otherwise, or it did not fit."""

    related_clients = count("Related clients for whom there is no room.")


class PartingSchema(Schema):
    """The two are separate again, or will be."""

    state = choice(STATES, "How far taking it back has come.", STATES)
    error = fields.Nested(JobErrorSchema, allow_none=True, metadata=about("Why it failed; null where it did not."))
    started_by = fields.UUID(metadata=about("Id of the member of staff who began it."))
    parted_at = Instant(allow_none=True, metadata=about("Since when they are separate; null until then."))
    stayed = fields.Nested(
        MergedPartsSchema,
        allow_none=True,
        metadata=about(
            "What came along and stays with who stayed, because it was changed since; null until they are separate."
        ),
    )


class ClientMergeSchema(Schema):
    """A client who is merged into another one, was, or will be."""

    id = Id(metadata=about("Id of the merge."))
    client_id = Id(metadata=about("Id of the client who ends. It means who stays, as long as they are merged."))
    number = fields.Integer(
        allow_none=True, metadata=about("The practice's own number of the client who ends; null once they are deleted.")
    )
    into_client_id = Id(metadata=about("Id of the client who stays."))
    reason = choice(REASONS, "Why there were two.", REASONS)
    state = choice(STATES, "How far the merge has come.", STATES)
    error = fields.Nested(JobErrorSchema, allow_none=True, metadata=about("Why it failed; null where it did not."))
    started_by = fields.UUID(metadata=about("Id of the member of staff who began it."))
    created_at = Instant(metadata=about("When somebody began it."))
    merged_at = Instant(allow_none=True, metadata=about("Since when they are one; null until then."))
    came_along = fields.Nested(
        MergedPartsSchema, allow_none=True, metadata=about("What came along; null until they are one.")
    )
    left = fields.Nested(
        LeftPartsSchema,
        allow_none=True,
        metadata=about("What is left on the record that ended; null until they are one. It comes back when they part."),
    )
    parting = fields.Nested(
        PartingSchema, allow_none=True, metadata=about("The last time that somebody took it back; null: nobody did.")
    )
