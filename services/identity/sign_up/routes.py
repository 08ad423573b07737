"""The endpoint of sign-up."""

from __future__ import annotations

from typing import Any

from services.identity.sign_up.commands import SignUp, sign_up
from services.identity.sign_up.schemas import NewOrganization, SignedUpSchema
from shared.database.session import Session
from shared.web.routes import PUBLIC, Route


def post_organization(session: Session, actor: None, body: SignUp) -> dict[str, Any]:
    """Sign a practice up with its first administrator

    Makes the organization and its first member of staff, who holds Organization Administration. Sign in with
    the same address and password afterwards. The founder is mailed a link; until it is opened, invitations are
    made and their mail waits.
    """
    organization, member = sign_up(session, body)
    return {"organization": organization, "staff": member}


ROUTES = (
    Route(
        "POST",
        "/api/v1/organizations",
        PUBLIC,
        post_organization,
        body=NewOrganization,
        response=SignedUpSchema,
        status=201,
        makes="/api/v1/organization",
        example={
            "name": "Mill Lane Therapy",
            "time_zone": "America/New_York",
            "administrator": {
                "given_name": "Maya",
                "family_name": "Lind",
                "email": "maya@example.org",
                "password": "{password}",
            },
        },
    ),
)
