"""What is sent to delete a client."""

from __future__ import annotations

from marshmallow import Schema

from services.clients.client_changes.rules import REASONS
from shared.web.fields import choice


class DeletionSchema(Schema):
    """Why a client is deleted. A choice, so that what stays on record about them holds no name."""

    reason = choice(REASONS, "Why they are deleted. It stays in the audit trail.", REASONS, required=True)
