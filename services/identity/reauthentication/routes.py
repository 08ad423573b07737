"""The endpoint at which somebody proves once more who they are."""

from __future__ import annotations

from services.identity.reauthentication import commands
from services.identity.reauthentication.schemas import AuthenticatedSchema, ReauthenticationSchema
from shared.actor import Person
from shared.database.session import Session
from shared.web.routes import Route


def post_authentication(session: Session, actor: Person, body: commands.Reauthentication) -> commands.Authenticated:
    """Prove once more who you are

    Takes the password, or a passkey, of the signed-in person. A browser needs it before it signs, invites somebody,
    changes levels, grants, activity or security settings, or gives an API client a secret or permissions, where the
    last proof is older than five minutes; it gets a new token, and the one that asked stops working. A wrong password
    counts like a failed sign-in.
    """
    return commands.authenticate_again(session, actor, body)


ROUTES = (
    Route(
        "POST",
        "/api/v1/sessions/current/authenticate",
        "sessions:authenticate",
        post_authentication,
        body=ReauthenticationSchema,
        response=AuthenticatedSchema,
        keyed=False,
        example={"password": "{password}"},
    ),
)
