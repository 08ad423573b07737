"""What requests about API clients and their answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.identity.api_clients.commands import ApiClientChanges, ApiClientDetails
from services.identity.api_clients.rules import OVERLAP_HOURS_MAX
from shared import permissions
from shared.web.fields import NAME_MAX, Instant, Stripped, choice, text
from shared.web.paging import page_of


def scope(**options: Any) -> fields.List[str]:
    """Permissions."""
    return fields.List(
        choice(sorted(permissions.ALL), "A permission."),
        validate=validate.Length(1, len(permissions.ALL)),
        metadata={"description": f"What it may do; at most: {', '.join(sorted(permissions.API_PERMISSIONS))}."},
        **options,
    )


class NewApiClient(Stripped):
    """A program that is to act for the practice."""

    name = text(NAME_MAX, "What it is for.", required=True)
    permissions = scope(required=True)
    expires_at = fields.AwareDateTime(required=True, metadata={"description": "Within 366 days."})

    @post_load
    def _details(self, data: dict[str, Any], **_: Any) -> ApiClientDetails:
        return ApiClientDetails(**data)


class ApiClientPatch(Stripped):
    """Changes to an API client."""

    name = text(NAME_MAX, "What it is for.")
    permissions = scope()
    expires_at = fields.AwareDateTime(metadata={"description": "Within 366 days."})

    @post_load
    def _changes(self, data: dict[str, Any], **_: Any) -> ApiClientChanges:
        return ApiClientChanges(**data)


class Rotation(Stripped):
    """How long the present secret goes on working."""

    overlap_hours = fields.Integer(
        strict=True,
        load_default=24,
        validate=validate.Range(0, OVERLAP_HOURS_MAX),
        metadata={"description": "0: not at all."},
    )


class ApiClientSchema(Schema):
    """An API client."""

    id = fields.UUID(metadata={"description": "The client id."})
    version = fields.Integer()
    name = fields.String()
    permissions = fields.List(fields.String())
    created_by = fields.UUID()
    created_at = Instant()
    expires_at = Instant()
    revoked_at = Instant(allow_none=True)
    secret_works = fields.Boolean(
        metadata={"description": "false: the person who was shown the secret has left. Rotate it."}
    )


class ApiClientWithSecretSchema(ApiClientSchema):
    """An API client with its new secret, which is shown this once."""

    client_secret = fields.String()


ApiClientsPage = page_of(ApiClientSchema)


class ApiCredentials(Schema):
    """What a program signs in with."""

    client_id = fields.UUID(required=True)
    client_secret = fields.String(required=True, validate=validate.Length(1, 200), load_only=True)


class ApiTokenSchema(Schema):
    """An access token for the Authorization header."""

    access_token = fields.String()
    token_type = fields.String()
    expires_in_seconds = fields.Integer()
