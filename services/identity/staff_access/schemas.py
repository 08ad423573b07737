"""What access requests and answers look like."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.identity.staff.schemas import grants_of, levels_of
from shared.web.fields import Instant, Stripped
from shared.web.paging import page_of


class AccessProposal(Stripped):
    """Levels and grants to try."""

    levels = levels_of(required=True)
    grants = grants_of(load_default=list)


class RefusalSchema(Schema):
    """Why saving would be refused."""

    code = fields.String()
    detail = fields.String()


class AccessPreviewSchema(Schema):
    """What they would come to."""

    permissions = fields.List(fields.String())
    gained = fields.List(fields.String())
    lost = fields.List(fields.String())
    ineffective_grants = fields.List(
        fields.String(), metadata={"description": "Kept, and in force as soon as the level that they need is there."}
    )
    refusal = fields.Nested(RefusalSchema, allow_none=True)


class AccessChangeSchema(Schema):
    """One change."""

    id = fields.UUID()
    changed_at = Instant()
    changed_by = fields.UUID(allow_none=True, metadata={"description": "null: at sign-up, by themselves."})
    levels_before = fields.List(fields.String())
    levels_after = fields.List(fields.String())
    grants_before = fields.List(fields.String())
    grants_after = fields.List(fields.String())
    active_before = fields.Boolean()
    active_after = fields.Boolean()
    reason = fields.String(allow_none=True)


AccessHistoryPage = page_of(AccessChangeSchema)
