"""What requests about API clients and their answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.identity.api_clients.commands import ApiClientChanges, ApiClientDetails, Credentials
from services.identity.api_clients.rules import OVERLAP_HOURS_MAX
from shared import permissions
from shared.web.fields import NAME_MAX, Instant, Stripped, about, choice, text
from shared.web.paging import page_of
from shared.web.strict_fields import Id


def scope(**options: Any) -> fields.List[str]:
    """Permissions."""
    return fields.List(
        choice(sorted(permissions.ALL), "A permission."),
        validate=validate.Length(1, len(permissions.ALL)),
        metadata=about(f"What it may do; at most: {', '.join(sorted(permissions.API_PERMISSIONS))}."),
        **options,
    )


class NewApiClient(Stripped):
    """A program that is to act for the practice, with permissions of its own."""

    name = text(NAME_MAX, "What the program is for, as people see it in the list.", required=True)
    permissions = scope(required=True)
    expires_at = Instant(
        required=True, metadata=about("When its secrets and tokens stop working, at most 366 days from now.")
    )

    @post_load
    def _details(self, data: dict[str, Any], **_: Any) -> ApiClientDetails:
        return ApiClientDetails(**data)


class ApiClientPatch(Stripped):
    """Changes to an API client. What is left out stays."""

    name = text(NAME_MAX, "What the program is for, as people see it in the list.")
    permissions = scope()
    expires_at = Instant(metadata=about("When its secrets and tokens stop working, at most 366 days from now."))

    @post_load
    def _changes(self, data: dict[str, Any], **_: Any) -> ApiClientChanges:
        return ApiClientChanges(**data)


class Rotation(Stripped):
    """How long the present secret goes on working beside the new one."""

    overlap_hours = fields.Integer(
        strict=True,
        load_default=24,
        validate=validate.Range(0, OVERLAP_HOURS_MAX),
        metadata=about(
            "Hours that the present secret still works. 0: it stops now, and so do the tokens made with it."
        ),
    )


class ApiClientSchema(Schema):
    """An API client: a program that acts for the practice."""

    id = Id(
        metadata=about(
            "Id of the API client. The program signs in with it as `client_id` at `POST /tokens`; it "
            "is not the id of a patient."
        )
    )
    version = fields.Integer()
    name = fields.String(metadata=about("What the program is for."))
    permissions = fields.List(
        fields.String(), metadata=about("What the program may do, as `resource:action`, in the order of the alphabet.")
    )
    created_by = Id()
    created_at = Instant()
    expires_at = Instant()
    revoked_at = Instant(
        allow_none=True, metadata=about("When it was revoked, which cannot be undone; null while it works.")
    )
    last_used_at = Instant(
        allow_none=True,
        metadata=about("When it last got an access token, which works for 15 minutes; null: it never has."),
    )
    secret_works = fields.Boolean(
        metadata=about(
            "Whether a secret works. false: the person who was shown it has left, or the client is revoked. Rotate it."
        )
    )


class ApiClientWithSecretSchema(ApiClientSchema):
    """An API client with its new secret, which is shown this once."""

    client_secret = fields.String(
        metadata=about("The secret that the program signs in with. It is not stored and cannot be shown again.")
    )


ApiClientsPage = page_of(ApiClientSchema, "Newest first.")


class ApiCredentials(Schema):
    """What a program signs in with (the client credentials of RFC 6749, section 4.4)."""

    client_id = Id(
        required=True,
        metadata=about(
            "Id of the API client, the program that signs in. Here alone `client_id` does not name a patient."
        ),
    )
    client_secret = fields.String(
        required=True,
        validate=validate.Length(1, 200),
        load_only=True,
        metadata=about("The secret that was shown when the API client was made or its secret was rotated."),
    )

    @post_load
    def _credentials(self, data: dict[str, Any], **_: Any) -> Credentials:
        return Credentials(**data)


class ApiTokenSchema(Schema):
    """An access token of a program. It works for 15 minutes; ask for another with the secret."""

    access_token = fields.String()
    token_type = fields.String()
    expires_in_seconds = fields.Integer()
