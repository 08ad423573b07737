"""What access requests and answers look like."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.identity.access.rules import CASE_SCOPES, CLIENT_SCOPES
from services.identity.staff.schemas import grants_of, ineffective_grants, levels_of, permissions_of
from shared.web.fields import Instant, Stripped, about, choice
from shared.web.paging import page_of


class AccessProposal(Stripped):
    """Levels and grants to try out. Nothing is changed."""

    levels = levels_of(required=True)
    grants = grants_of(load_default=list)


class RefusalSchema(Schema):
    """Why saving would be refused."""

    code = fields.String(metadata=about("The code that the refusal would have, for programs."))
    detail = fields.String(metadata=about("The reason, for people."))


class AccessPreviewSchema(Schema):
    """What levels and grants would come to."""

    permissions = permissions_of("What they could do then, in the order of the alphabet.")
    gained = permissions_of("Permissions that they do not have now.")
    lost = permissions_of("Permissions that they have now and would lose.")
    ineffective_grants = ineffective_grants()
    client_scope = choice(
        CLIENT_SCOPES,
        "Whose client data, appointments and ledgers those permissions reach.",
        {"all": "every client's", "assigned": "those of clients assigned to them"},
    )
    case_scope = choice(
        CASE_SCOPES,
        "Whose cases, plans and notes those permissions reach.",
        {
            "all": "every client's",
            "assigned": "those in which they work, or which they supervise",
            "none": "nobody's",
        },
    )
    refusal = fields.Nested(
        RefusalSchema, allow_none=True, metadata=about("Why saving would be refused; null where it would not.")
    )


class AccessChangeSchema(Schema):
    """One change of somebody's levels, grants or activity."""

    id = fields.UUID()
    changed_at = Instant(metadata=about("When it was changed."))
    changed_by = fields.UUID(
        allow_none=True, metadata=about("Id of the member of staff who changed it; null: it came with sign-up.")
    )
    levels_before = levels_of("Permission levels before the change.")
    levels_after = levels_of("Permission levels after the change.")
    grants_before = grants_of("Grants before the change.")
    grants_after = grants_of("Grants after the change.")
    active_before = fields.Boolean(metadata=about("Whether they could sign in before the change."))
    active_after = fields.Boolean(metadata=about("Whether they could sign in after the change."))
    reason = fields.String(allow_none=True, metadata=about("Why, where somebody said so."))


AccessHistoryPage = page_of(AccessChangeSchema, "Latest first.")
