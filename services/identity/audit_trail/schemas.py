"""What requests for the trail and its answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from shared.web.paging import PageQuery, page_of

DENIALS_MAX = 500
TEXT_MAX = 100


class TrailFilter(Schema):
    """Which entries; everything given must fit."""

    client_id = fields.UUID(metadata={"description": "What was done to or seen of this client."})
    staff_id = fields.UUID(metadata={"description": "What this member of staff did, saw, or was refused."})
    object_id = fields.UUID(metadata={"description": "What was done to this invoice, note, case, person …"})
    action = fields.String(validate=validate.Length(1, TEXT_MAX), metadata={"description": "For example note.read."})
    outcome = fields.String(validate=validate.OneOf(["done", "denied"]))
    from_instant = fields.AwareDateTime(data_key="from", metadata={"description": "From this instant on."})
    to_instant = fields.AwareDateTime(data_key="to", metadata={"description": "Until before this instant."})

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        start, end = data.get("from_instant"), data.get("to_instant")
        if start is not None and end is not None and end <= start:
            raise ValidationError("Give an instant after from.", "to")


class TrailQuery(TrailFilter, PageQuery):
    """Which entries, page by page, latest first."""


class TrailEntrySchema(Schema):
    """One thing done, seen or refused. Ids, slugs and field names; never what a field held."""

    seq = fields.Integer(metadata={"description": "Its place in the chain, from 1 without gaps."})
    id = fields.UUID()
    service = fields.String()
    at = fields.AwareDateTime()
    action = fields.String()
    outcome = fields.String(metadata={"description": "done or denied."})
    staff_id = fields.UUID(attribute="actor_id", allow_none=True, metadata={"description": "null: the service itself."})
    session_id = fields.UUID(allow_none=True)
    object_id = fields.UUID(allow_none=True)
    client_id = fields.UUID(allow_none=True, metadata={"description": "Whose it is, where it is one client's."})
    client_ids = fields.List(fields.UUID(), metadata={"description": "Everybody whose it is, each once."})
    rule = fields.String(allow_none=True, metadata={"description": "Why it was allowed or refused."})
    request_id = fields.String(allow_none=True)
    network = fields.String(allow_none=True, metadata={"description": "From where: /24 of IPv4, /48 of IPv6."})
    details = fields.Dict()
    hash = fields.Function(lambda entry: entry.hash.hex(), metadata={"type": "string"})


TrailPage = page_of(TrailEntrySchema)


class Denial(Schema):
    """One request that the gateway refused by level."""

    organization_id = fields.UUID(required=True)
    id = fields.UUID(required=True)
    at = fields.AwareDateTime(required=True)
    actor_id = fields.UUID(required=True)
    session_id = fields.UUID(required=True, allow_none=True)
    action = fields.String(required=True, validate=validate.Length(1, TEXT_MAX))
    object_id = fields.UUID(required=True, allow_none=True)
    client_id = fields.UUID(required=True, allow_none=True)
    request_id = fields.String(required=True, allow_none=True, validate=validate.Length(max=TEXT_MAX))
    network = fields.String(required=True, allow_none=True, validate=validate.Length(max=TEXT_MAX))


class Denials(Schema):
    """What the gateway hands over."""

    denials = fields.List(fields.Nested(Denial), required=True, validate=validate.Length(1, DENIALS_MAX))
