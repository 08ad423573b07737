"""The endpoints of the logo."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from services.identity.billing_profiles.models import BillingProfile
from services.identity.logos import commands, queries
from services.identity.logos.schemas import NewLogo
from services.identity.profile_versions.schemas import BillingProfileSchema, ProfileOnQuery
from shared.actor import Caller, Person
from shared.database.session import Session
from shared.web.routes import NOTE_BYTES_MAX, Route, Run, Streamed

SUFFIXES = {"image/png": "png", "image/jpeg": "jpg"}


def put_logo(session: Session, actor: Person, body: dict[str, Any]) -> BillingProfile:
    """Change the logo from today on

    Replaces the logo from today on. Documents of earlier days keep theirs.
    """
    return commands.change_logo(session, actor, body["content"])


def get_logo(session: Session, actor: Caller, query: dict[str, Any]) -> Streamed:
    """Read the logo of a day

    Answers the picture itself. Without `on`, the logo of today.
    """
    logo = queries.logo_on(session, actor, query["on"])
    content = logo.content

    def pieces(_run: Run) -> Iterator[bytes]:
        yield content

    return Streamed(logo.media_type, f"logo.{SUFFIXES[logo.media_type]}", pieces)


def delete_logo(session: Session, actor: Person) -> BillingProfile:
    """Do without a logo from today on

    Documents of earlier days keep the logo they had.
    """
    return commands.remove_logo(session, actor)


_ONE = "/api/v1/organization/logo"
_PIXEL = (  # a PNG
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
ROUTES = (
    Route(
        "PUT",
        _ONE,
        "organization:update",
        put_logo,
        body=NewLogo,
        response=BillingProfileSchema,
        body_bytes_max=NOTE_BYTES_MAX,
        example={"content": _PIXEL},
    ),
    Route("GET", _ONE, "organization:read", get_logo, query=ProfileOnQuery, streams=("image/png", "image/jpeg")),
    Route("DELETE", _ONE, "organization:update", delete_logo, response=BillingProfileSchema),
)
