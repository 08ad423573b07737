"""The endpoints of the logo."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from services.identity.billing_profiles.models import BillingProfile
from services.identity.logos import commands, queries
from services.identity.logos.rules import BYTES_MAX, MEGAPIXELS_MAX, SIDE_MAX, Picture, picture_of
from services.identity.profile_versions.schemas import BillingProfileSchema, ProfileOnQuery
from shared.actor import Caller, Person
from shared.database.session import Session
from shared.files.keeping import Arrived
from shared.sizes import size_in_words
from shared.web.routes import NOTE_BYTES_MAX, FilePart, Route, Run, Streamed

SUFFIXES = {"image/png": "png", "image/jpeg": "jpg"}


def put_logo(session: Session, actor: Person, file: Arrived) -> BillingProfile:
    """Change the logo from today on

    Replaces the logo from today on. Documents of earlier days keep theirs. What a file says besides the picture, such
    as where a photograph was taken, is not kept.
    """
    return commands.change_logo(session, actor, file)


def _picture_of(file: IO[bytes]) -> Picture:
    return picture_of(file.read(BYTES_MAX + 1))


def get_logo(session: Session, actor: Caller, query: dict[str, Any]) -> Streamed:
    """Read the logo of a day

    Answers the picture itself. Without `on`, the logo of today.
    """
    logo = queries.logo_on(session, actor, query["on"])
    content = queries.content_of(session, logo)

    def pieces(_run: Run) -> Iterator[bytes]:
        return content

    return Streamed(logo.media_type, f"logo.{SUFFIXES[logo.media_type]}", pieces)


def delete_logo(session: Session, actor: Person) -> BillingProfile:
    """Do without a logo from today on

    Documents of earlier days keep the logo they had.
    """
    return commands.remove_logo(session, actor)


_ONE = "/api/v1/organization/logo"
_PIXEL = bytes.fromhex(  # a PNG
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c636000000002000148afa4710000000049454e44ae426082"
)
ROUTES = (
    Route(
        "PUT",
        _ONE,
        "organization:update",
        put_logo,
        file=FilePart(
            _picture_of,
            f"The picture: PNG or JPEG, not animated, at most {size_in_words(BYTES_MAX)}, {SIDE_MAX} pixels a side and "
            f"{MEGAPIXELS_MAX} megapixels.",
            example=_PIXEL,
            bring=commands.bring_picture,
        ),
        response=BillingProfileSchema,
        body_bytes_max=NOTE_BYTES_MAX,
    ),
    Route("GET", _ONE, "organization:read", get_logo, query=ProfileOnQuery, streams=("image/png", "image/jpeg")),
    Route("DELETE", _ONE, "organization:update", delete_logo, response=BillingProfileSchema),
)
